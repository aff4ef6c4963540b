"""Worked solutions as Markdown, with formulas between dollar signs as GitHub and Pandoc read them."""

from __future__ import annotations

from backprop_gui.engine.operations.latex import as_latex, equation_latex, latex_symbol, latex_value
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.solutions.solution import Solution, Table
from backprop_gui.solutions.writer import EXACT, LONGEST_SUM, WRITERS, Style, Writer, asked, equations_of

BLANK = r"\underline{\hspace{5em}}"


def _markdown(solution: Solution, style: Style) -> str:
    lines = [f"# {_marked(solution.title)}", ""]
    lines += [f"- **{name}:** {_marked(value)}" for name, value in solution.facts]
    lines += ["", "## Given"]
    for group in solution.given:
        numbers = ", ".join(
            f"${latex_symbol(one.symbol)} = {latex_value(one.value, EXACT)}$" for one in group.quantities
        )
        lines += ["", f"**{_marked(group.title)}:** {numbers}"]
    for section in solution.sections:
        lines += ["", f"## {section.title}"]
        for step in section.steps:
            lines += ["", f"**{_marked(step.operation.title)}**"]
            for equation in equations_of(step, style):
                lines += ["", f"$${_formula(equation, style)}$$"]
                if equation.remark:
                    lines += ["", f"*{_marked(equation.remark)}*"]
    for heading, blank in style.tables:
        lines += ["", f"## {heading}"]
        for table in solution.results:
            lines += ["", *_table(table, style, blank)]
    return "\n".join(lines) + "\n"


def _formula(equation: Equation, style: Style) -> str:
    if not style.blanks:
        return equation_latex(equation, style.digits, LONGEST_SUM)
    left, *right = (as_latex(side, symbols=True, most=LONGEST_SUM) for side in asked(equation))
    relation = r"\leftarrow" if equation.relation == "←" else equation.relation
    return f"{left} {relation} {' = '.join([*right, BLANK])}"


def _table(table: Table, style: Style, blank: bool) -> list[str]:
    lines = [
        f"| {' | '.join([table.title, *(name for name, _ in table.columns)])} |",
        f"|---|{'---:|' * len(table.columns)}",
    ]
    for symbol, values in table.rows:
        cells = [
            style.cell(value, given=given, blank=blank)
            for value, (_, given) in zip(values, table.columns, strict=True)
        ]
        lines.append(f"| {' | '.join([f'${latex_symbol(symbol)}$', *cells])} |")
    return lines


def _marked(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is, on one line."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]<>#|$" else letter for letter in " ".join(text.split())
    )


WRITERS.add("markdown", Writer("markdown", "Markdown", ".md", _markdown))
