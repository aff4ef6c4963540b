"""The drawing: an immutable feed-forward network of neurons, edges and layers.

A ``Network`` is a value. Every edit is a method that returns another network and leaves this one as it was,
so that undo is keeping the old value, and a network in another thread can never change under its reader.
Whatever a network holds, it always is a directed acyclic graph; whether it is complete enough to be trained
is a separate question, answered by :func:`check_trainable`.
"""

from __future__ import annotations

import enum
import graphlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from backprop_gui.network.errors import (
    CycleError,
    DuplicateEdgeError,
    DuplicateIdError,
    EdgeIntoInputError,
    InvalidNeuronError,
    MissingInputError,
    MissingOutputError,
    NetworkError,
    NotFiniteError,
    SelfEdgeError,
    UnknownNeuronError,
    UnreachableInputError,
    UnreachableOutputError,
)

Draw = Callable[[int, int], float]
"""``draw(fan_in, fan_out)`` returns one starting weight; the initializers of the engine make such functions."""


class Kind(enum.Enum):
    """What a neuron is for."""

    INPUT = "input"
    HIDDEN = "hidden"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Layer:
    """A named group of neurons: for people. The engine groups neurons by rank instead."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Neuron:
    """One neuron: a weighted sum plus ``bias``, then ``activation``.

    ``bias`` is the starting value, or None for a neuron without one; ``frozen`` keeps the bias from being
    trained. An input neuron holds a number of the data: it has no bias and its activation is the identity.
    ``position`` is in scene units, x to the right and y down.
    """

    id: int
    layer: int
    kind: Kind
    name: str
    activation: str = "tanh"
    bias: float | None = 0.0
    frozen: bool = False
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection; ``weight`` is its starting value, and ``frozen`` keeps it from being trained."""

    source: int
    target: int
    weight: float
    frozen: bool = False


