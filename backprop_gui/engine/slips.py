"""Backpropagation as it is sometimes miswritten: the deltas of a neuron with one thing done otherwise.

It is the textbook's pass over numbers that the engine has computed forwards. With :attr:`Slip.NONE` it gives the
engine's own deltas.
"""

from __future__ import annotations

import enum

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.textbook import RIGHT, Equations, TextbookPass
from backprop_gui.network.reach import led_to


class Slip(enum.Enum):
    """What is done otherwise."""

    NONE = "none"
    NO_SLOPE_HERE = "f′ left out at the neuron itself"
    NO_SLOPE_AT_OUTPUTS = "f′ left out at the outputs"
    NO_SLOPE_HIDDEN = "f′ left out at every hidden neuron"
    TWO_SLOPES_AT_OUTPUTS = "f′ twice at the outputs"
    NEW_WEIGHTS = "errors sent back through the weights after the step"


EQUATIONS = {
    Slip.NO_SLOPE_AT_OUTPUTS: Equations(output_slopes=0),
    Slip.NO_SLOPE_HIDDEN: Equations(hidden_slopes=0),
    Slip.TWO_SLOPES_AT_OUTPUTS: Equations(output_slopes=2),
}
"""The slips in the equations themselves; the others are in what goes into them, or comes out."""


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
    textbook = TextbookPass(plan, loss, EQUATIONS.get(slip, RIGHT))
    z, a, t = (values.astype(np.float64) for values in (seen.z.T, seen.a.T, seen.t))
    on_the_way = (plan.network.neuron_of[id] for id in led_to(plan.network, neuron))
    errors, deltas = textbook.backward(theta.astype(np.float64), z, a, t, on_the_way)
    column = plan.column[neuron]
    error, delta = errors[column], deltas[column]
    if slip is Slip.NO_SLOPE_HERE:
        delta = error
    elif slip is Slip.NONE:
        # It is the engine's own number, to the last bit: this pass adds up in another order.
        delta = seen.delta[:, column].astype(np.float64)
    return error, delta


__all__ = ["Slip", "errors_and_deltas"]
