"""Edits of what is there: moving, naming, setting numbers and switches, removing."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.initializers import INITIALIZERS, drawer
from backprop_gui.network import Edge, Key, Kind, Network, Neuron, tidied
from backprop_gui.network.errors import InvalidNeuronError, NetworkError
from backprop_gui.project.edits.beginning import seed_of
from backprop_gui.project.edits.edit import Edit, edited, name_of, several, shown
from backprop_gui.project.project import Project


def move(project: Project, ids: Collection[int], dx: float, dy: float) -> Edit:
    """Move neurons by (dx, dy)."""
    network = project.network
    neurons = [network.require(id) for id in ids]
    moved = [replace(n, position=(n.position[0] + dx, n.position[1] + dy)) for n in neurons]
    return Edit(f"Move {_some(network, ids)}", edited(project, network.with_neurons(moved)))


def tidy(project: Project) -> Edit:
    """Lay the network out in columns."""
    return Edit("Tidy the network", edited(project, tidied(project.network)))


def remove(project: Project, keys: Collection[Key]) -> Edit:
    """Remove neurons, with all their edges, and edges."""
    network = project.network
    text = f"Delete {_some(network, keys)}"
    for key in keys:
        if key not in network.edge_of and key not in network.neuron_of:
            name_of(network, key)  # which says what is missing
    return Edit(text, edited(project, network.without(keys)), selected=frozenset())


def rename(project: Project, id: int, name: str) -> Edit:
    """Give a neuron another name."""
    neuron, name = project.network.require(id), _name(name, "neuron")
    network = project.network.with_neurons([replace(neuron, name=name)])
    return Edit(f"Rename {neuron.name} to {name}", edited(project, network))


def rename_layer(project: Project, layer: int, name: str) -> Edit:
    """Give a layer another name."""
    old, name = project.network.require_layer(layer), _name(name, "layer")
    network = project.network.with_layers([replace(old, name=name)])
    return Edit(f"Rename the layer {old.name} to {name}", edited(project, network))


def set_weight(project: Project, edge: tuple[int, int], value: float) -> Edit:
    """Give an edge a weight, which it takes also where training has moved it away from the same one."""
    network = project.network
    changed = network.with_edges([replace(network.require_edge(edge), weight=float(value))])
    text = f"Set w of {name_of(network, edge)} to {shown(value)}"
    return Edit(text, edited(project, changed), touched=frozenset({edge}))


def set_bias(project: Project, id: int, value: float) -> Edit:
    """Give a neuron a bias, which it takes also where training has moved it away from the same one."""
    neuron = project.network.require(id)
    _check_not_input(neuron)
    network = project.network.with_neurons([replace(neuron, bias=float(value))])
    return Edit(
        f"Set b of {neuron.name} to {shown(value)}", edited(project, network), touched=frozenset({id})
    )


def set_activation(project: Project, ids: Collection[int], activation: str) -> Edit:
    """Give neurons another activation; inputs among them have none and stay."""
    neurons = _not_inputs(project.network, ids)
    label = ACTIVATIONS[activation].label
    network = project.network.with_neurons(replace(n, activation=activation) for n in neurons)
    text = f"Set {several(project.network, [n.id for n in neurons])} to {label}"
    return Edit(text, edited(project, network))


def set_has_bias(project: Project, ids: Collection[int], has: bool) -> Edit:
    """Switch biases on, at 0, so that nothing changes yet, or off; inputs among the neurons have none and stay."""
    neurons = [n for n in _not_inputs(project.network, ids) if (n.bias is not None) is not has]
    bias = 0.0 if has else None
    network = project.network.with_neurons(replace(n, bias=bias, frozen=False) for n in neurons)
    text = f"Switch the bias of {_some(project.network, ids)} {'on' if has else 'off'}"
    return Edit(text, edited(project, network if neurons else project.network))


def set_frozen(project: Project, keys: Collection[Key], frozen: bool, what: Collection[Key] = ()) -> Edit:
    """Keep biases, by neuron, and weights, by edge, from being trained, or let them be trained again.

    Parameters
    ----------
    what : collection of keys
        What the step is named after, if ``keys`` are the parameters of it.

    Raises
    ------
    NetworkError
        If none of these has a parameter: neurons without a bias have none.
    """
    network = project.network
    text = f"{'Freeze' if frozen else 'Unfreeze'} {_some(network, what or keys)}"
    neurons = [network.require(key) for key in keys if not isinstance(key, tuple)]
    edges = [network.require_edge(key) for key in keys if isinstance(key, tuple)]
    biased = [neuron for neuron in neurons if neuron.bias is not None]
    if not biased and not edges:
        raise InvalidNeuronError(f"{neurons[0].name} has no bias: there is nothing to freeze.")
    changed = network.with_neurons(replace(neuron, frozen=frozen) for neuron in biased)
    if edges:
        changed = changed.with_edges(Edge(e.source, e.target, e.weight, frozen) for e in edges)
    return Edit(text, edited(project, changed))


def draw_layer(project: Project, layer: int, initializer: str) -> Edit:
    """Draw the weights of all edges into a layer anew, in the way of ``initializer``; frozen ones stay.

    Each time they are others, and always the same ones after the same.

    Raises
    ------
    NetworkError
        If there is no such weight.
    """
    network = project.network
    name = network.require_layer(layer).name
    before = [edge.weight for neuron in network.members[layer] for edge in network.incoming[neuron.id]]
    draw = drawer(initializer, seed_of(project) + zlib.crc32(np.array(before).tobytes()))
    fan_out = {id: len(edges) for id, edges in network.outgoing.items()}
    changed = []
    for neuron in network.members[layer]:
        edges = network.incoming[neuron.id]
        changed += [
            Edge(e.source, e.target, draw(len(edges), fan_out[e.source])) for e in edges if not e.frozen
        ]
    if not changed:
        raise NetworkError(f"No weight leads into the layer {name} that could be drawn: connect it first.")
    label = INITIALIZERS[initializer].label
    return Edit(
        f"Draw the weights of the layer {name} ({label})",
        edited(project, network.with_edges(changed)),
        touched=frozenset((edge.source, edge.target) for edge in changed),
    )


def _some(network: Network, keys: Collection[Key]) -> str:
    if not keys:
        raise NetworkError("Nothing is selected: select neurons or edges first.")
    return several(network, keys)


def _not_inputs(network: Network, ids: Collection[int]) -> list[Neuron]:
    """Return those of the neurons that compute something; at least one must."""
    _some(network, ids)
    neurons = [network.require(id) for id in ids]
    found = [neuron for neuron in neurons if neuron.kind is not Kind.INPUT]
    if not found:
        _check_not_input(neurons[0])
    return found


def _check_not_input(neuron: Neuron) -> None:
    if neuron.kind is Kind.INPUT:
        raise InvalidNeuronError(
            f"{neuron.name} is an input, which only passes on a number of the data: it has no bias and no activation."
        )


def _name(name: str, what: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise NetworkError(f"A {what} needs a name: write one or more letters.")
    return plain


__all__ = [
    "draw_layer",
    "move",
    "remove",
    "rename",
    "rename_layer",
    "set_activation",
    "set_bias",
    "set_frozen",
    "set_has_bias",
    "set_weight",
    "tidy",
]
