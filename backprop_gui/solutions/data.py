"""Worked solutions as JSON, for other programs.

One object: ``title``; ``facts``, an object of words; ``given``, a list of ``name``, ``value`` and ``group``; and
``operations``, a list in the order of a hand calculation. Each operation has ``number`` (from 1), ``phase`` and
``kind`` (as :class:`Phase` and :class:`Kind` spell them), ``subject`` (a neuron's id, [source, target], or null for
the loss), ``title``, ``why``, ``value``, and ``equations``, a list of ``left``, ``relation``, ``symbols``,
``numbers``, ``result`` and ``remark``. In an exercise ``value``, ``numbers`` and ``result`` are null; with answers,
``answers`` lists the values of all operations.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from backprop_gui.engine.operations.operation import Equation, Operation
from backprop_gui.engine.operations.text import as_text, symbol_text
from backprop_gui.solutions.solution import Solution
from backprop_gui.solutions.writer import EXACT, WRITERS, Style, Writer, asked

ALL_TERMS = sys.maxsize
"""Another program is given whole sums, however long they are."""


def _json(solution: Solution, style: Style) -> str:
    """Every number at full precision whatever ``style`` says; one that is not finite is null."""
    content: dict[str, Any] = {
        "title": solution.title,
        "facts": dict(solution.facts),
        "given": [
            {"name": symbol_text(one.symbol), "value": _finite(one.value), "group": group.title}
            for group in solution.given
            for one in group.quantities
        ],
        "operations": [
            {
                **_described(step.operation),
                "value": None if style.blanks else _finite(step.value),
                "equations": [
                    {
                        "left": as_text(equation.left, symbols=True, most=ALL_TERMS),
                        "relation": equation.relation,
                        "symbols": _symbols(equation, style),
                        "numbers": None if style.blanks else as_text(equation.right, EXACT, most=ALL_TERMS),
                        "result": None if style.blanks else _finite(equation.result),
                        "remark": equation.remark,
                    }
                    for equation in step.equations
                ],
            }
            for section in solution.sections
            for step in section.steps
        ],
    }
    if style.blanks and style.answers:
        content["answers"] = [_finite(step.value) for section in solution.sections for step in section.steps]
    return json.dumps(content, allow_nan=False, indent=1) + "\n"


def _symbols(equation: Equation, style: Style) -> str | None:
    if style.blanks and equation.right not in asked(equation):
        return None
    return as_text(equation.right, symbols=True, most=ALL_TERMS)


def _described(operation: Operation) -> dict[str, Any]:
    return {
        "number": operation.number + 1,
        "phase": operation.phase.value,
        "kind": operation.kind.value,
        "subject": _subject(operation),
        "title": operation.title,
        "why": operation.why,
    }


def _subject(operation: Operation) -> int | list[int] | None:
    """Return the id of a neuron, or source and target of an edge, as the project file has them."""
    return list(operation.subject) if isinstance(operation.subject, tuple) else operation.subject


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


WRITERS.add("json", Writer("json", "JSON", ".json", _json))
