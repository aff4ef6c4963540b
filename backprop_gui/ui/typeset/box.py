"""Boxes: what a part of a formula draws, how large it is, and where in it which term is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from backprop_gui.engine.operations.expression import Quantity
from backprop_gui.ui.typeset.type import Ink, Role, Type

LINE = 0.055
"""Width of lines, as a share of the size of the letters."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, such as a fraction bar or a bracket."""

    points: tuple[tuple[float, float], ...]
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a quantity stands: its corner above left, its width and height."""

    x: float
    y: float
    width: float
    height: float
    quantity: Quantity

    @property
    def rect(self) -> QRectF:
        """The place as Qt has it."""
        return QRectF(self.x, self.y, self.width, self.height)


@dataclass(slots=True)
class Box:
    """A part of a formula; its origin is at the left end of its baseline, y grows downwards.

    Not to be changed once made: boxes of symbols are shared.

    Attributes
    ----------
    width, ascent, descent : float
        Its size; what is above and below the baseline.
    text, type, role
        What is written at the origin; an empty text for nothing.
    strokes : tuple of Stroke
    parts : tuple of (Box, x, y)
        Other boxes, each with its origin at a point.
    quantity : Quantity or None
        What the box stands for.
    """

    width: float
    ascent: float
    descent: float
    text: str = ""
    type: Type | None = None
    role: Role = Role.TEXT
    strokes: tuple[Stroke, ...] = ()
    parts: tuple[tuple[Box, float, float], ...] = ()
    quantity: Quantity | None = None

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.ascent + self.descent

    def draw(self, painter: QPainter, x: float, y: float, ink: Ink) -> None:
        """Draw with the origin at a point; the painter's font and pen are others afterwards."""
        if self.text and self.type is not None:
            painter.setFont(self.type.font)
            painter.setPen(ink.colors[self.role])
            painter.drawText(QPointF(x, y), self.text)
        for stroke in self.strokes:
            painter.setPen(QPen(ink.colors[Role.TEXT], stroke.width))
            painter.drawPolyline(QPolygonF([QPointF(x + px, y + py) for px, py in stroke.points]))
        for box, dx, dy in self.parts:
            box.draw(painter, x + dx, y + dy, ink)

    def marks(self, x: float = 0.0, y: float = 0.0) -> Iterator[Mark]:
        """Yield where quantities stand if the origin is at a point, from left to right."""
        if self.quantity is not None:
            yield Mark(x, y - self.ascent, self.width, self.height, self.quantity)
        for box, dx, dy in self.parts:
            yield from box.marks(x + dx, y + dy)


def text_box(text: str, type_: Type, role: Role = Role.TEXT) -> Box:
    """Return a box with a text."""
    return Box(type_.advance(text), type_.ascent, type_.descent, text, type_, role)


def space(width: float) -> Box:
    """Return an empty box."""
    return Box(width, 0.0, 0.0)


def placed(parts: Sequence[tuple[Box, float, float]], width: float, strokes: tuple[Stroke, ...] = ()) -> Box:
    """Return one box of several, each with its origin at (x, y)."""
    ascent = max((box.ascent - y for box, _, y in parts), default=0.0)
    descent = max((box.descent + y for box, _, y in parts), default=0.0)
    return Box(width, ascent, descent, strokes=strokes, parts=tuple(parts))


def row(boxes: Iterable[Box]) -> Box:
    """Return boxes one after the other on one baseline."""
    parts, x = [], 0.0
    for box in boxes:
        parts.append((box, x, 0.0))
        x += box.width
    return placed(parts, x)


def scripts(base: Box, below: Box | None, above: Box | None, type_: Type) -> Box:
    """Return ``base`` with an index below right and an exponent above right."""
    parts, width = [(base, 0.0, 0.0)], base.width
    gap = 0.06 * type_.px
    if below is not None:
        parts.append((below, base.width + 0.5 * gap, 0.24 * type_.px))
        width = max(width, base.width + below.width + gap)
    if above is not None:
        parts.append((above, base.width + gap, -max(0.42 * type_.px, base.ascent - 0.5 * above.height)))
        width = max(width, base.width + above.width + 1.5 * gap)
    return placed(parts, width)


