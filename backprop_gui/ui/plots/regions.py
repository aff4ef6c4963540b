"""Two inputs and several classes: who wins where, and how surely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter

from backprop_gui.data import Dataset, Prepared, Task
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.colors import ramp, rgb_of
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.legends import (
    BAR_PX,
    ROW_PX,
    entries_height,
    paint_bar,
    paint_entries,
    paint_words,
    rgb32,
)
from backprop_gui.ui.plots.plane import Plane

SHADES = 256
MOST_NAMED = 12


class Regions(Plane):
    """The colour of the winning class, the stronger the surer it is."""

    def __init__(self) -> None:
        super().__init__()
        self._probabilities = True

    @staticmethod
    def suits(dataset: Dataset) -> bool:
        return dataset.x.shape[1] == 2 and dataset.task is Task.CLASSES

    def take_data(self, prepared: Prepared) -> None:
        super().take_data(prepared)
        self._names = prepared.dataset.class_names
        self._tables: tuple[theme.Theme, NDArray[np.uint32]] | None = None

    def predict(self, frame: Frame, running: bool) -> None:
        if frame.loss.for_classes != self._probabilities:
            self._probabilities = frame.loss.for_classes
            self.redraw()
        super().predict(frame, running)

    # ---- colours

    def colored(self, predictions: Array) -> NDArray[np.uint32]:
        tables, bad = self._table(), 0xFF000000 | theme.current().bad.rgb() & 0xFFFFFF
        winner, classes = predictions.argmax(axis=0), len(predictions)
        with np.errstate(all="ignore"):
            sure = (predictions.max(axis=0) - 1 / classes) / (1 - 1 / classes)
            shade = np.nan_to_num(np.clip(sure, 0, 1) * (SHADES - 1) + 0.5).astype(np.intp)
        pixels = tables[winner, shade]
        pixels[~np.isfinite(predictions).all(axis=0)] = bad
        return pixels

    def _table(self) -> NDArray[np.uint32]:
        """Return the shades of every class, (classes, SHADES)."""
        now = theme.current()
        if self._tables is None or self._tables[0] is not now:
            ramps = [ramp([now.surface, class_color(now, k)], SHADES) for k in range(len(self._names))]
            self._tables = (now, rgb32(np.stack(ramps)))
        return self._tables[1]

    def dot_colors(self) -> list[QColor]:
        assert self.prepared is not None
        labels = self.prepared.dataset.labels()[self.points.rows[self.points.shown]]
        return [class_color(theme.current(), int(label)) for label in labels]

    # ---- words

    def legend_height(self, width: float) -> float:
        key = entries_height(self.font(), min(width, 200.0), self._entries())
        return 2 * ROW_PX + BAR_PX + 4 + key + (ROW_PX if self.points.note else 0)

    def _entries(self) -> list[tuple[QColor, str, str]]:
        assert self.prepared is not None
        now = theme.current()
        named = self._names[:MOST_NAMED]
        entries = [(class_color(now, k), "dot", name) for k, name in enumerate(named)]
        if len(self._names) > len(named):
            entries.append((now.muted, "dot", f"and {len(self._names) - len(named)} more"))
        if len(self.prepared.x_test):
            entries.append((now.muted, "ring", "test"))
        return entries

    def paint_legend(self, painter: QPainter, left: float, top: float, width: float) -> None:
        now, chance = theme.current(), 1 / len(self._names)
        title = "probability of the winning class" if self._probabilities else "largest output"
        paint_words(painter, left, top, width, title)
        ends = np.array([rgb_of(now.surface), rgb_of(now.muted)], np.uint8)
        shades = ramp([QColor(*end.tolist()) for end in ends], SHADES)
        if self._probabilities:
            labels = [f"{100 * chance:.0f} %", f"{50 * (1 + chance):.0f} %", "100 %"]
        else:
            labels = [f"≤ {chance:.2f}", f"{(1 + chance) / 2:.2f}", "≥ 1"]
        below = paint_bar(painter, left, top + ROW_PX, width, shades, labels)
        paint_entries(painter, left, below, width, self._entries())

    def answer_words(self, predictions: Array) -> list[str]:
        order = np.argsort(-predictions, kind="stable")[:MOST_NAMED]
        return [f"{self._names[k]}: {format_exact(float(predictions[k]))}" for k in order.tolist()]

    def target_words(self, row: int) -> str:
        assert self.prepared is not None
        return f"target: {self._names[int(self.prepared.dataset.labels()[row])]}"


__all__ = ["Regions"]
