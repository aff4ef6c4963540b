"""Where training stands: what is trained and how well, to be looked at now and at every moment of the past."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.branch import Branch
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Note, NoteKind, Score
from backprop_gui.engine.history import History
from backprop_gui.engine.learned import Steps
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.run import Best, Run, carried, run_of
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.stepper import Moment, Stepper
from backprop_gui.engine.timeline import Timeline
from backprop_gui.engine.trouble import explain_loss


class Standing:
    """What a trainer works on and what is known about it; nothing here moves training on.

    Attributes
    ----------
    train, test : Score, Score or None
        As evaluated last, at the epoch ``scored_at``.
    history : History
        The record of the run.
    timeline : Timeline
        Where training has been, so that it can be gone back to.
    note : Note or None
        Why training does not go on by itself, if it does not: :meth:`advance` then returns at once.
    change : int
        The number that the last change of the drawing left; 0 before the first.
    branch : Branch
        The way that training is on.
    """

    train: Score
    test: Score | None
    scored_at: float

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self.history = History()
        self.timeline = Timeline()
        self.note: Note | None = None
        self.change = 0
        self.branch = Branch()
        self._now: tuple[int, float] | None = None
        """The present step and time, while the past is looked at."""
        self._best: Best | None = None
        self._attic = Attic()
        self._looked = 0
        self._remember()

    # ---- what it is made of

    @property
    def plan(self) -> Plan:
        """The compiled network."""
        return self._stepper.plan

    @property
    def settings(self) -> TrainingSettings:
        """The settings in force."""
        return self._stepper.settings

    @property
    def examples(self) -> Examples:
        """The data."""
        return self._stepper.examples

    @property
    def stepper(self) -> Stepper:
        """What makes the updates: θ, gradient, optimiser memory and batches."""
        return self._stepper

    @property
    def theta(self) -> Array:
        """The parameters as they are now, in the plan's layout."""
        return self._stepper.theta

    @property
    def step(self) -> int:
        """Updates made."""
        return self._stepper.step

    @property
    def epoch(self) -> float:
        """Passes over the training data, with the fraction of the present one."""
        return self._stepper.batches.time

    @property
    def _broken(self) -> bool:
        """Whether it waits to be brought back from numerical trouble."""
        return self.note is not None and self.note.kind is NoteKind.NOT_FINITE

    def _remember(self) -> None:
        """Make the present moment the one that can be gone back to."""
        self._good: Moment = self._stepper.moment()
        # What edits take away from that moment, once the present one is no longer it: while there is trouble.
        self._good_attic: Attic | None = None

    # ---- looking

    def score(self) -> None:
        """Evaluate both parts of the data now, into ``train``, ``test`` and ``scored_at``.

        A loss that is not finite leaves a note.
        """
        self.train, self.test = self._stepper.score_train(), self._stepper.score_test()
        self.scored_at = self.epoch
        for score, part in ((self.train, "training"), (self.test, "test")):
            if self.note is None and score is not None and not math.isfinite(score.loss):
                theta = self._stepper.theta
                # While a parameter is not finite either, the search for the first bad update says more.
                if np.isfinite(theta).all():
                    first = self.step == self._good.step
                    self.note = explain_loss(self.plan, theta, self.step, self.epoch, part, first=first)

    @contextmanager
    def at(self, step: int) -> Iterator[None]:
        """Stand at a step of the past while the block runs, which must only look; then everything is as it was.

        The scores are those of that moment. A step that is not in the past leaves the trainer where it is; one from
        before the timeline begins is moved to its beginning.
        """
        if step >= self.step:
            yield
            return
        present = self._stepper, self.note, self._looked
        scores = self.train, self.test, self.scored_at
        self._now = self.step, self.epoch
        try:
            with self.timeline.at(step) as segment:
                self._stepper, self._looked = segment.stepper, 0
                self.score()
                self.note = None
                yield
        finally:
            self._now = None
            self._stepper, self.note, self._looked = present
            self.train, self.test, self.scored_at = scores

    def run(self, steps: Steps = ()) -> Run:
        """Return where training stands. While a parameter is not finite, that is the best recorded moment.

        After ``steps``, which may lead to a drawing that cannot be trained, it is a run of the last of them.
        """
        moment, best, until = self._stepper.moment(), self._best, math.inf
        attic = self._attic
        if not np.isfinite(moment.theta).all():
            moment, attic = self._good, self._good_attic or attic
            until = moment.epoch + moment.position / self._stepper.batches.count
            if best is not None and best.epoch > moment.epoch:
                best = None
        run = run_of(
            moment, self._stepper, self.history.curve(until), self.timeline.segments[-1].beginning, best
        )
        return carried(run, self.plan.network, steps, attic.copy())
