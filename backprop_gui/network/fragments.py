"""Parts of a drawing: cut out as a network of their own, and put into another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backprop_gui.network.errors import NetworkError
from backprop_gui.network.naming import free_layer_name, free_name
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Edge, Key, Layer


def fragment(network: Network, keys: Iterable[Key]) -> Network:
    """Return the selected neurons and the edges among them; edges that are selected bring their ends along.

    Raises
    ------
    NetworkError
        If nothing is selected, or something that the network does not have.
    """
    chosen = {key for key in keys if not isinstance(key, tuple)}
    ends = {key for key in keys if isinstance(key, tuple)}
    for pair in ends:
        network.require_edge(pair)
    for id in chosen:
        network.require(id)
    ids = chosen.union(*ends)
    if not ids:
        raise NetworkError("Nothing is selected: select neurons or edges first.")
    gone: list[Key] = [neuron.id for neuron in network.neurons if neuron.id not in ids]
    left = network.without(gone)
    loose = [
        pair for pair in left.edge_of if pair not in ends and not (pair[0] in chosen and pair[1] in chosen)
    ]
    return left.without(loose) if loose else left


@dataclass(frozen=True, slots=True)
class Placed:
    """A network with a fragment put in, and the new id of each neuron of the fragment."""

    network: Network
    id_of: Mapping[int, int]


def with_fragment(network: Network, part: Network, by: tuple[float, float]) -> Placed:
    """Put ``part`` into ``network``, shifted ``by`` (x, y), with new ids, in layers of its own, with free names."""
    next_id = network.next_id
    layer_names = {layer.name for layer in network.layers}
    layers: dict[int, Layer] = {}
    for layer in part.layers:
        name = free_layer_name(layer.name, layer_names)
        layer_names.add(name)
        layers[layer.id] = Layer(next_id, name)
        next_id += 1
    names = {neuron.name for neuron in network.neurons}
    neurons, id_of = [], {}
    for neuron in part.neurons:
        name = free_name(neuron.name, names)
        names.add(name)
        x, y = neuron.position
        id_of[neuron.id] = next_id
        neurons.append(
            replace(
                neuron,
                id=next_id,
                layer=layers[neuron.layer].id,
                name=name,
                position=(x + by[0], y + by[1]),
            )
        )
        next_id += 1
    edges = [Edge(id_of[edge.source], id_of[edge.target], edge.weight, edge.frozen) for edge in part.edges]
    larger = network.grown(neurons, edges, (*network.layers, *layers.values()), next_id)
    return Placed(larger, id_of)


__all__ = ["Placed", "fragment", "with_fragment"]
