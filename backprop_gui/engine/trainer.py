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

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.breakpoints import Breakpoint, Watch
from backprop_gui.engine.carry import NOTHING_SPECIAL, Carry
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Coming, Frame, Note, NoteKind, Part, Probe, Score
from backprop_gui.engine.history import History
from backprop_gui.engine.learned import Steps
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.probing import check_probe, looked_at, mean_of, settled
from backprop_gui.engine.run import Best, Run, carried
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.stepper import DataMismatchError, Moment, Stepper
from backprop_gui.engine.trouble import explain, explain_loss
from backprop_gui.network import Network

LONGEST_STRETCH = 512
"""Updates between two looks at whether everything is still finite."""

FIRST_EXAMPLE = Probe()

Until = Callable[[], bool]


class Trainer:
    """Trains one network on one set of examples; both, and every setting, can be exchanged on the way.

    Parameters
    ----------
    network : Network
    examples : Examples
    settings : TrainingSettings
    run : Run, optional
        Where to go on; without it, training begins with the drawn starting values.

    Attributes
    ----------
    train, test : Score, Score or None
        As evaluated last, at the epoch ``scored_at``.
    history : History
        The record of the run.
    note : Note or None
        Why training does not go on by itself, if it does not: :meth:`advance` then returns at once.
    change : int
        The number that the last change of the drawing left; 0 before the first.

    Raises
    ------
    NetworkError, UnknownNameError, SettingsError, DataMismatchError
        If the parts cannot be trained together; each says what to change.
    """

    def __init__(
        self, network: Network, examples: Examples, settings: TrainingSettings, run: Run | None = None
    ) -> None:
        self._stepper = Stepper(compile_network(network), examples, settings)
        self.history = History()
        self.note: Note | None = None
        self._watch: Watch | None = None
        self._best: Best | None = None
        self._attic = Attic()
        self.change = 0
        self._looked = 0
        self._lowest: float = math.inf
        self._remember()
        self._begin_record()
        if run is not None:
            self.resume(run)

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
        stepper = self._stepper
        batches, clock = stepper.batches, time.perf_counter
        for _ in range(updates):
            stepper.update()
            if batches.position == 0:
                self._end_epoch()
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
            self._stop_early(epoch)

    def _record(self) -> None:
        """Enter the present scores into the history and remember the best moment."""
        self.history.add(self.epoch, self.train, self.test)
        # A saturated network may have a fine loss with infinite weights.
        if self.note is None and self.train.loss < self._lowest and np.isfinite(self._stepper.theta).all():
            self._lowest = self.train.loss
            self._remember()

    def _remember(self) -> None:
        """Make the present moment the one that can be gone back to."""
        self._good: Moment = self._stepper.moment()
        # What edits take away from that moment, once the present one is no longer it: while there is trouble.
        self._good_attic: Attic | None = None

    def _stop_early(self, epoch: int) -> None:
        watched = (self.test or self.train).loss
        stepper, best = self._stepper, self._best
        if (best is None or watched < best.loss) and np.isfinite(stepper.theta).all():
            self._best = Best(watched, epoch, frozen(stepper.theta[self.plan.slots]))
        elif best is not None and epoch - best.epoch >= self.settings.patience and math.isfinite(watched):
            which = "test" if self.test else "training"
            stepper.theta[self.plan.slots] = best.parameters
            self.score()
            self.history.add(epoch, self.train, self.test)
            text = (
                f"Training stopped at epoch {epoch:,}: the {which} loss had not become better for "
                f"{self.settings.patience:,} epochs. The weights of epoch {best.epoch:,}, where it was "
                f"{best.loss:.6g}, are back."
            )
            self.note = Note(NoteKind.STOPPED_EARLY, text, self.step)
            self._best = None

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
        self.history.cut(self.epoch + 1e-9)
        self.score()
        self._watch_from_here()

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

    def reset(self) -> None:
        """Begin again with the drawn starting values."""
        old = self._stepper
        self._stepper = Stepper(old.plan, old.examples, old.settings, old.columns)
        self.history = History()
        self._attic = Attic()
        self._best = None
        self._looked = 0
        self._begin_record()
        self._watch_from_here()

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
        _check_run(run, self._stepper)
        self.reset()
        stepper, slots = self._stepper, self.plan.slots
        stepper.theta[slots] = run.parameters
        for name, vector in stepper.memory.vectors.items():
            if name in run.memory:
                vector[slots] = run.memory[name]
        stepper.memory.count, stepper.step = run.memory_count, run.step
        stepper.batches.epoch, stepper.batches.position = run.epoch, run.position
        stepper.set_rate()
        self._best = run.best if self.settings.patience else None
        if run.curve is not None:
            self.history.replace(run.curve)
        self._begin_here()
        self._watch_from_here()

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

    def configure(self, settings: TrainingSettings) -> None:
        """Take other settings from the next update on; a new optimiser begins with an empty memory.

        Raises
        ------
        SettingsError, UnknownNameError
            If a setting is out of range; the trainer then stays as it was.
        """
        old = self.settings
        stepper = Stepper(self.plan, self.examples, settings, self._stepper.columns)
        self._exchange(stepper, comparable=settings.loss == old.loss)
        if not (settings.patience and old.patience):
            # What was best before it watched, or while it looked away, is nothing to go back to.
            self._best = None

    def set_examples(self, examples: Examples) -> None:
        """Train on other data from the next update on, which begins an epoch.

        Raises
        ------
        DataMismatchError
            If its columns do not fit the network; the trainer then stays as it was.
        """
        self._exchange(Stepper(self.plan, examples, self.settings), comparable=False)

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

    # ---- looking

    def score(self) -> None:
        """Evaluate both parts of the data now, into ``train``, ``test`` and ``scored_at``.

        A loss that is not finite leaves a note.
        """
        self.train: Score = self._stepper.score_train()
        self.test: Score | None = self._stepper.score_test()
        self.scored_at: float = self.epoch
        for score, part in ((self.train, "training"), (self.test, "test")):
            if self.note is None and score is not None and not math.isfinite(score.loss):
                theta = self._stepper.theta
                # While a parameter is not finite either, the search for the first bad update says more.
                if np.isfinite(theta).all():
                    first = self.step == self._good.step
                    self.note = explain_loss(self.plan, theta, self.step, self.epoch, part, first=first)

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
        )

    def _coming(self) -> Coming:
        coming = self._stepper.coming()
        # While there is trouble no update is made.
        return replace(coming, step=frozen(np.zeros_like(coming.step))) if self._broken else coming

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
        slots = self.plan.slots
        run = Run(
            step=moment.step,
            epoch=moment.epoch,
            position=moment.position,
            parameters=frozen(moment.theta[slots]),
            memory={name: frozen(vector[slots]) for name, vector in moment.vectors.items()},
            memory_count=moment.count,
            curve=self.history.curve(until),
            best=best,
        )
        return carried(run, self.plan.network, steps, attic.copy())


def _check_run(run: Run, stepper: Stepper) -> None:
    count = len(stepper.plan.slots)
    vectors = {"parameters": run.parameters, **run.memory}
    if run.best is not None:
        vectors["best parameters"] = run.best.parameters
    for name, vector in vectors.items():
        if len(vector) != count:
            raise DataMismatchError(
                f"“{name}” of the training state has {len(vector)} numbers, but the network has {count} parameters: "
                "they do not belong together."
            )
    if run.position >= stepper.batches.count:
        raise DataMismatchError(
            f"The training state has used {run.position} examples of its epoch, but the data has only "
            f"{stepper.batches.count}: they do not belong together."
        )
