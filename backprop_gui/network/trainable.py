"""What a drawing needs before it can learn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from backprop_gui.network.errors import (
    MissingInputError,
    MissingOutputError,
    UnreachableInputError,
    UnreachableOutputError,
)
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Edge, Neuron


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


__all__ = ["check_trainable"]
