"""A worked example: one training step on what a frame is about, operation by operation, as by hand."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_gui.engine.conventions import USUAL, Conventions
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations import equations as written
from backprop_gui.engine.operations.operation import Equation, Kind, Operation
from backprop_gui.engine.operations.order import Operations, Pace
from backprop_gui.engine.operations.quantities import Examples
from backprop_gui.engine.operations.update import new_value, update
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.network import Key


class WorkedExample:
    """The operations of one training step on a frame's probe, and their equations when they are asked for.

    Attributes
    ----------
    frame : Frame
    settings : TrainingSettings
    conventions : Conventions
    operations : sequence of Operation
        In the order of a hand calculation.
    """

    def __init__(self, frame: Frame, settings: TrainingSettings, conventions: Conventions) -> None:
        self.frame, self.settings, self.conventions = frame, settings, conventions
        self.operations = Operations(frame.plan.network, conventions)
        self._examples = Examples(frame, conventions)

    def equations(self, operation: Operation) -> tuple[Equation, ...]:
        """Return what ``operation`` computes, line by line; the arithmetic of each leads to the model's number."""
        examples, key, network = self._examples, operation.subject, self.frame.plan.network
        match operation.kind:
            case Kind.LOSS:
                return written.loss(examples)
            case Kind.GRADIENT if key is not None:
                return written.gradient(examples, key, self.settings.reduction is Reduction.MEAN)
            case Kind.UPDATE if key is not None:
                return update(examples.whole, key, self.settings)
        assert isinstance(key, int)
        neuron = network.neuron_of[key]
        match operation.kind:
            case Kind.WEIGHTED_SUM:
                return written.weighted_sum(examples, neuron)
            case Kind.ACTIVATION:
                return written.activation(examples, neuron)
        return written.delta(examples, neuron)

    def value(self, operation: Operation) -> float:
        """Return the number that ``operation`` makes; an update's is the new value of its parameter."""
        whole, key = self._examples.whole, operation.subject
        if key is None:
            return whole.loss().value
        if operation.kind is Kind.UPDATE:
            return new_value(self.frame, key)
        if operation.kind is Kind.GRADIENT:
            return self.conventions.factor * float(self.frame.trace.grad[self.frame.plan.slot[key]])
        assert isinstance(key, int)
        match operation.kind:
            case Kind.WEIGHTED_SUM:
                return whole.z(key).value
            case Kind.ACTIVATION:
                return whole.a(key).value
        return whole.delta(key).value

    def find(self, key: Key | None, kind: Kind) -> Operation | None:
        """Return the operation of ``kind`` on a neuron or edge (None for the loss), if there is one."""
        return self.operations.find(key, kind)

    def delta_of(self, id: int) -> Operation | None:
        """Return the operation that makes a neuron's delta, whether it is an output or hidden; None for an input."""
        return self.find(id, Kind.HIDDEN_DELTA) or self.find(id, Kind.OUTPUT_DELTA)

    def stops(self, pace: Pace) -> Sequence[int]:
        """Return, ascending, the places in ``operations`` at which stepping at ``pace`` stops."""
        return self.operations.stops(pace)


def worked_example(
    frame: Frame, settings: TrainingSettings, conventions: Conventions = USUAL
) -> WorkedExample:
    """Return the worked example of what ``frame`` is about; ``settings`` are those that made the frame."""
    return WorkedExample(frame, settings, conventions)


__all__ = ["Pace", "WorkedExample", "worked_example"]
