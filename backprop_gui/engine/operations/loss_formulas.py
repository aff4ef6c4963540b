"""Each loss, and its slope ∂L/∂a at one output, as expressions of the outputs and targets of one example."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backprop_gui.engine.operations.building import (
    HALF,
    ONE,
    TWO,
    exponential,
    logarithm,
    minus,
    product,
    total,
)
from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Fraction,
    Negative,
    Number,
    Power,
    Product,
    Quantity,
    Size,
    Sum,
    evaluate,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One output of one example.

    Attributes
    ----------
    z, a, t : Quantity
        Its weighted sum, its activation and its target.
    p : Quantity
        What the loss makes of it: a probability for a cross-entropy on logits, otherwise a itself.
    """

    z: Quantity
    a: Quantity
    t: Quantity
    p: Quantity


@dataclass(frozen=True, slots=True)
class LossFormulas:
    """A loss as expressions.

    Attributes
    ----------
    value : callable
        ``value(answers)`` returns L of one example.
    slope : callable
        ``slope(answers, k)`` returns ∂L/∂a of output ``k``.
    stable : callable, optional
        ``value`` written so that it stays right where ``value`` loses its digits or is infinite.
    stable_slope : callable, optional
        ``stable_slope(answer)`` returns the same for the slope at one output.
    """

    value: Callable[[Sequence[Answer]], Expression]
    slope: Callable[[Sequence[Answer], int], Expression]
    stable: Callable[[Sequence[Answer]], Expression] | None = None
    stable_slope: Callable[[Answer], Expression] | None = None


def _error(answer: Answer) -> Sum:
    return minus(answer.a, answer.t)


def _squares(answers: Sequence[Answer]) -> Expression:
    return total((Power(_error(answer), 2) for answer in answers), "Σ (a − t)²")


def _error_of(answers: Sequence[Answer], k: int) -> Expression:
    return _error(answers[k])


def _mean_slope(answers: Sequence[Answer], k: int) -> Expression:
    return product(Fraction(TWO, Number(float(len(answers)))), _error(answers[k]))


def _sign(value: float) -> float:
    return math.nan if math.isnan(value) else float((value > 0) - (value < 0))


def _clipped(value: float) -> float:
    return value if math.isnan(value) else max(-1.0, min(1.0, value))


def _huber(answer: Answer) -> Expression:
    error = _error(answer)
    if abs(evaluate(error)) <= 1:
        return product(HALF, Power(error, 2))
    return minus(Size(error), HALF)


def _log_likelihood(answer: Answer) -> Expression:
    """Return t ln a + (1 − t) ln(1 − a); a part with the factor 0 is left out where its logarithm is infinite."""
    one = Product((answer.t, logarithm(answer.a)))
    zero = Product((minus(ONE, answer.t), logarithm(minus(ONE, answer.a))))
    if answer.t.value == 0 and answer.a.value <= 0:
        return zero
    if answer.t.value == 1 and answer.a.value >= 1:
        return one
    return Sum((one, zero))


def _cross_entropy(answers: Sequence[Answer]) -> Expression:
    return Negative(total(map(_log_likelihood, answers), "Σ (t ln a + (1 − t) ln(1 − a))"))


def _cross_entropy_of_z(answers: Sequence[Answer]) -> Expression:
    """The same for sigmoid outputs: max(z, 0) − t z + ln(1 + e^−|z|)."""
    terms: list[Expression] = []
    for answer in answers:
        above = answer.z.value > 0
        terms += [answer.z] if above else []
        terms.append(Negative(Product((answer.t, answer.z))))
        terms.append(Call("log1p", exponential(Negative(answer.z) if above else answer.z), math.log1p))
    return total(terms, "Σ (max(z, 0) − t z + log1p(exp(−|z|)))")


