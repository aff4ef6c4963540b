"""Shapes: reading them, drawing them, and changing them without losing what is there."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.network import Kind, Layer, Network, check_trainable, dense, parse_shape, reshaped
from backprop_gui.network.errors import ShapeError
from backprop_gui.network.templates import LARGEST_LAYER, MOST_LAYERS
from tests.strategies import networks

shapes = st.lists(st.integers(1, 5), min_size=2, max_size=6)


def draw(fan_in: int, fan_out: int) -> float:
    return 0.125


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("2-4-1", [2, 4, 1]),
        (" 2 - 4 - 1 ", [2, 4, 1]),
        ("2,4,1", [2, 4, 1]),
        ("2x8x8x1", [2, 8, 8, 1]),
        ("2 1", [2, 1]),
        ("2–4—1", [2, 4, 1]),
        ("2×3;1", [2, 3, 1]),
        ("4096-1", [4096, 1]),
    ],
)
def test_shapes_are_read(text: str, sizes: list[int]) -> None:
    assert parse_shape(text) == sizes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "-",
        "2-a-1",
        "2-0-1",
        "2-4.5-1",
        "2-4097",
        "2-" + "9" * 5000,
        "2-¼",
        "2-٣",
        "-".join(["1"] * (MOST_LAYERS + 1)),
    ],
)
def test_other_shapes_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ShapeError) as caught:
        parse_shape(text)
    assert str(caught.value).endswith(".")


def test_too_many_edges_are_refused() -> None:
    with pytest.raises(ShapeError, match="2,000,000"):
        dense([LARGEST_LAYER, LARGEST_LAYER])


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        sizes = parse_shape(text)
    except ShapeError:
        return
    assert len(sizes) >= 2
    assert all(1 <= size <= LARGEST_LAYER for size in sizes)


@given(shapes, st.booleans())
def test_dense_connects_each_layer_to_the_next(sizes: list[int], bias: bool) -> None:
    network = dense(sizes, draw=draw, bias=bias)
    check_trainable(network)
    assert network.shape == "-".join(map(str, sizes))
    assert len(network.inputs) == sizes[0]
    assert len(network.outputs) == sizes[-1]
    expected = {
        (a.id, b.id)
        for left, right in pairwise(network.layers)
        for a in network.members[left.id]
        for b in network.members[right.id]
    }
    assert set(network.edge_of) == expected
    assert all(edge.weight == 0.125 for edge in network.edges)
    assert all((n.bias == 0.0) is (bias and n.kind is not Kind.INPUT) for n in network.neurons)
    names = [n.name for n in network.neurons]
    assert len(set(names)) == len(names)


def test_dense_names() -> None:
    assert [n.name for n in dense([2, 2, 1]).neurons] == ["x1", "x2", "h1", "h2", "ŷ"]
    assert [n.name for n in dense([1, 1, 1, 2]).neurons] == ["x", "h1.1", "h2.1", "ŷ1", "ŷ2"]
    assert [layer.name for layer in dense([1, 1, 1]).layers] == ["input", "hidden", "output"]
    assert [layer.name for layer in dense([1, 1, 1, 1]).layers] == ["input", "hidden 1", "hidden 2", "output"]


def test_dense_activations_and_fans() -> None:
    asked: set[tuple[int, int]] = set()
    network = dense(
        [2, 3, 4], activation="relu", output_activation="identity", draw=lambda i, o: asked.add((i, o)) or 0.0
    )
    assert asked == {(2, 3), (3, 4)}
    assert {(n.kind, n.activation) for n in network.neurons} == {
        (Kind.INPUT, "identity"),
        (Kind.HIDDEN, "relu"),
        (Kind.OUTPUT, "identity"),
    }


def test_columns_stand_beside_each_other_and_do_not_overlap() -> None:
    network = dense([3, 100, 2])
    for layer in network.layers:
        places = [n.position for n in network.members[layer.id]]
        assert len({x for x, _ in places}) == 1
        assert len({y for _, y in places}) == len(places)
        assert sum(y for _, y in places) == pytest.approx(0, abs=1e-6)
    left = [network.members[layer.id][0].position[0] for layer in network.layers]
    assert left == sorted(set(left))


# ---- reshaping


def marked(network: Network) -> Network:
    """Give every parameter its own value, as training or a person would."""
    return network.with_parameters(
        {n.id: n.id / 100 for n in network.neurons if n.bias is not None},
        {(e.source, e.target): e.source + e.target / 1000 for e in network.edges},
    )


@given(shapes, st.lists(shapes, min_size=1, max_size=4))
@settings(max_examples=60)
def test_any_sequence_of_reshapes(first: list[int], then: list[list[int]]) -> None:
    network = marked(dense(first, draw=draw))
    for sizes in then:
        before, text = network, repr(network)
        network = reshaped(network, sizes, draw)
        assert repr(before) == text
        assert network.shape == "-".join(map(str, sizes))
        check_trainable(network)
        assert [n.kind for n in network.inputs + network.outputs] == [Kind.INPUT] * sizes[0] + [
            Kind.OUTPUT
        ] * sizes[-1]
        # Whatever kept its id kept everything else but its place and, if nobody named it, its name.
        for neuron in network.neurons:
            old = before.neuron_of.get(neuron.id)
            if old is None:
                assert neuron.id >= before.next_id
            else:
                assert (neuron.kind, neuron.activation, neuron.bias) == (old.kind, old.activation, old.bias)
        for key, edge in network.edge_of.items():
            if key in before.edge_of:
                assert edge == before.edge_of[key]
            else:
                assert edge.weight == 0.125
        # From dense to dense: names and layer names are those of a fresh network of this shape.
        fresh = dense(sizes)
        assert len(network.edges) >= len(fresh.edges)
        assert [n.name for n in network.neurons] == [n.name for n in fresh.neurons]
        assert [layer.name for layer in network.layers] == [layer.name for layer in fresh.layers]
        assert [n.position for n in network.neurons] == [n.position for n in fresh.neurons]
        kept = sum(min(a, b) for a, b in zip(_matched(before, sizes), sizes, strict=True))
        assert len({n.id for n in network.neurons} & {n.id for n in before.neurons}) == kept


def _matched(network: Network, sizes: list[int]) -> list[int]:
    """The sizes of the old layers that those of ``sizes`` continue, 0 for a new one."""
    old = [len(network.members[layer.id]) for layer in network.layers]
    hidden = old[1:-1][: len(sizes) - 2]
    return [old[0], *hidden, *[0] * (len(sizes) - 2 - len(hidden)), old[-1]]


@given(networks(), shapes)
@settings(max_examples=40)
def test_any_graph_can_be_reshaped(network: Network, sizes: list[int]) -> None:
    other = reshaped(network, sizes, draw)
    assert other.shape == "-".join(map(str, sizes))
    assert len(other.inputs) == sizes[0]
    assert len(other.outputs) == sizes[-1]
    assert other.next_id >= network.next_id


@given(networks(), st.integers(0, 2**16), shapes)
@settings(max_examples=40)
def test_the_rest_of_a_graph_can_be_reshaped(network: Network, seed: int, sizes: list[int]) -> None:
    # Whatever is left after removing most of it, down to nothing, in any order of its layers.
    gone = [n.id for i, n in enumerate(network.neurons) if seed >> i & 1]
    rest = network.without(gone)
    rest = replace(rest, layers=rest.layers[::-1] if seed & 1 else rest.layers)
    other = reshaped(rest, sizes, draw)
    assert other.shape == "-".join(map(str, sizes))
    assert [n.kind for n in other.inputs] == [Kind.INPUT] * sizes[0]
    assert len(other.outputs) == sizes[-1]
    # An id is never given to something else.
    for neuron in other.neurons:
        if neuron.id < rest.next_id:
            assert rest.neuron_of[neuron.id].kind is neuron.kind


def test_a_layer_that_mixes_kinds_is_matched_with_none() -> None:
    network = dense([2, 2, 1])
    hidden, output = network.layers[1], network.outputs[0]
    mixed = network.with_neurons([replace(output, layer=hidden.id)])
    other = reshaped(mixed, [2, 2, 1], draw)
    assert other.shape == "2-2-1"
    assert {n.id for n in other.neurons} & set(mixed.neuron_of) == {n.id for n in network.inputs}


def test_an_empty_layer_is_no_layer() -> None:
    network = dense([2, 2, 1])
    network = replace(network, layers=(Layer(50, "empty"), *network.layers), next_id=51)
    assert reshaped(network, [2, 3, 1], draw).shape == "2-3-1"


def test_a_network_without_biases_gets_none() -> None:
    larger = reshaped(dense([1, 1, 1], bias=False), [1, 2, 2, 2], draw)
    assert {n.bias for n in larger.neurons} == {None}


def test_the_same_shape_is_the_same_network() -> None:
    network = marked(dense([2, 3, 1]))
    same = reshaped(network, [2, 3, 1], draw)
    assert (same.neurons, same.edges, same.layers) == (network.neurons, network.edges, network.layers)


def test_one_more_neuron_connects_to_its_neighbours_and_looks_like_them() -> None:
    network = marked(dense([2, 2, 1], activation="relu"))
    larger = reshaped(network, [2, 3, 1], draw)
    [new] = [n for n in larger.neurons if n.id not in network.neuron_of]
    assert (new.name, new.activation, new.kind, new.bias) == ("h3", "relu", Kind.HIDDEN, 0.0)
    assert set(larger.edge_of) - set(network.edge_of) == {
        (larger.inputs[0].id, new.id),
        (larger.inputs[1].id, new.id),
        (new.id, larger.outputs[0].id),
    }


def test_a_removed_edge_stays_removed() -> None:
    network = dense([2, 2, 1])
    gone = (network.inputs[0].id, network.neurons[2].id)
    larger = reshaped(network.without([gone]), [2, 3, 1], draw)
    assert gone not in larger.edge_of


def test_a_skip_connection_stays() -> None:
    network = dense([2, 2, 1])
    skip = (network.inputs[1].id, network.outputs[0].id)
    network = network.connect(*skip, 0.75)
    assert reshaped(network, [2, 5, 1], draw).edge_of[skip].weight == 0.75
    assert skip in reshaped(network, [3, 2, 2, 1], draw).edge_of


def test_an_edge_back_to_an_earlier_layer_goes_only_if_it_closes_a_cycle() -> None:
    # The first hidden neuron is fed by the second layer; x and the second layer skip around it.
    network = dense([1, 1, 1, 1])
    x, first, second, y = (n.id for n in network.neurons)
    turned = network.without([(first, second)]).connect(second, first).connect(x, second).connect(first, y)
    assert reshaped(turned, [1, 1, 1, 1], draw).edges == turned.edges
    # One more in the first layer connects to the second layer, but closes nothing.
    assert (second, first) in reshaped(turned, [1, 2, 1, 1], draw).edge_of
    # Without the second layer, first and y are neighbours again; with a new last layer nothing leads back.
    assert reshaped(turned, [1, 1, 1], draw).shape == "1-1-1"
    # Two outputs, of which one feeds the hidden layer: connecting the hidden layer anew would close a cycle.
    two = dense([1, 2, 2])
    hidden, outputs = [n.id for n in two.members[two.layers[1].id]], [n.id for n in two.outputs]
    back = two.without([(hidden[1], outputs[0]), (hidden[1], outputs[1])]).connect(outputs[0], hidden[1])
    deeper = reshaped(back, [1, 2, 1, 2], draw)
    assert (outputs[0], hidden[1]) not in deeper.edge_of
    check_trainable(deeper)


def test_names_given_by_people_stay() -> None:
    network = dense([2, 2, 1])
    names = zip(network.inputs, ["width", "height"], strict=True)
    larger = reshaped(network.with_neurons([replace(n, name=name) for n, name in names]), [3, 2, 1], draw)
    assert [n.name for n in larger.inputs] == ["width", "height", "x3"]


def test_a_new_layer_takes_over_the_activation_of_the_last() -> None:
    network = dense([2, 3, 1], activation="relu")
    deeper = reshaped(network, [2, 3, 2, 1], draw)
    assert {n.activation for n in deeper.neurons if n.kind is Kind.HIDDEN} == {"relu"}
    # The last hidden layer is no longer beside the output: only through the new one.
    assert len(deeper.edges) == 6 + 6 + 2


@pytest.mark.parametrize(
    "steps", [[[2, 4, 4, 1]], [[2, 8, 6, 1]], [[2, 5, 1], [2, 5, 5, 1], [2, 5, 5, 5, 1]]]
)
def test_more_layers_are_as_plain_as_if_drawn_at_once(steps: list[list[int]]) -> None:
    network = dense([2, 4, 1])
    for sizes in steps:
        network = reshaped(network, sizes, lambda fan_in, fan_out: 1.0)
    assert len(network.edges) == len(dense(steps[-1]).edges)
    assert network.parameter_count == dense(steps[-1]).parameter_count


def test_a_skip_connection_goes_on_skipping_when_a_layer_is_put_between() -> None:
    network = dense([2, 3, 1])
    skip = (network.inputs[0].id, network.outputs[0].id)
    changed = reshaped(network.connect(*skip, 0.25), [2, 3, 3, 1], lambda fan_in, fan_out: 1.0)
    assert changed.edge_of[skip].weight == 0.25
    assert len(changed.edges) == len(dense([2, 3, 3, 1]).edges) + 1
