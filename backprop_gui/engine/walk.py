"""The drawing walked neuron by neuron and edge by edge: the forward pass of the gradient check.

It shares nothing with the plan or the passes but the definitions of the activations and losses. Nudging one bias or
weight changes z of one neuron, by h or by h times the source's activation, and from there only what lies downstream;
so the walk keeps one pass through the whole network and repeats just that part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.network import Kind, Network

Numbers = NDArray[Any]
Key = int | tuple[int, int]


class Walk:
    """One forward pass with given parameters, and what becomes of the losses when one z is nudged.

    Parameters
    ----------
    network : Network
    parameters : mapping
        Biases by neuron id, weights by (source, target).
    x, t : (examples, inputs), (examples, outputs) arrays

    Attributes
    ----------
    losses : (examples,) array
        Each example's loss.
    """

    def __init__(
        self, network: Network, parameters: Mapping[Key, float], x: Array, t: Array, loss: Loss
    ) -> None:
        self._network, self._parameters, self._t, self._loss = network, parameters, t, loss
        self._order = sorted(
            (neuron for neuron in network.neurons if neuron.kind is not Kind.INPUT),
            key=lambda neuron: network.ranks[neuron.id],
        )
        self._z: dict[int, Numbers] = {}
        self._a: dict[int, Numbers] = {neuron.id: x[:, i, None] for i, neuron in enumerate(network.inputs)}
        for neuron in self._order:
            total = np.full((len(x), 1), 0.0 if neuron.bias is None else parameters[neuron.id])
            for edge in network.incoming[neuron.id]:
                total += parameters[edge.source, edge.target] * self._a[edge.source]
            self._z[neuron.id] = total
            self._a[neuron.id] = _applied(neuron.activation, total)
        self.losses: Array = self._losses_of(self._z, self._a)[:, 0]

    def factor(self, key: Key) -> Numbers:
        """Return ∂z/∂parameter of the neuron it belongs to, (examples, 1): 1 for a bias, a source's a for a weight."""
        return self._a[key[0]] if isinstance(key, tuple) else np.ones((len(self._t), 1))

    def nudged(self, neuron: int, change: Numbers) -> Numbers:
        """Return each example's loss, (examples, nudges), when z of ``neuron`` is changed by ``change``.

        Parameters
        ----------
        change : (examples, nudges) array
            Real or complex; each column is one nudge.
        """
        z, a = dict(self._z), dict(self._a)
        z[neuron] = z[neuron] + change
        a[neuron] = _applied(self._network.neuron_of[neuron].activation, z[neuron])
        moved = {neuron}
        for below in self._order:
            edges = [edge for edge in self._network.incoming[below.id] if edge.source in moved]
            if not edges:
                continue
            total = z[below.id] + np.zeros_like(change)
            for edge in edges:
                total += self._parameters[edge.source, edge.target] * (a[edge.source] - self._a[edge.source])
            z[below.id] = total
            a[below.id] = _applied(below.activation, total)
            moved.add(below.id)
        return self._losses_of(z, a)

    def _losses_of(self, z: Mapping[int, Numbers], a: Mapping[int, Numbers]) -> Numbers:
        outputs, loss = self._network.outputs, self._loss
        shape = np.broadcast_shapes(*(z[neuron.id].shape for neuron in outputs))
        targets = np.broadcast_to(self._t.T[:, :, None], (len(outputs), *shape)).reshape(len(outputs), -1)
        fused = [i for i, n in enumerate(outputs) if loss.fused and n.activation == loss.fused.activation]
        rest = [i for i in range(len(outputs)) if i not in fused]
        total: Numbers = np.zeros(shape[0] * shape[1])
        if loss.fused and fused:
            total = total + loss.fused.value(_rows(z, [outputs[i].id for i in fused], shape), targets[fused])
        if rest:
            total = total + loss.value(_rows(a, [outputs[i].id for i in rest], shape), targets[rest])
        return total.reshape(shape)


def _applied(activation: str, z: Numbers) -> Numbers:
    a = np.empty_like(z)
    ACTIVATIONS[activation].function(z, a)
    return a


def _rows(values: Mapping[int, Numbers], ids: list[int], shape: tuple[int, ...]) -> Numbers:
    return np.stack([np.broadcast_to(values[id], shape).ravel() for id in ids])
