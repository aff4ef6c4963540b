"""Many lines with few pens: sorted by bucket, kept in one array that Qt reads as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from backprop_gui.ui.canvas.picture import FEW

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

DASHES = [5.0, 4.0]
TURNS = 8
"""How often lines of neighbouring buckets are drawn by turns."""
LEFT_OUT = -1
"""The bucket of ways that are not drawn."""
LINE_BYTES = 32
"""Size of a QLineF: four doubles."""


class LineSet:
    """Ways of edges as short straight lines.

    Attributes
    ----------
    edges : (count,) int array
        Which edge of the network each way belongs to.
    points : (count, points, 2) array
        Scene coordinates.
    """

    def __init__(self, edges: Indices, points: Floats, *, dashed: bool = False) -> None:
        """With ``dashed`` every second piece of each way is left out."""
        self.edges = edges
        self._buckets = np.full(len(edges), LEFT_OUT, np.intp)
        self._dashed = dashed
        self._order = np.zeros(0, np.intp)
        self._runs: list[tuple[int, int, int]] = []
        self.move(points)

    def move(self, points: Floats) -> None:
        """Give the ways other ``points``, of the same shape."""
        self.points = points
        pieces = np.concatenate([points[:, :-1], points[:, 1:]], axis=2)
        if self._dashed and points.shape[1] == 2 and len(points):
            share = np.linspace(0, 1, 18)[:, None]
            fine = points[:, :1] * (1 - share) + points[:, 1:] * share
            pieces = np.concatenate([fine[:, :-1], fine[:, 1:]], axis=2)
        self._pieces = pieces[:, ::2] if self._dashed else pieces
        # One stroke for each has no seams between its pieces, but takes three times as long.
        self._strokes: list[QPolygonF] | None = None
        if len(self.edges) <= FEW:
            self._strokes = [QPolygonF([QPointF(x, y) for x, y in way]) for way in points.tolist()]
        self._sort_lines()

    def _sort_lines(self) -> None:
        self._lines = np.ascontiguousarray(self._pieces[self._order].reshape(-1, 4))

    def set_buckets(self, buckets: Indices, mixed: int = 1) -> bool:
        """Sort the ways into ``buckets``, (count,), each 0 or more or ``LEFT_OUT``; return whether any is another one.

        Higher buckets are drawn later. ``mixed`` neighbouring buckets are drawn by turns, so that among many
        lines no colour hides the others.
        """
        if np.array_equal(buckets, self._buckets):
            return False
        self._buckets = buckets
        turn = self.edges % TURNS if mixed > 1 else 0
        key = ((buckets // mixed) * TURNS + turn) * mixed + buckets % mixed
        order = np.argsort(key, kind="stable")
        # Weak lines first, so that strong ones lie on top of them.
        order = order[np.searchsorted(buckets[order], 0) :]
        self._order = order
        self._sort_lines()
        sorted_buckets = buckets[order]
        first = np.flatnonzero(np.diff(sorted_buckets, prepend=LEFT_OUT))
        bounds = [*first.tolist(), len(order)]
        each = self._pieces.shape[1]
        self._runs = [
            (int(sorted_buckets[start]), start * each, (stop - start) * each)
            for start, stop in itertools.pairwise(bounds)
        ]
        return True

    def draw(self, painter: QPainter, pen: Callable[[int], QPen]) -> None:
        """Draw everything that has a bucket, with the ``pen`` of each bucket."""
        if self._strokes is not None:
            self._draw_strokes(painter, pen, self._strokes)
            return
        address = self._lines.ctypes.data
        for bucket, start, count in self._runs:
            painter.setPen(pen(bucket))
            first = shiboken6.Shiboken.wrapInstance(address + start * LINE_BYTES, QLineF)
            painter.drawLines(first, count)  # type: ignore[call-overload]

    def _draw_strokes(self, painter: QPainter, pen: Callable[[int], QPen], strokes: list[QPolygonF]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for way in np.argsort(self._buckets, kind="stable").tolist():
            bucket = int(self._buckets[way])
            if bucket != LEFT_OUT:
                chosen = pen(bucket)
                if self._dashed:
                    chosen.setDashPattern([length / max(1.0, chosen.widthF()) for length in DASHES])
                painter.setPen(chosen)
                painter.drawPolyline(strokes[way])

    def way(self, edge: int) -> tuple[int, QPolygonF] | None:
        """Return the bucket and the way of an edge of the network, or None if it is not in this set."""
        place = np.flatnonzero(self.edges == edge)
        if not len(place) or self._buckets[place[0]] == LEFT_OUT:
            return None
        points = [QPointF(x, y) for x, y in self.points[place[0]].tolist()]
        return int(self._buckets[place[0]]), QPolygonF(points)


__all__ = ["LEFT_OUT", "LineSet"]
