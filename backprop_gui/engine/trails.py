"""Trails: what a few edges and neurons were at every kept moment of a run, for the examples that are looked at now.

The timeline keeps causes, the parameters; what they did to today's examples is computed again, moment by moment.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.gradient_check import Cancelled
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import traces
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.reading import deltas, deltas_of, gradient
from backprop_gui.engine.segment import Passage
from backprop_gui.engine.standing import Standing
from backprop_gui.network import Key

MOST_MOMENTS, FEWEST_MOMENTS = 512, 32
"""More could not be told apart in a plot; with fewer, none would be one. Where even those would take too long, fewer
examples are looked at."""
MOST_COPIED = 1_000_000
"""Parameters that are copied at a time, while training waits."""
MOST_WORK = 800_000_000
"""What is computed in a second at most on a busy machine: at each moment of each example every weight, and every neuron
as if it were ``NEURON_WORK`` of them."""
NEURON_WORK = 64
"""What a neuron's functions, slopes and copies take, in weights that are multiplied."""


class Track(enum.Enum):
    """A number of an edge or a neuron that changes with time.

    Of an edge: its weight, ∂L/∂w, the delta of its target and the activation of its source, whose product is
    ∂L/∂w. Of a neuron: its bias, ∂L/∂b, and its own delta and activation.
    """

    VALUE = "value"
    GRADIENT = "gradient"
    DELTA = "delta"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True, eq=False)
class Trails:
    """Numbers over time; NaN where there was none, such as before an edge was drawn.

    Attributes
    ----------
    keys : tuple of keys
        Edges and neurons.
    steps, epochs : (moments,) arrays
        When each moment was, in ascending order.
    examples : (chosen, all)
        How many were looked at, and how many they stand for.
    means : (moments,) array of bool
        Whether training took the mean over a batch then, or the sum.
    tracks : mapping of (keys, moments) arrays
        Where several examples are looked at, deltas and activations are means over them, and gradients are
        reduced as training reduced a batch then.
    """

    keys: tuple[Key, ...]
    steps: Array
    epochs: Array
    examples: tuple[int, int]
    means: Array
    tracks: Mapping[Track, Array]


def work_of(plan: Plan) -> int:
    """Return what one example at one moment takes, in weights that are multiplied."""
    return plan.size + NEURON_WORK * plan.row_count


