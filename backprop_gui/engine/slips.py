"""Backpropagation as it is sometimes miswritten: the deltas of a neuron with one thing done otherwise.

It goes neuron by neuron over the drawing, apart from the engine's passes, and only through what lies between the
neuron and the loss. With :attr:`Slip.NONE` it gives the engine's own numbers.
"""

from __future__ import annotations

import enum

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Plan
from backprop_gui.network import Kind


class Slip(enum.Enum):
    """What is done otherwise."""

    NONE = "none"
    NO_SLOPE_HERE = "f′ left out at the neuron itself"
    NO_SLOPE_AT_OUTPUTS = "f′ left out at the outputs"
    NO_SLOPE_HIDDEN = "f′ left out at every hidden neuron"
    TWO_SLOPES_AT_OUTPUTS = "f′ twice at the outputs"
    NEW_WEIGHTS = "errors sent back through the weights after the step"


def errors_and_deltas(
    plan: Plan, theta: Array, seen: Trace, loss: Loss, neuron: int, slip: Slip = Slip.NONE
) -> tuple[Array, Array]:
    """Return ∂L/∂a and δ = ∂L/∂z of one neuron for each example, both (examples,), with one slip in them.

    Parameters
    ----------
    theta : (plan.size,) array
        The parameters that errors are sent back through: for :attr:`Slip.NEW_WEIGHTS`, those after the step.
    seen : Trace
        What was computed with the present parameters.
    """
    with np.errstate(all="ignore"):
        return _from_the_loss(plan, theta, seen, loss, neuron, slip)


def _from_the_loss(
    plan: Plan, theta: Array, seen: Trace, loss: Loss, neuron: int, slip: Slip
) -> tuple[Array, Array]:
    network = plan.network
    own = _own(plan, seen, loss)
    errors: dict[int, Array] = {}
    deltas: dict[int, Array] = {}
    for id in between(plan, neuron):
        column, known = plan.column[id], network.neuron_of[id]
        error: Array = np.zeros(len(seen.a))
        slope = seen.slope[:, column].astype(float)
        delta = error
        if id in own:
            error, delta = own[id]
        for edge in network.outgoing[id]:
            sent = theta[plan.slot[edge.source, edge.target]] * deltas[edge.target]
            error, delta = error + sent, delta + sent * slope
        if _without_slope(slip, known.kind, id == neuron):
            delta = error
        elif slip is Slip.TWO_SLOPES_AT_OUTPUTS and known.kind is Kind.OUTPUT:
            delta = delta * slope
        errors[id], deltas[id] = error, delta
    return errors[neuron], deltas[neuron]


def _without_slope(slip: Slip, kind: Kind, here: bool) -> bool:
    match slip:
        case Slip.NO_SLOPE_HERE:
            return here
        case Slip.NO_SLOPE_AT_OUTPUTS:
            return kind is Kind.OUTPUT
        case Slip.NO_SLOPE_HIDDEN:
            return kind is Kind.HIDDEN
        case _:
            return False


def _own(plan: Plan, seen: Trace, loss: Loss) -> dict[int, tuple[Array, Array]]:
    """Return what the loss itself says to each output: ∂L/∂a, and that times f′."""
    outputs = plan.network.outputs
    columns = [plan.column[neuron.id] for neuron in outputs]
    a, t = seen.a[:, columns].T.astype(float), seen.t.T.astype(float)
    slopes, fused = np.empty_like(a), np.empty_like(a)
    loss.slope(a, t, slopes)
    if loss.fused is not None:
        loss.fused.delta(a, t, fused)
    own: dict[int, tuple[Array, Array]] = {}
    for place, neuron in enumerate(outputs):
        is_fused = loss.fused is not None and loss.fused.activation == neuron.activation
        delta = fused[place] if is_fused else slopes[place] * seen.slope[:, columns[place]]
        own[neuron.id] = slopes[place], delta
    return own


def between(plan: Plan, neuron: int) -> list[int]:
    """Return the neuron and all that it leads to, those nearest to the loss first."""
    network = plan.network
    found, waiting = {neuron}, [neuron]
    while waiting:
        for edge in network.outgoing[waiting.pop()]:
            if edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return sorted(found, key=lambda id: -network.ranks[id])


__all__ = ["Slip", "between", "errors_and_deltas"]
