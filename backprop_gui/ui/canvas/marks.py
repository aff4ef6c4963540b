"""Crosses at what a gradient check found to be wrong: an error is never told by colour alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.picture import Picture

Mask = NDArray[np.bool_]

ARM_PX = 5.0
MOST_CROSSES = 400
"""Of more, only so many are drawn: then there is no doubt anyway."""
MARGIN = 60.0


class MarksItem(QGraphicsItem):
    """The crosses of one picture: in the middle of edges and bundles, at the rim of neurons.

    Attributes
    ----------
    places : (crosses, 2) array
        Where they are, in scene units.
    """

    def __init__(self, picture: Picture, look: Look) -> None:
        super().__init__()
        self.setZValue(3)
        self.places = np.zeros((0, 2))
        self.set_picture(picture, look)

    def set_picture(self, picture: Picture, look: Look) -> None:
        """Take another geometry or another theme; it has no crosses yet."""
        self.prepareGeometryChange()
        self._picture, self._look = picture, look
        self.places = np.zeros((0, 2))

    def mark(self, neurons: Mask | None, edges: Mask | None) -> None:
        """Mark ``neurons``, (neurons,), and ``edges``, (edges,), of the network; None marks nothing."""
        if neurons is None or edges is None or not (neurons.any() or edges.any()):
            self.places = np.zeros((0, 2))
            return
        picture, strands = self._picture, self._picture.strands
        bundles = np.unique(strands.strand_of[edges & (strands.strand_of >= 0)])
        marked = neurons & picture.shown
        rim = 0.72 * picture.radius[marked, None] * (1.0, -1.0)
        self.places = np.vstack(
            [
                picture.position[marked] + rim,
                (strands.start[bundles] + strands.end[bundles]) / 2,
                _middles(picture.points[edges[picture.single]]),
            ]
        )[:MOST_CROSSES]

    def boundingRect(self) -> QRectF:
        left, top, right, bottom = self._picture.bounds
        return QRectF(left, top, right - left, bottom - top).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        if not len(self.places):
            return
        view, theme = painter.worldTransform(), self._look.theme
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middles = [view.map(QPointF(x, y)) for x, y in self.places.tolist()]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.surface)
        for middle in middles:
            painter.drawEllipse(middle, ARM_PX + 3, ARM_PX + 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._look.pen(theme.bad, 2.4))
        arms = ((-ARM_PX, -ARM_PX, ARM_PX, ARM_PX), (-ARM_PX, ARM_PX, ARM_PX, -ARM_PX))
        painter.drawLines([QLineF(*arm).translated(middle) for middle in middles for arm in arms])
        painter.setWorldTransform(view)


def _middles(ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middle of each way, (ways, points, 2): that of its middle piece, or its middle point."""
    count = ways.shape[1]
    middles: NDArray[np.float64] = (ways[:, (count - 1) // 2] + ways[:, count // 2]) / 2
    return middles


__all__ = ["MarksItem"]
