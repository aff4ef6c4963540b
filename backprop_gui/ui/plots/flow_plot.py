"""The picture of the gradient flow: a bar for each layer now, a line for each over time, on one logarithmic axis."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.flow import Flow, Measure, Spread
from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended, ramp
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.axes import LABEL_PX, label_font
from backprop_gui.ui.plots.budget import Budget
from backprop_gui.ui.plots.marks import draw_mark
from backprop_gui.ui.plots.ticks import nice_step, resting_limit, tick_label
from backprop_gui.ui.plots.value_axis import Scale, ValueAxis

SHARE = 0.03
"""Of the wall time, while training runs."""
WIDE_PX = 460
"""From this width on there is room for the lines over time."""
MOST_POINTS = 100
"""Points that a line over time is drawn with."""
TOP, GAP, RIGHT, BELOW = 8, 22, 12, LABEL_PX + 9
BAR_PX = 26
TICK_PX, EPOCHS_PX = 22, 80
"""Pixels that a number on each axis wants for itself."""


class FlowPlot(QWidget):
    """Shows how one measure is distributed in each layer.

    Attributes
    ----------
    axis : ValueAxis
        Shared by all layers, so that what vanishes is seen to fall.
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
        self._flow: Flow | None = None
        self._measure = Measure.DELTA
        self._guide: tuple[float, str] | None = None
        self._epochs: Array = np.empty(0)
        self._medians: Array = np.empty((0, 0))
        self._epoch = (0.0, "")
        self.axis = ValueAxis(Scale.LOG, 0.1, 1.0)
        self.now, self.past = QRectF(), QRectF()
        self.index = -1
        theme.notifier.changed.connect(self.update)

    def show_flow(
        self,
        flow: Flow | None,
        measure: Measure,
        record: tuple[Array, Array],
        epoch: tuple[float, str],
        guide: tuple[float, str] | None = None,
    ) -> None:
        """Show ``flow`` and its medians so far.

        Parameters
        ----------
        record : (epochs, medians)
            (moments,) and (moments, layers) arrays.
        epoch : (epoch, words)
            The present.
        guide : (value, words), optional
            A value to compare with.
        """
        self._flow, self._measure, self._epoch, self._guide = flow, measure, epoch, guide
        epochs, medians = record
        if len(epochs) > MOST_POINTS:
            chosen = np.unique(np.linspace(0, len(epochs) - 1, MOST_POINTS).astype(int))
            epochs, medians = epochs[chosen], medians[chosen]
        self._epochs, self._medians = epochs, medians
        if flow is not None:
            series = [np.array([spread.quantiles[1:] for spread in self._spreads()]).ravel(), medians.ravel()]
            self.axis = ValueAxis.around(Scale.LOG, series)
            if self.index >= len(flow.layers):
                self._read(-1)
        self._lay_out()
        self.update()

    # ---- geometry

    def _spreads(self) -> list[Spread]:
        return [] if self._flow is None else [layer.spread(self._measure) for layer in self._flow.layers]

    def _lay_out(self) -> None:
        metrics = QFontMetricsF(label_font(self.font()))
        height = max(1.0, self.height() - TOP - BELOW)
        labels = [label for _, label in self.axis.ticks(max(2, int(height / TICK_PX)))]
        left = max([34.0, *(metrics.horizontalAdvance(label) + 14 for label in labels)])
        width = self.width() - left - RIGHT
        if self.width() < WIDE_PX:
            self.now, self.past = QRectF(left, TOP, max(1.0, width), height), QRectF()
            return
        half = (width - GAP) / 2
        self.now = QRectF(left, TOP, half, height)
        self.past = QRectF(left + half + GAP, TOP, half, height)

    def place(self, index: int, value: float) -> QPointF:
        """Return where ``value`` of the layer at ``index`` stands among the bars; NaN in y where it has no place."""
        count = max(1, len(self._spreads()))
        return QPointF(self.now.left() + (index + 0.5) * self.now.width() / count, self._y(value))

    def color(self, index: int) -> QColor:
        """Return the colour of a layer, from grey at the inputs to the accent at the outputs."""
        now, count = theme.current(), len(self._spreads())
        table = ramp([now.test, now.muted, now.train], max(2, count))
        return QColor(*table[index if count > 1 else 1].tolist())

    def _y(self, value: float) -> float:
        height = float(self.axis.heights(np.array([value]))[0])
        # What is smaller than the axis reaches stands at its end.
        return (
            self.now.bottom() - min(1.0, max(0.0, height)) * self.now.height()
            if height == height
            else math.nan
        )

    # ---- reading

    def _read(self, index: int) -> None:
        if index != self.index:
            self.index = index
            self.setToolTip(self.words(index))
            self.reading.emit(index)
            self.update()

    def words(self, index: int) -> str:
        """Return all numbers of a layer in full precision, one a line."""
        if self._flow is None or not 0 <= index < len(self._flow.layers):
            return ""
        layer, spread = self._flow.layers[index], self._spreads()[index]
        names = ("smallest", "10 % are below", "median", "90 % are below", "largest")
        lines = [f"{layer.name}: {spread.count:,} numbers"]
        lines += [
            f"{name} {format_exact(value)}" for name, value in zip(names, spread.quantiles, strict=True)
        ]
        lines.append(f"exactly 0: {format_exact(100 * spread.zeros)} %, which are not in these")
        if spread.broken:
            lines.append(f"not finite: {format_exact(100 * spread.broken)} %")
        return "\n".join(lines)

    def _layer_at(self, position: QPointF) -> int:
        count = len(self._spreads())
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
        last = len(self._spreads()) - 1
        moves = {
            Qt.Key.Key_Left: max(0, self.index - 1),
            Qt.Key.Key_Right: min(last, self.index + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.index >= 0:
            self.picked.emit(self.index)
        elif key in moves and last >= 0 and not (moves[key] < 0 and self.index < 0):
            self._read(moves[key])
        else:
            event.ignore()

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._lay_out()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.budget.spend(), QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(label_font(self.font()))
            self._paint_axis(painter)
            if self._flow is None:
                return
            self._paint_bars(painter)
            self._paint_names(painter)
            if not self.past.isEmpty():
                self._paint_past(painter)

    def _paint_axis(self, painter: QPainter) -> None:
        now = theme.current()
        for height, label in self.axis.ticks(max(2, int(self.now.height() / TICK_PX))):
            y = round(self.now.bottom() - height * self.now.height())
            for area in (self.now, self.past):
                painter.fillRect(QRectF(area.left(), y, area.width(), 1), now.border)
            painter.setPen(now.muted)
            painter.drawText(QRectF(0, y - 10, self.now.left() - 10, 20), _BESIDE, label)
        if self._guide is not None and self.axis.low < self._guide[0] < self.axis.high:
            level = round(self._y(self._guide[0])) + 0.5
            painter.setPen(QPen(now.good, 1, Qt.PenStyle.DashLine))
            for area in (self.now, self.past):
                painter.drawLine(QLineF(area.left(), level, area.right(), level))
            painter.setPen(now.good)
            painter.drawText(
                QRectF(self.now.left(), level - 16, self.now.width(), 14), _BESIDE, self._guide[1]
            )

    def _paint_bars(self, painter: QPainter) -> None:
        now, spreads = theme.current(), self._spreads()
        room = self.now.width() / max(1, len(spreads))
        width = min(float(BAR_PX), max(3.0, 0.6 * room))
        if 0 <= self.index < len(spreads):
            painter.fillRect(
                QRectF(self.now.left() + self.index * room, self.now.top(), room, self.now.height()), now.tile
            )
        middles = QPolygonF()
        for index, spread in enumerate(spreads):
            color = self.color(index)
            low, tenth, median, ninetieth, high = (self.place(index, q) for q in spread.quantiles)
            if not math.isnan(median.y()):
                painter.setPen(QPen(blended(color, now.window, 0.6), 1))
                painter.drawLine(low, high)
                box = QRectF(tenth.x() - width / 2, ninetieth.y(), width, max(2.0, tenth.y() - ninetieth.y()))
                painter.setPen(QPen(color, 1))
                painter.setBrush(blended(color, now.window, 0.3))
                painter.drawRoundedRect(box, 2, 2)
                middles.append(median)
            self._paint_exceptions(painter, index, spread, room)
        painter.setPen(QPen(now.muted, 1, Qt.PenStyle.DotLine))
        painter.drawPolyline(middles)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, spread in enumerate(spreads):
            at = self.place(index, spread.median)
            if not math.isnan(at.y()):
                painter.setPen(QPen(now.text, 2))
                painter.drawLine(at - QPointF(width / 2, 0), at + QPointF(width / 2, 0))

    def _paint_exceptions(self, painter: QPainter, index: int, spread: Spread, room: float) -> None:
        """Say what has no place on the axis: zeros below, what is not finite above."""
        now = theme.current()
        column = QRectF(self.now.left() + index * room, self.now.top(), room, self.now.height())
        if spread.zeros and (room >= 44 or spread.zeros == 1):
            text = f"{_percent(spread.zeros)} 0" if spread.zeros < 1 else "0"
            painter.setPen(now.bad if spread.zeros == 1 else now.muted)
            painter.drawText(column.adjusted(0, 0, 0, -1), _LOWEST, text)
        if spread.broken:
            painter.setPen(now.bad)
            painter.drawText(column, _HIGHEST, "∞")

    def _paint_names(self, painter: QPainter) -> None:
        assert self._flow is not None
        now, layers = theme.current(), self._flow.layers
        metrics = QFontMetricsF(painter.font())
        room = self.now.width() / max(1, len(layers))
        every = math.ceil(38 / room)
        for index, layer in enumerate(layers):
            # The last one is always named, and one that stands too close before it gives way.
            behind = len(layers) - 1 - index
            if behind and (index % every or behind < every):
                continue
            name = metrics.elidedText(
                display_name(layer.name), Qt.TextElideMode.ElideMiddle, room * every - 4
            )
            center = self.now.left() + (index + 0.5) * room
            width = min(room * every, 2 * (self.now.right() + RIGHT - center))
            painter.setPen(now.text if index == self.index else now.muted)
            painter.drawText(
                QRectF(center - width / 2, self.now.bottom() + 4, width, LABEL_PX + 4), _CENTER, name
            )

    def _paint_past(self, painter: QPainter) -> None:
        now, area = theme.current(), self.past
        last = max(float(self._epochs[-1]) if len(self._epochs) else 0.0, self._epoch[0])
        limit = resting_limit(last)
        across = area.left() + self._epochs / limit * area.width()
        labels = self._paint_epochs(painter, limit)
        for index in range(self._medians.shape[1]):
            heights = np.clip(self.axis.heights(self._medians[:, index]), 0, 1)
            there = np.isfinite(heights)
            points = zip(
                across[there].tolist(), (area.bottom() - heights[there] * area.height()).tolist(), strict=True
            )
            painter.setPen(QPen(self.color(index), 2.5 if index == self.index else 1.4))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        x = area.left() + self._epoch[0] / limit * area.width()
        draw_mark(painter, area, x, self._epoch[1], painter.font(), (now.text, now.text, now.window), labels)

    def _paint_epochs(self, painter: QPainter, limit: float) -> list[QRectF]:
        metrics, area = QFontMetricsF(painter.font()), self.past
        most = max(2, int(area.width() / EPOCHS_PX))
        step = max(1.0, nice_step(limit, most)) if limit >= 2 else limit
        labels = []
        painter.setPen(theme.current().muted)
        for tick in np.arange(0.0, limit * (1 + 1e-9), step).tolist():
            text = tick_label(tick, step)
            width = metrics.horizontalAdvance(text) + 4
            left = min(area.left() + tick / limit * area.width() - width / 2, self.width() - width)
            labels.append(QRectF(left, area.bottom() + 4, width, LABEL_PX + 4))
            painter.drawText(labels[-1], _CENTER, text)
        return labels


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 1 else "<1 %"


_CENTER = Qt.AlignmentFlag.AlignCenter
_BESIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOWEST = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
_HIGHEST = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop

__all__ = ["FlowPlot"]
