"""The plot of the gradient flow, in which each layer can be read and picked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from backprop_gui.numerals import counted
from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.axes import LABEL_PX, label_font
from backprop_gui.ui.plots.budget import Budget
from backprop_gui.ui.plots.crosshair import moved
from backprop_gui.ui.plots.flow_picture import RIGHT, TICK_PX, FlowPicture

SHARE = 0.03
"""Of the wall time, while training runs."""
WIDE_PX = 460
"""From this width on there is room for the lines over time."""
TOP, GAP, BELOW = 8, 22, LABEL_PX + 9


class FlowPlot(QWidget):
    """Shows how one measure is distributed in each layer.

    Attributes
    ----------
    picture : FlowPicture or None
        What it shows; None before there is anything.
    now, past : QRectF
        Where the bars and the lines are; ``past`` is empty where there is no room.
    index : int
        The layer that is read; -1 for none.
    budget : Budget

    Signals
    -------
    reading(int)
        The layer under the pointer or chosen with the arrow keys, or -1.
    picked(int)
        The place of a layer that was clicked, or chosen with Enter.
    """

    reading = Signal(int)
    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Gradient flow by layer")
        self.setAccessibleDescription(
            "The left and right arrow keys read layer after layer; Enter selects its neurons; Esc ends reading."
        )
        self.budget = Budget(SHARE)
        self.picture: FlowPicture | None = None
        self.now, self.past = QRectF(), QRectF()
        self.index = -1
        theme.notifier.changed.connect(self.update)

    def show_picture(self, picture: FlowPicture | None) -> None:
        """Show ``picture``, or nothing."""
        self.picture = picture
        if self.index >= self._count:
            self._read(-1)
        self._renew_tip()
        self._lay_out()
        self.update()

    @property
    def _count(self) -> int:
        return 0 if self.picture is None else len(self.picture.flow.layers)

    def _lay_out(self) -> None:
        height = max(1.0, self.height() - TOP - BELOW)
        left = 34.0
        if self.picture is not None:
            metrics = QFontMetricsF(label_font(self.font()))
            ticks = self.picture.axis.ticks(max(2, int(height / TICK_PX)))
            left = max([left, *(metrics.horizontalAdvance(label) + 14 for _, label in ticks)])
        width = self.width() - left - RIGHT
        if self.width() < WIDE_PX:
            self.now, self.past = QRectF(left, TOP, max(1.0, width), height), QRectF()
            return
        half = (width - GAP) / 2
        self.now = QRectF(left, TOP, half, height)
        self.past = QRectF(left + half + GAP, TOP, half, height)

    # ---- reading

    def _read(self, index: int) -> None:
        if index != self.index:
            self.index = index
            self._renew_tip()
            self.reading.emit(index)
            self.update()

    def _renew_tip(self) -> None:
        """Say the present numbers in the tooltip, and in the one that is being read."""
        words, before = self.words(self.index), self.toolTip()
        self.setToolTip(words)
        if words != before and self.underMouse() and QToolTip.isVisible() and QToolTip.text() == before:
            QToolTip.showText(QCursor.pos(), words, self)

    def words(self, index: int) -> str:
        """Return all numbers of a layer in full precision, one a line."""
        if self.picture is None or not 0 <= index < self._count:
            return ""
        layer, spread = self.picture.flow.layers[index], self.picture.spreads[index]
        names = ("smallest", "10 % are below", "median", "90 % are below", "largest")
        lines = [f"{layer.name}: {counted(spread.count, 'number')}"]
        lines += [
            f"{name} {format_exact(value)}" for name, value in zip(names, spread.quantiles, strict=True)
        ]
        lines.append(f"exactly 0: {format_exact(100 * spread.zeros)} %, which are not in these")
        if spread.broken:
            lines.append(f"not finite: {format_exact(100 * spread.broken)} %")
        return "\n".join(lines)

    def _layer_at(self, position: QPointF) -> int:
        count = self._count
        if not count or not self.now.left() <= position.x() < self.now.right():
            return -1
        return int((position.x() - self.now.left()) / self.now.width() * count)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._read(self._layer_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._layer_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.picked.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        self._read(-1)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._read(-1)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = moved(event.key(), self.index, self._count - 1)
        if index is not None:
            self._read(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.index >= 0:
            self.picked.emit(self.index)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        with self.budget.spend(), QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(label_font(self.font()))
            self.picture.paint(painter, self.now, self.past, self.index)


__all__ = ["FlowPlot"]
