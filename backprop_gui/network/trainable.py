"""What a drawing needs before it can learn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

from backprop_gui.network.errors import (
    MissingInputError,
    MissingOutputError,
    UnreachableInputError,
    UnreachableOutputError,
)
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Edge, Neuron

_SOURCE, _TARGET = attrgetter("source"), attrgetter("target")


def check_trainable(network: Network) -> None:
    """Raise the :class:`NetworkError` that keeps ``network`` from being trained, if there is one."""
    if not network.inputs:
        raise MissingInputError("The network has no input neuron: add one, so that data can enter.")
    if not network.outputs:
        raise MissingOutputError(
            "The network has no output neuron: add one, so that there is something to learn."
        )
    fed = _reached(network.inputs, network.outgoing, _TARGET, network.outputs)
    for neuron in network.outputs:
        if neuron.id not in fed:
            raise UnreachableOutputError(
                f"No path leads from an input to the output {neuron.name}: connect it, or remove it."
            )
    used = _reached(network.outputs, network.incoming, _SOURCE, network.inputs)
    for neuron in network.inputs:
        if neuron.id not in used:
            raise UnreachableInputError(
                f"No path leads from the input {neuron.name} to an output: connect it, or remove it."
            )


def _reached(
    start: Iterable[Neuron],
    edges: Mapping[int, list[Edge]],
    other_end: Callable[[Edge], int],
    goals: Iterable[Neuron],
) -> set[int]:
    """Return ids of neurons that can be reached from ``start`` along ``edges``: all of them, or enough for ``goals``.

    In a network of full layers, few neurons lead to all others: most edges need not be looked at.
    """
    stack = [neuron.id for neuron in start]
    seen = set(stack)
    missing = {neuron.id for neuron in goals} - seen
    while stack and missing:
        found = set(map(other_end, edges[stack.pop()])) - seen
        seen |= found
        missing -= found
        stack += found
    return seen


__all__ = ["check_trainable"]
