"""The drawing: always an acyclic graph, edited by pure functions, refused with a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backprop_gui.errors import UserError
from backprop_gui.network import Edge, Kind, Layer, Network, NetworkError, Neuron, check_trainable, dense
from backprop_gui.network.errors import (
    CycleError,
    DuplicateEdgeError,
    DuplicateIdError,
    EdgeIntoInputError,
    InvalidNeuronError,
    MissingInputError,
    MissingOutputError,
    NotFiniteError,
    SelfEdgeError,
    UnknownNeuronError,
    UnreachableInputError,
    UnreachableOutputError,
)
from tests.strategies import networks, random_network

LAYERS = (Layer(1, "input"), Layer(2, "hidden"), Layer(3, "output"))
X = Neuron(10, 1, Kind.INPUT, "x", "identity", None)
H = Neuron(20, 2, Kind.HIDDEN, "h")
G = Neuron(21, 2, Kind.HIDDEN, "g")
Y = Neuron(30, 3, Kind.OUTPUT, "y")


def drawn(
    *neurons: Neuron, edges: tuple[Edge, ...] = (), layers: tuple[Layer, ...] = LAYERS, next_id: int = 99
) -> Network:
    return Network(neurons or (X, H, G, Y), edges, layers, next_id)


WHOLE = drawn(edges=(Edge(10, 20, 0.5), Edge(20, 21, 0.5), Edge(21, 30, 0.5)))


def is_sentence(error: UserError) -> bool:
    text = str(error)
    return bool(re.match(r"\S.*\.$", text)) and len(text) > 20 and "Error" not in text


# ---- what cannot be drawn

ILLEGAL: list[tuple[type[NetworkError], str, Callable[[], object]]] = [
    (CycleError, "h", lambda: drawn(edges=(Edge(20, 21, 1), Edge(21, 20, 1)))),
    (CycleError, "already leads to", lambda: WHOLE.connect(21, 20)),
    (CycleError, "already leads to", lambda: WHOLE.connect(30, 20)),
    (DuplicateEdgeError, "x → h", lambda: drawn(edges=(Edge(10, 20, 1), Edge(10, 20, 2)))),
    (DuplicateEdgeError, "x and h", lambda: WHOLE.connect(10, 20)),
    (SelfEdgeError, "h", lambda: drawn(edges=(Edge(20, 20, 1),))),
    (SelfEdgeError, "itself", lambda: WHOLE.connect(20, 20)),
    (EdgeIntoInputError, "h → x", lambda: drawn(edges=(Edge(20, 10, 1),))),
    (EdgeIntoInputError, "it is an input", lambda: WHOLE.connect(20, 10)),
    (DuplicateIdError, "20", lambda: drawn(X, H, replace(G, id=20), Y)),
    (DuplicateIdError, "layers", lambda: drawn(layers=(*LAYERS, Layer(3, "another")))),
    (DuplicateIdError, "next id", lambda: drawn(next_id=30)),
    (UnknownNeuronError, "77", lambda: drawn(edges=(Edge(10, 77, 1),))),
    (UnknownNeuronError, "77", lambda: drawn(edges=(Edge(77, 30, 1),))),
    (UnknownNeuronError, "77", lambda: WHOLE.connect(10, 77)),
    (UnknownNeuronError, "77", lambda: WHOLE.with_activation([77], "relu")),
    (UnknownNeuronError, "77", lambda: WHOLE.with_neurons([replace(H, id=77)])),
    (UnknownNeuronError, "layer 8", lambda: drawn(X, replace(H, layer=8))),
    (InvalidNeuronError, "x", lambda: drawn(replace(X, bias=0.0))),
    (InvalidNeuronError, "x", lambda: drawn(replace(X, activation="tanh"))),
    (InvalidNeuronError, "x", lambda: WHOLE.with_activation([10], "tanh")),
    (InvalidNeuronError, "x", lambda: WHOLE.with_parameters({10: 1.0}, {})),
    (NotFiniteError, "bias of h", lambda: drawn(X, replace(H, bias=math.nan))),
    (NotFiniteError, "x → h", lambda: drawn(edges=(Edge(10, 20, math.inf),))),
    (NotFiniteError, "position of h", lambda: drawn(X, replace(H, position=(0.0, math.nan)))),
    (NotFiniteError, "x → h", lambda: WHOLE.with_parameters({}, {(10, 20): math.inf})),
    (NotFiniteError, "h → y", lambda: WHOLE.connect(20, 30, math.nan)),
]


@pytest.mark.parametrize(
    ("kind", "names", "act"), ILLEGAL, ids=[f"{i}-{c[0].__name__}" for i, c in enumerate(ILLEGAL)]
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(
    kind: type[NetworkError], names: str, act: Callable[[], object]
) -> None:
    before = repr(WHOLE)
    with pytest.raises(kind) as caught:
        act()
    assert type(caught.value) is kind
    assert is_sentence(caught.value), str(caught.value)
    assert names in str(caught.value)
    assert repr(WHOLE) == before


def test_a_cycle_is_told_along_its_arrows() -> None:
    with pytest.raises(CycleError, match=re.escape("(h → g → h)") + "|" + re.escape("(g → h → g)")):
        drawn(edges=(Edge(20, 21, 1), Edge(21, 20, 1)))
    three = (Edge(20, 21, 1), Edge(21, 30, 1), Edge(30, 20, 1))
    with pytest.raises(CycleError) as caught:
        drawn(edges=three)
    told = re.search(r"\((.*)\)", str(caught.value))
    assert told is not None
    names = told.group(1).split(" → ")
    arrows = {("h", "g"), ("g", "y"), ("y", "h")}
    assert set(pairwise(names)) == arrows


@pytest.mark.parametrize(
    ("kind", "name", "network"),
    [
        (MissingInputError, "no input", Network()),
        (MissingInputError, "no input", drawn(H, Y)),
        (MissingOutputError, "no output", drawn(X, H)),
        (UnreachableOutputError, "output y", drawn(X, Y)),
        (UnreachableOutputError, "output y", drawn(edges=(Edge(10, 20, 1),))),
        (
            UnreachableInputError,
            "input x2",
            drawn(X, replace(X, id=11, name="x2"), Y, edges=(Edge(10, 30, 1),)),
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(
    kind: type[NetworkError], name: str, network: Network
) -> None:
    with pytest.raises(kind, match=name) as caught:
        check_trainable(network)
    assert is_sentence(caught.value)


def test_what_can_be_trained() -> None:
    check_trainable(WHOLE)
    # Hidden neurons may lead nowhere or come from nowhere.
    check_trainable(drawn(edges=(Edge(10, 30, 1), Edge(20, 30, 1), Edge(10, 21, 1))))


# ---- ranks and questions


@given(networks())
def test_ranks_are_the_longest_paths(network: Network) -> None:
    def longest(id: int) -> int:
        lowest = 0 if network.neuron_of[id].kind is Kind.INPUT else 1
        return max((longest(edge.source) + 1 for edge in network.incoming[id]), default=lowest)

    assert network.ranks == {neuron.id: longest(neuron.id) for neuron in network.neurons}


@given(networks(), st.data())
def test_asking_before_drawing_gives_the_same_answer_as_drawing(
    network: Network, data: st.DataObject
) -> None:
    ids = [neuron.id for neuron in network.neurons]
    source, target = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    problem = network.problem_with_edge(source, target)
    if problem is None:
        larger = network.connect(source, target, 0.25)
        assert larger.edge_of[source, target] == Edge(source, target, 0.25)
        assert larger.without([(source, target)]) == network
        # What connect allows, the full check of a new network allows too.
        Network(larger.neurons, larger.edges, larger.layers, larger.next_id)
    else:
        with pytest.raises(type(problem)):
            network.connect(source, target)
        with pytest.raises(type(problem)):
            Network(
                network.neurons, (*network.edges, Edge(source, target, 0.0)), network.layers, network.next_id
            )


def test_names_and_counts() -> None:
    assert WHOLE.edge_name(10, 20) == "x → h"
    assert WHOLE.parameter_count == 3 + 3
    assert WHOLE.shape == "1-2-1"
    assert WHOLE.members[2] == (H, G)
    assert [e.target for e in WHOLE.outgoing[20]] == [21]
    assert [e.source for e in WHOLE.incoming[20]] == [10]
    assert WHOLE.inputs == (X,)
    assert WHOLE.outputs == (Y,)


# ---- edits


def test_removing_a_neuron_takes_its_edges_and_an_empty_layer() -> None:
    smaller = WHOLE.without([20, 21])
    assert smaller.neurons == (X, Y)
    assert smaller.edges == ()
    assert smaller.layers == (LAYERS[0], LAYERS[2])
    assert smaller.next_id == WHOLE.next_id
    assert WHOLE.without([(10, 20)]).edges == WHOLE.edges[1:]
    assert WHOLE.without([]) == WHOLE


def test_redrawing_leaves_frozen_parameters_alone() -> None:
    network = drawn(
        X,
        replace(H, bias=3.0, frozen=True),
        replace(Y, bias=4.0),
        edges=(Edge(10, 20, 1, True), Edge(20, 30, 1)),
    )
    again = network.redrawn(lambda fan_in, fan_out: 10.0 * fan_in + fan_out, bias=0.5)
    assert [n.bias for n in again.neurons] == [None, 3.0, 0.5]
    assert [e.weight for e in again.edges] == [1, 11.0]


def test_fans_are_those_of_the_graph() -> None:
    asked: list[tuple[int, int]] = []

    def draw(fan_in: int, fan_out: int) -> float:
        asked.append((fan_in, fan_out))
        return 0.0

    WHOLE.connect(10, 30).redrawn(draw)
    # x feeds h and y; y is fed by g and x.
    assert asked == [(1, 2), (1, 1), (2, 1), (2, 2)]


@given(networks())
def test_a_network_is_a_value(network: Network) -> None:
    twin = Network(network.neurons, network.edges, network.layers, network.next_id)
    assert twin == network
    assert hash(twin) == hash(network)
    with pytest.raises(AttributeError):
        network.edges = ()  # type: ignore[misc]


class Edits(RuleBasedStateMachine):
    """Any sequence of edits: old values stay as they were, ids are never given out twice, all stays acyclic."""

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        self.network = random_network(seed)
        self.past = [(self.network, repr(self.network))]
        self.removed: set[int] = set()

    def become(self, network: Network) -> None:
        self.removed |= {n.id for n in self.network.neurons} - {n.id for n in network.neurons}
        assert network.next_id >= self.network.next_id
        self.network = network
        self.past.append((network, repr(network)))

    @rule(data=st.data(), weight=st.floats(-2, 2))
    def connect(self, data: st.DataObject, weight: float) -> None:
        ids = [n.id for n in self.network.neurons]
        if not ids:
            return
        source, target = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        problem = self.network.problem_with_edge(source, target)
        if problem is None:
            self.become(self.network.connect(source, target, weight))
        else:
            assert is_sentence(problem)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        things = [n.id for n in self.network.neurons] + list(self.network.edge_of)
        if things:
            self.become(self.network.without(data.draw(st.sets(st.sampled_from(things), max_size=2))))

    @rule(data=st.data(), name=st.sampled_from(["relu", "tanh"]))
    def activate(self, data: st.DataObject, name: str) -> None:
        ids = [n.id for n in self.network.neurons if n.kind is not Kind.INPUT]
        if ids:
            self.become(self.network.with_activation(data.draw(st.sets(st.sampled_from(ids))), name))

    @rule(value=st.floats(-1, 1))
    def redraw(self, value: float) -> None:
        self.become(self.network.redrawn(lambda fan_in, fan_out: value, bias=value))

    @invariant()
    def acyclic_and_unchanged(self) -> None:
        ranks = self.network.ranks
        assert all(ranks[edge.source] < ranks[edge.target] for edge in self.network.edges)
        assert not self.removed & {n.id for n in self.network.neurons}
        for network, text in self.past[-3:]:
            assert repr(network) == text


Edits.TestCase.settings = settings(max_examples=20, stateful_step_count=15)
TestEdits = Edits.TestCase


def test_a_large_network_is_checked_in_reasonable_work() -> None:
    # 100 000 edges: the checks must be linear, or this would take minutes.
    network = dense([300, 300, 40])
    assert len(network.edges) == 102_000
    assert network.without([network.neurons[0].id]).parameter_count == network.parameter_count - 300
