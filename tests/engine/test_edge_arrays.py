from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.engine.edge_arrays import EdgeArrays, places_of, same_edges
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import Edge, Network, dense


def test_the_arrays_hold_what_the_edges_do() -> None:
    edges = (Edge(1, 7, 0.5), Edge(2, 7, -1.25, frozen=True))
    arrays = EdgeArrays.of(edges)
    assert arrays.source.tolist() == [1, 2]
    assert arrays.target.tolist() == [7, 7]
    assert arrays.weight.tolist() == [0.5, -1.25]
    assert arrays.frozen.tolist() == [False, True]
    with pytest.raises(ValueError, match="read-only"):
        arrays.weight[0] = 1.0


def test_the_same_edges_are_read_once_and_others_anew() -> None:
    edges = (Edge(1, 7, 0.5),)
    first = EdgeArrays.of(edges)
    assert EdgeArrays.of(edges) is first
    assert EdgeArrays.of((Edge(1, 7, 2.0),)).weight.tolist() == [2.0]
    for number in range(10):
        EdgeArrays.of((Edge(1, 7, float(number)),))
    assert EdgeArrays.of(edges).weight.tolist() == [0.5]


@pytest.mark.parametrize("shift", [0, 2**40], ids=["small ids", "large ids"])
def test_places_are_found_by_id(shift: int) -> None:
    network = dense([2, 3, 1])
    neurons = tuple(replace(n, id=n.id + shift) for n in reversed(network.neurons))
    ids = np.array([neurons[4].id, neurons[0].id, 3 * 2**40, neurons[5].id, -5], np.intp)
    assert places_of(ids, neurons).tolist() == [4, 0, -1, 5, -1]


def test_nothing_is_found_without_neurons() -> None:
    assert places_of(np.array([1, 2]), Network().neurons).tolist() == [-1, -1]


def test_a_network_compiled_again_gives_the_same_plan() -> None:
    network = dense([2, 3, 1])
    plan = compile_network(network)
    assert compile_network(network) is plan
    equal = replace(network)
    assert compile_network(equal) is not plan
    assert compile_network(equal).network is equal


@pytest.mark.parametrize(
    "change",
    [
        {"position": (5.0, 6.0)},
        {"name": "other"},
        {"bias": 0.75},
        {"frozen": True},
        {"bias": None},
        {"activation": "relu"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_plan_taken_over_from_a_drawing_before_is_the_one_made_anew(change: dict[str, object]) -> None:
    network = dense([2, 3, 2], draw=lambda fan_in, fan_out: 0.25)
    compile_network(network)
    changed = network.with_neurons([replace(network.neurons[3], **change)])
    quick = compile_network(changed)
    # Equal edges in another tuple have to be laid out anew.
    slow = compile_network(replace(changed, edges=(*changed.edges[:-1], changed.edges[-1])))
    assert quick.network is changed
    for name in ("start", "is_weight", "weight_slots", "bias_slots", "inputs", "outputs", "ones"):
        np.testing.assert_array_equal(getattr(quick, name), getattr(slow, name))
    assert (quick.trainable is None) == (slow.trainable is None)
    if slow.trainable is not None:
        np.testing.assert_array_equal(quick.trainable, slow.trainable)
    assert [(run.rows, run.activation.name) for run in quick.runs] == [
        (run.rows, run.activation.name) for run in slow.runs
    ]


@pytest.mark.parametrize("seed", range(30))
def test_edges_that_were_read_before_are_the_same_when_others_come_and_go(seed: int) -> None:
    random = np.random.default_rng(seed)
    edges = [
        Edge(int(s), int(t), float(w))
        for s, t, w in zip(*random.integers(0, 99, (2, 1500)), random.random(1500), strict=True)
    ]
    EdgeArrays.of(tuple(edges))
    for _ in range(5):
        for place in random.integers(0, len(edges), random.integers(1, 9)).tolist():
            length = int(random.integers(1, 30))
            new = [Edge(1, 7, -0.0, frozen=True) for _ in range(length)]
            edges[place : place + int(random.integers(0, 2)) * length] = new[
                : int(random.integers(0, length))
            ]
        found = EdgeArrays.of(tuple(edges))
        assert found.source.tolist() == [edge.source for edge in edges]
        assert found.target.tolist() == [edge.target for edge in edges]
        assert found.frozen.tolist() == [edge.frozen for edge in edges]
        expected = np.array([edge.weight for edge in edges])
        assert found.weight.tobytes() == expected.tobytes()


def test_edges_are_read_where_nothing_is_as_it_was() -> None:
    EdgeArrays.of(tuple(Edge(1, 7, float(n)) for n in range(3000)))
    assert EdgeArrays.of(tuple(Edge(2, 7, -float(n)) for n in range(3000))).weight.tolist()[-1] == -2999
    EdgeArrays.of(())
    assert EdgeArrays.of(tuple(Edge(3, 7, 1.0) for n in range(3000))).source.tolist() == [3] * 3000


@pytest.mark.parametrize("table", [True, False], ids=["table", "search"])
def test_the_same_edges_are_found_in_another_drawing(table: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not table:
        monkeypatch.setattr("backprop_gui.engine.edge_arrays.LARGEST_PAIR_TABLE", 0)
    network = dense([2, 3, 1])
    fewer = network.without([network.neurons[2].id, (network.neurons[1].id, network.neurons[4].id)])
    here, there = EdgeArrays.of(network.edges), EdgeArrays.of(fewer.edges)
    known = list(fewer.edge_of)
    expected = [known.index(ends) if ends in fewer.edge_of else -1 for ends in network.edge_of]
    assert same_edges(here, there, fewer.neurons).tolist() == expected
    assert same_edges(there, here, network.neurons).tolist() == [
        list(network.edge_of).index(e) for e in known
    ]
    assert same_edges(here, EdgeArrays.of(()), network.neurons).tolist() == [-1] * len(network.edges)


def test_each_parameter_is_found_where_it_is_in_theta() -> None:
    network = dense([5, 4, 3, 2], draw=lambda fan_in, fan_out: 0.25)
    first, last = network.inputs[0].id, network.outputs[0].id
    # One leaps over ranks, so that what a rank reads is a list of rows.
    for changed in (network, network.connect(first, last), network.without([network.neurons[6].id])):
        plan = compile_network(changed)
        assert dict(plan.slot) == dict(zip(plan.keys, plan.slots.tolist(), strict=True))
        assert len(plan.slot) == len(plan.slots)
        assert (last, first) not in plan.slot
        assert network.next_id not in plan.slot
        assert first not in plan.slot
