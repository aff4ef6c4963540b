"""Every loss: its value by hand, its slope against an independent one, and finite where networks saturate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine import LOSSES
from backprop_gui.engine.losses import Loss, softmax
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import dense

every = pytest.mark.parametrize("loss", list(LOSSES.values()), ids=list(LOSSES))


def slope(loss: Loss, a: np.ndarray, t: np.ndarray) -> np.ndarray:
    out = np.empty_like(a)
    with np.errstate(all="ignore"):
        loss.slope(a, t, out)
    return out


def through_network(
    loss: str, activation: str, z: list[float], t: list[float], precision: type = np.float64
) -> Trace:
    """Run one example whose outputs' weighted sums are exactly ``z``."""
    network = dense([1, len(z)], output_activation=activation)
    plan = compile_network(network)
    theta = plan.start.astype(precision)
    for output, value in zip(network.outputs, z, strict=True):
        theta[plan.slot[output.id]] = value
    return trace(plan, theta, np.zeros((1, 1)), np.array([t]), LOSSES[loss])


# a = (0.5, -2), t = (1, 0): errors -0.5 and -2.
@pytest.mark.parametrize(
    ("name", "value", "slopes"),
    [
        ("half-squared", (0.25 + 4) / 2, [-0.5, -2]),
        ("mean-squared", (0.25 + 4) / 2, [-0.5, -2]),
        ("sum-squared", 0.25 + 4, [-1, -4]),
        ("absolute", 0.5 + 2, [-1, -1]),
        ("huber", 0.125 + 1.5, [-0.5, -1]),
    ],
)
def test_by_hand(name: str, value: float, slopes: list[float]) -> None:
    a, t = np.array([[0.5], [-2.0]]), np.array([[1.0], [0.0]])
    assert LOSSES[name].value(a, t).tolist() == [value]
    assert slope(LOSSES[name], a, t)[:, 0].tolist() == slopes


def test_mean_squared_divides_by_the_outputs() -> None:
    a, t = np.full((4, 2), 3.0), np.ones((4, 2))
    assert LOSSES["mean-squared"].value(a, t).tolist() == [4, 4]
    assert (slope(LOSSES["mean-squared"], a, t) == 1).all()


def test_cross_entropies_by_hand() -> None:
    # -ln 0.8 - ln(1 - 0.4);  slopes (a - t) / (a (1 - a)): -0.2 / 0.16, 0.4 / 0.24
    a, t = np.array([[0.8], [0.4]]), np.array([[1.0], [0.0]])
    binary = LOSSES["binary-cross-entropy"]
    assert binary.value(a, t)[0] == pytest.approx(-math.log(0.8) - math.log(0.6), rel=1e-15)
    assert slope(binary, a, t)[:, 0] == pytest.approx([-1.25, 5 / 3], rel=1e-15)
    # Logits ln 1, ln 2, ln 5 are probabilities 1/8, 2/8, 5/8.
    logits, one_hot = np.log([[1.0], [2.0], [5.0]]), np.array([[0.0], [1.0], [0.0]])
    categorical = LOSSES["cross-entropy"]
    assert categorical.predict(logits)[:, 0] == pytest.approx([0.125, 0.25, 0.625], rel=1e-15)
    assert categorical.value(logits, one_hot)[0] == pytest.approx(math.log(4), rel=1e-15)
    assert slope(categorical, logits, one_hot)[:, 0] == pytest.approx([0.125, -0.75, 0.625], rel=1e-14)


