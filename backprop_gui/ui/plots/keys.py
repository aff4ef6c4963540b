"""Small words beside pictures: the key of the lines, and a text that gives way where there is no room."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from backprop_gui.ui import theme

SAMPLE_PX = 14
GAP_PX = 14


class LineKey(QWidget):
    """What each line of a plot is: a piece of it and its name."""

    def __init__(self, entries: Sequence[tuple[str, str, bool]], parent: QWidget | None = None) -> None:
        """Show each (label, name of a theme colour, whether it is dashed)."""
        super().__init__(parent)
        self._entries = list(entries)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("lines: " + ", ".join(label for label, _, _ in entries))
        theme.notifier.changed.connect(self.update)

    def set_entries(self, entries: Sequence[tuple[str, str, bool]]) -> None:
        """Show other entries."""
        if list(entries) != self._entries:
            self._entries = list(entries)
            self.setAccessibleName("lines: " + ", ".join(label for label, _, _ in entries))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(
            SAMPLE_PX + 5 + metrics.horizontalAdvance(label) + GAP_PX for label, _, _ in self._entries
        )
        return QSize(max(0, width - GAP_PX), metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        now = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, x, middle = self.fontMetrics(), 0.0, self.height() / 2
        for label, color, dashed in self._entries:
            pen = QPen(getattr(now, color), 2)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if dashed:
                pen.setDashPattern([2.5, 2.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + SAMPLE_PX, middle))
            width = metrics.horizontalAdvance(label)
            painter.setPen(now.muted)
            painter.drawText(
                QRectF(x + SAMPLE_PX + 5, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, label
            )
            x += SAMPLE_PX + 5 + width + GAP_PX


class Yielding(QLabel):
    """A label that takes the room that is left, and ends in dots where that is too little."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)

    @property
    def whole(self) -> str:
        """All of the text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show ``text``, and all of it in the tooltip where it does not fit."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = self.contentsRect().width()
        fits = math.ceil(metrics.horizontalAdvance(self._text)) <= room
        self.setText(
            self._text if fits else metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        )
        self.setToolTip("" if fits else self._text)


__all__ = ["LineKey", "Yielding"]
