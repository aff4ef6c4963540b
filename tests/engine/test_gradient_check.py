"""The checker is checked: what it must catch, and when it must not cry wolf."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.gradient_check import Method, check_gradient
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind, Network, dense
from tests.strategies import networks, random_examples, random_network

HALF = LOSSES["half-squared"]
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([[0.0], [1.0], [1.0], [0.0]])


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def textbook(plan: Plan, variant: str) -> np.ndarray:
    """Return the mean gradient of a 2-3-1 sigmoid network over XOR, with one mistake or none."""
    network = plan.network
    hidden = [n.id for n in network.neurons if n.kind is Kind.HIDDEN]
    [output] = [n.id for n in network.outputs]
    inputs = [n.id for n in network.inputs]
    start, slot = plan.start, plan.slot
    w = np.array([[start[slot[i, h]] for i in inputs] for h in hidden])
    b = np.array([start[slot[h]] for h in hidden])
    v = np.array([start[slot[h, output]] for h in hidden])
    c = start[slot[output]]
    h = sigmoid(X @ w.T + b)
    y = sigmoid(h @ v + c)
    f_out, f_hidden = y * (1 - y), h * (1 - h)
    error = y - T[:, 0]
    if variant == "sign flipped":
        error = -error
    delta = error * f_out
    if variant == "f' dropped at the output":
        delta = error
    if variant == "f' twice at the output":
        delta = error * f_out * f_out
    back = error if variant == "hidden error without the output's f'" else delta
    delta_hidden = back[:, None] * v * f_hidden
    if variant == "f' dropped at the hidden layer":
        delta_hidden = back[:, None] * v
    bias_factors = {"each bias moved fan-in times": (2, 3), "biases frozen": (0, 0)}.get(variant, (1, 1))
    grad = np.zeros(plan.size)
    for k, id in enumerate(hidden):
        grad[slot[id]] = bias_factors[0] * delta_hidden[:, k].mean()
        grad[slot[id, output]] = (delta * h[:, k]).mean()
        for j, source in enumerate(inputs):
            grad[slot[source, id]] = (delta_hidden[:, k] * X[:, j]).mean()
    grad[slot[output]] = bias_factors[1] * delta.mean()
    return grad


def xor_plan(seed: int) -> Plan:
    draw = drawer("normal", seed)
    network = dense([2, 3, 1], activation="sigmoid", output_activation="sigmoid", draw=draw)
    return compile_network(network.redrawn(draw, bias=0.1))


@pytest.mark.parametrize("seed", range(5))
def test_a_right_textbook_backprop_passes(seed: int) -> None:
    plan = xor_plan(seed)
    check = check_gradient(plan, plan.start, X, T, HALF, claimed=textbook(plan, "correct"))
    assert check is not None
    assert check.passed
    assert check.method is Method.COMPLEX_STEP


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "variant",
    [
        "sign flipped",
        "f' dropped at the output",
        "f' dropped at the hidden layer",
        "f' twice at the output",
        "hidden error without the output's f'",
        "each bias moved fan-in times",
        "biases frozen",
    ],
)
def test_every_known_mistake_is_caught(variant: str, seed: int) -> None:
    plan = xor_plan(seed)
    check = check_gradient(plan, plan.start, X, T, HALF, claimed=textbook(plan, variant))
    assert check is not None
    assert not check.passed
    assert check.max_relative_error > 0.1


@given(
    networks(freeze=0.0),
    st.integers(0, 2**16),
    st.sampled_from([*list(LOSSES)[:3], "huber", "cross-entropy"]),
)
def test_one_entry_wrong_by_a_ten_thousandth_is_caught(network: Network, seed: int, loss: str) -> None:
    plan = compile_network(network)
    x, t = random_examples(network, 4, seed, classes=loss == "cross-entropy")
    seen = trace(plan, plan.start, x, t, LOSSES[loss])
    gradient = seen.grad.copy()
    large = plan.slots[np.abs(gradient[plan.slots]) >= 0.1 * np.abs(gradient).max()]
    kinked = [plan.column[n.id] for n in network.neurons if not ACTIVATIONS[n.activation].analytic]
    # A gradient of nothing has no entry that could be wrong by a share of itself, and so near to a kink every
    # slope between left and right is right.
    assume(np.abs(gradient).max() >= 1e-2)
    assume(np.abs(seen.z[:, kinked]).min(initial=1.0) > 1e-4)
    if loss == "huber":
        outputs = [plan.column[n.id] for n in network.outputs]
        assume(np.abs(np.abs(seen.a[:, outputs] - t) - 1).min() > 1e-3)
    slot = int(np.random.default_rng(seed).choice(large))
    gradient[slot] *= 1 + 1e-4
    check = check_gradient(plan, plan.start, x, t, LOSSES[loss], claimed=gradient)
    assert check is not None
    assert not check.passed
    assert check.worst == plan.parameter_name(slot)


def test_a_gradient_that_is_not_a_number_is_caught() -> None:
    plan = xor_plan(0)
    gradient = textbook(plan, "correct")
    gradient[plan.slots[2]] = np.nan
    check = check_gradient(plan, plan.start, X, T, HALF, claimed=gradient)
    assert check is not None
    assert not check.passed
    assert check.max_relative_error == np.inf


def test_a_sum_that_claims_to_be_a_mean_is_caught() -> None:
    plan = xor_plan(0)
    summed = trace(plan, plan.start, X, T, HALF, mean=False).grad
    wrong = check_gradient(plan, plan.start, X, T, HALF, claimed=summed)
    right = check_gradient(plan, plan.start, X, T, HALF, claimed=summed, mean=False)
    assert wrong is not None
    assert right is not None
    assert not wrong.passed
    assert right.passed


def kinked(activation: str, weight: float) -> Plan:
    # x1 = x2 = 1 through weights w and -w: z of every hidden neuron is exactly 0.
    network = dense([2, 3, 1], activation=activation, output_activation="identity", draw=lambda i, o: weight)
    second = network.inputs[1].id
    weights = {(e.source, e.target): -weight for e in network.edges if e.source == second}
    return compile_network(network.with_parameters({}, weights))


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "elu"])
@pytest.mark.parametrize("loss", ["half-squared", "absolute", "huber"])
def test_a_kink_raises_no_false_alarm(activation: str, loss: str) -> None:
    plan = kinked(activation, 0.7)
    x, t = np.ones((2, 2)), np.array([[1.0], [0.0]])  # the second also has a = t exactly: the kink of |a - t|
    check = check_gradient(plan, plan.start, x, t, LOSSES[loss])
    assert check is not None
    assert check.passed, check.max_relative_error


@pytest.mark.parametrize("distance", [1e-7, 3e-6, 9e-6, 1.5e-5])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_kink_nearby_raises_no_false_alarm(distance: float, side: int) -> None:
    plan = kinked("relu", 0.7)
    x = np.array([[1.0 + side * distance, 1.0]])
    check = check_gradient(plan, plan.start, x, np.array([[1.0]]), HALF)
    assert check is not None
    assert check.passed, check.max_relative_error


def test_a_wrong_slope_at_a_kink_is_still_caught() -> None:
    plan = kinked("relu", 0.7)
    x, t = np.ones((1, 2)), np.array([[1.0]])
    gradient = trace(plan, plan.start, x, t, HALF).grad.copy()
    # Between 0 (left) and -0.7 (right) every slope is right; beyond them none is.
    hidden = next(n for n in plan.network.neurons if n.kind is Kind.HIDDEN)
    for claimed, passes in ((-0.35, True), (-0.71, False), (0.01, False)):
        gradient[plan.slot[hidden.id]] = claimed
        check = check_gradient(plan, plan.start, x, t, HALF, claimed=gradient)
        assert check is not None
        assert check.passed is passes


@pytest.mark.parametrize(
    ("sizes", "activation", "last", "loss", "rate", "epochs"),
    [
        ([2, 4, 1], "tanh", "sigmoid", "binary-cross-entropy", 0.5, 10_000),
        ([2, 4, 1], "tanh", "tanh", "half-squared", 0.5, 10_000),
        ([2, 8, 1], "relu", "identity", "half-squared", 0.1, 20_000),
        ([2, 8, 1], "tanh", "identity", "half-squared", 0.2, 10_000),
        ([2, 2, 1], "identity", "identity", "half-squared", 0.2, 3_000),
    ],
)
def test_a_network_that_has_learnt_all_it_can_raises_no_false_alarm(
    sizes: list[int], activation: str, last: str, loss: str, rate: float, epochs: int
) -> None:
    # Its gradient is what is left when large terms cancel, down to pure rounding.
    network = dense(sizes, activation=activation, output_activation=last, draw=drawer("xavier-uniform", 0))
    settings = TrainingSettings(loss=loss, learning_rate=rate, batch_size=0)
    trainer = Trainer(network, Examples(X, T, X[:0], T[:0]), settings)
    trainer.advance(epochs)
    for part in (slice(0, 4), slice(0, 1), slice(1, 2)):
        check = check_gradient(trainer.plan, trainer.theta, X[part], T[part], LOSSES[loss])
        assert check is not None
        assert check.passed, f"{check.worst}: {check.max_relative_error}"


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", "silu", "gelu"])
def test_saturated_neurons_raise_no_false_alarm(activation: str) -> None:
    # Every path to a parameter goes through a slope that is 1 less something near 1.
    draw = drawer("xavier-uniform", 0)
    for sizes, factor in (([3, 16, 2], 8.0), ([3, 16, 16, 1], 30.0), ([1, 1, 1], 12.0)):
        network = dense(
            sizes,
            activation=activation,
            output_activation=activation,
            draw=lambda fan_in, fan_out, factor=factor: factor * draw(fan_in, fan_out),
        )
        plan = compile_network(network)
        x, t = random_examples(network, 12, 0)
        for k in range(len(x)):
            check = check_gradient(plan, plan.start, x[k : k + 1], t[k : k + 1], HALF)
            assert check is not None
            assert check.passed, f"{sizes} {check.worst}: {check.max_relative_error}"


def test_it_gives_up_when_told_to() -> None:
    plan = xor_plan(0)
    assert check_gradient(plan, plan.start, X, T, HALF, cancelled=lambda: True) is None
    asked: list[bool] = []

    def second_time() -> bool:
        asked.append(True)
        return len(asked) > 1

    # 1 000 000 numbers at once: this network needs more than one chunk.
    network = dense([30, 40, 1], draw=drawer("normal", 0))
    wide = compile_network(network)
    x, t = random_examples(network, 60, 0)
    assert check_gradient(wide, wide.start, x, t, HALF, cancelled=second_time) is None
    assert len(asked) == 2


def test_it_tells_how_far_it_is() -> None:
    network = dense([6, 5, 1], draw=drawer("normal", 0))
    plan = compile_network(network)
    x, t = random_examples(network, 3, 0)
    shares: list[float] = []
    assert check_gradient(plan, plan.start, x, t, HALF, progress=shares.append) is not None
    assert shares == sorted(shares)
    assert len(shares) == 6  # once for each neuron that has parameters
    assert shares[-1] == 1.0


def test_every_wrong_entry_is_found_and_the_worst_comes_first() -> None:
    plan = xor_plan(0)
    claimed = textbook(plan, "correct")
    # Wrong by 3 %, by half, and by its sign: the errors are 0.03, 0.5 and 2. Large entries, which no floor lessens.
    slight, half, turned = np.argsort(-np.abs(claimed[plan.slots]))[1:4].tolist()
    for entry, factor in ((slight, 0.97), (half, 0.5), (turned, -1.0)):
        claimed[plan.slots[entry]] *= factor
    check = check_gradient(plan, plan.start, X, T, HALF, claimed=claimed)
    assert check is not None
    assert check.worst_first[:3].tolist() == [turned, half, slight]
    assert check.errors[[turned, half, slight]] == pytest.approx([2, 0.5, 0.03])
    assert np.count_nonzero(check.errors > check.method.tolerance) == 3
    assert check.worst == check.name(turned) == plan.parameter_name(int(plan.slots[turned]))


def test_an_error_of_the_loss_is_not_blamed_on_a_parameter() -> None:
    plan = xor_plan(0)
    check = check_gradient(plan, plan.start, X, T, HALF)
    assert check is not None
    least = float(check.errors.max())
    assert replace(check, loss_error=2 * least).worst == "the loss itself"
    assert replace(check, loss_error=float("inf")).worst == "the loss itself"
    assert replace(check, loss_error=0.5 * least).worst == check.name(int(check.errors.argmax()))


@pytest.mark.parametrize(
    ("variant", "worst"),
    [
        ("f' dropped at the hidden layer", "h"),
        ("each bias moved fan-in times", "the bias of"),
        ("biases frozen", "the bias of"),
    ],
)
def test_the_worst_parameter_says_where_the_mistake_is(variant: str, worst: str) -> None:
    plan = xor_plan(1)
    check = check_gradient(plan, plan.start, X, T, HALF, claimed=textbook(plan, variant))
    assert check is not None
    if worst == "h":
        # Only what leads into the hidden layer is wrong.
        failing = np.flatnonzero(check.errors > check.method.tolerance).tolist()
        owners = [key[1] if isinstance(key, tuple) else key for key in (plan.keys[i] for i in failing)]
        assert {plan.network.neuron_of[owner].kind for owner in owners} == {Kind.HIDDEN}
        assert len(failing) >= 6
    else:
        assert check.worst.startswith(worst)
        assert not (check.errors[len(plan.bias_slots) :] > check.method.tolerance).any()


def test_frozen_parameters_are_checked_like_all_and_missing_biases_left_out() -> None:
    network = random_network(11, hidden=5, freeze=0.5, without_bias=0.5)
    plan = compile_network(network)
    x, t = random_examples(network, 3, 0)
    check = check_gradient(plan, plan.start, x, t, HALF)
    assert check is not None
    assert check.passed
    assert len(check.errors) == network.parameter_count
    still = [plan.slot[n.id] for n in network.neurons if n.bias is not None and n.frozen]
    assert still
    assert trace(plan, plan.start, x, t, HALF).grad[still].all()
    wrong = check.claimed.copy()
    wrong[[plan.keys.index(n.id) for n in network.neurons if n.bias is not None and n.frozen]] = 0
    claimed = np.zeros(plan.size)
    claimed[plan.slots] = wrong
    without = check_gradient(plan, plan.start, x, t, HALF, claimed=claimed)
    assert without is not None
    assert not without.passed


@given(st.integers(0, 1000))
@settings(max_examples=10)
def test_single_precision_parameters_are_checked_as_they_are(seed: int) -> None:
    network = random_network(seed, freeze=0.0)
    plan = compile_network(network)
    x, t = random_examples(network, 3, seed)
    check = check_gradient(plan, plan.start.astype(np.float32), x, t, HALF)
    assert check is not None
    assert check.passed
    assert check.claimed.dtype == np.float64
