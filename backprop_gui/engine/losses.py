"""Losses: how far the outputs are from their targets, and how that changes with each output.

All arrays have one row an output and one column an example, as everywhere in the engine. A loss is that of each
example alone; whether the batch takes the mean or the sum is the business of the training settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.operations import loss_formulas as formulas
from backprop_gui.registry import Registry


@dataclass(frozen=True, slots=True)
class Fused:
    """A loss together with the output activation it is made for, computed from z so that nothing saturates.

    ``value(z, t)`` is (examples,), ``delta(a, t, out)`` writes ∂L/∂z, both free of overflow and of 0 · ∞.
    ``slope(z, a, t)`` is ∂L/∂a, (outputs, examples), for whoever reads it: training has no need of it.
    """

    activation: str
    value: Callable[[Array, Array], Array]
    delta: Callable[[Array, Array, Array], object]
    slope: Callable[[Array, Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss function.

    Attributes
    ----------
    value : callable
        ``value(a, t)`` returns the loss of each example, (examples,); a and t are (outputs, examples).
    slope : callable
        ``slope(a, t, out)`` writes ∂L/∂a, (outputs, examples).
    formula : str
        The loss of one example, as people write it; sums run over the n outputs.
    slope_formula : str
        ∂L/∂a of one output.
    analytic : bool
        Whether the complex-step check applies.
    fused : Fused, optional
        A stabler way for one particular output activation.
    predict : callable
        ``predict(a)`` returns the predictions people want to see; the outputs themselves for most losses.
    numpy, onnx : str
        ``predict`` for exporters: an expression in ``a`` whose last axis is the outputs, and ONNX operators.
    tasks : tuple of str
        The kinds of task whose answers it can judge, by the values of ``backprop_gui.data.Task``.
    written : LossFormulas, optional
        The loss and its slope as expressions, for whoever follows the numbers by hand.
    """

    name: str
    label: str
    formula: str
    slope_formula: str
    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array, Array], object]
    analytic: bool = True
    fused: Fused | None = None
    predict: Callable[[Array], Array] = lambda a: a
    numpy: str = "a"
    onnx: str = "Identity(a)"
    tasks: tuple[str, ...] = ("regression", "binary")
    written: formulas.LossFormulas | None = None

    @property
    def for_classes(self) -> bool:
        """Whether the loss reads its outputs as scores of classes."""
        return "classes" in self.tasks


LOSSES: Registry[Loss] = Registry("loss")

HUBER_DELTA = 1.0


def _loss(loss: Loss) -> Loss:
    return LOSSES.add(loss.name, loss)


def _sum(terms: Array) -> Array:
    total: Array = np.add.reduce(terms, 0)
    return total


def _half_squared(a: Array, t: Array) -> Array:
    error = a - t
    return _sum(error * error) * 0.5


def _mean_squared(a: Array, t: Array) -> Array:
    error = a - t
    return _sum(error * error) / len(a)


def _mean_squared_slope(a: Array, t: Array, out: Array) -> None:
    np.subtract(a, t, out)
    np.multiply(out, 2 / len(a), out)


def _sum_squared(a: Array, t: Array) -> Array:
    error = a - t
    return _sum(error * error)


def _sum_squared_slope(a: Array, t: Array, out: Array) -> None:
    np.subtract(a, t, out)
    np.multiply(out, 2, out)


def _absolute(a: Array, t: Array) -> Array:
    return _sum(np.abs(a - t))


def _absolute_slope(a: Array, t: Array, out: Array) -> None:
    np.subtract(a, t, out)
    np.sign(out, out)


def _huber(a: Array, t: Array) -> Array:
    error = np.abs(a - t)
    near = 0.5 * error * error
    return _sum(np.where(error <= HUBER_DELTA, near, HUBER_DELTA * (error - 0.5 * HUBER_DELTA)))


def _huber_slope(a: Array, t: Array, out: Array) -> None:
    np.subtract(a, t, out)
    np.clip(out, -HUBER_DELTA, HUBER_DELTA, out)


def _cross_entropy(a: Array, t: Array) -> Array:
    # A term whose target factor is 0 is 0, even where the logarithm is infinite.
    one = np.where(t == 0, 0, t * np.log(np.where(t == 0, 1, a)))
    zero = np.where(t == 1, 0, (1 - t) * np.log(np.where(t == 1, 1, 1 - a)))
    return -_sum(one + zero)


