"""The drawing: an immutable feed-forward network of neurons, edges and layers.

A ``Network`` is a value. Every edit is a method that returns another network and leaves this one as it was,
so that undo is keeping the old value, and a network in another thread can never change under its reader.
Whatever a network holds, it always is a directed acyclic graph; whether it is complete enough to be trained
is a separate question, answered by :func:`backprop_gui.network.check_trainable`.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from backprop_gui.network.adjacency import EdgesAt, edges_at, with_more, with_others, without_some
from backprop_gui.network.consistency import (
    check_edges,
    check_neuron,
    check_neurons,
    check_new_edge,
    check_weight,
)
from backprop_gui.network.errors import (
    NetworkError,
    UnknownNeuronError,
)
from backprop_gui.network.parts import Draw, Edge, Key, Kind, Layer, Neuron
from backprop_gui.network.ranks import ranks_after_cut, ranks_after_growth, ranks_of

_SOURCE, _TARGET = attrgetter("source"), attrgetter("target")
_OF_EDGES = ("edge_of", "incoming", "outgoing")
_OF_ENDS = ("ranks",)
_OF_NEURONS = ("neuron_of", "members", "inputs", "outputs")


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
        check_neurons(self)
        check_edges(self)
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
    def incoming(self) -> EdgesAt:
        """The edges that end at each neuron, in drawing order."""
        return edges_at(self.neuron_of, self.edges, _TARGET)

    @cached_property
    def outgoing(self) -> EdgesAt:
        """The edges that start at each neuron, in drawing order."""
        return edges_at(self.neuron_of, self.edges, _SOURCE)

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
        return ranks_of(self.neurons, self.incoming, self.outgoing)

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

    def forget(self) -> None:
        """Let go of what takes the most room and can be found out again: nobody looks at this one for now."""
        self.__dict__.pop("edge_of", None)

    def is_frozen(self, key: Key) -> bool:
        """Return whether training leaves an edge's weight or a neuron's bias as it is."""
        return self.edge_of[key].frozen if isinstance(key, tuple) else self.neuron_of[key].frozen

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
            check_new_edge(self, source, target)
        except NetworkError as error:
            return error
        return None

    def connect(self, source: int, target: int, weight: float = 0.0) -> Network:
        """Add an edge that starts out with ``weight``."""
        check_new_edge(self, source, target)
        return self._with_edges((Edge(source, target, weight),))

    def grown(
        self,
        neurons: Iterable[Neuron] = (),
        edges: Iterable[Edge] = (),
        layers: tuple[Layer, ...] | None = None,
        next_id: int | None = None,
    ) -> Network:
        """Add neurons, each behind the last one of its layer, and edges; ``layers`` are all there are then.

        Edges that obviously lead forward are added at once; only for others is the whole network checked again.
        """
        new, edges = list(neurons), tuple(edges)
        if not new and layers is None:
            return self._with_edges(edges)
        larger = self._remade(
            neurons=_joined(self.neurons, new),
            layers=self.layers if layers is None else layers,
            next_id=self.next_id if next_id is None else next_id,
        )
        check_neurons(larger)
        # What is known of the old edges stays true; the new neurons have none yet.
        larger.__dict__.update(
            edge_of=self.edge_of,
            incoming={**self.incoming, **{neuron.id: [] for neuron in new}},
            outgoing={**self.outgoing, **{neuron.id: [] for neuron in new}},
            ranks={**self.ranks, **{neuron.id: int(neuron.kind is not Kind.INPUT) for neuron in new}},
        )
        return larger._with_edges(edges)

    def without(self, ids: Iterable[Key]) -> Network:
        """Remove neurons (by id, with all their edges) and edges (by pair of ids); layers left empty go too."""
        gone = set(ids)
        cut = {neuron.id for neuron in self.neurons if neuron.id in gone}
        neurons = tuple(neuron for neuron in self.neurons if neuron.id not in cut)
        used = {neuron.layer for neuron in neurons}
        # What is left of a sound network is sound: there is nothing to check.
        smaller = self._remade(
            neurons=neurons, layers=tuple(layer for layer in self.layers if layer.id in used)
        )
        facts = smaller.__dict__
        many = len(gone) + sum(len(self.incoming[id]) + len(self.outgoing[id]) for id in cut)
        if 10 * many > len(self.edges):
            facts["edges"] = tuple(
                edge
                for ends, edge in self.edge_of.items()
                if edge.source not in cut and edge.target not in cut and ends not in gone
            )
            return smaller
        lost = {pair for pair in gone if isinstance(pair, tuple) and pair in self.edge_of}
        for id in cut:
            lost.update((edge.source, edge.target) for edge in (*self.incoming[id], *self.outgoing[id]))
        known = self.edge_of.copy()
        for pair in lost:
            del known[pair]
        left = smaller.neuron_of
        facts.update(
            edges=tuple(known.values()) if lost else self.edges,
            edge_of=known,
            incoming=without_some(self.incoming, lost, left, 1),
            outgoing=without_some(self.outgoing, lost, left, 0),
        )
        if "ranks" in self.__dict__:
            facts["ranks"] = ranks_after_cut(self.ranks, smaller, lost)
        return smaller

    def with_neurons(self, changed: Iterable[Neuron]) -> Network:
        """Replace neurons by others of the same id; every other neuron stays as it is."""
        by_id = {neuron.id: neuron for neuron in changed}
        same_kinds = True
        for id, neuron in by_id.items():
            same_kinds = self.require(id).kind is neuron.kind and same_kinds
            check_neuron(neuron, self.layer_of)
        neurons = tuple(by_id.get(neuron.id, neuron) for neuron in self.neurons)
        if not same_kinds:
            return replace(self, neurons=neurons)
        return self._remade((*_OF_EDGES, *_OF_ENDS), neurons=neurons)

    def with_layers(self, changed: Iterable[Layer]) -> Network:
        """Replace layers by others of the same id."""
        by_id = {layer.id: layer for layer in changed}
        for id in by_id:
            self.require_layer(id)
        layers = tuple(by_id.get(layer.id, layer) for layer in self.layers)
        return self._remade((*_OF_EDGES, *_OF_ENDS, *_OF_NEURONS), layers=layers)

    def with_edges(self, changed: Iterable[Edge]) -> Network:
        """Replace edges by others with the same ends; every other edge stays as it is."""
        by_ends = {(edge.source, edge.target): edge for edge in changed}
        for ends, edge in by_ends.items():
            if ends not in self.edge_of:
                self.require_edge(ends)
            if not math.isfinite(edge.weight):
                check_weight(self, edge)
        known = {**self.edge_of, **by_ends}
        new = self._remade((*_OF_ENDS, *_OF_NEURONS), edges=tuple(known.values()))
        new.__dict__["edge_of"] = known
        if 10 * len(by_ends) < len(known):
            new.__dict__.update(
                incoming=with_others(self.incoming, by_ends, 1),
                outgoing=with_others(self.outgoing, by_ends, 0),
            )
        return new

    def with_activation(self, ids: Iterable[int], activation: str) -> Network:
        """Give the neurons another activation."""
        return self.with_neurons(replace(self.require(id), activation=activation) for id in ids)

    def with_parameters(
        self, biases: Mapping[int, float], weights: Mapping[tuple[int, int], float]
    ) -> Network:
        """Set starting values: ``biases`` by neuron, ``weights`` by (source, target); the others stay."""
        changed = self
        if biases:
            known = [neuron for neuron in self.neurons if neuron.id in biases]
            changed = changed.with_neurons(replace(neuron, bias=biases[neuron.id]) for neuron in known)
        if weights:
            edges = [edge for ends, edge in self.edge_of.items() if ends in weights]
            changed = changed.with_edges(
                Edge(e.source, e.target, weights[e.source, e.target], e.frozen) for e in edges
            )
        return changed

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

    def require(self, id: int) -> Neuron:
        """Return the neuron with this id, or raise an :class:`UnknownNeuronError`."""
        try:
            return self.neuron_of[id]
        except KeyError:
            raise UnknownNeuronError(f"The network has no neuron with the id {id}.") from None

    def require_edge(self, ends: tuple[int, int]) -> Edge:
        """Return the edge between these two, or raise an :class:`UnknownNeuronError`."""
        try:
            return self.edge_of[ends]
        except KeyError:
            raise UnknownNeuronError(
                f"The network has no edge from the neuron {ends[0]} to the neuron {ends[1]}."
            ) from None

    def require_layer(self, id: int) -> Layer:
        """Return the layer with this id, or raise an :class:`UnknownNeuronError`."""
        try:
            return self.layer_of[id]
        except KeyError:
            raise UnknownNeuronError(f"The network has no layer with the id {id}.") from None

    # ---- how edits are made

    def _remade(self, kept: Container[str] = (), **parts: Any) -> Network:
        """Return this network with other ``parts``, which the edit has made sure of: nothing is checked again.

        What was found out about this network and is as true of the new one, by the names ``kept``, is taken over.
        """
        new = object.__new__(Network)
        facts = new.__dict__
        for name in ("neurons", "edges", "layers", "next_id"):
            facts[name] = parts.get(name, self.__dict__[name])
        facts.update((name, fact) for name, fact in self.__dict__.items() if name in kept)
        return new

    def _with_edges(self, edges: tuple[Edge, ...]) -> Network:
        """Add edges; all must be possible."""
        if not edges:
            return self
        added = {(edge.source, edge.target): edge for edge in edges}
        inputs = {neuron.id for neuron in self.inputs}
        sound = len(added) == len(edges) and added.keys().isdisjoint(self.edge_of)
        known, isfinite = self.neuron_of, math.isfinite
        for edge in edges:
            source, target = edge.source, edge.target
            if source not in known or target not in known:
                self.require(source)
                self.require(target)
            if not isfinite(edge.weight):
                check_weight(self, edge)
            if source == target or target in inputs:
                sound = False
        if not sound:
            return replace(self, edges=(*self.edges, *edges))  # which says what is wrong
        new = self._remade(_OF_NEURONS, edges=(*self.edges, *edges))
        new.__dict__.update(
            edge_of={**self.edge_of, **added},
            incoming=with_more(self.incoming, edges, _TARGET),
            outgoing=with_more(self.outgoing, edges, _SOURCE),
        )
        ranks = self.ranks
        if all(ranks[edge.source] < ranks[edge.target] for edge in edges):
            # Each new edge leads from a rank to a higher one, as the old ones do: the ranks stay what they are.
            new.__dict__["ranks"] = ranks
        else:
            raised = ranks_after_growth(ranks, new, edges)
            if raised is not None:
                new.__dict__["ranks"] = raised
            _ = new.ranks  # raises CycleError
        return new


def _joined(neurons: tuple[Neuron, ...], new: Iterable[Neuron]) -> tuple[Neuron, ...]:
    """Put each new neuron behind the last one of its layer, or at the end if its layer has none."""
    last = {neuron.layer: neuron.id for neuron in neurons}
    joining: dict[int, list[Neuron]] = {}
    behind: list[Neuron] = []
    for neuron in new:
        (joining.setdefault(last[neuron.layer], []) if neuron.layer in last else behind).append(neuron)
    return (*(n for neuron in neurons for n in (neuron, *joining.get(neuron.id, ()))), *behind)


__all__ = ["Network"]
