"""What an operation lights on the picture, and what still waits for its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.operations.operation import Kind, Operation, Phase
from backprop_gui.engine.operations.order import PHASE_OF, Order
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.ui.canvas.spotlight import Lights, Way
from backprop_gui.ui.operation_words import letter_of

MOST_DIGITS, MOST_ON_EDGES = 12, 6
"""A longer number would hide too much of the picture, or on an edge have no room for what it is called."""
WAY_OF = {
    Kind.WEIGHTED_SUM: Way.FORWARD,
    Kind.OUTPUT_DELTA: Way.BACKWARD,
    Kind.HIDDEN_DELTA: Way.BACKWARD,
    Kind.GRADIENT: Way.MEETING,
}


@dataclass(frozen=True, eq=False)
class Turns:
    """When it is the turn of each neuron and each edge in a phase: the numbers of operations, -1 for never.

    Attributes
    ----------
    neurons, edges : dict of int arrays
        By phase, in drawing order, when the number that the picture shows there is made.
    """

    neurons: dict[Phase, NDArray[np.intp]]
    edges: dict[Phase, NDArray[np.intp]]


def turns_of(order: Order) -> Turns:
    """Return when it is the turn of what in a network."""
    network = order.network
    neurons = {phase: np.full(len(network.neurons), -1, np.intp) for phase in Phase}
    edges = {phase: np.full(len(network.edges), -1, np.intp) for phase in Phase}
    index = {neuron.id: place for place, neuron in enumerate(network.neurons)}
    edge_at = {key: place for place, key in enumerate(network.edge_of)}
    shown = {Kind.ACTIVATION, Kind.OUTPUT_DELTA, Kind.HIDDEN_DELTA, Kind.UPDATE}
    for number, entry in enumerate(order.entries):
        phase, key = PHASE_OF[entry.kind], entry.subject
        if isinstance(key, tuple):
            edges[phase][edge_at[key]] = number
        elif key is not None and entry.kind in shown:
            neurons[phase][index[key]] = number
        if entry.kind is Kind.WEIGHTED_SUM and isinstance(key, int):
            for edge in network.incoming[key]:
                edges[phase][edge_at[edge.source, edge.target]] = number
    return Turns(neurons, edges)


def lights_of(worked: WorkedExample, turns: Turns, operation: Operation, digits: int) -> Lights:
    """Return what an operation lights on the picture."""
    phase, number = operation.phase, operation.number
    most = MOST_ON_EDGES if isinstance(operation.subject, tuple) else MOST_DIGITS
    value = write_value(worked.value(operation), min(digits, most))
    return Lights(
        operation.reads,
        operation.writes,
        turns.neurons[phase] > number,
        turns.edges[phase] > number,
        WAY_OF.get(operation.kind, Way.NONE),
        f"{letter_of(operation, worked.conventions)} = {value}",
    )


__all__ = ["Turns", "lights_of", "turns_of"]
