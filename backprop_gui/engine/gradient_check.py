"""The independent check: the gradient as the limit of the loss itself, without a line of backpropagation.

The forward pass here (:mod:`backprop_gui.engine.walk`) walks the drawing neuron by neuron and edge by edge. It shares
nothing with the plan or with :mod:`backprop_gui.engine.passes` but the definitions of the activations and losses, so a
wrong layout, a forgotten factor or a bias moved twice cannot hide on both sides.

Where everything is analytic, the derivative is taken by a complex step, Im L(θ + i h) / h with h = 1e-30: no
difference is formed, so nothing cancels, and the result is exact to rounding (Squire and Trapp, "Using Complex
Variables to Estimate Derivatives of Real Functions", SIAM Review 40, 1998). Elsewhere central differences
(L(θ + h) − L(θ − h)) / 2h serve, whose error is about 1e-10. Exactly on a kink, such as ReLU at z = 0, there is no
derivative, and every slope between the one from the left and the one from the right is right.

Two right ways to compute one number still differ by rounding. Where a gradient is what is left of large terms that
cancel, as in a network that has learnt all it can, that difference is large beside the gradient and says nothing;
so an error is measured against the terms as well (:func:`_rounding`).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.edge_arrays import EdgeArrays, places_of
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.walk import Key, Walk

COMPLEX_STEP = 1e-30
DIFFERENCE_STEP = 6e-6
"""The cube root of the rounding: there what the difference leaves out is about as small as what rounding adds."""
ROUNDINGS = 16 * float(np.finfo(np.float64).eps)
"""Relative error that a handful of operations may leave in each term of a sum."""
MOST_DOUBTS = 200
"""How many doubtful parameters are looked at from both sides; a gradient with more of them is wrong."""
MOST_EXAMPLES = 32
"""Every parameter is nudged on every example: more of them would take longer and show the same."""
MOST_NUMBERS = 1_000_000
"""How many numbers one array of the check may hold; parameters are nudged in chunks of that size."""

LOSS = "the loss itself"

Cancelled = Callable[[], bool]
Progress = Callable[[float], object]


class Method(enum.Enum):
    """How the reference gradient is found, with the relative error that a correct gradient stays below."""

    COMPLEX_STEP = ("complex step", 1e-12)
    CENTRAL_DIFFERENCE = ("central difference", 1e-6)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.value[0]

    @property
    def tolerance(self) -> float:
        """The largest relative error that passes."""
        return self.value[1]


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """The outcome, one entry a drawn parameter in the order of ``plan.keys`` (biases, then weights).

    Attributes
    ----------
    claimed, measured : (parameters,) arrays
        Backpropagation's gradient and the reference.
    errors : (parameters,) array
        |claimed − measured| / max(|claimed|, |measured|, floor), where the floor is a thousandth of the largest
        entry of either gradient: an error in a gradient that is practically nothing beside the others counts by
        what it does to the whole step. The floor is higher where rounding alone would exceed the tolerance.
        0 where both are 0; infinite where either is not finite.
    loss_error : float
        Relative difference between the loss that training sees and the one computed here.
    """

    plan: Plan
    method: Method
    claimed: Array
    measured: Array
    errors: Array
    loss_error: float

    @property
    def max_relative_error(self) -> float:
        """The largest error of all, that of the loss included."""
        return max(float(self.errors.max(initial=0.0)), self.loss_error)

    @property
    def passed(self) -> bool:
        """Whether every entry is within the method's tolerance."""
        return self.max_relative_error <= self.method.tolerance

    @property
    def worst(self) -> str:
        """What has the largest error: the name of a parameter, or ``the loss itself``."""
        if not self.errors.max(initial=0.0) >= self.loss_error:
            return LOSS
        return self.name(int(self.errors.argmax()))

    def name(self, index: int) -> str:
        """Return what people call an entry of the arrays, such as ``the weight x1 → h2``."""
        return self.plan.parameter_name(int(self.plan.slots[index]))

    @cached_property
    def worst_first(self) -> NDArray[np.intp]:
        """The entries from the largest error to the smallest, (parameters,); equal ones in drawing order."""
        return np.argsort(-self.errors, kind="stable")


