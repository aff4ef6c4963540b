"""The edges of a drawing as arrays: a hundred thousand edges are read once, not once for each who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.network import Edge, Neuron

Indices = NDArray[np.intp]

KEPT = 4
"""So many drawings' arrays are kept: before and after an edit, and those of another window."""
LARGEST_TABLE = 10_000
WORTH_COMPARING = 1000
"""Fewer edges are read as quickly as they are compared with those before."""
MOST_DIFFERENCES, LONGEST_GAP = 400, 2000
"""Where an edit takes away or adds edges in more places, or more of them in one place, all edges are read anew."""
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
    objects : int array
        Which object each edge is; it tells edges apart for as long as they are kept.
    """

    source: Indices
    target: Indices
    weight: NDArray[np.float64]
    frozen: NDArray[np.bool_]
    objects: Indices

    @classmethod
    def of(cls, edges: tuple[Edge, ...]) -> EdgeArrays:
        """Return the arrays of ``edges``; for the same tuple, the same arrays again."""
        global _latest
        for known, arrays in _latest:
            if known is edges:
                return arrays
        before = _latest
        arrays = _read_after(before[0][1], edges) if before else _read(edges)
        for array in (arrays.source, arrays.target, arrays.weight, arrays.frozen, arrays.objects):
            array.setflags(write=False)
        # Replaced as a whole: whoever reads it in another thread sees the old one or the new one.
        _latest = ((edges, arrays), *_latest[: KEPT - 1])
        return arrays


_latest: tuple[tuple[tuple[Edge, ...], EdgeArrays], ...] = ()


def _read(edges: Sequence[Edge]) -> EdgeArrays:
    count = len(edges)
    return EdgeArrays(
        np.fromiter(map(attrgetter("source"), edges), np.intp, count),
        np.fromiter(map(attrgetter("target"), edges), np.intp, count),
        np.fromiter(map(attrgetter("weight"), edges), np.float64, count),
        np.fromiter(map(attrgetter("frozen"), edges), np.bool_, count),
        np.fromiter(map(id, edges), np.intp, count),
    )


def _read_after(known: EdgeArrays, edges: tuple[Edge, ...]) -> EdgeArrays:
    """Return the arrays of ``edges``, of which only those are read that ``known`` does not have."""
    if min(len(edges), len(known.source)) < WORTH_COMPARING:
        return _read(edges)
    objects = np.fromiter(map(id, edges), np.intp, len(edges))
    origin = _origins(known.objects, objects)
    if origin is None:
        return _read(edges)
    new = np.flatnonzero(origin < 0)
    own = _read([edges[place] for place in new.tolist()])

    def joined(old: NDArray[Any], added: NDArray[Any]) -> NDArray[Any]:
        both = old[origin]
        both[new] = added
        return both

    return EdgeArrays(
        joined(known.source, own.source),
        joined(known.target, own.target),
        joined(known.weight, own.weight),
        joined(known.frozen, own.frozen),
        objects,
    )


def _origins(old: Indices, new: Indices) -> Indices | None:
    """Return where each of ``new`` was in ``old``, -1 for what was not there; None if they are not much alike."""
    origin = np.full(len(new), -1, np.intp)
    here = there = 0
    for _ in range(MOST_DIFFERENCES):
        same = _same_from(new, here, old, there)
        origin[here : here + same] = np.arange(there, there + same)
        here, there = here + same, there + same
        if here == len(new):
            return origin
        if there < len(old):
            gone = np.flatnonzero(old[there : there + LONGEST_GAP] == new[here])
            if len(gone):
                there += int(gone[0])
                continue
            added = np.flatnonzero(new[here : here + LONGEST_GAP] == old[there])
            # Neither gone nor added: one in the place of another.
            here, there = (here + int(added[0]), there) if len(added) else (here + 1, there + 1)
        else:
            return origin
    return None


def _same_from(new: Indices, here: int, old: Indices, there: int) -> int:
    """Return how many of ``new`` from ``here`` on are the same as those of ``old`` from ``there`` on."""
    same, step = 0, 64
    while True:
        count = min(step, len(new) - here - same, len(old) - there - same)
        other = new[here + same : here + same + count] != old[there + same : there + same + count]
        if count == 0 or other.any():
            return same + int(np.argmax(other)) if count else same
        same, step = same + count, 2 * step


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
