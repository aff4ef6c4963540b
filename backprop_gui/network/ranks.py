"""Ranks: in which order neurons are computed, and the proof that a network feeds forward."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping, Sequence

from backprop_gui.network.errors import CycleError
from backprop_gui.network.parts import Edge, Kind, Neuron


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


__all__ = ["ranks_of"]
