from __future__ import annotations

import numpy as np

from backprop_gui.network import dense
from backprop_gui.ui.canvas.gestures.cutting import crossed
from backprop_gui.ui.canvas.views import chosen_edges
from backprop_gui.ui.selection import still_there


def test_the_knife_cuts_also_where_two_pieces_of_a_way_meet() -> None:
    ways = np.array([[[0.0, 0.0], [5.0, 0.0], [10.0, 0.0]], [[0.0, 9.0], [5.0, 9.0], [10.0, 9.0]]])
    for x in (4.0, 5.0, 6.0):
        assert crossed(ways, np.array([x, -3.0]), np.array([x, 4.0])).tolist() == [True, False]
    assert not crossed(ways, np.array([11.0, -3.0]), np.array([11.0, 20.0])).any()


def test_what_is_selected_is_found_among_the_edges_and_what_is_gone_is_dropped() -> None:
    network = dense([2, 2, 1])
    first, last = network.edges[0], network.edges[-1]
    keys = frozenset({network.neurons[0].id, (first.source, first.target), (last.source, last.target)})
    assert chosen_edges(network, keys).tolist() == [0, len(network.edges) - 1]
    assert still_there(keys, network) is keys
    fewer = network.without([(last.source, last.target)])
    assert still_there(keys, fewer) == keys - {(last.source, last.target)}
