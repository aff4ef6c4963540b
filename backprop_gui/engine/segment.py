"""A segment of the timeline: moments that one stepper went through, from which it can go through all others again."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_gui.engine.frame import Beginning
from backprop_gui.engine.losses import LOSSES, Loss
from backprop_gui.engine.run import Best
from backprop_gui.engine.stepper import Moment, Stepper


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A moment, and the best weights up to then where early stopping watches for them."""

    moment: Moment
    best: Best | None = None

    @property
    def step(self) -> int:
        """Updates made until then."""
        return self.moment.step

    @property
    def bytes(self) -> int:
        """What it takes."""
        best = 0 if self.best is None else self.best.parameters.nbytes
        return bytes_of(self.moment) + best


class Segment:
    """A part of the past in which nothing but updates has changed anything.

    Attributes
    ----------
    plan : Plan
    origin : object
        What the change that began it came from: whatever the trainer was told.
    text : str
        What that change is called; empty where training began.
    beginning : Beginning
        Since when losses can be compared with those of this segment.
    records : list of Record
        By step; the first is the beginning of the segment.
    """

    def __init__(self, stepper: Stepper, origin: object, text: str, beginning: Beginning) -> None:
        self.plan, self.origin, self.text, self.beginning = stepper.plan, origin, text, beginning
        self.records: list[Record] = []
        self._parts = stepper.plan, stepper.examples, stepper.settings, stepper.columns
        self._stepper: Stepper | None = stepper

    @property
    def stepper(self) -> Stepper:
        """What makes its updates, once more if it is asked for after :meth:`rest`."""
        if self._stepper is None:
            self._stepper = Stepper(*self._parts)
        return self._stepper

    @property
    def loss(self) -> Loss:
        """What was trained for."""
        return LOSSES[self._parts[2].loss]

    def rest(self) -> None:
        """Let go of the stepper, which has much room for its work."""
        self._stepper = None

    @property
    def first(self) -> int:
        """The step at which it begins."""
        return self.records[0].step

    @property
    def began(self) -> float:
        """The time at which it begins, in epochs."""
        return self.time(self.records[0].moment)

    def time(self, moment: Moment) -> float:
        """Return the time of a moment, in epochs."""
        return moment.epoch + moment.position / len(self._parts[1].x_train)


def bytes_of(moment: Moment) -> int:
    """Return the bytes that a moment takes."""
    return moment.theta.nbytes + sum(vector.nbytes for vector in moment.vectors.values())


__all__ = ["Record", "Segment", "bytes_of"]
