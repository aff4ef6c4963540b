"""The gradient flow as it is painted: a bar for each layer now, a line for each over time, on one logarithmic axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.flow import Flow, Measure, Spread
from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended, ramp
from backprop_gui.ui.names import display_name
from backprop_gui.ui.plots.axes import LABEL_PX
from backprop_gui.ui.plots.marks import draw_mark
from backprop_gui.ui.plots.ticks import nice_step, resting_limit, tick_label
from backprop_gui.ui.plots.value_axis import Scale, ValueAxis

MOST_POINTS = 100
"""Points that a line over time is drawn with."""
MOST_WIDE = 16
"""Lines over time up to which each is wider than a pixel."""
RIGHT = 12
"""Room to the right of the picture, into which names may reach."""
BAR_PX = 26
TICK_PX, EPOCHS_PX, NAME_PX, SHARE_PX = 22, 80, 38, 44
"""Pixels that a number on each axis, the name of a layer, and the share of zeros want for themselves."""


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """One measure of a flow, and what it was.

    Attributes
    ----------
    flow, measure
    epochs, levels : (moments,), (moments, layers, 3) arrays
        The quantiles at 10, 50 and 90 % so far.
    epoch : (epoch, words)
        The present.
    guide : (value, words) or None
        A value to compare with.
    axis : ValueAxis
        Shared by all layers, so that what vanishes is seen to fall.
    heights : (layers, 5) array
        Where the quantiles of each layer stand now, 0 to 1; NaN where there is none.
    limit : float
        The epoch at which the lines over time end.
    lines : tuple of polygons
        The line of each layer over time, in shares of its area: made once, painted often.
    """

    flow: Flow
    measure: Measure
    epochs: Array
    levels: Array
    epoch: tuple[float, str]
    guide: tuple[float, str] | None
    axis: ValueAxis
    heights: Array
    limit: float
    lines: tuple[QPolygonF, ...]

    @classmethod
    def of(
        cls,
        flow: Flow,
        measure: Measure,
        record: tuple[Array, Array],
        epoch: tuple[float, str],
        guide: tuple[float, str] | None,
    ) -> FlowPicture:
        """Return the picture of ``flow`` and a record (epochs, levels); of many moments some are drawn."""
        epochs, levels = record
        if len(epochs) > MOST_POINTS:
            chosen = np.unique(np.linspace(0, len(epochs) - 1, MOST_POINTS).astype(int))
            epochs, levels = epochs[chosen], levels[chosen]
        # The smallest ones are left out: a single one near 0 would press all others together.
        told = np.array([layer.spread(measure).quantiles[1:] for layer in flow.layers]).ravel()
        axis = ValueAxis.around(Scale.LOG, [told, levels[:, :, 1].ravel()])
        heights = _standing(axis, np.array([layer.spread(measure).quantiles for layer in flow.layers]))
        limit = resting_limit(max(float(epochs[-1]) if len(epochs) else 0.0, epoch[0]))
        over_time = _standing(axis, levels[:, :, 1])
        lines = tuple(
            QPolygonF(_points(epochs / limit, over_time[:, layer])) for layer in range(over_time.shape[1])
        )
        return cls(flow, measure, epochs, levels, epoch, guide, axis, heights, limit, lines)

    @property
    def spreads(self) -> list[Spread]:
        """The measure in each layer."""
        return [layer.spread(self.measure) for layer in self.flow.layers]

    def color(self, index: int) -> QColor:
        """Return the colour of a layer, of which the first and the last differ most."""
        now, count = theme.current(), len(self.flow.layers)
        table = ramp([now.test, now.muted, now.train], max(2, count))
        return QColor(*table[index if count > 1 else 1].tolist())

    def height(self, value: float) -> float:
        """Return the height of a value, 0 to 1; NaN where it has no place on the axis."""
        return float(_standing(self.axis, np.array([value]))[0])

    def place(self, area: QRectF, index: int, value: float) -> QPointF:
        """Return where ``value`` of the layer at ``index`` stands among bars in ``area``; y is NaN without a place."""
        return QPointF(self._middle(area, index), area.bottom() - self.height(value) * area.height())

    def _middle(self, area: QRectF, index: int) -> float:
        return area.left() + (index + 0.5) * area.width() / len(self.flow.layers)

    def paint(self, painter: QPainter, now: QRectF, past: QRectF, index: int) -> None:
        """Paint the bars into ``now`` and the lines into ``past``, if there is room.

        Of the layer at ``index``, which is read, the middle 80 % over time are a band around its line.
        """
        self._paint_axis(painter, now, past)
        self._paint_bars(painter, now, index)
        self._paint_names(painter, now, index)
        if not past.isEmpty():
            self._paint_past(painter, past, index)

    def _paint_axis(self, painter: QPainter, bars: QRectF, past: QRectF) -> None:
        now = theme.current()
        for height, label in self.axis.ticks(max(2, int(bars.height() / TICK_PX))):
            y = round(bars.bottom() - height * bars.height())
            for area in (bars, past):
                painter.fillRect(QRectF(area.left(), y, area.width(), 1), now.border)
            painter.setPen(now.muted)
            painter.drawText(QRectF(0, y - 10, bars.left() - 10, 20), _BESIDE, label)
        if self.guide is not None and self.axis.low < self.guide[0] < self.axis.high:
            level = round(bars.bottom() - self.height(self.guide[0]) * bars.height()) + 0.5
            painter.setPen(QPen(now.good, 1, Qt.PenStyle.DashLine))
            for area in (bars, past):
                painter.drawLine(QLineF(area.left(), level, area.right(), level))
            painter.setPen(now.good)
            painter.drawText(QRectF(bars.left(), level - 16, bars.width(), 14), _BESIDE, self.guide[1])

    def _paint_bars(self, painter: QPainter, bars: QRectF, read: int) -> None:
        now, spreads = theme.current(), self.spreads
        room = bars.width() / max(1, len(spreads))
        width = min(float(BAR_PX), max(3.0, 0.6 * room))
        if 0 <= read < len(spreads):
            painter.fillRect(self._column(bars, read), now.tile)
        middles: list[QPointF] = []
        levels = (bars.bottom() - self.heights * bars.height()).tolist()
        for index, (spread, (low, tenth, median, ninetieth, high)) in enumerate(
            zip(spreads, levels, strict=True)
        ):
            color, x = self.color(index), self._middle(bars, index)
            if not math.isnan(median):
                painter.setPen(QPen(blended(color, now.window, 0.6), 1))
                painter.drawLine(QLineF(x, low, x, high))
                box = QRectF(x - width / 2, ninetieth, width, max(2.0, tenth - ninetieth))
                painter.setPen(QPen(color, 1))
                painter.setBrush(blended(color, now.window, 0.3))
                painter.drawRoundedRect(box, 2, 2)
                middles.append(QPointF(x, median))
            self._paint_exceptions(painter, self._column(bars, index), spread)
        painter.setPen(QPen(now.muted, 1, Qt.PenStyle.DotLine))
        painter.drawPolyline(QPolygonF(middles))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(now.text, 2))
        for at in middles:
            painter.drawLine(at - QPointF(width / 2, 0), at + QPointF(width / 2, 0))

    def _column(self, bars: QRectF, index: int) -> QRectF:
        room = bars.width() / len(self.flow.layers)
        return QRectF(bars.left() + index * room, bars.top(), room, bars.height())

    def _paint_exceptions(self, painter: QPainter, column: QRectF, spread: Spread) -> None:
        """Say what has no place on the axis: zeros below, what is not finite above."""
        now = theme.current()
        if spread.zeros and (column.width() >= SHARE_PX or spread.zeros == 1):
            text = f"{_percent(spread.zeros)} 0" if spread.zeros < 1 else "0"
            painter.setPen(now.bad if spread.zeros == 1 else now.muted)
            painter.drawText(column.adjusted(0, 0, 0, -1), _LOWEST, text)
        if spread.broken:
            painter.setPen(now.bad)
            painter.drawText(column, _HIGHEST, "∞")

    def _paint_names(self, painter: QPainter, bars: QRectF, read: int) -> None:
        now, layers = theme.current(), self.flow.layers
        metrics = QFontMetricsF(painter.font())
        room = bars.width() / max(1, len(layers))
        every = math.ceil(NAME_PX / room)
        for index, layer in enumerate(layers):
            # The last one is always named, and one that stands too close before it gives way.
            behind = len(layers) - 1 - index
            if behind and (index % every or behind < every):
                continue
            name = metrics.elidedText(
                display_name(layer.name), Qt.TextElideMode.ElideMiddle, room * every - 4
            )
            center = bars.left() + (index + 0.5) * room
            width = min(room * every, 2 * (bars.right() + RIGHT - center))
            painter.setPen(now.text if index == read else now.muted)
            painter.drawText(
                QRectF(center - width / 2, bars.bottom() + 4, width, LABEL_PX + 4), _CENTER, name
            )

    def _paint_past(self, painter: QPainter, area: QRectF, read: int) -> None:
        now = theme.current()
        labels = self._paint_epochs(painter, area, self.limit)
        onto = QTransform.fromTranslate(area.left(), area.bottom()).scale(area.width(), -area.height())
        if 0 <= read < len(self.lines):
            lower, upper = (
                _points(self.epochs / self.limit, _standing(self.axis, self.levels[:, read, side]))
                for side in (0, 2)
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(blended(self.color(read), now.window, 0.2))
            painter.drawPolygon(onto.map(QPolygonF([*upper, *reversed(lower)])))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        # Where there are many, thin ones are told apart as well, and Qt paints them some ten times as fast.
        width = 1.4 if len(self.lines) <= MOST_WIDE else 1.0
        for index, line in enumerate(self.lines):
            painter.setPen(QPen(self.color(index), 2.5 if index == read else width))
            painter.drawPolyline(onto.map(line))
        x = area.left() + self.epoch[0] / self.limit * area.width()
        draw_mark(painter, area, x, self.epoch[1], painter.font(), (now.text, now.text, now.window), labels)

    def _paint_epochs(self, painter: QPainter, area: QRectF, limit: float) -> list[QRectF]:
        metrics = QFontMetricsF(painter.font())
        most = max(2, int(area.width() / EPOCHS_PX))
        step = max(1.0, nice_step(limit, most)) if limit >= 2 else limit
        labels = []
        painter.setPen(theme.current().muted)
        for tick in np.arange(0.0, limit * (1 + 1e-9), step).tolist():
            text = tick_label(tick, step)
            width = metrics.horizontalAdvance(text) + 4
            left = min(area.left() + tick / limit * area.width() - width / 2, area.right() + RIGHT - width)
            labels.append(QRectF(left, area.bottom() + 4, width, LABEL_PX + 4))
            painter.drawText(labels[-1], _CENTER, text)
        return labels


def _standing(axis: ValueAxis, values: Array) -> Array:
    """Return the heights of ``values`` of any shape, 0 to 1; NaN for 0 and for what is not finite.

    What is beyond the axis stands at its end, as does what is too small or too large for any.
    """
    heights = axis.heights(values.ravel()).reshape(values.shape)
    off = np.isnan(heights) & (values > 0) & np.isfinite(values)
    heights[off] = values[off] > 1
    return np.clip(heights, 0, 1)


def _points(x: Array, heights: Array) -> list[QPointF]:
    """Return the points of what has a height."""
    there = np.isfinite(heights)
    return list(map(QPointF, x[there].tolist(), heights[there].tolist()))


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 1 else "<1 %"


_CENTER = Qt.AlignmentFlag.AlignCenter
_BESIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOWEST = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
_HIGHEST = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop

__all__ = ["RIGHT", "TICK_PX", "FlowPicture"]
