"""What every written form of an expression has in common: parentheses, signs, folded sums, and nothing said twice."""

from __future__ import annotations

import enum
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeAlias

from backprop_gui.engine.operations.expression import Expression, Negative, Product, Sum, evaluate

MOST_TERMS = 6
"""Longer sums are folded: the largest terms, an ellipsis, and a bias."""
DIGITS = 4
Terms: TypeAlias = tuple[Expression, ...]


class Level(enum.IntEnum):
    """How tightly a written expression holds together, from a sum to something that cannot fall apart."""

    SUM = 0
    PRODUCT = 1
    POWER = 2
    WHOLE = 3


class Writer(ABC):
    """Writes expressions in symbols or in numbers; a notation adds how each kind of expression looks.

    Attributes
    ----------
    minus, ellipsis : str
        How the notation writes these.
    digits : int
        Significant digits of numbers.
    symbols : bool
        Whether quantities are written by their names instead of their values.
    most : int
        Sums with more terms are folded.
    """

    minus: str
    ellipsis: str

    def __init__(self, digits: int, symbols: bool, most: int) -> None:
        self.digits, self.symbols, self.most = digits, symbols, most

    def write(self, expression: Expression) -> str:
        """Return an expression as it stands by itself."""
        return self.written(expression)[0]

    @abstractmethod
    def written(self, expression: Expression) -> tuple[str, Level]:
        """Return an expression, and how tightly it holds together."""

    @abstractmethod
    def enclosed(self, text: str) -> str:
        """Return ``text`` in parentheses."""

    @abstractmethod
    def short(self, text: str) -> str:
        """Return the short form of a sum, such as ``Σ w δ``."""

    def inside(self, expression: Expression, least: Level, *, first: bool = True) -> str:
        """Return an expression as a part of another one, in parentheses where it would fall apart."""
        text, level = self.written(expression)
        # A minus sign behind another sign needs them too.
        loose = level < least or (not first and text.startswith(self.minus))
        return self.enclosed(text) if loose else text

    def sum(self, expression: Sum) -> str:
        """Return the terms of a sum with their signs, folded where there are too many."""
        if self.symbols and expression.short and len(expression.terms) > self.most:
            return self.short(expression.short)
        text = ""
        terms, tail = expression.terms, expression.terms[:0]
        if len(terms) > self.most:
            terms, tail = folded(terms, self.most - 1)
        left_out = len(expression.terms) - len(terms) - len(tail)
        for term in (*terms, *([None] if left_out else ()), *tail):
            if term is None:
                text += f" + {self.ellipsis}"
                continue
            negative = isinstance(term, Negative)
            inner = term.inside if isinstance(term, Negative) else term
            # Behind a minus a sum must hold together; behind a plus it may stand as it is.
            part = self.inside(inner, Level.PRODUCT if negative else Level.SUM, first=not negative)
            if text and not negative and part.startswith(self.minus):
                # Adding what is negative is taking away.
                negative, part = True, part[len(self.minus) :]
            sign = self.minus if negative else "+"
            text += f" {sign} {part}" if text else f"{self.minus if negative else ''}{part}"
        return text

    def factors(self, factors: Sequence[Expression]) -> list[str]:
        """Return the factors of a product, each so that it stays one."""
        return [
            self.inside(factor, Level.POWER if place else Level.PRODUCT, first=place == 0)
            for place, factor in enumerate(factors)
        ]


def said_once(left: str, symbols: str, numbers: str, result: str) -> list[str]:
    """Return what stands on the right of an equation, without what would only be said twice."""
    parts = [symbols, numbers, result]
    shown = [part for part, next_one in itertools.pairwise(parts) if part != next_one]
    if shown and shown[0] == left:
        shown = shown[1:]
    return [*shown, result]


def folded(terms: Terms, most: int) -> tuple[Terms, Terms]:
    """Return which ``most`` terms of a longer sum are written: before, and behind, what stands for the others.

    The largest stay, in their order: the result is mostly theirs, and a sum without them looks false. What is added
    to products, as a bias, stays too, behind the others.
    """
    adds = isinstance(terms[0], Product) and not isinstance(terms[-1], Product | Negative)
    tail = terms[-1:] if adds else terms[:0]
    body = terms[: len(terms) - len(tail)]
    sizes = [abs(evaluate(term)) for term in body]
    # What is not a number makes the whole sum so, and is what has to be seen first.
    order = sorted(range(len(body)), key=lambda place: (not math.isnan(sizes[place]), -sizes[place]))
    return tuple(body[place] for place in sorted(order[: max(1, most - len(tail))])), tail


__all__ = ["DIGITS", "MOST_TERMS", "Level", "Writer", "folded", "said_once"]