def _cross_entropy_slope(a: Array, t: Array, out: Array) -> None:
    np.divide(a - t, a * (1 - a), out)
    # A perfect answer is 0 / 0 here, though it has a slope: of the two terms of the loss only one is there.
    perfect = (a == t) & ((t == 0) | (t == 1))
    out[perfect] = np.where(t[perfect] == 0, 1, -1)


def _cross_entropy_from_z(z: Array, t: Array) -> Array:
    # -t ln s(z) - (1 - t) ln(1 - s(z)) = softplus(z) - t z; the large terms first, so that a tiny rest survives.
    positive = np.where(z.real > 0, z, 0)
    return _sum(positive - t * z + np.log1p(np.exp(np.where(z.real > 0, -z, z))))


def _cross_entropy_slope_from_z(z: Array, a: Array, t: Array) -> Array:
    # 1 / (1 - a) = 1 + e^z and 1 / a = 1 + e^-z, which 1 - a cannot say once a has rounded to 1.
    by_one, by_zero = 1 + np.exp(-z), 1 + np.exp(z)
    between: Array = (a - t) * by_one * by_zero
    return np.where(t == 0, by_zero, np.where(t == 1, -by_one, between))


def softmax(a: Array) -> Array:
    """Return the probabilities of the classes whose logits are the rows of ``a``, (classes, examples)."""
    shifted: Array = np.exp(a - a.real.max(axis=0))
    return shifted / _sum(shifted)


def _softmax_cross_entropy(a: Array, t: Array) -> Array:
    # -Σ t ln softmax(a) with the largest logit taken out, so that no exponential overflows.
    shifted = a - a.real.max(axis=0)
    return np.log(_sum(np.exp(shifted))) * _sum(t) - _sum(t * shifted)


def _softmax_cross_entropy_slope(a: Array, t: Array, out: Array) -> None:
    np.subtract(softmax(a) * _sum(t), t, out)


_loss(
    Loss(
        "half-squared",
        "half squared",
        "½ Σ (a − t)²",
        "a − t",
        _half_squared,
        np.subtract,
        written=formulas.HALF_SQUARED,
    )
)
_loss(
    Loss(
        "mean-squared",
        "mean squared (over outputs)",
        "1/n Σ (a − t)²",
        "2/n (a − t)",
        _mean_squared,
        _mean_squared_slope,
        written=formulas.MEAN_SQUARED,
    )
)
_loss(
    Loss(
        "sum-squared",
        "sum squared",
        "Σ (a − t)²",
        "2 (a − t)",
        _sum_squared,
        _sum_squared_slope,
        written=formulas.SUM_SQUARED,
    )
)
_loss(
    Loss(
        "absolute",
        "absolute",
        "Σ |a − t|",
        "sign(a − t)",
        _absolute,
        _absolute_slope,
        analytic=False,
        written=formulas.ABSOLUTE,
    )
)
_loss(
    Loss(
        "huber",
        "Huber (δ = 1)",
        "Σ ½ (a − t)² if |a − t| ≤ 1, else |a − t| − ½",
        "a − t, clipped to [−1, 1]",
        _huber,
        _huber_slope,
        analytic=False,
        written=formulas.HUBER,
    )
)
_loss(
    Loss(
        "binary-cross-entropy",
        "binary cross-entropy",
        "−Σ (t ln a + (1 − t) ln(1 − a))",
        "(a − t) / (a (1 − a))",
        _cross_entropy,
        _cross_entropy_slope,
        fused=Fused("sigmoid", _cross_entropy_from_z, np.subtract, _cross_entropy_slope_from_z),
        tasks=("binary",),
        written=formulas.BINARY_CROSS_ENTROPY,
    )
)
_loss(
    Loss(
        "cross-entropy",
        "categorical cross-entropy on logits",
        "−Σ t ln softmax(a)",
        "softmax(a) − t",
        _softmax_cross_entropy,
        _softmax_cross_entropy_slope,
        predict=softmax,
        numpy="np.exp(a - a.max(-1, keepdims=True)) / np.exp(a - a.max(-1, keepdims=True)).sum(-1, keepdims=True)",
        onnx="Softmax(a, axis=-1)",
        tasks=("classes",),
        written=formulas.CROSS_ENTROPY,
    )
)
