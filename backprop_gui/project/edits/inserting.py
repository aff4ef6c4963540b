"""Edits that put something between what is connected: a layer between two, a neuron on an edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from backprop_gui.network import Edge, Key, Kind, Network, Neuron
from backprop_gui.network.layout import (
    column_at,
    free_place,
    height_of,
    made_room,
    near_column,
    with_column_between,
)
from backprop_gui.network.naming import new_names
from backprop_gui.network.reach import problem_with_insert
from backprop_gui.numerals import counted
from backprop_gui.project.edits.beginning import AS_BEFORE, Ends, draw_of, new_neuron
from backprop_gui.project.edits.edit import (
    Edit,
    Starts,
    all_of,
    check_edge_count,
    check_layer_size,
    edited,
    name_of,
)
from backprop_gui.project.edits.growing import Point, with_new_layer, with_room
from backprop_gui.project.project import Project

PASSES_ON = "identity"
"""The activation of neurons that leave everything as it is."""


def insert_layer(project: Project, left: int, right: int, size: int, starts: Starts) -> Edit:
    """Put a layer between two that are joined by edges: all of the left one leads to it, it to all of the right one.

    To keep the function it passes on what comes from the left, if it is large enough for that: identity, weights of 1
    and 0, and the old weights behind it, which go on learning. Neurons that it has more begin with outgoing weights
    of 0.

    Raises
    ------
    NetworkError
        What :func:`problem_with_insert` says, or if the layer cannot have ``size`` neurons.
    """
    network = project.network
    names = network.require_layer(left).name, network.require_layer(right).name
    check_layer_size(size)
    before, after = network.members[left], network.members[right]
    inside = {neuron.id for neuron in before}
    old = {(e.source, e.target): e for n in after for e in network.incoming[n.id] if e.source in inside}
    problem = problem_with_insert(network, left, right)
    if problem is not None:
        raise problem
    after = tuple(neuron for neuron in after if neuron.kind is not Kind.INPUT)
    check_edge_count(len(network.edges) - len(old) + size * (len(before) + len(after)))
    passes = starts.keep and size >= len(before)
    opened, middle = with_column_between(network.without(old), before, after)
    # Between two that a skip connection joins, there may be others.
    middle = free_place(opened, middle, (0.0, height_of(size)))
    larger, new = with_new_layer(
        project,
        Kind.HIDDEN,
        column_at(middle, size),
        activation=PASSES_ON if passes else None,
        base=opened,
        at=_between(network, left, right),
    )
    inherits: dict[Key, Key] = {}
    if passes:
        larger = larger.with_neurons(map(_without_offset, new))
        edges, inherits = _passing(project, before, new, after, old)
        note = f"The new layer passes on what comes from {names[0]}, {AS_BEFORE}"
    else:
        edges = _dense(project, before, new, after)
        note = "The weights of the new layer are drawn: the network computes something else now."
        if starts.keep:
            note = (
                f"With {counted(size, 'neuron')} the new layer cannot pass on all {len(before)} of {names[0]}: its "
                "weights are drawn, and the network computes something else now."
            )
    return Edit(
        f"Insert a layer of {counted(size, 'neuron')} between {names[0]} and {names[1]}",
        edited(project, larger.grown(edges=edges)),
        selected=all_of([neuron.id for neuron in new]),
        inherits=inherits,
        note=note,
    )


def split_edge(
    project: Project, edge: tuple[int, int], starts: Starts, position: Point | None = None
) -> Edit:
    """Put a neuron on an edge, half way unless there is a ``position``.

    It joins a hidden layer in whose column it lands, if that is neither end's, otherwise it makes one. To keep the
    function it passes on what comes, identity with weight 1, and the old weight behind it goes on learning.

    Raises
    ------
    NetworkError
        If there is no such edge.
    """
    network = project.network
    old = network.require_edge(edge)
    ends = [network.require(id) for id in edge]
    if position is None:
        (x, y), (far, other_y) = (neuron.position for neuron in ends)
        position = free_place(network, ((x + far) / 2, (y + other_y) / 2))
    activation = PASSES_ON if starts.keep else None
    without = network.without([edge])
    layer = _column_of(network, ends, position[0])
    if layer is None:
        larger, (new,) = with_new_layer(project, Kind.HIDDEN, [position], activation=activation, base=without)
    else:
        model = new_neuron(project, Kind.HIDDEN, network.members[layer], activation)
        name = next(new_names(network, Kind.HIDDEN, layer))
        position, moved = made_room(network, position)
        new = Neuron(
            network.next_id, layer, Kind.HIDDEN, name, model.activation, model.bias, position=position
        )
        larger = with_room(without, moved).grown([new], next_id=network.next_id + 1)
    text = f"Put {new.name} on {name_of(network, edge)}"
    edges, note = _dense(project, ends[:1], [new], ends[1:]), ""
    inherits: dict[Key, Key] = {}
    if starts.keep:
        larger = larger.with_neurons([_without_offset(new)])
        edges = [Edge(old.source, new.id, 1.0), Edge(new.id, old.target, old.weight, old.frozen)]
        inherits = {(new.id, old.target): edge}
        note = f"{new.name} passes on what comes from {ends[0].name}, {AS_BEFORE}"
    return Edit(
        text,
        edited(project, larger.grown(edges=edges)),
        selected=frozenset({new.id}),
        inherits=inherits,
        note=note,
    )


def _passing(
    project: Project,
    before: Sequence[Neuron],
    new: Sequence[Neuron],
    after: Sequence[Neuron],
    old: Mapping[Ends, Edge],
) -> tuple[list[Edge], dict[Key, Key]]:
    """Return edges through ``new`` that change nothing, and which of them go on with an old weight."""
    draw = draw_of(project)
    edges: list[Edge] = []
    inherits: dict[Key, Key] = {}
    for column, neuron in enumerate(new):
        for row, source in enumerate(before):
            passed = draw(len(before), len(new)) if column >= len(before) else float(row == column)
            edges.append(Edge(source.id, neuron.id, passed))
    for target in after:
        for neuron, source in zip_longest(new, before):
            was = old.get((source.id, target.id)) if source else None
            if was is None:
                edges.append(Edge(neuron.id, target.id, 0.0))
            else:
                edges.append(Edge(neuron.id, target.id, was.weight, was.frozen))
                inherits[neuron.id, target.id] = (was.source, was.target)
    return edges, inherits


def _dense(
    project: Project, before: Sequence[Neuron], new: Sequence[Neuron], after: Sequence[Neuron]
) -> list[Edge]:
    """Return drawn edges from all of ``before`` to all of ``new``, and on to all of ``after``."""
    draw = draw_of(project)
    into = [Edge(s.id, n.id, draw(len(before), len(new))) for n in new for s in before]
    return into + [Edge(n.id, t.id, draw(len(new), len(after))) for t in after for n in new]


def _without_offset(neuron: Neuron) -> Neuron:
    return neuron if neuron.bias is None else replace(neuron, bias=0.0)


def _between(network: Network, left: int, right: int) -> int:
    """Return before which layer one between these two is listed."""
    places = [layer.id for layer in network.layers]
    first, second = places.index(left), places.index(right)
    return second if first < second else first + 1


def _column_of(network: Network, ends: Sequence[Neuron], x: float) -> int | None:
    """Return the hidden layer that stands in a column at ``x``, beside both ``ends``."""
    for layer, members in network.members.items():
        if (
            all(neuron.kind is Kind.HIDDEN for neuron in members)
            and near_column(members, x)
            and all(layer != end.layer for end in ends)
        ):
            return layer
    return None


__all__ = ["insert_layer", "split_edge"]
