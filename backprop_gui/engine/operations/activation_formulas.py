"""The slope f′(z) of each activation as an expression of one neuron's z and a."""

from __future__ import annotations

import math

from backprop_gui.engine.operations.building import HALF, ONE, exponential, minus
from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Number,
    Power,
    Product,
    Quantity,
    Sum,
    evaluate,
)


def identity(z: Quantity, a: Quantity) -> Expression:
    """Return 1."""
    return ONE


def sigmoid(z: Quantity, a: Quantity) -> Expression:
    """Return a (1 − a)."""
    return Product((a, minus(ONE, a)))


def tanh(z: Quantity, a: Quantity) -> Expression:
    """Return 1 − a²."""
    return minus(ONE, Power(a, 2))


def relu(z: Quantity, a: Quantity) -> Expression:
    """Return 1 or 0."""
    return Number(float(z.value > 0))


def leaky_relu(leak: float, z: Quantity, a: Quantity) -> Expression:
    """Return 1 or the leak."""
    return ONE if z.value > 0 else Number(leak)


def elu(z: Quantity, a: Quantity) -> Expression:
    """Return 1 or a + 1."""
    return ONE if z.value > 0 else Sum((a, ONE))


def silu(z: Quantity, a: Quantity) -> Expression:
    """Return s + a (1 − s) with s the sigmoid of z."""
    gate = _sigmoid(z)
    return Sum((gate, Product((a, minus(ONE, gate)))))


def gelu(slope: float, cube: float, z: Quantity, a: Quantity) -> Expression:
    """Return ½ (1 + t) + ½ z (1 − t²) √(2/π) (1 + 3 c z²) with t the tanh of √(2/π) (z + c z³)."""
    root, factor = Number(slope, "√(2/π)"), Number(cube)
    bent = Call("tanh", Product((root, Sum((z, Product((factor, Power(z, 3))))))), math.tanh)
    inner = Sum((ONE, Product((Number(3 * cube), Power(z, 2)))))
    return Sum(
        (
            Product((HALF, Sum((ONE, bent)))),
            Product((HALF, z, minus(ONE, Power(bent, 2)), root, inner)),
        )
    )


def softplus(z: Quantity, a: Quantity) -> Expression:
    """The sigmoid of z."""
    return _sigmoid(z)


def sine(z: Quantity, a: Quantity) -> Expression:
    """The cosine of z."""
    return Call("cos", z, math.cos)


def _sigmoid(z: Quantity) -> Expression:
    return Call("sigmoid", z, _sigmoid_of)


def _sigmoid_of(value: float) -> float:
    return 1 / (1 + evaluate(exponential(Number(-value))))


__all__ = ["elu", "gelu", "identity", "leaky_relu", "relu", "sigmoid", "silu", "sine", "softplus", "tanh"]
