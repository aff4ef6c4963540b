"""The minimap: the whole network small in a corner while only a part of it is seen; a drag moves the view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.legend import paint_plate
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.colors import blended

LARGEST, NARROWEST = QSize(200, 130), 36
PAD = 8
DOT_PX = (1.0, 4.0)
"""Smallest and largest radius of a neuron."""


class Minimap(QWidget):
    """Neurons as dots, heat maps as squares, and a frame around what is seen.

    Signals
    -------
    moved(QPointF)
        The point of the scene that is to be in the middle.
    """

    moved = Signal(QPointF)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._seen = QRectF()
        self._drawn: QPixmap | None = None
        self._look: tuple[object, ...] = ()
        self.setAccessibleName("Minimap")
        self.setToolTip("The whole network. Click or drag to look at another part of it.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def show_part(self, picture: Picture, seen: QRectF) -> None:
        """Frame ``seen`` of the scene; hide if that is everything."""
        if picture is not self._picture:
            self._picture, self._drawn = picture, None
            left, top, right, bottom = picture.bounds
            room = LARGEST.width() - 2 * PAD, LARGEST.height() - 2 * PAD
            self._scale = min(room[0] / max(1.0, right - left), room[1] / max(1.0, bottom - top))
            size = ((right - left) * self._scale, (bottom - top) * self._scale)
            self.resize(*(max(NARROWEST, round(side)) + 2 * PAD for side in size))
        self._seen = seen
        self.setVisible(not seen.contains(self._everything()))
        self.update()

    def _everything(self) -> QRectF:
        assert self._picture is not None
        left, top, right, bottom = self._picture.bounds
        return QRectF(left, top, right - left, bottom - top)

    def _place(self, point: QPointF) -> QPointF:
        """Return where a point of the scene is on the map."""
        return QPointF(self.rect().center()) + (point - self._everything().center()) * self._scale

    def frame(self) -> QRectF:
        """Return where the part that is seen is on the map."""
        ground = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        return QRectF(self._place(self._seen.topLeft()), self._place(self._seen.bottomRight())) & ground

    # ---- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def _follow(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._picture is not None:
            away = (event.position() - QPointF(self.rect().center())) / self._scale
            self.moved.emit(self._everything().center() + away)
        event.accept()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, ratio = themes.current(), self.devicePixelRatioF()
        if self._drawn is None or self._look != (theme, ratio):
            self._look = theme, ratio
            self._drawn = self._draw(theme, ratio)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._drawn)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.accent, 1.5))
            painter.drawRoundedRect(self.frame(), 2, 2)

    def _draw(self, theme: themes.Theme, ratio: float) -> QPixmap:
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        with QPainter(drawn) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_plate(painter, theme, QRectF(self.rect()))
            picture = self._picture
            assert picture is not None
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(blended(theme.muted, theme.surface, 0.45))
            for cells in picture.cells:
                corner = self._place(QPointF(cells.left, cells.top))
                painter.drawRect(
                    QRectF(corner.x(), corner.y(), cells.width * self._scale, cells.height * self._scale)
                )
            painter.setBrush(theme.muted)
            shown = np.flatnonzero(picture.shown)
            for (x, y), radius in zip(
                picture.position[shown].tolist(), picture.radius[shown].tolist(), strict=True
            ):
                dot = min(DOT_PX[1], max(DOT_PX[0], radius * self._scale))
                painter.drawEllipse(self._place(QPointF(x, y)), dot, dot)
        return drawn


__all__ = ["Minimap"]
