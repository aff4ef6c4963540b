"""Every activation: finite at its ends, its derivative against an independent one, and in place as well as beside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.activations import Activation
from backprop_gui.registry import UnknownNameError
from tests.strategies import SMOOTH

EDGES = np.array([-800.0, -40.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 40.0, 800.0])
every = pytest.mark.parametrize("activation", list(ACTIVATIONS.values()), ids=list(ACTIVATIONS))


def apply(activation: Activation, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, slope = np.empty_like(z), np.empty_like(z)
    with np.errstate(all="ignore"):
        activation.function(z, a)
        activation.derivative(z, a, slope)
    return a, slope


@every
@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_everything_is_finite_and_keeps_its_precision(activation: Activation, precision: type) -> None:
    a, slope = apply(activation, EDGES.astype(precision))
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    assert a.dtype == slope.dtype == precision


# f and f' at z = 800, 40, 0, -40, -800, from their definitions; E = e^-40.
E = np.exp(-40.0)
LIMITS: dict[str, tuple[list[float], list[float]]] = {
    "identity": ([800, 40, 0, -40, -800], [1, 1, 1, 1, 1]),
    "sigmoid": ([1, 1, 0.5, E, 0], [0, 0, 0.25, E, 0]),
    "tanh": ([1, 1, 0, -1, -1], [0, 0, 1, 0, 0]),
    "relu": ([800, 40, 0, 0, 0], [1, 1, 0, 0, 0]),
    "leaky-relu": ([800, 40, 0, -0.4, -8], [1, 1, 0.01, 0.01, 0.01]),
    "elu": ([800, 40, 0, -1, -1], [1, 1, 1, 0, 0]),
    "silu": ([800, 40, 0, -40 * E, 0], [1, 1, 0.5, -39 * E, 0]),
    "gelu": ([800, 40, 0, 0, 0], [1, 1, 0.5, 0, 0]),
    "softplus": ([800, 40, np.log(2), E, 0], [1, 1, 0.5, E, 0]),
    "sine": (list(np.sin([800, 40, 0, -40, -800])), list(np.cos([800, 40, 0, -40, -800]))),
}


@every
def test_exact_at_the_ends(activation: Activation) -> None:
    a, slope = apply(activation, np.array([800.0, 40.0, 0.0, -40.0, -800.0]))
    values, slopes = LIMITS[activation.name]
    # What is tiny is held to its own size, except a slope made of 1 - a, whose rounding is that of 1.
    np.testing.assert_allclose(a, values, rtol=4e-16, atol=1e-300)
    tiny = 1e-16 if activation.name == "elu" else 1e-300
    np.testing.assert_allclose(slope, slopes, rtol=1e-14, atol=tiny)


@every
@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20))
def test_the_derivative_is_the_derivative(activation: Activation, numbers: list[float]) -> None:
    z = np.array(numbers)
    if activation.analytic:
        nudged = z + 1e-30j
        a = np.empty_like(nudged)
        activation.function(nudged, a)
        exact = a.imag / 1e-30
        np.testing.assert_allclose(a.real, apply(activation, z)[0], rtol=1e-13, atol=1e-13)
    else:
        # One-sided differences away from the kink, where these are straight or exponential.
        z = np.where(np.abs(z) < 1e-3, 1.0, z)
        up, down = apply(activation, z + 1e-6)[0], apply(activation, z - 1e-6)[0]
        exact = (up - down) / 2e-6
    np.testing.assert_allclose(
        apply(activation, z)[1], exact, rtol=1e-8, atol=2e-9 if not activation.analytic else 1e-14
    )


@pytest.mark.parametrize("name", SMOOTH)
def test_the_complex_step_reaches_as_far_as_numbers_do(name: str) -> None:
    z = np.array([-1e5, -800.0, -710.0, 710.0, 800.0, 1e5])
    out = np.empty(6, complex)
    with np.errstate(all="ignore"):
        ACTIVATIONS[name].function(z + 1e-30j, out)
    a, slope = apply(ACTIVATIONS[name], z)
    np.testing.assert_allclose(out.real, a, rtol=1e-14, atol=1e-290)
    np.testing.assert_allclose(out.imag / 1e-30, slope, rtol=1e-12, atol=1e-290)


@every
@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_in_place_is_the_same_as_beside(activation: Activation, precision: type) -> None:
    z = np.random.default_rng(0).normal(0, 20, (7, 13)).astype(precision)
    z[0, :9] = EDGES
    beside, slope = apply(activation, z)
    place = z.copy()
    with np.errstate(all="ignore"):
        activation.function(place, place)
    np.testing.assert_array_equal(place, beside)
    if not activation.uses_z:
        # Training overwrites z with a: the derivative must not look at what was there.
        again = np.empty_like(z)
        with np.errstate(all="ignore"):
            activation.derivative(place, place, again)
        np.testing.assert_array_equal(again, slope)


@every
def test_the_exported_expression_is_the_function(activation: Activation) -> None:
    z = np.linspace(-6, 6, 101)
    written = eval(activation.numpy, {"np": np, "z": z})
    np.testing.assert_allclose(written, apply(activation, z)[0], rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", ["relu", "leaky-relu"])
def test_a_kink_has_the_slope_of_its_left(name: str) -> None:
    activation = ACTIVATIONS[name]
    assert apply(activation, np.array([0.0]))[1][0] == apply(activation, np.array([-1.0]))[1][0]


def test_all_that_were_promised_are_there() -> None:
    names = ["identity", "sigmoid", "tanh", "relu", "leaky-relu", "elu", "silu", "gelu", "softplus", "sine"]
    assert list(ACTIVATIONS) == names == [activation.name for activation in ACTIVATIONS.values()]
    with pytest.raises(UnknownNameError, match="Did you mean “sigmoid”"):
        ACTIVATIONS["sigmoyd"]
