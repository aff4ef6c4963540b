"""What an edit hands on is what would be found out anew."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.network import Edge, Kind, Network, NetworkError, Neuron, check_trainable, dense
from backprop_gui.network.errors import CycleError


def _same(network: Network) -> None:
    anew = replace(network)
    assert network.edge_of == anew.edge_of
    assert list(network.edge_of) == list(anew.edge_of)
    assert network.incoming == anew.incoming
    assert network.outgoing == anew.outgoing
    assert network.ranks == anew.ranks


def _random_edges(random: np.random.Generator, network: Network) -> list[Edge]:
    ids = [neuron.id for neuron in network.neurons]
    pairs = random.choice(ids, (int(random.integers(1, 4)), 2)).tolist()
    return [Edge(source, target, 0.5) for source, target in pairs]


def test_after_every_edit() -> None:
    # Among so many, some new edges close a cycle.
    assert sum(_edited_often(seed) for seed in range(40))


def _edited_often(seed: int) -> int:
    """Edit at random, compare after each edit, and return how many cycles were refused."""
    random = np.random.default_rng(seed)
    network = dense([3, 4, 4, 4, 2])
    cycles = 0
    for _ in range(60):
        assert network.ranks
        choice = int(random.integers(4))
        try:
            if choice == 0 and len(network.edges) > 5:
                places = random.choice(len(network.edges), int(random.integers(1, 4)), replace=False).tolist()
                network = network.without(
                    [(network.edges[i].source, network.edges[i].target) for i in places]
                )
            elif choice == 1 and network.edges:
                edge = network.edges[int(random.integers(len(network.edges)))]
                network = network.with_edges([replace(edge, weight=float(random.random()))])
            elif choice == 2:
                layer = network.neurons[5].layer
                new = Neuron(network.next_id, layer, Kind.HIDDEN, "new")
                network = network.grown([new], next_id=new.id + 1)
                if len(network.neurons) > 22:
                    network = network.without([int(random.choice([n.id for n in network.neurons[3:]]))])
            else:
                network = network.grown(edges=_random_edges(random, network))
        except NetworkError as error:
            cycles += isinstance(error, CycleError)
        _same(network)
    return cycles


def test_a_cycle_of_two_new_edges_is_refused() -> None:
    network = dense([1, 2, 1])
    first, second = (neuron.id for neuron in network.neurons[1:3])
    with pytest.raises(CycleError):
        network.grown(edges=[Edge(first, second, 1.0), Edge(second, first, 1.0)])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_whether_it_can_be_trained_is_found_also_where_few_edges_are_left(count: int) -> None:
    network = dense([2, 2, 2])
    for left in itertools.combinations(network.edges, count + 2):
        few = replace(network, edges=left)
        pairs = {(edge.source, edge.target) for edge in left}
        paths = {
            (i.id, o.id)
            for i, h, o in itertools.product(network.inputs, network.neurons[2:4], network.outputs)
            if {(i.id, h.id), (h.id, o.id)} <= pairs
        }
        whole = {i for i, _ in paths} == {n.id for n in network.inputs} and {o for _, o in paths} == {
            n.id for n in network.outputs
        }
        try:
            check_trainable(few)
        except NetworkError:
            assert not whole
        else:
            assert whole
