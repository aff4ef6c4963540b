"""Worked solutions as LaTeX that pdflatex compiles with amsmath and geometry and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backprop_gui.engine.operations.latex import as_latex, equation_latex, latex_symbol, latex_value
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.solutions.solution import Solution, Step, Table
from backprop_gui.solutions.writer import EXACT, WRITERS, Style, Writer, asked, equations_of

HEAD = r"""\documentclass[a4paper,fleqn]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage[margin=2.2cm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\mathindent}{1.5em}
\allowdisplaybreaks
% A step stays on one page.
\newenvironment{step}{\par\noindent\begin{minipage}{\linewidth}}{\end{minipage}\par\medskip}
\begin{document}
"""
WIDEST = 74
"""So many signs of a formula fit on a line."""
ALONE = 58
"""Up to here an equation stands on one line, rather than with symbols, numbers and result below each other."""
FOLDS = (6, 4, 3, 2)
"""How many terms of a sum are written, from the widest form to the narrowest."""
MOST_ROWS = 40
"""Of a table on one page."""
MOST_TOGETHER = 8
"""A step of more equations may run over to the next page."""
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


def _latex(solution: Solution, style: Style) -> str:
    lines = [HEAD + rf"\section*{{{_escaped(solution.title)}}}", r"\begin{tabular}{@{}ll}"]
    lines += [rf"{_escaped(name)} & {_escaped(value)} \\" for name, value in solution.facts]
    lines += [r"\end{tabular}", "", r"\subsection*{Given}"]
    for group in solution.given:
        numbers = ", ".join(
            f"${latex_symbol(one.symbol)} = {latex_value(one.value, EXACT)}$" for one in group.quantities
        )
        lines += [r"\begin{flushleft}", rf"\textbf{{{_escaped(group.title)}:}} {numbers}", r"\end{flushleft}"]
    for section in solution.sections:
        lines += ["", rf"\subsection*{{{section.title}}}"]
        for step in section.steps:
            lines += ["", *_step(step, style)]
    for heading, blank in style.tables:
        lines += ["", *([r"\newpage"] if heading == "Answers" else []), rf"\subsection*{{{heading}}}"]
        for table in solution.results:
            lines += _table(table, style, blank)
    return "\n".join([*lines, r"\end{document}", ""])


def _step(step: Step, style: Style) -> Iterator[str]:
    together = len(equations_of(step, style)) <= MOST_TOGETHER
    yield r"\begin{step}" if together else r"\medskip"
    yield rf"\textbf{{{_escaped(step.operation.title)}}}"
    for equation in equations_of(step, style):
        if equation.remark:
            # Before its formula, so that it does not seem to belong to the next step.
            yield rf"\par{{\small {_escaped(equation.remark)}}}"
        yield r"\begin{align*}"
        yield _formula(equation, style)
        yield r"\end{align*}"
    if together:
        yield r"\end{step}"


# ---- formulas as wide as the page


def _formula(equation: Equation, style: Style) -> str:
    """Return an equation within the page: long sums run over several lines, what is longer still is folded."""
    parts: list[str] = []
    for most in FOLDS:
        parts = [part for line in _lines(equation, style, most) for part in _broken(line)]
        if max(map(width_of, parts)) <= WIDEST:
            break
    return " \\\\\n".join(parts)


def _lines(equation: Equation, style: Style, most: int) -> list[str]:
    if style.blanks:
        left, *right = (as_latex(side, symbols=True, most=most) for side in asked(equation))
        relation = r"\leftarrow" if equation.relation == "←" else equation.relation
        first, *others = [*right, r"\underline{\hspace{5em}}"]
        lines = [f"{left} &{relation} {first}", *(f" &= {other}" for other in others)]
    else:
        lines = equation_latex(equation, style.digits, most, align=True).split(" \\\\\n")
    together = lines[0] + "".join(line.replace("&", "") for line in lines[1:])
    return [together] if width_of(together) <= ALONE else lines


def _broken(line: str) -> list[str]:
    """Return a line of ``align`` as several, each of which begins with a sign between two terms."""
    if width_of(line) <= WIDEST:
        return [line]
    lines: list[str] = []
    for part in _terms(line):
        if lines and (width_of(lines[-1]) + width_of(part) <= WIDEST or "&" not in lines[-1]):
            lines[-1] += part
        else:
            lines.append(part if not lines else rf" &\quad{part}")
    return lines


def _terms(line: str) -> list[str]:
    """Return a line cut before every sign that stands in no brackets."""
    terms, depth = [""], 0
    for piece in re.split(r"(\\left|\\right|(?<!\\)[{}]| (?=[+-] ))", line):
        if piece in ("{", r"\left"):
            depth += 1
        elif piece in ("}", r"\right"):
            depth -= 1
        if piece == " " and depth == 0:
            terms.append("")
        terms[-1] += piece
    return terms


_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[^\\]", re.DOTALL)
_WIDTHS = {
    r"\left": 0.0,
    r"\right": 0.0,
    r"\,": 0.2,
    r"\ ": 0.5,
    " ": 0.0,
    "&": 0.0,
    "+": 1.6,
    "-": 1.6,
    "=": 1.6,
}
"""Of what is not one sign wide; signs between terms have room around them."""
_OVER = {r"\mathrm", r"\operatorname", r"\hat", r"\bar", r"\sqrt", r"\underline", r"\hspace"}
_INDEX = 0.72


def width_of(latex: str) -> float:
    """Return about how many signs wide a formula is."""
    tokens = _TOKEN.findall(latex)
    width, place = 0.0, 0
    while place < len(tokens):
        part, place = _measured(tokens, place, 1.0)
        width += part
    return width


def _measured(tokens: Sequence[str], place: int, size: float) -> tuple[float, int]:
    """Return the width of what begins at ``place``, a sign or a group, and where it ends."""
    if place >= len(tokens):
        return 0.0, place
    token = tokens[place]
    place += 1
    if token == "{":
        width = 0.0
        while place < len(tokens) and tokens[place] != "}":
            part, place = _measured(tokens, place, size)
            width += part
        return width, place + 1
    if token == r"\frac":
        above, place = _measured(tokens, place, size)
        below, place = _measured(tokens, place, size)
        return max(above, below), place
    if token in ("_", "^"):
        return _measured(tokens, place, size * _INDEX)
    if token in _OVER:
        return _measured(tokens, place, size)
    return _WIDTHS.get(token, 1.0) * size, place


# ---- tables and texts


def _table(table: Table, style: Style, blank: bool) -> Iterator[str]:
    # In pieces rather than as a longtable, which would come out right only the second time it is compiled.
    for start in range(0, len(table.rows), MOST_ROWS):
        yield ""
        yield rf"{{\small\begin{{tabular}}{{@{{}}l{'r' * len(table.columns)}}}"
        head = (table.title, *(name for name, _ in table.columns))
        yield " & ".join(_escaped(text) for text in head) + r" \\ \hline"
        for symbol, values in table.rows[start : start + MOST_ROWS]:
            cells = [
                _cell(value, style, given, blank)
                for value, (_, given) in zip(values, table.columns, strict=True)
            ]
            yield " & ".join([f"${latex_symbol(symbol)}$", *cells]) + r" \\"
        yield r"\end{tabular}}\par\medskip"


def _cell(value: float | None, style: Style, given: bool, blank: bool) -> str:
    if value is None:
        return "--"
    if blank and not given:
        return r"\underline{\hspace{6em}}"
    return f"${latex_value(value, EXACT if given else style.digits)}$"


def _escaped(text: str) -> str:
    """Return ``text`` for LaTeX; a letter that its fonts lack becomes a question mark rather than an error."""
    return "".join(
        _ESCAPES.get(letter, letter if letter.isascii() or letter in "äöüßéèêàçñÄÖÜ" else "?")
        for letter in text
    )


WRITERS.add("latex", Writer("latex", "LaTeX", ".tex", _latex))
