"""Activations: the function each neuron applies to its weighted sum, and its derivative.

One call of :func:`_activation` is all it takes to add one: the combo boxes, the project file, every exporter,
the gradient test and the documentation read this registry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.operations import activation_formulas as formulas
from backprop_gui.engine.operations.expression import Expression, Quantity
from backprop_gui.registry import Registry


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function f, its derivative, and how other programs write it.

    Attributes
    ----------
    function : callable
        ``function(z, out)`` writes f(z) into ``out``, which may be ``z`` itself. Real or complex arrays if
        ``analytic``, real ones otherwise; contiguous ones, because NumPy 2.4's ``negative`` gives wrong numbers for
        some strided pairs (float64 64 bytes apart into another strided array).
    derivative : callable
        ``derivative(z, a, out)`` writes f'(z) into ``out``; ``a`` is f(z), and ``out`` is neither of them.
    uses_z : bool
        Whether ``derivative`` reads ``z``; if not, training need not keep z.
    analytic : bool
        Whether f has a complex derivative on the real axis, so that the complex-step check applies.
    formula, slope_formula : str
        f(z) and f'(z) as people write them.
    numpy : str
        f(z) as a NumPy expression in ``z``, for exported Python.
    onnx : str
        f(z) as calls of ONNX operators, such as ``"Mul(z, Sigmoid(z))"``; numbers become constants.
        Only operators that ONNX Runtime has in float64 too (which leaves out Elu, Softplus and Erf), and no
        attribute that is a fraction, because ONNX rounds attributes to float32.
    written : callable, optional
        ``written(z, a)`` returns f'(z) of one neuron as an expression, for whoever follows the numbers by hand.
    """

    name: str
    label: str
    formula: str
    slope_formula: str
    function: Callable[[Array, Array], object]
    derivative: Callable[[Array, Array, Array], object]
    numpy: str
    onnx: str
    uses_z: bool = False
    analytic: bool = True
    written: Callable[[Quantity, Quantity], Expression] | None = None


ACTIVATIONS: Registry[Activation] = Registry("activation")

LEAK = 0.01
GELU_SLOPE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


def _activation(activation: Activation) -> Activation:
    return ACTIVATIONS.add(activation.name, activation)


def _sigmoid(z: Array, out: Array) -> None:
    # exp overflows to inf below z = -709 and 1 / inf is then the correct 0, so no case needs its own branch,
    # and small values keep their full relative precision, which 1 + tanh would lose.
    np.negative(z, out)
    if out.dtype.kind == "c":
        # A complex infinity has no reciprocal: the gradient check stays just below it.
        np.minimum(out.real, 700, out=out.real)
    np.exp(out, out)
    np.add(out, 1, out)
    np.reciprocal(out, out)


def _sigmoid_slope(z: Array, a: Array, out: Array) -> None:
    np.subtract(1, a, out)
    np.multiply(out, a, out)


def _tanh_slope(z: Array, a: Array, out: Array) -> None:
    np.multiply(a, a, out)
    np.subtract(1, out, out)


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_slope(z: Array, a: Array, out: Array) -> None:
    # a is never negative, so its sign is 0 or 1; a comparison would take the detour of a boolean array.
    np.sign(a, out)


def _leaky_relu(z: Array, out: Array) -> None:
    np.maximum(z, LEAK * z, out=out)


def _leaky_relu_slope(z: Array, a: Array, out: Array) -> None:
    np.sign(a, out)
    np.maximum(out, LEAK, out=out)


def _elu(z: Array, out: Array) -> None:
    negative = np.expm1(np.minimum(z, 0))
    np.maximum(z, 0, out=out)
    np.add(out, negative, out)


def _elu_slope(z: Array, a: Array, out: Array) -> None:
    np.minimum(a, 0, out=out)
    np.add(out, 1, out)


def _silu(z: Array, out: Array) -> None:
    gate = np.empty_like(z)
    _sigmoid(z, gate)
    np.multiply(z, gate, out)


def _silu_slope(z: Array, a: Array, out: Array) -> None:
    # f' = s + z s (1 - s) = s + a (1 - s)
    _sigmoid(z, out)
    np.add(out, a * (1 - out), out)


def _gelu_inner(z: Array) -> Array:
    inner: Array = np.tanh(GELU_SLOPE * (z + GELU_CUBE * z * z * z))
    return inner


def _gelu(z: Array, out: Array) -> None:
    np.multiply(0.5 * z, 1 + _gelu_inner(z), out)


