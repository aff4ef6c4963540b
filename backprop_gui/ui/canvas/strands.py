"""Strands: the edges from and to heat maps, gathered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_gui.network import Network
from backprop_gui.ui.canvas.grid import Cells

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LARGEST_COUNT = 1_000_000


@dataclass(frozen=True, eq=False)
class Strands:
    """Edges from or to heat maps, gathered: one strand for each pair of things they connect.

    Attributes
    ----------
    strand_of : (edges,) int array
        The strand of each edge of the network; -1 for edges that are drawn by themselves.
    first, last : (strands,) int arrays
        What each connects: a neuron's index, or for a heat map the count of neurons and its place in ``cells``.
    start, end : (strands, 2) arrays
    size : (strands,) int array
        How many edges are in each.
    bundle : (strands,) int array
        Strands between the same two layers belong to one bundle, which carries one label.
    band : (strands,) bool array
        Whether both ends are heat maps, so that the strand is drawn as a broad band.
    half_heights : (strands, 2) array
        Half the height of a band at its two ends.
    """

    strand_of: Indices
    first: Indices
    last: Indices
    start: Floats
    end: Floats
    size: Indices
    bundle: Indices
    band: NDArray[np.bool_]
    half_heights: Floats


def strands_of(
    network: Network,
    position: Floats,
    radius: Floats,
    cells: tuple[Cells, ...],
    source: Indices,
    target: Indices,
    alone: NDArray[np.bool_],
) -> Strands:
    """Gather the edges that begin or end at a heat map."""
    layer = np.array([n.layer for n in network.neurons], np.intp)
    count = len(layer)
    # Whatever can be the end of a strand has a number: a neuron its index, a heat map a number behind those.
    terminal = np.arange(count)
    for number, map_ in enumerate(cells):
        terminal[map_.neurons] = count + number
    strand_of = np.full(len(source), -1, np.intp)
    gathered = np.flatnonzero(~alone)
    # Many neurons are cells of few heat maps, so there are few pairs, and counting is quicker than sorting.
    ends, place = np.unique(terminal, return_inverse=True)
    pairs = place[source[gathered]] * len(ends) + place[target[gathered]]
    if len(ends) ** 2 <= LARGEST_COUNT:
        sizes = np.bincount(pairs, minlength=len(ends) ** 2)
        pair = np.flatnonzero(sizes)
        place_of_pair = np.zeros(len(sizes), np.intp)
        place_of_pair[pair] = np.arange(len(pair))
        strand_of[gathered], size = place_of_pair[pairs], sizes[pair]
    else:
        pair, strand_of[gathered], size = np.unique(pairs, return_inverse=True, return_counts=True)
    total = max(1, len(ends))
    first, last = ends[pair // total], ends[pair % total]
    half = np.array([[c.width / 2, c.height / 2] for c in cells]).reshape(-1, 2)
    middle = np.array([[c.left + c.width / 2, c.top + c.height / 2] for c in cells]).reshape(-1, 2)
    center = np.concatenate([position, middle])
    reach = np.concatenate([np.repeat(radius[:, None], 2, 1), half])
    layer_of = np.concatenate([layer, [c.layer for c in cells]]).astype(np.intp)
    start = center[first] + np.stack([reach[first, 0], np.zeros(len(first))], axis=1)
    end = center[last] - np.stack([reach[last, 0], np.zeros(len(last))], axis=1)
    _, bundle = np.unique(np.stack([layer_of[first], layer_of[last]]), axis=1, return_inverse=True)
    for number in range(bundle.max(initial=-1) + 1):
        mine = np.flatnonzero(bundle == number)
        for side, here, there in ((first, start, end), (last, end, start)):
            if len(mine) > 1 and (side[mine] >= count).all():
                # Strands leave a heat map side by side, in the order of their other ends.
                rank = np.argsort(np.argsort(there[mine, 1], kind="stable"), kind="stable")
                spread = (rank / (len(mine) - 1) - 0.5) * 1.6
                here[mine, 1] += spread * reach[side[mine], 1]
    return Strands(
        strand_of,
        first,
        last,
        start,
        end,
        size.astype(np.intp),
        bundle.reshape(-1).astype(np.intp),
        (first >= count) & (last >= count),
        np.stack([reach[first, 1], reach[last, 1]], axis=1),
    )


__all__ = ["Strands", "strands_of"]