def _examples_for(plan: Plan) -> int:
    """Return with how many examples the fewest moments can still be computed quickly."""
    return max(1, MOST_WORK // (work_of(plan) * FEWEST_MOMENTS))


def moments_for(plan: Plan, examples: int) -> int:
    """Return of how many moments trails of a network can be computed quickly."""
    examples = min(examples, _examples_for(plan))
    copied, computed = MOST_COPIED // plan.size, MOST_WORK // (work_of(plan) * examples)
    return max(FEWEST_MOMENTS, min(MOST_MOMENTS, copied, computed))


def recorded(standing: Standing, limit: int) -> list[Passage]:
    """Return at most ``limit`` moments, which are several, copied: kept ones, and where training stands."""
    passages = standing.timeline.passages(limit - 1)
    if not passages or passages[-1].steps[-1] < standing.step:
        segment = standing.timeline.segments[-1]
        here, now = np.array([standing.step]), np.array([standing.epoch])
        passages.append(
            Passage(standing.plan, segment.loss, segment.mean, here, now, standing.theta[np.newaxis].copy())
        )
    return passages


def trails(
    passages: Sequence[Passage],
    keys: Sequence[Key],
    x: Array,
    t: Array,
    conventions: Conventions,
    cancelled: Cancelled = lambda: False,
) -> Trails | None:
    """Return the numbers of ``keys`` at each moment of ``passages``; None if that was cancelled.

    Parameters
    ----------
    x, t : (examples, inputs), (examples, outputs) arrays
        What is looked at: of more than there is time for, some that are evenly chosen, from which a sum over all
        is estimated. A drawing that had another number of inputs or outputs has a value, but no gradient,
        delta or activation.
    conventions : Conventions
        How deltas and gradients are written.
    cancelled : callable
        Asked at each moment.
    """
    count, most = len(x), min(_examples_for(passage.plan) for passage in passages)
    some = evenly_chosen(count, most)
    x, t = (x, t) if count <= most else (x[some], t[some])
    steps = np.concatenate([passage.steps for passage in passages])
    epochs = np.concatenate([passage.epochs for passage in passages])
    parts = []
    for passage in passages:
        part = _tracks(passage, keys, x, t, conventions, count, cancelled)
        if part is None:
            return None
        parts.append(part)
    means = np.repeat([passage.mean for passage in passages], [len(passage.steps) for passage in passages])
    steps, chosen = np.unique(steps, return_index=True)
    joined = {track: np.concatenate([part[track] for part in parts], axis=1)[:, chosen] for track in Track}
    return Trails(tuple(keys), steps, epochs[chosen], (len(x), count), means[chosen], joined)


def numbers_of(frame: Frame, keys: Sequence[Key], conventions: Conventions) -> dict[Track, Array]:
    """Return the numbers of ``keys`` at the moment and for the examples of ``frame``, (keys,) each."""
    plan = frame.plan
    found = {track: np.full(len(keys), np.nan) for track in Track}
    grad, delta, a = gradient(frame, conventions), deltas(frame, conventions)[0], frame.trace.a[0]
    for place, key in enumerate(keys):
        if key in plan.slot:
            found[Track.VALUE][place] = frame.theta[plan.slot[key]]
            found[Track.GRADIENT][place] = grad[plan.slot[key]]
        if _is_drawn(plan, key):
            target, source = _columns(plan, key)
            found[Track.DELTA][place], found[Track.ACTIVATION][place] = delta[target], a[source]
    return found


def _tracks(
    passage: Passage,
    keys: Sequence[Key],
    x: Array,
    t: Array,
    conventions: Conventions,
    count: int,
    cancelled: Cancelled,
) -> dict[Track, Array] | None:
    plan = passage.plan
    found = {track: np.full((len(keys), len(passage.steps)), np.nan) for track in Track}
    weighed = [(place, plan.slot[key]) for place, key in enumerate(keys) if key in plan.slot]
    for place, slot in weighed:
        found[Track.VALUE][place] = passage.thetas[:, slot]
    there = [(place, *_columns(plan, key)) for place, key in enumerate(keys) if _is_drawn(plan, key)]
    if not there or (x.shape[1], t.shape[1]) != (len(plan.inputs), len(plan.outputs)):
        return found
    share = 1 if passage.mean else count / len(x)
    for at, (grad, delta, a) in enumerate(_traced(passage, x, t, conventions)):
        if cancelled():
            return None
        for place, slot in weighed:
            found[Track.GRADIENT][place, at] = share * grad[slot]
        for place, target, source in there:
            found[Track.DELTA][place, at] = delta[target]
            found[Track.ACTIVATION][place, at] = a[source]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """What the deltas of one moment of a passage are read with."""

    plan: Plan
    loss: Loss
    theta: Array


def _traced(
    passage: Passage, x: Array, t: Array, conventions: Conventions
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield, for each moment, the gradient, (parameters,), and all deltas and activations, (neurons,), as written."""
    found = traces(passage.plan, passage.thetas, x, t, passage.loss, mean=passage.mean)
    for theta, trace in zip(passage.thetas, found, strict=True):
        delta = deltas_of(_Moment(passage.plan, passage.loss, theta), trace, conventions)
        yield conventions.factor * trace.grad, delta.mean(axis=0), trace.a.mean(axis=0)


def _is_drawn(plan: Plan, key: Key) -> bool:
    return key in plan.slot if isinstance(key, tuple) else key in plan.column


def _columns(plan: Plan, key: Key) -> tuple[int, int]:
    """Return the columns, in a trace, of the neuron whose delta and of the one whose activation ``key`` has."""
    source, target = key if isinstance(key, tuple) else (key, key)
    return plan.column[target], plan.column[source]


__all__ = ["Track", "Trails", "moments_for", "numbers_of", "recorded", "trails", "work_of"]
