"""Backpropagation against the independent check, for every loss, activation and number of outputs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.gradient_check import Method, check_gradient
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import Network
from tests.strategies import SMOOTH, networks, random_examples, random_network


def agree(network: Network, loss: Loss, seed: int, mean: bool = True) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 4, seed, classes="cross-entropy" in loss.name)
    check = check_gradient(plan, plan.start, x, t, loss, mean=mean)
    assert check is not None
    analytic = loss.analytic and all(ACTIVATIONS[n.activation].analytic for n in network.neurons)
    assert check.method is (Method.COMPLEX_STEP if analytic else Method.CENTRAL_DIFFERENCE)
    assert check.passed, f"{check.worst}: {check.max_relative_error}"


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("loss", list(LOSSES))
def test_every_loss_with_every_activation(loss: str, activation: str, outputs: int) -> None:
    # A cross-entropy needs outputs between 0 and 1; its hidden neurons may be anything.
    last = "sigmoid" if loss == "binary-cross-entropy" else activation
    for seed in range(3):
        network = random_network(seed, outputs=outputs, activations=[activation], output_activation=last)
        agree(network, LOSSES[loss], seed)


@given(networks(), st.sampled_from([n for n in LOSSES if n != "binary-cross-entropy"]), st.booleans())
@settings(max_examples=60)
def test_mixed_activations(network: Network, loss: str, mean: bool) -> None:
    agree(network, LOSSES[loss], 7, mean)


@given(networks(activations=SMOOTH), st.sampled_from(["half-squared", "mean-squared", "sum-squared"]))
def test_smooth_networks_agree_to_rounding(network: Network, loss: str) -> None:
    agree(network, LOSSES[loss], 3)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_cross_entropy_with_outputs_that_are_partly_sigmoid(seed: int) -> None:
    # Only the sigmoid outputs take the stable way; the others, here kept inside (0, 1), take the plain one.
    network = random_network(
        seed, outputs=3, hidden=4, activations=["tanh", "sigmoid"], output_activation="sigmoid"
    )
    output = network.outputs[1]
    network = network.with_activation([output.id], "identity")
    network = network.with_parameters(
        {output.id: 0.5}, {(e.source, e.target): 0.01 * e.weight for e in network.incoming[output.id]}
    )
    agree(network, LOSSES["binary-cross-entropy"], seed)


@given(networks(activations=SMOOTH))
@settings(max_examples=20)
def test_single_precision_is_the_same_gradient_less_precise(network: Network) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 4, 0)
    theta = plan.start.astype(np.float32)
    seen = trace(plan, theta, x, t, LOSSES["half-squared"])
    exact = trace(plan, theta.astype(np.float64), x, t, LOSSES["half-squared"])
    scale = np.abs(exact.grad).max() + 1e-3
    np.testing.assert_allclose(seen.grad / scale, exact.grad / scale, atol=1e-4)
