"""The calculation: any trained network as a short list of matrices, which all exporters write down.

Values are numbered: the inputs first, then the neurons of rank 1, of rank 2, and so on. Each rank reads some of
the values that are known by then:

    a = (x - mean) / scale                      the inputs, standardised
    z = a[sources] Wᵀ + b                       for each rank, upwards
    a = [a, f(z)]                               the rank's own values join the known ones
    y = predict(a[outputs])                     what the loss makes of the outputs, such as probabilities

Skip connections are sources of an older rank, missing edges are zeros in W, a missing bias is a zero in b, and the
neurons of one rank stand next to each other if they share an activation. This is the same calculation as the
engine's plan, written without its rows of ones and its single parameter vector, which only serve speed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """Neurons that can be computed at once.

    Attributes
    ----------
    sources : (sources,) int array
        The numbers of the values it reads, ascending.
    weights : (neurons, sources) array
        0 where no edge is drawn.
    drawn : (neurons, sources) bool array
        Where an edge is drawn.
    bias : (neurons,) array
        0 where there is none.
    has_bias : (neurons,) bool array
    activations : tuple of str
        One a neuron: names in the registry of activations.
    """

    sources: Indices
    weights: Array
    drawn: NDArray[np.bool_]
    bias: Array
    has_bias: NDArray[np.bool_]
    activations: tuple[str, ...]

    @property
    def groups(self) -> list[tuple[str, slice]]:
        """The activations and the neurons, within this rank, that they apply to."""
        found: list[tuple[str, slice]] = []
        start = 0
        for name, members in itertools.groupby(self.activations):
            stop = start + len(list(members))
            found.append((name, slice(start, stop)))
            start = stop
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """Some values of one rank (rank 0 is the inputs): those at ``places`` within it, or all if that is None."""

    rank: int
    places: tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class Calculation:
    """All that is needed to compute outputs from raw inputs.

    Attributes
    ----------
    mean, scale : (inputs,) float64 arrays
    ranks : tuple of Rank
    outputs : (outputs,) int array
        The numbers of the output values, in the order of the outputs.
    loss : Loss
        Its ``predict`` makes predictions of the outputs.
    """

    mean: Array
    scale: Array
    ranks: tuple[Rank, ...]
    outputs: Indices
    loss: Loss

    def predict(self, x: Array) -> Array:
        """Return the predictions for raw inputs, (examples, inputs) -> (examples, outputs), in float64."""
        # A row a value, so that the values an activation is applied to lie next to each other.
        known = np.empty((self._starts[-1], len(x)))
        known[: len(self.mean)] = ((x - self.mean) / self.scale).T
        with np.errstate(all="ignore"):
            for rank, start in zip(self.ranks, self._starts[1:], strict=False):
                z = rank.weights.astype(np.float64) @ known[rank.sources] + rank.bias[:, None]
                for name, members in rank.groups:
                    out = known[start + members.start : start + members.stop]
                    ACTIVATIONS[name].function(z[members], out)
            return np.ascontiguousarray(self.loss.predict(known[self.outputs]).T)

    def parts(self, values: Sequence[int] | Indices) -> list[Part]:
        """Return which ranks, and which of their values, ``values`` name, in that order.

        No values at all are none of the inputs, so that a rank of neurons without edges has something to read.
        """
        found: list[Part] = []
        # searchsorted counts the ranks that begin at or before a value.
        rank_of = np.searchsorted(self._starts, values, side="right") - 1
        pairs = zip(rank_of.tolist(), np.asarray(values).tolist(), strict=True)
        for rank, members in itertools.groupby(pairs, key=lambda pair: pair[0]):
            places = tuple(value - self._starts[rank] for _, value in members)
            everything = tuple(range(self._starts[rank + 1] - self._starts[rank]))
            found.append(Part(rank, None if places == everything else places))
        return found or [Part(0, ())]

    @cached_property
    def _starts(self) -> list[int]:
        """The number of the first value of each rank, inputs included, and at the end how many values there are."""
        sizes = [len(self.mean), *(len(rank.bias) for rank in self.ranks)]
        return [0, *itertools.accumulate(sizes)]