def hat(base: Box, type_: Type) -> Box:
    """Return ``base`` with a hat."""
    px = type_.px
    middle, reach, top = 0.55 * base.width, 0.16 * px, -type_.lower - 0.08 * px
    sign = Stroke(((middle - reach, top), (middle, top - 0.15 * px), (middle + reach, top)), LINE * px)
    box = placed([(base, 0.0, 0.0)], base.width, (sign,))
    return replace(box, ascent=max(base.ascent, 0.18 * px - top))


def bar(base: Box, type_: Type) -> Box:
    """Return ``base`` with a bar, as a mean."""
    px = type_.px
    top = -type_.lower - 0.14 * px
    line = Stroke(((0.14 * base.width, top), (0.96 * base.width, top)), LINE * px)
    box = placed([(base, 0.0, 0.0)], base.width, (line,))
    return replace(box, ascent=max(base.ascent, 0.12 * px - top))


def fraction(top: Box, bottom: Box, type_: Type, axis: float) -> Box:
    """Return ``top`` over ``bottom``, with the bar ``axis`` above the baseline."""
    gap, pad = 0.16 * type_.px, 0.14 * type_.px
    width = max(top.width, bottom.width) + 2 * pad
    bar = Stroke(((0.4 * pad, -axis), (width - 0.4 * pad, -axis)), LINE * type_.px)
    above = (top, (width - top.width) / 2, -axis - gap - top.descent)
    below = (bottom, (width - bottom.width) / 2, -axis + gap + bottom.ascent)
    return placed([above, below], width, (bar,))


def root(inside: Box, type_: Type) -> Box:
    """Return the square root of ``inside``."""
    px = type_.px
    head, gap = 0.55 * px, 0.14 * px
    top, bottom = -inside.ascent - gap, inside.descent
    height = bottom - top
    sign = Stroke(
        (
            (0.04 * px, bottom - 0.45 * height),
            (0.16 * px, bottom - 0.5 * height),
            (0.32 * px, bottom),
            (head, top),
            (head + inside.width + 0.08 * px, top),
        ),
        LINE * px,
    )
    box = placed([(inside, head + 0.06 * px, 0.0)], head + inside.width + 0.14 * px, (sign,))
    return replace(box, ascent=inside.ascent + 2 * gap)


def bars(inside: Box, type_: Type) -> Box:
    """Return ``inside`` between the bars of an absolute value."""
    pad = 0.18 * type_.px
    top, bottom = -inside.ascent - 0.04 * type_.px, inside.descent
    width = inside.width + 2 * pad
    lines = (
        Stroke(((0.5 * pad, top), (0.5 * pad, bottom)), LINE * type_.px),
        Stroke(((width - 0.5 * pad, top), (width - 0.5 * pad, bottom)), LINE * type_.px),
    )
    return placed([(inside, pad, 0.0)], width, lines)


def brackets(inside: Box, type_: Type) -> Box:
    """Return ``inside`` in round brackets that are as high as it is; an index below does not make them higher."""
    px = type_.px
    if inside.ascent <= 1.25 * type_.ascent and inside.descent <= 0.66 * px:
        return row([text_box("(", type_), inside, text_box(")", type_)])
    top, bottom, depth, pad = -inside.ascent - 0.06 * px, inside.descent + 0.06 * px, 0.2 * px, 0.1 * px
    width = inside.width + 2 * (depth + pad)
    left = [
        (pad + depth * (2 * share - 1) ** 2, top + share * (bottom - top))
        for share in (step / 12 for step in range(13))
    ]
    right = [(width - x, y) for x, y in left]
    sides = (Stroke(tuple(left), 1.2 * LINE * px), Stroke(tuple(right), 1.2 * LINE * px))
    box = placed([(inside, depth + pad, 0.0)], width, sides)
    return replace(box, ascent=-top, descent=bottom)


def marked(box: Box, quantity: Quantity) -> Box:
    """Return ``box`` as the place of a quantity."""
    return Box(box.width, box.ascent, box.descent, parts=((box, 0.0, 0.0),), quantity=quantity)


__all__ = [
    "Box",
    "Mark",
    "Stroke",
    "bar",
    "bars",
    "brackets",
    "fraction",
    "hat",
    "marked",
    "placed",
    "root",
    "row",
    "scripts",
    "space",
    "text_box",
]
