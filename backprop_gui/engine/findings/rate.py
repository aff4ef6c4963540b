"""A learning rate that is too high or too low, by how the loss went and how large the steps are."""

from __future__ import annotations

import math

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.edge_arrays import EdgeArrays
from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import number
from backprop_gui.engine.schedules import SCHEDULES

USUAL = 1e-3
"""A good |step| / |w|, as Karpathy's notes to Stanford's CS231n, "Ratio of weights:updates", have it."""
HIGH, LOW = 10 * USUAL, 1e-5
"""Median |step| / |w| above and below which the rate may be to blame; alone it is no finding."""
GROWN, LATE = 1.5, 4
"""A loss that is so many times its first one in so many records, and does not fall steadily, is neither the noise of
mini-batches nor what an edit of the drawing has made of it."""
RECENT, FEWEST = 32, 8
"""Records of the loss that its trend is read from, and the fewest of them that show one."""
ROUGH = 0.3
"""Share of rises among the changes of the loss, each by more than ``JUMP`` of it, from which on it oscillates."""
JUMP = 0.05
STILL = 0.01
"""A loss that falls by less than this share over the recent records barely falls."""
PULL = 1e-3
"""Median |gradient| / |w| from which on there is something to be learned that the rate keeps from happening. At a
minimum, and where deltas vanish, it is smaller, and a higher rate would be no help."""


def find(checkup: Checkup) -> list[Finding]:
    """Return at most one finding."""
    losses = checkup.losses[-RECENT:]
    if checkup.settled or len(losses) < 2:
        return []
    step, pull = _median_shares(checkup)
    first = float(checkup.losses[0])
    now = float(losses[-1])
    late = losses[-LATE:]
    risen = len(late) == LATE and bool((late > GROWN * first).all() and (np.diff(late) >= 0).any())
    rises = _rises(losses)
    if risen or (rises >= ROUGH and step > HIGH):
        return [_too_high(checkup, first, now, risen, rises, step)]
    fall = 1 - now / float(losses[0])
    if len(losses) >= FEWEST and fall < STILL and not rises and step < LOW and pull >= PULL:
        return [_too_low(checkup, fall, step, pull)]
    return []


def _rises(losses: Array) -> float:
    """Return the share of rises in a stretch of the curve that are more than its noise."""
    if len(losses) < FEWEST or not np.isfinite(losses).all():
        return 0.0
    return float((np.diff(losses) > JUMP * losses[:-1]).mean())


def _median_shares(checkup: Checkup) -> tuple[float, float]:
    """Return the medians of |step| / |w| and of |gradient| / |w| over all weights that are trained and not 0."""
    slots = checkup.plan.weight_slots[~EdgeArrays.of(checkup.plan.network.edges).frozen]
    weights = np.abs(checkup.theta[slots])
    slots, weights = slots[weights > 0], weights[weights > 0]
    if not len(slots):
        return np.nan, np.nan
    with np.errstate(all="ignore"):
        step, pull = (
            float(np.median(np.abs(vector[slots]) / weights))
            for vector in (checkup.update, checkup.trace.grad)
        )
    return step, pull


def _too_high(checkup: Checkup, first: float, now: float, risen: bool, rises: float, step: float) -> Finding:
    if risen:
        trend = f"The training loss began at {number(first)} and is {number(now)} now."
    else:
        trend = f"The training loss rises in {100 * rises:.0f} % of its recent records by more than {100 * JUMP:.0f} %."
    # There is no such share where no weight is trained, or all are 0.
    share = (
        "The"
        if math.isnan(step)
        else f"The next step is {number(step)} of the weight in the median, where about {number(USUAL)} is usual; the"
    )
    return Finding(
        "rate-high",
        Severity.HINDERS,
        "Learning rate too high",
        f"{trend} {share} learning rate is {_rate(checkup)}.",
        "The gradient says how the loss changes close by. A step that goes beyond that lands where the slope is "
        "another one, often on the far side of the valley and higher up, from where the next step is larger still.",
        "Divide the learning rate by 3 to 10 and begin again, or clip the gradient.",
        look=Look.STEPS,
    )


def _too_low(checkup: Checkup, fall: float, step: float, pull: float) -> Finding:
    factor = SCHEDULES[checkup.settings.schedule].factor(checkup.settings, int(checkup.epoch))
    lowered = f", of which the schedule leaves {number(factor)}" if factor < 1 else ""
    return Finding(
        "rate-low",
        Severity.HINDERS,
        "Learning rate too low",
        f"Over the last {min(len(checkup.losses), RECENT)} records the training loss fell by only "
        f"{number(100 * max(fall, 0.0), 2)} %. The next step is {number(step)} of the weight in the median, where "
        f"about {number(USUAL)} is usual, although the gradient is {number(pull)} of the weight; the learning rate is "
        f"{_rate(checkup)}{lowered}.",
        "There is a slope to go down, but each step is so short that training hardly moves.",
        "Multiply the learning rate by 10 until the loss falls visibly; if it begins to jump, divide it by 3.",
        look=Look.STEPS,
    )


def _rate(checkup: Checkup) -> str:
    return number(checkup.settings.learning_rate)


FINDERS.add("rate", Finder("rate", "a learning rate that is too high or too low", find))
