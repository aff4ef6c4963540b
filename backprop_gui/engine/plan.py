"""The plan: how a drawing becomes a few matrix products over one flat parameter vector.

A *rank* is the set of neurons with equally long longest paths from the inputs, so a rank can be computed at
once when the lower ones are. With one **column an example** and one **row a neuron**,

    z = W [1; a_sources]          the weighted sum plus bias, one product a rank
    a = f(z)                      elementwise, each run of equal activations at once

All rows stand below each other in one array, rank after rank, and each rank begins with a row of ones:

    row 0      1  1  1 ...        the constant of rank 0
    row 1      x1
    row 2      x2
    row 3      1  1  1 ...        the constant of rank 1
    row 4      h1
    ...

A rank's sources are an interval of these rows that begins with a row of ones, so the bias is just the first
column of W and needs no addition of its own. Edges that are not drawn inside such an interval (missing ones, or
the rows that a skip connection passes over) are zeros in W, and a mask keeps them zero. Where an interval would be
mostly zeros, the plan lists the rows that are used instead.

Every W is a view of θ, the vector of all parameters, so that an optimiser is a handful of operations on one
vector whatever the depth of the network. Layers are for people; the plan does not know them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS, Activation
from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.carry import Key, keys_of
from backprop_gui.engine.edge_arrays import EdgeArrays, places_of
from backprop_gui.network import Network, Neuron, check_trainable

KEPT = 2
"""So many plans are kept, because a drawing is checked in one place and trained in another."""
DENSE_ENOUGH = 0.5
"""Share of an interval's rows that must be used for the interval to be read whole."""

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Block:
    """One rank above the inputs: its rows, the rows it reads, and where its weights are in θ.

    ``sources`` begins with a row of ones. The weight matrix is ``theta[weights].reshape(shape)`` with
    ``shape = (neurons, sources)``; its first column holds the biases.
    """

    rows: slice
    sources: slice | Indices
    weights: slice
    shape: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring rows whose neurons share an activation (rows of ones between them do not matter)."""

    rows: slice
    activation: Activation


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled network.

    Attributes
    ----------
    network : Network
        The drawing it was made from.
    row : dict
        Each neuron's row, by id.
    row_count, size : int
        Rows in all, and the length of θ.
    ones : (ranks,) int array
        The rows of ones.
    blocks : tuple of Block
        From the lowest rank to the highest.
    runs : tuple of Run
        Every row above the inputs, in ascending order.
    inputs, outputs : int arrays
        Rows of the input and output neurons, in the order of the data's columns.
    bias_slots, weight_slots : int arrays
        Indices into θ of the biases (of those neurons that have one, in drawing order) and of the edges' weights.
    start : (size,) float64 array
        θ as drawn.
    trainable : (size,) float64 array or None
        1 where a parameter is drawn and not frozen, else 0; None if it would be 1 everywhere.
    is_weight : (size,) float64 array
        1 at weights that can be trained, 0 at biases: what L1 and L2 act on.
    """

    network: Network
    row: Mapping[int, int]
    row_count: int
    size: int
    ones: Indices
    blocks: tuple[Block, ...]
    runs: tuple[Run, ...]
    inputs: Indices
    outputs: Indices
    bias_slots: Indices
    weight_slots: Indices
    start: Array
    trainable: Array | None
    is_weight: Array

    @cached_property
    def slots(self) -> Indices:
        """Where each drawn parameter is in θ: all biases in drawing order, then all weights in drawing order."""
        return np.concatenate([self.bias_slots, self.weight_slots])

    @cached_property
    def drawn(self) -> Array:
        """1 where a parameter is drawn, frozen or not, else 0, (size,)."""
        drawn = np.zeros(self.size)
        drawn[self.slots] = 1
        return frozen(drawn)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """What each entry of ``slots`` belongs to: a neuron's id for its bias, (source, target) for a weight."""
        return keys_of(self.network)

    @cached_property
    def slot(self) -> Mapping[Key, int]:
        """The index into θ of a bias (by neuron id) or of a weight (by source and target id)."""
        return _Slots(self)

    @cached_property
    def bias_slot(self) -> dict[int, int]:
        """The index into θ of each bias, by neuron id."""
        biased = (neuron.id for neuron in self.network.neurons if neuron.bias is not None)
        return dict(zip(biased, self.bias_slots.tolist(), strict=True))

    @cached_property
    def neuron_rows(self) -> Indices:
        """The row of each neuron, in drawing order: the columns of a trace."""
        return np.array([self.row[neuron.id] for neuron in self.network.neurons], dtype=np.intp)

    @cached_property
    def column(self) -> dict[int, int]:
        """The column of each neuron in a trace, by id."""
        return {neuron.id: index for index, neuron in enumerate(self.network.neurons)}

    def parameter_name(self, slot: int) -> str:
        """What people call the parameter at ``slot`` of θ, such as ``the weight x1 → h2``."""
        key = self._key_at[slot]
        if isinstance(key, tuple):
            return f"the weight {self.network.edge_name(*key)}"
        return f"the bias of {self.network.neuron_of[key].name}"

    @cached_property
    def _key_at(self) -> dict[int, Key]:
        return dict(zip(self.slots.tolist(), self.keys, strict=True))


