"""Where neurons stand: one column a layer, left to right, each column centred on the same height."""

from __future__ import annotations

from dataclasses import replace

from backprop_gui.network.network import Network

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
    across = min(COLUMN_GAP, max(NARROWEST_COLUMN_GAP, WIDEST / max(1, len(network.layers) - 1)))
    positions: dict[int, tuple[float, float]] = {}
    for column, layer in enumerate(network.layers):
        members = network.members[layer.id]
        gap = min(ROW_GAP, TALLEST / max(1, len(members) - 1))
        for row, neuron in enumerate(members):
            positions[neuron.id] = (column * across, (row - (len(members) - 1) / 2) * gap)
    return network.with_neurons(replace(n, position=positions[n.id]) for n in network.neurons)
