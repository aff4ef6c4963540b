"""Ready-made networks, and what the shape box does: layered networks of given sizes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from backprop_gui.network.errors import ShapeError
from backprop_gui.network.layout import in_columns
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Draw, Edge, Kind, Layer, Neuron

LARGEST_LAYER = 4096
MOST_LAYERS = 64
MOST_EDGES = 2_000_000


def parse_shape(text: str) -> list[int]:
    """Read layer sizes such as ``2-4-1`` (spaces, commas and ``x`` separate too).

    Raises
    ------
    ShapeError
        If there are fewer than two layers, or a size is not a whole number from 1 to ``LARGEST_LAYER``.
    """
    parts = [part for part in re.split(r"[\s,;x×–—-]+", text.strip()) if part]
    for part in parts:
        if not (part.isascii() and part.isdigit()):
            raise ShapeError(f"“{part}” is not a layer size: write whole numbers with dashes, such as 2-4-1.")
    # A size of many digits is refused by its length, before int() would refuse it in other words.
    sizes = [int(part) if len(part) < 10 else LARGEST_LAYER + 1 for part in parts]
    check_shape(sizes)
    return sizes


def check_shape(sizes: Sequence[int]) -> None:
    """Raise a :class:`ShapeError` unless ``sizes`` can be the layers of a network."""
    if len(sizes) < 2:
        raise ShapeError("A network needs at least an input layer and an output layer, such as 2-1.")
    if len(sizes) > MOST_LAYERS:
        raise ShapeError(f"{len(sizes)} layers are too many: at most {MOST_LAYERS} can be drawn.")
    for size in sizes:
        if not 1 <= size <= LARGEST_LAYER:
            raise ShapeError(f"A layer needs 1 to {LARGEST_LAYER:,} neurons: change the size {size:,}.")
    edges = sum(before * after for before, after in itertools.pairwise(sizes))
    if edges > MOST_EDGES:
        raise ShapeError(f"This network would have {edges:,} edges: at most {MOST_EDGES:,} can be drawn.")


def dense(
    sizes: Sequence[int],
    *,
    activation: str = "tanh",
    output_activation: str = "sigmoid",
    draw: Draw | None = None,
    bias: bool = True,
) -> Network:
    """Return a network in which every layer is fully connected to the next.

    Parameters
    ----------
    sizes : sequence of int
        Neurons a layer, inputs first and outputs last, such as ``[2, 4, 1]``.
    activation, output_activation : str
        Names in the registry of activations, for hidden and for output neurons.
    draw : callable, optional
        ``draw(fan_in, fan_out)`` gives the starting weights; without it they are 0, as all biases are.
    bias : bool
        Whether hidden and output neurons have a bias.

    Raises
    ------
    ShapeError
        If ``sizes`` cannot be a network.
    """
    check_shape(sizes)
    layers: list[Layer] = []
    neurons: list[Neuron] = []
    edges: list[Edge] = []
    columns: list[list[int]] = []
    next_id = 1
    last = len(sizes) - 1
    for column, size in enumerate(sizes):
        kind = Kind.INPUT if column == 0 else Kind.OUTPUT if column == last else Kind.HIDDEN
        layer = Layer(next_id, layer_name(kind, column, last))
        layers.append(layer)
        function = {Kind.INPUT: "identity", Kind.OUTPUT: output_activation}.get(kind, activation)
        start = 0.0 if bias and kind is not Kind.INPUT else None
        ids = range(next_id + 1, next_id + 1 + size)
        for number, id in enumerate(ids, start=1):
            name = neuron_name(kind, column, last, number, size)
            neurons.append(Neuron(id, layer.id, kind, name, function, start))
        columns.append(list(ids))
        next_id += size + 1
    for before, after in itertools.pairwise(columns):
        fan_in, fan_out = len(before), len(after)
        edges.extend(
            Edge(source, target, draw(fan_in, fan_out) if draw else 0.0)
            for target in after
            for source in before
        )
    return in_columns(Network(tuple(neurons), tuple(edges), tuple(layers), next_id))


def layer_name(kind: Kind, column: int, last: int) -> str:
    """What a layer is called until somebody names it: ``input``, ``hidden``, ``hidden 2``, ``output``."""
    return f"hidden {column}" if kind is Kind.HIDDEN and last > 2 else kind.value


def neuron_name(kind: Kind, column: int, last: int, number: int, size: int) -> str:
    """What a neuron is called until somebody names it: ``x1``, ``h2`` (``h3.2`` in the third of several), ``ŷ``."""
    if kind is Kind.INPUT:
        return f"x{number}" if size > 1 else "x"
    if kind is Kind.OUTPUT:
        return f"ŷ{number}" if size > 1 else "ŷ"
    return f"h{column}.{number}" if last > 2 else f"h{number}"


def reshaped(network: Network, sizes: Sequence[int], draw: Draw) -> Network:
    """Return ``network`` with layers of other ``sizes``; what stays keeps its id, weights, bias and activation.

    Layers are matched from the left, the output layer with the output layer; a layer that mixes inputs, hidden
    neurons and outputs matches none. Within a layer the last neurons go first, and new ones connect to every neuron
    of the neighbouring layers and take after the one before them. Between two layers that were not
    neighbours before, everything is connected. Skip connections between neurons that stay are kept; only an edge
    back to an earlier layer goes if it would now close a cycle.

    Raises
    ------
    ShapeError
        If ``sizes`` cannot be a network.
    """
    check_shape(sizes)
    last = len(sizes) - 1
    hidden = _layers_of(network, Kind.HIDDEN)[: last - 1]
    matched: list[Layer | None] = [
        next(iter(_layers_of(network, Kind.INPUT)), None),
        *hidden,
        *[None] * (last - 1 - len(hidden)),
        next(iter(_layers_of(network, Kind.OUTPUT)), None),
    ]
    fresh = dense(sizes, draw=draw)
    next_id = network.next_id
    layers: list[Layer] = []
    columns: list[list[Neuron]] = []
    for column, (old, new) in enumerate(zip(matched, fresh.layers, strict=True)):
        layer = old or Layer(next_id, new.name)
        next_id += old is None
        kept = _renamed(network, old, fresh.members[new.id]) if old else []
        model = kept[-1] if kept else columns[-1][-1] if 1 < column < last else None
        if len(matched) != len(network.layers) and layer.name == layer_name(
            Kind.HIDDEN, column, len(network.layers) - 1
        ):
            layer = replace(layer, name=new.name)
        for number in range(len(kept) + 1, sizes[column] + 1):
            pattern = fresh.members[new.id][number - 1]
            if model:
                bias = None if model.bias is None else pattern.bias
                pattern = replace(pattern, activation=model.activation, bias=bias)
            kept.append(replace(pattern, id=next_id, layer=layer.id))
            next_id += 1
        layers.append(layer)
        columns.append(kept)
    return in_columns(_joined(network, fresh, matched, layers, columns, next_id))


def _layers_of(network: Network, kind: Kind) -> list[Layer]:
    """Return the layers that hold neurons of this kind and no others."""
    return [layer for layer in network.layers if {n.kind for n in network.members[layer.id]} == {kind}]


def _renamed(network: Network, layer: Layer, patterns: Sequence[Neuron]) -> list[Neuron]:
    """Return the neurons of ``layer`` that stay; those that nobody named take the name of their new place."""
    members = network.members[layer.id]
    column, last = network.layers.index(layer), len(network.layers) - 1
    kept: list[Neuron] = []
    for number, (neuron, pattern) in enumerate(zip(members, patterns, strict=False), start=1):
        automatic = neuron.name == neuron_name(neuron.kind, column, last, number, len(members))
        kept.append(replace(neuron, name=pattern.name) if automatic else neuron)
    return kept


def _joined(
    network: Network,
    fresh: Network,
    matched: Sequence[Layer | None],
    layers: Sequence[Layer],
    columns: Sequence[Sequence[Neuron]],
    next_id: int,
) -> Network:
    """Keep the old edges among the neurons that stay and add those that ``reshaped`` promises."""
    place = {neuron.id: column for column, members in enumerate(columns) for neuron in members}
    old = network.neuron_of
    order = {layer.id: index for index, layer in enumerate(network.layers)}
    edges = []
    for edge in network.edges:
        if edge.source in place and edge.target in place:
            was_step = order[old[edge.target].layer] - order[old[edge.source].layer] == 1
            # An edge from layer to layer gives way to a layer put between; one that skipped goes on skipping.
            if not was_step or place[edge.target] - place[edge.source] == 1:
                edges.append(edge)
    known = {(edge.source, edge.target) for edge in edges}
    new_weights = {(fresh.ranks[e.target], s, t): e.weight for e, s, t in _numbered(fresh)}
    for column in range(1, len(columns)):
        left, right = matched[column - 1], matched[column]
        neighbours = left is not None and right is not None and order[right.id] == order[left.id] + 1
        for t, target in enumerate(columns[column]):
            for s, source in enumerate(columns[column - 1]):
                was_there = neighbours and source.id in old and target.id in old
                if not was_there and (source.id, target.id) not in known:
                    edges.append(Edge(source.id, target.id, new_weights[column, s, t]))
    neurons = tuple(neuron for column in columns for neuron in column)
    return Network(neurons, tuple(_without_cycles(edges, place)), tuple(layers), next_id)


def _without_cycles(edges: Sequence[Edge], column: Mapping[int, int]) -> list[Edge]:
    """Leave out those edges against the order of the columns that close a cycle with the others."""
    sources: dict[int, list[int]] = {id: [] for id in column}
    gone: set[tuple[int, int]] = set()
    # Without the edges that lead back there is no cycle; each of these is taken up if it leaves it so.
    for edge in sorted(edges, key=lambda edge: column[edge.source] > column[edge.target]):
        if column[edge.source] > column[edge.target] and edge.target in _ancestors(edge.source, sources):
            gone.add((edge.source, edge.target))
        else:
            sources[edge.target].append(edge.source)
    return [edge for edge in edges if (edge.source, edge.target) not in gone]


def _ancestors(id: int, sources: Mapping[int, list[int]]) -> set[int]:
    """Return ``id`` and every neuron that leads to it."""
    seen, stack = {id}, [id]
    while stack:
        for source in sources[stack.pop()]:
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return seen


def _numbered(fresh: Network) -> list[tuple[Edge, int, int]]:
    """List the edges of a dense network with the positions of source and target within their layers."""
    place = {neuron.id: index for members in fresh.members.values() for index, neuron in enumerate(members)}
    return [(edge, place[edge.source], place[edge.target]) for edge in fresh.edges]
