"""The drawing walked neuron by neuron and edge by edge: the forward pass of the gradient check.

It shares nothing with the plan or the passes but the definitions of the activations and losses. Nudging one bias or
weight changes z of one neuron, by h or by h times the source's activation, and from there only what lies downstream;
so the walk keeps one pass through the whole network and repeats just that part, for many nudges at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.network import Edge, Kind, Network

Numbers = NDArray[Any]
Key = int | tuple[int, int]

STEEPEST = 4.0
"""No smooth function here changes its slope by so much for each 1 of z; a kink does, over a short way."""
LEAST_JUMP = 1e-6
"""What changes less than this is rounding, or does not matter."""


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """The neurons of one rank that a nudge reaches, and the edges that it reaches them by.

    ``weights`` is (ids, sources); 0 where there is no edge. ``sources`` are places in the order in which the nudge
    reaches neurons.
    """

    ids: tuple[int, ...]
    sources: list[int]
    weights: Array


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
            edges = network.incoming[neuron.id]
            if edges:
                weights = np.array([parameters[edge.source, edge.target] for edge in edges])
                total += np.hstack([self._a[edge.source] for edge in edges]) @ weights[:, None]
            self._z[neuron.id] = total
            self._a[neuron.id] = _applied(neuron.activation, total)
        self.losses: Array = self._losses_of(self._z, self._a)[:, 0]
        self._way: tuple[int, list[_Stage]] | None = None

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
        return self._losses_of(*self._moved(neuron, change))

    def meets_a_kink(self, neuron: int, change: Numbers) -> bool:
        """Return whether a slope jumps somewhere between the smallest and the largest of the ``changes``.

        ``change`` is (examples, nudges) as in :meth:`nudged`, real, and in ascending order. A slope has jumped where
        it changes by more than a smooth function's could over so short a way.
        """
        z, a = self._moved(neuron, change)
        for below in self._order:
            if z[below.id].shape == change.shape:
                slope = np.empty_like(change)
                ACTIVATIONS[below.activation].derivative(z[below.id], a[below.id], slope)
                if _jumps(z[below.id], slope):
                    return True
        outputs, loss = self._network.outputs, self._loss
        if loss.analytic:
            return False
        reached = _rows(a, [output.id for output in outputs], change.shape)
        slope = np.empty_like(reached)
        loss.slope(reached, np.repeat(self._t.T, change.shape[1], axis=1), slope)
        ways = (len(outputs), *change.shape)
        return _jumps(reached.reshape(ways), slope.reshape(ways))

    def _moved(self, neuron: int, change: Numbers) -> tuple[dict[int, Numbers], dict[int, Numbers]]:
        """Return z and a of all neurons, those that the nudges reach as (examples, nudges)."""
        z, a = dict(self._z), dict(self._a)
        z[neuron] = z[neuron] + change
        a[neuron] = _applied(self._network.neuron_of[neuron].activation, z[neuron])
        # How much each a has changed, a row a neuron in the order in which the nudge reaches them.
        changes = (a[neuron] - self._a[neuron]).reshape(1, -1)
        for stage in self._stages(neuron):
            totals = stage.weights @ changes[stage.sources]
            for id, total in zip(stage.ids, totals, strict=True):
                z[id] = self._z[id] + total.reshape(change.shape)
                a[id] = _applied(self._network.neuron_of[id].activation, z[id])
            changes = np.vstack([changes, *((a[id] - self._a[id]).reshape(1, -1) for id in stage.ids)])
        return z, a

    def _stages(self, neuron: int) -> list[_Stage]:
        """Return what lies downstream of ``neuron``, rank by rank; kept until another neuron is asked for."""
        if self._way is None or self._way[0] != neuron:
            place, stages = {neuron: 0}, list[_Stage]()
            for _, members in groupby(self._order, key=lambda below: self._network.ranks[below.id]):
                into = {
                    below.id: reached
                    for below in members
                    if (reached := [e for e in self._network.incoming[below.id] if e.source in place])
                }
                if into:
                    stages.append(self._stage(into, place))
                    place |= {id: len(place) + number for number, id in enumerate(into)}
            self._way = neuron, stages
        return self._way[1]

    def _stage(self, into: Mapping[int, list[Edge]], place: Mapping[int, int]) -> _Stage:
        sources = sorted({place[edge.source] for edges in into.values() for edge in edges})
        column = {source: number for number, source in enumerate(sources)}
        weights = np.zeros((len(into), len(sources)))
        for row, edges in enumerate(into.values()):
            for edge in edges:
                weights[row, column[place[edge.source]]] = self._parameters[edge.source, edge.target]
        return _Stage(tuple(into), sources, weights)

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


def _jumps(place: Numbers, slope: Numbers) -> bool:
    """Return whether a slope, (..., nudges), changes too much between neighbouring places for a smooth function."""
    way, change = np.abs(np.diff(place)), np.abs(np.diff(slope))
    return bool(((change > STEEPEST * way) & (change > LEAST_JUMP)).any())


def _rows(values: Mapping[int, Numbers], ids: list[int], shape: tuple[int, ...]) -> Numbers:
    return np.stack([np.broadcast_to(values[id], shape).ravel() for id in ids])
