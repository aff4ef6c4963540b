"""The pieces of the palette: what can be dragged into the picture, or added by a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from backprop_gui.network import Kind
from backprop_gui.registry import Registry
from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended

Draw = Callable[[QPainter, QPointF, theme.Theme], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece.

    Attributes
    ----------
    kind : Kind
        What its neurons are for.
    draw : callable
        ``draw(painter, middle, theme)`` draws its tile's picture, about 30 pixels large; the pen is an outline.
    size : int
        How many neurons it has; 0: as many as the palette says.
    template : str
        The name of a template whose whole network it is instead.
    is_layer : bool
        Whether it is inserted between layers rather than put on an edge.
    key : str
        The shortcut that adds it.
    """

    name: str
    title: str
    tip: str
    draw: Draw
    kind: Kind = Kind.HIDDEN
    size: int = 1
    template: str = ""
    is_layer: bool = False
    key: str = ""


def _tints(look: theme.Theme) -> tuple[QColor, QColor]:
    return blended(look.positive, look.window, 0.45), blended(look.negative, look.window, 0.55)


def _draw_neuron(painter: QPainter, middle: QPointF, look: theme.Theme) -> None:
    painter.setBrush(_tints(look)[0])
    painter.drawEllipse(middle, 10, 10)


def _draw_layer(painter: QPainter, middle: QPointF, look: theme.Theme) -> None:
    warm, cold = _tints(look)
    for step, color in ((-11, warm), (0, cold), (11, warm)):
        painter.setBrush(color)
        painter.drawEllipse(middle + QPointF(0, step), 4.6, 4.6)


def _draw_input(painter: QPainter, middle: QPointF, look: theme.Theme) -> None:
    painter.setBrush(look.raised)
    painter.drawEllipse(middle + QPointF(4, 0), 9, 9)
    painter.drawLine(middle + QPointF(-15, 0), middle + QPointF(-5, 0))
    painter.drawPolyline([middle + QPointF(-9, -3.5), middle + QPointF(-5, 0), middle + QPointF(-9, 3.5)])


def _draw_output(painter: QPainter, middle: QPointF, look: theme.Theme) -> None:
    painter.setBrush(_tints(look)[1])
    painter.drawEllipse(middle + QPointF(-4, 0), 9, 9)
    painter.drawLine(middle + QPointF(5, 0), middle + QPointF(15, 0))
    painter.drawPolyline([middle + QPointF(11, -3.5), middle + QPointF(15, 0), middle + QPointF(11, 3.5)])


def _draw_network(painter: QPainter, middle: QPointF, look: theme.Theme) -> None:
    warm, cold = _tints(look)
    left = [middle + QPointF(-11, step) for step in (-6, 6)]
    right = middle + QPointF(11, 0)
    hidden = [middle + QPointF(0, step) for step in (-11, 0, 11)]
    for spot in hidden:
        for end in (*left, right):
            painter.drawLine(spot, end)
    for spots, color in ((left, look.raised), (hidden, warm), ([right], cold)):
        painter.setBrush(color)
        for spot in spots:
            painter.drawEllipse(spot, 3.8, 3.8)


PIECES: Registry[Piece] = Registry("piece")

for _piece in (
    Piece(
        "neuron",
        "neuron",
        "Drop it on a layer to join it, on an edge to split it, or anywhere else to stand alone",
        _draw_neuron,
        key="N",
    ),
    Piece(
        "layer",
        "layer",
        "Drop it between two layers to insert it, on a layer to enlarge that, or anywhere else",
        _draw_layer,
        size=0,
        is_layer=True,
        key="L",
    ),
    Piece(
        "input",
        "input",
        "An input neuron: one column of the data enters here",
        _draw_input,
        Kind.INPUT,
        key="I",
    ),
    Piece(
        "output",
        "output",
        "An output neuron: one column of answers leaves here",
        _draw_output,
        Kind.OUTPUT,
        key="O",
    ),
    Piece(
        "template",
        "net",
        "All of a ready-made network, with its weights: a click lets you choose which",
        _draw_network,
        size=0,
        template="xor-2-3-1",
    ),
):
    PIECES.add(_piece.name, _piece)

__all__ = ["PIECES", "Piece"]
