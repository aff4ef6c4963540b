"""The trainer: moves on update by update, keeps the record, and takes every change on the way.

It is plain Python without a thread of its own. The same network, data, settings and seed give the same bits
however the updates are cut into calls, in the window and without one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from backprop_gui.engine.arrays import frozen
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.branch import Branch
from backprop_gui.engine.breakpoints import Breakpoint, Watch
from backprop_gui.engine.carry import NOTHING_SPECIAL, Carry
from backprop_gui.engine.early_stopping import best_of, is_over, stopped_early, watched
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Beginning, Coming, Frame, NoteKind, Part, Probe
from backprop_gui.engine.history import History
from backprop_gui.engine.learned import Steps
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.probing import check_probe, looked_at, mean_of, settled
from backprop_gui.engine.run import Run, moment_of
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.standing import Standing
from backprop_gui.engine.stepper import Moment, Stepper
from backprop_gui.engine.trouble import explain
from backprop_gui.network import Network

LONGEST_STRETCH = 512
"""Updates between two looks at whether everything is still finite."""

FIRST_EXAMPLE = Probe()

Until = Callable[[], bool]


class Trainer(Standing):
    """Trains one network on one set of examples; both, and every setting, can be exchanged on the way.

    Parameters
    ----------
    network : Network
    examples : Examples
    settings : TrainingSettings
    run : Run, optional
        Where to go on; without it, training begins with the drawn starting values.

    Raises
    ------
    NetworkError, UnknownNameError, SettingsError, DataMismatchError
        If the parts cannot be trained together; each says what to change.
    """

    def __init__(
        self, network: Network, examples: Examples, settings: TrainingSettings, run: Run | None = None
    ) -> None:
        super().__init__(Stepper(compile_network(network), examples, settings))
        self._origin: object = None
        self._reason = ""
        self._watch: Watch | None = None
        self._lowest: float = math.inf
        self._begin_record()
        self._begin_timeline()
        if run is not None:
            self.resume(run)

    # ---- moving on

    def advance(self, updates: int, seconds: float = math.inf, until: Until | None = None) -> int:
        """Make up to ``updates`` updates, fewer when ``seconds`` are over, and return how many were made.

        ``until`` is asked after every update and ends the call by saying True.
        """
        self._looked = 0
        deadline = time.perf_counter() + seconds
        first = self.step
        with np.errstate(all="ignore"):
            while self.step - first < updates and self.note is None:
                moment = self._stepper.moment()
                over = self._stretch(min(updates - (self.step - first), LONGEST_STRETCH), deadline, until)
                if not np.isfinite(self._stepper.theta).all():
                    self._find_trouble(moment)
                if over:
                    break
        return self.step - first

    def _stretch(self, updates: int, deadline: float, until: Until | None) -> bool:
        """Make ``updates`` updates; return True if something ended the call before."""
        stepper, timeline = self._stepper, self.timeline
        batches, clock = stepper.batches, time.perf_counter
        for _ in range(updates):
            stepper.update()
            if batches.position == 0:
                self._end_epoch()
            if stepper.step == timeline.due:
                timeline.record(self._best)
            if self._watch is not None and self.note is None:
                self.note = self._watch.look(stepper, self.train, self.test)
            if self.note is not None:
                return True
            if clock() >= deadline or (until is not None and until()):
                return True
        return False

    def advance_epoch(self, until: Until | None = None) -> None:
        """Go on to the end of the present epoch, or until ``until`` says True."""
        batches = self._stepper.batches
        self.advance(math.ceil((batches.count - batches.position) / batches.size), until=until)

    def look_at_next_example(self) -> int:
        """Look at one more example of the coming batch; the last one is followed by the batch's update.

        The update itself is the same as without looking: stepping by example, by batch and by epoch lead to the
        same bits. Returns the example's index in the training part.
        """
        batch = self._stepper.batches.peek()
        seen = int(batch[min(self._looked, len(batch) - 1)])
        if self.note is None:
            self._looked += 1
            if self._looked >= len(batch):
                self.advance(1)
        return seen

    def _end_epoch(self) -> None:
        epoch = self._stepper.batches.epoch
        due = self.history.due(epoch)
        if due or self.settings.patience or (self._watch is not None and self._watch.scores):
            self.score()
        if due:
            self._record()
        if self.settings.patience and self.note is None:
            self._stop_early()

    def _record(self) -> None:
        """Enter the present scores into the history and remember the best moment."""
        self.history.add(self.epoch, self.train, self.test)
        # A saturated network may have a fine loss with infinite weights.
        if self.note is None and self.train.loss < self._lowest and np.isfinite(self._stepper.theta).all():
            self._lowest = self.train.loss
            self._remember()

    def _stop_early(self) -> None:
        stepper, loss = self._stepper, watched(self.train, self.test)
        self._best = best = best_of(self._best, stepper, loss)
        if best is not None and is_over(best, stepper, loss):
            self.note = stopped_early(best, stepper, "test" if self.test else "training")
            stepper.theta[self.plan.slots] = best.parameters
            self._best = None
            self.score()
            self.history.add(self.epoch, self.train, self.test)
            self._begin_segment("The best weights came back")

    # ---- trouble

    def _find_trouble(self, moment: Moment) -> None:
        """Repeat the stretch since ``moment`` to find the update after which something was no longer finite."""
        stepper = self._stepper
        self.note = None
        stepper.restore(moment)
        self.history.cut(self.epoch + 1e-9)
        while True:
            before = stepper.theta.copy()
            batch = stepper.batches.peek()
            stepper.update()
            if not np.isfinite(stepper.theta).all():
                break
            if stepper.batches.position == 0 and self.history.due(stepper.batches.epoch):
                self.score()
                self._record()
        self.timeline.cut(self.step)
        x, t = self.examples.x_train[batch], self.examples.t_train[batch]
        self.note = explain(
            self.plan, before, stepper.theta, x, t, stepper.loss, self.step, self.epoch, batch
        )
        self.score()

    def go_back(self) -> None:
        """Return to the recorded moment with the lowest training loss, before the trouble.

        Where there was none, because no loss has been finite, a note says so again.
        """
        self._stepper.restore(self._good)
        self._attic, self._good_attic = self._good_attic or self._attic, None
        self.note = None
        self._looked = 0
        if self._best is not None and self._best.epoch > self._good.epoch:
            self._best = None
        self._branch_off()
        self.score()
        self._watch_from_here()
        self._begin_segment("Back to before the trouble", self._reached(self.timeline.segments[-1].beginning))

    def go_on(self) -> None:
        """Dismiss a note that does not stand in the way, such as that of early stopping."""
        if self.note is not None and self.note.kind is not NoteKind.NOT_FINITE:
            self.note = None

    def watch_for(self, breakpoints: Sequence[Breakpoint]) -> None:
        """Stop at these conditions, and no others, from the next update on."""
        self._watch = (
            Watch(breakpoints, self._stepper, self._watch) if any(one.on for one in breakpoints) else None
        )

    # ---- changes on the way

    def comes_from(self, origin: object, reason: str = "") -> None:
        """Say what the drawing, the data and the settings come from, before they change or where they are new.

        The timeline keeps ``origin`` with what follows, and ``reason`` as the name of the change.
        """
        self._origin, self._reason = origin, reason
        if self.timeline.segments[-1].origin is None:
            self.timeline.segments[-1].origin = origin

    def reset(self) -> None:
        """Begin again with the drawn starting values."""
        old = self._stepper
        self._stepper = Stepper(old.plan, old.examples, old.settings, old.columns)
        self.history, self.branch = History(), Branch()
        self._attic = Attic()
        self._best = None
        self._looked = 0
        self._begin_record()
        self._watch_from_here()
        self._begin_timeline()

    def follow_on(self, change: int, attic: Attic) -> None:
        """Count as what ``change`` led to; the ``attic`` has what was taken away before anything could be trained."""
        self.change, self._attic = change, attic

    def resume(self, run: Run) -> None:
        """Go on where ``run`` stands, as if training had never stopped.

        Raises
        ------
        DataMismatchError
            If the run belongs to another network or to fewer examples.
        """
        moment = moment_of(run, self._stepper)
        self.reset()
        self._stepper.restore(moment)
        self._best = run.best if self.settings.patience else None
        if run.curve is not None:
            self.history.replace(run.curve)
        self._begin_here()
        self._watch_from_here()
        beginning = run.beginning
        if beginning is None and run.curve is not None and len(run.curve.epochs):
            beginning = Beginning(float(run.curve.epochs[0]), float(run.curve.train[0]))
        self._begin_timeline(None if beginning is None else self._reached(beginning))

    def rebase(self, network: Network, how: Carry = NOTHING_SPECIAL, before: Steps = ()) -> None:
        """Take another drawing and keep the live value and optimiser state of what the edit did not touch.

        A parameter counts as touched when it is new, its drawn starting value has changed, or ``how`` says so; one
        that has just been frozen keeps its value and stands still. What the edit takes away is kept in the attic,
        from which an undo brings it back as it was.

        Parameters
        ----------
        before : sequence of (Network, Carry)
            Drawings on the way from the present one to ``network``, which may be ones that cannot be trained.

        Raises
        ------
        NetworkError, DataMismatchError
            If the network cannot be trained; the trainer then stays as it was.
        """
        plan = self.plan if network is self.plan.network else compile_network(network)
        stepper = Stepper(plan, self.examples, self.settings, self._stepper.columns)
        self._exchange(stepper, [*before, (network, how)])
        self.change = how.leaves
        self._begin_segment(self._reason)

    def configure(self, settings: TrainingSettings) -> None:
        """Take other settings from the next update on; a new optimiser begins with an empty memory.

        Raises
        ------
        SettingsError, UnknownNameError
            If a setting is out of range; the trainer then stays as it was.
        """
        old = self.settings
        stepper = Stepper(self.plan, self.examples, settings, self._stepper.columns)
        comparable = settings.loss == old.loss
        self._exchange(stepper, comparable=comparable)
        if not (settings.patience and old.patience):
            # What was best before it watched, or while it looked away, is nothing to go back to.
            self._best = None
        self._begin_segment(self._reason, None if comparable else self._now_beginning())

    def set_examples(self, examples: Examples) -> None:
        """Train on other data from the next update on, which begins an epoch.

        Raises
        ------
        DataMismatchError
            If its columns do not fit the network; the trainer then stays as it was.
        """
        self._exchange(Stepper(self.plan, examples, self.settings), comparable=False)
        self._begin_segment(self._reason, self._now_beginning())

    def _exchange(self, stepper: Stepper, steps: Steps = (), *, comparable: bool = True) -> None:
        """Go on with another stepper, which takes over what is left of what was learned after ``steps``.

        ``comparable`` says whether losses from now on can be compared with those before.
        """
        old, note, broken = self._stepper, self.note, self._broken
        good_attic = self._good_attic or self._attic.copy()
        # Frames hold the attic as it was.
        self._attic = self._attic.copy()
        learned = old.learned().through(steps, self._attic)
        stepper.carry(old, learned)
        whole = learned.whole
        self._stepper = stepper
        self._looked = 0
        if not (whole and comparable):
            self._best = None
        same_layout = (
            whole
            and stepper.plan is old.plan
            and stepper.theta.dtype == old.theta.dtype
            and stepper.optimizer is old.optimizer
        )
        if not broken and not (same_layout and comparable):
            self._begin_here()
            self._watch_from_here(again=False)
            return
        if broken:
            # What can be gone back to moves along; what is lost anyway does not take its place.
            now = stepper.moment()
            old.restore(self._good)
            stepper.carry(old, old.learned().through(steps, good_attic))
            self._good, self._good_attic, self._lowest = stepper.moment(), good_attic, math.inf
            stepper.restore(now)
        self.note = None
        self.score()
        if broken and not np.isfinite(stepper.theta).all():
            self.note = note

    def _begin_here(self) -> None:
        """Evaluate the present moment, which is from now on what can be gone back to."""
        self.note = None
        self._remember()
        self.score()
        self._lowest = math.inf if self.note else self.train.loss

    def _watch_from_here(self, *, again: bool = True) -> None:
        if self._watch is not None:
            self._watch.begin(self._stepper, self.train.loss, again=again)

    def _begin_record(self) -> None:
        self._begin_here()
        self.history.add(self.epoch, self.train, self.test)

    def _begin_timeline(self, beginning: Beginning | None = None) -> None:
        self.timeline.clear()
        self._begin_segment("", beginning or self._now_beginning())

    def _begin_segment(self, reason: str, beginning: Beginning | None = None) -> None:
        """Go on as another part of the timeline: something but an update has changed what updates read or write.

        Without a ``beginning``, losses can be compared for as long as in the part before.
        """
        beginning = beginning or self.timeline.segments[-1].beginning
        self.timeline.begin(self._stepper, self._origin, reason, beginning, self._best)

    def _now_beginning(self) -> Beginning:
        """Return that losses can be compared from the present moment on."""
        return Beginning(self.epoch, self.train.loss)

    def _reached(self, beginning: Beginning) -> Beginning:
        """Return ``beginning``, or the present moment if that comes before: the exchange was made while broken."""
        return beginning if beginning.epoch < self.epoch else self._now_beginning()

    def _branch_off(self) -> None:
        """Go on from here on another way; what was recorded later is forgotten."""
        self.history.cut(self.epoch + 1e-9)
        self.branch = Branch(self.branch, self.epoch)

    # ---- the past

    def continue_from(self, step: int, change: int = 0) -> None:
        """Make a moment of the past the present one; what came later is forgotten.

        From there the same updates lead to the same bits again. Drawing, data and settings are those of then; what
        the present drawing has more is kept in the attic under the number ``change``.
        """
        now, learned = self.timeline.segments[-1], self._stepper.learned()
        segment, self._best = self.timeline.go_back_to(step)
        self._stepper, self._looked, self.note = segment.stepper, 0, None
        self._origin = segment.origin
        if self.plan.network is not learned.network:
            # Frames hold the attic as it was.
            self._attic = self._attic.copy()
            learned.through([(self.plan.network, Carry(leaves=change))], self._attic)
        if change:
            self.change = change
        self._branch_off()
        if segment is not now or self._good.step > self.step:
            self._begin_here()
        else:
            self.score()
        self._watch_from_here()

    # ---- looking

    def frame(self, probe: Probe = FIRST_EXAMPLE, rate: float = 0.0) -> Frame:
        """Return a snapshot of this moment, with the trace of what ``probe`` names.

        A probe beyond the end of its part is moved to the last example there; one on an empty test part to the
        training part.

        Raises
        ------
        ProbeError
            If numbers were typed that are not as many as the network has inputs and outputs.
        """
        stepper = self._stepper
        check_probe(probe, self.plan.network)
        probe = settled(probe, self.examples)
        x, t = looked_at(probe, self.examples, stepper.batches.peek())
        mean = self.settings.reduction is Reduction.MEAN
        seen = trace(self.plan, stepper.theta, x, t, stepper.loss, mean=mean)
        is_batch = probe.part in (Part.BATCH, Part.ALL)
        segment = self.timeline.segment_at(self.step)
        return Frame(
            plan=self.plan,
            loss=stepper.loss,
            step=self.step,
            epoch=self.epoch,
            theta=frozen(stepper.theta),
            train=self.train,
            test=self.test,
            scored_at=self.scored_at,
            penalty=stepper.penalty(),
            curve=self.history.curve(),
            beginning=segment.beginning,
            probe=probe,
            trace=mean_of(seen) if is_batch else seen,
            rows=seen if is_batch else None,
            mean=mean,
            coming=self._coming(),
            batch=(self._looked, len(stepper.batches.peek())),
            rate=rate,
            note=self.note,
            attic=self._attic,
            change=self.change,
            span=self.timeline.span(*(self._now or (self.step, self.epoch))),
            past=self._now is not None,
            branch=self.branch,
            origin=segment.origin,
        )

    def frame_at(self, step: int, probe: Probe = FIRST_EXAMPLE, rate: float = 0.0) -> Frame:
        """Return :meth:`frame` as it was at a step of the past, every number computed again; see :meth:`at`."""
        with self.at(step):
            return self.frame(probe, rate)

    def _coming(self) -> Coming:
        coming = self._stepper.coming()
        # While there is trouble no update is made.
        return replace(coming, step=frozen(np.zeros_like(coming.step))) if self._broken else coming
