"""Edits that add: neurons, layers and edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from backprop_gui.network import Kind, Layer, Network, Neuron
from backprop_gui.network.errors import InvalidNeuronError
from backprop_gui.network.layout import ROW_GAP, centre, column_at, made_room, near_column
from backprop_gui.network.naming import new_layer_name, new_names
from backprop_gui.network.reach import new_pairs, problem_with_connect
from backprop_gui.numerals import counted
from backprop_gui.project.edits.beginning import AS_BEFORE, Ends, begun, new_neuron, sentence
from backprop_gui.project.edits.edit import (
    Edit,
    Starts,
    all_of,
    check_edge_count,
    check_layer_size,
    edited,
    several,
)
from backprop_gui.project.project import Project

Point = tuple[float, float]

_SOURCE, _TARGET = attrgetter("source"), attrgetter("target")

WITH_ARTICLE = {Kind.INPUT: "an input", Kind.HIDDEN: "a hidden neuron", Kind.OUTPUT: "an output"}


def add_neuron(
    project: Project, kind: Kind, position: Point | None, starts: Starts, layer: int | None = None
) -> Edit:
    """Add a neuron: to ``layer``, connected as the others in it are, or unconnected in a layer of its own.

    Without a ``position`` it stands below the others of its layer, and alone at the origin. In a layer, neurons that
    are too near to its position move apart.

    Raises
    ------
    NetworkError
        If the layer holds no neuron of this kind.
    """
    if layer is None:
        return _alone(project, kind, [position or (0.0, 0.0)], "Add {0}")
    moved: Mapping[int, Point] = {}
    if position is not None:
        position, moved = made_room(project.network, position)
    places = None if position is None else [position]
    network, new, note = _with_members(project, layer, kind, 1, places, starts)
    network = with_room(network, moved)
    text = f"Add {new[0].name} to the layer {network.layer_of[layer].name}"
    return Edit(text, edited(project, network), selected=frozenset({new[0].id}), note=note)


def add_layer(project: Project, kind: Kind, size: int, position: Point, starts: Starts) -> Edit:
    """Add an unconnected column of neurons, centred on ``position``.

    Raises
    ------
    ShapeError
        If a layer cannot have ``size`` neurons.
    """
    check_layer_size(size)
    return _alone(project, kind, column_at(position, size), "Add a layer of {1}")


def connect(project: Project, sources: Sequence[int], targets: Sequence[int], starts: Starts) -> Edit:
    """Connect each source to each target; what is connected already stays as it is.

    Raises
    ------
    NetworkError
        What :func:`problem_with_connect` says.
    """
    network = project.network
    problem = problem_with_connect(network, sources, targets)
    if problem is not None:
        raise problem
    pairs = new_pairs(network, sources, targets)
    check_edge_count(len(network.edges) + len(pairs))
    begin = begun(project, network, pairs, starts)
    text = (
        f"Connect {several(network, dict.fromkeys(s for s, _ in pairs))} to "
        f"{several(network, dict.fromkeys(t for _, t in pairs))}"
    )
    return Edit(text, edited(project, network.grown(edges=begin.edges)), note=sentence(begin, starts))


def resize_layer(project: Project, layer: int, size: int, starts: Starts) -> Edit:
    """Give a layer another number of neurons: the last ones go first, new ones are connected as the others are.

    Raises
    ------
    ShapeError
        If a layer cannot have ``size`` neurons.
    """
    network = project.network
    name = network.require_layer(layer).name
    check_layer_size(size)
    members = network.members[layer]
    note = ""
    if size < len(members):
        network = network.without([neuron.id for neuron in members[size:]])
    elif size > len(members):
        kind = members[-1].kind
        network, _, note = _with_members(project, layer, kind, size - len(members), None, starts)
    now = network.members[layer]
    if near_column(members, centre(members)[0]) and len(now) != len(members):
        places = column_at(centre(members), len(now))
        network = network.with_neurons(replace(n, position=p) for n, p in zip(now, places, strict=True))
    return Edit(f"Resize the layer {name} to {counted(size, 'neuron')}", edited(project, network), note=note)


# ---- the parts of it


def with_room(network: Network, places: Mapping[int, Point]) -> Network:
    """Return ``network`` with neurons at other places, by id."""
    return network.with_neurons(replace(network.neuron_of[id], position=at) for id, at in places.items())


def _alone(project: Project, kind: Kind, places: Sequence[Point], text: str) -> Edit:
    """Add unconnected neurons in a layer of their own; ``text`` may name the first one, and count them."""
    network, new = with_new_layer(project, kind, places)
    ids = all_of([neuron.id for neuron in new])
    text = text.format(new[0].name, counted(len(new), "neuron"))
    return Edit(text, edited(project, network), selected=ids)


def with_new_layer(
    project: Project,
    kind: Kind,
    places: Sequence[Point],
    *,
    activation: str | None = None,
    base: Network | None = None,
    at: int | None = None,
) -> tuple[Network, list[Neuron]]:
    """Add a layer with neurons at these places, and return the network and the neurons.

    Parameters
    ----------
    activation : str, optional
        In place of that which the other neurons of this kind have.
    base : Network, optional
        What the layer is added to, in place of the project's network.
    at : int, optional
        Before which layer it is listed; otherwise where it stands.
    """
    network = project.network if base is None else base
    layer = Layer(network.next_id, new_layer_name(network, kind))
    names = new_names(network, kind)
    model = new_neuron(project, kind, (), activation)
    new = [
        replace(model, id=layer.id + number, layer=layer.id, name=next(names), position=place)
        for number, place in enumerate(places, start=1)
    ]
    at = _listed(network, kind, centre(new)[0]) if at is None else at
    layers = (*network.layers[:at], layer, *network.layers[at:])
    return network.grown(new, (), layers, layer.id + len(new) + 1), new


def _listed(network: Network, kind: Kind, x: float) -> int:
    """Return before which layer one at ``x`` is listed: inputs come first, outputs last, others from left to right."""
    kinds = [{neuron.kind for neuron in network.members[layer.id]} for layer in network.layers]
    first = next((i for i, found in enumerate(kinds) if found != {Kind.INPUT}), len(kinds))
    last = len(kinds) - next((i for i, found in enumerate(kinds[::-1]) if found != {Kind.OUTPUT}), len(kinds))
    if kind is Kind.INPUT:
        return first
    if kind is Kind.OUTPUT:
        return len(kinds)
    between = network.layers[first:last]
    return first + next(
        (i for i, layer in enumerate(between) if centre(network.members[layer.id])[0] > x), len(between)
    )


def _with_members(
    project: Project, layer: int, kind: Kind, count: int, places: Sequence[Point] | None, starts: Starts
) -> tuple[Network, list[Neuron], str]:
    """Add neurons to a layer; return the network, the neurons and a note."""
    network = project.network
    name = network.require_layer(layer).name
    members = network.members[layer]
    peers = [neuron for neuron in members if neuron.kind is kind]
    if not peers:
        raise InvalidNeuronError(
            f"The layer {name} holds no {kind.value} neuron: put {WITH_ARTICLE[kind]} beside it, not into it."
        )
    if places is None:
        x, below = members[-1].position[0], max(neuron.position[1] for neuron in members)
        places = [(x, below + number * ROW_GAP) for number in range(1, count + 1)]
    check_layer_size(len(members) + count)
    names = new_names(network, kind, layer)
    model = new_neuron(project, kind, peers)
    new = [
        replace(model, id=network.next_id + number, layer=layer, name=next(names), position=place)
        for number, place in enumerate(places)
    ]
    sources, targets = _neighbours(network, peers)
    check_edge_count(len(network.edges) + count * (len(sources) + len(targets)))
    larger = network.grown(new, next_id=network.next_id + count)
    ends: list[Ends] = [(source, n.id) for n in new for source in sources]
    ends += [(n.id, target) for target in targets for n in new]
    begin = begun(project, larger, ends, starts)
    note = ""
    if starts.keep and begin.zero and not begin.changing:
        who, begins = (new[0].name, "begins") if count == 1 else (counted(count, "new neuron"), "begin")
        note = f"{who} {begins} with outgoing weights of 0, {AS_BEFORE}"
    elif begin.changing:
        note = sentence(begin, starts)
    return larger.grown(edges=begin.edges), new, note


def _neighbours(network: Network, peers: Sequence[Neuron]) -> tuple[list[int], list[int]]:
    """Return what leads to any of the peers, and what any of them leads to, without what would close a cycle."""
    inside = {neuron.id for neuron in peers}
    sources: dict[int, None] = {}
    targets: dict[int, None] = {}
    for neuron in peers:
        sources.update(dict.fromkeys(map(_SOURCE, network.incoming[neuron.id])))
        targets.update(dict.fromkeys(map(_TARGET, network.outgoing[neuron.id])))
    for found in (sources, targets):
        for id in inside & found.keys():
            del found[id]
    ranks = network.ranks
    if not sources or not targets or max(ranks[id] for id in sources) < min(ranks[id] for id in targets):
        return list(sources), list(targets)
    before, stack = set(sources), list(sources)
    while stack:
        for edge in network.incoming[stack.pop()]:
            if edge.source not in before:
                before.add(edge.source)
                stack.append(edge.source)
    return list(sources), [id for id in targets if id not in before]


__all__ = ["Point", "add_layer", "add_neuron", "connect", "resize_layer", "with_new_layer", "with_room"]
