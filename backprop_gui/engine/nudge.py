"""One derivative by hand: move a single weight or bias a little both ways, and see what the loss does.

The slope of the secant, (L(w + h) − L(w − h)) / 2h, stands beside what the delta rule says, δ_target · a_source for a
weight and δ for a bias. Losses come from the walk of the gradient check, which knows nothing of backpropagation.
With a large h the secant is not yet the tangent, an error of order h²; with a tiny one, the two losses are so alike
that their difference is what rounding left of it, an error of order ε/h.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.walk import Walk
from backprop_gui.network import Key

STEPS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8)
USUAL_STEP = 1e-5
POINTS = 41
"""Points of the picture of the loss, an odd number so that one is at the parameter itself."""
SEEN = 2.0
"""How far the picture reaches to either side, in steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Nudge:
    """What one parameter does to the loss of one example, or to the mean or the sum of those of a batch.

    Attributes
    ----------
    value, step : float
        The parameter as it is, and h.
    above, here, below : float
        The loss at value + step, at value, and at value − step.
    slope : float
        (above − below) / 2h, with the h that is left after rounding.
    delta, source : (examples,) arrays
        δ of the neuron that the parameter belongs to, and what it is multiplied with: a of the source for a weight,
        1 for a bias.
    product : float
        The derivative by the delta rule: δ · a, for a batch its mean or sum.
    kink : bool
        Whether a slope jumps between the two points, so that the secant's need not be that of either side.
    at, losses : (POINTS,) arrays
        Values of the parameter around the present one, and the loss at each.
    """

    key: Key
    value: float
    step: float
    above: float
    here: float
    below: float
    slope: float
    delta: Array
    source: Array
    product: float
    kink: bool
    at: Array
    losses: Array

    @property
    def error(self) -> float:
        """|slope − product| relative to the larger of both; 0 where both are 0, ∞ where one of them is not finite."""
        if not (math.isfinite(self.slope) and math.isfinite(self.product)):
            return math.inf
        size = max(abs(self.slope), abs(self.product))
        return abs(self.slope - self.product) / size if size > 0 else 0.0


def nudge(
    plan: Plan,
    theta: Array,
    seen: Trace,
    loss: Loss,
    key: Key,
    step: float = USUAL_STEP,
    *,
    mean: bool = True,
) -> Nudge:
    """Move the parameter ``key`` by ``step`` both ways, for the examples of ``seen``.

    Parameters
    ----------
    theta : (plan.size,) array
        Taken as float64 whatever it is.
    seen : Trace
        With these parameters: what δ and a are taken from.
    key : int or (int, int)
        A neuron's id for its bias, (source, target) for a weight.
    step : float
        h > 0.
    mean : bool
        Whether the loss of several examples is their mean or their sum.

    Raises
    ------
    KeyError
        If the network has no such parameter.
    """
    values = np.asarray(theta, np.float64)[plan.slots]
    value = float(theta[plan.slot[key]])
    x, t = np.asarray(seen.x, np.float64), np.asarray(seen.t, np.float64)
    owner = key[1] if isinstance(key, tuple) else key
    at = value + np.linspace(-SEEN * step, SEEN * step, POINTS)
    at[POINTS // 2] = value
    # What is really added and taken away, after rounding.
    up, down = value + step, value - step
    with np.errstate(all="ignore"):
        walk = Walk(plan.network, dict(zip(plan.keys, values.tolist(), strict=True)), x, t, loss)
        factor = walk.factor(key)
        changes = (np.array([down, value, up, *at]) - value) * factor
        # What leads to no output changes no loss: there is one for all nudges then.
        each = np.broadcast_to(walk.nudged(owner, changes), changes.shape)
        losses = each.mean(axis=0) if mean else each.sum(axis=0)
        kink = walk.meets_a_kink(owner, changes[:, :3])
        below, here, above = losses[:3].tolist()
        slope = float(np.float64(above - below) / np.float64(up - down))
        delta = seen.delta[:, plan.column[owner]]
        source = seen.a[:, plan.column[key[0]]] if isinstance(key, tuple) else np.ones(len(x))
        product = float((delta * source).mean() if mean else (delta * source).sum())
    return Nudge(
        key,
        value,
        step,
        above,
        here,
        below,
        slope,
        frozen(delta),
        frozen(source),
        product,
        kink,
        frozen(at),
        frozen(losses[3:]),
    )


__all__ = ["POINTS", "STEPS", "USUAL_STEP", "Nudge", "nudge"]
