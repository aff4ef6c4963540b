"""Which operation is behind a number on the picture, what that number is called, and its equations."""

from __future__ import annotations

from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.operations.operation import Equation, Kind, Operation
from backprop_gui.engine.operations.order import PHASE_OF
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.engine.reading import names
from backprop_gui.network import Key, Network
from backprop_gui.network import Kind as Role
from backprop_gui.ui.canvas.views import View

NOTHING: frozenset[Key] = frozenset()


def letter_of(operation: Operation, conventions: Conventions) -> str:
    """Return what the number is called that an operation makes, without an index."""
    called, by = names(conventions), "w" if isinstance(operation.subject, tuple) else "b"
    match operation.kind:
        case Kind.WEIGHTED_SUM:
            return "z"
        case Kind.ACTIVATION:
            return "a"
        case Kind.LOSS:
            return "L"
        case Kind.GRADIENT:
            return called.gradient_by(by)
        case Kind.UPDATE:
            return f"new {by}"
    return called.delta


def question_of(network: Network, key: Key, view: View) -> tuple[Key, Kind] | None:
    """Return of what, and of which kind, the operation is that makes what ``view`` shows at a neuron or an edge.

    None for what the network lacks, for inputs, which come from the data, and for a bias that is not there.
    """
    if isinstance(key, tuple):
        if key not in network.edge_of:
            return None
        if view is View.FORWARD:
            return key[1], Kind.WEIGHTED_SUM
        return key, Kind.UPDATE if view is View.UPDATE else Kind.GRADIENT
    neuron = network.neuron_of.get(key)
    if neuron is None or neuron.kind is Role.INPUT:
        return None
    if view is View.FORWARD:
        return key, Kind.ACTIVATION
    if view is View.UPDATE:
        return None if neuron.bias is None else (key, Kind.UPDATE)
    return key, Kind.OUTPUT_DELTA if neuron.kind is Role.OUTPUT else Kind.HIDDEN_DELTA


def equations_at(worked: WorkedExample, key: Key | None, view: View) -> tuple[Equation, ...]:
    """Return the equations of what a view shows at a neuron or an edge, the one that matters most last.

    Without a key they are those of the loss in the forward view; empty where there is nothing to be calculated.
    """
    if key is None:
        return worked.equations(_unplaced(None, Kind.LOSS))[-1:] if view is View.FORWARD else ()
    asked = question_of(worked.frame.plan.network, key, view)
    if asked is None:
        return ()
    operation = _unplaced(*asked)
    found = short_form(operation, worked.equations(operation))
    if operation.kind is Kind.ACTIVATION:
        return (*worked.equations(_unplaced(asked[0], Kind.WEIGHTED_SUM)), *found)
    return found


def short_form(operation: Operation, equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """Return those of an operation's equations that fit on a line: of an update, the step and the new value."""
    if operation.kind is not Kind.UPDATE:
        return equations
    last = max((place for place, one in enumerate(equations) if one.relation == "←"), default=0)
    return equations[max(0, last - 1) : last + 1]


def _unplaced(key: Key | None, kind: Kind) -> Operation:
    """Return an operation without its place among the others: listing them all takes long in a large network."""
    return Operation(0, PHASE_OF[kind], kind, key, None, 0, "", "", NOTHING, NOTHING)


__all__ = ["equations_at", "letter_of", "question_of", "short_form"]
