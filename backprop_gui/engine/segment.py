"""A segment of the timeline: moments that one stepper went through, from which it can go through all others again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Beginning
from backprop_gui.engine.losses import LOSSES, Loss
from backprop_gui.engine.moment_store import Record
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.stepper import Stepper


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What is kept of a segment, copied: to be drawn or computed with elsewhere.

    Attributes
    ----------
    plan, loss : Plan, Loss
    mean : bool
        Whether training took the mean over a batch, or the sum.
    steps, epochs : (moments,) arrays
    thetas : (moments, plan.size) array
    """

    plan: Plan
    loss: Loss
    mean: bool
    steps: Array
    epochs: Array
    thetas: Array


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

    @property
    def mean(self) -> bool:
        """Whether training took the mean over a batch, or the sum."""
        return self._parts[2].reduction is Reduction.MEAN

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
        return self.time(self.records[0])

    def time(self, record: Record) -> float:
        """Return the time of a record, in epochs."""
        return record.epoch + record.position / len(self._parts[1].x_train)

    def passage(self, records: Sequence[Record]) -> Passage:
        """Return some records of it, copied."""
        steps = np.array([record.step for record in records])
        epochs = np.array([self.time(record) for record in records])
        thetas = np.stack([record.moment.theta for record in records])
        return Passage(self.plan, self.loss, self.mean, steps, epochs, thetas)


__all__ = ["Passage", "Segment"]
