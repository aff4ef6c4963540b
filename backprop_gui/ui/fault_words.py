"""What the fault lab says of a course: short verdicts for the table, sentences for people."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from backprop_gui.engine.faults import Fault
from backprop_gui.engine.sandbox import Course
from backprop_gui.network import Network
from backprop_gui.ui.numbers import format_exact, format_number

ALMOST = 0.01
"""A share of right answers so much lower than the correct one's still looks like success."""
FACTOR = 3.0
"""So does a loss that is so many times as high, where there is no right or wrong."""

HARDLY = 0.9
"""A loss that is left with a larger share than this has hardly fallen."""
SMALL_PART = 0.2
"""Nor has one that fell by a smaller part than this of what the correct gradient made it fall."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A few words, whether they are good news (None: neither), all there is to know, and what a narrow place shows."""

    text: str
    good: bool | None = None
    tip: str = ""
    narrow: str = ""


def of_loss(course: Course, correct: Course | None = None) -> Verdict:
    """Say where the loss went, also beside that of the correct gradient, if that is known."""
    end = f"from {format_exact(course.first_loss)} to {format_exact(course.last_loss)}"
    tip = f"Training loss {end}, in {course.reached:,.0f} epochs"
    if course.broke:
        return Verdict("✗ not finite", False, f"{tip}: a number became too large.")
    last = format_number(course.last_loss, 2)
    if _hardly_fell(course, correct):
        return Verdict(f"~ hardly fell: {last}", None, tip, f"~ {last}")
    if course.loss_went_down:
        return Verdict(f"✓ fell to {last}", True, tip, f"✓ {last}")
    moved = "stayed at" if course.last_loss == course.first_loss else "rose to"
    return Verdict(f"✗ {moved} {last}", False, tip, f"✗ {last}")


def of_answers(course: Course) -> Verdict:
    """Say how many answers are right."""
    share = course.accuracy
    if share is None:
        return Verdict("–", None, "Where a number is predicted, no answer is simply right or wrong")
    text = f"{100 * share:.3g} %"
    # Only all is called 100 %.
    text = "99.9 %" if text == "100 %" and share < 1 else text
    return Verdict(text, None, f"{format_exact(100 * share)} % of the training examples are answered right")


def of_check(course: Course) -> Verdict:
    """Say what the check makes of the gradient."""
    check = course.check
    error = f"{format_exact(check.max_relative_error)}, that of {check.worst}"
    tip = f"Largest relative error {error}, by {check.method.label} at the starting weights"
    if check.passed:
        return Verdict("✓ right", True, tip)
    wrong = _percent(check.max_relative_error)
    return Verdict(f"✗ wrong by {wrong}", False, tip, f"✗ {wrong}")


def where_wrong(course: Course) -> str:
    """Return what the check says, with the parameter where it is worst."""
    return of_check(course).text + ("" if course.check.passed else f" at {course.check.worst}")


def lesson(course: Course | None, correct: Course | None, network: Network) -> str:
    """Return what is to be learned from a course; None for one that has not begun."""
    if course is None:
        return "Will a network learn with this? Press Run, and look at the loss; then look at the check."
    fault = course.fault
    if fault is None:
        return "Backpropagation as it should be: the check agrees with every derivative."
    reason = fault.spares(network)
    if reason:
        return f"In this network this bug changes nothing, because {reason}."
    if course.check.passed:
        return "At these starting weights the bug does not show: the gradient is the same."
    if not course.loss_went_down:
        return "This bug gives itself away: the loss does not go down. The check says where it is."
    if _hardly_fell(course, correct):
        return "The loss hardly goes down, which looks like a bad start or a bad learning rate. Only the check tells."
    if correct is not None and _as_good(course, correct):
        return "It learns as if nothing were wrong. Only the check tells."
    return "The loss goes down and it learns less well, which looks like bad luck. Only the check tells."


def _hardly_fell(course: Course, correct: Course | None) -> bool:
    if not course.loss_went_down:
        return False
    fell = course.first_loss - course.last_loss
    possible = (
        correct.first_loss - correct.last_loss if correct is not None and correct.loss_went_down else 0.0
    )
    return course.last_loss > HARDLY * course.first_loss or fell < SMALL_PART * possible


def _as_good(course: Course, correct: Course) -> bool:
    if course.accuracy is not None and correct.accuracy is not None:
        return course.accuracy >= correct.accuracy - ALMOST
    return course.last_loss <= FACTOR * correct.last_loss


def _percent(error: float) -> str:
    if error == float("inf"):
        return "∞"
    return f"{format_number(100 * error, 2)} %"


def rich_formula(formula: str) -> str:
    """Return a formula as rich text: ``_word`` becomes a subscript."""
    return re.sub(r"_([a-z]+)", r"<sub>\1</sub>", html.escape(formula, quote=False)).replace(" ", "&nbsp;")


def described(fault: Fault | None) -> str:
    """Return what a bug is and why it is not seen, in a few sentences."""
    if fault is None:
        return (
            "The gradient that trains your network. Choose a bug to train a copy with it, from the same starting "
            "weights, on the same examples in the same order."
        )
    return f"{fault.what} {fault.why}"


__all__ = [
    "Verdict",
    "described",
    "lesson",
    "of_answers",
    "of_check",
    "of_loss",
    "rich_formula",
    "where_wrong",
]
