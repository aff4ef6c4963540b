"""Two inputs and one answer: two classes, or a number, as colours over the plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter

from backprop_gui.data import Dataset, Prepared, Task
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.colors import blended, rgb_of
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.legends import BAR_PX, ROW_PX, paint_bar, paint_entries, paint_words, rgb32
from backprop_gui.ui.plots.plane import Plane
from backprop_gui.ui.plots.ticks import linear_limits, tick_label


class Surface(Plane):
    """The prediction of one output over the plane.

    Of two classes, the scale reaches from 0 (the first class) to 1 (the second); its middle is where the answer turns.
    Of a number, it is that of the targets, with 0 in the middle if they are on both sides of it.
    """

    by_output = True

    @staticmethod
    def suits(dataset: Dataset) -> bool:
        return dataset.x.shape[1] == 2 and dataset.task is not Task.CLASSES

    def take_data(self, prepared: Prepared) -> None:
        super().take_data(prepared)
        dataset = prepared.dataset
        self._beyond = (False, False)
        if dataset.task is Task.BINARY:
            self._low, self._high, self._diverging = 0.0, 1.0, True
            return
        targets = dataset.t[:, self.output]
        low, high = float(targets.min()), float(targets.max())
        self._diverging = low < 0 < high
        if self._diverging:
            self._high = linear_limits(0.0, max(-low, high))[1]
            self._low = -self._high
        elif high > low:
            self._low, self._high = low, high
        else:
            self._low, self._high = low - 1.0, high + 1.0

    def predict(self, frame: Frame, running: bool) -> None:
        super().predict(frame, running)
        assert self._predictions is not None
        values = self._predictions[self.output]
        room = 1e-3 * (self._high - self._low)
        beyond = bool((values < self._low - room).any()), bool((values > self._high + room).any())
        if beyond != self._beyond and not running:
            self._beyond = beyond
            self.redraw()

    # ---- colours

    def table(self) -> NDArray[np.uint8]:
        """Return the colours of the scale, from low to high."""
        now = theme.current()
        return now.diverging_table if self._diverging else now.sequential_lut

    def colored(self, predictions: Array) -> NDArray[np.uint32]:
        table = self.table()
        bad = np.array([rgb_of(theme.current().bad)], np.uint8)
        return rgb32(np.concatenate([table, bad]))[self._indices(predictions[self.output], len(table))]

    def _indices(self, values: Array, steps: int) -> NDArray[np.intp]:
        """Return the place of each of ``values`` in a table, whose end ``steps`` is what is not finite."""
        with np.errstate(all="ignore"):
            share = np.clip((values - self._low) / (self._high - self._low), 0, 1) * (steps - 1) + 0.5
        return np.where(np.isfinite(values), np.nan_to_num(share), steps).astype(np.intp)

    def dot_colors(self) -> list[QColor]:
        assert self.prepared is not None
        dataset, now = self.prepared.dataset, theme.current()
        rows = self.points.rows[self.points.shown]
        if dataset.task is Task.BINARY:
            return [class_color(now, int(label)) for label in dataset.labels()[rows]]
        table = self.table()
        return [QColor(*table[at].tolist()) for at in self._indices(dataset.t[rows, self.output], len(table))]

    def dot_edge(self) -> QColor:
        assert self.prepared is not None
        if self.prepared.dataset.task is Task.BINARY:
            return super().dot_edge()
        # A dot of the very colour of the picture under it is a good prediction, and must still be seen.
        now = theme.current()
        return blended(now.text, now.surface, 0.5)

    # ---- words

    def legend_height(self, width: float) -> float:
        return 3 * ROW_PX + BAR_PX + 4 + (ROW_PX if self.points.note else 0)

    def paint_legend(self, painter: QPainter, left: float, top: float, width: float) -> None:
        assert self.prepared is not None
        dataset, now = self.prepared.dataset, theme.current()
        binary = dataset.task is Task.BINARY
        what = "prediction" if binary else f"predicted {display_name(dataset.target_names[self.output])}"
        paint_words(painter, left, top, width, what)
        below = paint_bar(painter, left, top + ROW_PX, width, self.table(), self.scale_labels())
        entries = [(now.muted, "dot", "training")]
        if len(self.prepared.x_test):
            entries.append((now.muted, "ring", "test"))
        paint_entries(painter, left, below, width, entries)

    def scale_labels(self) -> list[str]:
        """Return what is written along the scale: its ends, its middle, and whether there is more beyond."""
        assert self.prepared is not None
        dataset = self.prepared.dataset
        step = (self._high - self._low) / 100
        low, high = tick_label(self._low, step), tick_label(self._high, step)
        middle = tick_label((self._low + self._high) / 2, step)
        if self._diverging:
            low, middle, high = (
                tick_label(value) for value in (self._low, (self._low + self._high) / 2, self._high)
            )
            if dataset.task is not Task.BINARY:
                high = f"+{high}"
        low = f"≤ {low}" if self._beyond[0] else low
        high = f"≥ {high}" if self._beyond[1] else high
        if dataset.task is Task.BINARY and dataset.class_names != ("0", "1"):
            low, high = f"{low} · {dataset.class_names[0]}", f"{high} · {dataset.class_names[1]}"
        return [low, middle, high]

    def answer_words(self, predictions: Array) -> list[str]:
        assert self.prepared is not None
        return [f"prediction = {format_exact(float(predictions[self.output]))}"]

    def target_words(self, row: int) -> str:
        assert self.prepared is not None
        dataset = self.prepared.dataset
        value = float(dataset.t[row, self.output])
        if dataset.task is Task.BINARY and dataset.class_names != ("0", "1"):
            return f"target = {value:g} ({dataset.class_names[int(value > 0.5)]})"
        return f"target = {format_exact(value)}"


__all__ = ["Surface"]
