"""Ranks: in which order neurons are computed, and the proof that a network feeds forward."""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from backprop_gui.network.errors import CycleError
from backprop_gui.network.parts import Edge, Kind, Neuron

if TYPE_CHECKING:
    from backprop_gui.network.network import Network

MOST_LOOKED_AT = 20_000
"""Edges that are followed before finding all ranks anew is the shorter way."""


def ranks_of(
    neurons: Sequence[Neuron], incoming: Mapping[int, Sequence[Edge]], outgoing: Mapping[int, Sequence[Edge]]
) -> dict[int, int]:
    """Return the number of edges on the longest path that leads to each neuron, in an order of computation.

    A neuron that nothing reaches still has to be computed, its output is f(bias) and no datum: only inputs have rank 0.

    Raises
    ------
    CycleError
        If there is no such order; it names one cycle.
    """
    # graphlib would need a set and a call for each of 100,000 edges; counting what is still missing is enough.
    missing = {id: len(edges) for id, edges in incoming.items()}
    rank = {neuron.id: 0 if neuron.kind is Kind.INPUT else 1 for neuron in neurons}
    ready = [id for id, count in missing.items() if not count]
    for id in ready:  # which grows meanwhile
        above = rank[id] + 1
        for edge in outgoing[id]:
            target = edge.target
            if rank[target] < above:
                rank[target] = above
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    if len(ready) < len(neurons):
        raise CycleError(_cycle_sentence(neurons, incoming))
    return rank


def ranks_after_growth(
    ranks: Mapping[int, int], network: Network, new: Iterable[Edge]
) -> dict[int, int] | None:
    """Return the ranks of ``network``, which has ``new`` edges; None if these may close a cycle or move very much.

    Parameters
    ----------
    ranks : mapping
        What they were without the new edges, of all of its neurons.
    """
    raised, left = dict(ranks), MOST_LOOKED_AT
    for edge in new:
        stack = [(edge.target, raised[edge.source] + 1)]
        while stack:
            id, above = stack.pop()
            if raised[id] >= above:
                continue
            raised[id] = above
            left -= len(network.outgoing[id])
            # What pushes its own source is a cycle; edges that are not drawn yet at this moment do no harm.
            if id == edge.source or left < 0:
                return None
            stack += [(after.target, above + 1) for after in network.outgoing[id]]
    return raised


def ranks_after_cut(
    ranks: Mapping[int, int], network: Network, gone: Iterable[tuple[int, int]]
) -> dict[int, int]:
    """Return the ranks of ``network``, which no longer has the edges ``gone``.

    Parameters
    ----------
    ranks : mapping
        What they were with these edges, of all of its neurons, and perhaps of more.
    """
    lowered = {neuron.id: ranks[neuron.id] for neuron in network.neurons}
    # A rank is right once those before it are: from the lowest on.
    waiting = [(ranks[target], target) for target in {target for _, target in gone} if target in lowered]
    heapq.heapify(waiting)
    while waiting:
        old, id = heapq.heappop(waiting)
        if lowered[id] != old:
            continue
        # Only inputs have rank 0, and no edge leads to them.
        here = 1
        for edge in network.incoming[id]:
            above = lowered[edge.source] + 1
            if above > here:
                here = above
                if here == old:
                    break
        if here != old:
            lowered[id] = here
            for edge in network.outgoing[id]:
                heapq.heappush(waiting, (lowered[edge.target], edge.target))
    return lowered


def _cycle_sentence(neurons: Sequence[Neuron], incoming: Mapping[int, Sequence[Edge]]) -> str:
    name = {neuron.id: neuron.name for neuron in neurons}
    sources = {id: [edge.source for edge in edges] for id, edges in incoming.items()}
    try:
        graphlib.TopologicalSorter(sources).prepare()
    except graphlib.CycleError as error:
        # graphlib lists a cycle against the arrows when the graph maps each node to its predecessors.
        names = " → ".join(name[id] for id in error.args[1])
        return (
            f"The network contains a cycle ({names}): remove one of these edges, a network must feed forward."
        )
    raise AssertionError("only a cycle keeps a neuron from being computed")


__all__ = ["ranks_after_cut", "ranks_after_growth", "ranks_of"]
