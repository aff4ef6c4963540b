"""What new neurons and layers are called until somebody names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backprop_gui.network.network import Network
from backprop_gui.network.parts import Kind, Neuron

LETTERS = {Kind.INPUT: "x", Kind.HIDDEN: "h", Kind.OUTPUT: "ŷ"}

_NUMBERED = re.compile(r"(.*?)(\d+)")
_IN_LAYER = re.compile(r"h(\d+)\.\d+")
_COUNTED = re.compile(r"(.*?) (\d+)")


def new_names(network: Network, kind: Kind, layer: int | None = None) -> Iterator[str]:
    """Yield free names for new neurons of ``kind`` one after another, in the style of their layer if they have one.

    They are numbered, ``x3``, ``h4``, or ``h2.5`` in the second of several layers; only a first output is ``ŷ``.
    """
    taken = {neuron.name for neuron in network.neurons}
    if kind is Kind.OUTPUT and not network.outputs and LETTERS[kind] not in taken:
        taken.add(LETTERS[kind])
        yield LETTERS[kind]
    peers = [neuron for neuron in network.members.get(layer or -1, ()) if neuron.kind is kind]
    yield from _numbered(_stem(network, kind, peers), taken)


def free_name(name: str, taken: set[str]) -> str:
    """Return ``name`` if nothing is called so, otherwise the next one in its style: ``h3`` for ``h2``."""
    if name not in taken:
        return name
    match = _NUMBERED.fullmatch(name)
    # A letter counts as h2, ŷ2; a word as "manager 2".
    stem = match[1] if match else name if len(name) <= 2 else f"{name} "
    return next(_numbered(stem, {*taken, name}))


def new_layer_name(network: Network, kind: Kind) -> str:
    """Return a free name for a new layer: ``hidden``, ``hidden 2``."""
    return free_layer_name(kind.value, {layer.name for layer in network.layers})


def free_layer_name(name: str, taken: set[str]) -> str:
    """Return ``name`` if no layer is called so, otherwise its first free number behind it."""
    if name not in taken:
        return name
    match = _COUNTED.fullmatch(name)
    stem = match[1] if match else name
    # "hidden" is the first of its kind, also where only "hidden 1" is drawn.
    number = 2
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"


def _stem(network: Network, kind: Kind, peers: list[Neuron]) -> str:
    """Return what stands before the number."""
    for neuron in reversed(peers):
        match = _NUMBERED.fullmatch(neuron.name)
        if match and match[1].rstrip("."):
            return match[1]
    if kind is Kind.HIDDEN and not peers:
        layers = [int(match[1]) for n in network.neurons if (match := _IN_LAYER.fullmatch(n.name))]
        if layers:
            return f"h{max(layers) + 1}."
    return LETTERS[kind]


def _numbered(stem: str, taken: set[str]) -> Iterator[str]:
    number = 1
    while True:
        name = f"{stem}{number}"
        # A bare "x" or "ŷ" is the first one.
        if name not in taken and not (number == 1 and stem.rstrip(" ") in taken):
            taken.add(name)
            yield name
        number += 1


__all__ = ["LETTERS", "free_layer_name", "free_name", "new_layer_name", "new_names"]