def _gelu_slope(z: Array, a: Array, out: Array) -> None:
    inner = _gelu_inner(z)
    np.multiply(GELU_SLOPE * (1 + 3 * GELU_CUBE * z * z), 1 - inner * inner, out)
    np.add(0.5 * (1 + inner), 0.5 * z * out, out)


def _softplus(z: Array, out: Array) -> None:
    # ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|): nothing overflows. The real part chooses, so that a complex
    # argument stays on the branch that is analytic around it.
    positive = np.where(z.real > 0, z, 0)
    np.add(positive, np.log1p(np.exp(np.where(z.real > 0, -z, z))), out)


def _softplus_slope(z: Array, a: Array, out: Array) -> None:
    _sigmoid(z, out)


def _identity_slope(z: Array, a: Array, out: Array) -> None:
    out.fill(1)


def _sine_slope(z: Array, a: Array, out: Array) -> None:
    np.cos(z, out)


_activation(
    Activation(
        "identity",
        "identity",
        "z",
        "1",
        np.positive,
        _identity_slope,
        "z",
        "Identity(z)",
        written=formulas.identity,
    )
)
_activation(
    Activation(
        "sigmoid",
        "sigmoid",
        "1 / (1 + e⁻ᶻ)",
        "a (1 − a)",
        _sigmoid,
        _sigmoid_slope,
        "1 / (1 + np.exp(-z))",
        "Sigmoid(z)",
        written=formulas.sigmoid,
    )
)
_activation(
    Activation(
        "tanh",
        "tanh",
        "tanh z",
        "1 − a²",
        np.tanh,
        _tanh_slope,
        "np.tanh(z)",
        "Tanh(z)",
        written=formulas.tanh,
    )
)
_activation(
    Activation(
        "relu",
        "ReLU",
        "max(0, z)",
        "1 if z > 0, else 0",
        _relu,
        _relu_slope,
        "np.maximum(z, 0)",
        "Relu(z)",
        analytic=False,
        written=formulas.relu,
    )
)
_activation(
    Activation(
        "leaky-relu",
        "leaky ReLU",
        f"max({LEAK} z, z)",
        f"1 if z > 0, else {LEAK}",
        _leaky_relu,
        _leaky_relu_slope,
        f"np.maximum({LEAK} * z, z)",
        f"Max(z, Mul({LEAK}, z))",
        analytic=False,
        written=partial(formulas.leaky_relu, LEAK),
    )
)
_activation(
    Activation(
        "elu",
        "ELU",
        "z if z > 0, else eᶻ − 1",
        "1 if z > 0, else a + 1",
        _elu,
        _elu_slope,
        "np.maximum(z, 0) + np.expm1(np.minimum(z, 0))",
        "Add(Relu(z), Sub(Exp(Min(z, 0.0)), 1.0))",
        analytic=False,
        written=formulas.elu,
    )
)
_activation(
    Activation(
        "silu",
        "SiLU (swish)",
        "z · sigmoid(z)",
        "s + a (1 − s), s = sigmoid(z)",
        _silu,
        _silu_slope,
        "z / (1 + np.exp(-z))",
        "Mul(z, Sigmoid(z))",
        uses_z=True,
        written=formulas.silu,
    )
)
_activation(
    Activation(
        # The tanh form of Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, equation 2; PyTorch
        # calls it approximate="tanh". NumPy has no error function.
        "gelu",
        "GELU (tanh form)",
        "½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))",
        "½ (1 + t) + ½ z (1 − t²) √(2/π) (1 + 0.134145 z²)",
        _gelu,
        _gelu_slope,
        f"0.5 * z * (1 + np.tanh({GELU_SLOPE!r} * (z + {GELU_CUBE} * z * z * z)))",
        f"Mul(Mul(0.5, z), Add(1.0, Tanh(Mul({GELU_SLOPE!r}, Add(z, Mul({GELU_CUBE}, Mul(z, Mul(z, z))))))))",
        uses_z=True,
        written=partial(formulas.gelu, GELU_SLOPE, GELU_CUBE),
    )
)
_activation(
    Activation(
        "softplus",
        "softplus",
        "ln(1 + eᶻ)",
        "sigmoid(z)",
        _softplus,
        _softplus_slope,
        "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))",
        "Add(Relu(z), Log(Add(1.0, Exp(Neg(Abs(z))))))",
        uses_z=True,
        written=formulas.softplus,
    )
)
_activation(
    Activation(
        "sine",
        "sine",
        "sin z",
        "cos z",
        np.sin,
        _sine_slope,
        "np.sin(z)",
        "Sin(z)",
        uses_z=True,
        written=formulas.sine,
    )
)
