"""What every drawing keeps to, finished or not: its parts fit together, and their numbers are finite."""

from __future__ import annotations

import math
from collections.abc import Container
from typing import TYPE_CHECKING

from backprop_gui.network.errors import (
    CycleError,
    DuplicateEdgeError,
    DuplicateIdError,
    EdgeIntoInputError,
    InvalidNeuronError,
    NotFiniteError,
    SelfEdgeError,
    UnknownNeuronError,
)
from backprop_gui.network.parts import Edge, Kind, Neuron

if TYPE_CHECKING:
    from backprop_gui.network.network import Network


def check_neurons(network: Network) -> None:
    """Raise a named error unless neurons and layers have ids of their own and each neuron is sound."""
    layers = {layer.id for layer in network.layers}
    if len(layers) != len(network.layers):
        raise DuplicateIdError("Two layers carry the same id: each layer needs its own.")
    neurons = network.neuron_of
    if len(neurons) != len(network.neurons):
        seen: set[int] = set()
        for neuron in network.neurons:
            if neuron.id in seen:
                raise DuplicateIdError(f"Two neurons carry the id {neuron.id}: each neuron needs its own.")
            seen.add(neuron.id)
    if max((*layers, *neurons), default=0) >= network.next_id:
        raise DuplicateIdError(
            f"The next id to be given out ({network.next_id}) is not larger than all ids in use."
        )
    for neuron in network.neurons:
        check_neuron(neuron, layers)


def check_edges(network: Network) -> None:
    """Raise a named error unless each edge leads somewhere it may, once, and has a number."""
    neurons = network.neuron_of
    if len(network.edge_of) != len(network.edges):
        pairs: set[tuple[int, int]] = set()
        for edge in network.edges:
            if (edge.source, edge.target) in pairs:
                raise DuplicateEdgeError(
                    f"The edge {network.edge_name(edge.source, edge.target)} is listed twice: remove one of them."
                )
            pairs.add((edge.source, edge.target))
    inputs = {neuron.id for neuron in network.inputs}
    isfinite = math.isfinite
    for edge in network.edges:
        if edge.source not in neurons or edge.target not in neurons:
            missing = edge.source if edge.source not in neurons else edge.target
            raise UnknownNeuronError(
                f"An edge names the neuron {missing}, which the network does not have: remove the edge."
            )
        if edge.source == edge.target:
            raise SelfEdgeError(f"The neuron {neurons[edge.source].name} has an edge to itself: remove it.")
        if edge.target in inputs:
            raise EdgeIntoInputError(
                f"The edge {network.edge_name(edge.source, edge.target)} ends at an input, whose value comes from "
                "the data: remove it."
            )
        if not isfinite(edge.weight):
            check_weight(network, edge)


def check_weight(network: Network, edge: Edge) -> None:
    """Raise a :class:`NotFiniteError` unless the weight of ``edge`` is a number."""
    if not math.isfinite(edge.weight):
        raise NotFiniteError(
            f"The weight of {network.edge_name(edge.source, edge.target)} is {edge.weight}: enter a number."
        )


def check_neuron(neuron: Neuron, layers: Container[int]) -> None:
    """Raise a named error if the settings of a neuron contradict each other or are not finite."""
    if neuron.layer not in layers:
        raise UnknownNeuronError(
            f"The neuron {neuron.name} is in the layer {neuron.layer}, which the network does not have."
        )
    if neuron.bias is not None and not math.isfinite(neuron.bias):
        raise NotFiniteError(f"The bias of {neuron.name} is {neuron.bias}: enter a number.")
    if not all(map(math.isfinite, neuron.position)):
        raise NotFiniteError(f"The position of {neuron.name} is not finite: move the neuron.")
    if neuron.kind is Kind.INPUT and (neuron.bias is not None or neuron.activation != "identity"):
        raise InvalidNeuronError(
            f"The input {neuron.name} has a bias or an activation: an input only passes on a number of the data."
        )


def check_new_edge(network: Network, source: int, target: int) -> None:
    """Raise a named error unless an edge can be added from ``source`` to ``target``."""
    start, end = network.require(source), network.require(target)
    if source == target:
        raise SelfEdgeError(f"An edge cannot lead from {start.name} to itself: a network must feed forward.")
    if end.kind is Kind.INPUT:
        raise EdgeIntoInputError(
            f"An edge cannot end at {end.name}: it is an input, and its value comes from the data."
        )
    if (source, target) in network.edge_of:
        raise DuplicateEdgeError(f"{start.name} and {end.name} are already connected.")
    if _leads_to(network, target, source):
        raise CycleError(
            f"An edge from {start.name} to {end.name} would close a cycle, because {end.name} already leads to "
            f"{start.name}: a network must feed forward."
        )


def _leads_to(network: Network, start: int, goal: int) -> bool:
    seen, stack = {start}, [start]
    while stack:
        for edge in network.outgoing[stack.pop()]:
            if edge.target == goal:
                return True
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append(edge.target)
    return False


__all__ = ["check_edges", "check_neuron", "check_neurons", "check_new_edge", "check_weight"]
