"""A large layer as one item: a grid of cells coloured like neurons, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.ui.canvas.grid import Cells
from backprop_gui.ui.canvas.look import Look, scaled_by
from backprop_gui.ui.colors import ramp, rgb_of
from backprop_gui.ui.theme import FINE

LINES_FROM_PX = 7.0
"""Cells of at least this size on the screen are divided by thin lines."""


class HeatMapItem(QGraphicsItem):
    """The neurons of one layer as cells.

    Attributes
    ----------
    cells : Cells
    rgb : (rows, columns, 3) uint8 array
        The colours drawn; cells without a neuron have the surface's.
    selected : set of int
        Places, in the order of the cells, that carry a selection frame.
    """

    def __init__(self, cells: Cells, look: Look) -> None:
        super().__init__()
        self.cells, self.look = cells, look
        self.selected: set[int] = set()
        self.rgb = np.empty((cells.rows, cells.columns, 3), np.uint8)
        self.bad = np.zeros(len(cells.neurons), np.bool_)
        self.clear()
        self.setPos(cells.left, cells.top)
        self.setZValue(2)

    def clear(self) -> None:
        """Colour all cells neutral."""
        self.rgb[...] = rgb_of(self.look.theme.surface)
        self._flat()[...] = rgb_of(self.look.theme.raised)
        self.bad[...] = False

    def show_values(
        self, values: NDArray[np.float64], known: NDArray[np.bool_], limits: Any, symlog: bool, colored: bool
    ) -> None:
        """Colour the cells by ``values``, (cells,), where they are ``known``; in greys if not ``colored``.

        Greys run from the smallest to the largest value: inputs in views whose colours mean something else.
        """
        theme = self.look.theme
        fine = known & np.isfinite(values)
        if colored:
            place = scaled_by(values, limits, symlog)
            table, share = theme.diverging_table, (np.where(fine, place, 0) + 1) / 2
        else:
            low = np.min(values, initial=np.inf, where=fine)
            span = np.max(values, initial=-np.inf, where=fine) - low
            table = ramp([theme.raised, theme.text], FINE)
            share = np.where(fine, values - low, 0) / (span if span > 0 else 1)
        flat = self._flat()
        flat[...] = table[np.rint(np.where(fine, share, 0) * (FINE - 1)).astype(int)]
        flat[~known] = rgb_of(theme.raised)
        self.bad = known & ~fine
        flat[self.bad] = rgb_of(theme.bad)

    def set_offset(self, dx: float, dy: float) -> None:
        """Stand away from the place in the network, while it is dragged."""
        self.setPos(self.cells.left + dx, self.cells.top + dy)

    def _flat(self) -> NDArray[np.uint8]:
        return self.rgb.reshape(-1, 3)[: len(self.cells.neurons)]

    def place_at(self, x: float, y: float) -> int | None:
        """Return which cell, in their order, is at a point of the scene."""
        column = int((x - self.pos().x()) // self.cells.cell)
        row = int((y - self.pos().y()) // self.cells.cell)
        if not (0 <= column < self.cells.columns and 0 <= row < self.cells.rows):
            return None
        place = row * self.cells.columns + column
        return place if place < len(self.cells.neurons) else None

    def boundingRect(self) -> QRectF:
        edge = 3 / self.look.zoom
        return QRectF(0, 0, self.cells.width, self.cells.height).adjusted(-edge, -edge, edge, edge)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        cells, look = self.cells, self.look
        rows, columns = cells.rows, cells.columns
        frame = QRectF(0, 0, cells.width, cells.height)
        # Four bytes a pixel, so that every line of the image begins where Qt expects it.
        picture = np.full((rows, columns, 4), 255, np.uint8)
        picture[..., :3] = self.rgb
        image = QImage(picture.data, columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(frame, image)
        side = cells.cell
        if side * look.zoom >= LINES_FROM_PX:
            painter.setPen(look.pen(look.theme.border, 1))
            painter.drawLines(
                [QLineF(n * side, 0, n * side, cells.height) for n in range(1, columns)]
                + [QLineF(0, n * side, cells.width, n * side) for n in range(1, rows)]
            )
        painter.setBrush(QBrush(look.theme.surface, Qt.BrushStyle.BDiagPattern))
        painter.setPen(Qt.PenStyle.NoPen)
        for place in np.flatnonzero(self.bad).tolist():
            painter.drawRect(QRectF(place % columns * side, place // columns * side, side, side))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.outline)
        painter.drawRect(frame)
        painter.setPen(look.ring)
        for place in self.selected:
            painter.drawRect(QRectF(place % columns * side, place // columns * side, side, side))


__all__ = ["HeatMapItem"]
