"""Putting expressions together: what a formula with one term, no term or the opposite sign is written as."""

from __future__ import annotations

import math
from collections.abc import Iterable

from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Fraction,
    Negative,
    Number,
    Product,
    Sum,
    evaluate,
)

HALF = Number(0.5, "½")
ONE = Number(1.0)
TWO = Number(2.0)

CLOSE = 1e-12
"""How far, relatively, arithmetic that is shown may be from the model's number."""


def total(terms: Iterable[Expression], short: str = "") -> Expression:
    """Return the sum of ``terms``; one term stands for itself, and none is 0."""
    found = tuple(terms)
    if len(found) < 2:
        return found[0] if found else Number(0.0)
    return Sum(found, short)


def product(*factors: Expression) -> Expression:
    """Return the product of ``factors``, leaving out those that are the number 1."""
    kept = tuple(factor for factor in factors if factor != ONE)
    if len(kept) < 2:
        return kept[0] if kept else ONE
    return Product(kept)


def minus(first: Expression, second: Expression) -> Sum:
    """Return first − second."""
    return Sum((first, Negative(second)))


def negated(expression: Expression) -> Expression:
    """Return the opposite of ``expression`` as people write it: t − a for a − t."""
    match expression:
        case Negative(inside=inside):
            return inside
        case Sum(terms=(first, Negative(inside=second))):
            return minus(second, first)
        case Product(factors=factors) if any(isinstance(factor, Sum | Negative) for factor in factors):
            place = next(i for i, factor in enumerate(factors) if isinstance(factor, Sum | Negative))
            return product(*factors[:place], negated(factors[place]), *factors[place + 1 :])
        case Fraction(top=top, bottom=bottom):
            return Fraction(negated(top), bottom)
        case Number(value=0.0):
            return expression
    return Negative(expression)


def logarithm(argument: Expression) -> Call:
    """Return ln of ``argument``; that of 0 is −∞."""
    return Call("ln", argument, _ln)


def exponential(argument: Expression) -> Call:
    """Return e to the power of ``argument``; what overflows is ∞."""
    return Call("exp", argument, _exp)


def leads_to(expression: Expression, value: float, tolerance: float = CLOSE) -> bool:
    """Return whether the arithmetic of ``expression`` gives ``value``."""
    found = evaluate(expression)
    return math.isclose(found, value, rel_tol=tolerance, abs_tol=1e-300) or (
        math.isnan(found) and math.isnan(value)
    )


def _ln(value: float) -> float:
    if value > 0:
        return math.log(value)
    return -math.inf if value == 0 else math.nan


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


__all__ = [
    "CLOSE",
    "HALF",
    "ONE",
    "TWO",
    "exponential",
    "leads_to",
    "logarithm",
    "minus",
    "negated",
    "product",
    "total",
]
