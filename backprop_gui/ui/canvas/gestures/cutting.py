"""The knife: a drag with Shift that cuts every edge it crosses."""

from __future__ import annotations

from itertools import compress

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from backprop_gui.numerals import counted
from backprop_gui.project import edits
from backprop_gui.ui.canvas.gestures.gesture import Stage
from backprop_gui.ui.canvas.gestures.ghost import Ghost
from backprop_gui.ui.canvas.gestures.selecting import AddingClick
from backprop_gui.ui.canvas.gestures.spots import Spot

Floats = NDArray[np.float64]


class Knife(AddingClick):
    """A press with Shift: a click adds to the selection, a drag cuts."""

    def __init__(self, stage: Stage, start: QPointF, spot: Spot) -> None:
        super().__init__(stage, start, spot)
        self._way = [start]
        self._edges: set[int] = set()
        self._strands: set[int] = set()

    def move(self, point: QPointF, free: bool) -> None:
        if self.stage.editor is None:
            return
        scene = self.stage.scene
        last = np.array([self._way[-1].x(), self._way[-1].y()])
        here = np.array([point.x(), point.y()])
        picture, bundles = scene.picture, scene.edge_item.bundles
        seen = ~scene.edge_item.shades.hidden(picture.single)
        self._edges.update(np.flatnonzero(crossed(picture.points, last, here) & seen).tolist())
        self._strands.update(np.flatnonzero(crossed(bundles.points, last, here)).tolist())
        self._way.append(point)
        ways = [picture.points[i] for i in self._edges] + [bundles.points[i] for i in self._strands]
        polygons = [QPolygonF([QPointF(x, y) for x, y in way.tolist()]) for way in ways]
        count = int(np.count_nonzero(self._cut()))
        text = f"Cut {counted(count, 'edge')}" if count else "Drag across edges to cut them."
        self.stage.show(Ghost(cut=self._way, crossed=polygons), text)

    def _cut(self) -> NDArray[np.bool_]:
        """Return which edges of the network, in drawing order, have been crossed."""
        picture, network = self.stage.scene.picture, self.stage.scene.network
        mine = np.zeros(len(network.edges), np.bool_)
        mine[picture.single[sorted(self._edges)]] = True
        if self._strands:
            mine |= np.isin(picture.strands.strand_of, sorted(self._strands))
        return mine

    def _keys(self) -> frozenset[tuple[int, int]]:
        return frozenset(compress(self.stage.scene.network.edge_of, self._cut().tolist()))

    def release(self, point: QPointF) -> None:
        keys, editor = self._keys(), self.stage.editor
        if keys and editor is not None:
            editor.attempt(lambda project: edits.remove(project, keys))


def crossed(ways: Floats, start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Return which of the polylines ``ways``, (n, points, 2), the line from ``start`` to ``end`` crosses, (n,)."""
    if not len(ways):
        return np.zeros(0, np.bool_)
    first, second = ways[:, :-1], ways[:, 1:]

    def side(a: Floats, b: Floats, c: Floats) -> Floats:
        """Return on which side of the line from ``a`` to ``b`` is ``c``."""
        ab, ac = b - a, c - a
        return ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]

    # What lies exactly on a line counts as beside it, so that the next piece of the way crosses it.
    knife = (side(first, second, start) < 0) != (side(first, second, end) < 0)
    edge = (side(start, end, first) < 0) != (side(start, end, second) < 0)
    return np.asarray((knife & edge).any(axis=1))


__all__ = ["Knife", "crossed"]
