"""Icons drawn from SVG at the moment they are needed: in the colour of that moment, sharp at every size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


class SvgEngine(QIconEngine):
    """Draws an SVG whose strokes are ``currentColor`` in the colour that ``tint`` gives for an icon's mode."""

    def __init__(self, drawing: str, tint: Callable[[QIcon.Mode], QColor]) -> None:
        super().__init__()
        self._drawing, self._tint = drawing, tint

    def clone(self) -> QIconEngine:
        return SvgEngine(self._drawing, self._tint)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawing = self._drawing.replace("currentColor", self._tint(mode).name())
        QSvgRenderer(drawing.encode()).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        picture = QPixmap(size * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return picture


__all__ = ["SvgEngine"]