def test_a_perfect_answer_has_a_slope() -> None:
    """−ln(1 − a) at a = 0 and −ln a at a = 1; where the answer is wrong without a doubt, it is infinite."""
    a, t = np.array([[0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])
    with np.errstate(all="ignore"):
        found = slope(LOSSES["binary-cross-entropy"], a, t)
    assert found.tolist() == [[1.0, -1.0, -math.inf, math.inf]]


@every
@given(st.integers(0, 2**31), st.integers(1, 3))
def test_the_slope_is_the_slope(loss: Loss, seed: int, outputs: int) -> None:
    rng = np.random.default_rng(seed)
    binary = loss.name == "binary-cross-entropy"
    a = rng.uniform(0.05, 0.95, (outputs, 4)) if binary else rng.normal(0, 2, (outputs, 4))
    t = rng.uniform(0, 1, (outputs, 4)) if loss.for_classes or binary else rng.normal(0, 2, (outputs, 4))
    ours = slope(loss, a, t)
    for k in range(outputs):
        nudged = a.astype(complex)
        if loss.analytic:
            nudged[k] += 1e-30j
            np.testing.assert_allclose(ours[k], loss.value(nudged, t).imag / 1e-30, rtol=1e-12, atol=1e-13)
        else:
            up, down = a.copy(), a.copy()
            up[k] += 1e-6
            down[k] -= 1e-6
            near_kink = np.abs(np.abs(a[k] - t[k]) - (loss.name == "huber")) < 1e-5
            difference = (loss.value(up, t) - loss.value(down, t)) / 2e-6
            np.testing.assert_allclose(ours[k][~near_kink], difference[~near_kink], atol=1e-8)


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize("z", [-800.0, -40.0, 0.0, 40.0, 800.0])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.25])
def test_binary_cross_entropy_of_a_saturated_sigmoid(z: float, t: float, precision: type) -> None:
    seen = through_network("binary-cross-entropy", "sigmoid", [z], [t], precision)
    # L = ln(1 + e^z) - t z = max(z, 0) - t z + ln(1 + e^-|z|), delta = s(z) - t
    tolerance = 1e-15 if precision is np.float64 else 1e-6
    exact = max(z, 0.0) - t * z + math.log1p(math.exp(-abs(z)))
    assert seen.losses[0] == pytest.approx(exact, rel=tolerance, abs=1e-30)
    s = 1 / (1 + math.exp(-z)) if z > -700 else 0.0
    assert seen.delta[0, 1] == pytest.approx(s - t, rel=tolerance, abs=1e-30)
    assert np.isfinite(seen.grad).all()


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("z", "t", "loss", "delta"),
    [
        # Far off: the loss is the distance of the logits, the deltas are what was claimed less what is.
        ([800.0, -800.0], [0.0, 1.0], 1600.0, [1.0, -1.0]),
        ([800.0, -800.0], [1.0, 0.0], 0.0, [0.0, 0.0]),
        ([-800.0, -800.0], [1.0, 0.0], math.log(2), [-0.5, 0.5]),
        ([800.0, 800.0, 800.0], [0.0, 0.0, 1.0], math.log(3), [1 / 3, 1 / 3, -2 / 3]),
        ([0.0, 40.0], [1.0, 0.0], 40.0, [-1.0, 1.0]),
    ],
)
def test_cross_entropy_of_large_logits(
    z: list[float], t: list[float], loss: float, delta: list[float], precision: type
) -> None:
    seen = through_network("cross-entropy", "identity", z, t, precision)
    tolerance = 1e-15 if precision is np.float64 else 1e-6
    assert seen.losses[0] == pytest.approx(loss, rel=tolerance, abs=1e-16)
    assert seen.delta[0, 1:] == pytest.approx(delta, rel=tolerance, abs=1e-16)
    assert seen.predictions.sum() == pytest.approx(1, rel=tolerance)


@pytest.mark.parametrize("loss", ["half-squared", "mean-squared", "sum-squared", "absolute", "huber"])
@pytest.mark.parametrize(
    "activation", ["identity", "sigmoid", "tanh", "relu", "softplus", "gelu", "silu", "elu"]
)
@pytest.mark.parametrize("z", [-800.0, 800.0])
def test_other_losses_are_finite_at_the_ends(loss: str, activation: str, z: float) -> None:
    seen = through_network(loss, activation, [z], [0.5])
    assert np.isfinite(seen.losses).all()
    flat = {("sigmoid", -1), ("sigmoid", 1), ("tanh", -1), ("tanh", 1)} | {
        (name, -1) for name in ("relu", "softplus", "gelu", "silu", "elu")
    }
    a = seen.a[0, 1]
    factor = {"half-squared": 1, "mean-squared": 2, "sum-squared": 2}.get(loss)
    error = a - 0.5
    expected = 0.0 if (activation, int(np.sign(z))) in flat else factor * error if factor else np.sign(error)
    assert seen.delta[0, 1] == pytest.approx(expected, abs=1e-16)


def test_a_term_whose_target_does_not_ask_for_it_is_nothing() -> None:
    a, t = np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])
    with np.errstate(all="ignore"):
        assert LOSSES["binary-cross-entropy"].value(a, t).tolist() == [0, 0]


def test_probabilities_of_any_logits() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 300, (5, 50))
    p = softmax(logits)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(logits + 123.0), p, rtol=1e-11)


@every
def test_the_exported_prediction_is_the_prediction(loss: Loss) -> None:
    a = np.random.default_rng(1).normal(size=(4, 3))
    written = eval(loss.numpy, {"np": np, "a": a})
    np.testing.assert_allclose(written, loss.predict(a.T).T, rtol=1e-15)


def test_all_that_were_promised_are_there() -> None:
    assert list(LOSSES) == [
        "half-squared",
        "mean-squared",
        "sum-squared",
        "absolute",
        "huber",
        "binary-cross-entropy",
        "cross-entropy",
    ]
