"""What is lifted while it is dragged: neurons and heat maps at an offset, and their edges, which follow."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.ui.canvas.bundles import Bundles
from backprop_gui.ui.canvas.edges import draw_marked, line_sets
from backprop_gui.ui.canvas.headings import Headings
from backprop_gui.ui.canvas.lines import LineSet
from backprop_gui.ui.canvas.picture import Picture, rims
from backprop_gui.ui.canvas.routes import flattened, nearest
from backprop_gui.ui.canvas.shades import Shades

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST_EDGES = 1000
"""So many edges follow the mouse; of more, only the strongest do until they are dropped."""


class Lift:
    """Which neurons are lifted, how far they are away, and what follows them; geometry without any Qt.

    Attributes
    ----------
    neurons : (neurons,) bool array
        Those drawn by themselves, and the cells of lifted heat maps.
    layers : frozenset of int
        The layers whose heat maps are lifted.
    rows : (count,) int array
        Rows of ``picture.single`` whose edges have a lifted end.
    strands : (strands,) bool array
        Which strands have one.
    offset : (2,) array
        From where they were lifted to where they are, in scene units.
    """

    def __init__(self, picture: Picture, ids: Collection[int]) -> None:
        """Lift ``ids``; a heat map is lifted if all of its neurons are."""
        self.picture = picture
        chosen = np.zeros(len(picture.index), np.bool_)
        chosen[[picture.index[id] for id in ids if id in picture.index]] = True
        maps = np.array([bool(chosen[cells.neurons].all()) for cells in picture.cells], np.bool_)
        self.layers = frozenset(c.layer for c, lifted in zip(picture.cells, maps, strict=True) if lifted)
        self._terminals = np.concatenate([chosen & picture.shown, maps])
        self.neurons = chosen & picture.shown
        for cells in picture.cells:
            if cells.layer in self.layers:
                self.neurons[cells.neurons] = True
        self._source, self._target = picture.source[picture.single], picture.target[picture.single]
        self.rows = np.flatnonzero(self.neurons[self._source] | self.neurons[self._target])
        strands = picture.strands
        self.strands = self._terminals[strands.first] | self._terminals[strands.last]
        self.offset = np.zeros(2)

    def positions(self) -> Floats:
        """Return where all neurons are now, (neurons, 2)."""
        return self.picture.position + self.neurons[:, None] * self.offset

    def ways(self) -> Floats:
        """Return the ways of the edges in ``rows``: moved where both ends are, else drawn to the end that stays."""
        picture, rows = self.picture, self.rows
        source, target = self._source[rows], self._target[rows]
        points = picture.points[rows] + self.offset
        half = np.flatnonzero(self.neurons[source] != self.neurons[target])
        start, end = rims(self.positions(), picture.radius, source[half], target[half])
        points[half] = flattened(start, end, np.zeros(len(half)), points.shape[1] - 1)
        return points

    def strand_ends(self) -> tuple[Floats, Floats]:
        """Return where all strands begin and end now."""
        strands = self.picture.strands
        return (
            strands.start + self._terminals[strands.first][:, None] * self.offset,
            strands.end + self._terminals[strands.last][:, None] * self.offset,
        )


class LiftedItem(QGraphicsItem):
    """Edges and names of what is lifted: above all other edges, below the neurons.

    Attributes
    ----------
    lift : Lift or None
    """

    def __init__(self, headings: Headings) -> None:
        super().__init__()
        self._headings = headings
        self.lift: Lift | None = None
        self._sets: list[LineSet] = []
        self.setZValue(1)
        self.hide()

    def take(self, lift: Lift | None, shades: Shades, bundles: Bundles) -> None:
        """Draw what belongs to ``lift``; None draws nothing."""
        self.prepareGeometryChange()
        self.lift, self._shades, self._bundles = lift, shades, bundles
        self._sets = []
        self.setVisible(lift is not None)
        if lift is None:
            return
        if len(lift.rows) > MOST_EDGES and shades.values is not None:
            size = np.abs(shades.values.weight[lift.picture.single[lift.rows]])
            lift.rows = np.sort(lift.rows[np.argsort(-size, kind="stable")[:MOST_EDGES]])
        self._edges = lift.picture.single[lift.rows]
        self._sets = line_sets(lift.picture, self._edges, lift.ways())
        self.recolor()

    def move(self, dx: float, dy: float) -> None:
        """Put what is lifted at an offset."""
        lift = self.lift
        assert lift is not None
        self.prepareGeometryChange()
        lift.offset = np.array([dx, dy])
        ways = lift.ways()
        for lines in self._sets:
            lines.move(ways[np.searchsorted(self._edges, lines.edges)])
        self._bundles.move_lifted(*lift.strand_ends())

    def recolor(self) -> None:
        """Take the present colours and widths."""
        for lines in self._sets:
            if self._shades.values is not None:
                lines.set_buckets(self._shades.buckets(lines.edges))

    def edge_at(self, x: float, y: float, tolerance: float) -> int | None:
        """Return the lifted edge of the network that passes a point of the scene within ``tolerance``."""
        found = None
        for lines in self._sets:
            seen = np.flatnonzero(~self._shades.hidden(lines.edges))
            place, distance = nearest(lines.points[seen], x, y)
            if distance < tolerance:
                found, tolerance = int(lines.edges[seen[place]]), distance
        return found

    def boundingRect(self) -> QRectF:
        if self.lift is None:
            return QRectF()
        left, top, right, bottom = self.lift.picture.bounds
        x, y = np.abs(self.lift.offset).tolist()
        return QRectF(left, top, right - left, bottom - top).adjusted(-200 - x, -200 - y, 200 + x, 200 + y)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        lift = self.lift
        if lift is None:
            return
        self._bundles.draw_lifted(painter)
        for lines in self._sets:
            lines.draw(painter, self._shades.pen)
        draw_marked(painter, self._sets, self._shades, self._headings.look)
        self._headings.draw_names(painter, lift.neurons, (float(lift.offset[0]), float(lift.offset[1])))


__all__ = ["Lift", "LiftedItem"]
