"""Expressions: one tree says a formula in symbols, in numbers and as a value.

The leaves are quantities of the model, each with its symbol, its present value and the neuron or edge it belongs to.
Whatever writes an expression (text, LaTeX, the typeset picture in the window) walks the same tree twice, once for the
symbols and once for the numbers, so the two can never say different things; and :func:`evaluate` proves that the
arithmetic that is shown leads to the number that the model has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from backprop_gui.network import Key


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a quantity: a letter with what stands around it.

    Attributes
    ----------
    letter : str
        Such as ``z``, ``δ``, ``w``, ``η``; several letters are set upright, as ``softmax``.
    index : str
        What stands below it: a neuron's name, or an edge's, as ``x1→h1``.
    hat : bool
        Whether it wears a hat, as a moment whose bias has been corrected.
    prime : bool
        Whether it is a derivative, as f′.
    argument : Symbol or None
        What it is a function of, as z in f′(z).
    derivative_of : Symbol or None
        If there is one, the whole stands for ∂(this)/∂letter.
    bar : bool
        Whether it wears a bar, as the mean over a batch.
    above : str
        What stands above it: the number of an example, as ``(3)``.
    """

    letter: str
    index: str = ""
    hat: bool = False
    prime: bool = False
    argument: Symbol | None = None
    derivative_of: Symbol | None = None
    bar: bool = False
    above: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the model at this moment, with its name.

    Attributes
    ----------
    symbol : Symbol
    value : float
        As the model has it, not rounded.
    key : Key or None
        The neuron or edge that it belongs to: pointing at the one lights the other.
    """

    symbol: Symbol
    value: float
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is the same in every example, such as the 1 of 1 − a.

    ``text`` is how people write it where that is not its decimal form, such as ½.
    """

    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms that are added; a :class:`Negative` among them is subtracted.

    Attributes
    ----------
    terms : tuple of expressions
    short : str
        How the sum is written in symbols where it has too many terms, such as ``Σ w δ``; empty: it is never folded.
    """

    terms: tuple[Expression, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """Factors that are multiplied."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One expression divided by another."""

    top: Expression
    bottom: Expression


@dataclass(frozen=True, slots=True)
class Power:
    """An expression to a whole power."""

    base: Expression
    exponent: int


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    """An expression with the opposite sign."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class Size:
    """The absolute value of an expression."""

    inside: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of an expression.

    Attributes
    ----------
    name : str
        What it is called, such as ``sigmoid`` or ``ln``.
    argument : expression
    function : callable
        What it does to a number.
    """

    name: str
    argument: Expression
    function: Callable[[float], float]


Expression: TypeAlias = Quantity | Number | Sum | Product | Fraction | Power | Root | Negative | Size | Call


def evaluate(expression: Expression) -> float:
    """Return the value of an expression, from the values of its leaves alone.

    What overflows or divides by zero becomes infinite or not a number, as in the engine.
    """
    match expression:
        case Quantity(value=value) | Number(value=value):
            return value
        case Sum(terms=terms):
            return summed([evaluate(term) for term in terms])
        case Product(factors=factors):
            return math.prod(map(evaluate, factors))
        case Fraction(top=top, bottom=bottom):
            return _divided(evaluate(top), evaluate(bottom))
        case Power(base=base, exponent=exponent):
            return _raised(evaluate(base), exponent)
        case Root(inside=inside):
            value = evaluate(inside)
            return math.sqrt(value) if value >= 0 else math.nan
        case Negative(inside=inside):
            return -evaluate(inside)
        case Size(inside=inside):
            return abs(evaluate(inside))
        case Call(argument=argument, function=function):
            return function(evaluate(argument))


def summed(values: Sequence[float]) -> float:
    """Return the sum of ``values``, exactly rounded, so that it does not depend on their order.

    Where some are not finite, or what they add up to on the way overflows, it is infinite or not a number.
    """
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return float(sum(values))


def quantities(expression: Expression) -> Iterator[Quantity]:
    """Yield the quantities of an expression, from left to right."""
    match expression:
        case Quantity():
            yield expression
        case Sum(terms=parts) | Product(factors=parts):
            for part in parts:
                yield from quantities(part)
        case Fraction(top=top, bottom=bottom):
            yield from quantities(top)
            yield from quantities(bottom)
        case Power(base=inside) | Root(inside=inside) | Negative(inside=inside) | Size(inside=inside):
            yield from quantities(inside)
        case Call(argument=inside):
            yield from quantities(inside)
        case Number():
            pass


def _raised(base: float, exponent: int) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf if base > 0 or exponent % 2 == 0 else -math.inf


def _divided(top: float, bottom: float) -> float:
    if bottom:
        return top / bottom
    return (
        math.nan if top == 0 or math.isnan(top) else math.copysign(math.inf, top) * math.copysign(1, bottom)
    )


__all__ = [
    "Call",
    "Expression",
    "Fraction",
    "Negative",
    "Number",
    "Power",
    "Product",
    "Quantity",
    "Root",
    "Size",
    "Sum",
    "Symbol",
    "evaluate",
    "quantities",
    "summed",
]
