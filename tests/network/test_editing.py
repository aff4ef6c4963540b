"""Growing and taking apart: names, places, fragments, and questions that are asked while the mouse moves."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.network import Edge, Kind, Layer, Network, NetworkError, Neuron, dense, fragment
from backprop_gui.network.errors import CycleError, DuplicateEdgeError, DuplicateIdError, EdgeIntoInputError
from backprop_gui.network.layout import (
    ROW_GAP,
    TALLEST,
    column_at,
    free_place,
    made_room,
    with_column_between,
)
from backprop_gui.network.naming import free_layer_name, free_name, new_layer_name, new_names
from backprop_gui.network.reach import Influence, new_pairs, problem_with_connect
from tests.strategies import networks

SMALL = dense([2, 3, 1])
DEEP = dense([1, 2, 2, 1])


def names(network: Network, kind: Kind, layer: int | None = None) -> list[str]:
    return list(islice(new_names(network, kind, layer), 3))


def test_new_neurons_are_named_in_the_style_of_the_others() -> None:
    assert names(Network(), Kind.INPUT) == ["x1", "x2", "x3"]
    assert names(Network(), Kind.HIDDEN) == ["h1", "h2", "h3"]
    assert names(Network(), Kind.OUTPUT) == ["ŷ", "ŷ2", "ŷ3"]
    assert names(SMALL, Kind.HIDDEN) == ["h4", "h5", "h6"]
    assert names(SMALL, Kind.OUTPUT) == ["ŷ2", "ŷ3", "ŷ4"]
    # A name that has become free is given again.
    assert names(SMALL.without([SMALL.members[4][1].id]), Kind.HIDDEN)[0] == "h2"
    second = DEEP.layers[2].id
    assert names(DEEP, Kind.HIDDEN, second) == ["h2.3", "h2.4", "h2.5"]
    assert names(DEEP, Kind.HIDDEN) == ["h3.1", "h3.2", "h3.3"]
    crew = SMALL.with_neurons(
        replace(n, name=f"manager {i}") for i, n in enumerate(SMALL.members[4], start=1)
    )
    assert names(crew, Kind.HIDDEN, 4)[0] == "manager 4"


def test_a_name_that_is_taken_is_counted_on() -> None:
    assert free_name("h2", {"h1"}) == "h2"
    assert free_name("h2", {"h1", "h2"}) == "h3"
    assert free_name("boss", {"boss"}) == "boss 2"
    assert free_name("ŷ", {"ŷ"}) == "ŷ2"
    assert free_layer_name("hidden", {"hidden", "hidden 2"}) == "hidden 3"
    assert new_layer_name(SMALL, Kind.HIDDEN) == "hidden 2"
    assert new_layer_name(Network(), Kind.HIDDEN) == "hidden"


def test_new_neurons_join_their_layer_and_keep_the_order_of_the_others() -> None:
    new = [Neuron(20, 4, Kind.HIDDEN, "h4"), Neuron(22, 21, Kind.OUTPUT, "ŷ2")]
    grown = SMALL.grown(new, [Edge(2, 20, 0.5)], (*SMALL.layers, Layer(21, "more")), 23)
    assert [n.name for n in grown.neurons] == ["x1", "x2", "h1", "h2", "h3", "h4", "ŷ", "ŷ2"]
    assert grown.edges == (*SMALL.edges, Edge(2, 20, 0.5))
    with pytest.raises(DuplicateIdError):
        SMALL.grown([Neuron(2, 4, Kind.HIDDEN, "h4")], next_id=23)
    with pytest.raises(DuplicateEdgeError):
        SMALL.grown(edges=[SMALL.edges[0]])


@given(st.data())
def test_what_is_known_of_a_large_network_is_handed_on_rightly(data: st.DataObject) -> None:
    network = dense([12, 12, 6])
    keys = [*network.neuron_of, *network.edge_of]
    for _ in range(3):
        network = network.without(data.draw(st.sets(st.sampled_from(keys), max_size=2)))
        anew = Network(network.neurons, network.edges, network.layers, network.next_id)
        assert (network.edge_of, network.ranks) == (anew.edge_of, anew.ranks)
        assert (network.incoming, network.outgoing) == (anew.incoming, anew.outgoing)


# ---- questions


@given(networks(), st.data())
def test_connecting_many_is_possible_where_a_network_with_them_is(
    network: Network, data: st.DataObject
) -> None:
    ids = [neuron.id for neuron in network.neurons]
    sides = st.lists(st.sampled_from(ids), min_size=1, max_size=4)
    sources, targets = data.draw(sides), data.draw(sides)
    problem = problem_with_connect(network, sources, targets)
    pairs = new_pairs(network, sources, targets)
    edges = (*network.edges, *(Edge(s, t, 0.0) for s, t in pairs))
    if problem is None:
        assert pairs
        Network(network.neurons, edges, network.layers, network.next_id)
    elif pairs:
        # Only a cycle or an input stands in the way of something new.
        assert isinstance(problem, CycleError | EdgeIntoInputError)
        if not any(network.neuron_of[t].kind is Kind.INPUT for t in targets):
            with pytest.raises(CycleError):
                Network(network.neurons, edges, network.layers, network.next_id)
    assert problem is None or str(problem).endswith(".")


def test_the_whole_of_a_layer_can_be_asked_about() -> None:
    large = dense([300, 300, 10])
    columns = [[n.id for n in large.members[layer.id]] for layer in large.layers]
    assert isinstance(problem_with_connect(large, columns[0], columns[1]), DuplicateEdgeError)
    assert isinstance(problem_with_connect(large, columns[2], columns[1]), CycleError)
    assert isinstance(problem_with_connect(large, columns[1], columns[0]), EdgeIntoInputError)
    assert problem_with_connect(large, columns[0], columns[2]) is None
    without = large.without([(columns[0][7], columns[1][9])])
    assert problem_with_connect(without, columns[0], columns[1]) is None


@given(networks())
def test_a_neuron_has_a_say_if_a_path_of_weights_leads_to_an_answer(network: Network) -> None:
    weights = {ends: edge.weight if edge.weight > 0 else 0.0 for ends, edge in network.edge_of.items()}

    def leads(id: int) -> bool:
        return network.neuron_of[id].kind is Kind.OUTPUT or any(
            weights[e.source, e.target] != 0 and leads(e.target) for e in network.outgoing[id]
        )

    influence = Influence(network, weights.__getitem__)  # type: ignore[arg-type]
    assert {n.id for n in network.neurons if n.id in influence} == {
        n.id for n in network.neurons if leads(n.id)
    }


def test_an_output_that_no_datum_reaches_is_no_answer_yet() -> None:
    loose = SMALL.without([edge for edge in SMALL.edge_of if edge[0] in (2, 3)])
    assert SMALL.neurons[-1].id in Influence(SMALL, lambda key: 1.0)
    assert SMALL.neurons[-1].id not in Influence(loose, lambda key: 1.0)
    assert not Influence(loose, lambda key: 1.0).on_anything


# ---- places and parts


def test_there_is_always_a_free_place() -> None:
    network = SMALL
    for id in range(50, 60):
        place = free_place(network, (220.0, 0.0))
        assert place[0] == 220.0
        near = [n.position[1] for n in network.neurons if n.position[0] == 220.0]
        assert all(abs(place[1] - y) >= ROW_GAP for y in near)
        network = network.grown([Neuron(id, 4, Kind.HIDDEN, "h", position=place)], next_id=id + 1)


def test_a_column_finds_a_free_place_as_a_whole() -> None:
    x, y = free_place(SMALL, (220.0, 10.0), (0.0, 2 * ROW_GAP))
    heights = [n.position[1] for n in SMALL.neurons if n.position[0] == x]
    new = [there for _, there in column_at((x, y), 3)]
    assert min(new) == max(heights) + ROW_GAP
    assert free_place(SMALL, (1000.0, 10.0), (0.0, 2 * ROW_GAP)) == (1000.0, 10.0)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 31])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5])
def test_a_column_makes_room_for_one_more(count: int, share: float) -> None:
    places = column_at((100.0, 0.0), count)
    network = Network(
        tuple(
            Neuron(2 + row, 1, Kind.HIDDEN, f"h{row}", "identity", None, position=place)
            for row, place in enumerate(places)
        ),
        (),
        (Layer(1, "hidden"),),
        100,
    )
    middle = places[count // 2][1]
    y = middle + share * ROW_GAP
    (_, y), moved = made_room(network, (100.0, y))
    now = [moved.get(n.id, n.position)[1] for n in network.neurons]
    assert now == sorted(now)
    every = sorted([*now, y])
    gap = min(ROW_GAP, TALLEST / count)
    assert min(b - a for a, b in pairwise(every)) == pytest.approx(gap)
    assert every[0] == pytest.approx(-every[-1])
    # What is far enough away stays.
    far = (100.0, places[-1][1] + gap)
    assert made_room(network, far) == (far, {})
    beside = (100.0 + ROW_GAP, y)
    assert made_room(network, beside) == (beside, {})


def test_room_for_a_column_is_made_only_where_there_is_none() -> None:
    left, right = SMALL.members[1], SMALL.members[4]
    opened, (x, _) = with_column_between(SMALL, left, right)
    columns = sorted({n.position[0] for n in opened.neurons})
    assert columns == [0.0, 440.0, 660.0]
    assert x == 220.0
    again, (x, _) = with_column_between(opened, opened.members[1], opened.members[4])
    assert again is opened
    assert x == 220.0


def test_a_fragment_is_a_network_of_its_own() -> None:
    x1, h1, h2, y = 2, 5, 6, 9
    part = fragment(SMALL, [x1, h1, (h2, y)])
    assert [n.id for n in part.neurons] == [x1, h1, h2, y]
    # What an edge brings along is not connected to what was selected itself.
    assert list(part.edge_of) == [(x1, h1), (h2, y)]
    assert part.next_id == SMALL.next_id
    with pytest.raises(NetworkError, match="Nothing is selected"):
        fragment(SMALL, [])
    with pytest.raises(NetworkError, match="no edge"):
        fragment(SMALL, [(2, 3)])


def test_columns_of_a_dense_network_follow_each_other() -> None:
    xs = [SMALL.members[layer.id][0].position[0] for layer in SMALL.layers]
    assert all(right - left == 220.0 for left, right in pairwise(xs))
