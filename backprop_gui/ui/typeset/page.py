"""Lays equations out at a width: on one line, or with the symbols, the numbers and the result below each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from backprop_gui.engine.operations.expression import Number, Quantity
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.network import Key
from backprop_gui.ui.typeset.box import Box, Mark, marked, placed, row, space, text_box
from backprop_gui.ui.typeset.setting import Setter
from backprop_gui.ui.typeset.type import Ink, Role, Style, type_of

MOST_TERMS = (12, 8, 5, 3, 2)
"""How many terms of a sum are written, from the widest form to the narrowest."""
FORMS = (
    (6, 6, True),
    (6, 6, False),
    (2, 6, False),
    (0, 6, False),
    (2, 4, False),
    (2, 3, False),
    (2, 2, False),
    (0, 4, False),
    (0, 3, False),
    (0, 2, False),
    (2, 0, False),
    (0, 0, False),
)
"""From the widest line to the narrowest: how many terms of a sum in symbols and in numbers, and whether the remark."""
WORDLESS = 10
"""From this form on the numbers are left out."""
SMALLER = (3, 5)
"""How much smaller letters may be where that saves the numbers, in pixels."""
GAP = 2.2
"""Room between equations beside each other."""
LEADING = 0.5
"""Room between two lines, as a share of the size of the letters."""
PARAGRAPH = 0.85
"""Room between two equations."""
WIDEST_LEFT = 0.4
"""Left sides that take more of the width than this are not lined up."""


@dataclass(frozen=True, slots=True)
class Page:
    """Equations in their places, from a corner above left.

    Attributes
    ----------
    width, height : float
        What they take.
    box : Box
        All of them; its origin is the corner.
    marks : tuple of Mark
        Where which quantity stands, in reading order.
    """

    width: float
    height: float
    box: Box
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, box: Box) -> Page:
        """Return the page of a box whose origin is the corner."""
        return cls(box.width, box.descent, box, tuple(box.marks()))

    def mark_at(self, x: float, y: float) -> Mark | None:
        """Return the quantity at a point, the smallest where one is in another."""
        slack = 2.0
        here = [
            mark
            for mark in self.marks
            if mark.x - slack <= x <= mark.x + mark.width + slack
            and mark.y - slack <= y <= mark.y + mark.height + slack
        ]
        return min(here, key=lambda mark: mark.width * mark.height, default=None)

    def draw(
        self,
        painter: QPainter,
        x: float,
        y: float,
        ink: Ink,
        lit: Collection[Key] = (),
        current: Mark | None = None,
    ) -> None:
        """Draw everything with the corner at a point.

        Parameters
        ----------
        lit : collection of keys
            The neurons and edges whose terms are marked.
        current : Mark or None
            The one that the keyboard is on, with a ring.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in self.marks:
            if mark.quantity.key in lit or mark is current:
                ground = mark.rect.translated(x, y).adjusted(-2.5, -2.5, 2.5, 2.5)
                painter.setPen(QPen(ink.ring, 1.5) if mark is current else Qt.PenStyle.NoPen)
                painter.setBrush(ink.lit)
                painter.drawRoundedRect(ground, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self.box.draw(painter, x, y, ink)


def lay_out(equations: Sequence[Equation], width: float, style: Style) -> Page:
    """Return equations below each other, their left sides lined up, as wide as ``width`` where that is possible."""
    em = float(style.px)
    setter = Setter(style, MOST_TERMS[0])
    lefts = [_left(setter, equation) for equation in equations]
    aligned = [left.width for left in lefts if left.width <= WIDEST_LEFT * width]
    column = max(aligned, default=0.0)
    parts: list[tuple[Box, float, float]] = []
    y = 0.0
    for place, (equation, left) in enumerate(zip(equations, lefts, strict=True)):
        if place:
            y += PARAGRAPH * em
        indent = max(0.0, column - left.width)
        edge = max(column, left.width)
        for number, line in enumerate(_lines(equation, width - edge, style)):
            if number:
                y += LEADING * em
            parts_here = [(line, edge, 0.0)] if number else [(left, indent, 0.0), (line, edge, 0.0)]
            whole = placed(parts_here, edge + line.width)
            y += whole.ascent
            parts.append((whole, 0.0, y))
            y += whole.descent
    widest = max((box.width for box, _, _ in parts), default=0.0)
    return Page.of(placed(parts, widest))


def one_line_page(
    equations: Sequence[Equation], width: float, style: Style, form: int = 0, height: float = 0.0
) -> tuple[Page, int]:
    """Return equations beside each other, or where there is no room only the last one in a narrower form.

    Parameters
    ----------
    form : int
        The first of ``FORMS`` to be tried.
    height : float
        Room for two lines of smaller letters, where that saves the numbers; 0 for none.

    Returns
    -------
    Page, int
        And which form that is.
    """
    gap = space(GAP * style.px)
    if form == 0 and len(equations) > 1:
        lines = [_Pieces(equation, style).line(*FORMS[1]) for equation in equations]
        whole = row([part for line in lines for part in (gap, line)][1:])
        if whole.width <= width:
            return Page.of(placed([(whole, 0.0, whole.ascent)], whole.width)), 0
    pieces = _Pieces(equations[-1], style)
    place, line = form, space(0.0)
    for place in range(form, len(FORMS)):
        line = pieces.line(*FORMS[place])
        if line.width <= width:
            break
    if place >= WORDLESS and not pieces.plain:
        for less in SMALLER:
            box = _Pieces(equations[-1], replace(style, px=style.px - less)).two_lines()
            if box.width <= width and box.descent <= height:
                return Page.of(box), place
    return Page.of(placed([(line, 0.0, line.ascent)], line.width)), place


def _left(setter: Setter, equation: Equation) -> Box:
    return setter.set(equation.left, numbers=False)


class _Pieces:
    """The parts of an equation, made once for each number of terms."""

    def __init__(self, equation: Equation, style: Style) -> None:
        self.equation, self.style = equation, style
        self.plain = isinstance(equation.right, Quantity | Number)
        # What is only read off says its name once.
        self.said = equation.right == equation.left
        self._left = _left(Setter(style), equation)

    def relation(self, text: str) -> Box:
        em = self.style.px
        return row([space(0.42 * em), text_box(text, type_of(em)), space(0.42 * em)])

    def symbols(self, most: int) -> Box:
        return Setter(self.style, most).set(self.equation.right, numbers=False)

    def numbers(self, most: int) -> Box:
        return Setter(self.style, most).set(self.equation.right, numbers=True)

    def result(self) -> Box:
        box = Setter(self.style).number(self.equation.result, tinted=True, bold=True)
        left = self.equation.left
        if isinstance(left, Quantity):
            box = marked(box, replace(left, value=self.equation.result))
        return box

    def remark(self) -> list[Box]:
        text = self.equation.remark
        if not text:
            return []
        em = self.style.px
        return [space(1.1 * em), text_box(text, type_of(max(11, em - 4), italic=True), Role.MUTED)]

    def line(self, symbols: int, numbers: int, remark: bool) -> Box:
        boxes = [self._left]
        relation = self.equation.relation
        for wanted, make in (
            (symbols and not self.said, lambda: self.symbols(symbols)),
            (numbers and not self.plain, lambda: self.numbers(numbers)),
            (True, self.result),
        ):
            if wanted:
                boxes += [self.relation(relation), make()]
                relation = "="
        if remark:
            boxes += self.remark()
        return row(boxes)

    def two_lines(self) -> Box:
        """Return the numbers, and the result below them."""
        first = row([self._left, self.relation(self.equation.relation), self.numbers(FORMS[0][1])])
        second = row([self.relation("="), self.result()])
        y = first.ascent + first.descent + second.ascent
        width = max(first.width, self._left.width + second.width)
        return placed([(first, 0.0, first.ascent), (second, self._left.width, y)], width)


def _lines(equation: Equation, width: float, style: Style) -> list[Box]:
    """Return what stands right of the left side: one line, or several that begin with an equals sign."""
    pieces = _Pieces(equation, style)
    most = MOST_TERMS[0]
    symbols, numbers, result = pieces.symbols(most), pieces.numbers(most), pieces.result()
    first, equals = pieces.relation(equation.relation), pieces.relation("=")
    steps = [*([] if pieces.said else [symbols]), *([] if pieces.plain else [numbers]), result]
    parts = [part for step in steps for part in (equals, step)]
    line = row([first, *parts[1:], *pieces.remark()])
    if line.width <= width:
        return [line]
    for most in MOST_TERMS[1:]:
        if max(symbols.width, numbers.width) + equals.width <= width:
            break
        symbols, numbers = pieces.symbols(most), pieces.numbers(most)
    steps = [*([] if pieces.said else [symbols]), *([] if pieces.plain else [numbers])]
    if not steps:
        return [row([first, result]), *([row(pieces.remark())] if equation.remark else [])]
    lines = [row([first if not number else equals, step]) for number, step in enumerate(steps)]
    ending = row([equals, result])
    if lines[-1].width + ending.width <= width:
        lines[-1] = row([lines[-1], ending])
    else:
        lines.append(ending)
    remark = row(pieces.remark())
    # At the end, or else where a line has room for it: a line of its own would push the result out of sight.
    for place in (-1, 0):
        if lines[place].width + remark.width <= width:
            lines[place] = row([lines[place], remark])
            break
    else:
        lines.append(remark)
    return lines


__all__ = ["Page", "lay_out", "one_line_page"]
