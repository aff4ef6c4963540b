"""One derivative by hand: the losses are the network's own, the slope is the derivative, and a kink is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine import LOSSES
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.nudge import POINTS, STEPS, nudge
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import Network, dense
from tests.strategies import SMOOTH, networks, random_examples

HALF = LOSSES["half-squared"]


def one_neuron() -> Network:
    """Return the sigmoid neuron of the book: w = (.4, .3), b = .1, so that x = (.5, -1) gives z = 0."""
    network = dense([2, 1], output_activation="sigmoid", draw=lambda fan_in, fan_out: 0.4)
    [output] = network.outputs
    second = network.inputs[1].id
    return network.with_parameters({output.id: 0.1}, {(second, output.id): 0.3})


def test_the_neuron_of_the_book() -> None:
    # z = 0, y = .5, delta = (.5 - 1) * .25 = -.125; dL/dw1 = -.125 * .5 = -.0625, dL/db = -.125.
    network = one_neuron()
    plan = compile_network(network)
    x, t = np.array([[0.5, -1.0]]), np.array([[1.0]])
    seen = trace(plan, plan.start, x, t, HALF)
    first, [output] = network.inputs[0].id, network.outputs
    found = nudge(plan, plan.start, seen, HALF, (first, output.id), 1e-3)
    assert (found.value, found.here, *found.delta, *found.source) == (0.4, 0.125, -0.125, 0.5)
    assert found.product == -0.0625

    def loss(z: float) -> float:
        return float(0.5 * (1 / (1 + np.exp(-z)) - 1) ** 2)

    # w ± .001 changes z by ± .0005.
    assert found.above == pytest.approx(loss(0.0005), rel=1e-15)
    assert found.below == pytest.approx(loss(-0.0005), rel=1e-15)
    assert found.slope == pytest.approx((found.above - found.below) / 0.002, rel=1e-12)
    assert found.error < 1e-6
    assert not found.kink
    bias = nudge(plan, plan.start, seen, HALF, output.id)
    assert (bias.value, *bias.source, bias.product) == (0.1, 1.0, -0.125)
    assert bias.slope == pytest.approx(-0.125, rel=1e-8)


def test_the_picture_is_of_the_network_itself() -> None:
    network = dense([2, 3, 1], activation="tanh", draw=drawer("normal", 3))
    plan = compile_network(network)
    x, t = random_examples(network, 1, 0)
    seen = trace(plan, plan.start, x, t, HALF)
    key = (network.edges[0].source, network.edges[0].target)
    found = nudge(plan, plan.start, seen, HALF, key, 0.1)
    assert len(found.at) == len(found.losses) == POINTS
    assert found.at[[0, -1]] == pytest.approx([found.value - 0.2, found.value + 0.2])
    for value, loss in zip(found.at, found.losses, strict=True):
        theta = plan.start.copy()
        theta[plan.slot[key]] = value
        assert loss == pytest.approx(trace(plan, theta, x, t, HALF).losses[0], rel=1e-12, abs=1e-15)


@given(networks(activations=SMOOTH), st.integers(0, 2**16))
def test_the_slope_is_the_derivative_of_every_parameter(network: Network, seed: int) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 1, seed)
    seen = trace(plan, plan.start, x, t, HALF)
    size = np.abs(seen.grad).max() + float(seen.losses[0])
    for key in plan.keys:
        found = nudge(plan, plan.start, seen, HALF, key)
        assert found.product == pytest.approx(seen.grad[plan.slot[key]], rel=1e-12, abs=1e-14 * size)
        assert found.slope == pytest.approx(found.product, rel=1e-6, abs=1e-7 * size)
        assert not found.kink


@pytest.mark.parametrize(("activation", "kinked"), [("relu", True), ("leaky-relu", True), ("elu", False)])
@pytest.mark.parametrize("step", STEPS[1:6])
def test_a_kink_between_the_points_is_named(activation: str, kinked: bool, step: float) -> None:
    # z = w x + b = 1 * 1 - 1 = 0 exactly: ReLU's slope jumps there, that of ELU does not.
    network = dense([1, 1, 1], activation=activation, draw=lambda fan_in, fan_out: 1.0)
    hidden = network.edges[0].target
    plan = compile_network(network.with_parameters({hidden: -1.0}, {}))
    seen = trace(plan, plan.start, np.array([[1.0]]), np.array([[1.0]]), HALF)
    source = network.inputs[0].id
    assert nudge(plan, plan.start, seen, HALF, (source, hidden), step).kink is kinked
    far = trace(plan, plan.start, np.array([[2.0]]), np.array([[1.0]]), HALF)
    assert not nudge(plan, plan.start, far, HALF, (source, hidden), step).kink


def test_a_kink_of_the_loss_is_named() -> None:
    network = dense([1, 1], output_activation="identity", draw=lambda fan_in, fan_out: 1.0)
    plan, key = compile_network(network), (network.inputs[0].id, network.outputs[0].id)
    x = np.array([[1.0]])
    for target, kink in ((1.0, True), (2.0, False)):
        seen = trace(plan, plan.start, x, np.array([[target]]), LOSSES["absolute"])
        assert nudge(plan, plan.start, seen, LOSSES["absolute"], key, 1e-4).kink is kink


def test_a_wrong_delta_is_seen() -> None:
    network = one_neuron()
    plan = compile_network(network)
    x, t = np.array([[0.5, -1.0]]), np.array([[1.0]])
    # As if f' had been dropped: delta is a - t.
    honest = trace(plan, plan.start, x, t, HALF)
    assert honest.slope[0, plan.column[network.outputs[0].id]] == 0.25
    seen = replace(honest, delta=honest.delta * 4)
    found = nudge(plan, plan.start, seen, HALF, network.outputs[0].id)
    assert found.error == pytest.approx(0.75, rel=1e-6)


def test_a_step_that_rounding_swallows_is_no_agreement() -> None:
    # 1e9 ± 1e-8 is 1e9: the secant is 0/0.
    network = dense([1, 1], output_activation="identity", draw=lambda fan_in, fan_out: 1e9)
    plan, key = compile_network(network), (network.inputs[0].id, network.outputs[0].id)
    seen = trace(plan, plan.start, np.array([[1.0]]), np.array([[0.0]]), HALF)
    found = nudge(plan, plan.start, seen, HALF, key, 1e-8)
    assert np.isnan(found.slope)
    assert found.error == np.inf
    assert replace(found, slope=np.inf, product=np.inf).error == np.inf


@pytest.mark.parametrize("mean", [True, False])
def test_a_batch_is_nudged_as_a_whole(mean: bool) -> None:
    network = dense([2, 3, 2], activation="tanh", draw=drawer("normal", 4))
    plan = compile_network(network)
    x, t = random_examples(network, 5, 0)
    seen = trace(plan, plan.start, x, t, HALF, mean=mean)
    for key in plan.keys:
        found = nudge(plan, plan.start, seen, HALF, key, mean=mean)
        assert found.here == pytest.approx(seen.losses.mean() if mean else seen.losses.sum())
        assert found.product == pytest.approx(seen.grad[plan.slot[key]], rel=1e-12)
        assert found.slope == pytest.approx(found.product, rel=1e-6)
