"""The timeline under a plot of curves: its axis can be dragged along to every moment of the past."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from backprop_gui.engine.frame import Mark, Span
from backprop_gui.ui import theme
from backprop_gui.ui.plots.curve_plot import CurvePlot

REACH_PX = 7
"""How far above the axis, and beside the handle and the ticks, the pointer still meets them."""
TICK_PX, HANDLE_PX = 5.0, 5.5
FADED = 150
"""Opacity, of 255, of what covers the curves behind the moment that is looked at."""
KEYS = "Drag along the axis, or press Shift with the left and right arrow keys, to look at the past."


class TimelinePlot(CurvePlot):
    """Curves over epochs with a handle on their axis: at the present, or at the moment of the past that is shown.

    Signals
    -------
    sought(float)
        A person wants to see the moment at this time, in epochs; infinite for the present.
    stepped(bool)
        A person wants to see the kept moment before (False) or after (True).
    """

    sought = Signal(float)
    stepped = Signal(bool)

    def __init__(self, colors: Sequence[tuple[str, bool]]) -> None:
        super().__init__(colors)
        self._span = Span()
        self._shown: float | None = None
        self._dragged: float | None = None

    # ---- what it shows

    def show_span(self, span: Span, shown: float | None) -> None:
        """Show what can be gone to, and the time of the moment that is looked at, None for the present."""
        if (span, shown) != (self._span, self._shown):
            self._span, self._shown = span, shown
            self.viewport().update()

    @property
    def handle(self) -> QPointF:
        """Where the handle is, in pixels."""
        epoch = self._span.last_epoch if self._shown is None else self._shown
        return self.place(epoch if self._dragged is None else self._dragged, 0)

    def place_of(self, mark: Mark) -> QPointF:
        """Return where the tick of an edit is, in pixels."""
        return self.place(mark.epoch, 0)

    # ---- the mouse

    def _meets_axis(self, at: QPointF) -> bool:
        area = self.area
        # Before the first update there is only the present.
        return (
            self._span.last_step > self._span.first_step
            and at.y() >= area.bottom() - REACH_PX
            and area.left() - REACH_PX <= at.x() <= area.right() + REACH_PX
        )

    def _seek(self, at: QPointF) -> None:
        area, span = self.area, self._span
        epoch = (at.x() - area.left()) / max(1.0, area.width()) * self._x_limit
        pixel = self._x_limit / max(1.0, area.width())
        self._dragged = min(max(epoch, span.first_epoch), span.last_epoch)
        # What lies within a pixel of the present is meant to be the present.
        self.sought.emit(float("inf") if epoch >= span.last_epoch - pixel else self._dragged)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._meets_axis(event.position()):
            self.read(-1)
            self._seek(event.position())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._seek(event.position())
            return
        meets = self._meets_axis(event.position())
        self.viewport().setCursor(Qt.CursorShape.SizeHorCursor if meets else Qt.CursorShape.ArrowCursor)
        if meets:
            self.read(-1)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._dragged = None
            self.viewport().update()
        else:
            super().mouseReleaseEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def words_at(self, at: QPointF) -> str:
        """Return what there is to say about a place: the edits there, or what the axis is for."""
        if not self._meets_axis(at):
            return ""
        near = [mark for mark in self._span.marks if abs(self.place_of(mark).x() - at.x()) <= REACH_PX]
        return "\n".join(f"step {mark.step:,}: {mark.text}" for mark in near) or KEYS

    # ---- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            ways = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}
            way = ways.get(Qt.Key(event.key()))
            if way is not None:
                self.stepped.emit(way)
                return
        at = self.index
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= at < len(self.epochs):
            self.sought.emit(float(self.epochs[at]))
            return
        super().keyPressEvent(event)

    # ---- painting

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        now, area = theme.current(), self.area
        if self._shown is not None:
            left = self.handle.x()
            cover = QColor(now.window)
            cover.setAlpha(FADED)
            painter.fillRect(
                QRectF(left, area.top(), max(0.0, area.right() - left) + 1, area.height()), cover
            )
        super().drawForeground(painter, rect)
        self._draw_marks(painter)
        if self._shown is not None:
            here = self.place(self._span.last_epoch, 0)
            painter.setPen(QPen(now.outline, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(round(here.x()) + 0.5, area.top()), here)
        if self._span.last_step > self._span.first_step:
            self._draw_handle(painter)

    def _draw_marks(self, painter: QPainter) -> None:
        """Draw a small tick on the axis for each edit."""
        now = theme.current()
        for mark in self._span.marks:
            at = self.place_of(mark)
            x = round(at.x())
            painter.fillRect(QRectF(x - 1, at.y() - TICK_PX, 2, 2 * TICK_PX), now.muted)

    def _draw_handle(self, painter: QPainter) -> None:
        now, at = theme.current(), self.handle
        painter.setPen(QPen(now.window, 1.5))
        painter.setBrush(now.accent)
        painter.drawEllipse(at, HANDLE_PX, HANDLE_PX)


__all__ = ["KEYS", "TimelinePlot"]
