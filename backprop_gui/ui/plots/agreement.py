"""Numbers from many inputs: what is predicted against what it should be."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from backprop_gui.data import Dataset, Prepared
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.ui import theme
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.plots.answers import Answers
from backprop_gui.ui.plots.axes import BELOW_PX, Axes, Floats, range_of, room_beside
from backprop_gui.ui.plots.legends import ROW_PX, Entry, paint_entries, paint_words
from backprop_gui.ui.plots.points import Points, draw_probe, stamp
from backprop_gui.ui.plots.view import View

MOST_RUNNING = 150
"""Dots of each part while training runs: they are painted with every frame."""


class Agreement(View):
    """Predictions of one output over its targets; what is right lies on the diagonal."""

    by_output = True

    @staticmethod
    def suits(dataset: Dataset) -> bool:
        return True

    def take_data(self, prepared: Prepared) -> None:
        dataset = prepared.dataset
        self.points = Points(prepared)
        self._range = range_of(dataset.t[:, self.output])
        parts = [Part.TRAIN, Part.TEST] if len(prepared.x_test) else [Part.TRAIN]
        self._answers = {part: Answers(prepared, part) for part in parts}
        self.setAccessibleName("What the network has learned")
        self.setAccessibleDescription(
            f"Predicted against true {dataset.target_names[self.output]} of {len(dataset.x):,} examples. "
            "The left and right arrow keys go to another example."
        )

    def forget(self) -> None:
        self.predictions: dict[Part, Array] = {}
        self.errors: dict[Part, float] = {}
        self._drawn: dict[Part, np.ndarray] = {}

    def predict(self, frame: Frame, running: bool) -> None:
        for part, answers in self._answers.items():
            predictions = answers.predict(frame)[:, self.output]
            targets = answers.targets[:, self.output]
            with np.errstate(all="ignore"):
                self.errors[part] = float(np.sqrt(np.mean((predictions - targets) ** 2)))
            self.predictions[part] = predictions
            most = MOST_RUNNING if running else len(self.points.shown)
            self._drawn[part] = evenly_chosen(len(targets), most)

    # ---- what is where

    def lay_out(self) -> None:
        if self.prepared is None:
            return
        self._stamps: dict[Part, QPixmap] = {}
        width, height = self.width(), self.height()
        room = ROW_PX * (len(self._answers) + 1)
        left = math.ceil(max(26.0, room_beside(self.font(), self._range, width - 30)))
        side = max(40, int(min(width - left - 2, height - 4 - BELOW_PX - ROW_PX - 6 - room)))
        self.points.side = side
        self.axes = Axes(QRectF(left, ROW_PX + 2, side, side), self._range, self._range)

    def _pixels(self, part: Part) -> Floats:
        """Return where the drawn examples of a part are; those beyond the edge stand on it."""
        drawn = self._drawn[part]
        predicted = np.clip(self.predictions[part][drawn], *self._range)
        return self.axes.place(self._answers[part].targets[drawn, self.output], predicted)

    def probe_at(self, point: QPointF) -> Probe | None:
        nearest: tuple[float, Probe] | None = None
        for part in self.predictions:
            squares = ((self._pixels(part) - (point.x(), point.y())) ** 2).sum(axis=1)
            squares[~np.isfinite(squares)] = np.inf
            at = int(squares.argmin())
            if squares[at] <= 100 and (nearest is None or squares[at] < nearest[0]):
                index = int(self._answers[part].indices[self._drawn[part][at]])
                nearest = float(squares[at]), Probe(part, index)
        return None if nearest is None else nearest[1]

    def words_at(self, point: QPointF) -> str:
        assert self.prepared is not None
        probe = self.probe_at(point)
        if probe is None:
            return ""
        answers = self._answers[probe.part]
        at = int(np.searchsorted(answers.indices, probe.index))
        return "\n".join(
            [
                self.points.name(self.points.number(probe)),
                f"target = {format_exact(float(answers.targets[at, self.output]))}",
                f"prediction = {format_exact(float(self.predictions[probe.part][at]))}",
            ]
        )

    # ---- painting

    def _entries(self) -> list[Entry]:
        """Return the key: a row for each part, with the root of its mean squared error once it is known."""
        now = theme.current()
        signs = {Part.TRAIN: (now.train, "dot", "training"), Part.TEST: (now.test, "ring", "test")}
        entries: list[Entry] = []
        for part in self._answers:
            color, sign, name = signs[part]
            error = self.errors.get(part)
            entries.append(
                (color, sign, name if error is None else f"{name}, RMS error {format_number(error)}")
            )
        return entries

    def paint_under(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.current().window)

    def paint_backdrop(self, painter: QPainter) -> None:
        assert self.prepared is not None
        now, rect = theme.current(), self.axes.rect
        name = display_name(self.prepared.dataset.target_names[self.output])
        paint_words(painter, rect.left(), -2, rect.width(), f"predicted {name}")
        self.axes.paint(painter, f"true {name}", "", grid=True)
        painter.setPen(QPen(now.outline, 1, Qt.PenStyle.DashLine))
        painter.drawLine(rect.bottomLeft(), rect.topRight())

    def paint_over(self, painter: QPainter) -> None:
        if self.prepared is None:
            return
        radius = self.points.radius
        for part in self.predictions:
            dot = self._stamp(part)
            half = dot.deviceIndependentSize().width() / 2
            for x, y in self._pixels(part).tolist():
                if math.isfinite(y):
                    painter.drawPixmap(QPointF(x - half, y - half), dot)
        self._paint_key(painter)
        if self.probe is not None and self.probe.part in self.predictions:
            answers = self._answers[self.probe.part]
            at = int(np.searchsorted(answers.indices, self.probe.index))
            if at < len(answers.indices) and answers.indices[at] == self.probe.index:
                predicted = np.clip(self.predictions[self.probe.part][at], *self._range)
                x, y = self.axes.place(answers.targets[at, self.output], predicted)
                if math.isfinite(y):
                    draw_probe(painter, QPointF(x, y), radius)

    def _stamp(self, part: Part) -> QPixmap:
        if part not in self._stamps:
            now, hollow = theme.current(), part is Part.TEST
            color, ratio = (now.test if hollow else now.train), self.devicePixelRatioF()
            self._stamps[part] = stamp(self.points.radius, color, now.window, ratio, hollow=hollow)
        return self._stamps[part]

    def _paint_key(self, painter: QPainter) -> None:
        """Write how far the predictions are off, and what is not drawn."""
        rect = self.axes.rect
        top = rect.bottom() + BELOW_PX + 2
        for entry in self._entries():
            top = paint_entries(painter, rect.left(), top, self.width() - rect.left(), [entry])
        drawn = sum(len(chosen) for chosen in self._drawn.values())
        total = len(self.points.rows)
        if self._drawn and drawn < total:
            note = f"{drawn:,} of {total:,} examples drawn"
            paint_words(painter, rect.left(), top, self.width() - rect.left(), note)


__all__ = ["Agreement"]
