"""Expressions as plain text, such as ``δ_h1 = f′(z_h1) · (w_h1→o1 δ_o1 + …) = 0.2413 · (0.4 · 0.1385 + …)``."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence

from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Fraction,
    Negative,
    Number,
    Power,
    Product,
    Quantity,
    Root,
    Size,
    Sum,
    Symbol,
)
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.numerals import MINUS, SUPERSCRIPTS, format_number

MOST_TERMS = 6
"""Longer sums are folded: the first terms, an ellipsis, and the last one."""
DIGITS = 4


class Level(enum.IntEnum):
    """How tightly a written expression holds together, from a sum to something that cannot fall apart."""

    SUM = 0
    PRODUCT = 1
    POWER = 2
    WHOLE = 3


def as_text(
    expression: Expression, digits: int = DIGITS, symbols: bool = False, most: int = MOST_TERMS
) -> str:
    """Return an expression in symbols or in numbers.

    Parameters
    ----------
    digits : int
        Significant digits of the numbers.
    symbols : bool
        Whether to write the names of quantities instead of their values.
    most : int
        Sums with more terms are folded.
    """
    return _Writer(digits, symbols, most).write(expression)


def equation_text(equation: Equation, digits: int = DIGITS, most: int = MOST_TERMS) -> str:
    """Return an equation in symbols, in numbers, and with its result, without what would only be said twice."""
    parts = [as_text(equation.right, digits, True, most), as_text(equation.right, digits, False, most)]
    result = write_value(equation.result, digits)
    left = as_text(equation.left, digits, True, most)
    shown = [part for part, next_one in zip(parts, [*parts[1:], result], strict=True) if part != next_one]
    if shown and shown[0] == left:
        shown = shown[1:]
    return f"{left} {equation.relation} {' = '.join([*shown, result])}"


def symbol_text(symbol: Symbol) -> str:
    """Return the name of a quantity, such as ``z_h1``, ``∂L/∂w_x1→h1``, ``f′(z_h1)``, ``m̂`` or ``z̄_h1``."""
    letter = (
        f"{symbol.letter}{'̂' if symbol.hat else ''}{'̄' if symbol.bar else ''}{'′' if symbol.prime else ''}"
    )
    name = f"{letter}{'_' if symbol.index else ''}{symbol.index}"
    if symbol.above:
        name += f"^{symbol.above}"
    if symbol.argument is not None:
        name += f"({symbol_text(symbol.argument)})"
    return f"∂{symbol.derivative_of}/∂{name}" if symbol.derivative_of else name


def write_value(value: float, digits: int = DIGITS) -> str:
    """Return a number as a person writes it: 1 and not 1.000, 0.4 and not 0.4000."""
    if math.isfinite(value):
        if value == round(value) and abs(value) < 10 ** max(digits, 4):
            return f"{value:.0f}".replace("-", MINUS) if value else "0"
        short = repr(abs(value))
        if "e" not in short and abs(value) >= 1e-4 and len(short.replace(".", "").lstrip("0")) <= digits:
            return (MINUS if value < 0 else "") + short
    return format_number(value, digits)


def folded(terms: Sequence[Expression], most: int) -> list[Expression | None]:
    """Return at most ``most`` of ``terms``: the first ones, None for those left out, and the last."""
    return [*terms] if len(terms) <= most else [*terms[: most - 2], None, terms[-1]]


class _Writer:
    def __init__(self, digits: int, symbols: bool, most: int) -> None:
        self._digits, self._symbols, self._most = digits, symbols, most

    def write(self, expression: Expression) -> str:
        return self._written(expression)[0]

    def _inside(self, expression: Expression, least: Level, *, first: bool = True) -> str:
        """Return an expression as a part of another one, in parentheses where it would fall apart."""
        text, level = self._written(expression)
        # A minus sign behind another sign needs them too.
        loose = level < least or (not first and text.startswith(MINUS))
        return f"({text})" if loose else text

    def _written(self, expression: Expression) -> tuple[str, Level]:
        match expression:
            case Quantity(symbol=symbol) if self._symbols:
                return symbol_text(symbol), Level.WHOLE
            case Quantity(value=value):
                return self._number(value)
            case Number(text=text) if text:
                return text, Level.WHOLE
            case Number(value=value):
                return self._number(value)
            case Sum():
                return self._sum(expression), Level.SUM
            case Product(factors=factors):
                return self._product(factors), Level.PRODUCT
            case Fraction(top=top, bottom=bottom):
                return (
                    f"{self._inside(top, Level.PRODUCT)} / {self._inside(bottom, Level.POWER)}",
                    Level.PRODUCT,
                )
            case Power(base=base, exponent=exponent):
                text = self._inside(base, Level.WHOLE, first=False)
                return f"{text}{str(exponent).translate(SUPERSCRIPTS)}", Level.POWER
            case Root(inside=inside):
                return f"√{self._inside(inside, Level.WHOLE)}", Level.WHOLE
            case Negative(inside=inside):
                return f"{MINUS}{self._inside(inside, Level.PRODUCT, first=False)}", Level.SUM
            case Size(inside=inside):
                return f"|{self.write(inside)}|", Level.WHOLE
            case Call(name=name, argument=argument):
                return f"{name}({self.write(argument)})", Level.WHOLE

    def _number(self, value: float) -> tuple[str, Level]:
        text = write_value(value, self._digits)
        return text, Level.PRODUCT if "·" in text or text.startswith(MINUS) else Level.WHOLE

    def _sum(self, expression: Sum) -> str:
        if self._symbols and expression.short and len(expression.terms) > self._most:
            return expression.short
        text = ""
        for term in folded(expression.terms, self._most):
            if term is None:
                text += " + …"
                continue
            negative = isinstance(term, Negative)
            inner = term.inside if isinstance(term, Negative) else term
            # Behind a minus a sum must hold together; behind a plus it may stand as it is.
            part = self._inside(inner, Level.PRODUCT if negative else Level.SUM, first=not negative)
            if text and not negative and part.startswith(MINUS):
                # Adding what is negative is taking away.
                negative, part = True, part[len(MINUS) :]
            sign = MINUS if negative else "+"
            text += f" {sign} {part}" if text else f"{MINUS if negative else ''}{part}"
        return text

    def _product(self, factors: Sequence[Expression]) -> str:
        parts = [
            self._inside(factor, Level.POWER if i else Level.PRODUCT, first=i == 0)
            for i, factor in enumerate(factors)
        ]
        # In symbols letters stand side by side, as w a; a function or a parenthesis is set off with a point.
        text = parts[0]
        for i in range(1, len(parts)):
            plain = self._symbols and all(_is_letter(factor) for factor in (factors[i - 1], factors[i]))
            text += f"{' ' if plain else ' · '}{parts[i]}"
        return text


def _is_letter(factor: Expression) -> bool:
    return isinstance(factor, Quantity) and factor.symbol.argument is None and not factor.symbol.derivative_of


__all__ = ["DIGITS", "MOST_TERMS", "as_text", "equation_text", "folded", "symbol_text", "write_value"]
