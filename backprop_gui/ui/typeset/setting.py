"""Sets expressions: the same tree becomes a box of symbols, or a box of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

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
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.operations.writing import folded
from backprop_gui.ui.numbers import MINUS
from backprop_gui.ui.typeset.box import (
    Box,
    bar,
    bars,
    brackets,
    fraction,
    hat,
    marked,
    root,
    row,
    scripts,
    space,
    text_box,
)
from backprop_gui.ui.typeset.type import Role, Style, Type, type_of

LONGEST_INDEX = 24
"""Letters of an index; of a longer name the middle is left out."""
_NUMBERED = re.compile(r"([^\W\d_]\u0302?)(\d+)(?:\.(\d+))?")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUM_SIGN = "Σ"


@dataclass(frozen=True, slots=True)
class Setter:
    """Turns expressions into boxes.

    Attributes
    ----------
    style : Style
    most : int
        How many terms of a sum are written; of more, the largest ones and a bias.
    level : int
        0 for text, 1 within an index or a small fraction.
    """

    style: Style
    most: int = 12
    level: int = 0

    # ---- type

    def _type(self, deeper: int = 0, *, italic: bool = False) -> Type:
        return type_of(self.style.px, self.level + deeper, italic=italic)

    @property
    def _em(self) -> float:
        return float(self._type().px)

    def _sign(self, text: str) -> Box:
        """Return a sign between two terms, with its room."""
        gap = space(0.22 * self._em)
        return row([gap, text_box(text, self._type()), gap])

    # ---- symbols and numbers

    def symbol(self, symbol: Symbol) -> Box:
        """Return the name of a quantity."""
        return symbol_box(symbol, self.style.px, self.level)

    def number(self, value: float, *, tinted: bool = False, bold: bool = False) -> Box:
        """Return a number with the digits of the style."""
        role = Role.TEXT
        if tinted and self.style.tinted and value:
            role = Role.NEGATIVE if value < 0 else Role.POSITIVE
        type_ = type_of(self.style.px, self.level, bold=bold)
        return text_box(write_value(value, self.style.digits), type_, role)

    # ---- expressions

    def set(self, expression: Expression, *, numbers: bool) -> Box:
        """Return an expression in symbols or in ``numbers``."""
        match expression:
            case Quantity():
                box = (
                    self.number(expression.value, tinted=expression.key is not None)
                    if numbers
                    else self.symbol(expression.symbol)
                )
                return marked(box, expression)
            case Number(text=text, value=value):
                return text_box(text or write_value(value, self.style.digits), self._type())
            case Sum():
                return self._sum(expression, numbers)
            case Product(factors=factors):
                return self._product(factors, numbers)
            case Fraction(top=top, bottom=bottom):
                inner = replace(self, level=min(2, self.level + 1)) if self.style.compact else self
                return fraction(
                    inner.set(top, numbers=numbers),
                    inner.set(bottom, numbers=numbers),
                    inner._type(),
                    self._type().axis,
                )
            case Power(base=base, exponent=exponent):
                return self._power(base, exponent, numbers)
            case Root(inside=inside):
                return root(self.set(inside, numbers=numbers), self._type())
            case Negative(inside=inside):
                box = self.set(inside, numbers=numbers)
                if isinstance(inside, Sum | Negative) or (numbers and _begins_negative(inside)):
                    box = brackets(box, self._type())
                return row([text_box(MINUS, self._type()), space(0.06 * self._em), box])
            case Size(inside=inside):
                return bars(self.set(inside, numbers=numbers), self._type())
            case Call(name="exp", argument=argument):
                inner = replace(self, level=min(2, self.level + 1))
                letter = text_box("e", self._type(italic=True))
                return scripts(letter, None, inner.set(argument, numbers=numbers), self._type())
            case Call(name=name, argument=argument):
                inside_box = self.set(argument, numbers=numbers)
                return row([text_box(name, self._type()), brackets(inside_box, self._type())])

    def _sum(self, expression: Sum, numbers: bool) -> Box:
        terms = expression.terms
        if not terms:
            return text_box("0", self._type())
        if not numbers and expression.short and len(terms) > min(self.most, 3):
            return self._short(expression.short)
        first, last = (terms, terms[:0]) if len(terms) <= self.most else folded(terms, self.most)
        left_out = len(terms) - len(first) - len(last)
        boxes: list[Box] = []
        for place, term in enumerate((*first, *last)):
            if left_out and place == len(first):
                boxes += self._left_out(left_out)
            inside, sign = (term.inside, MINUS) if isinstance(term, Negative) else (term, "+")
            box = self.set(inside, numbers=numbers)
            enclosed = (place or sign == MINUS) and numbers and _begins_negative(inside)
            if isinstance(inside, Sum) or (enclosed and not isinstance(inside, Product)):
                box = brackets(box, self._type())
            elif enclosed:
                box = self._product(inside.factors, numbers, enclosed=True)  # type: ignore[union-attr]
            if place:
                boxes.append(self._sign(sign))
            elif sign == MINUS:
                boxes += [text_box(MINUS, self._type()), space(0.06 * self._em)]
            boxes.append(box)
        if left_out and not last:
            boxes += self._left_out(left_out)
        return row(boxes)

    def _left_out(self, count: int) -> list[Box]:
        """Return what stands for the terms of a sum that are not written."""
        return [
            self._sign("+"),
            text_box("⋯", self._type()),
            text_box(f" {count:,} more ", self._type(1), Role.MUTED),
            text_box("⋯", self._type()),
        ]

    def _short(self, text: str) -> Box:
        """Return the short form of a sum: a sum sign and letters."""
        boxes: list[Box] = []
        for place, word in enumerate(text.split()):
            if place:
                boxes.append(space(0.18 * self._em))
            upright = word == _SUM_SIGN or len(word) > 2
            boxes.append(text_box(word, self._type(italic=not upright)))
        return row(boxes)

    def _product(self, factors: tuple[Expression, ...], numbers: bool, *, enclosed: bool = False) -> Box:
        boxes: list[Box] = []
        simple = [not numbers and _simple(factor) for factor in factors]
        for place, factor in enumerate(factors):
            box = self.set(factor, numbers=numbers)
            several = isinstance(factor, Negative) or (
                isinstance(factor, Sum) and not self._is_folded(factor, numbers)
            )
            if several or (numbers and (place or enclosed) and _begins_negative(factor)):
                box = brackets(box, self._type())
            if place:
                beside = simple[place] and simple[place - 1]
                boxes.append(space(0.16 * self._em) if beside else self._sign("·"))
            boxes.append(box)
        return row(boxes)

    def _is_folded(self, expression: Sum, numbers: bool) -> bool:
        """Return whether a sum is written so that it needs no brackets as a factor."""
        terms = expression.terms
        if len(terms) == 1:
            return not (numbers and _begins_negative(terms[0]))
        return not numbers and bool(expression.short) and len(terms) > min(self.most, 3)

    def _power(self, base: Expression, exponent: int, numbers: bool) -> Box:
        box = self.set(base, numbers=numbers)
        atom = isinstance(base, Quantity | Number | Size | Call)
        if not atom or (numbers and _begins_negative(base)):
            box = brackets(box, self._type())
        above = text_box(str(exponent).replace("-", MINUS), self._type(1))
        return scripts(box, None, above, self._type())


@lru_cache(4096)
def symbol_box(symbol: Symbol, px: int, level: int) -> Box:
    """Return the name of a quantity."""
    upright = type_of(px, level)
    if symbol.derivative_of:
        inner = symbol_box(replace(symbol, derivative_of=None), px, level)
        partial = text_box("∂", type_of(px, level, italic=True))
        above = symbol_box(symbol.derivative_of, px, level)
        return row([partial, above, text_box("/", upright), partial, inner])
    letter = symbol.letter
    lead = "Δ" if len(letter) == 2 and letter[0] == "Δ" else ""
    base = _letter(letter[len(lead) :], px, level)
    if symbol.hat:
        base = hat(base, upright)
    if symbol.bar:
        base = bar(base, upright)
    if lead:
        base = row([text_box(lead, upright), base])
    if symbol.prime:
        base = row([base, space(0.08 * px), text_box("′", upright)])
    index = _index(symbol.index, px, level) if symbol.index else None
    raised = text_box(symbol.above, type_of(px, level + 1)) if symbol.above else None
    if index is not None or raised is not None:
        base = scripts(base, index, raised, upright)
    if symbol.argument is not None:
        base = row([base, brackets(symbol_box(symbol.argument, px, level), upright)])
    return base


def _letter(letter: str, px: int, level: int) -> Box:
    """Return the letter of a quantity; an input is called by its name, such as x1, and some have numbers, as β₁."""
    plain = letter.translate(_DIGITS)
    if _NUMBERED.fullmatch(plain):
        return _name(plain, px, level)
    return text_box(letter, type_of(px, level, italic=len(letter) == 1))


def _index(name: str, px: int, level: int) -> Box:
    """Return a name, or two with an arrow, as what stands below a letter."""
    parts: list[Box] = []
    for place, part in enumerate(name.split("→")):
        if place:
            parts.append(text_box("→", type_of(px, level + 1)))
        parts.append(_name(part, px, level + 1))
    return row(parts)


def _name(name: str, px: int, level: int) -> Box:
    if len(name) > LONGEST_INDEX:
        name = f"{name[: LONGEST_INDEX // 2]}…{name[-LONGEST_INDEX // 2 + 1 :]}"
    match = _NUMBERED.fullmatch(name)
    if not match:
        return text_box(name, type_of(px, level, italic=len(name) == 1 and name.isalpha()))
    letter, first, second = match.groups()
    below = text_box(f"{first},{second}" if second else first, type_of(px, level + 1))
    return scripts(text_box(letter, type_of(px, level, italic=True)), below, None, type_of(px, level))


def _simple(expression: Expression) -> bool:
    """Return whether a factor needs no dot before the next one."""
    if not isinstance(expression, Quantity):
        return False
    return expression.symbol.argument is None and not expression.symbol.derivative_of


def _begins_negative(expression: Expression) -> bool:
    """Return whether an expression in numbers begins with a minus sign."""
    match expression:
        case Quantity(value=value) | Number(value=value):
            return value < 0
        case Negative():
            return True
        case Product(factors=parts) | Sum(terms=parts):
            return bool(parts) and _begins_negative(parts[0])
        case _:
            return False


__all__ = ["Setter", "symbol_box"]
