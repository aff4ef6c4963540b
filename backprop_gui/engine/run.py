"""Where training stands: everything needed to go on as if it had never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.carry import NOTHING_SPECIAL, Carry, keys_of
from backprop_gui.engine.frame import Curve
from backprop_gui.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best weights so far by the loss that early stopping watches."""

    loss: float
    epoch: int
    parameters: Array


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The state of a training run, in the terms of the drawing and not of the engine's layout.

    Parameter vectors hold one number for each bias (neurons in drawing order, those without one left out), then
    one for each edge in drawing order.

    Attributes
    ----------
    step : int
        Updates made.
    epoch, position : int
        Epochs completed, and examples of the present one that have been used. With the seed, this is the
        state of the generator that shuffles.
    parameters : (parameters,) array
    memory : dict of (parameters,) arrays
        The optimiser's vectors by name.
    memory_count : int
        Steps the optimiser has made since it was chosen.
    curve : Curve or None
        The losses recorded so far.
    best : Best or None
        Kept while early stopping is on.
    """

    step: int
    epoch: int
    position: int
    parameters: Array
    memory: Mapping[str, Array] = field(default_factory=dict)
    memory_count: int = 0
    curve: Curve | None = None
    best: Best | None = None


def carried(run: Run, old: Network, new: Network, how: Carry = NOTHING_SPECIAL) -> Run:
    """Return ``run``, which is one of ``old``, as a run of ``new``: the way of a drawing that cannot be trained yet.

    What both have with the same starting value keeps what it has learned; everything else begins as drawn, with an
    optimiser state of 0.
    """
    if new is old and how == NOTHING_SPECIAL:
        return run
    before, starts = {key: place for place, key in enumerate(keys_of(old))}, _starts(old)
    keys, parameters = keys_of(new), _starts(new)
    pairs = [
        (place, before[key])
        for place, key in enumerate(keys)
        if key in before and key not in how.touched and starts[before[key]] == parameters[place]
    ]
    pairs += [
        (place, before[how.inherits[key]])
        for place, key in enumerate(keys)
        if key in how.inherits and how.inherits[key] in before
    ]
    places, sources = np.array(pairs, np.intp).reshape(-1, 2).T
    parameters[places] = run.parameters[sources]
    memory: dict[str, Array] = {}
    for name, vector in run.memory.items():
        memory[name] = np.zeros(len(keys))
        memory[name][places] = vector[sources]
        memory[name] = frozen(memory[name])
    return replace(run, parameters=frozen(parameters), memory=memory, best=None)


def _starts(network: Network) -> Array:
    """Return the drawn starting values of all parameters, in drawing order."""
    biases = [neuron.bias for neuron in network.neurons if neuron.bias is not None]
    return np.array([*biases, *(edge.weight for edge in network.edges)], np.float64)
