"""What there is to say about a neuron, an edge or the whole network, and which of a frame's numbers belong to it.

A :class:`Sheet` holds what stays the same as long as the plan does; :meth:`Sheet.read` picks a frame's numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_gui.data import Prepared
from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.conventions import USUAL, Conventions
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.reading import Names
from backprop_gui.engine.reading import names as names_of
from backprop_gui.network import Edge, Kind, Neuron
from backprop_gui.ui.names import display_name
from backprop_gui.ui.selection import Key

Numbers: TypeAlias = NDArray[np.float64]
Fact: TypeAlias = tuple[str, float | str]
LONGEST_FUNCTION = 8


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A frame's numbers for a sheet: one for each chip, (rows, 3) for each table, and facts with their captions."""

    chips: tuple[float, ...]
    tables: tuple[Numbers, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSheet:
    """The frame of one table: its title, its columns with their tooltips, and the names of its rows."""

    title: str
    headers: tuple[str, ...]
    tips: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Everything about one subject but the numbers.

    Attributes
    ----------
    kind, name : str
        What it is, and what people call it.
    chips : tuple of (caption, tooltip)
    tables : tuple of TableSheet
    read : callable
        ``read(frame, prepared)`` returns the numbers; the frame must be of the plan that the sheet was made for.
    hint : str
        A sentence below it all.
    """

    kind: str
    name: str
    chips: tuple[tuple[str, str], ...]
    tables: tuple[TableSheet, ...]
    read: Callable[[Frame, Prepared], Reading]
    hint: str = ""


def sheet_of(plan: Plan, key: Key | None, conventions: Conventions = USUAL) -> Sheet | None:
    """Return the sheet of a neuron, an edge, or (None) the network; None if ``plan`` does not have it.

    It is to be read from frames :func:`~backprop_gui.engine.reading.as_read` with the same ``conventions``.
    """
    network, called = plan.network, names_of(conventions)
    if key is None:
        return _network_sheet(plan)
    if isinstance(key, tuple):
        edge = network.edge_of.get(key)
        return _edge_sheet(plan, edge, called) if edge else None
    neuron = network.neuron_of.get(key)
    if neuron is None:
        return None
    make = _input_sheet if neuron.kind is Kind.INPUT else _neuron_sheet
    return make(plan, neuron, called)


def function_name(activation: str) -> str:
    """Return what an activation is called as a function, without remarks in brackets."""
    return ACTIVATIONS[activation].label.partition(" (")[0]


DELTA_TIPS = {
    f"{sign}∂L/∂{letter}": f"How the loss of the shown example changes with {letter}{more}"
    for sign, more in (("", ""), ("−", ", with the opposite sign"))
    for letter in "za"
}
"""What each delta says, by its meaning."""


# ---- neurons


def _neuron_sheet(plan: Plan, neuron: Neuron, called: Names) -> Sheet:
    edges = plan.network.incoming[neuron.id]
    slots = [plan.slot[edge.source, edge.target] for edge in edges]
    names = [_name(plan, edge.source) for edge in edges]
    if neuron.bias is not None:
        slots.append(plan.slot[neuron.id])
        names.append("bias")
    places = np.array(slots, np.intp)
    back, read_back = _outgoing(plan, neuron, called)
    column = plan.column[neuron.id]
    outputs = [output.id for output in plan.network.outputs]
    output = outputs.index(neuron.id) if neuron.id in outputs else None
    activation, function = ACTIVATIONS[neuron.activation], function_name(neuron.activation)
    short = "a = z" if neuron.activation == "identity" else f"a = {function} z"
    incoming = TableSheet(
        "",
        ("from", "w", called.gradient, "step"),
        (
            "Where the connection comes from",
            "The weight now",
            _gradient_tip(called),
            "What the optimiser will add to the weight, with the next batch",
        ),
        tuple(names),
    )

    def read(frame: Frame, prepared: Prepared) -> Reading:
        trace = frame.trace
        facts: list[Fact] = [("f′(z)", float(trace.slope[0, column]))]
        if output is not None:
            facts.append(("target t", float(trace.t[0, output])))
            if trace.predictions[0, output] != trace.a[0, column]:
                facts.append(("prediction", float(trace.predictions[0, output])))
        if neuron.frozen:
            facts.append(("bias", "frozen"))
        tables = (_columns(frame.theta[places], trace.grad[places], frame.update[places]),)
        chips = (float(trace.z[0, column]), float(trace.a[0, column]), float(trace.delta[0, column]))
        return Reading(chips, tables + ((read_back(frame),) if back else ()), tuple(facts))

    return Sheet(
        "neuron" if output is None else "output",
        f"{display_name(neuron.name)} · {activation.label}",
        (
            ("z", "The weighted sum of what comes in, plus the bias"),
            (
                short if len(function) <= LONGEST_FUNCTION else "a = f(z)",
                f"The activation, a = {activation.formula}",
            ),
            (f"{called.delta} = {called.delta_meaning}", DELTA_TIPS[called.delta_meaning]),
        ),
        (incoming, *([back] if back else [])),
        read,
    )


def _input_sheet(plan: Plan, neuron: Neuron, called: Names) -> Sheet:
    back, read_back = _outgoing(plan, neuron, called)
    column = plan.column[neuron.id]
    place = [other.id for other in plan.network.inputs].index(neuron.id)

    def read(frame: Frame, prepared: Prepared) -> Reading:
        trace = frame.trace
        facts = _column_facts(frame, prepared, place)
        chips = (float(trace.a[0, column]), float(trace.delta[0, column]))
        return Reading(chips, (read_back(frame),) if back else (), facts)

    return Sheet(
        "input",
        display_name(neuron.name),
        (
            ("x", "What the network sees, standardised if the data are"),
            (called.gradient_by("x"), "How the loss of the shown example changes with this input"),
        ),
        (back,) if back else (),
        read,
    )


def _column_facts(frame: Frame, prepared: Prepared, place: int) -> tuple[Fact, ...]:
    """Say which column of the data an input shows, and the number there, if the frame is of these data."""
    dataset, probe = prepared.dataset, frame.probe
    rows = prepared.test_rows if probe.part is Part.TEST else prepared.train_rows
    if dataset.x.shape[1] != frame.trace.x.shape[1] or probe.index >= len(rows):
        return ()
    raw = dataset.x[rows[probe.index]]
    # A frame from before the data were exchanged shows another example.
    if not np.allclose(prepared.scaling.apply(raw[None])[0], frame.trace.x[0], rtol=1e-5, atol=1e-6):
        return ()
    return ("column", dataset.input_names[place]), ("in the data", float(raw[place]))


def _outgoing(
    plan: Plan, neuron: Neuron, called: Names
) -> tuple[TableSheet | None, Callable[[Frame], Numbers]]:
    """Return the table of what each neuron behind sends back, and what fills it; no table where nothing is behind."""
    edges = plan.network.outgoing[neuron.id]
    slots = np.array([plan.slot[edge.source, edge.target] for edge in edges], np.intp)
    columns = np.array([plan.column[edge.target] for edge in edges], np.intp)

    by_a = called.delta != "δ"

    def read(frame: Frame) -> Numbers:
        w, delta = frame.theta[slots], frame.trace.delta[0, columns]
        # Numbers that have blown up are shown as they are.
        with np.errstate(all="ignore"):
            between = frame.trace.slope[0, columns] if by_a else 1.0
            return _columns(w, delta, w * between * delta)

    if not edges:
        return None, read
    sheet = TableSheet(
        "error comes back from",
        ("to", "w", called.delta, "w · f′ · e" if by_a else "w · δ"),
        (
            "Where the connection leads",
            "The weight now",
            f"{called.delta} there, of the shown example",
            "What comes back from there: their sum is this neuron's e"
            if by_a
            else "What comes back from there: their sum is ∂L/∂a, and f′(z) times that is this neuron's δ",
        ),
        tuple(_name(plan, edge.target) for edge in edges),
    )
    return sheet, read


def _gradient_tip(called: Names) -> str:
    return f"The gradient of the shown example's loss{', with the opposite sign' * called.is_opposite}"


# ---- edges and the network


def _edge_sheet(plan: Plan, edge: Edge, called: Names) -> Sheet:
    slot = plan.slot[edge.source, edge.target]
    source, target = plan.column[edge.source], plan.column[edge.target]
    names = _name(plan, edge.source), _name(plan, edge.target)
    end = "δ" if called.delta == "δ" else f"{called.delta} f′(z)"

    def read(frame: Frame, prepared: Prepared) -> Reading:
        weight = float(frame.theta[slot])
        facts: list[Fact] = [
            ("starting weight", edge.weight),
            ("learned since", weight - edge.weight),
            (f"a of {names[0]}", float(frame.trace.a[0, source])),
            (f"{called.delta} of {names[1]}", float(frame.trace.delta[0, target])),
        ]
        if edge.frozen:
            facts.append(("training", "frozen"))
        return Reading((weight, float(frame.trace.grad[slot]), float(frame.update[slot])), (), tuple(facts))

    return Sheet(
        "weight",
        f"{names[0]} → {names[1]}",
        (
            ("w", "The weight now"),
            (called.gradient, f"{_gradient_tip(called)}: {end} at the end times a at the start"),
            ("step", "What the optimiser will add to the weight, with the next batch"),
        ),
        (),
        read,
    )


def _network_sheet(plan: Plan) -> Sheet:
    network = plan.network
    facts: list[Fact] = [("parameters", f"{network.parameter_count:,}")]
    for layer in network.layers:
        members = network.members[layer.id]
        names = {function_name(neuron.activation) for neuron in members if neuron.kind is not Kind.INPUT}
        functions = f" · {names.pop() if len(names) == 1 else 'mixed'}" if names else ""
        facts.append((layer.name, f"{len(members):,}{functions}"))

    def read(frame: Frame, prepared: Prepared) -> Reading:
        with np.errstate(all="ignore"):
            norms = [float(np.linalg.norm(vector)) for vector in (frame.trace.grad, frame.update)]
        return Reading((float(frame.trace.losses[0]), *norms), (), tuple(facts))

    return Sheet(
        "network",
        network.shape,
        (
            ("loss L", "The loss of the shown example"),
            ("‖∂L/∂w‖", "The length of the gradient of the shown example's loss"),
            ("‖step‖", "The length of the step that the optimiser takes next, with the next batch"),
        ),
        (),
        read,
        "Select a neuron or an edge to read its numbers.",
    )


def _name(plan: Plan, id: int) -> str:
    return display_name(plan.network.neuron_of[id].name)


def _columns(*columns: NDArray[np.floating]) -> Numbers:  # type: ignore[type-arg]
    return np.stack(columns, axis=1).astype(np.float64)


__all__ = ["Reading", "Sheet", "TableSheet", "function_name", "sheet_of"]