def check_gradient(
    plan: Plan,
    theta: Array,
    x: Array,
    t: Array,
    loss: Loss,
    *,
    mean: bool = True,
    claimed: Array | None = None,
    cancelled: Cancelled = lambda: False,
    progress: Progress = lambda share: None,
) -> GradientCheck | None:
    """Compare backpropagation's gradient with an independent one, parameter by parameter.

    Parameters
    ----------
    theta : (plan.size,) array
        Taken as float64 whatever it is.
    x, t : (examples, inputs), (examples, outputs) arrays
    mean : bool
        Whether the batch loss is the mean over the examples or their sum.
    claimed : (plan.size,) array, optional
        Another gradient to be judged, in the layout of θ; without it, that of :func:`trace`.
    cancelled : callable
        Asked now and then; once it says True the check gives up and returns None.
    progress : callable
        Told now and then which share of the parameters is done, from 0 to 1.
    """
    theta = np.asarray(theta, np.float64)
    x, t = np.asarray(x, np.float64), np.asarray(t, np.float64)
    seen = trace(plan, theta, x, t, loss, mean=mean)
    gradient = seen.grad if claimed is None else np.asarray(claimed, np.float64)
    analytic = loss.analytic and all(ACTIVATIONS[n.activation].analytic for n in plan.network.neurons)
    method = Method.COMPLEX_STEP if analytic else Method.CENTRAL_DIFFERENCE
    values = theta[plan.slots]
    with np.errstate(all="ignore"):
        walk = Walk(plan.network, dict(zip(plan.keys, values.tolist(), strict=True)), x, t, loss)
        measured = _measure(plan, walk, values, method, cancelled, progress)
        if measured is None:
            return None
        ours = gradient[plan.slots]
        count = len(x) if mean else 1
        of_gradient, of_losses = _rounding(plan, values, seen, method)
        floor = of_gradient / count / method.tolerance
        if method is Method.CENTRAL_DIFFERENCE:
            doubtful = np.flatnonzero(_relative(ours, measured / count, floor) > method.tolerance)
            for i in doubtful[:MOST_DOUBTS]:
                if cancelled():
                    return None
                measured[i] = _nearest_slope(plan, walk, values, int(i), ours[i] * count)
        measured /= count
        loss_error = _relative(seen.losses, walk.losses, of_losses / method.tolerance).max()
    errors = _relative(ours, measured, floor)
    return GradientCheck(plan, method, frozen(ours), frozen(measured), frozen(errors), float(loss_error))


