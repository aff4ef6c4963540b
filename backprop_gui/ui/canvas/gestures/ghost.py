"""The ghost: what a gesture under way would do, drawn over the picture in the accent colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.ui import theme as themes
from backprop_gui.ui.colors import blended

FAR = 1e6


@dataclass(frozen=True)
class Ghost:
    """Shapes in scene units; an empty one draws nothing.

    Attributes
    ----------
    discs : sequence of (x, y, radius)
        Neurons that would be new.
    rings : sequence of (x, y, radius)
        Neurons that would be meant.
    lines : sequence of lines
        Edges that would be new.
    arrow : bool
        Whether lines end in an arrow.
    boxes : sequence of rectangles
        Layers that would be meant, and the rubber band.
    cut : sequence of points
        The way of the knife.
    crossed : sequence of point sequences
        Edges that would go.
    guides : sequence of lines
        What is aligned with what.
    ways : sequence of lines
        Where neurons would move, from their places now.
    bands : sequence of polygons
        Edges that would be new, too many to be drawn one by one.
    refused : bool
        Whether letting go would do nothing: everything is red then.
    """

    discs: Sequence[tuple[float, float, float]] = ()
    rings: Sequence[tuple[float, float, float]] = ()
    lines: Sequence[QLineF] = ()
    arrow: bool = False
    boxes: Sequence[QRectF] = ()
    cut: Sequence[QPointF] = ()
    crossed: Sequence[QPolygonF] = ()
    guides: Sequence[QLineF] = ()
    ways: Sequence[QLineF] = ()
    bands: Sequence[QPolygonF] = ()
    refused: bool = False
    labels: Sequence[tuple[float, float, str]] = field(default=())


NO_GHOST = Ghost()


class GhostItem(QGraphicsItem):
    """Draws one ghost above everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.ghost = NO_GHOST
        self.setZValue(20)

    def set_ghost(self, ghost: Ghost) -> None:
        """Draw another one."""
        self.prepareGeometryChange()
        self.ghost = ghost
        self.setVisible(ghost is not NO_GHOST)

    def boundingRect(self) -> QRectF:
        # Where it is does not matter, since all of the view is painted with it; but nothing must take up no room.
        return QRectF() if self.ghost is NO_GHOST else QRectF(-FAR, -FAR, 2 * FAR, 2 * FAR)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        ghost, theme = self.ghost, themes.current()
        color = theme.bad if ghost.refused else theme.accent
        pale = QColor(blended(color, theme.surface, 0.14))
        dashed = _pen(color, 1.6, Qt.PenStyle.DashLine)
        solid = _pen(color, 2.4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(theme.muted, 1, Qt.PenStyle.DashLine))
        painter.drawLines(list(ghost.guides))
        painter.setPen(dashed)
        # What is below has to be seen.
        veil = QColor(color)
        veil.setAlphaF(0.14)
        painter.setBrush(veil)
        for band in ghost.bands:
            painter.drawPolygon(band)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in ghost.boxes:
            painter.drawRoundedRect(box, 14, 14)
        painter.setPen(_pen(theme.bad, 3))
        for way in ghost.crossed:
            painter.drawPolyline(way)
        painter.setPen(solid if ghost.arrow else dashed)
        painter.drawLines(list(ghost.lines))
        painter.setPen(solid)
        painter.drawLines(list(ghost.ways))
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        for line in (*(ghost.lines if ghost.arrow else ()), *ghost.ways):
            painter.drawPolygon(_arrow_head(line, 9 / painter.worldTransform().m11()))
        painter.setPen(dashed)
        painter.setBrush(pale)
        for x, y, radius in ghost.discs:
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(solid)
        for x, y, radius in ghost.rings:
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(_pen(theme.bad, 1.6))
        painter.drawPolyline(QPolygonF(list(ghost.cut)))
        self._draw_labels(painter)

    def _draw_labels(self, painter: QPainter) -> None:
        if not self.ghost.labels:
            return
        view = painter.worldTransform()
        painter.resetTransform()
        painter.setPen(themes.current().bad if self.ghost.refused else themes.current().accent)
        for x, y, text in self.ghost.labels:
            spot = view.map(QPointF(x, y))
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QPointF(spot.x() - width / 2, spot.y()), text)
        painter.setWorldTransform(view)


def _pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(color, width, style)
    pen.setCosmetic(True)
    return pen


def _arrow_head(line: QLineF, size: float) -> QPolygonF:
    tip = line.p2()
    back = QLineF(tip, line.p1())
    back.setLength(size * 1.5)
    across = back.normalVector()
    across.setLength(size * 0.6)
    half = across.p2() - across.p1()
    return QPolygonF([tip, back.p2() + half, back.p2() - half])


__all__ = ["NO_GHOST", "Ghost", "GhostItem"]
