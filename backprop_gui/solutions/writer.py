"""What every kind of document has in common: how numbers are written, and the registry of the kinds there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backprop_gui.engine.operations.expression import Expression, quantities
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.text import write_value
from backprop_gui.registry import Registry
from backprop_gui.solutions.solution import Solution, Step

EXACT = 17
"""Significant digits of what is given."""

LONGEST_SUM = 32
"""Terms of a sum that people read; a longer one is folded where a line can be as long as it likes."""


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers are written, and whether those that are worked out are left blank.

    Attributes
    ----------
    digits : int
        Significant digits.
    blanks : bool
        Whether it is an exercise: equations in symbols, with room for the result.
    answers : bool
        Whether an exercise ends with its results.
    """

    digits: int = 6
    blanks: bool = False
    answers: bool = False

    @property
    def tables(self) -> tuple[tuple[str, bool], ...]:
        """The headings of the result tables at the end, each with whether it is to be filled in."""
        if not self.blanks:
            return (("Results", False),)
        return (("Results", True), ("Answers", False)) if self.answers else (("Results", True),)

    def cell(self, value: float | None, *, given: bool, blank: bool) -> str:
        """Return what stands in a cell of a result table; nothing where it is to be filled in."""
        if value is None:
            return "–"
        if given:
            return write_value(value, EXACT)
        return "" if blank else write_value(value, self.digits)


@dataclass(frozen=True, slots=True)
class Writer:
    """One kind of document: what people call it, its suffix, and what writes it as text."""

    name: str
    label: str
    suffix: str
    write: Callable[[Solution, Style], str]


def equations_of(step: Step, style: Style) -> tuple[Equation, ...]:
    """Return the equations of a step that people read; nobody has to work out what nothing else needs."""
    return tuple(equation for equation in step.equations if not (style.blanks and equation.aside))


def asked(equation: Equation) -> tuple[Expression, ...]:
    """Return the sides of an equation that an exercise writes: not the right one where it is the answer itself."""
    return (equation.left, equation.right) if any(quantities(equation.right)) else (equation.left,)


WRITERS: Registry[Writer] = Registry("kind of document")

__all__ = ["EXACT", "LONGEST_SUM", "WRITERS", "Style", "Writer", "asked", "equations_of"]