def _cross_entropy_slope(answers: Sequence[Answer], k: int) -> Expression:
    a, t = answers[k].a, answers[k].t
    if a.value == t.value and t.value in (0, 1):
        # A perfect answer: one of the two terms of the loss is not there, and the fraction of both would be 0 / 0.
        return Negative(Fraction(t, a)) if t.value else Fraction(minus(ONE, t), minus(ONE, a))
    return Fraction(_error(answers[k]), Product((a, minus(ONE, a))))


def _cross_entropy_slope_of_z(answer: Answer) -> Expression:
    """The same for a sigmoid output, with 1 / a = 1 + e^−z and 1 / (1 − a) = 1 + e^z."""
    by_one, by_zero = Sum((ONE, exponential(Negative(answer.z)))), Sum((ONE, exponential(answer.z)))
    if answer.t.value in (0, 1):
        return Negative(by_one) if answer.t.value else by_zero
    return Product((_error(answer), by_one, by_zero))


def _of_classes(answers: Sequence[Answer]) -> Expression:
    terms = (
        Product((answer.t, logarithm(answer.p)))
        for answer in answers
        if answer.p.value > 0 or answer.t.value != 0
    )
    return Negative(total(terms, "Σ t ln p"))


def _of_logits(answers: Sequence[Answer]) -> Expression:
    """The same from the logits, the largest m taken out: Σt ln Σ e^(a − m) − Σ t (a − m)."""
    largest = max(answers, key=lambda answer: answer.a.value).a
    powers = total((exponential(minus(answer.a, largest)) for answer in answers), "Σ exp(a − m)")
    targets = total((answer.t for answer in answers), "Σ t")
    rest = total((Product((answer.t, minus(answer.a, largest))) for answer in answers), "Σ t (a − m)")
    return minus(Product((targets, logarithm(powers))), rest)


def _of_classes_slope(answers: Sequence[Answer], k: int) -> Expression:
    targets = [answer.t for answer in answers]
    p, t = answers[k].p, answers[k].t
    if math.isclose(sum(target.value for target in targets), 1, rel_tol=1e-15):
        return minus(p, t)
    return minus(Product((p, total(targets, "Σ t"))), t)


def probability(answers: Sequence[Answer], k: int) -> Expression:
    """Return the softmax e^a / Σ e^a of output ``k``, the largest logit taken out where an exponential overflows."""
    largest = max(answers, key=lambda answer: answer.a.value).a
    shift = largest.value > 700 or largest.value < -700
    powers = [exponential(minus(answer.a, largest) if shift else answer.a) for answer in answers]
    return Fraction(powers[k], total(powers, "Σ exp(a)"))


HALF_SQUARED = LossFormulas(lambda answers: product(HALF, _squares(answers)), _error_of)
MEAN_SQUARED = LossFormulas(
    lambda answers: product(Fraction(ONE, Number(float(len(answers)))), _squares(answers)), _mean_slope
)
SUM_SQUARED = LossFormulas(_squares, lambda answers, k: product(TWO, _error(answers[k])))
ABSOLUTE = LossFormulas(
    lambda answers: total((Size(_error(answer)) for answer in answers), "Σ |a − t|"),
    lambda answers, k: Call("sign", _error(answers[k]), _sign),
)
HUBER = LossFormulas(
    lambda answers: total(map(_huber, answers), "Σ huber(a − t)"),
    lambda answers, k: Call("clip", _error(answers[k]), _clipped),
)
BINARY_CROSS_ENTROPY = LossFormulas(
    _cross_entropy, _cross_entropy_slope, _cross_entropy_of_z, _cross_entropy_slope_of_z
)
CROSS_ENTROPY = LossFormulas(_of_classes, _of_classes_slope, _of_logits)

__all__ = [
    "ABSOLUTE",
    "BINARY_CROSS_ENTROPY",
    "CROSS_ENTROPY",
    "HALF_SQUARED",
    "HUBER",
    "MEAN_SQUARED",
    "SUM_SQUARED",
    "Answer",
    "LossFormulas",
    "probability",
]
