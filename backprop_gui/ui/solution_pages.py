"""Worked solutions on pages of A4: what stands where, with the same formulas as on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from backprop_gui.engine.operations.expression import Quantity, Symbol
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.text import write_value
from backprop_gui.solutions import Group, Solution, Step, Table
from backprop_gui.solutions import Style as Wanted
from backprop_gui.solutions.writer import EXACT, equations_of
from backprop_gui.ui.names import one_line
from backprop_gui.ui.solution_figure import figure_of
from backprop_gui.ui.typeset.box import Box, Stroke, row, space, text_box
from backprop_gui.ui.typeset.page import MOST_TERMS, lay_out
from backprop_gui.ui.typeset.setting import Setter
from backprop_gui.ui.typeset.type import Role, Style, type_of

UNITS_PER_INCH = 96
"""Pages are laid out in these, the pixels of a usual screen."""
PAGE_WIDTH, PAGE_HEIGHT = 794.0, 1122.0
MARGIN = 76.0
WIDTH, HEIGHT = PAGE_WIDTH - 2 * MARGIN, PAGE_HEIGHT - 2 * MARGIN
PX, SMALL_PX, HEADING_PX, TITLE_PX = 14, 12, 17, 22
SIZES = (14, 12, 10, 8)
"""Sizes of formulas, of which the largest is taken that fits the width."""
INDENT = 18.0
FIGURE_HEIGHT = 260.0
BLANK = 86.0
"""Room for a result that is to be filled in."""
MOST_COLUMNS, CELL = 4, 104.0
BLANK_DROP = 3.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A box on a page; its origin is at (x, y) within the margins."""

    box: Box
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A box that stands below what is before it.

    Attributes
    ----------
    x : float
    after : float
        Room below it.
    """

    box: Box
    x: float = 0.0
    after: float = 6.0

    @property
    def height(self) -> float:
        return self.box.ascent + self.box.descent


class _Flow:
    """Fills pages from top to bottom."""

    def __init__(self) -> None:
        self.pages: list[list[Placed]] = [[]]
        self._y = 0.0

    def keep(self, lines: Sequence[_Line]) -> None:
        """Put lines on one page, if any page can hold them."""
        height = sum(line.height + line.after for line in lines) - (lines[-1].after if lines else 0.0)
        if self._y + height > HEIGHT and height <= HEIGHT:
            self.turn()
        for line in lines:
            self.put(line)

    def put(self, line: _Line) -> None:
        """Put a line below the last one, or on the next page."""
        if self._y and self._y + line.height > HEIGHT:
            self.turn()
        self.pages[-1].append(Placed(line.box, line.x, self._y + line.box.ascent))
        self._y += line.height + line.after

    def has_room(self, line: _Line) -> bool:
        """Return whether a line still fits on the page."""
        return self._y + line.height <= HEIGHT

    def skip(self, room: float) -> None:
        """Leave some room, except at the top of a page."""
        if self._y:
            self._y += room

    def turn(self) -> None:
        """Begin a page."""
        if self.pages[-1]:
            self.pages.append([])
        self._y = 0.0


def pages_of(solution: Solution, wanted: Wanted) -> list[list[Placed]]:
    """Return what stands where on each page."""
    flow = _Flow()
    for line in _wrapped(solution.title, TITLE_PX, bold=True):
        flow.put(line)
    flow.skip(6)
    for name, value in solution.facts:
        flow.keep(_fact(name, value))
    figure = figure_of(solution.network, WIDTH, FIGURE_HEIGHT)
    if figure is not None:
        flow.skip(10)
        flow.put(_Line(figure, after=10))
    flow.skip(8)
    heading = _heading("Given")
    for group in solution.given:
        first, *rest = _group(group)
        flow.keep([*heading, first])
        for line in rest:
            flow.put(line)
        heading = []
    for section in solution.sections:
        flow.skip(8)
        heading = _heading(section.title)
        for step in section.steps:
            flow.keep([*heading, *_step(step, wanted)])
            heading = []
    for title, blank in wanted.tables:
        flow.skip(8)
        if title == "Answers":
            flow.turn()
        heading = _heading(title)
        for table in solution.results:
            _add_table(flow, table, wanted, blank, heading)
            heading = []
    return flow.pages


# ---- texts


def _heading(text: str) -> list[_Line]:
    return [_Line(text_box(text, type_of(HEADING_PX, bold=True)), after=10)]


def _wrapped(
    text: str, px: int, *, bold: bool = False, x: float = 0.0, role: Role = Role.TEXT, after: float = 6.0
) -> list[_Line]:
    """Return a text as lines within the page; a word that is wider than it is cut."""
    type_, lines, room = type_of(px, bold=bold), [""], WIDTH - x
    for word in one_line(text, 2000).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if type_.advance(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        while word and type_.advance(word) > room:
            cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or type_.advance(word[:n]) <= room)
            lines[-1], word = word[:cut], word[cut:]
            lines.append("")
        lines[-1] = word
    return [_Line(text_box(line, type_, role), x, after) for line in lines]


def _fact(name: str, value: str) -> list[_Line]:
    label = text_box(name, type_of(PX), Role.MUTED)
    first, *rest = _wrapped(value, PX, x=INDENT + 90)
    return [_Line(row([label, space(INDENT + 90 - label.width), first.box])), *rest]


def _group(group: Group) -> list[_Line]:
    """Return the numbers of a group one behind the other, in as many lines as they need."""
    lines: list[list[Box]] = [[]]
    width = 0.0
    for box in chain(_bold(f"{group.title}:"), map(_given, group.quantities)):
        if lines[-1] and width + box.width > WIDTH:
            lines.append([])
            width = 0.0
        gap = space(12.0) if lines[-1] else space(0.0)
        lines[-1] += [gap, box]
        width += 12.0 + box.width
    return [_Line(row(boxes), after=7) for boxes in lines]


def _bold(text: str) -> list[Box]:
    return [text_box(text, type_of(PX, bold=True))]


def _given(quantity: Quantity) -> Box:
    number = text_box(write_value(quantity.value, EXACT), type_of(PX))
    return row([_name(quantity.symbol), text_box(" = ", type_of(PX)), number])


def _name(symbol: Symbol, px: int = PX) -> Box:
    return Setter(Style(px)).symbol(symbol)


# ---- steps


def _step(step: Step, wanted: Wanted) -> list[_Line]:
    title = _wrapped(step.operation.title, PX, bold=True)
    if wanted.blanks:
        lines = [line for equation in equations_of(step, wanted) for line in _blank(equation)]
    else:
        lines = [line for equation in step.equations for line in _solved(equation, wanted)]
    lines[-1] = _Line(lines[-1].box, lines[-1].x, 14.0)
    return [*title, *lines]


def _solved(equation: Equation, wanted: Wanted) -> list[_Line]:
    for px in SIZES:
        page = lay_out([equation], WIDTH - INDENT, Style(px, wanted.digits, tinted=False))
        if page.width <= WIDTH - INDENT:
            break
    # The page's origin is its corner.
    return [_Line(Box(page.width, 0.0, page.height, parts=((page.box, 0.0, 0.0),)), INDENT, 8.0)]


def _blank(equation: Equation) -> list[_Line]:
    """Return an equation in symbols, with a line to write the result on."""
    boxes: list[Box] = []
    for px in SIZES:
        for most in MOST_TERMS:
            setter, type_ = Setter(Style(px), most), type_of(px)
            left, right = (setter.set(side, numbers=False) for side in (equation.left, equation.right))
            same = equation.left == equation.right
            middle = [] if same else [text_box(f" {equation.relation} ", type_), right]
            boxes = [left, *middle, text_box(" = ", type_), _rule(BLANK)]
            if row(boxes).width <= WIDTH - INDENT:
                break
        else:
            continue
        break
    remark = _wrapped(equation.remark, SMALL_PX, x=INDENT, role=Role.MUTED) if equation.remark else []
    return [*remark, _Line(row(boxes), INDENT, 12.0)]


def _rule(width: float) -> Box:
    """Return a line to write on."""
    return Box(width, 12.0, BLANK_DROP + 1, strokes=(Stroke(((0.0, BLANK_DROP), (width, BLANK_DROP)), 0.7),))


# ---- tables


def _add_table(flow: _Flow, table: Table, wanted: Wanted, blank: bool, heading: list[_Line]) -> None:
    names = [table.title, *(name for name, _ in table.columns)]
    bold = type_of(SMALL_PX, bold=True)
    head = _row([text_box(name, bold) for name in names])
    line = Box(WIDTH, 0.0, 1.0, strokes=(Stroke(((0.0, 0.0), (_table_width(table), 0.0)), 0.7),))
    rows = [
        _Line(_row([_fitting_name(symbol), *_cells(values, table, wanted, blank)]), after=5)
        for symbol, values in table.rows
    ]
    top = [_Line(head, after=4), _Line(line, after=5)]
    flow.keep([*heading, *top, *rows[:2]])
    for one in rows[2:]:
        # On a new page it is said again what the columns are.
        flow.keep([one] if flow.has_room(one) else [*top, one])
    flow.skip(10)


def _cells(values: Iterable[float | None], table: Table, wanted: Wanted, blank: bool) -> Iterable[Box]:
    for value, (_, given) in zip(values, table.columns, strict=True):
        text = wanted.cell(value, given=given, blank=blank)
        yield _fitting_number(text) if text else _rule(BLANK)


def _name_width() -> float:
    return WIDTH - MOST_COLUMNS * (CELL + INDENT)


def _table_width(table: Table) -> float:
    return _name_width() + len(table.columns) * (CELL + INDENT)


def _fitting_name(symbol: Symbol) -> Box:
    sizes = (_name(symbol, px) for px in (PX, SMALL_PX, 10, 8))
    return next((box for box in sizes if box.width <= _name_width()), _name(symbol, 8))


def _fitting_number(text: str) -> Box:
    sizes = (text_box(text, type_of(px)) for px in (SMALL_PX, 10, 9))
    return next((box for box in sizes if box.width <= CELL), text_box(text, type_of(8)))


def _row(boxes: Sequence[Box]) -> Box:
    """Return the cells of a row: the name at the left, numbers at the right of their columns."""
    name, *cells = boxes
    parts = [name, space(_name_width() - name.width)]
    for cell in cells:
        parts += [space(max(0.0, CELL + INDENT - cell.width)), cell]
    return row(parts)


__all__ = [
    "HEIGHT",
    "MARGIN",
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "SMALL_PX",
    "UNITS_PER_INCH",
    "WIDTH",
    "Placed",
    "pages_of",
]
