"""The grid of a heat map: where the cells of a large layer are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

MAP_SIDE = 330.0
LARGEST_CELL, SMALLEST_CELL = 40.0, 5.0


@dataclass(frozen=True, eq=False)
class Cells:
    """A layer drawn as a heat map: its neurons row by row in a grid that is nearly square.

    Attributes
    ----------
    layer : int
    left, top, cell : float
        The corner, and the side of one cell.
    rows, columns : int
    neurons : (count,) int array
        Indices of the neurons, in the order of the cells.
    """

    layer: int
    left: float
    top: float
    cell: float
    rows: int
    columns: int
    neurons: Indices

    @property
    def width(self) -> float:
        """The grid's width."""
        return self.columns * self.cell

    @property
    def height(self) -> float:
        """The grid's height."""
        return self.rows * self.cell


def grid_of(count: int) -> tuple[int, int, float]:
    """Return rows, columns and the side of a cell for ``count`` neurons."""
    columns = math.isqrt(count - 1) + 1
    return -(-count // columns), columns, min(LARGEST_CELL, max(SMALLEST_CELL, MAP_SIDE / columns))


def cells_of(layer: int, neurons: Indices, grid: tuple[int, int, float], position: Floats) -> Cells:
    """Lay the neurons of a layer out as a grid around the middle of where they stood, in place."""
    rows, columns, side = grid
    x, y = position[neurons].mean(axis=0)
    left, top = float(x) - columns * side / 2, float(y) - rows * side / 2
    number = np.arange(len(neurons))
    position[neurons, 0] = left + (number % columns + 0.5) * side
    position[neurons, 1] = top + (number // columns + 0.5) * side
    return Cells(layer, left, top, side, rows, columns, neurons)


__all__ = ["Cells", "cells_of", "grid_of"]
