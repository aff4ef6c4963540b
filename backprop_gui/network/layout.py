"""Where neurons stand: one column a layer, left to right, each column centred on the same height."""

from __future__ import annotations

from dataclasses import replace

from backprop_gui.network.network import Network

COLUMN_GAP = 220.0
"""Distance between two columns, in scene units."""
ROW_GAP = 120.0
"""Distance between two neurons of a small layer, in scene units."""
TALLEST = 2400.0
"""Height that a column does not exceed, however many neurons it has, in scene units."""


def in_columns(network: Network) -> Network:
    """Return ``network`` with its layers in columns, in the order in which they are listed."""
    positions: dict[int, tuple[float, float]] = {}
    for column, layer in enumerate(network.layers):
        members = network.members[layer.id]
        gap = min(ROW_GAP, TALLEST / max(1, len(members) - 1))
        for row, neuron in enumerate(members):
            positions[neuron.id] = (column * COLUMN_GAP, (row - (len(members) - 1) / 2) * gap)
    return network.with_neurons(replace(n, position=positions[n.id]) for n in network.neurons)
