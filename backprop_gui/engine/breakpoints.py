"""Breakpoints: conditions at which training stops by itself, at exactly the update that meets them.

They only look: the bits of training are the same with and without them, and so is the step at which they stop it,
however the updates are cut into calls. That a number is not finite always stops training (see :mod:`trouble`) and
needs no breakpoint.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from backprop_gui.engine.frame import Note, NoteKind, Score
from backprop_gui.engine.stepper import Stepper
from backprop_gui.network import Key, Kind
from backprop_gui.numerals import counted
from backprop_gui.registry import Registry

NEVER_BEFORE = math.nan
"""The loss of the epoch before, where there was none."""


class When(enum.Enum):
    """How often a condition is looked at."""

    UPDATE = "after every update"
    EPOCH = "at the end of every epoch"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a condition can see.

    Attributes
    ----------
    stepper : Stepper
        Just after an update.
    train, test : Score, Score or None
        Of this moment, for conditions that are looked at by epochs.
    before : float
        The training loss at the end of the epoch before; NaN if it is not known.
    updates : int
        Made since the breakpoint was set, or since it stopped training last.
    """

    stepper: Stepper
    train: Score
    test: Score | None
    before: float
    updates: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A condition that is met: a clause that says so with its numbers, and the neurons and edges to look at."""

    text: str
    keys: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class BreakpointKind:
    """One kind of condition.

    Attributes
    ----------
    name : str
    label : str
        The condition in words.
    words : tuple of str
        What stands before the bound and what behind it.
    about : str
        What exactly is compared, in a sentence or two.
    default, low, high : float
        The bound: at first, and its range.
    when : When
    check : callable
        Returns a hit if the condition is met by what it sees, given the bound.
    whole : bool
        Whether the bound is a whole number.
    counts : bool
        Whether it is met again only after as long as the first time; others must have been false in between.
    needs_classes : bool
        Whether it has a meaning only where answers are right or wrong.
    """

    name: str
    label: str
    words: tuple[str, str]
    about: str
    default: float
    low: float
    high: float
    when: When
    check: Callable[[Sight, float], Hit | None]
    whole: bool = False
    counts: bool = False
    needs_classes: bool = False


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A condition with its bound; ``kind`` is a name in :data:`BREAKPOINTS`."""

    kind: str
    bound: float
    on: bool = True


BREAKPOINTS: Registry[BreakpointKind] = Registry("breakpoint")


@dataclass(slots=True)
class _Watched:
    breakpoint: Breakpoint
    kind: BreakpointKind = field(init=False)
    armed: bool = True
    since: int = 0

    def __post_init__(self) -> None:
        self.kind = BREAKPOINTS[self.breakpoint.kind]


class Watch:
    """The breakpoints that are on, and which of them may stop training.

    One that has stopped it does so again only after its condition has been false.

    Attributes
    ----------
    scores : bool
        Whether the losses are wanted at the end of every epoch.
    """

    def __init__(self, breakpoints: Iterable[Breakpoint], stepper: Stepper, earlier: Watch | None) -> None:
        """Watch for ``breakpoints`` from now on; those that ``earlier`` has watched for stay as they are."""
        known = {} if earlier is None else {one.breakpoint: one for one in earlier._watched}
        self._watched: list[_Watched] = [
            known.get(one) or _Watched(one, since=stepper.step) for one in breakpoints if one.on
        ]
        self.scores = any(one.kind.when is When.EPOCH for one in self._watched)
        self._before: float = NEVER_BEFORE
        if earlier is not None and earlier.scores:
            self._before = earlier._before
        elif self.scores and not stepper.batches.position:
            self._before = stepper.score_train().loss

    def begin(self, stepper: Stepper, loss: float, *, again: bool) -> None:
        """Begin at another moment, whose training loss is ``loss``; ``again`` forgets what has stopped training."""
        if again:
            for one in self._watched:
                one.armed, one.since = True, stepper.step
        # Within an epoch there is nothing that its end could be compared with.
        self._before = NEVER_BEFORE if stepper.batches.position else loss

    def look(self, stepper: Stepper, train: Score, test: Score | None) -> Note | None:
        """Return a note if the update that was just made meets a condition.

        At the end of an epoch, ``train`` and ``test`` must be the scores of this moment if :attr:`scores` says so.
        """
        ended = stepper.batches.position == 0
        hits = []
        for one in self._watched:
            kind = one.kind
            if kind.when is When.EPOCH and not ended:
                continue
            sight = Sight(stepper, train, test, self._before, stepper.step - one.since)
            hit = kind.check(sight, one.breakpoint.bound)
            if hit is not None and one.armed:
                hits.append(hit)
                one.since = stepper.step
            one.armed = hit is None or kind.counts
        if ended and self.scores:
            self._before = train.loss
        if not hits:
            return None
        text = f"Stopped at step {stepper.step:,}: {'; '.join(hit.text for hit in hits)}."
        keys = frozenset[Key]().union(*(hit.keys for hit in hits))
        return Note(NoteKind.BREAKPOINT, text, stepper.step, keys=keys)


