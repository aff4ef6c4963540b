from __future__ import annotations

from dataclasses import replace

import numpy as np

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.engine.reading import deltas, names
from backprop_gui.network import Kind, dense
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.canvas.asking import content_of, rows_at
from backprop_gui.ui.canvas.views import Lookup, View, drawn_values, input_mask, values_of
from backprop_gui.ui.numbers import format_exact
from tests.ui.canvas_lab import shown
from tests.ui.moments import a_frame, a_network


def test_each_view_shows_the_models_own_numbers() -> None:
    network = a_network(2, 4, 1)
    frame = a_frame(network)
    lookup, inputs = Lookup.of(frame.plan, network), input_mask(network)
    forward, backward, update = (
        values_of(frame, lookup, inputs, view, drawn_values(network))
        for view in (View.FORWARD, View.BACKWARD, View.UPDATE)
    )
    np.testing.assert_array_equal(forward.fill, frame.trace.a[0])
    np.testing.assert_array_equal(backward.fill, frame.trace.delta[0])
    for place, neuron in enumerate(network.neurons):
        is_input = neuron.kind is Kind.INPUT
        assert backward.colored[place] == update.colored[place] == (not is_input)
        assert backward.number[place] == (frame.trace.a if is_input else frame.trace.delta)[0, place]
        if not is_input:
            assert update.fill[place] == frame.update[frame.plan.slot[neuron.id]]
    for place, edge in enumerate(network.edges):
        slot = frame.plan.slot[edge.source, edge.target]
        assert forward.weight[place] == backward.weight[place] == frame.theta[slot]
        assert update.weight[place] == frame.update[slot]


def test_a_neuron_without_bias_has_no_step() -> None:
    network = a_network(2, 4, 1)
    bare = network.neurons[3]
    network = network.with_neurons([replace(bare, bias=None)])
    frame = a_frame(network)
    update = values_of(
        frame, Lookup.of(frame.plan, network), input_mask(network), View.UPDATE, drawn_values(network)
    )
    assert not update.colored[3]
    assert not update.numbered[3]
    assert update.colored[4]


def test_an_older_frame_colours_only_what_both_networks_have() -> None:
    old = a_network(2, 4, 1)
    frame = a_frame(old)
    gone, changed = old.neurons[2].id, old.neurons[3].id
    new = old.without([gone]).with_activation([changed], "relu")
    new = new.connect(new.inputs[0].id, new.outputs[0].id, 9.0)
    values = values_of(frame, Lookup.of(frame.plan, new), input_mask(new), View.FORWARD, drawn_values(new))
    for place, neuron in enumerate(new.neurons):
        assert values.colored[place] == (neuron.id != changed)
        if neuron.id != changed:
            assert values.fill[place] == frame.trace.a[0, frame.plan.column[neuron.id]]
    assert values.known.tolist() == [True] * (len(new.edges) - 1) + [False]
    assert np.isnan(values.weight[-1])


def test_moving_neurons_changes_no_number() -> None:
    network = a_network(2, 4, 1)
    frame = a_frame(network)
    moved = network.with_neurons(replace(n, position=(n.position[1], 7.0)) for n in network.neurons)
    lookup = Lookup.of(frame.plan, moved)
    np.testing.assert_array_equal(lookup.weight_slot, frame.plan.weight_slots)
    np.testing.assert_array_equal(lookup.column, np.arange(7))


def test_before_the_first_frame_there_are_only_starting_weights() -> None:
    network = a_network(2, 4, 1)
    values = drawn_values(network)
    assert not values.colored.any()
    assert not values.numbered.any()
    np.testing.assert_array_equal(values.weight, [e.weight for e in network.edges])


def test_a_number_that_was_typed_takes_the_place_of_what_was_learned_before() -> None:
    network = a_network(2, 3, 1)
    frame = a_frame(network, theta=2 * a_frame(network).theta)
    edge, neuron = network.edges[1], network.neurons[3]
    new = network.with_edges([replace(edge, weight=7.0)]).with_neurons([replace(neuron, bias=3.0)])
    lookup = Lookup.of(frame.plan, new)
    shown = {view: values_of(frame, lookup, input_mask(new), view, drawn_values(new)) for view in View}
    assert shown[View.FORWARD].weight[1] == shown[View.BACKWARD].weight[1] == 7.0
    assert shown[View.FORWARD].weight[0] == frame.theta[frame.plan.weight_slots[0]]
    assert shown[View.FORWARD].known.all()
    assert not shown[View.UPDATE].known[1]
    assert not shown[View.UPDATE].numbered[3]
    assert shown[View.UPDATE].numbered[4]


def test_deltas_are_written_as_a_book_writes_them(canvas: Canvas) -> None:
    network = a_network(2, 3, 1)
    frame = shown(canvas, network)
    hidden = network.members[network.layers[1].id][0].id
    column = frame.plan.column[hidden]
    for conventions in (Conventions(), Conventions(Delta.BY_A), Conventions(Delta.BY_Z, Sign.ERROR)):
        canvas.set_conventions(conventions)
        expected = float(deltas(frame, conventions)[0, column])
        assert canvas.scene.values.fill[canvas.scene.picture.index[hidden]] == expected
        called = names(conventions)
        assert content_of(canvas.scene).title == f"{called.delta} = {called.delta_meaning}, one example"
        rows = dict(rows_at(canvas.scene, hidden))
        assert rows[f"{called.delta} = {called.delta_meaning}"] == format_exact(expected)
        edge = network.edges[0]
        gradient = float(frame.trace.grad[frame.plan.slot[edge.source, edge.target]])
        rows = dict(rows_at(canvas.scene, (edge.source, edge.target)))
        assert rows[f"{called.gradient}, this example"] == format_exact(conventions.factor * gradient)


def test_means_are_not_called_one_example(canvas: Canvas) -> None:
    network = a_network(2, 3, 1)
    frame = shown(canvas, network)
    edge = network.edges[0]
    key, slot = (edge.source, edge.target), frame.plan.slot[edge.source, edge.target]
    for part, short, mean, gradient in (
        (Part.TRAIN, "one example", True, "this example"),
        (Part.BATCH, "batch mean", True, "mean of the batch"),
        (Part.BATCH, "batch mean", False, "sum over the batch"),
        (Part.ALL, "mean of all", True, "mean of all examples"),
    ):
        canvas.show_frame(replace(frame, probe=Probe(part), mean=mean))
        for view, letter in ((View.FORWARD, "a"), (View.BACKWARD, "δ = ∂L/∂z")):
            canvas.set_view(view)
            assert content_of(canvas.scene).title == f"{letter}, {short}"
        rows = dict(rows_at(canvas.scene, key))
        assert rows[f"∂L/∂w, {gradient}"] == format_exact(float(frame.trace.grad[slot]))


def test_a_network_looks_the_same_whatever_was_drawn_before(canvas: Canvas) -> None:
    small = dense([2, 2, 1], draw=lambda fan_in, fan_out: 0.5)
    canvas.sync(None, dense([2, 2, 1], draw=lambda fan_in, fan_out: 1.4))
    canvas.sync(None, small)
    assert canvas.scene.edge_limits.limit_of(0) == 0.5
