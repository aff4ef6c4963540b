"""One input: the answer as a curve over it, with the examples."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from backprop_gui.data import Dataset, Prepared, Task
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.numerals import counted
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.axes import BELOW_PX, Axes, Floats, range_of, room_beside
from backprop_gui.ui.plots.legends import ROW_PX, Entry, entries_height, paint_entries, paint_words
from backprop_gui.ui.plots.points import Points, draw_probe
from backprop_gui.ui.plots.predictor import Predictor
from backprop_gui.ui.plots.view import View

PLACES = 241
"""Along the input; a line through so many looks smooth."""
MOST_LINES = 8
FAR = 20.0
"""How many heights of the picture a line may leave it by; beyond, pixels would overflow."""


class Fit(View):
    """The prediction of every output over the only input, in the units of the data."""

    @staticmethod
    def suits(dataset: Dataset) -> bool:
        return dataset.x.shape[1] == 1

    def take_data(self, prepared: Prepared) -> None:
        dataset = prepared.dataset
        self.points = Points(prepared)
        self._x = range_of(dataset.x, 0.04)
        self._y = range_of(dataset.t, 0.1)
        places = np.linspace(*self._x, PLACES)
        self._places = places
        self._predictor = Predictor(prepared.scaling.apply(places[:, None]))
        self._lines = min(dataset.t.shape[1], MOST_LINES)
        self.setAccessibleName("What the network has learned")
        self.setAccessibleDescription(
            f"The prediction over {dataset.input_names[0]}, with {counted(len(dataset.x), 'example')}. "
            "The left and right arrow keys go to another example."
        )

    def forget(self) -> None:
        self.predictions: Array | None = None
        self._seen: Frame | None = None

    def predict(self, frame: Frame, running: bool) -> None:
        self._seen = frame
        self.predictions = self._predictor.predict(frame)

    # ---- what is where

    def lay_out(self) -> None:
        if self.prepared is None:
            return
        dataset, width, height = self.prepared.dataset, self.width(), self.height()
        room = entries_height(self.font(), width - 40, self._entries()) + (ROW_PX if self.points.note else 0)
        tall = max(50, int(min(0.85 * width, height - 4 - BELOW_PX - 6 - room)))
        left = math.ceil(max(26.0, room_beside(self.font(), self._y, tall, self._y_name())))
        self.axes = Axes(QRectF(left, 4, max(40, width - left - 2), tall), self._x, self._y)
        self.points.side = min(tall, width)
        rows = self.points.rows[self.points.shown]
        self._dots = self.axes.place(dataset.x[rows, 0], self._heights(rows))

    def _heights(self, rows: np.ndarray) -> Floats:
        """Return the height of each example: its first target, or 1 for the line of its own class."""
        assert self.prepared is not None
        dataset = self.prepared.dataset
        return np.ones(len(rows)) if dataset.task is Task.CLASSES else dataset.t[rows, 0]

    def probe_at(self, point: QPointF) -> Probe | None:
        if self.prepared is None:
            return None
        number = self.points.nearest(self._dots, point)
        return None if number is None else self.points.probe(number)

    def words_at(self, point: QPointF) -> str:
        assert self.prepared is not None
        dataset, probe = self.prepared.dataset, self.probe_at(point)
        if probe is None and not self.axes.rect.contains(point):
            return ""
        lines = []
        x = self.axes.value_at(point)[0]
        if probe is not None:
            number = self.points.number(probe)
            row = int(self.points.rows[number])
            x = float(dataset.x[row, 0])
            lines.append(self.points.name(number))
            named = zip(dataset.target_names, dataset.t[row].tolist(), strict=True)
            targets = [f"target {display_name(name)} = {format_exact(value)}" for name, value in named]
            lines += [f"target: {self._class(row)}"] if dataset.class_names else targets
        lines.insert(1 if probe else 0, f"{display_name(dataset.input_names[0])} = {format_exact(x)}")
        if self._seen is not None:
            scaled = self.prepared.scaling.apply(np.array([[x]]))
            answers = Predictor(scaled).predict(self._seen)[: self._lines, 0]
            for name, value in zip(self._names(), answers.tolist(), strict=False):
                lines.append(f"{name} = {format_exact(value)}")
        return "\n".join(lines)

    def _class(self, row: int) -> str:
        assert self.prepared is not None
        return self.prepared.dataset.class_names[int(self.prepared.dataset.labels()[row])]

    # ---- painting

    def _names(self) -> list[str]:
        """Return what each line is called."""
        assert self.prepared is not None
        if self._lines == 1:
            return ["prediction"]
        names = self.prepared.dataset.target_names[: self._lines]
        return [f"predicted {display_name(name)}" for name in names]

    def _y_name(self) -> str:
        assert self.prepared is not None
        dataset = self.prepared.dataset
        several = len(dataset.target_names) > 1 or dataset.class_names
        return "" if several else display_name(dataset.target_names[0])

    def _line_color(self, line: int) -> QColor:
        return theme.current().text if self._lines == 1 else class_color(theme.current(), line)

    def _entries(self) -> list[Entry]:
        assert self.prepared is not None
        now, dataset = theme.current(), self.prepared.dataset
        entries: list[Entry] = [(self._line_color(k), "line", name) for k, name in enumerate(self._names())]
        hidden = dataset.t.shape[1] - self._lines
        if hidden:
            entries.append((now.muted, "line", f"{hidden:,} more not drawn"))
        if dataset.task is Task.BINARY:
            entries += [(class_color(now, k), "dot", name) for k, name in enumerate(dataset.class_names)]
        plain = dataset.task is Task.REGRESSION and self._lines == 1
        entries.append((now.train if plain else now.muted, "dot", "training"))
        if len(self.prepared.x_test):
            entries.append((now.test if plain else now.muted, "ring", "test"))
        return entries

    def _dot_colors(self) -> list[QColor]:
        assert self.prepared is not None
        now, dataset = theme.current(), self.prepared.dataset
        rows = self.points.rows[self.points.shown]
        if dataset.class_names:
            return [class_color(now, int(label)) for label in dataset.labels()[rows]]
        if self._lines > 1:
            return [self._line_color(0)] * len(rows)
        return [
            now.train if number < self.points.train else now.test for number in self.points.shown.tolist()
        ]

    def paint_under(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.current().window)

    def paint_backdrop(self, painter: QPainter) -> None:
        assert self.prepared is not None
        dataset, rect = self.prepared.dataset, self.axes.rect
        self.axes.paint(painter, display_name(dataset.input_names[0]), self._y_name(), grid=True)
        self.points.paint(painter, self._dots, self._dot_colors(), theme.current().window)
        top = rect.bottom() + BELOW_PX + 4
        below = paint_entries(painter, rect.left(), top, rect.width(), self._entries())
        if self.points.note:
            paint_words(painter, rect.left(), below, rect.width(), self.points.note)

    def paint_over(self, painter: QPainter) -> None:
        if self.prepared is None:
            return
        rect = self.axes.rect
        if self.predictions is not None:
            painter.setClipRect(rect.adjusted(0, -3, 0, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for line in range(self._lines):
                pen = QPen(self._line_color(line), 2)
                pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
                painter.setPen(pen)
                for stretch in self._stretches(self.predictions[line]):
                    painter.drawPolyline(stretch)
            painter.setClipping(False)
        row = self.points.row(self.probe)
        if row is not None:
            heights = self._heights(np.array([row]))
            x, y = self.axes.place(self.prepared.dataset.x[row, 0], heights[0])
            draw_probe(painter, QPointF(x, y), self.points.radius)

    def _stretches(self, values: Array) -> list[QPolygonF]:
        """Return the line through ``values`` in pixels, broken where they are not finite."""
        span = self._y[1] - self._y[0]
        drawn = np.clip(values, self._y[0] - FAR * span, self._y[1] + FAR * span)
        pixels = self.axes.place(self._places, drawn)
        there = np.flatnonzero(np.isfinite(values))
        breaks = np.flatnonzero(np.diff(there) > 1) + 1
        return [
            QPolygonF([QPointF(x, y) for x, y in pixels[stretch].tolist()])
            for stretch in np.split(there, breaks)
            if len(stretch) > 1
        ]


__all__ = ["Fit"]
