"""Tidying up: edges lead rightwards, nothing stands on anything else, little crosses."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.network import Edge, Kind, Layer, Network, Neuron, dense, in_columns, tidied
from tests.strategies import networks


def crossings(network: Network) -> int:
    """Count crossing pairs of edges between the same two columns."""
    ends = [
        (network.neuron_of[e.source].position, network.neuron_of[e.target].position) for e in network.edges
    ]
    return sum(
        a[0] == c[0] and b[0] == d[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0
        for (a, b), (c, d) in combinations(ends, 2)
    )


def scattered(network: Network, seed: int) -> Network:
    chance = random.Random(seed)
    return network.with_neurons(
        replace(n, position=(chance.uniform(-500, 500), chance.uniform(-500, 500))) for n in network.neurons
    )


@given(networks())
def test_edges_lead_rightwards_and_nothing_overlaps(network: Network) -> None:
    tidy = tidied(network)
    place = {neuron.id: neuron.position for neuron in tidy.neurons}
    assert len(set(place.values())) == len(place)
    assert all(place[edge.source][0] < place[edge.target][0] for edge in tidy.edges)
    first = min(x for x, _ in place.values())
    assert all(place[neuron.id][0] == first for neuron in tidy.inputs)
    last = max(x for x, _ in place.values())
    assert all(place[n.id][0] == last for n in tidy.outputs if not tidy.outgoing[n.id])
    # Only places change, and where it stood before does not matter.
    assert [replace(n, position=(0.0, 0.0)) for n in tidy.neurons] == [
        replace(n, position=(0.0, 0.0)) for n in network.neurons
    ]
    assert tidied(scattered(network, 1)) == tidy


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 99))
def test_layers_one_after_another_stay_columns(sizes: list[int], seed: int) -> None:
    network = dense(sizes)
    assert tidied(scattered(network, seed)) == in_columns(network)
    # The order in which layers are listed is not that of their edges after every edit.
    shuffled = replace(network, layers=network.layers[::-1])
    assert tidied(shuffled).neurons == in_columns(network).neurons


def test_a_skip_connection_leaves_layers_as_they_are() -> None:
    network = dense([2, 3, 1])
    skip = network.connect(network.inputs[0].id, network.outputs[0].id)
    assert tidied(skip).neurons == in_columns(network).neurons


def test_neurons_in_layers_of_their_own_share_a_column() -> None:
    # x1 and x2, four hidden neurons that were drawn one by one, and an output.
    layers = [Layer(id, str(id)) for id in range(1, 8)]
    kinds = [Kind.INPUT] * 2 + [Kind.HIDDEN] * 4 + [Kind.OUTPUT]
    neurons = [
        Neuron(10 + id, id, kind, f"n{id}", "identity", None) for id, kind in enumerate(kinds, start=1)
    ]
    pairs = [(11, 14), (11, 16), (12, 13), (12, 15), (13, 17), (14, 17), (15, 17), (16, 17)]
    network = Network(tuple(neurons), tuple(Edge(*pair, 1.0) for pair in pairs), tuple(layers), 50)
    tidy = tidied(network)
    assert len({n.position[0] for n in tidy.neurons}) == 3
    assert crossings(tidy) == 0


@given(networks())
def test_sweeps_do_not_make_it_worse(network: Network) -> None:
    by_rank = tidied(network)
    columns: dict[float, list[Neuron]] = {}
    for neuron in network.neurons:
        columns.setdefault(by_rank.neuron_of[neuron.id].position[0], []).append(neuron)
    unordered = by_rank.with_neurons(
        replace(neuron, position=(x, float(row)))
        for x, members in columns.items()
        for row, neuron in enumerate(members)
    )
    assert crossings(by_rank) <= crossings(unordered)


def test_nothing_can_be_tidied_too() -> None:
    assert tidied(Network()) == Network()
    loose = dense([2, 3, 1]).without(dense([2, 3, 1]).edge_of)
    columns = sorted({neuron.position[0] for neuron in tidied(loose).neurons})
    assert len(columns) == 3
