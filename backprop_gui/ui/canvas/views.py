"""The views: which of a frame's numbers the picture shows."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.checked import Checked
from backprop_gui.engine.conventions import USUAL, Conventions
from backprop_gui.engine.edge_arrays import EdgeArrays, same_edges
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.reading import deltas, names
from backprop_gui.network import Key, Kind, Network
from backprop_gui.ui.probe_words import of_what

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


class View(enum.Enum):
    """What fills the neurons and colours the edges."""

    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"
    CHECK = "check"


LABELS = {
    View.FORWARD: ("Forward", "Neurons show their activation a, edges their weight (1)"),
    View.BACKWARD: ("Backward", "Neurons show how the loss changes with each of them: their delta (2)"),
    View.UPDATE: (
        "Update",
        "Edges show the step that each weight takes next, neurons that of their bias (3)",
    ),
    View.CHECK: (
        "Check",
        "Edges and neurons show the relative error of each derivative, as the gradient check found it (4)",
    ),
}
WEIGHT_VIEWS = frozenset({View.FORWARD, View.BACKWARD})
"""The views whose edges show weights; in the others edges share the scale of the neurons."""
NEURON_TITLES = {
    View.FORWARD: "a",
    View.UPDATE: "next step of weights and biases",
    View.CHECK: "relative error of the derivative",
}
SMALLEST_ERROR = 1e-16
"""The end of the scale of errors: about the rounding of one operation."""
PASSING_SHARE = 0.5
"""How far errors that are only rounding go towards their end of the scale: what fails has to stand out."""
EDGE_TITLES = {View.FORWARD: "weight", View.BACKWARD: "weight", View.UPDATE: "", View.CHECK: ""}


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
    failing, failing_edges : (neurons,), (edges,) bool arrays, optional
        What a check found to be wrong; None in views that show no check.
    """

    fill: Floats
    colored: Mask
    number: Floats
    numbered: Mask
    weight: Floats
    known: Mask
    failing: Mask | None = None
    failing_edges: Mask | None = None


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


def neuron_title(view: View, conventions: Conventions, frame: Frame | None) -> str:
    """Return what the colours of neurons mean in a view of ``frame``."""
    if view is View.FORWARD:
        return f"{NEURON_TITLES[view]}, {of_what(frame)}"
    if view is not View.BACKWARD:
        return NEURON_TITLES[view]
    called = names(conventions)
    return f"{called.delta} = {called.delta_meaning}, {of_what(frame)}"


def values_of(
    frame: Frame,
    lookup: Lookup,
    inputs: Mask,
    view: View,
    start: Values,
    checked: Checked | None = None,
    conventions: Conventions = USUAL,
) -> Values:
    """Return what ``view`` shows of ``frame``.

    Parameters
    ----------
    inputs : (neurons,) bool array
        Which neurons are inputs.
    start : Values
        What was drawn: the weight of an edge that was drawn anew since the frame.
    checked : Checked, optional
        The last gradient check; one of other numbers than the frame's shows as nothing.
    conventions : Conventions
        How deltas are written.
    """
    trace = frame.trace
    here = lookup.column >= 0
    if view is View.CHECK:
        holds = checked is not None and checked.holds_for(frame)
        return _check_values(frame, lookup, here & inputs, checked if holds else None)
    weight = _taken(frame.update if view is View.UPDATE else frame.theta, lookup.weight_slot)
    known = lookup.weight_slot >= 0
    if view in WEIGHT_VIEWS and lookup.redrawn.any():
        weight, known = np.where(lookup.redrawn, start.weight, weight), known | lookup.redrawn
    if view is View.FORWARD:
        a = _taken(trace.a[0], lookup.column)
        return Values(a, here, a, here, weight, known)
    if view is View.BACKWARD:
        fill, colored = _taken(deltas(frame, conventions)[0], lookup.column), here & ~inputs
    else:
        fill, colored = _taken(frame.update, lookup.bias_slot), lookup.bias_slot >= 0
    number = np.where(inputs, _taken(trace.a[0], lookup.column), fill)
    return Values(fill, colored, number, colored | (here & inputs), weight, known)


def _check_values(frame: Frame, lookup: Lookup, inputs: Mask, checked: Checked | None) -> Values:
    """Return the errors of a check, on the scale of :func:`place_of_error`; in neurons, their powers of ten."""
    errors = np.full(frame.plan.size, np.nan) if checked is None else checked.errors
    tolerance = 1.0 if checked is None else checked.check.method.tolerance
    bias, weight = _taken(errors, lookup.bias_slot), _taken(errors, lookup.weight_slot)
    biased, known = ~np.isnan(bias), ~np.isnan(weight)
    number = np.where(inputs, _taken(frame.trace.a[0], lookup.column), _powers(bias))
    return Values(
        place_of_error(bias, tolerance),
        biased,
        number,
        biased | inputs,
        place_of_error(weight, tolerance),
        known,
        biased & (bias > tolerance),
        known & (weight > tolerance),
    )


def place_of_error(errors: Floats, tolerance: float) -> Floats:
    """Return where errors are on a scale from −``PASSING_SHARE`` over 0, at the tolerance, to 1.

    Both sides are logarithmic: from ``SMALLEST_ERROR`` to ``tolerance``, and from there to an error of 1, as large
    as the derivative itself. NaN stays NaN, an infinite error infinite.
    """
    power, middle, least = _powers(errors), np.log10(tolerance), np.log10(SMALLEST_ERROR)
    passing = PASSING_SHARE * (power - middle) / (middle - least)
    failing = (np.minimum(power, 0) - middle) / max(-middle, 1e-9)
    return np.where(np.isposinf(power), power, np.where(power <= middle, passing, failing))


def _powers(errors: Floats) -> Floats:
    """Return the decimal logarithms of errors, those too small for the scale as its end."""
    powers: Floats = np.log10(np.maximum(errors, SMALLEST_ERROR))
    return powers


def parked_values(start: Values, present: Learned | None, view: View) -> Values:
    """Return what is known while the drawing cannot be trained: its weights, but no signal.

    Without ``present`` nothing has been learned: they are the drawn ones, of ``start``.
    """
    weight = start.weight if present is None else present.weights.astype(np.float64)
    known = np.full(len(weight), view in WEIGHT_VIEWS)
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
    "PASSING_SHARE",
    "SMALLEST_ERROR",
    "WEIGHT_VIEWS",
    "Lookup",
    "Values",
    "View",
    "chosen_edges",
    "drawn_values",
    "neuron_title",
    "parked_values",
    "place_of_error",
    "values_of",
]
