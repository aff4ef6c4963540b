"""A plot of curves over epochs: a calm axis, a marker at the present, and a crosshair that reads the records."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame

from backprop_gui.engine.arrays import Array
from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_number
from backprop_gui.ui.plots.budget import Budget
from backprop_gui.ui.plots.crosshair import moved
from backprop_gui.ui.plots.kept_curves import KeptCurve, paint_kept
from backprop_gui.ui.plots.marks import draw_dot, draw_mark, draw_values
from backprop_gui.ui.plots.stroke import Stroke
from backprop_gui.ui.plots.ticks import nice_step, resting_limit, tick_label
from backprop_gui.ui.plots.value_axis import Scale, ValueAxis

SHARE = 0.03
"""Of the wall time, while training runs."""
LABEL_PX = 11
DASHES = [5.0, 3.5]
SPACING_X, SPACING_Y = 110, 22
"""Pixels that a tick of each axis wants for itself."""
MARGIN_LEFT, MARGIN_TOP, MARGIN_RIGHT, MARGIN_BOTTOM = 34, 8, 14, LABEL_PX + 13


class CurvePlot(pg.GraphicsView):
    """Curves over epochs, drawn in heights from 0 to 1, so that no value can upset the view.

    Attributes
    ----------
    epochs : (records,) array
    axis : ValueAxis
        From values to heights.
    area : QRectF
        Where the curves are, in pixels of the viewport.
    index : int
        The record under the crosshair; -1 for none.
    budget : Budget

    Signals
    -------
    reading(int)
        The record under the crosshair, or -1 when there is no crosshair.
    """

    reading = Signal(int)

    def __init__(self, colors: Sequence[tuple[str, bool]]) -> None:
        """Make a curve of each (name of a theme colour, whether it is dashed)."""
        super().__init__(background=None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(80, 50)
        self.setAntialiasing(True)
        self._colors = colors
        self.epochs: Array = np.empty(0)
        self._series = self._heights = list[Array]()
        self.axis = ValueAxis(Scale.LINEAR, 0.0, 1.0)
        self._x_limit = 1.0
        self.budget = Budget(SHARE)
        self._now: tuple[float, str] | None = None
        self.index = -1
        self.area = QRectF(0, 0, 1, 1)
        self._left, self._below = MARGIN_LEFT, MARGIN_BOTTOM
        self._up: list[tuple[float, str]] = []
        self._across: list[tuple[QRectF, str]] = []
        self._axes: object = None
        self._kept: Sequence[KeptCurve] = ()
        self._curves = [Stroke(antialias=True, connect="finite") for _ in colors]
        for curve in reversed(self._curves):
            self.scene().addItem(curve)
        theme.notifier.changed.connect(self._dress)
        self._dress()

    # ---- what it shows

    def show_curves(self, epochs: Array, series: Sequence[Array], scale: Scale) -> None:
        """Draw ``series``, (records,) each, over ``epochs``; NaN is left out."""
        self.epochs, self._series = epochs, list(series)
        others = [values for curve in self._kept for values in curve.series]
        self.axis = ValueAxis.around(scale, [*series, *others])
        self._heights = [self.axis.heights(values) for values in series]
        if self.index >= len(epochs):
            self.read(-1)
        self._x_limit = self._limit()
        self._lay_out()

    def show_kept(self, curves: Sequence[KeptCurve], scale: Scale) -> None:
        """Draw kept runs under the curves, on the same axes, which grow with them."""
        self._kept = curves
        self._axes = None
        self.show_curves(self.epochs, self._series, scale)

    def show_now(self, epoch: float, text: str) -> None:
        """Move the marker of the present to ``epoch``; ``text`` is written under it."""
        if (epoch, text) == self._now:
            return
        self._now = (epoch, text)
        limit = self._limit()
        if limit != self._x_limit:
            self._x_limit = limit
            self._lay_out()
        self.viewport().update()

    def clear(self) -> None:
        """Show empty axes."""
        self._now = None
        self.show_curves(np.empty(0), [np.empty(0)] * len(self._colors), self.axis.scale)

    # ---- axes

    def set_margins(self, left: int = MARGIN_LEFT, below: int = MARGIN_BOTTOM) -> None:
        """Leave so much room for the labels, in pixels, and more on the left where a label needs it."""
        if (left, below) != (self._left, self._below):
            self._left, self._below = left, below
            self._axes = None
            self._lay_out()

    def _limit(self) -> float:
        ends = [
            epochs[-1] for epochs in (self.epochs, *(curve.epochs for curve in self._kept)) if len(epochs)
        ]
        last = float(max(ends, default=0.0))
        return resting_limit(max(last, self._now[0] if self._now else 0.0))

    def _lay_out(self) -> None:
        """Choose the ticks and put the curves where they belong; what has not changed costs nothing to draw."""
        size = self.viewport().size()
        height = max(1.0, size.height() - MARGIN_TOP - self._below)
        up = self.axis.ticks(max(2, int(height / SPACING_Y)))
        axes = (up, self._x_limit, size)
        if axes != self._axes:
            self._axes, self._up = axes, up
            metrics = QFontMetricsF(self._label_font())
            left = max(
                [float(self._left), *(math.ceil(metrics.horizontalAdvance(label)) + 14 for _, label in up)]
            )
            self.area = QRectF(left, MARGIN_TOP, max(1.0, size.width() - left - MARGIN_RIGHT), height)
            self._across = self._labels_across(metrics)
            self.resetCachedContent()
        area = self.area
        for curve, heights in zip(self._curves, self._heights, strict=False):
            if np.isfinite(heights).sum() > 1:
                x = area.left() + self.epochs * (area.width() / self._x_limit)
                curve.setData(x, area.bottom() - heights * area.height())
            else:
                curve.setData([], [])
        self.viewport().update()

    def _labels_across(self, metrics: QFontMetricsF) -> list[tuple[QRectF, str]]:
        """Return the labels under the plot and where they are."""
        most = max(2, int(self.area.width() / SPACING_X))
        step = max(1.0, nice_step(self._x_limit, most)) if self._x_limit >= 2 else self._x_limit
        result = []
        for tick in np.arange(0.0, self._x_limit * (1 + 1e-9), step).tolist():
            label = tick_label(tick, step)
            width = metrics.horizontalAdvance(label) + 4
            rightmost = self.viewport().width() - width
            left = min(self.place(tick, 0).x() - width / 2, rightmost)
            result.append((QRectF(left, self.area.bottom() + 3, width, LABEL_PX + 7), label))
        return result

    def place(self, epoch: float, height: float) -> QPointF:
        """Return the pixel of a point, which may be between pixels."""
        area = self.area
        return QPointF(
            area.left() + epoch / self._x_limit * area.width(), area.bottom() - height * area.height()
        )

    # ---- the crosshair

    def read(self, index: int) -> None:
        """Put the crosshair on a record; -1 takes it away."""
        if index != self.index:
            self.index = index
            self.reading.emit(index)
            self.viewport().update()

    def read_near(self, epoch: float) -> None:
        """Put the crosshair on the record nearest to ``epoch``."""
        if not len(self.epochs):
            return
        after = min(int(np.searchsorted(self.epochs, epoch)), len(self.epochs) - 1)
        before = max(after - 1, 0)
        nearer = before if epoch - self.epochs[before] <= self.epochs[after] - epoch else after
        self.read(nearer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self.area
        x = event.position().x()
        if area.left() - 8 <= x <= area.right() + 8:
            self.read_near((x - area.left()) / max(1.0, area.width()) * self._x_limit)
        else:
            self.read(-1)

    def leaveEvent(self, event: QEvent) -> None:
        self.read(-1)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.read(-1)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.epochs) - 1
        index = moved(event.key(), self.index, last, begin=last)
        if index is None:
            event.ignore()
        else:
            self.read(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    # ---- painting

    def _label_font(self) -> QFont:
        return theme.digits(self.font(), pixel_size=LABEL_PX)

    def _dress(self) -> None:
        now = theme.current()
        self.setBackground(now.window)
        for curve, (name, dashed) in zip(self._curves, self._colors, strict=True):
            pen = QPen(getattr(now, name), 1)
            pen.setCosmetic(True)
            if dashed:
                # A cosmetic pen counts in the pixels of the screen.
                pen.setDashPattern([length * self.devicePixelRatioF() for length in DASHES])
            curve.setPen(pen)
        self._axes = None
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return super().event(event)

    def resizeEvent(self, event: QEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_curves"):  # it is resized once while it is made
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.budget.spend():
            super().paintEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        area = self.area
        now = theme.current()
        painter.setFont(self._label_font())
        for height, label in self._up:
            y = round(area.bottom() - height * area.height())
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), now.border)
            painter.setPen(now.muted)
            beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 10, area.left() - 10, 20), beside, label)
        for where, label in self._across:
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, label)
        # In the background, which is painted once and kept: they cost nothing while the axes stand.
        paint_kept(painter, self._kept, self.axis, area, self._x_limit, self._label_font())

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        now = theme.current()
        self._draw_ends(painter)
        if self._now is not None:
            self._draw_mark(painter, *self._now, (now.text, now.text, now.window))
        if 0 <= self.index < len(self.epochs):
            self._draw_reading(painter, self.index)

    def _draw_reading(self, painter: QPainter, index: int) -> None:
        """Draw the crosshair with a dot and a short number for each curve; the full numbers are for a line of text."""
        now, epoch = theme.current(), float(self.epochs[index])
        self._draw_mark(painter, epoch, f"epoch {epoch:,.0f}", (now.outline, now.tile, now.text))
        share = self.axis.scale is Scale.SHARE
        read = []
        for (name, _), heights, values in zip(self._colors, self._heights, self._series, strict=True):
            value = float(values[index])
            text = f"{100 * value:.1f} %" if share else format_number(value, 4)
            read.append((self.place(epoch, float(heights[index])), text, getattr(now, name)))
        draw_values(painter, self.area, read, theme.digits(self.font(), pixel_size=LABEL_PX, bold=True))

    def _draw_ends(self, painter: QPainter) -> None:
        """Draw a dot where a curve ends: one single record is nothing but this dot."""
        for name, heights in reversed(list(zip(self._colors, self._heights, strict=False))):
            there = np.flatnonzero(np.isfinite(heights))
            if len(there):
                place = self.place(float(self.epochs[there[-1]]), float(heights[there[-1]]))
                draw_dot(painter, place, getattr(theme.current(), name[0]))

    def _draw_mark(
        self, painter: QPainter, epoch: float, text: str, colors: tuple[QColor, QColor, QColor]
    ) -> None:
        x = self.place(epoch, 0).x()
        draw_mark(painter, self.area, x, text, self._label_font(), colors, [rect for rect, _ in self._across])


__all__ = ["CurvePlot"]
