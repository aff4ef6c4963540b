"""Expressions as plain text, such as ``δ_h1 = f′(z_h1) · (w_h1→o1 δ_o1 + …) = 0.2413 · (0.4 · 0.1385 + …)``."""

from __future__ import annotations

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
from backprop_gui.engine.operations.writing import DIGITS, MOST_TERMS, Level, Writer, said_once
from backprop_gui.numerals import MINUS, SUPERSCRIPTS, format_number


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
    return _Text(digits, symbols, most).write(expression)


def equation_text(equation: Equation, digits: int = DIGITS, most: int = MOST_TERMS) -> str:
    """Return an equation in symbols, in numbers, and with its result, without what would only be said twice."""
    left = as_text(equation.left, digits, True, most)
    symbols, numbers = (as_text(equation.right, digits, named, most) for named in (True, False))
    shown = said_once(left, symbols, numbers, write_value(equation.result, digits))
    return f"{left} {equation.relation} {' = '.join(shown)}"


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
    return f"∂{symbol_text(symbol.derivative_of)}/∂{name}" if symbol.derivative_of else name


def write_value(value: float, digits: int = DIGITS) -> str:
    """Return a number as a person writes it: 1 and not 1.000, 0.4 and not 0.4000."""
    if math.isfinite(value):
        if value == round(value) and abs(value) < 10 ** max(digits, 4):
            return f"{value:.0f}".replace("-", MINUS) if value else "0"
        short = repr(abs(value))
        if "e" not in short and abs(value) >= 1e-4 and len(short.replace(".", "").lstrip("0")) <= digits:
            return (MINUS if value < 0 else "") + short
    return format_number(value, digits)


class _Text(Writer):
    minus, ellipsis = MINUS, "…"

    def enclosed(self, text: str) -> str:
        return f"({text})"

    def short(self, text: str) -> str:
        return text

    def written(self, expression: Expression) -> tuple[str, Level]:
        match expression:
            case Quantity(symbol=symbol) if self.symbols:
                return symbol_text(symbol), Level.WHOLE
            case Quantity(value=value):
                return self._number(value)
            case Number(text=text) if text:
                return text, Level.WHOLE
            case Number(value=value):
                return self._number(value)
            case Sum():
                return self.sum(expression), Level.SUM
            case Product(factors=factors):
                return self._product(factors), Level.PRODUCT
            case Fraction(top=top, bottom=bottom):
                return (
                    f"{self.inside(top, Level.PRODUCT)} / {self.inside(bottom, Level.POWER)}",
                    Level.PRODUCT,
                )
            case Power(base=base, exponent=exponent):
                text = self.inside(base, Level.WHOLE, first=False)
                return f"{text}{str(exponent).translate(SUPERSCRIPTS)}", Level.POWER
            case Root(inside=inside):
                return f"√{self.inside(inside, Level.WHOLE)}", Level.WHOLE
            case Negative(inside=inside):
                return f"{MINUS}{self.inside(inside, Level.PRODUCT, first=False)}", Level.SUM
            case Size(inside=inside):
                return f"|{self.write(inside)}|", Level.WHOLE
            case Call(name=name, argument=argument):
                return f"{name}({self.write(argument)})", Level.WHOLE

    def _number(self, value: float) -> tuple[str, Level]:
        text = write_value(value, self.digits)
        return text, Level.PRODUCT if "·" in text or text.startswith(MINUS) else Level.WHOLE

    def _product(self, factors: Sequence[Expression]) -> str:
        parts = self.factors(factors)
        # In symbols letters stand side by side, as w a; a function or a parenthesis is set off with a point.
        text = parts[0]
        for i in range(1, len(parts)):
            plain = self.symbols and all(_is_letter(factor) for factor in (factors[i - 1], factors[i]))
            text += f"{' ' if plain else ' · '}{parts[i]}"
        return text


def _is_letter(factor: Expression) -> bool:
    return isinstance(factor, Quantity) and factor.symbol.argument is None and not factor.symbol.derivative_of


__all__ = ["DIGITS", "MOST_TERMS", "as_text", "equation_text", "symbol_text", "write_value"]