def _relative(ours: Array, reference: Array, floor: Array) -> Array:
    """|ours − reference| relative to the larger of both, to ``floor``, or to a thousandth of the largest entry."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(ours), np.abs(reference))
        least = max(1e-3 * float(size.max(initial=0.0)), np.finfo(float).tiny)
        errors: Array = np.abs(ours - reference) / np.maximum(np.maximum(size, least), floor)
    errors[~np.isfinite(errors)] = np.inf
    return errors


def _rounding(plan: Plan, values: Array, seen: Trace, method: Method) -> tuple[Array, Array]:
    """Return how much rounding may change the summed gradient, (parameters,), and each loss, (examples,).

    The bound is backpropagation with nothing that could cancel or vanish: absolute values everywhere, the sizes of
    outputs and targets instead of their difference, and no slope below 1, since the rounding of a saturated
    activation is that of 1. A difference of two losses is further uncertain by their own rounding over the step.
    """
    network, edges = plan.network, EdgeArrays.of(plan.network.edges)
    source, target = (places_of(ends, network.neurons) for ends in (edges.source, edges.target))
    size, biased = np.abs(values), len(plan.bias_slots)
    bias = np.zeros(len(network.neurons))
    bias[[neuron.bias is not None for neuron in network.neurons]] = size[:biased]
    weight = size[biased:]
    a, delta, slope = np.abs(seen.a), np.abs(seen.delta), np.maximum(1.0, np.abs(seen.slope))
    own = np.zeros_like(a)
    for number, neuron in enumerate(network.outputs):
        column = plan.column[neuron.id]
        into = np.flatnonzero(target == column)
        own[:, column] = delta[:, column] + a[:, column] + np.abs(seen.t[:, number]) + bias[column]
        own[:, column] += a[:, source[into]] @ weight[into]
    # The edges by their source, so that those out of one neuron are neighbours.
    order = np.argsort(source, kind="stable")
    first = np.searchsorted(source[order], np.arange(len(network.neurons) + 1))
    reach = np.zeros_like(a)
    for neuron in sorted(network.neurons, key=lambda neuron: -network.ranks[neuron.id]):
        column = plan.column[neuron.id]
        out = order[first[column] : first[column + 1]]
        reach[:, column] = (own[:, column] + reach[:, target[out]] @ weight[out]) * slope[:, column]
    terms = np.empty(len(values))
    terms[:biased] = reach[:, [neuron.bias is not None for neuron in network.neurons]].sum(axis=0)
    terms[biased:] = np.einsum("ke,ke->e", reach[:, target], a[:, source])
    # A loss is as uncertain as itself, as its slope times the uncertainty of the outputs (both after the nudge, which
    # counts where they are 0), and as the numbers around 1 that a logarithm near 0 is made of.
    terms_of_loss = own.sum(axis=1) + DIFFERENCE_STEP
    slopes = delta[:, [plan.column[neuron.id] for neuron in network.outputs]].sum(axis=1) + DIFFERENCE_STEP
    of_losses = ROUNDINGS * (np.abs(seen.losses) + slopes * terms_of_loss + np.minimum(terms_of_loss, 1.0))
    of_gradient = ROUNDINGS * (1 + np.abs(seen.z).max(initial=0.0)) * terms
    if method is Method.CENTRAL_DIFFERENCE:
        of_gradient += of_losses.sum() / DIFFERENCE_STEP
    return of_gradient, of_losses


def _measure(
    plan: Plan, walk: Walk, values: Array, method: Method, cancelled: Cancelled, progress: Progress
) -> Array | None:
    """Return the reference gradient of the summed loss, one entry a drawn parameter; None if it was cancelled."""
    measured = np.empty(len(values))
    done = 0
    chunk = max(1, MOST_NUMBERS // max(1, len(walk.losses) * len(plan.network.neurons)))
    for neuron, mine in _by_neuron(plan).items():
        for start in range(0, len(mine), chunk):
            if cancelled():
                return None
            some = mine[start : start + chunk]
            factors = np.hstack([walk.factor(plan.keys[i]) for i in some])
            if method is Method.COMPLEX_STEP:
                measured[some] = (
                    walk.nudged(neuron, 1j * COMPLEX_STEP * factors).imag.sum(axis=0) / COMPLEX_STEP
                )
            else:
                # What is really added and taken away, after rounding.
                up = values[some] + _steps(values[some])
                down = values[some] - _steps(values[some])
                rise = walk.nudged(neuron, (up - values[some]) * factors) - walk.nudged(
                    neuron, (down - values[some]) * factors
                )
                measured[some] = rise.sum(axis=0) / (up - down)
            done += len(some)
            progress(done / len(values))
    return measured


def _by_neuron(plan: Plan) -> dict[int, list[int]]:
    """Group the drawn parameters by the neuron whose weighted sum they are part of."""
    groups: dict[int, list[int]] = {}
    for index, key in enumerate(plan.keys):
        groups.setdefault(_owner(key), []).append(index)
    return groups


def _owner(key: Key) -> int:
    return key[1] if isinstance(key, tuple) else key


def _steps(values: Array) -> Array:
    steps: Array = DIFFERENCE_STEP * np.maximum(1.0, np.abs(values))
    return steps


def _nearest_slope(plan: Plan, walk: Walk, values: Array, parameter: int, claimed: float) -> float:
    """Return the slope of the summed loss that comes nearest to ``claimed`` among those between left and right.

    Each side's slope is taken from three points on that side only, (−3 L₀ + 4 L₁ − L₂) / 2h, whose error is of the
    second order as well. An example whose two slopes agree leaves no choice.
    """
    step = float(_steps(values[parameter : parameter + 1])[0])
    key = plan.keys[parameter]
    at = walk.nudged(_owner(key), step * np.array([0, 1, 2, -1, -2]) * walk.factor(key))
    right = (-3 * at[:, 0] + 4 * at[:, 1] - at[:, 2]) / (2 * step)
    left = -(-3 * at[:, 0] + 4 * at[:, 3] - at[:, 4]) / (2 * step)
    smallest, largest = np.minimum(left, right).sum(), np.maximum(left, right).sum()
    return float(np.clip(claimed, smallest, largest))
