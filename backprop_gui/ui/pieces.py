"""The pieces of the palette: what can be dragged into the picture, or added by a key."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_gui.network import Kind
from backprop_gui.registry import Registry


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece.

    Attributes
    ----------
    kind : Kind
        What its neurons are for.
    size : int
        How many neurons it has; 0: as many as the palette says.
    template : str
        The name of a template whose whole network it is instead.
    key : str
        The shortcut that adds it.
    """

    name: str
    title: str
    tip: str
    kind: Kind = Kind.HIDDEN
    size: int = 1
    template: str = ""
    key: str = ""


PIECES: Registry[Piece] = Registry("piece")

for _piece in (
    Piece(
        "neuron",
        "neuron",
        "Drop it on a layer to join it, on an edge to split it, or anywhere else to stand alone",
        key="N",
    ),
    Piece(
        "layer",
        "layer",
        "Drop it between two layers to insert it, on a layer to enlarge that, or anywhere else",
        size=0,
        key="L",
    ),
    Piece("input", "input", "An input neuron: one column of the data enters here", Kind.INPUT, key="I"),
    Piece("output", "output", "An output neuron: one column of answers leaves here", Kind.OUTPUT, key="O"),
    Piece(
        "template",
        "net",
        "All of a ready-made network, with its weights: a click lets you choose which",
        size=0,
        template="xor-2-3-1",
    ),
):
    PIECES.add(_piece.name, _piece)

__all__ = ["PIECES", "Piece"]
