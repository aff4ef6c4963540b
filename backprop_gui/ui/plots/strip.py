"""One of several curves over the same time: a low plot that may leave the axis of time to the one below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen

from backprop_gui.ui import theme
from backprop_gui.ui.plots.curve_plot import MARGIN_BOTTOM, MARGIN_LEFT
from backprop_gui.ui.plots.timeline import TimelinePlot

ALIGNED_PX = 74
"""Room for the labels of strips that stand above each other, so that equal times do too."""
BARE_PX = 6
"""Room below a strip without an axis."""


class Strip(TimelinePlot):
    """Curves over epochs that go on above and below 0, each of whose records can be gone to with a click.

    Attributes
    ----------
    bare : bool
        Whether it leaves the axis of time to another one.

    Signals
    -------
    picked(int)
        A record was clicked, or chosen with Enter.
    """

    picked = Signal(int)
    _stacked = bare = False

    def __init__(self, colors: list[tuple[str, bool]]) -> None:
        super().__init__(colors)
        self.setMinimumSize(80, 24)

    def stand(self, *, stacked: bool, last: bool) -> None:
        """Stand above others or beside them; of those above each other only the ``last`` has an axis of time."""
        self._stacked, self.bare = stacked, stacked and not last
        self.set_margins(ALIGNED_PX if stacked else MARGIN_LEFT, BARE_PX if self.bare else MARGIN_BOTTOM)

    # ---- the mouse and keys

    def _meets_axis(self, at: QPointF) -> bool:
        return not self.bare and super()._meets_axis(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)  # a finger has not been here before
        meets = self._meets_axis(event.position())
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not meets and self.index >= 0:
            self.picked.emit(self.index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.index >= 0:
            self.picked.emit(self.index)
        else:
            super().keyPressEvent(event)

    # ---- painting

    def _labels_across(self, metrics: QFontMetricsF) -> list[tuple[QRectF, str]]:
        return [] if self.bare else super()._labels_across(metrics)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        axis, area = self.axis, self.area
        if axis.low < 0 < axis.high:
            y = round(area.bottom() + axis.low / (axis.high - axis.low) * area.height())
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), theme.current().outline)

    def _draw_mark(
        self, painter: QPainter, epoch: float, text: str, colors: tuple[QColor, QColor, QColor]
    ) -> None:
        x = round(self.place(epoch, 0).x()) + 0.5
        painter.setPen(QPen(colors[0], 1))
        if self._stacked:
            # From edge to edge, so that it is one line through all of them.
            painter.drawLine(QPointF(x, 0), QPointF(x, self.area.bottom() + BARE_PX))
        if not self.bare:
            super()._draw_mark(painter, epoch, text, colors)

    def _draw_handle(self, painter: QPainter) -> None:
        if not self.bare:
            super()._draw_handle(painter)


__all__ = ["Strip"]
