"""The gradient flow against a plain computation, number by number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from backprop_gui.engine.branch import Branch
from backprop_gui.engine.flow import LEVELS, Flow, Measure, flow_of
from backprop_gui.engine.flow_record import CAPACITY, FlowRecord
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.network import Kind, Network, dense
from tests.strategies import networks, random_examples

HALF = LOSSES["half-squared"]


def plainly(plan: Plan, theta: np.ndarray, update: np.ndarray, x: np.ndarray, t: np.ndarray) -> dict:
    """Collect every magnitude of every layer in lists, one at a time."""
    network, seen = plan.network, trace(plan, theta, x, t, HALF)
    found: dict[tuple[int, Measure], list[float]] = {}
    for neuron in network.neurons:
        if neuron.kind is Kind.INPUT:
            continue
        deltas = found.setdefault((neuron.layer, Measure.DELTA), [])
        gradients = found.setdefault((neuron.layer, Measure.GRADIENT), [])
        steps = found.setdefault((neuron.layer, Measure.STEP), [])
        deltas += [abs(float(one[plan.column[neuron.id]])) for one in seen.delta]
        if neuron.bias is not None:
            gradients.append(abs(float(seen.grad[plan.slot[neuron.id]])))
        for edge in network.incoming[neuron.id]:
            slot = plan.slot[edge.source, edge.target]
            gradients.append(abs(float(seen.grad[slot])))
            if theta[slot] != 0 and not edge.frozen:
                steps.append(abs(float(update[slot])) / abs(float(theta[slot])))
    return found


@given(networks())
@settings(max_examples=40)
def test_it_is_what_a_plain_computation_gives(network: Network) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 5, 1)
    theta = plan.start.copy()
    theta[plan.weight_slots[:1]] = 0
    update = -0.1 * trace(plan, theta, x, t, HALF).grad
    flow = flow_of(plan, theta, update, x, t, HALF)
    expected = plainly(plan, theta, update, x, t)
    assert {layer.layer for layer in flow.layers} == {layer for layer, _ in expected}
    for (layer, measure), values in expected.items():
        spread = next(one for one in flow.layers if one.layer == layer).spread(measure)
        assert spread.count == len(values)
        there = [value for value in values if value]
        if values:
            assert spread.zeros == pytest.approx(1 - len(there) / len(values))
        if there:
            assert spread.quantiles == pytest.approx(np.quantile(there, LEVELS), rel=1e-12)
        else:
            assert np.isnan(spread.quantiles).all()


def test_layers_stand_in_the_order_of_the_pass_whatever_the_order_of_drawing() -> None:
    network = dense([2, 3, 4, 1], draw=drawer("normal", 1))
    turned = Network(network.neurons, network.edges, network.layers[::-1], network.next_id)
    x, t = random_examples(network, 3, 0)
    plan = compile_network(turned)
    flow = flow_of(plan, plan.start, plan.start, x, t, HALF)
    assert [layer.name for layer in flow.layers] == ["hidden 1", "hidden 2", "output"]
    assert [layer.hidden for layer in flow.layers] == [True, True, False]
    assert [layer.spread(Measure.DELTA).count for layer in flow.layers] == [9, 12, 3]


def sigmoid_chain(weight: float, layers: int) -> Flow:
    # z = 0 in every hidden neuron, so each layer multiplies δ by f'(0) w = w / 4.
    network = dense([1] * (layers + 2), activation="sigmoid", draw=lambda i, o: weight)
    biases = {n.id: -weight / 2 for n in network.neurons if n.bias is not None}
    first = next(n.id for n in network.neurons if n.kind is Kind.HIDDEN)
    network = network.with_parameters({**biases, first: 0.0}, {})
    plan = compile_network(network)
    zero = np.zeros((1, 1))
    return flow_of(plan, plan.start, plan.start, zero, zero + 1, HALF)


def test_shrinkage_is_the_product_of_what_each_layer_takes_away() -> None:
    found = sigmoid_chain(1.0, 4).shrinkage()
    assert found is not None
    first, last, ratio = found
    assert (first.name, last.name) == ("hidden 1", "hidden 4")
    assert ratio == pytest.approx(4.0**3)
    found = sigmoid_chain(8.0, 3).shrinkage()
    assert found is not None
    assert found[2] == pytest.approx(0.5**2)
    assert sigmoid_chain(1.0, 1).shrinkage() is None


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    network = dense([1, 2, 1], activation="identity", output_activation="identity", draw=lambda i, o: 1.0)
    plan = compile_network(network)
    theta = plan.start.copy()
    theta[plan.weight_slots[0]] = np.inf
    one = np.ones((1, 1))
    hidden, output = flow_of(plan, theta, np.zeros(plan.size), one, one, HALF).layers
    assert output.spread(Measure.DELTA).broken == 1
    assert np.isnan(output.spread(Measure.DELTA).median)
    assert hidden.spread(Measure.STEP).broken == 0
    assert hidden.spread(Measure.STEP).zeros == 1


def flow_like(value: float, layers: int = 2) -> Flow:
    network = dense([1] * (layers + 1), activation="identity", draw=lambda i, o: 1.0)
    plan = compile_network(network)
    one = np.ones((1, 1))
    return flow_of(plan, plan.start, value * np.ones(plan.size), one, one, HALF)


def test_the_record_is_bounded_and_keeps_beginning_and_end() -> None:
    record = FlowRecord()
    for epoch in range(3 * CAPACITY):
        record.add(epoch, flow_like(epoch + 1.0))
        assert len(record) <= CAPACITY
    epochs, levels = record.series(Measure.STEP)
    assert (epochs[0], epochs[-1]) == (0, 3 * CAPACITY - 1)
    assert np.array_equal(levels, np.broadcast_to((epochs + 1)[:, None, None], (len(epochs), 2, 3)))
    assert (np.diff(epochs) > 0).all()


def test_the_record_takes_a_moment_of_the_past_and_forgets_a_future_that_is_no_more() -> None:
    record = FlowRecord()
    for epoch, value in ((0, 1.0), (4, 5.0), (2, 3.0), (4, 6.0)):
        record.add(epoch, flow_like(value))
    epochs, levels = record.series(Measure.STEP)
    assert epochs.tolist() == [0, 2, 4]
    assert levels[:, 0, 1].tolist() == [1, 3, 6]
    record.follow(Branch(), 2)
    assert record.series(Measure.STEP)[0].tolist() == [0, 2]
    record.add(3, flow_like(1.0, layers=3))
    assert record.series(Measure.DELTA)[1].shape == (1, 3, 3)


def test_the_record_keeps_what_is_common_with_another_way_of_training() -> None:
    first = Branch()
    second = Branch(first, 10.0)
    third = Branch(Branch(second, 4.0), 12.0)

    def kept(branch: Branch, epoch: float) -> list[float]:
        record = FlowRecord()
        record.follow(first, 20.0)
        for at in (0, 4, 8, 12):
            record.add(at, flow_like(1.0))
        record.follow(branch, epoch)
        return record.series(Measure.STEP)[0].tolist()

    assert kept(first, 20.0) == [0, 4, 8, 12]
    assert kept(first, 9.0) == [0, 4, 8]
    assert kept(second, 20.0) == [0, 4, 8]
    assert kept(third, 20.0) == [0, 4]
    assert kept(Branch(), 20.0) == []


def test_the_record_keeps_the_middle_of_each_spread() -> None:
    network = dense([2, 5, 4, 1], draw=drawer("normal", 1))
    plan = compile_network(network)
    x, t = random_examples(network, 9, 0)
    flow = flow_of(plan, plan.start, plan.start, x, t, HALF)
    record = FlowRecord()
    record.add(1.5, flow)
    for measure in Measure:
        _, levels = record.series(measure)
        assert levels[0].tolist() == [list(layer.spread(measure).quantiles[1:4]) for layer in flow.layers]