class _Slots(Mapping[Key, int]):
    """Where parameters are in θ, found when asked for: a table of 100,000 weights would be made for a few of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __getitem__(self, key: Key) -> int:
        plan = self._plan
        if not isinstance(key, tuple):
            return plan.bias_slot[key]
        edge = plan.network.edge_of[key]
        # The blocks are the ranks above the inputs.
        block = plan.blocks[plan.network.ranks[edge.target] - 1]
        row, sources = plan.row[edge.source], block.sources
        column = row - sources.start if isinstance(sources, slice) else int(np.searchsorted(sources, row))
        first: int = block.weights.start + (plan.row[edge.target] - block.rows.start) * block.shape[1]
        return first + column

    def __iter__(self) -> Iterator[Key]:
        return iter(self._plan.keys)

    def __len__(self) -> int:
        return len(self._plan.slots)


def compile_network(network: Network) -> Plan:
    """Return the plan of a complete network; for the same one asked again soon, the same plan.

    Raises
    ------
    NetworkError
        If the network cannot be trained: see :func:`backprop_gui.network.check_trainable`.
    UnknownNameError
        If a neuron names an activation that does not exist.
    """
    global _latest
    for known, plan in _latest:
        if known is network:
            return plan
    like = next((plan for known, plan in _latest if _laid_out_alike(known, network)), None)
    plan = _compiled(network) if like is None else _refilled(like, network)
    # Replaced as a whole: whoever reads it in another thread sees the old one or the new one.
    _latest = ((network, plan), *_latest[: KEPT - 1])
    return plan


_latest: tuple[tuple[Network, Plan], ...] = ()


def _laid_out_alike(first: Network, second: Network) -> bool:
    """Return whether two drawings differ at most in places, names and starting values of biases."""
    if first.edges is not second.edges or len(first.neurons) != len(second.neurons):
        return False
    return all(
        (a.id, a.kind, a.activation, a.bias is None) == (b.id, b.kind, b.activation, b.bias is None)
        for a, b in zip(first.neurons, second.neurons, strict=True)
        if a is not b
    )


def _refilled(plan: Plan, network: Network) -> Plan:
    """Return the plan of a drawing that is laid out like that of ``plan``."""
    start, trainable, is_weight = _values(network, plan.size, plan.weight_slots, plan.bias_slots)
    return replace(plan, network=network, start=start, trainable=trainable, is_weight=is_weight)


def _compiled(network: Network) -> Plan:
    check_trainable(network)
    ranks = _neurons_by_rank(network)
    row: dict[int, int] = {}
    ones: list[int] = []
    rows_of_rank: list[slice] = []
    next_row = 0
    for neurons in ranks:
        ones.append(next_row)
        rows_of_rank.append(slice(next_row + 1, next_row + 1 + len(neurons)))
        row.update((neuron.id, next_row + 1 + index) for index, neuron in enumerate(neurons))
        next_row += 1 + len(neurons)
    drawn = EdgeArrays.of(network.edges)
    row_of_neuron = np.array([row[neuron.id] for neuron in network.neurons], np.intp)
    source = row_of_neuron[places_of(drawn.source, network.neurons)]
    target = row_of_neuron[places_of(drawn.target, network.neurons)]
    weight_slots = np.empty(len(source), dtype=np.intp)
    bias_slot_of: dict[int, int] = {}
    blocks: list[Block] = []
    offset = 0
    # Edges in the order of their target's row, so that each rank's edges are one stretch of the list.
    order = np.argsort(target, kind="stable")
    bounds = np.searchsorted(target[order], [rows.start for rows in rows_of_rank] + [next_row])
    for rank in range(1, len(ranks)):
        rows = rows_of_rank[rank]
        mine = order[bounds[rank] : bounds[rank + 1]]
        sources, column = _sources(source[mine], np.array(ones))
        width = sources.stop - sources.start if isinstance(sources, slice) else len(sources)
        count = rows.stop - rows.start
        weight_slots[mine] = offset + (target[mine] - rows.start) * width + column
        for index, neuron in enumerate(ranks[rank]):
            bias_slot_of[neuron.id] = offset + index * width
        blocks.append(Block(rows, sources, slice(offset, offset + count * width), (count, width)))
        offset += count * width
    return _plan(
        network,
        row,
        next_row,
        offset,
        ones,
        blocks,
        weight_slots,
        bias_slot_of,
        ranks,
    )


def _plan(
    network: Network,
    row: dict[int, int],
    row_count: int,
    size: int,
    ones: list[int],
    blocks: list[Block],
    weight_slots: Indices,
    bias_slot_of: dict[int, int],
    ranks: list[list[Neuron]],
) -> Plan:
    """Fill in what follows from the layout: starting values, masks and runs."""
    biased = (neuron.id for neuron in network.neurons if neuron.bias is not None)
    bias_slots = np.array([bias_slot_of[id] for id in biased], dtype=np.intp)
    start, trainable, is_weight = _values(network, size, weight_slots, bias_slots)
    return Plan(
        network=network,
        row=row,
        row_count=row_count,
        size=size,
        ones=np.array(ones, dtype=np.intp),
        blocks=tuple(blocks),
        runs=tuple(_runs(ranks[1:], row)),
        inputs=np.array([row[neuron.id] for neuron in network.inputs], dtype=np.intp),
        outputs=np.array([row[neuron.id] for neuron in network.outputs], dtype=np.intp),
        bias_slots=bias_slots,
        weight_slots=weight_slots,
        start=start,
        trainable=trainable,
        is_weight=is_weight,
    )


def _values(
    network: Network, size: int, weight_slots: Indices, bias_slots: Indices
) -> tuple[Array, Array | None, Array]:
    """Return ``start``, ``trainable`` and ``is_weight`` of a plan."""
    drawn = EdgeArrays.of(network.edges)
    biased = [neuron for neuron in network.neurons if neuron.bias is not None]
    start = np.zeros(size)
    start[weight_slots] = drawn.weight
    start[bias_slots] = [neuron.bias for neuron in biased]
    trainable = np.zeros(size)
    trainable[weight_slots] = ~drawn.frozen
    is_weight = trainable.copy()
    trainable[bias_slots] = [not neuron.frozen for neuron in biased]
    for array in (start, trainable, is_weight):
        array.setflags(write=False)
    return start, None if trainable.all() else trainable, is_weight


def _neurons_by_rank(network: Network) -> list[list[Neuron]]:
    """Group neurons by rank, within a rank by activation, otherwise in drawing order."""
    ranks: list[list[Neuron]] = [[] for _ in range(1 + max(network.ranks.values()))]
    for neuron in network.neurons:
        ranks[network.ranks[neuron.id]].append(neuron)
    for neurons in ranks:
        first_seen = {neuron.activation: -index for index, neuron in reversed(list(enumerate(neurons)))}
        neurons.sort(key=lambda neuron: -first_seen[neuron.activation])
    return ranks


def _sources(source: Indices, ones: Indices) -> tuple[slice | Indices, Indices]:
    """Choose the rows a rank reads, and give each edge its column among them.

    Parameters
    ----------
    source : (edges,) int array
        The source row of each edge; may be empty, when the rank's neurons have only biases.
    ones : (ranks,) int array
        The rows of ones.
    """
    if not len(source):
        return slice(0, 1), source
    used = np.unique(source)
    first = int(ones[np.searchsorted(ones, used[0]) - 1])
    stop = int(used[-1]) + 1
    if len(used) >= DENSE_ENOUGH * (stop - first - 1):
        return slice(first, stop), source - first
    return np.concatenate([[first], used]), 1 + np.searchsorted(used, source)


def _runs(ranks: list[list[Neuron]], row: Mapping[int, int]) -> Iterable[Run]:
    """Yield the longest stretches of rows with one activation; a row of ones joins what it stands between."""
    start = stop = 0
    name = ""
    for neurons in ranks:
        for neuron in neurons:
            if neuron.activation != name:
                if name:
                    yield Run(slice(start, stop), ACTIVATIONS[name])
                start, name = row[neuron.id], neuron.activation
            stop = row[neuron.id] + 1
    yield Run(slice(start, stop), ACTIVATIONS[name])
