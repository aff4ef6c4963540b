"""A bar in the colours of a barrier tape: what is below it is no part of the person's work."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QFrame

from backprop_gui.ui import theme

TAPE_PX, STRIPE_PX = 5, 9


class HazardBar(QFrame):
    """A tinted ground for controls, with a tape of slanted stripes along its upper edge."""

    def __init__(self) -> None:
        super().__init__()
        theme.notifier.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), now.warning_tint)
            painter.setClipRect(0, 0, self.width(), TAPE_PX)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(now.warning)
            painter.setPen(Qt.PenStyle.NoPen)
            for x in range(-STRIPE_PX, self.width() + STRIPE_PX, 2 * STRIPE_PX):
                painter.drawPolygon(
                    QPolygonF(
                        [
                            QPointF(x, TAPE_PX),
                            QPointF(x + TAPE_PX, 0),
                            QPointF(x + TAPE_PX + STRIPE_PX, 0),
                            QPointF(x + STRIPE_PX, TAPE_PX),
                        ]
                    )
                )


__all__ = ["TAPE_PX", "HazardBar"]
