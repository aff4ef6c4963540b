"""Where neurons stand: one column a layer, left to right, each column centred on the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backprop_gui.network.network import Network
from backprop_gui.network.parts import Neuron

COLUMN_GAP = 220.0
"""Distance between the columns of a small network, in scene units."""
NARROWEST_COLUMN_GAP = 140.0
"""Distance between the columns of a deep network, in scene units."""
WIDEST = 1000.0
"""Width that a network does not exceed until its columns are as near as they may be, in scene units."""
ROW_GAP = 120.0
"""Distance between two neurons of a small layer, in scene units."""
TALLEST = 640.0
"""Height that a column does not exceed, however many neurons it has, in scene units."""


def in_columns(network: Network) -> Network:
    """Return ``network`` with its layers in columns, in the order in which they are listed.

    A column is at most ``TALLEST`` high, so that the picture keeps the proportions of a window and small layers
    beside a large one stay large enough to be read.
    """
    return placed(network, [network.members[layer.id] for layer in network.layers])


def placed(network: Network, columns: Sequence[Sequence[Neuron]]) -> Network:
    """Return ``network`` with these neurons in columns from left to right, each from top to bottom."""
    across = min(COLUMN_GAP, max(NARROWEST_COLUMN_GAP, WIDEST / max(1, len(columns) - 1)))
    positions: dict[int, tuple[float, float]] = {}
    for column, members in enumerate(columns):
        for neuron, y in zip(members, rows(len(members)), strict=True):
            positions[neuron.id] = (column * across, y)
    return network.with_neurons(
        replace(n, position=positions[n.id]) for n in network.neurons if n.id in positions
    )


def rows(count: int) -> list[float]:
    """Return the heights of so many neurons in a column, around 0."""
    gap = min(ROW_GAP, TALLEST / max(1, count - 1))
    return [(row - (count - 1) / 2) * gap for row in range(count)]


def column_at(position: tuple[float, float], count: int) -> list[tuple[float, float]]:
    """Return the places of so many neurons in a column centred on ``position``."""
    x, y = position
    return [(x, y + row) for row in rows(count)]


def centre(neurons: Sequence[Neuron]) -> tuple[float, float]:
    """Return the middle of the box around ``neurons``, of which there is at least one."""
    xs, ys = zip(*(neuron.position for neuron in neurons), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def free_place(network: Network, position: tuple[float, float]) -> tuple[float, float]:
    """Return the place nearest to ``position``, straight above or below, at which no neuron stands."""
    x, y = position
    near = [n.position[1] for n in network.neurons if abs(n.position[0] - x) < ROW_GAP / 2]
    for step in range(2 * len(near) + 1):
        # 0, 1, -1, 2, -2 … half rows away
        there = y + (step + 1) // 2 * (1 if step % 2 else -1) * ROW_GAP / 2
        if all(abs(there - other) >= ROW_GAP / 2 for other in near):
            return x, there
    return x, max(near) + ROW_GAP


def with_column_between(
    network: Network, left: Sequence[Neuron], right: Sequence[Neuron]
) -> tuple[Network, tuple[float, float]]:
    """Make room for a column between two, and return where its centre is.

    What stands right of the left column moves aside by the distance between the two, unless there is room already.
    """
    (x, y), (far, other_y) = centre(left), centre(right)
    edge = max(neuron.position[0] for neuron in left)
    distance = min(neuron.position[0] for neuron in right) - edge
    middle = (x + far) / 2, (y + other_y) / 2
    if distance <= 0 or distance >= 2 * NARROWEST_COLUMN_GAP:
        # Side by side or the wrong way round, nothing that moves makes room; far apart, nothing has to.
        return network, middle
    aside = max(distance, NARROWEST_COLUMN_GAP)
    moved = [
        replace(n, position=(n.position[0] + aside, n.position[1]))
        for n in network.neurons
        if n.position[0] > edge + distance / 2
    ]
    return network.with_neurons(moved), (edge + aside, middle[1])


def near_column(members: Sequence[Neuron], x: float) -> bool:
    """Return whether ``members`` stand in a column at about ``x``."""
    return all(abs(neuron.position[0] - x) <= NARROWEST_COLUMN_GAP / 3 for neuron in members)
