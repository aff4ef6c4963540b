"""Walking through a network with the arrow keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.selection import Key


def next_part(picture: Picture, current: Key, forward: bool) -> Key | None:
    """Return what Tab leads to from ``current``: each neuron is followed by the edges that start at it.

    None behind the last part and before the first.
    """
    network = picture.network
    order = np.lexsort((picture.position[:, 1], picture.position[:, 0])).tolist()
    rank = {network.neurons[i].id: place for place, i in enumerate(order)}
    id = current[0] if isinstance(current, tuple) else current
    # Only what is near is listed: a network may have a hundred thousand edges.
    near = range(max(0, rank[id] - 1), min(len(order), rank[id] + 2))
    parts: list[Key] = []
    for place in near:
        neuron = network.neurons[order[place]].id
        parts.append(neuron)
        ends = sorted((edge.target for edge in network.outgoing[neuron]), key=rank.__getitem__)
        parts += [(neuron, target) for target in ends]
    at = parts.index(current) + (1 if forward else -1)
    return parts[at] if 0 <= at < len(parts) else None


def neighbour(picture: Picture, current: Key | None, key: Qt.Key) -> int | None:
    """Return the neuron that an arrow key leads to: Up and Down within a layer, Left and Right between layers.

    From nothing it leads to the first input; from an edge, to its source or target.
    """
    network = picture.network
    columns = [
        sorted(
            (picture.index[n.id] for n in members),
            key=lambda i: (picture.position[i, 1], picture.position[i, 0]),
        )
        for members in network.members.values()
        if members
    ]
    columns.sort(key=lambda column: float(picture.position[column, 0].mean()))
    if not columns:
        return None
    if isinstance(current, tuple):
        return current[1] if key in (Qt.Key.Key_Right, Qt.Key.Key_Down) else current[0]
    if current is None or current not in picture.index:
        return network.neurons[columns[0][0]].id
    here = picture.index[current]
    at = next(number for number, column in enumerate(columns) if here in column)
    row = columns[at].index(here)
    if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        row = min(len(columns[at]) - 1, max(0, row + (1 if key == Qt.Key.Key_Down else -1)))
        return network.neurons[columns[at][row]].id
    goal = at + (1 if key == Qt.Key.Key_Right else -1)
    if not 0 <= goal < len(columns):
        return current
    heights = picture.position[columns[goal], 1]
    return network.neurons[columns[goal][int(np.argmin(np.abs(heights - picture.position[here, 1])))]].id


__all__ = ["neighbour", "next_part"]
