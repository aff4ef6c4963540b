"""The trainer: a plan, θ, data and an optimiser, moving on one update at a time.

It is plain Python without a thread of its own. The same network, data, settings and seed give the same bits
however the updates are cut into calls, in the window and without one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import PRECISIONS, Array, frozen
from backprop_gui.engine.examples import Batches, Examples
from backprop_gui.engine.frame import Frame, Note, NoteKind, Part, Probe, Score
from backprop_gui.engine.history import History
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.optimizers import OPTIMIZERS, Memory
from backprop_gui.engine.passes import Passes, trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.run import Best, Run
from backprop_gui.engine.schedules import SCHEDULES
from backprop_gui.engine.settings import Reduction, TrainingSettings, check_settings
from backprop_gui.engine.trouble import explain, explain_loss
from backprop_gui.errors import UserError
from backprop_gui.network import Network

EVALUATION_CHUNK = 2048
"""Examples evaluated at once: enough for full speed, few enough to stay in the cache."""
LONGEST_STRETCH = 512
"""Updates between two looks at whether everything is still finite."""


class DataMismatchError(UserError):
    """The network's inputs or outputs do not fit the columns of the data."""


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A private copy of everything that an update changes."""

    theta: Array
    vectors: dict[str, Array]
    count: int
    step: int
    epoch: int
    position: int


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
    step : int
        Updates made.
    note : Note or None
        Why training does not go on by itself, if it does not: :meth:`advance` then returns at once.

    Raises
    ------
    NetworkError, UnknownNameError, SettingsError, DataMismatchError
        If the parts cannot be trained together; each says what to change.
    """

    def __init__(
        self, network: Network, examples: Examples, settings: TrainingSettings, run: Run | None = None
    ) -> None:
        check_settings(settings)
        self.plan = compile_network(network)
        _check_fit(self.plan, examples)
        self.settings = settings
        self.history = History()
        self._begin(examples)
        if run is None:
            self.reset()
        else:
            self.resume(run)

    # ---- moving on

    def advance(self, updates: int, seconds: float = math.inf, until: Callable[[], bool] | None = None) -> int:
        """Make up to ``updates`` updates, fewer when ``seconds`` are over, and return how many were made.

        ``until`` is asked after every update and ends the call by saying True.
        """
        self._pending = 0
        deadline = time.perf_counter() + seconds
        made = 0
        with np.errstate(all="ignore"):
            while made < updates and self.note is None:
                moment = self._moment()
                stretch = min(updates - made, LONGEST_STRETCH)
                for _ in range(stretch):
                    self._update()
                    made += 1
                    if self.batches.position == 0:
                        self._end_epoch()
                        if self.note is not None:
                            break
                    if time.perf_counter() >= deadline or (until is not None and until()):
                        break
                if not np.isfinite(self.theta).all():
                    made -= self._find_trouble(moment)
                if time.perf_counter() >= deadline or (until is not None and until()):
                    break
        return made

    def advance_epoch(self, seconds: float = math.inf) -> bool:
        """Go on to the end of the present epoch; return whether it was reached."""
        start = self.batches.epoch
        self.advance(_steps_left(self.batches), seconds)
        return self.batches.epoch > start or self.note is not None

    def look_at_next_example(self) -> int:
        """Look at one more example of the coming batch; the last one is followed by the batch's update.

        The update itself is the same as without looking: stepping by example, by batch and by epoch lead to the
        same bits. Returns the example's index in the training part.
        """
        if self.note is not None:
            return 0
        batch = self.batches.peek()
        seen = int(batch[self._pending])
        self._pending += 1
        if self._pending >= len(batch):
            self.advance(1)
        return seen

    def _update(self) -> None:
        batch = self.batches.take()
        passes = self._passes_for(len(batch))
        self._x.take(batch, 1, passes.x, "clip")
        self._t.take(batch, 1, passes.t, "clip")
        for call in self._calls[len(batch)]:
            call()
        if self._penalized:
            self._add_penalty()
        if self.settings.clip_norm:
            self._clip()
        memory = self._memory
        memory.count += 1
        self._optimizer.step(self.theta, self.grad, self._rate, self.settings, memory, self._trainable)
        self.step += 1

    def _add_penalty(self) -> None:
        settings, work = self.settings, self._memory.work
        if settings.l2:
            np.multiply(self.theta, self._is_weight, work)
            np.multiply(work, settings.l2, work)
            np.add(self.grad, work, self.grad)
        if settings.l1:
            np.sign(self.theta, work)
            np.multiply(work, self._is_weight, work)
            np.multiply(work, settings.l1, work)
            np.add(self.grad, work, self.grad)

    def _clip(self) -> None:
        # As torch.nn.utils.clip_grad_norm_ does, its 1e-6 included.
        norm = math.sqrt(float(self.grad.dot(self.grad)))
        factor = self.settings.clip_norm / (norm + 1e-6)
        if factor < 1:
            np.multiply(self.grad, factor, self.grad)

    def _end_epoch(self) -> None:
        epoch = self.batches.epoch
        self._set_rate()
        due = self.history.due(epoch)
        if due or self.settings.patience:
            self.score()
            if due:
                self.history.add(epoch, self.train, self.test)
                self._keep_lowest()
            if self.settings.patience:
                self._stop_early()

    def _keep_lowest(self) -> None:
        for score, part in ((self.train, "training"), (self.test, "test")):
            if score is not None and not math.isfinite(score.loss) and np.isfinite(self.theta).all():
                self.note = explain_loss(self.plan, self.theta, self.step, self.batches.time, part)
                return
        if self.train.loss < self._lowest:
            self._lowest = self.train.loss
            self._good = self._moment()

    def _stop_early(self) -> None:
        watched = (self.test or self.train).loss
        epoch = self.batches.epoch
        if self._best is None or watched < self._best.loss:
            self._best = Best(watched, epoch, frozen(self.theta[self.plan.slots]))
        elif epoch - self._best.epoch >= self.settings.patience and math.isfinite(watched):
            which = "test" if self.test else "training"
            best = self._best
            self.theta[self.plan.slots] = best.parameters
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

    def _find_trouble(self, moment: _Moment) -> int:
        """Repeat the stretch since ``moment`` to find the update that broke it; return how many to take back."""
        reached = self.step
        self.note = None
        self._restore(moment)
        self.history.cut(self.batches.time + 1e-9)
        while True:
            before = self.theta.copy()
            batch = self.batches.peek()
            self._update()
            if not np.isfinite(self.theta).all():
                x, t = self._x[:, batch].T, self._t[:, batch].T
                self.note = explain(
                    self.plan, before, self.theta, x, t, self._loss, self.step, self.batches.time
                )
                self.score()
                return reached - self.step
            if self.batches.position == 0 and self.history.due(self.batches.epoch):
                self.score()
                self.history.add(self.batches.epoch, self.train, self.test)

    def go_back(self) -> None:
        """Return to the recorded moment with the lowest training loss, before the trouble."""
        self._restore(self._good)
        self.note = None
        self._pending = 0
        self.history.cut(self.batches.time + 1e-9)
        self.score()

    def go_on(self) -> None:
        """Dismiss a note that does not stand in the way, such as that of early stopping."""
        if self.note is not None and self.note.kind is not NoteKind.NOT_FINITE:
            self.note = None

    # ---- changes on the way

    def reset(self) -> None:
        """Begin again with the drawn starting values."""
        dtype = PRECISIONS[self.settings.precision]
        self.theta = self.plan.start.astype(dtype)
        self._memory = self._optimizer.memory(self.plan.size, dtype)
        self._bind()
        self.step = 0
        self.note: Note | None = None
        self._pending = 0
        self.batches.epoch = self.batches.position = 0
        self._set_rate()
        self.history = History()
        self._best: Best | None = None
        self._record_now()

    def resume(self, run: Run) -> None:
        """Go on where ``run`` stands, as if training had never stopped.

        Raises
        ------
        DataMismatchError
            If the run belongs to another network.
        """
        count = len(self.plan.slots)
        vectors = {"parameters": run.parameters, **run.memory}
        if run.best is not None:
            vectors["best parameters"] = run.best.parameters
        for name, vector in vectors.items():
            if len(vector) != count:
                raise DataMismatchError(
                    f"The training state has {len(vector)} {name}, but the network has {count} parameters: "
                    "they do not belong together."
                )
        self.reset()
        self.theta[self.plan.slots] = run.parameters
        for name in self._memory.vectors:
            if name in run.memory:
                self._memory.vectors[name][self.plan.slots] = run.memory[name]
        self._memory.count = run.memory_count
        self.step = run.step
        self.batches.epoch, self.batches.position = run.epoch, run.position
        self._set_rate()
        self._best = run.best
        if run.curve is not None:
            self.history.replace(run.curve)
        self.score()
        self._lowest, self._good = self.train.loss, self._moment()

    def rebase(self, network: Network) -> None:
        """Take another drawing and keep the live value and optimiser state of what the edit did not touch.

        A parameter counts as touched when it is new or its drawn starting value has changed; one that has
        just been frozen keeps its value and stands still.

        Raises
        ------
        NetworkError, DataMismatchError
            If the network cannot be trained; the trainer then stays as it was.
        """
        plan = compile_network(network)
        _check_fit(plan, self.examples)
        old, theta, vectors, best = self.plan, self.theta, self._memory.vectors, self._best
        good, lowest = self._good, self._lowest
        count = self._memory.count
        self.plan = plan
        self.theta = plan.start.astype(theta.dtype)
        self._memory = self._optimizer.memory(plan.size, theta.dtype)
        self._memory.count = count
        kept = [
            (slot, old.slot[key])
            for key, slot in plan.slot.items()
            if key in old.slot and old.start[old.slot[key]] == plan.start[slot]
        ]
        if kept:
            new_slots, old_slots = np.array(kept).T
            self.theta[new_slots] = theta[old_slots]
            moving = np.ones(len(kept)) if plan.trainable is None else plan.trainable[new_slots]
            for name, vector in self._memory.vectors.items():
                vector[new_slots] = vectors[name][old_slots] * moving
        same = plan.keys == old.keys and len(kept) == len(plan.slots)
        self._best = best if same else None
        self._bind()
        self._pending = 0
        if self.note is not None and self.note.kind is NoteKind.NOT_FINITE and np.isfinite(self.theta).all():
            self.note = None
        self.score()
        if same and np.array_equal(plan.slots, old.slots):
            self._good, self._lowest = good, lowest
        else:
            self._lowest, self._good = math.inf, self._moment()
            self._keep_lowest()

    def configure(self, settings: TrainingSettings) -> None:
        """Take other settings from the next update on; a new optimiser begins with an empty memory.

        Raises
        ------
        SettingsError, UnknownNameError
            If a setting is out of range; the trainer then stays as it was.
        """
        check_settings(settings)
        old, self.settings = self.settings, settings
        dtype = PRECISIONS[settings.precision]
        if settings.precision != old.precision:
            self.theta = self.theta.astype(dtype)
            self._memory.vectors = {name: v.astype(dtype) for name, v in self._memory.vectors.items()}
            self._memory.work = self._memory.work.astype(dtype)
            self._good = self._moment()
        if settings.optimizer != old.optimizer:
            self._optimizer = OPTIMIZERS[settings.optimizer]
            self._memory = self._optimizer.memory(self.plan.size, dtype)
            self._good = self._moment()
        if settings.loss != old.loss:
            self._lowest, self._best = math.inf, None
        if settings.batch_size != old.batch_size or settings.seed != old.seed:
            epoch = self.batches.epoch
            self.batches = Batches(len(self.examples.x_train), settings.batch_size, settings.seed, epoch)
        self._set_rate()
        self._bind()
        self._pending = 0
        if self.note is not None and self.note.kind is NoteKind.STOPPED_EARLY:
            self.note = None
        self.score()

    def set_examples(self, examples: Examples) -> None:
        """Train on other data from the next update on, which begins an epoch.

        Raises
        ------
        DataMismatchError
            If its columns do not fit the network; the trainer then stays as it was.
        """
        _check_fit(self.plan, examples)
        epoch = self.batches.epoch
        self._begin(examples)
        self.batches.epoch = epoch
        self._set_rate()
        self._bind()
        self._pending = 0
        self._best = None
        self.score()
        self._lowest = math.inf
        self._keep_lowest()

    # ---- looking

    def score(self) -> None:
        """Evaluate both parts of the data now, into ``train``, ``test`` and ``scored_at``."""
        examples = self.examples
        self.train = self._evaluate(self._x, self._t)
        self.test = self._evaluate(self._x_test, self._t_test) if len(examples.x_test) else None
        self.scored_at = self.batches.time

    def frame(self, probe: Probe = Probe(), rate: float = 0.0) -> Frame:
        """Return a snapshot of this moment, with the trace of the example that ``probe`` names.

        A probe beyond the end of its part is moved to the last example there; one on an empty test part to the
        training part.
        """
        examples = self.examples
        part = Part.TEST if probe.part is Part.TEST and len(examples.x_test) else Part.TRAIN
        x, t = (examples.x_test, examples.t_test) if part is Part.TEST else (examples.x_train, examples.t_train)
        index = min(max(probe.index, 0), len(x) - 1)
        one = slice(index, index + 1)
        mean = self.settings.reduction is Reduction.MEAN
        return Frame(
            plan=self.plan,
            step=self.step,
            epoch=self.batches.time,
            theta=frozen(self.theta),
            train=self.train,
            test=self.test,
            scored_at=self.scored_at,
            penalty=self.penalty(),
            curve=self.history.curve(),
            probe=Probe(part, index),
            trace=trace(self.plan, self.theta, x[one], t[one], self._loss, mean=mean),
            update=self._coming_update(),
            batch=(self._pending, len(self.batches.peek())),
            rate=rate,
            note=self.note,
        )

    def penalty(self) -> float:
        """Return l1 Σ|w| + l2/2 Σw² over the weights that are trained."""
        settings = self.settings
        if not self._penalized:
            return 0.0
        with np.errstate(all="ignore"):
            weights = self.theta * self._is_weight
            return float(settings.l1 * np.abs(weights).sum() + settings.l2 / 2 * weights.dot(weights))

    def run(self) -> Run:
        """Return where training stands. While a number is not finite, that is the last good moment."""
        moment = self._moment()
        if not np.isfinite(moment.theta).all():
            moment = self._good
        slots = self.plan.slots
        return Run(
            step=moment.step,
            epoch=moment.epoch,
            position=moment.position,
            parameters=frozen(moment.theta[slots]),
            memory={name: frozen(vector[slots]) for name, vector in moment.vectors.items()},
            memory_count=moment.count,
            curve=self.history.curve(),
            best=self._best,
        )

    # ---- inside

    def _begin(self, examples: Examples) -> None:
        """Keep the examples, a column each, in the precision of the settings."""
        settings = self.settings
        self.examples = examples
        self.batches = Batches(len(examples.x_train), settings.batch_size, settings.seed)
        self._optimizer = OPTIMIZERS[settings.optimizer]

    def _bind(self) -> None:
        """Prepare what depends on the plan, the precision, the loss or the data."""
        settings, dtype = self.settings, self.theta.dtype
        self._loss = LOSSES[settings.loss]
        self.grad = np.zeros_like(self.theta)
        examples = self.examples
        self._x, self._t, self._x_test, self._t_test = (
            np.ascontiguousarray(array.T, dtype)
            for array in (examples.x_train, examples.t_train, examples.x_test, examples.t_test)
        )
        trainable = self.plan.trainable
        self._trainable = None if trainable is None else trainable.astype(dtype)
        self._is_weight = self.plan.is_weight.astype(dtype)
        self._penalized = bool(settings.l1 or settings.l2)
        self._training: dict[int, Passes] = {}
        self._calls: dict[int, tuple[Callable[[], object], ...]] = {}
        self._evaluating: dict[int, Passes] = {}

    def _passes_for(self, examples: int) -> Passes:
        passes = self._training.get(examples)
        if passes is None:
            scale = 1 / examples if self.settings.reduction is Reduction.MEAN else 1.0
            passes = Passes(self.plan, self.theta, self.grad, examples, self._loss, scale)
            self._training[examples] = passes
            self._calls[examples] = passes.forward + passes.backward
        return passes

    def _evaluate(self, x: Array, t: Array) -> Score:
        count = x.shape[1]
        total, right = 0.0, 0.0
        accuracy: float | None = None
        with np.errstate(all="ignore"):
            for start in range(0, count, EVALUATION_CHUNK):
                part = slice(start, min(start + EVALUATION_CHUNK, count))
                size = part.stop - part.start
                passes = self._evaluating.get(size)
                if passes is None:
                    passes = Passes(self.plan, self.theta, None, size, self._loss)
                    self._evaluating[size] = passes
                passes.x[...] = x[:, part]
                passes.t[...] = t[:, part]
                for call in passes.forward:
                    call()
                total += float(passes.losses().sum())
                accuracy = self.examples.accuracy(self._loss.predict(passes.outputs()), passes.t)
                right += (accuracy or 0.0) * size
        return Score(total / count, None if accuracy is None else right / count)

    def _coming_update(self) -> Array:
        """Return what the next update will add to θ, by making it and taking it back."""
        if self.note is not None and self.note.kind is NoteKind.NOT_FINITE:
            return frozen(np.zeros_like(self.theta))
        moment = self._moment()
        with np.errstate(all="ignore"):
            self._update()
            step = self.theta - moment.theta
        self._restore(moment)
        return frozen(step)

    def _record_now(self) -> None:
        self.score()
        self.history.add(self.batches.time, self.train, self.test)
        self._lowest, self._good = self.train.loss, self._moment()

    def _set_rate(self) -> None:
        schedule = SCHEDULES[self.settings.schedule]
        self._rate = self.settings.learning_rate * schedule.factor(self.settings, self.batches.epoch)

    def _moment(self) -> _Moment:
        memory, batches = self._memory, self.batches
        vectors = {name: vector.copy() for name, vector in memory.vectors.items()}
        return _Moment(self.theta.copy(), vectors, memory.count, self.step, batches.epoch, batches.position)

    def _restore(self, moment: _Moment) -> None:
        # In place: every prepared call holds views of these vectors.
        self.theta[...] = moment.theta
        for name, vector in moment.vectors.items():
            self._memory.vectors[name][...] = vector
        self._memory.count, self.step = moment.count, moment.step
        self.batches.epoch, self.batches.position = moment.epoch, moment.position
        self._set_rate()


def _check_fit(plan: Plan, examples: Examples) -> None:
    for columns, neurons, what in (
        (examples.x_train.shape[1], len(plan.inputs), "input"),
        (examples.t_train.shape[1], len(plan.outputs), "output"),
    ):
        if columns != neurons:
            raise DataMismatchError(
                f"The network has {neurons} {what}{'s' * (neurons != 1)}, but the data has {columns} {what} "
                f"column{'s' * (columns != 1)}: change the network or choose other data."
            )


def _steps_left(batches: Batches) -> int:
    return math.ceil((batches.count - batches.position) / batches.size)
