"""The edges of a drawing as arrays: a hundred thousand edges are read once, not once for each who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from backprop_gui.network import Edge, Neuron

Indices = NDArray[np.intp]

KEPT = 4
"""So many drawings' arrays are kept: before and after an edit, and those of another window."""
LARGEST_TABLE = 10_000


@dataclass(frozen=True, eq=False)
class EdgeArrays:
    """What the edges of a network hold, one entry for each in drawing order; every array is read-only.

    Attributes
    ----------
    source, target : int arrays
        Ids of neurons.
    weight : float64 array
        Starting values.
    frozen : bool array
    """

    source: Indices
    target: Indices
    weight: NDArray[np.float64]
    frozen: NDArray[np.bool_]

    @classmethod
    def of(cls, edges: tuple[Edge, ...]) -> EdgeArrays:
        """Return the arrays of ``edges``; for the same tuple, the same arrays again."""
        global _latest
        for known, arrays in _latest:
            if known is edges:
                return arrays
        count = len(edges)
        arrays = cls(
            np.fromiter(map(attrgetter("source"), edges), np.intp, count),
            np.fromiter(map(attrgetter("target"), edges), np.intp, count),
            np.fromiter(map(attrgetter("weight"), edges), np.float64, count),
            np.fromiter(map(attrgetter("frozen"), edges), np.bool_, count),
        )
        for array in (arrays.source, arrays.target, arrays.weight, arrays.frozen):
            array.setflags(write=False)
        # Replaced as a whole: whoever reads it in another thread sees the old one or the new one.
        _latest = ((edges, arrays), *_latest[: KEPT - 1])
        return arrays


_latest: tuple[tuple[tuple[Edge, ...], EdgeArrays], ...] = ()


def places_of(ids: Indices, neurons: Sequence[Neuron]) -> Indices:
    """Return where the neurons called ``ids`` stand in ``neurons``; -1 for those that are not there."""
    known = np.fromiter(map(attrgetter("id"), neurons), np.intp, len(neurons))
    if not len(known):
        return np.full(len(ids), -1, np.intp)
    if known.min() >= 0 and known.max() <= LARGEST_TABLE + 8 * len(known):
        # A table of all ids is faster than a search, and ids that were given out in turn leave it small.
        table = np.full(int(known.max()) + 2, -1, np.intp)
        table[known] = np.arange(len(known))
        return table[np.where((ids >= 0) & (ids < len(table)), ids, -1)]
    order = np.argsort(known, kind="stable")
    rank = np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)
    found = order[rank]
    return np.where(known[found] == ids, found, -1)


__all__ = ["EdgeArrays", "places_of"]
