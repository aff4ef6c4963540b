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
LARGEST_PAIR_TABLE = 4_000_000


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
        # Replaced as a whole: whoever reads it in another thread sees the old one or the new one.
        before = _latest
        arrays = next((arrays for known, arrays in before if known is edges), None)
        if arrays is None:
            arrays = _read(edges)
        if not before or before[0][0] is not edges:
            others = tuple(entry for entry in before if entry[0] is not edges)
            _latest = ((edges, arrays), *others[: KEPT - 1])
        return arrays


_latest: tuple[tuple[tuple[Edge, ...], EdgeArrays], ...] = ()


def _read(edges: Sequence[Edge]) -> EdgeArrays:
    count = len(edges)
    arrays = (
        np.fromiter(map(attrgetter("source"), edges), np.intp, count),
        np.fromiter(map(attrgetter("target"), edges), np.intp, count),
        np.fromiter(map(attrgetter("weight"), edges), np.float64, count),
        np.fromiter(map(attrgetter("frozen"), edges), np.bool_, count),
    )
    for array in arrays:
        array.setflags(write=False)
    return EdgeArrays(*arrays)


def places_of(ids: Indices, neurons: Sequence[Neuron]) -> Indices:
    """Return where the neurons called ``ids`` stand in ``neurons``; -1 for those that are not there."""
    known = np.fromiter(map(attrgetter("id"), neurons), np.intp, len(neurons))
    if not len(known):
        return np.full(len(ids), -1, np.intp)
    if known.min() >= 0 and known.max() <= LARGEST_TABLE + 8 * len(known):
        # A table of all ids is faster than a search, and ids that were given out in turn leave it small.
        table = np.full(int(known.max()) + 2, -1, np.intp)
        table[known] = np.arange(len(known))
        if len(ids) and (ids.min() < 0 or ids.max() >= len(table)):
            ids = np.where((ids >= 0) & (ids < len(table)), ids, -1)
        places: Indices = table[ids]
        return places
    order = np.argsort(known, kind="stable")
    rank = np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)
    found = order[rank]
    return np.where(known[found] == ids, found, -1)


def same_edges(here: EdgeArrays, there: EdgeArrays, neurons: Sequence[Neuron]) -> Indices:
    """Return where in ``there`` each edge of ``here`` is, by its ends; -1 for those that are not there.

    ``neurons`` has all those at which edges of ``there`` begin and end.
    """
    if not len(there.source):
        return np.full(len(here.source), -1, np.intp)
    count = len(neurons)
    (source, target), known = (
        (places_of(arrays.source, neurons), places_of(arrays.target, neurons)) for arrays in (here, there)
    )
    # One number for each pair of neurons, so that all are looked up at once.
    wanted, pairs = source * count + target, known[0] * count + known[1]
    strange = (source < 0) | (target < 0)
    if count * count <= LARGEST_PAIR_TABLE:
        wanted[strange] = count * count
        table = np.full(count * count + 1, -1, np.intp)
        table[pairs] = np.arange(len(pairs))
        places: Indices = table[wanted]
        return places
    order = np.argsort(pairs, kind="stable")
    found = order[np.minimum(np.searchsorted(pairs, wanted, sorter=order), len(pairs) - 1)]
    return np.where((pairs[found] == wanted) & ~strange, found, -1)


__all__ = ["EdgeArrays", "places_of", "same_edges"]
