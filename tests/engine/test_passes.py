"""The passes against a plain-Python evaluation, neuron by neuron, that shares nothing with the plan."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.passes import Passes, trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron, dense
from tests.strategies import networks, random_examples, random_network

C = math.sqrt(2 / math.pi)


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def gelu_slope(z: float) -> float:
    t = math.tanh(C * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * C * (1 + 3 * 0.044715 * z * z)


# f and f' written out once more, one number at a time.
PLAIN: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "identity": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "relu": (lambda z: z if z > 0 else 0.0, lambda z: 1.0 if z > 0 else 0.0),
    "leaky-relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else math.exp(z) - 1, lambda z: 1.0 if z > 0 else math.exp(z)),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "gelu": (lambda z: 0.5 * z * (1 + math.tanh(C * (z + 0.044715 * z**3))), gelu_slope),
    "softplus": (lambda z: math.log(1 + math.exp(z)), sigmoid),
    "sine": (math.sin, math.cos),
}


@dataclass
class Plain:
    """One example, one number at a time, over the half squared error: ids to numbers."""

    z: dict[int, float]
    a: dict[int, float]
    slope: dict[int, float]
    delta: dict[int, float]
    bias_grad: dict[int, float]
    weight_grad: dict[tuple[int, int], float]
    loss: float


def plain(network: Network, x: list[float], t: list[float]) -> Plain:
    z: dict[int, float] = {}
    a: dict[int, float] = {}
    slope: dict[int, float] = {}
    for neuron, value in zip(network.inputs, x, strict=True):
        z[neuron.id] = a[neuron.id] = value
        slope[neuron.id] = 1.0
    waiting = [neuron for neuron in network.neurons if neuron.kind is not Kind.INPUT]
    while waiting:
        neuron = waiting.pop(0)
        if any(edge.source not in a for edge in network.incoming[neuron.id]):
            waiting.append(neuron)
            continue
        z[neuron.id] = (neuron.bias or 0.0) + sum(e.weight * a[e.source] for e in network.incoming[neuron.id])
        function, derivative = PLAIN[neuron.activation]
        a[neuron.id], slope[neuron.id] = function(z[neuron.id]), derivative(z[neuron.id])
    delta: dict[int, float] = {}
    target = {neuron.id: value for neuron, value in zip(network.outputs, t, strict=True)}

    def backward(id: int) -> float:
        if id not in delta:
            total = a[id] - target[id] if id in target else 0.0
            total += sum(edge.weight * backward(edge.target) for edge in network.outgoing[id])
            delta[id] = total * slope[id]
        return delta[id]

    for neuron in network.neurons:
        backward(neuron.id)
    return Plain(
        z,
        a,
        slope,
        delta,
        {n.id: delta[n.id] for n in network.neurons if n.bias is not None},
        {(e.source, e.target): delta[e.target] * a[e.source] for e in network.edges},
        sum((a[n.id] - target[n.id]) ** 2 for n in network.outputs) / 2,
    )


def theta_of(plan: Plan) -> np.ndarray:
    return plan.start.copy()


@given(networks())
@example(random_network(3, density=0.15, hidden=12))
def test_every_number_equals_the_plain_evaluation(network: Network) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 3, 0)
    seen = trace(plan, theta_of(plan), x, t, LOSSES["half-squared"], mean=False)
    grads = np.zeros(plan.size)
    for row in range(len(x)):
        expected = plain(network, x[row].tolist(), t[row].tolist())
        for numbers, ours in (
            (expected.z, seen.z),
            (expected.a, seen.a),
            (expected.slope, seen.slope),
            (expected.delta, seen.delta),
        ):
            for id, value in numbers.items():
                assert ours[row, plan.column[id]] == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert seen.losses[row] == pytest.approx(expected.loss, rel=1e-12)
        for key, value in (expected.bias_grad | expected.weight_grad).items():
            grads[plan.slot[key]] += value
    np.testing.assert_allclose(seen.grad, grads, rtol=1e-9, atol=1e-11)


@given(networks(), st.booleans())
def test_training_buffers_give_the_gradient_that_is_shown_but_of_what_is_frozen(
    network: Network, mean: bool
) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 5, 1)
    theta, grad = theta_of(plan), np.full(plan.size, np.nan)
    passes = Passes(plan, theta, grad, 5, LOSSES["huber"], 1 / 5 if mean else 1.0)
    for _ in range(2):  # the second round finds the buffers used
        passes.x[...], passes.t[...] = x.T, t.T
        for call in passes.forward + passes.backward:
            call()
        seen = trace(plan, theta, x, t, LOSSES["huber"], mean=mean)
        trained = seen.grad if plan.trainable is None else seen.grad * plan.trainable
        np.testing.assert_allclose(grad, trained, rtol=1e-10, atol=1e-13)
        np.testing.assert_array_equal(
            passes.outputs().T, seen.a[:, [plan.column[n.id] for n in network.outputs]]
        )
        theta += 0.01


@given(networks())
def test_training_has_a_gradient_of_exactly_zero_where_nothing_is_drawn_or_all_is_frozen(
    network: Network,
) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 4, 2)
    undrawn = np.setdiff1d(np.arange(plan.size), plan.slots)
    assert not trace(plan, theta_of(plan), x, t, LOSSES["half-squared"]).grad[undrawn].any()
    grad = np.full(plan.size, np.nan)
    passes = Passes(plan, theta_of(plan), grad, 4, LOSSES["half-squared"])
    passes.x[...], passes.t[...] = x.T, t.T
    for call in passes.forward + passes.backward:
        call()
    assert not grad[undrawn].any()
    for neuron in network.neurons:
        if neuron.frozen:
            assert grad[plan.slot[neuron.id]] == 0
    for edge in network.edges:
        if edge.frozen:
            assert grad[plan.slot[edge.source, edge.target]] == 0


def test_a_wide_sparse_rank_gathers_its_sources() -> None:
    # h3 reads x1 and, over a rank of 40 unused neurons, nothing else: the interval would be mostly zeros.
    network = dense([3, 40, 2], draw=lambda fan_in, fan_out: 0.1)
    hidden = [n for n in network.neurons if n.kind is Kind.HIDDEN]
    output = network.outputs[0]
    gone = [(n.id, output.id) for n in hidden[1:]] + [(n.id, network.outputs[1].id) for n in hidden[:-1]]
    network = network.without(gone)
    plan = compile_network(network)
    assert not isinstance(plan.blocks[-1].sources, slice)
    assert plan.blocks[-1].shape == (2, 3)  # the constant and the two neurons that are read
    x, t = random_examples(network, 1, 0)
    seen = trace(plan, theta_of(plan), x, t, LOSSES["half-squared"])
    expected = plain(network, x[0].tolist(), t[0].tolist())
    for id, value in expected.delta.items():
        assert seen.delta[0, plan.column[id]] == pytest.approx(value, abs=1e-14)


def small(*extra: Neuron, edges: tuple[Edge, ...]) -> Network:
    layers = (Layer(1, "input"), Layer(2, "hidden"), Layer(3, "output"))
    neurons = (
        Neuron(10, 1, Kind.INPUT, "x1", "identity", None),
        Neuron(11, 1, Kind.INPUT, "x2", "identity", None),
        *extra,
    )
    return Network(neurons, edges, layers, 100)


def test_an_output_that_feeds_on_gets_both_parts_of_its_delta() -> None:
    # y1 = 2 x1 + x2, y2 = 3 y1; x = (1, 1), t = (1, 4): y1 = 3, y2 = 9.
    # delta2 = 9 - 4 = 5; delta1 = (3 - 1) + 3 * 5 = 17.
    network = small(
        Neuron(20, 3, Kind.OUTPUT, "y1", "identity", None),
        Neuron(21, 3, Kind.OUTPUT, "y2", "identity", None),
        edges=(Edge(10, 20, 2.0), Edge(11, 20, 1.0), Edge(20, 21, 3.0)),
    )
    plan = compile_network(network)
    seen = trace(plan, theta_of(plan), np.ones((1, 2)), np.array([[1.0, 4.0]]), LOSSES["half-squared"])
    assert seen.a[0].tolist() == [1, 1, 3, 9]
    assert seen.delta[0].tolist() == [34, 17, 17, 5]
    assert seen.grad[plan.slot[20, 21]] == 15


def test_a_neuron_that_nothing_reaches_passes_on_its_bias() -> None:
    # h = tanh(0.5), y = 2 h + x1 + x2: a neuron without edges in is f(bias).
    network = small(
        Neuron(15, 2, Kind.HIDDEN, "h", "tanh", 0.5),
        Neuron(20, 3, Kind.OUTPUT, "y", "identity", None),
        edges=(Edge(15, 20, 2.0), Edge(10, 20, 1.0), Edge(11, 20, 1.0)),
    )
    plan = compile_network(network)
    seen = trace(plan, theta_of(plan), np.ones((1, 2)), np.zeros((1, 1)), LOSSES["half-squared"])
    h = math.tanh(0.5)
    assert seen.a[0, plan.column[20]] == pytest.approx(2 + 2 * h, rel=1e-15)
    assert seen.grad[plan.slot[15]] == pytest.approx((2 + 2 * h) * 2 * (1 - h * h), rel=1e-14)


def test_a_neuron_that_leads_nowhere_has_delta_zero_even_above_the_outputs() -> None:
    network = small(
        Neuron(20, 3, Kind.OUTPUT, "y", "identity", 0.0),
        Neuron(30, 2, Kind.HIDDEN, "h", "sigmoid", 0.3),
        edges=(Edge(10, 20, 1.0), Edge(11, 20, 1.0), Edge(20, 30, 1.0)),
    )
    plan = compile_network(network)
    seen = trace(plan, theta_of(plan), np.ones((2, 2)), np.zeros((2, 1)), LOSSES["half-squared"])
    assert seen.delta[:, plan.column[30]].tolist() == [0, 0]
    assert seen.grad[plan.slot[30]] == seen.grad[plan.slot[20, 30]] == 0
    assert seen.delta[:, plan.column[20]].tolist() == [2, 2]


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
def test_slopes_are_shown_even_where_the_loss_does_not_need_them(hidden: str) -> None:
    network = dense([2, 3, 2], activation=hidden, draw=lambda fan_in, fan_out: 0.3)
    plan = compile_network(network)
    x, t = random_examples(network, 2, 0, classes=True)
    seen = trace(plan, theta_of(plan), x, t, LOSSES["binary-cross-entropy"])
    for output in network.outputs:
        a = seen.a[:, plan.column[output.id]]
        np.testing.assert_allclose(seen.slope[:, plan.column[output.id]], a * (1 - a), rtol=1e-14)


def test_runs_of_one_activation_are_computed_together_and_mixed_ranks_are_grouped() -> None:
    network = dense([2, 6, 6, 1], activation="tanh", output_activation="tanh")
    hidden = [n.id for n in network.neurons if n.kind is Kind.HIDDEN]
    assert len(compile_network(network).runs) == 1
    mixed = network.with_activation(hidden[:6:2], "relu")
    # relu comes first in the drawing, then tanh up to the end of the network.
    assert [run.activation.name for run in compile_network(mixed).runs] == ["relu", "tanh"]


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize("loss", list(LOSSES))
def test_precision_is_kept_throughout(precision: type, loss: str) -> None:
    network = random_network(5, inputs=3, hidden=6, outputs=2, output_activation="sigmoid")
    plan = compile_network(network)
    x, t = random_examples(network, 4, 0, classes=True)
    seen = trace(plan, theta_of(plan).astype(precision), x, t, LOSSES[loss])
    for array in (seen.z, seen.a, seen.slope, seen.delta, seen.grad, seen.losses, seen.predictions):
        assert array.dtype == precision
    exact = trace(plan, theta_of(plan), x, t, LOSSES[loss])
    np.testing.assert_allclose(seen.grad, exact.grad, atol=2e-5)


def test_a_trace_cannot_be_written_to() -> None:
    network = random_network(1)
    plan = compile_network(network)
    x, t = random_examples(network, 2, 0)
    seen = trace(plan, theta_of(plan), x, t, LOSSES["half-squared"])
    for array in (
        seen.x,
        seen.t,
        seen.z,
        seen.a,
        seen.slope,
        seen.delta,
        seen.grad,
        seen.losses,
        seen.predictions,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_every_activation_has_a_plain_twin() -> None:
    assert set(PLAIN) == set(ACTIVATIONS)
    for name, (function, derivative) in PLAIN.items():
        z = np.array([-2.5, -0.3, 0.4, 3.0])
        a, slope = np.empty(4), np.empty(4)
        ACTIVATIONS[name].function(z, a)
        ACTIVATIONS[name].derivative(z, a, slope)
        np.testing.assert_allclose(a, [function(v) for v in z], rtol=1e-13)
        np.testing.assert_allclose(slope, [derivative(v) for v in z], rtol=1e-13)


def test_parameters_have_names_and_slots() -> None:
    network = dense([2, 2, 1])
    plan = compile_network(network)
    assert plan.parameter_name(plan.slot[plan.keys[0]]) == f"the bias of {network.neurons[2].name}"
    key = plan.keys[-1]
    assert plan.parameter_name(plan.slot[key]) == f"the weight {network.edge_name(*key)}"
    assert len(set(plan.slots.tolist())) == network.parameter_count == len(plan.keys)


def test_start_holds_what_is_drawn() -> None:
    network = random_network(9, hidden=6)
    plan = compile_network(network)
    for neuron in network.neurons:
        if neuron.bias is not None:
            assert plan.start[plan.slot[neuron.id]] == neuron.bias
    for edge in network.edges:
        assert plan.start[plan.slot[edge.source, edge.target]] == edge.weight
    again = compile_network(replace(network, edges=network.edges[::-1]))
    assert {k: again.start[s] for k, s in again.slot.items()} == {
        k: plan.start[s] for k, s in plan.slot.items()
    }