# ---- the conditions


def _loss_rises(sight: Sight, bound: float) -> Hit | None:
    loss, before = sight.train.loss, sight.before
    if not loss > before * bound:
        return None
    now, then = _apart(loss, before)
    epoch = sight.stepper.batches.epoch
    return Hit(f"the training loss of epoch {epoch:,} is {now}, more than {_short(bound)} times {then}")


def _delta_vanishes(sight: Sight, bound: float) -> Hit | None:
    plan, means = sight.stepper.plan, sight.stepper.layer_deltas()
    least = int(means.argmin())
    if not means[least] < bound:
        return None
    layer = plan.network.layers[least]
    value, limit = _apart(float(means[least]), bound)
    keys = frozenset[Key](n.id for n in plan.network.members[layer.id] if n.kind is not Kind.INPUT)
    return Hit(f"the mean |δ| of layer “{layer.name}” is {value}, below {limit}", keys)


def _weight_grows(sight: Sight, bound: float) -> Hit | None:
    theta, plan = sight.stepper.theta, sight.stepper.plan
    if not max(theta.max(), -theta.min()) > bound:
        return None
    place = int(np.abs(theta[plan.slots]).argmax())
    slot, key = int(plan.slots[place]), plan.keys[place]
    value, limit = _apart(float(theta[slot]), bound)
    return Hit(f"{plan.parameter_name(slot)} is {value}, beyond ±{limit}", frozenset([key]))


def _accuracy_reached(sight: Sight, bound: float) -> Hit | None:
    score, part = (sight.train, "training") if sight.test is None else (sight.test, "test")
    if score.accuracy is None or not 100 * score.accuracy >= bound:
        return None
    return Hit(f"the accuracy on the {part} data is {100 * score.accuracy:.4g} %, the goal {_short(bound)} %")


def _updates_made(sight: Sight, bound: float) -> Hit | None:
    if sight.updates < bound:
        return None
    count = int(bound)
    return Hit(f"{counted(count, 'update')} {'have' if count != 1 else 'has'} been made")


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _apart(value: float, bound: float) -> tuple[str, str]:
    """Return both numbers with as many digits as it takes to see that they are not the same."""
    for digits in range(4, 18):
        texts = [f"{number:.{digits}g}".replace("-", "−") for number in (value, bound)]
        if texts[0].removeprefix("−") != texts[1].removeprefix("−"):
            break
    return texts[0], texts[1]


def _add(kind: BreakpointKind) -> None:
    BREAKPOINTS.add(kind.name, kind)


_add(
    BreakpointKind(
        "loss-rises",
        "The loss rises",
        ("above", "× the last"),
        "The training loss at the end of an epoch is larger than at the end of the one before by more than this "
        "factor. While it is watched, the loss is evaluated after every epoch.",
        1.1,
        1.0,
        1e9,
        When.EPOCH,
        _loss_rises,
    )
)
_add(
    BreakpointKind(
        "delta-below",
        "The deltas of a layer vanish",
        ("mean |δ| below", ""),
        "The absolute deltas of a layer, of each example's own loss, averaged over its neurons and the batch that was "
        "just learned from.",
        1e-6,
        0.0,
        1e9,
        When.UPDATE,
        _delta_vanishes,
    )
)
_add(
    BreakpointKind(
        "weight-beyond",
        "A weight or bias grows large",
        ("beyond ±", ""),
        "The largest absolute weight or bias after an update, frozen ones included.",
        10.0,
        0.0,
        1e12,
        When.UPDATE,
        _weight_grows,
    )
)
_add(
    BreakpointKind(
        "accuracy",
        "The accuracy is reached",
        ("at least", "%"),
        "The share of right answers at the end of an epoch, on the test data; without test data, on the training data.",
        100.0,
        0.0,
        100.0,
        When.EPOCH,
        _accuracy_reached,
        needs_classes=True,
    )
)
_add(
    BreakpointKind(
        "updates",
        "So many updates have been made",
        ("", "more"),
        "Updates from now on; after each stop they are counted anew.",
        1000,
        1,
        1e12,
        When.UPDATE,
        _updates_made,
        whole=True,
        counts=True,
    )
)
