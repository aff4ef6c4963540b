"""A worked solution: what is given, and every operation of one training step in the order of a hand calculation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from backprop_gui.engine import LOSSES, OPTIMIZERS
from backprop_gui.engine.conventions import Delta, Sign
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.operations.expression import Quantity, Symbol
from backprop_gui.engine.operations.operation import Equation, Kind, Operation, Phase
from backprop_gui.engine.operations.quantities import Example, Examples
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.engine.reading import names
from backprop_gui.errors import UserError
from backprop_gui.network import Key, Network
from backprop_gui.network import Kind as NeuronKind
from backprop_gui.numerals import counted

MOST_PARAMETERS = 20_000
"""A step of more is no calculation by hand: its document would have a million lines."""
TITLES = {
    Phase.FORWARD: "Forward",
    Phase.LOSS: "Loss",
    Phase.BACKWARD: "Backward",
    Phase.UPDATE: "Update",
}


MOST_EXAMPLES = 20
"""The numbers of a larger batch are not listed; only their means are."""


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
class Group:
    """Numbers that are given, under a heading."""

    title: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Results side by side.

    Attributes
    ----------
    title : str
    columns : tuple of (str, bool)
        What each column holds, and whether it is given rather than worked out.
    rows : tuple of (Symbol, values)
        A value for each column; None where there is no such number.
    """

    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Symbol, tuple[float | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A whole document.

    Attributes
    ----------
    title : str
    facts : tuple of (str, str)
        What it is about, in words.
    network : Network
        The drawing.
    given : tuple of Group
        Inputs, targets and parameters.
    sections : tuple of Section
    results : tuple of Table
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    network: Network
    given: tuple[Group, ...]
    sections: tuple[Section, ...]
    results: tuple[Table, ...]


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
    title = f"Backpropagation by hand: {name}"
    results = (_loss(worked), _neurons(worked), _parameters(worked))
    return Solution(title, _facts(worked), worked.frame.plan.network, _given(worked), sections, results)


def _facts(worked: WorkedExample) -> tuple[tuple[str, str], ...]:
    frame, settings, conventions = worked.frame, worked.settings, worked.conventions
    delta = "∂L/∂z" if conventions.delta is Delta.BY_Z else "∂L/∂a"
    sign = "" if conventions.sign is Sign.GRADIENT else ", with the sign of the error (target − output)"
    batch = len(frame.coming.batch)
    return (
        ("Network", frame.plan.network.shape),
        ("Example", _example(frame)),
        ("After", counted(frame.step, "update")),
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


def _given(worked: WorkedExample) -> tuple[Group, ...]:
    examples = Examples(worked.frame, worked.conventions)
    plan, whole = worked.frame.plan, examples.whole
    if not examples.is_batch:
        answered = _example_given(whole, "")
    elif len(examples.each) <= MOST_EXAMPLES:
        answered = [
            group for one in examples.each for group in _example_given(one, f" of example {one.above}")
        ]
    else:
        answered = _example_given(whole, f", the mean of {counted(len(examples.each), 'example')}")
    biases = tuple(whole.parameter(key) for key in plan.keys if not isinstance(key, tuple))
    weights = tuple(whole.parameter(key) for key in plan.keys if isinstance(key, tuple))
    groups = (*answered, Group("Biases", biases), Group("Weights", weights))
    return tuple(group for group in groups if group.quantities)


def _example_given(one: Example, of_which: str) -> list[Group]:
    inputs = tuple(one.a(neuron.id) for neuron in one.frame.plan.network.inputs)
    targets = tuple(answer.t for answer in one.answers)
    return [Group(f"Inputs{of_which}", inputs), Group(f"Targets{of_which}", targets)]


# ---- results


def _loss(worked: WorkedExample) -> Table:
    loss = Examples(worked.frame, worked.conventions).whole.loss()
    return Table("Loss", (("value", False),), ((loss.symbol, (loss.value,)),))


def _neurons(worked: WorkedExample) -> Table:
    computed = [one for one in worked.frame.plan.network.neurons if one.kind is not NeuronKind.INPUT]
    deltas = [worked.delta_of(neuron.id) for neuron in computed]
    columns: dict[str, list[float | None]] = {
        "z": [_made(worked, neuron.id, Kind.WEIGHTED_SUM) for neuron in computed],
        "a": [_made(worked, neuron.id, Kind.ACTIVATION) for neuron in computed],
        "f′(z)": [None if delta is None else _slope(worked.equations(delta)) for delta in deltas],
        names(worked.conventions).delta: [None if delta is None else worked.value(delta) for delta in deltas],
    }
    columns = {name: column for name, column in columns.items() if any(value is not None for value in column)}
    rows = zip((Symbol(neuron.name) for neuron in computed), zip(*columns.values(), strict=True), strict=True)
    return Table("Neurons", tuple((name, False) for name in columns), tuple(rows))


def _slope(equations: Sequence[Equation]) -> float | None:
    """Return f′(z) if it is worked out on the way."""
    for equation in equations:
        if isinstance(equation.left, Quantity) and equation.left.symbol.prime:
            return equation.result
    return None


def _parameters(worked: WorkedExample) -> Table:
    whole = Examples(worked.frame, worked.conventions).whole
    rows = []
    for key in worked.frame.plan.keys:
        before, after = whole.parameter(key), _made(worked, key, Kind.UPDATE)
        step = None if after is None else float(worked.frame.coming.step[worked.frame.plan.slot[key]])
        rows.append((before.symbol, (before.value, _made(worked, key, Kind.GRADIENT), step, after)))
    gradient = names(worked.conventions).gradient
    columns = (("before", True), (gradient, False), ("Δ", False), ("after", False))
    return Table("Weights and biases", columns, tuple(rows))


def _made(worked: WorkedExample, key: Key, kind: Kind) -> float | None:
    operation = worked.find(key, kind)
    return None if operation is None else worked.value(operation)


__all__ = ["Group", "Section", "Solution", "SolutionError", "Step", "Table", "check_length", "solution_of"]
