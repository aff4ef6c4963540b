"""What one operation of backpropagation is: what it computes, from what, and the equations that say so."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from backprop_gui.engine.operations.expression import Expression
from backprop_gui.network import Key


class Phase(enum.Enum):
    """The part of a training step that an operation belongs to, in the order in which they happen."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


class Kind(enum.Enum):
    """What an operation computes."""

    WEIGHTED_SUM = "weighted sum"
    ACTIVATION = "activation"
    LOSS = "loss"
    OUTPUT_DELTA = "output delta"
    HIDDEN_DELTA = "hidden delta"
    GRADIENT = "gradient"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Equation:
    """One line: what is computed, the expression that computes it, and the model's own number.

    Attributes
    ----------
    left : expression
        Written in symbols only.
    right : expression
        Written in symbols and in numbers.
    result : float
        The model's number, which ``right`` leads to.
    relation : str
        ``=``, or ``←`` where the left side takes a new value.
    remark : str
        A few plain words behind it; empty for none.
    aside : bool
        Whether nothing else is computed with it.
    """

    left: Expression
    right: Expression
    result: float
    relation: str = "="
    remark: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One scalar operation on one example.

    Attributes
    ----------
    number : int
        Its place in the whole step, from 0.
    phase : Phase
    kind : Kind
    subject : Key or None
        The neuron or edge whose number it computes; None for the loss.
    neuron : int or None
        The neuron that stepping by neuron counts it to; None for the loss.
    rank : int
        The rank of that neuron, which stepping by layer goes through; for the loss, that of the outputs.
    title : str
        What it does, in a few words.
    why : str
        Why it is done so, in a sentence.
    reads, writes : frozenset of keys
        The neurons and edges whose numbers it takes, and whose number it makes.
    """

    number: int
    phase: Phase
    kind: Kind
    subject: Key | None
    neuron: int | None
    rank: int
    title: str
    why: str
    reads: frozenset[Key]
    writes: frozenset[Key]


__all__ = ["Equation", "Kind", "Operation", "Phase"]
