"""Reconcile: under which convention a book's number is right, or by what factor it is not."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.questions import Asked, Basis, Question, Reading, Twist
from backprop_gui.engine.reading import names
from backprop_gui.engine.readings import readings
from backprop_gui.network import Network
from backprop_gui.numerals import MINUS, BookNumber, counted, format_number

TELLING_DIGITS = 4
"""With fewer digits, several things that are otherwise at once would explain almost any number."""
MOST_EXPLANATIONS = 4
ROUNDING = 32
"""How many units of the floating-point numbers a number may be away that is meant exactly."""


class Mark(enum.Enum):
    """How a book's number stands to the program's."""

    RIGHT = "✓"
    OTHERWISE = "≈"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One reading that leads to the book's number.

    Attributes
    ----------
    text : str
        A sentence.
    value : float
        What that reading comes to, with all its digits.
    twists : tuple of Twist
        What has to be otherwise; empty where nothing has.
    """

    text: str
    value: float
    twists: tuple[Twist, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said about a book's number.

    Attributes
    ----------
    mark : Mark
        ``WRONG`` also where the only explanation is a mistake.
    value : float
        The program's own number, as it writes it.
    explanations : tuple of Explanation
        The simplest first; empty if there is none.
    remark : str
        A sentence about all of them, or that there is none.
    """

    mark: Mark
    value: float
    explanations: tuple[Explanation, ...]
    remark: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything to be said, in order."""
        return (*(explanation.text for explanation in self.explanations), *filter(None, [self.remark]))


def reconcile(basis: Basis, question: Question, book: BookNumber) -> Verdict:
    """Say under which conventions ``book`` is what ``question`` asks for.

    A number whose last digit alone is off by one counts as found too: books cut digits, and round on the way.
    """
    with np.errstate(all="ignore"):
        found = [reading for reading in readings(basis, question, 3) if _counts(reading, book)]
    own = found[0].value
    fitting: list[Reading] = []
    for reading in sorted(found, key=_simplicity):
        # What cannot be told apart is said once, in the simplest way.
        if _fits(reading.value, book, basis) and not any(_same(reading, other, basis) for other in fitting):
            fitting.append(reading)
    explanations = tuple(
        Explanation(_sentence(reading, basis, question, book), reading.value, reading.twists)
        for reading in fitting[:MOST_EXPLANATIONS]
    )
    if not explanations:
        return Verdict(Mark.WRONG, own, (), _nowhere(own, book))
    return Verdict(_mark(fitting[0]), own, explanations, _remark(len(fitting)))


def name_of(network: Network, question: Question, conventions: Conventions) -> str:
    """Return what the number of ``question`` is called, such as ``δ of h1 = ∂L/∂z``."""
    sign = MINUS if conventions.factor < 0 else ""
    if isinstance(question.key, tuple):
        parameter = f"w {network.edge_name(*question.key)}"
    else:
        parameter = f"b of {network.neuron_of[question.key].name}"
    match question.asked:
        case Asked.DELTA:
            written = names(conventions)
            return f"{written.delta} of {network.neuron_of[question.neuron].name} = {written.delta_meaning}"
        case Asked.GRADIENT:
            return f"{sign}∂L/∂{parameter}"
        case Asked.NEW_VALUE:
            return parameter


# ---- finding


def _counts(reading: Reading, book: BookNumber) -> bool:
    """Return whether the book's number has digits enough for so many twists to be more than chance."""
    mistakes, twists = _simplicity(reading)
    return book.digits >= TELLING_DIGITS or twists <= (1 if mistakes else 2)


def _simplicity(reading: Reading) -> tuple[int, int]:
    return sum(twist.mistake for twist in reading.twists), len(reading.twists)


def _fits(value: float, book: BookNumber, basis: Basis) -> bool:
    if not math.isfinite(value):
        return False
    return abs(value - book.value) <= max(1.0001 * book.unit, _precision(basis) * abs(book.value))


def _precision(basis: Basis) -> float:
    """Return the share of a number that is rounding, in the floating-point numbers of training."""
    return ROUNDING * float(np.finfo(basis.theta.dtype).eps)


def _rounded(value: float, book: BookNumber) -> bool:
    """Return whether the book's last digit is the one that rounding gives."""
    return abs(value - book.value) <= 0.5001 * book.unit or not book.unit


def _same(reading: Reading, other: Reading, basis: Basis) -> bool:
    return math.isclose(reading.value, other.value, rel_tol=max(1e-9, _precision(basis)))


# ---- saying


def _mark(best: Reading) -> Mark:
    if not best.twists:
        return Mark.RIGHT
    return Mark.WRONG if any(twist.mistake for twist in best.twists) else Mark.OTHERWISE


def _sentence(reading: Reading, basis: Basis, question: Question, book: BookNumber) -> str:
    if not reading.twists:
        what = f"{name_of(basis.plan.network, question, basis.conventions)} {_of_what(basis, question)}"
        text = f"{book.text} is right: {what}, as the program writes it."
    else:
        conventions = [twist for twist in reading.twists if not twist.mistake]
        mistakes = [twist for twist in reading.twists if twist.mistake]
        says = " and ".join(twist.says for twist in (*mistakes, *conventions))
        effects = [twist.effect for twist in reading.twists if twist.effect]
        effect = f": {effects[0]}" if len(reading.twists) == len(effects) == 1 else ""
        text = (
            f"It comes out if {says}: that is a mistake, not a convention."
            if mistakes
            else f"That is right if {says}{effect}."
        )
    return (
        text if _rounded(reading.value, book) else f"{text} Only its last digit is cut or rounded otherwise."
    )


def _of_what(basis: Basis, question: Question) -> str:
    if question.asked is Asked.NEW_VALUE:
        return "after the next update"
    count = len(basis.example.a)
    if count == 1:
        return "of this example"
    return f"over {counted(count, 'example')}"


def _remark(count: int) -> str:
    if count == 1:
        return ""
    rest = count - MOST_EXPLANATIONS
    more = f" {rest} more would fit." if rest > 0 else ""
    return f"Only one of these can be meant: a number with more digits would tell which.{more}"


def _nowhere(own: float, book: BookNumber) -> str:
    if not math.isfinite(own):
        return "The program's own number is not finite: there is nothing to compare with."
    if own == 0:
        return "No convention leads to it: this program's value is 0."
    return f"No convention leads to it: it is {format_number(book.value / own)} times this program's value."


__all__ = ["Explanation", "Mark", "Verdict", "name_of", "reconcile"]
