"""Two inputs: the answer over the plane of the inputs as a picture, with the examples on it."""

from __future__ import annotations

import math
import time
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from backprop_gui.data import Prepared
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.plan import Plan
from backprop_gui.numerals import counted
from backprop_gui.ui import theme
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.axes import BELOW_PX, Axes, Floats, alike, range_of, room_beside
from backprop_gui.ui.plots.legends import image_of, paint_words, round_corners
from backprop_gui.ui.plots.points import Points, draw_probe
from backprop_gui.ui.plots.predictor import Predictor
from backprop_gui.ui.plots.view import View

GRIDS = (16, 24, 32, 48, 64, 96, 128)
"""Cells along one side of the picture; what lies between them is interpolated."""
RUNNING_SECONDS, PAUSED_SECONDS = 0.0016, 0.04
"""What one picture may cost while training runs and while it does not."""
ROUNDING = 8.0


class Plane(View):
    """The plane of two inputs in the units of the data."""

    def __init__(self) -> None:
        super().__init__()
        self.axes = Axes(QRectF(0, 0, 1, 1), (0.0, 1.0), (0.0, 1.0))
        self.image: QImage | None = None
        self._grids: dict[int, Predictor] = {}
        self._predictions: Array | None = None
        self._plan: Plan | None = None
        self._cell_seconds = 0.0
        self._dots: Floats = np.empty((0, 2))
        self._seen: Frame | None = None

    # ---- what the two kinds of planes say

    @abstractmethod
    def colored(self, predictions: Array) -> NDArray[np.uint32]:
        """Return the pixels of (outputs, cells) predictions, (cells,)."""

    @abstractmethod
    def dot_colors(self) -> list[QColor]:
        """Return the colour of each example that is drawn."""

    def dot_edge(self) -> QColor:
        """Return the colour around the examples, which sets them off from the picture."""
        return theme.current().surface

    @abstractmethod
    def legend_height(self, width: float) -> float:
        """Return the room that the legend needs."""

    @abstractmethod
    def paint_legend(self, painter: QPainter, left: float, top: float, width: float) -> None:
        """Say what the colours and dots mean."""

    @abstractmethod
    def answer_words(self, predictions: Array) -> list[str]:
        """Say what (outputs,) predictions are, with all digits."""

    @abstractmethod
    def target_words(self, row: int) -> str:
        """Say what the target of a row of the data set is."""

    # ---- View

    def take_data(self, prepared: Prepared) -> None:
        self.points = Points(prepared)
        x = prepared.dataset.x
        self._ranges = alike(range_of(x[:, 0]), range_of(x[:, 1]))
        self._grids = {}
        names = " and ".join(prepared.dataset.input_names)
        self.setAccessibleName("What the network has learned")
        self.setAccessibleDescription(
            f"The prediction over the plane of {names}, with {counted(len(x), 'example')}. "
            "The left and right arrow keys go to another example."
        )

    def forget(self) -> None:
        self.image = self._seen = self._predictions = None

    def predict(self, frame: Frame, running: bool) -> None:
        self._seen = frame
        if frame.plan is not self._plan:
            self._plan = frame.plan
            # A guess until it has been measured: so that the first picture of a large network takes no second.
            self._cell_seconds = 1e-9 * frame.plan.size + 1e-8 * frame.plan.row_count
        cells = self._affordable(RUNNING_SECONDS if running else PAUSED_SECONDS)
        grid = self._grid(cells)
        start = time.perf_counter()
        self._predictions = grid.predict(frame)
        cost = (time.perf_counter() - start) / cells**2
        self._cell_seconds += 0.2 * (cost - self._cell_seconds)
        self._color()

    def _color(self) -> None:
        if self._predictions is not None:
            cells = math.isqrt(self._predictions.shape[1])
            self.image = image_of(self.colored(self._predictions).reshape(cells, cells))

    def lay_out(self) -> None:
        if self.prepared is None:
            return
        width, height = self.width(), self.height()
        name = display_name(self.prepared.dataset.input_names[1])
        left = math.ceil(max(22.0, room_beside(self.font(), self._ranges[1], width - 30, name)))
        side = min(width - left, height - 2 - BELOW_PX - 6 - self.legend_height(width))
        side = max(40, int(side))
        self.axes = Axes(QRectF(left, 2, side, side), *self._ranges)
        x = self.prepared.dataset.x[self.points.rows[self.points.shown]]
        self.points.side = side
        self._dots = self.axes.place(x[:, 0], x[:, 1])
        self._color()  # the theme may be another one

    def paint_under(self, painter: QPainter) -> None:
        rect = self.axes.rect
        if self.image is None:
            painter.fillRect(rect, theme.current().tile)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, self.image)

    def paint_backdrop(self, painter: QPainter) -> None:
        assert self.prepared is not None
        rect = self.axes.rect
        round_corners(painter, rect, ROUNDING)
        painter.setPen(QPen(theme.current().border, 1))
        painter.drawRoundedRect(rect, ROUNDING, ROUNDING)
        names = [display_name(name) for name in self.prepared.dataset.input_names]
        self.axes.paint(painter, names[0], names[1], grid=False)
        painter.setClipRect(rect)
        self.points.paint(painter, self._dots, self.dot_colors(), self.dot_edge())
        painter.setClipping(False)
        top = rect.bottom() + BELOW_PX + 6
        # The legend is as wide as the panel where the picture is not.
        width = max(rect.width(), min(260.0, self.width() - rect.left()))
        self.paint_legend(painter, rect.left(), top, width)
        if self.points.note:
            paint_words(painter, rect.left(), self.height() - 17, width, self.points.note)

    def paint_over(self, painter: QPainter) -> None:
        row = None if self.prepared is None else self.points.row(self.probe)
        if self.prepared is None or self.probe is None:
            return
        if row is not None:
            x, y = self.axes.place(*self.prepared.dataset.x[row])
        elif self.probe.part is Part.TYPED and len(self.probe.x) == 2:
            x, y = self.axes.place(*self.prepared.scaling.undo(np.array(self.probe.x)))
        else:
            return
        painter.setClipRect(self.axes.rect.adjusted(-4, -4, 4, 4))
        draw_probe(painter, QPointF(x, y), self.points.radius)
        painter.setClipping(False)

    def probe_at(self, point: QPointF) -> Probe | None:
        if self.prepared is None:
            return None
        number = self.points.nearest(self._dots, point)
        return None if number is None else self.points.probe(number)

    def words_at(self, point: QPointF) -> str:
        assert self.prepared is not None
        probe = self.probe_at(point)
        lines: list[str] = []
        if probe is not None:
            number = self.points.number(probe)
            row = int(self.points.rows[number])
            place = self.prepared.dataset.x[row]
            lines.append(self.points.name(number))
            target = self.target_words(row)
        elif self.axes.rect.contains(point):
            place = np.array(self.axes.value_at(point))
            target = ""
        else:
            return ""
        named = zip(self.prepared.dataset.input_names, place.tolist(), strict=True)
        lines += [f"{display_name(name)} = {format_exact(value)}" for name, value in named]
        if target:
            lines.append(target)
        if self._seen is not None:
            lines += self.answer_words(self._answers(place))
        return "\n".join(lines)

    # ---- inside

    def _grid(self, cells: int) -> Predictor:
        """Return the predictor of ``cells`` by ``cells`` places, from the upper left to the lower right."""
        if cells not in self._grids:
            assert self.prepared is not None
            middles = (np.arange(cells) + 0.5) / cells
            (left, right), (low, high) = self._ranges
            x, y = np.meshgrid(left + middles * (right - left), high - middles * (high - low))
            places = np.column_stack([x.ravel(), y.ravel()])
            # A picture needs 8 bits of each answer: single precision has more than enough and takes half the time.
            self._grids[cells] = Predictor(self.prepared.scaling.apply(places), np.float32)
        return self._grids[cells]

    def _answers(self, place: Floats) -> Array:
        """Return the predictions at one place, in the model's own precision."""
        assert self.prepared is not None
        assert self._seen is not None
        return Predictor(self.prepared.scaling.apply(place[None, :])).predict(self._seen)[:, 0]

    def _affordable(self, seconds: float) -> int:
        """Return the finest grid that costs at most ``seconds``, as far as is known."""
        affordable = [cells for cells in GRIDS if cells * cells * self._cell_seconds <= seconds]
        return affordable[-1] if affordable else GRIDS[0]


__all__ = ["Plane"]
