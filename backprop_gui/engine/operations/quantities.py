"""The named numbers of one example: every leaf of every equation is made here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from backprop_gui.engine.arrays import Array, averaged
from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.operations.expression import Quantity, Symbol
from backprop_gui.engine.operations.loss_formulas import Answer
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.reading import deltas_of, loss_slopes, names
from backprop_gui.network import Edge, Key, Kind

LOSS, BATCH_LOSS = Symbol("L"), Symbol("L", "batch")
SHORT_NAME = re.compile(r"[^\W\d_]\u0302?\d*")
"""Names that read as a letter of mathematics."""


class Rows:
    """What a convention reads from a trace; worked out once, and only where somebody reads it.

    Attributes
    ----------
    frame : Frame
    trace : Trace
    conventions : Conventions
    of : Rows or None
        The examples whose means these are.
    """

    def __init__(self, frame: Frame, trace: Trace, conventions: Conventions, of: Rows | None = None) -> None:
        self.frame, self.trace, self.conventions, self.of = frame, trace, conventions, of

    @cached_property
    def deltas(self) -> Array:
        """The deltas, (examples, neurons)."""
        if self.of is not None:
            return averaged(self.of.deltas)
        return deltas_of(self.frame, self.trace, self.conventions)

    @cached_property
    def loss_slopes(self) -> Array:
        """What the loss itself says to the outputs, ∂L/∂a, (examples, outputs)."""
        if self.of is not None:
            return averaged(self.of.loss_slopes)
        return loss_slopes(self.frame, self.trace)

    @cached_property
    def places(self) -> dict[int, int]:
        """Which of the outputs each of them is, from 0."""
        return {neuron.id: k for k, neuron in enumerate(self.frame.plan.network.outputs)}


@dataclass(frozen=True)
class Example:
    """One example of a trace, or (with a bar over every letter) the mean of them.

    Attributes
    ----------
    rows : Rows
        Those that it is one of.
    row : int
        Its place among them.
    above : str
        What stands above its letters to tell it from others of its batch, such as ``(3)``.
    bar : bool
    """

    rows: Rows
    row: int
    above: str = ""
    bar: bool = False

    @property
    def frame(self) -> Frame:
        """The moment."""
        return self.rows.frame

    @property
    def trace(self) -> Trace:
        """Every number of it and of the examples beside it."""
        return self.rows.trace

    @property
    def conventions(self) -> Conventions:
        """How its deltas and gradients are written."""
        return self.rows.conventions

    # ---- neurons

    def z(self, id: int) -> Quantity:
        """The weighted sum."""
        return self._of("z", id, self.trace.z)

    def a(self, id: int) -> Quantity:
        """The activation; an input with a name such as x1 is called so."""
        neuron = self.frame.plan.network.neuron_of[id]
        found = self._of("a", id, self.trace.a)
        if neuron.kind is Kind.INPUT and SHORT_NAME.fullmatch(neuron.name):
            return replace(found, symbol=self._symbol(neuron.name, ""))
        return found

    def slope(self, id: int) -> Quantity:
        """f′(z)."""
        symbol = Symbol("f", prime=True, argument=self._symbol("z", self.name(id)))
        return Quantity(symbol, float(self.trace.slope[self.row, self._column(id)]), id)

    def delta(self, id: int) -> Quantity:
        """The delta, as the conventions write it."""
        return self._of(names(self.conventions).delta, id, self.rows.deltas)

    def delta_by_z(self, id: int) -> Quantity:
        """∂L/∂z with the sign of the conventions, whatever they call the delta."""
        value = self.conventions.factor * float(self.trace.delta[self.row, self._column(id)])
        return self._quantity("δ", id, value)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """All outputs with their targets."""
        letter = "p" if self.frame.loss.for_classes else "a"
        return tuple(
            Answer(
                self.z(neuron.id),
                self.a(neuron.id),
                self._quantity("t", neuron.id, float(self.trace.t[self.row, k])),
                self._quantity(letter, neuron.id, float(self.trace.predictions[self.row, k])),
            )
            for k, neuron in enumerate(self.frame.plan.network.outputs)
        )

    def loss(self) -> Quantity:
        """The loss."""
        return Quantity(self._symbol("L", ""), float(self.trace.losses[self.row]))

    def loss_slope(self, id: int) -> Quantity:
        """What the loss itself says to an output, ∂L/∂a, without what comes back along edges."""
        symbol = Symbol("a", self.name(id), derivative_of=LOSS, above=self.above)
        return Quantity(symbol, float(self.rows.loss_slopes[self.row, self.place(id)]), id)

    def place(self, id: int) -> int:
        """Return which of the outputs a neuron is, from 0."""
        return self.rows.places[id]

    # ---- parameters

    def weight(self, edge: Edge | tuple[int, int]) -> Quantity:
        """A weight."""
        ends = edge if isinstance(edge, tuple) else (edge.source, edge.target)
        return self.parameter(ends)

    def parameter(self, key: Key) -> Quantity:
        """A weight or a bias."""
        letter, index = self.parameter_name(key)
        return Quantity(Symbol(letter, index), float(self.frame.theta[self.frame.plan.slot[key]]), key)

    def gradient(self, key: Key, value: float, of: Symbol = LOSS) -> Quantity:
        """∂L/∂ a parameter, whose value is given; ``of`` is the loss."""
        letter, index = self.parameter_name(key)
        return Quantity(Symbol(letter, index, derivative_of=of), value, key)

    def parameter_name(self, key: Key) -> tuple[str, str]:
        """Return the letter and the index of a parameter."""
        if isinstance(key, tuple):
            return "w", f"{self.name(key[0])}→{self.name(key[1])}"
        return "b", self.name(key)

    def name(self, id: int) -> str:
        """Return what people call a neuron."""
        return self.frame.plan.network.neuron_of[id].name

    # ---- making

    def _of(self, letter: str, id: int, array: Array) -> Quantity:
        return self._quantity(letter, id, float(array[self.row, self._column(id)]))

    def _quantity(self, letter: str, id: int, value: float) -> Quantity:
        return Quantity(self._symbol(letter, self.name(id)), value, id)

    def _symbol(self, letter: str, index: str) -> Symbol:
        return Symbol(letter, index, bar=self.bar, above=self.above)

    def _column(self, id: int) -> int:
        return self.frame.plan.column[id]


class Examples:
    """What a frame is about: one example, or the examples of a batch and their mean.

    Attributes
    ----------
    whole : Example
        The one example, or the mean over the batch.
    first : Example
        The first of them, or the one.
    each : sequence of Example
        The examples of the batch; ``whole`` alone where it is one example.
    """

    def __init__(self, frame: Frame, conventions: Conventions) -> None:
        self._frame = frame
        self._rows = Rows(frame, frame.trace if frame.rows is None else frame.rows, conventions)

    @cached_property
    def whole(self) -> Example:
        """The one example, or the mean over the batch."""
        if not self.is_batch:
            return Example(self._rows, 0)
        return Example(Rows(self._frame, self._frame.trace, self._rows.conventions, self._rows), 0, bar=True)

    @cached_property
    def each(self) -> tuple[Example, ...]:
        """The examples one by one."""
        if not self.is_batch:
            return (self.whole,)
        return tuple(Example(self._rows, i, f"({number + 1})") for i, number in enumerate(self._numbers))

    @property
    def first(self) -> Example:
        """The first of them; the others need not be made for it."""
        return Example(self._rows, 0, f"({self._numbers[0] + 1})") if self.is_batch else self.whole

    @property
    def _numbers(self) -> Sequence[int]:
        """The places of a batch's examples in their part of the data, from 0."""
        frame = self._frame
        if frame.probe.part is Part.BATCH:
            return [int(place) for place in frame.coming.batch]
        return range(len(self._rows.trace.x))

    @property
    def is_batch(self) -> bool:
        """Whether there is a mean to be taken."""
        return self._frame.rows is not None


__all__ = ["BATCH_LOSS", "LOSS", "Example", "Examples"]
