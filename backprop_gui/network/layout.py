"""Where neurons stand: one column a layer, left to right, each column centred on the same height."""

from __future__ import annotations

import math
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
ROUNDING = 1e-6


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


def height_of(count: int) -> float:
    """Return the distance between the outermost of so many neurons in a column."""
    return min(ROW_GAP * (count - 1), TALLEST)


def column_at(position: tuple[float, float], count: int) -> list[tuple[float, float]]:
    """Return the places of so many neurons in a column centred on ``position``."""
    x, y = position
    return [(x, y + row) for row in rows(count)]


def centre(neurons: Sequence[Neuron]) -> tuple[float, float]:
    """Return the middle of the box around ``neurons``, of which there is at least one."""
    xs, ys = zip(*(neuron.position for neuron in neurons), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def extent(neurons: Sequence[Neuron]) -> tuple[float, float]:
    """Return how broad and how high the box around ``neurons`` is, of which there is at least one."""
    xs, ys = zip(*(neuron.position for neuron in neurons), strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def free_place(
    network: Network, position: tuple[float, float], size: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float]:
    """Return the place nearest to ``position``, straight above or below, where something new stands alone.

    Parameters
    ----------
    size : (width, height)
        The distances between the outermost neurons of what is new, which is centred on its place.
    """
    (x, y), (wide, tall) = position, size
    heights = sorted(n.position[1] for n in network.neurons if abs(n.position[0] - x) < (wide + ROW_GAP) / 2)
    reach = tall / 2 + ROW_GAP
    # What is free lies between two neighbours, above all, and below all.
    tops = [-math.inf, *(height + reach for height in heights)]
    bottoms = [*(height - reach for height in heights), math.inf]
    free = [min(max(y, top), bottom) for top, bottom in zip(tops, bottoms, strict=True) if top <= bottom]
    return x, min(free, key=lambda there: (abs(there - y), -there))


def made_room(
    network: Network, position: tuple[float, float]
) -> tuple[tuple[float, float], dict[int, tuple[float, float]]]:
    """Return where one more neuron stands in the column at ``position``, and where others go to make room, by id.

    Those above move up and those below move down, no farther than a column of so many needs, around the same middle.
    """
    x, y = position
    column = {n.id: n.position for n in network.neurons if abs(n.position[0] - x) < ROW_GAP / 2}
    gap = min(ROW_GAP, TALLEST / max(1, len(column)))
    heights = {id: height for id, (_, height) in column.items()}
    moved = False
    for way in (-1, 1):
        taken = y
        for id in sorted(column, key=lambda id: way * column[id][1]):
            if (heights[id] > y) != (way == 1):
                continue
            if (heights[id] - taken) * way > gap - ROUNDING:
                break
            taken = heights[id] = taken + way * gap
            moved = True
    if not moved:
        return position, {}
    before = [height for _, height in column.values()]
    now = [y, *heights.values()]
    aside = (min(before) + max(before) - min(now) - max(now)) / 2
    return (x, y + aside), {id: (column[id][0], height + aside) for id, height in heights.items()}


def with_column_between(
    network: Network, left: Sequence[Neuron], right: Sequence[Neuron]
) -> tuple[Network, tuple[float, float]]:
    """Make room for a column between two, and return where its centre is.

    What stands right of the left column moves aside by the distance between the two, unless there is room already.
    Other columns may stand there, if the two are far apart.
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
