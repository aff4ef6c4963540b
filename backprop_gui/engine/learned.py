"""What a drawing has learned, in its own terms, and what becomes of that when the drawing changes.

This needs no plan, so that it also goes on through drawings that cannot be trained yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.attic import Attic, Shelf
from backprop_gui.engine.carry import Carry, Key, keys_of
from backprop_gui.engine.edge_arrays import EdgeArrays, same_edges
from backprop_gui.engine.optimizers import Optimizer
from backprop_gui.network import Network

Indices = NDArray[np.intp]
Steps = Sequence[tuple[Network, Carry]]
"""Drawings that followed each other, and what each change meant."""


@dataclass(frozen=True, eq=False)
class Learned:
    """The live values of a drawing: one entry for each bias and then for each edge, in drawing order.

    Attributes
    ----------
    network : Network
    theta : (parameters,) array
    vectors : dict of (parameters,) arrays
        The optimiser's memory.
    optimizer : Optimizer or None
        Whose memory that is.
    whole : bool
        Whether every parameter is still there, and no other.
    """

    network: Network
    theta: Array
    vectors: Mapping[str, Array]
    optimizer: Optimizer | None = None
    whole: bool = True

    @property
    def weights(self) -> Array:
        """The weights of the edges, in drawing order."""
        return self.theta[len(self.theta) - len(self.network.edges) :]

    def value(self, key: Key) -> float | None:
        """Return the value of a parameter; None if there is none."""
        place = self._place_of.get(key)
        return None if place is None else float(self.theta[place])

    @cached_property
    def _place_of(self) -> Mapping[Key, int]:
        return {key: place for place, key in enumerate(keys_of(self.network))}

    def through(self, steps: Steps, attic: Attic) -> Learned:
        """Return what is left after ``steps``; the ``attic`` keeps what they take away, and gives it back."""
        learned = self
        for network, how in steps:
            learned = learned._carried(network, how, attic)
        return learned

    def _carried(self, network: Network, how: Carry, attic: Attic) -> Learned:
        """Take over what both drawings have with the same starting value, unless ``how`` says otherwise.

        Everything else begins as drawn, with an optimiser state of 0.
        """
        before, start = starts_of(self.network), starts_of(network)
        places, sources = shared(network, self.network)
        kept = before[sources] == start[places]
        if how.touched:
            keys = keys_of(network)
            kept &= np.fromiter((keys[place] not in how.touched for place in places), np.bool_, len(places))
        places, sources = places[kept], sources[kept]
        whole = self.whole and len(places) == len(start) == len(before)
        found, heirs = self._beyond(network, start, places, how, attic)
        if how.leaves:
            self._leave(attic, how.leaves, before, sources)
        heirs_new, heirs_old = np.array(heirs, np.intp).reshape(-1, 2).T
        places, sources = np.append(places, heirs_new), np.append(sources, heirs_old)
        with np.errstate(over="ignore"):  # in single precision it may be infinite, which is then said
            theta = start.astype(self.theta.dtype)
        vectors = {name: np.zeros_like(theta) for name in self.vectors}
        theta[places] = self.theta[sources]
        for name, vector in vectors.items():
            vector[places] = self.vectors[name][sources]
        for place, shelf, at in found:
            with np.errstate(over="ignore"):
                theta[place] = shelf.theta[at]
            if shelf.optimizer is self.optimizer:
                for name, vector in vectors.items():
                    vector[place] = shelf.vectors[name][at]
        return Learned(network, theta, vectors, self.optimizer, whole)

    def _beyond(
        self, network: Network, start: Array, kept: Indices, how: Carry, attic: Attic
    ) -> tuple[list[tuple[int, Shelf, int]], list[tuple[int, int]]]:
        """Return which parameters that are not ``kept`` come back from the attic, and which inherit.

        Returns
        -------
        found : list of (place, shelf, place there)
        heirs : list of (place, place of the parent)
        """
        found: list[tuple[int, Shelf, int]] = []
        heirs: list[tuple[int, int]] = []
        if not how.takes and not how.inherits:
            return found, heirs
        keys = keys_of(network)
        place_of = {key: place for place, key in enumerate(keys_of(self.network))} if how.inherits else {}
        missing = np.ones(len(start), np.bool_)
        missing[kept] = False
        for place in np.flatnonzero(missing).tolist():
            key = keys[place]
            back = attic.find(how.takes, key, float(start[place]))
            parent = place_of.get(how.inherits[key]) if key in how.inherits else None
            if back is not None:
                found.append((place, *back))
            elif parent is not None:
                heirs.append((place, parent))
        return found, heirs

    def _leave(self, attic: Attic, number: int, start: Array, kept: Indices) -> None:
        """Put what is not ``kept`` into the attic."""
        gone = np.ones(len(start), np.bool_)
        gone[kept] = False
        places = np.flatnonzero(gone)
        if not len(places):
            return
        keys = keys_of(self.network)
        shelf = Shelf(
            {keys[place]: at for at, place in enumerate(places.tolist())},
            start[places],
            self.theta[places],
            {name: vector[places] for name, vector in self.vectors.items()},
            self.optimizer,
        )
        attic.put(number, shelf)


def shared(new: Network, old: Network) -> tuple[Indices, Indices]:
    """Return where, in the drawing order of each, the parameters are that both drawings have."""
    if new is old:
        everything = np.arange(new.parameter_count)
        return everything, everything
    biases, before = ([n.id for n in network.neurons if n.bias is not None] for network in (new, old))
    place_of = {id: place for place, id in enumerate(before)}
    pairs = [(place, place_of[id]) for place, id in enumerate(biases) if id in place_of]
    places, sources = np.array(pairs, np.intp).reshape(-1, 2).T
    if new.edges is old.edges:
        edges = there = np.arange(len(new.edges))
    else:
        there = same_edges(EdgeArrays.of(new.edges), EdgeArrays.of(old.edges), old.neurons)
        edges = np.flatnonzero(there >= 0)
        there = there[edges]
    return np.append(places, len(biases) + edges), np.append(sources, len(before) + there)


def drawn_start(network: Network, key: Key) -> float | None:
    """Return the drawn starting value of a parameter, None if there is none."""
    if isinstance(key, tuple):
        edge = network.edge_of.get(key)
        return None if edge is None else edge.weight
    neuron = network.neuron_of.get(key)
    return None if neuron is None else neuron.bias


def starts_of(network: Network) -> Array:
    """Return the drawn starting values of all parameters, in drawing order."""
    biases = [neuron.bias for neuron in network.neurons if neuron.bias is not None]
    return np.concatenate([np.array(biases, np.float64), EdgeArrays.of(network.edges).weight])


__all__ = ["Learned", "Steps", "drawn_start", "starts_of"]
