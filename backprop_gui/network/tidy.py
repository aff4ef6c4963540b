"""Tidying up: columns from left to right for a network that somebody drew by hand."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Sequence

from backprop_gui.network.layout import placed, rows
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Kind, Neuron

SWEEPS = 6
"""How often the order of a drawing is looked through, to and fro."""
MANY_EDGES = 20_000
"""Above this nobody sees single crossings, and to count them would take too long."""

Columns = list[list[Neuron]]


def tidied(network: Network) -> Network:
    """Return ``network`` in columns through which its edges lead rightwards.

    Layers that follow one another, each joined to the next, stay columns in their drawing order. Any other network
    has a column for each rank, its outputs in the last one, ordered so that few edges cross.
    """
    columns = _layers_in_a_row(network)
    if columns is None:
        columns = _uncrossed(network, _by_rank(network))
    return placed(network, columns)


def _layers_in_a_row(network: Network) -> Columns | None:
    """Return the layers in the order of their edges, or None if they are not a single row of columns."""
    layer = {neuron.id: neuron.layer for neuron in network.neurons}
    joined = {(layer[edge.source], layer[edge.target]) for edge in network.edges}
    after: dict[int, set[int]] = {id: set() for id in network.layer_of}
    for left, right in joined:
        after[left].add(right)
    before = Counter(right for _, right in joined)
    starts = [id for id in after if not before[id]]
    row: list[int] = []
    # In a single row, exactly one layer at a time has nothing before it, and the last one leads to it.
    while len(starts) == 1:
        here = starts[0]
        if row and (row[-1], here) not in joined:
            return None
        row.append(here)
        before.subtract(after[here])
        starts = [id for id in after[here] if not before[id]]
    kinds = [{neuron.kind for neuron in network.members[id]} for id in row]
    in_place = all(
        (Kind.INPUT not in found or column == 0) and (Kind.OUTPUT not in found or column == len(row) - 1)
        for column, found in enumerate(kinds)
    )
    if len(row) < len(after) or not in_place or (kinds and Kind.INPUT in kinds[0] and len(kinds[0]) > 1):
        return None
    return [list(network.members[id]) for id in row]


def _by_rank(network: Network) -> Columns:
    """Return a column for each rank; outputs that feed no other neuron stand in the last one."""
    column = dict(network.ranks)
    last = max(
        (rank + (network.neuron_of[id].kind is not Kind.OUTPUT) for id, rank in column.items()), default=0
    )
    found: Columns = [[] for _ in range(last + 1)]
    for neuron in network.neurons:
        ends = neuron.kind is Kind.OUTPUT and not network.outgoing[neuron.id]
        found[last if ends else column[neuron.id]].append(neuron)
    return [members for members in found if members]


def _uncrossed(network: Network, columns: Columns) -> Columns:
    """Order each column by the mean height of the neighbours, to and fro, and keep the order that crosses least.

    The barycentre method of Sugiyama, Tagawa and Toda (1981).
    """
    count = len(network.edges) <= MANY_EDGES
    best, fewest = columns, _crossings(network, columns) if count else 0
    height: dict[int, float] = {}
    for members in columns:
        height.update(zip((neuron.id for neuron in members), rows(len(members)), strict=True))
    incoming = {id: [edge.source for edge in edges] for id, edges in network.incoming.items()}
    outgoing = {id: [edge.target for edge in edges] for id, edges in network.outgoing.items()}
    for sweep in range(SWEEPS if count else 1):
        backward = sweep % 2 == 1
        beside = outgoing if backward else incoming
        swept: Columns = []
        for members in reversed(columns) if backward else columns:
            wanted = {neuron.id: _mean(beside[neuron.id], height, height[neuron.id]) for neuron in members}
            # Sorting keeps the drawing order of those that are wanted at the same height.
            ordered = sorted(members, key=lambda neuron: wanted[neuron.id])
            height.update(zip((neuron.id for neuron in ordered), rows(len(ordered)), strict=True))
            swept.append(ordered)
        columns = swept[::-1] if backward else swept
        crossings = _crossings(network, columns) if count else -1
        if crossings < fewest:
            best, fewest = columns, crossings
        if not fewest:
            break
    return best


def _mean(neighbours: Sequence[int], height: dict[int, float], otherwise: float) -> float:
    if not neighbours:
        return otherwise
    return sum([height[id] for id in neighbours]) / len(neighbours)


def _crossings(network: Network, columns: Columns) -> int:
    """Count how often two edges cross that lead between the same two columns."""
    place = {
        neuron.id: (column, row)
        for column, members in enumerate(columns)
        for row, neuron in enumerate(members)
    }
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for edge in network.edges:
        (left, from_row), (right, to_row) = place[edge.source], place[edge.target]
        between.setdefault((left, right), []).append((from_row, to_row))
    crossings = 0
    for ends in between.values():
        seen: list[int] = []
        for _, to_row in sorted(ends):
            crossings += len(seen) - bisect_right(seen, to_row)
            insort(seen, to_row)
    return crossings


__all__ = ["tidied"]
