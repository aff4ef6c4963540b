"""Expressions as LaTeX, for a formula between ``$`` or in an ``align`` environment; needs amsmath and nothing else."""

from __future__ import annotations

import re
import unicodedata
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
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.operations.writing import DIGITS, MOST_TERMS, Level, Writer, said_once
from backprop_gui.numerals import MINUS, PLAIN

LETTERS = {
    "δ": r"\delta",
    "η": r"\eta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ρ": r"\rho",
    "ε": r"\varepsilon",
    "β₁": r"\beta_1",
    "β₂": r"\beta_2",
    "Δw": r"\Delta w",
    "Δb": r"\Delta b",
}
FUNCTIONS = {"exp", "ln", "tanh", "cos", "sin"}
TEXTS = {"½": r"\tfrac{1}{2}", "√(2/π)": r"\sqrt{2/\pi}"}
SHORT = {
    "Σ": r"\sum ",
    "δ": r"\delta ",
    "′": "'",
    "²": "^2",
    "−": "-",
    "·": r"\cdot ",
    "ln": r"\ln ",
    "exp": r"\exp",
    "max": r"\max",
    "log1p": r"\mathrm{log1p}",
    "huber": r"\mathrm{huber}",
    "|": r"|",
}
_ESCAPES = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\hat{\ }",
    "~": r"\sim ",
    " ": r"\ ",
    "→": r"\to ",
    "ŷ": r"\hat{y}",
    "Σ": r"\Sigma ",
    "σ": r"\sigma ",
    "θ": r"\theta ",
}
_NUMBERED = re.compile(r"([A-Za-zŷ])(\d+(?:\.\d+)*)")
_POWER_OF_TEN = re.compile(r"·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)")
_SHORT = re.compile("|".join(sorted(map(re.escape, SHORT), key=len, reverse=True)))


def as_latex(
    expression: Expression, digits: int = DIGITS, symbols: bool = False, most: int = MOST_TERMS
) -> str:
    """Return an expression in symbols or in numbers; the arguments are those of :func:`as_text`."""
    return _Latex(digits, symbols, most).write(expression)


def equation_latex(
    equation: Equation, digits: int = DIGITS, most: int = MOST_TERMS, *, align: bool = False
) -> str:
    """Return an equation in symbols, in numbers, and with its result.

    ``align`` sets each on a line of its own, with an ``&`` before its sign, for an ``align`` environment.
    """
    left = as_latex(equation.left, digits, True, most)
    symbols, numbers = (as_latex(equation.right, digits, named, most) for named in (True, False))
    shown = said_once(left, symbols, numbers, latex_value(equation.result, digits))
    relation = r"\leftarrow" if equation.relation == "←" else equation.relation
    sign, next_sign = (f"&{relation}", " \\\\\n &= ") if align else (relation, " = ")
    return f"{left} {sign} {next_sign.join(shown)}"


def display_latex(equations: Sequence[Equation], digits: int = DIGITS) -> str:
    r"""Return equations as the contents of one display, such as between ``\[`` and ``\]``.

    Several stand below each other, in ``aligned``: with nothing but a line break between, they would run together.
    """
    if len(equations) < 2:
        return "".join(equation_latex(equation, digits) for equation in equations)
    lines = " \\\\\n".join(equation_latex(equation, digits, align=True) for equation in equations)
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def latex_value(value: float, digits: int = DIGITS) -> str:
    """Return a number in LaTeX."""
    text = write_value(value, digits).replace(MINUS, "-").replace("∞", r"\infty")
    if text == "not a number":
        return r"\mathrm{NaN}"
    return _POWER_OF_TEN.sub(lambda power: rf" \cdot 10^{{{power[1].translate(PLAIN)}}}", text)


def latex_name(name: str) -> str:
    """Return a neuron's name, or two with an arrow between, for an index: h2 as h_{2}, words upright."""
    return r" \to ".join(_one_name(part) for part in name.split("→"))


def latex_symbol(symbol: Symbol) -> str:
    """Return the name of a quantity."""
    letter = LETTERS.get(symbol.letter) or _one_name(symbol.letter)
    letter = rf"\hat{{{letter}}}" if symbol.hat else rf"\bar{{{letter}}}" if symbol.bar else letter
    if symbol.prime:
        letter += "'"
    if symbol.index:
        letter = f"{{{letter}}}" if "_" in letter else letter
        letter += f"_{{{latex_name(symbol.index)}}}"
    if symbol.above:
        letter += f"^{{{symbol.above}}}"
    if symbol.argument is not None:
        letter += f"({latex_symbol(symbol.argument)})"
    if symbol.derivative_of:
        return rf"\frac{{\partial {latex_symbol(symbol.derivative_of)}}}{{\partial {letter}}}"
    return letter


def _one_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    match = _NUMBERED.fullmatch(name)
    if match:
        return f"{_safe(match[1])}_{{{match[2].replace('.', ',')}}}"
    return _safe(name) if len(name) == 1 else rf"\mathrm{{{_safe(name)}}}"


def _safe(words: str) -> str:
    # What is no letter that every LaTeX font has would stop the compiler; what is one with an accent loses it.
    return "".join(
        _ESCAPES.get(sign)
        or "".join(
            part for part in unicodedata.normalize("NFKD", sign) if part.isascii() and part.isprintable()
        )
        or "?"
        for sign in words
    )


class _Latex(Writer):
    minus, ellipsis = "-", r"\dots"

    def enclosed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def short(self, text: str) -> str:
        return _SHORT.sub(lambda sign: SHORT[sign[0]], text)

    def written(self, expression: Expression) -> tuple[str, Level]:
        match expression:
            case Quantity(symbol=symbol) if self.symbols:
                return latex_symbol(symbol), Level.POWER if symbol.above else Level.WHOLE
            case Number(text=text) if text:
                return TEXTS.get(text, text), Level.WHOLE
            case Quantity(value=value) | Number(value=value):
                written = latex_value(value, self.digits)
                return written, Level.PRODUCT if "cdot" in written or written.startswith("-") else Level.WHOLE
            case Sum():
                return self.sum(expression), Level.SUM
            case Product(factors=factors):
                return self._product(factors), Level.PRODUCT
            case Fraction(top=top, bottom=bottom):
                return rf"\frac{{{self.write(top)}}}{{{self.write(bottom)}}}", Level.POWER
            case Power(base=base, exponent=exponent):
                return f"{self.inside(base, Level.WHOLE, first=False)}^{{{exponent}}}", Level.POWER
            case Root(inside=inside):
                return rf"\sqrt{{{self.write(inside)}}}", Level.WHOLE
            case Negative(inside=inside):
                return f"-{self.inside(inside, Level.PRODUCT, first=False)}", Level.SUM
            case Size(inside=inside):
                return rf"\left|{self.write(inside)}\right|", Level.WHOLE
            case Call(name="exp", argument=argument):
                return f"e^{{{self.write(argument)}}}", Level.POWER
            case Call(name=name, argument=argument):
                function = f"\\{name}" if name in FUNCTIONS else rf"\operatorname{{{name}}}"
                return rf"{function}\left({self.write(argument)}\right)", Level.WHOLE

    def _product(self, factors: Sequence[Expression]) -> str:
        return (r" \, " if self.symbols else r" \cdot ").join(self.factors(factors))


__all__ = ["as_latex", "display_latex", "equation_latex", "latex_name", "latex_symbol", "latex_value"]
