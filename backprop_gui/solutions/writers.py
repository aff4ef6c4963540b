"""How a worked solution is written: one entry in a registry for each kind of document."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from backprop_gui.engine.operations.latex import as_latex, equation_latex, latex_value
from backprop_gui.engine.operations.operation import Equation, Operation
from backprop_gui.engine.operations.text import as_text, equation_text, write_value
from backprop_gui.registry import Registry
from backprop_gui.solutions.solution import Solution

BLANK = "________"
EXACT = 17


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


@dataclass(frozen=True, slots=True)
class Writer:
    """One kind of document: what people call it, its suffix, and what writes it as text."""

    name: str
    label: str
    suffix: str
    write: Callable[[Solution, Style], str]


WRITERS: Registry[Writer] = Registry("kind of document")


def _results(solution: Solution, digits: int) -> Iterator[tuple[str, str]]:
    for section in solution.sections:
        for step in section.steps:
            yield step.operation.title, write_value(step.value, digits)


# ---- text


def _text(solution: Solution, style: Style) -> str:
    lines = [solution.title, ""]
    lines += [f"{name}: {value}" for name, value in solution.facts]
    lines += ["", "Given"] + [f"  {name} = {write_value(value, EXACT)}" for name, value in solution.given]
    for section in solution.sections:
        lines += ["", section.title]
        for step in section.steps:
            lines.append(f"  {step.operation.title}")
            lines += [f"    {_line(equation, style)}" for equation in step.equations]
    if style.blanks and style.answers:
        lines += ["", "Answers"] + [f"  {what}: {value}" for what, value in _results(solution, style.digits)]
    return "\n".join(lines) + "\n"


def _line(equation: Equation, style: Style) -> str:
    remark = f"    ({equation.remark})" if equation.remark else ""
    if style.blanks:
        left, right = (as_text(side, symbols=True) for side in (equation.left, equation.right))
        return f"{left} {equation.relation} {right} = {BLANK}{remark}"
    return equation_text(equation, style.digits) + remark


# ---- Markdown


def _markdown(solution: Solution, style: Style) -> str:
    lines = [f"# {_marked(solution.title)}", ""]
    lines += [f"- **{name}:** {_marked(value)}" for name, value in solution.facts]
    lines += ["", "## Given", "", "| | |", "|---|---|"]
    lines += [f"| {_marked(name)} | {write_value(value, EXACT)} |" for name, value in solution.given]
    for section in solution.sections:
        lines += ["", f"## {section.title}"]
        for step in section.steps:
            lines += ["", f"**{_marked(step.operation.title)}**"]
            for equation in step.equations:
                lines += ["", f"$${_formula(equation, style, align=False)}$$"]
                if equation.remark:
                    lines += ["", _marked(equation.remark)]
    if style.blanks and style.answers:
        lines += ["", "## Answers", "", "| | |", "|---|---|"]
        lines += [f"| {_marked(what)} | {value} |" for what, value in _results(solution, style.digits)]
    return "\n".join(lines) + "\n"


def _marked(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is, on one line."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]<>#|$" else letter for letter in " ".join(text.split())
    )


def _formula(equation: Equation, style: Style, *, align: bool) -> str:
    if not style.blanks:
        return equation_latex(equation, style.digits, align=align)
    left, right = (as_latex(side, symbols=True) for side in (equation.left, equation.right))
    relation = r"\leftarrow" if equation.relation == "←" else equation.relation
    return rf"{left} {relation} {right} = \underline{{\hspace{{5em}}}}"


# ---- LaTeX

HEAD = r"""\documentclass[a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage[margin=2.5cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
"""
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\^{}",
    "~": r"\~{}",
    "→": r"$\to$",
    "←": r"$\leftarrow$",
    "−": "$-$",
    "·": r"$\cdot$",
    "Σ": r"$\Sigma$",
    "σ": r"$\sigma$",
    "δ": r"$\delta$",
    "Δ": r"$\Delta$",
    "θ": r"$\theta$",
    "η": r"$\eta$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "ρ": r"$\rho$",
    "β": r"$\beta$",
    "ε": r"$\varepsilon$",
    "π": r"$\pi$",
    "∂": r"$\partial$",
    "√": r"$\surd$",
    "≤": r"$\le$",
    "½": r"$\frac12$",
    "²": "$^2$",
    "³": "$^3$",
    "⁻": "$^{-}$",
    "ᶻ": "$^z$",
    "′": "$'$",
    "ŷ": r"$\hat{y}$",
    "ŝ": r"$\hat{s}$",
    "×": r"$\times$",
    "–": "--",
    "…": r"\dots{}",
    "“": "``",
    "”": "''",
}
for _digit, _letter in enumerate("₀₁₂₃₄₅₆₇₈₉"):
    _ESCAPES[_letter] = f"$_{{{_digit}}}$"


def _escaped(text: str) -> str:
    """Return ``text`` for LaTeX; a letter that its fonts lack becomes a question mark rather than an error."""
    return "".join(
        _ESCAPES.get(letter, letter if letter.isascii() or letter in "äöüßéèêàçñÄÖÜ" else "?")
        for letter in text
    )


def _latex(solution: Solution, style: Style) -> str:
    lines = [HEAD + rf"\section*{{{_escaped(solution.title)}}}", r"\begin{tabular}{ll}"]
    lines += [rf"{_escaped(name)} & {_escaped(value)} \\" for name, value in solution.facts]
    lines += [r"\end{tabular}", "", r"\subsection*{Given}", r"\begin{flushleft}"]
    lines += [rf"{_escaped(name)} $= {latex_value(value, EXACT)}$\\" for name, value in solution.given]
    lines += [r"\end{flushleft}"]
    for section in solution.sections:
        lines += ["", rf"\subsection*{{{section.title}}}"]
        for step in section.steps:
            lines += ["", rf"\textbf{{{_escaped(step.operation.title)}}}"]
            for equation in step.equations:
                lines += [r"\begin{align*}", _formula(equation, style, align=True), r"\end{align*}"]
                if equation.remark:
                    lines.append(rf"{{\small {_escaped(equation.remark)}}}")
    if style.blanks and style.answers:
        lines += [r"\newpage", r"\subsection*{Answers}", r"\begin{flushleft}"]
        lines += [
            rf"{_escaped(what)}: {_escaped(value)}\\" for what, value in _results(solution, style.digits)
        ]
        lines += [r"\end{flushleft}"]
    return "\n".join([*lines, r"\end{document}", ""])


# ---- JSON


def _json(solution: Solution, style: Style) -> str:
    """Every number at full precision whatever ``style`` says; one that is not finite is null."""
    content: dict[str, Any] = {
        "title": solution.title,
        "facts": dict(solution.facts),
        "given": {name: _finite(value) for name, value in solution.given},
        "operations": [
            {
                **_described(step.operation),
                "value": None if style.blanks else _finite(step.value),
                "equations": [
                    {
                        "left": as_text(equation.left, symbols=True),
                        "relation": equation.relation,
                        "symbols": as_text(equation.right, symbols=True),
                        "numbers": None if style.blanks else as_text(equation.right, EXACT),
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


def _described(operation: Operation) -> dict[str, Any]:
    return {
        "number": operation.number + 1,
        "phase": operation.phase.value,
        "kind": operation.kind.value,
        "title": operation.title,
        "why": operation.why,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


for _writer in (
    Writer("text", "Text", ".txt", _text),
    Writer("markdown", "Markdown", ".md", _markdown),
    Writer("latex", "LaTeX", ".tex", _latex),
    Writer("json", "JSON", ".json", _json),
):
    WRITERS.add(_writer.name, _writer)

__all__ = ["WRITERS", "Style", "Writer"]
