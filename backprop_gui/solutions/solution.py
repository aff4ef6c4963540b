"""A worked solution: what is given, and every operation of one training step in the order of a hand calculation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from backprop_gui.engine import LOSSES, OPTIMIZERS
from backprop_gui.engine.conventions import Delta, Sign
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.operations.operation import Equation, Operation, Phase
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.errors import UserError
from backprop_gui.network import Network

MOST_PARAMETERS = 20_000
"""A step of more is no calculation by hand: its document would have a million lines."""
TITLES = {
    Phase.FORWARD: "Forward",
    Phase.LOSS: "Loss",
    Phase.BACKWARD: "Backward",
    Phase.UPDATE: "Update",
}


class SolutionError(UserError):
    """There is too much to write out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with its equations and the model's number."""

    operation: Operation
    equations: tuple[Equation, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Section:
    """The steps of one phase."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A whole document.

    Attributes
    ----------
    title : str
    facts : tuple of (str, str)
        What it is about, in words.
    given : tuple of (str, float)
        Inputs, targets and parameters, with their names, at full precision.
    sections : tuple of Section
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, float], ...]
    sections: tuple[Section, ...]


def check_length(network: Network) -> None:
    """Raise a :class:`SolutionError` if one step of ``network`` is too long to be written out."""
    count = network.parameter_count
    if count > MOST_PARAMETERS:
        raise SolutionError(
            f"This network has {count:,} parameters: a step of more than {MOST_PARAMETERS:,} is not written out. "
            "Choose a smaller network."
        )


def solution_of(worked: WorkedExample, name: str) -> Solution:
    """Return the document of ``worked``; ``name`` is the project's."""
    steps = (Step(one, worked.equations(one), worked.value(one)) for one in worked.operations)
    sections = tuple(
        Section(TITLES[phase], tuple(group))
        for phase, group in groupby(steps, key=lambda step: step.operation.phase)
    )
    return Solution(f"Backpropagation by hand: {name}", _facts(worked), _given(worked.frame), sections)


def _facts(worked: WorkedExample) -> tuple[tuple[str, str], ...]:
    frame, settings, conventions = worked.frame, worked.settings, worked.conventions
    delta = "∂L/∂z" if conventions.delta is Delta.BY_Z else "∂L/∂a"
    sign = "" if conventions.sign is Sign.GRADIENT else ", with the sign of the error (target − output)"
    batch = len(frame.coming.batch)
    return (
        ("Network", frame.plan.network.shape),
        ("Example", _example(frame)),
        ("After", f"{frame.step:,} updates"),
        ("Loss", f"{LOSSES[settings.loss].label}: {LOSSES[settings.loss].formula}"),
        ("A delta is", delta + sign),
        (
            "Update",
            (
                f"{OPTIMIZERS[settings.optimizer].label}, learning rate {frame.coming.rate:.9g}, of "
                f"{'one example' if batch == 1 else f'a batch of {batch:,} examples'}"
            ),
        ),
    )


def _example(frame: Frame) -> str:
    match frame.probe.part:
        case Part.TYPED:
            return "typed"
        case Part.BATCH:
            return "the mean of the next batch"
        case Part.ALL:
            return "the mean of all training examples"
    part = "test" if frame.probe.part is Part.TEST else "training"
    return f"{part} example {frame.probe.index + 1:,}"


def _given(frame: Frame) -> tuple[tuple[str, float], ...]:
    plan, network = frame.plan, frame.plan.network
    inputs = [(n.name, float(frame.trace.x[0, i])) for i, n in enumerate(network.inputs)]
    targets = [(f"target of {n.name}", float(frame.trace.t[0, i])) for i, n in enumerate(network.outputs)]
    parameters = [(plan.parameter_name(int(slot)), float(frame.theta[slot])) for slot in plan.slots]
    return (*inputs, *targets, *parameters)


__all__ = ["Section", "Solution", "SolutionError", "Step", "check_length", "solution_of"]
