"""Worked solutions as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.text import as_text, equation_text, symbol_text, write_value
from backprop_gui.solutions.solution import Solution, Table
from backprop_gui.solutions.writer import EXACT, LONGEST_SUM, WRITERS, Style, Writer, asked, equations_of

BLANK = "________"


def _text(solution: Solution, style: Style) -> str:
    lines = [solution.title, ""]
    lines += [f"{name}: {value}" for name, value in solution.facts]
    for group in solution.given:
        lines += ["", group.title]
        lines += [
            f"  {symbol_text(one.symbol)} = {write_value(one.value, EXACT)}" for one in group.quantities
        ]
    for section in solution.sections:
        lines += ["", section.title]
        for step in section.steps:
            lines.append(f"  {step.operation.title}")
            lines += [f"    {_line(equation, style)}" for equation in equations_of(step, style)]
    for heading, blank in style.tables:
        lines += ["", heading]
        for table in solution.results:
            lines += [f"  {line}" for line in _table(table, style, blank)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(equation: Equation, style: Style) -> str:
    remark = f"    ({equation.remark})" if equation.remark else ""
    if style.blanks:
        left, *right = (as_text(side, symbols=True, most=LONGEST_SUM) for side in asked(equation))
        return f"{left} {equation.relation} {' = '.join([*right, BLANK])}{remark}"
    return equation_text(equation, style.digits, LONGEST_SUM) + remark


def _table(table: Table, style: Style, blank: bool) -> list[str]:
    rows: list[Sequence[str]] = [(table.title, *(name for name, _ in table.columns))]
    for symbol, values in table.rows:
        cells = (
            style.cell(value, given=given, blank=blank) or BLANK
            for value, (_, given) in zip(values, table.columns, strict=True)
        )
        rows.append((symbol_text(symbol), *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


WRITERS.add("text", Writer("text", "Text", ".txt", _text))
