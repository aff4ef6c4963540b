"""The named numbers of one example: every leaf of every equation is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

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


@dataclass(frozen=True)
class Example:
    """One example of a trace, or (with a bar over every letter) the mean of them.

    Attributes
    ----------
    frame : Frame
    trace : Trace
    row : int
        Its place in ``trace``.
    conventions : Conventions
    above : str
        What stands above its letters to tell it from others of its batch, such as ``(3)``.
    bar : bool
    """

    frame: Frame
    trace: Trace
    row: int
    conventions: Conventions
    deltas: Array
    slopes: Array
    above: str = ""
    bar: bool = False

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
        return self._of(names(self.conventions).delta, id, self.deltas)

    def delta_by_z(self, id: int) -> Quantity:
        """∂L/∂z with the sign of the conventions, whatever they call the delta."""
        value = self.conventions.factor * float(self.trace.delta[self.row, self._column(id)])
        return self._quantity("δ", id, value)

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
        place = [neuron.id for neuron in self.frame.plan.network.outputs].index(id)
        symbol = Symbol("a", self.name(id), derivative_of=LOSS, above=self.above)
        return Quantity(symbol, float(self.slopes[self.row, place]), id)

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
    each : sequence of Example
        The examples of the batch; ``whole`` alone where it is one example.
    """

    def __init__(self, frame: Frame, conventions: Conventions) -> None:
        self._frame, self._conventions = frame, conventions

    @cached_property
    def whole(self) -> Example:
        """The one example, or the mean over the batch."""
        frame, conventions = self._frame, self._conventions
        if frame.rows is None:
            slopes = loss_slopes(frame, frame.trace)
            found = deltas_of(frame, frame.trace, conventions)
            return Example(frame, frame.trace, 0, conventions, found, slopes)
        first = self.each[0]
        found = averaged(first.deltas)
        slopes = averaged(first.slopes)
        return Example(frame, frame.trace, 0, conventions, found, slopes, bar=True)

    @cached_property
    def each(self) -> tuple[Example, ...]:
        """The examples one by one."""
        frame, conventions, rows = self._frame, self._conventions, self._frame.rows
        if rows is None:
            return (self.whole,)
        found, slopes = deltas_of(frame, rows, conventions), loss_slopes(frame, rows)
        numbers = frame.coming.batch if frame.probe.part is Part.BATCH else np.arange(len(rows.x))
        return tuple(
            Example(frame, rows, i, conventions, found, slopes, f"({number + 1})")
            for i, number in enumerate(numbers.tolist())
        )

    @property
    def is_batch(self) -> bool:
        """Whether there is a mean to be taken."""
        return self._frame.rows is not None


__all__ = ["BATCH_LOSS", "LOSS", "Example", "Examples"]