@dataclass(frozen=True)
class Network:
    """Neurons, edges and layers, in the order in which they were drawn.

    Inputs and outputs are matched with the columns of the data in this order. ``next_id`` is larger than every id
    that was ever given out, so that an id is never used again for something else.

    Raises
    ------
    NetworkError
        One of its named kinds, if the parts contradict each other or contain a cycle.
    """

    neurons: tuple[Neuron, ...] = ()
    edges: tuple[Edge, ...] = ()
    layers: tuple[Layer, ...] = ()
    next_id: int = 1

    def __post_init__(self) -> None:
        _check_parts(self)
        _ = self.ranks  # raises CycleError

    # ---- what is there

    @cached_property
    def neuron_of(self) -> dict[int, Neuron]:
        """Neurons by id."""
        return {neuron.id: neuron for neuron in self.neurons}

    @cached_property
    def layer_of(self) -> dict[int, Layer]:
        """Layers by id."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def edge_of(self) -> dict[tuple[int, int], Edge]:
        """Edges by their (source, target) ids."""
        return {(edge.source, edge.target): edge for edge in self.edges}

    @cached_property
    def incoming(self) -> dict[int, list[Edge]]:
        """The edges that end at each neuron, in drawing order."""
        found: dict[int, list[Edge]] = {neuron.id: [] for neuron in self.neurons}
        for edge in self.edges:
            found[edge.target].append(edge)
        return found

    @cached_property
    def outgoing(self) -> dict[int, list[Edge]]:
        """The edges that start at each neuron, in drawing order."""
        found: dict[int, list[Edge]] = {neuron.id: [] for neuron in self.neurons}
        for edge in self.edges:
            found[edge.source].append(edge)
        return found

    @cached_property
    def inputs(self) -> tuple[Neuron, ...]:
        """Input neurons in the order of the data's columns."""
        return tuple(neuron for neuron in self.neurons if neuron.kind is Kind.INPUT)

    @cached_property
    def outputs(self) -> tuple[Neuron, ...]:
        """Output neurons in the order of the data's target columns."""
        return tuple(neuron for neuron in self.neurons if neuron.kind is Kind.OUTPUT)

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Each neuron's rank: the number of edges on the longest path that leads to it.

        All neurons of one rank can be computed at once, when those of the lower ranks are.
        """
        sources: dict[int, list[int]] = {neuron.id: [] for neuron in self.neurons}
        for edge in self.edges:
            sources[edge.target].append(edge.source)
        rank: dict[int, int] = {}
        try:
            for id in graphlib.TopologicalSorter(sources).static_order():
                before = sources[id]
                rank[id] = 1 + max(map(rank.__getitem__, before)) if before else 0
        except graphlib.CycleError as error:
            raise CycleError(_cycle_sentence(self, error.args[1])) from None
        # A neuron that nothing reaches still has to be computed: its output is f(bias), no datum.
        for neuron in self.neurons:
            if neuron.kind is not Kind.INPUT and rank[neuron.id] == 0:
                return _ranks_above_inputs(self, sources)
        return rank

    @cached_property
    def members(self) -> dict[int, tuple[Neuron, ...]]:
        """The neurons of each layer, in drawing order."""
        found: dict[int, list[Neuron]] = {layer.id: [] for layer in self.layers}
        for neuron in self.neurons:
            found[neuron.layer].append(neuron)
        return {id: tuple(neurons) for id, neurons in found.items()}

    @cached_property
    def shape(self) -> str:
        """The sizes of its layers, such as ``2-4-1``."""
        return "-".join(str(len(self.members[layer.id])) for layer in self.layers)

    @property
    def parameter_count(self) -> int:
        """How many weights and biases there are, frozen ones included."""
        return len(self.edges) + sum(neuron.bias is not None for neuron in self.neurons)

    def edge_name(self, source: int, target: int) -> str:
        """What people call an edge, such as ``x1 → h2``."""
        return f"{self.neuron_of[source].name} → {self.neuron_of[target].name}"

    # ---- edits

    def problem_with_edge(self, source: int, target: int) -> NetworkError | None:
        """Return why an edge from ``source`` to ``target`` cannot be drawn, or None if it can."""
        try:
            self._check_new_edge(source, target)
        except NetworkError as error:
            return error
        return None

    def connect(self, source: int, target: int, weight: float = 0.0) -> Network:
        """Add an edge that starts out with ``weight``."""
        self._check_new_edge(source, target)
        return replace(self, edges=(*self.edges, Edge(source, target, weight)))

    def without(self, ids: Iterable[int | tuple[int, int]]) -> Network:
        """Remove neurons (by id, with all their edges) and edges (by pair of ids); layers left empty go too."""
        gone = set(ids)
        neurons = tuple(neuron for neuron in self.neurons if neuron.id not in gone)
        edges = tuple(
            edge
            for edge in self.edges
            if edge.source not in gone and edge.target not in gone and (edge.source, edge.target) not in gone
        )
        used = {neuron.layer for neuron in neurons}
        return replace(
            self,
            neurons=neurons,
            edges=edges,
            layers=tuple(layer for layer in self.layers if layer.id in used),
        )

    def with_neurons(self, changed: Iterable[Neuron]) -> Network:
        """Replace neurons by others of the same id; every other neuron stays as it is."""
        by_id = {neuron.id: neuron for neuron in changed}
        for id in by_id:
            self._require(id)
        return replace(self, neurons=tuple(by_id.get(neuron.id, neuron) for neuron in self.neurons))

    def with_activation(self, ids: Iterable[int], activation: str) -> Network:
        """Give the neurons another activation."""
        return self.with_neurons(replace(self._require(id), activation=activation) for id in ids)

    def with_parameters(
        self, biases: Mapping[int, float], weights: Mapping[tuple[int, int], float]
    ) -> Network:
        """Set starting values: ``biases`` by neuron, ``weights`` by (source, target); the others stay."""
        neurons = tuple(
            replace(neuron, bias=biases[neuron.id]) if neuron.id in biases else neuron
            for neuron in self.neurons
        )
        edges = tuple(
            replace(edge, weight=weights[edge.source, edge.target])
            if (edge.source, edge.target) in weights
            else edge
            for edge in self.edges
        )
        return replace(self, neurons=neurons, edges=edges)

    def redrawn(self, draw: Draw, bias: float = 0.0) -> Network:
        """Draw all starting weights anew and set all biases to ``bias``; frozen parameters stay."""
        fan_in = {id: len(edges) for id, edges in self.incoming.items()}
        fan_out = {id: len(edges) for id, edges in self.outgoing.items()}
        return self.with_parameters(
            {n.id: bias for n in self.neurons if n.bias is not None and not n.frozen},
            {
                (e.source, e.target): draw(fan_in[e.target], fan_out[e.source])
                for e in self.edges
                if not e.frozen
            },
        )

    def _require(self, id: int) -> Neuron:
        try:
            return self.neuron_of[id]
        except KeyError:
            raise UnknownNeuronError(f"The network has no neuron with the id {id}.") from None

    def _check_new_edge(self, source: int, target: int) -> None:
        start, end = self._require(source), self._require(target)
        if source == target:
            raise SelfEdgeError(
                f"An edge cannot lead from {start.name} to itself: a network must feed forward."
            )
        if end.kind is Kind.INPUT:
            raise EdgeIntoInputError(
                f"An edge cannot end at {end.name}: it is an input, and its value comes from the data."
            )
        if (source, target) in self.edge_of:
            raise DuplicateEdgeError(f"{start.name} and {end.name} are already connected.")
        if self._leads_to(target, source):
            raise CycleError(
                f"An edge from {start.name} to {end.name} would close a cycle, because {end.name} already leads to "
                f"{start.name}: a network must feed forward."
            )

    def _leads_to(self, start: int, goal: int) -> bool:
        seen, stack = {start}, [start]
        while stack:
            for edge in self.outgoing[stack.pop()]:
                if edge.target == goal:
                    return True
                if edge.target not in seen:
                    seen.add(edge.target)
                    stack.append(edge.target)
        return False


def check_trainable(network: Network) -> None:
    """Raise the :class:`NetworkError` that keeps ``network`` from being trained, if there is one."""
    if not network.inputs:
        raise MissingInputError("The network has no input neuron: add one, so that data can enter.")
    if not network.outputs:
        raise MissingOutputError(
            "The network has no output neuron: add one, so that there is something to learn."
        )
    fed = _reached(network.inputs, network.outgoing, lambda edge: edge.target)
    for neuron in network.outputs:
        if neuron.id not in fed:
            raise UnreachableOutputError(
                f"No path leads from an input to the output {neuron.name}: connect it, or remove it."
            )
    used = _reached(network.outputs, network.incoming, lambda edge: edge.source)
    for neuron in network.inputs:
        if neuron.id not in used:
            raise UnreachableInputError(
                f"No path leads from the input {neuron.name} to an output: connect it, or remove it."
            )


def _reached(
    start: Iterable[Neuron], edges: Mapping[int, list[Edge]], other_end: Callable[[Edge], int]
) -> set[int]:
    """Return the ids of all neurons that can be reached from ``start`` along ``edges``."""
    stack = [neuron.id for neuron in start]
    seen = set(stack)
    while stack:
        for edge in edges[stack.pop()]:
            id = other_end(edge)
            if id not in seen:
                seen.add(id)
                stack.append(id)
    return seen


def _ranks_above_inputs(network: Network, sources: Mapping[int, list[int]]) -> dict[int, int]:
    """Return ranks in which only inputs have rank 0, although some other neuron has no incoming edge."""
    rank: dict[int, int] = {}
    for id in graphlib.TopologicalSorter(sources).static_order():
        lowest = 0 if network.neuron_of[id].kind is Kind.INPUT else 1
        rank[id] = max((1 + rank[source] for source in sources[id]), default=lowest)
    return rank


def _cycle_sentence(network: Network, ids: list[int]) -> str:
    # graphlib lists a cycle against the arrows when the graph maps each node to its predecessors.
    names = " → ".join(network.neuron_of[id].name for id in ids)
    return f"The network contains a cycle ({names}): remove one of these edges, a network must feed forward."


def _check_parts(network: Network) -> None:
    """Raise a named error unless ids are unique, references lead somewhere and numbers are finite."""
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
        _check_neuron(neuron, layers)
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
            raise NotFiniteError(
                f"The weight of {network.edge_name(edge.source, edge.target)} is {edge.weight}: enter a number."
            )


def _check_neuron(neuron: Neuron, layers: set[int]) -> None:
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


__all__ = ["Draw", "Edge", "Kind", "Layer", "Network", "Neuron", "check_trainable"]
