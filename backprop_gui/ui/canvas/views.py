"""The three views: which of a frame's numbers the picture shows."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.edge_arrays import EdgeArrays, same_edges
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned
from backprop_gui.engine.plan import Plan
from backprop_gui.network import Key, Kind, Network

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


class View(enum.Enum):
    """What fills the neurons and colours the edges."""

    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"


LABELS = {
    View.FORWARD: ("Forward", "Neurons show their activation a, edges their weight (1)"),
    View.BACKWARD: ("Backward", "Neurons show their delta, the derivative ∂L/∂z of one example's loss (2)"),
    View.UPDATE: (
        "Update",
        "Edges show the step that each weight takes next, neurons that of their bias (3)",
    ),
}
NEURON_TITLES = {
    View.FORWARD: "a, one example",
    View.BACKWARD: "δ = ∂L/∂z, one example",
    View.UPDATE: "next step of weights and biases",
}
EDGE_TITLES = {View.FORWARD: "weight", View.BACKWARD: "weight", View.UPDATE: ""}


@dataclass(frozen=True, eq=False)
class Lookup:
    """Where a network's neurons and edges are in the frames of a plan, which may belong to another network.

    Attributes
    ----------
    column, bias_slot : (neurons,) int arrays
        Columns of a trace and indices into θ, in the network's drawing order; -1 where there is none.
    weight_slot : (edges,) int array
        Indices into θ; -1 for edges that the plan does not have, or that were drawn with another weight there.
    redrawn : (edges,) bool array
        Which were drawn with another weight: what the frames say of them holds no longer.
    """

    column: Indices
    bias_slot: Indices
    weight_slot: Indices
    redrawn: Mask

    @classmethod
    def of(cls, plan: Plan, network: Network) -> Lookup:
        """Match ``network`` with ``plan``.

        A neuron is the same if its id, kind and activation are: otherwise its numbers would be those of
        something else.
        """
        theirs = plan.network
        if theirs is network or (theirs.neurons == network.neurons and theirs.edges is network.edges):
            bias_slot = np.full(len(network.neurons), -1, np.intp)
            bias_slot[[n.bias is not None for n in network.neurons]] = plan.bias_slots
            nowhere = np.zeros(len(network.edges), np.bool_)
            return cls(np.arange(len(network.neurons)), bias_slot, plan.weight_slots, nowhere)
        same = {
            n.id
            for n in network.neurons
            if (other := theirs.neuron_of.get(n.id))
            and (other.kind, other.activation) == (n.kind, n.activation)
        }
        biased = ((n.id, n.bias) for n in theirs.neurons if n.bias is not None)
        slot: dict[tuple[int, float | None], int] = dict(zip(biased, plan.bias_slots.tolist(), strict=True))
        weight_slot = _weight_slots(plan, network)
        drawn = EdgeArrays.of(network.edges).weight
        redrawn = (weight_slot >= 0) & (plan.start[weight_slot] != drawn)
        return cls(
            np.array([plan.column[n.id] if n.id in same else -1 for n in network.neurons], np.intp),
            np.array(
                [slot.get((n.id, n.bias), -1) if n.id in same else -1 for n in network.neurons], np.intp
            ),
            np.where(redrawn, -1, weight_slot),
            redrawn,
        )


def _weight_slots(plan: Plan, network: Network) -> Indices:
    """Return where the weight of each edge is in θ; -1 for edges that the plan does not have."""
    theirs = plan.network
    if theirs.edges is network.edges:
        return plan.weight_slots
    found = same_edges(EdgeArrays.of(network.edges), EdgeArrays.of(theirs.edges), theirs.neurons)
    if not len(theirs.edges):
        return found
    return np.where(found >= 0, plan.weight_slots[found], -1)


@dataclass(frozen=True, eq=False)
class Values:
    """One frame's numbers for a network, as one view shows them; NaN in a mask's gaps.

    Attributes
    ----------
    fill : (neurons,) array
        The number behind a neuron's colour.
    colored : (neurons,) bool array
        Where ``fill`` holds: not where a view leaves neurons neutral, nor where the frame lacks them.
    number : (neurons,) array
        The number inside a neuron.
    numbered : (neurons,) bool array
        Where ``number`` holds.
    weight : (edges,) array
        The number behind an edge's colour and width.
    known : (edges,) bool array
        Where ``weight`` holds.
    """

    fill: Floats
    colored: Mask
    number: Floats
    numbered: Mask
    weight: Floats
    known: Mask


def input_mask(network: Network) -> Mask:
    """Return which neurons are inputs, in drawing order."""
    return np.array([n.kind is Kind.INPUT for n in network.neurons], np.bool_)


def chosen_edges(network: Network, keys: Collection[Key]) -> Indices:
    """Return which edges of ``network``, in drawing order, are among ``keys``."""
    mine = np.fromiter(map(keys.__contains__, network.edge_of), np.bool_, len(network.edges))
    return np.flatnonzero(mine)


def drawn_values(network: Network) -> Values:
    """Return what is known before the first frame: the starting weights."""
    count = len(network.neurons)
    nothing, nowhere = np.full(count, np.nan), np.zeros(count, np.bool_)
    weight = EdgeArrays.of(network.edges).weight
    return Values(nothing, nowhere, nothing, nowhere, weight, np.ones(len(weight), np.bool_))


def values_of(frame: Frame, lookup: Lookup, inputs: Mask, view: View, start: Values) -> Values:
    """Return what ``view`` shows of ``frame``.

    Parameters
    ----------
    inputs : (neurons,) bool array
        Which neurons are inputs.
    start : Values
        What was drawn: the weight of an edge that was drawn anew since the frame.
    """
    trace = frame.trace
    here = lookup.column >= 0
    weight = _taken(frame.update if view is View.UPDATE else frame.theta, lookup.weight_slot)
    known = lookup.weight_slot >= 0
    if view is not View.UPDATE and lookup.redrawn.any():
        weight, known = np.where(lookup.redrawn, start.weight, weight), known | lookup.redrawn
    if view is View.FORWARD:
        a = _taken(trace.a[0], lookup.column)
        return Values(a, here, a, here, weight, known)
    if view is View.BACKWARD:
        fill, colored = _taken(trace.delta[0], lookup.column), here & ~inputs
    else:
        fill, colored = _taken(frame.update, lookup.bias_slot), lookup.bias_slot >= 0
    number = np.where(inputs, _taken(trace.a[0], lookup.column), fill)
    return Values(fill, colored, number, colored | (here & inputs), weight, known)


def parked_values(start: Values, present: Learned | None, view: View) -> Values:
    """Return what is known while the drawing cannot be trained: its weights, but no signal.

    Without ``present`` nothing has been learned: they are the drawn ones, of ``start``.
    """
    weight = start.weight if present is None else present.weights.astype(np.float64)
    known = np.full(len(weight), view is not View.UPDATE)
    return Values(start.fill, start.colored, start.number, start.numbered, weight, known)


def _taken(vector: NDArray[Any], indices: Indices | Sequence[int]) -> Floats:
    """Return ``vector`` at ``indices`` as float64, NaN where an index is -1."""
    if not len(vector):
        return np.full(len(indices), np.nan)
    picked = vector[indices].astype(np.float64)
    picked[np.asarray(indices) < 0] = np.nan
    return picked


__all__ = [
    "EDGE_TITLES",
    "LABELS",
    "NEURON_TITLES",
    "Lookup",
    "Values",
    "View",
    "chosen_edges",
    "drawn_values",
    "parked_values",
    "values_of",
]
