"""A tiny picture of the loss around one weight or bias: its curve, the two points of the nudge, secant and tangent."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from backprop_gui.engine.nudge import Nudge
from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_number

MARGIN_PX = 8.0
DOT_PX = 3.5


class NudgePicture(QWidget):
    """Draws a nudge; empty without one."""

    def __init__(self) -> None:
        super().__init__()
        self._nudge: Nudge | None = None
        self.setAccessibleName("Loss around the parameter")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(190, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 64)

    def show_nudge(self, nudge: Nudge | None) -> None:
        """Draw ``nudge``."""
        self._nudge = nudge
        if nudge is None:
            self.setToolTip("")
        else:
            self.setToolTip(
                "The loss of this example while only this parameter changes, computed by the network itself at "
                f"{len(nudge.at)} points from {format_number(nudge.at[0], 6)} to {format_number(nudge.at[-1], 6)}.\n"
                "Solid: the loss. Dots: the two losses of the nudge, joined by the secant. "
                "Dashed: the tangent that the delta rule says."
            )
        self.update()

    def paintEvent(self, event: object) -> None:
        look, nudge, whole = theme.current(), self._nudge, QRectF(self.rect())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look.border, 1))
            painter.setBrush(look.surface)
            painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            if nudge is not None and np.isfinite(nudge.losses).all() and np.isfinite(nudge.product):
                _draw(painter, nudge, whole.adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX))


def _draw(painter: QPainter, nudge: Nudge, room: QRectF) -> None:
    look = theme.current()
    reach = (nudge.at[-1] - nudge.at[0]) / 2 or 1.0
    low, high = float(nudge.losses.min()), float(nudge.losses.max())
    span = high - low or 1.0
    # Where all losses are equal, the line is in the middle.
    middle = (low + high) / 2

    def place(at: float, loss: float) -> QPointF:
        x = room.center().x() + (at - nudge.value) / reach * room.width() / 2
        return QPointF(x, room.center().y() - (loss - middle) / span * room.height())

    def line(color: QColor, width: float, style: Qt.PenStyle, slope: float, at: float, loss: float) -> None:
        ends = (nudge.at[0], nudge.at[-1])
        painter.setPen(QPen(color, width, style))
        painter.drawLine(*(place(end, loss + slope * (end - at)) for end in ends))

    painter.setClipRect(room.adjusted(-4, -4, 4, 4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.border, 1))
    painter.drawLine(QPointF(room.center().x(), room.top()), QPointF(room.center().x(), room.bottom()))
    painter.setPen(QPen(look.muted, 1.6))
    painter.drawPolyline(
        QPolygonF([place(*pair) for pair in zip(nudge.at.tolist(), nudge.losses.tolist(), strict=True)])
    )
    dash, solid = Qt.PenStyle.DashLine, Qt.PenStyle.SolidLine
    line(look.accent, 1.2, solid, nudge.slope, nudge.value + nudge.step, nudge.above)
    line(look.text, 1.4, dash, nudge.product, nudge.value, nudge.here)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.accent)
    for at, loss in ((nudge.value - nudge.step, nudge.below), (nudge.value + nudge.step, nudge.above)):
        painter.drawEllipse(place(at, loss), DOT_PX, DOT_PX)
    painter.setBrush(look.text)
    painter.drawEllipse(place(nudge.value, nudge.here), DOT_PX - 1, DOT_PX - 1)


__all__ = ["NudgePicture"]
