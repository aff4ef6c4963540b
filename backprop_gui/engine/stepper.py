"""The stepper: θ, its gradient and the optimiser's memory, bound to one plan, one set of examples and one setting.

It makes one update at a time, evaluates losses, and can be put back to an earlier moment. Whatever it is bound to
stays; a change of network, data or settings makes a new stepper, into which :meth:`Stepper.carry` takes over what
was learned. So a change that fails leaves the old one as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_gui.engine.arrays import PRECISIONS, Array, frozen
from backprop_gui.engine.examples import Batches, Columns, Examples, gather
from backprop_gui.engine.frame import Coming, Score
from backprop_gui.engine.learned import Learned
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.optimizers import OPTIMIZERS
from backprop_gui.engine.passes import Call, Passes
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.engine.schedules import SCHEDULES
from backprop_gui.engine.settings import Reduction, TrainingSettings, check_settings
from backprop_gui.engine.threads import threads_for, with_threads
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network

Take = Callable[[Indices], object]
"""Copies the examples of these indices to where the passes read them."""

EVALUATION_CHUNK = 2048
"""Examples evaluated at once: enough for full speed, few enough to stay in the cache."""


class DataMismatchError(UserError):
    """The network's inputs or outputs, or a saved run, do not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A copy of everything that an update changes, in the layout of one plan."""

    theta: Array
    vectors: dict[str, Array]
    count: int
    step: int
    epoch: int
    position: int


class Stepper:
    """Makes updates.

    Parameters
    ----------
    plan : Plan
    examples : Examples
    settings : TrainingSettings
    columns : Columns, optional
        The same examples as the engine reads them, if another stepper has made them already.

    Attributes
    ----------
    theta, grad : (plan.size,) arrays
        The parameters, first as drawn, and room for a batch's gradient, which the optimiser may write over.
    step : int
        Updates made.
    batches : Batches
        Which examples come next.

    Raises
    ------
    SettingsError, UnknownNameError, DataMismatchError
        If the parts do not fit together.
    """

    def __init__(
        self, plan: Plan, examples: Examples, settings: TrainingSettings, columns: Columns | None = None
    ) -> None:
        check_settings(settings)
        check_fit(plan.network, examples)
        dtype = PRECISIONS[settings.precision]
        if columns is None or columns.examples is not examples or columns.dtype != dtype:
            columns = Columns(examples, dtype)
        self.plan, self.examples, self.settings, self.columns = plan, examples, settings, columns
        self.loss = LOSSES[settings.loss]
        self.optimizer = OPTIMIZERS[settings.optimizer]
        self.theta = plan.start.astype(dtype)
        self.grad = np.zeros_like(self.theta)
        trainable = None if plan.trainable is None else plan.trainable.astype(dtype)
        self.memory = self.optimizer.memory(plan.size, dtype, trainable)
        self.batches = Batches(len(examples.x_train), settings.batch_size, settings.seed)
        self.step = 0
        self._is_weight = plan.is_weight.astype(dtype)
        self._penalized = bool(settings.l1 or settings.l2)
        self._training: dict[int, tuple[Take, Take, tuple[Call, ...], Passes]] = {}
        self._evaluating: dict[int, Passes] = {}
        self.set_rate()

    # ---- one update

    def update(self) -> None:
        """Make one update with the next batch. Floating-point warnings should be off."""
        self._differentiate(self.batches.take())
        if self._penalized:
            self._add_penalty()
        if self.settings.clip_norm:
            self._clip()
        self._step()

    def _differentiate(self, batch: Indices) -> None:
        """Write the gradient of the batch's data loss into ``grad``."""
        prepared = self._training.get(len(batch))
        if prepared is None:
            prepared = self._prepare(len(batch))
        take_x, take_t, calls, _ = prepared
        self._size = len(batch)
        take_x(batch)
        take_t(batch)
        for call in calls:
            call()

    def _step(self) -> None:
        """Let the optimiser make its step with ``grad``."""
        memory = self.memory
        memory.count += 1
        self.optimizer.step(self.theta, self.grad, self.rate, self.settings, memory)
        self.step += 1
        if self.batches.position == 0:
            self.set_rate()

    def set_rate(self) -> None:
        """Take the learning rate of the present epoch from the schedule."""
        schedule = SCHEDULES[self.settings.schedule]
        self.rate = self.settings.learning_rate * schedule.factor(self.settings, self.batches.epoch)

    def layer_deltas(self) -> Array:
        """Return the mean |δ| of each layer over the batch of the last update, (layers,); ∞ for a layer of inputs.

        As everywhere outside of training, δ is of each example's own loss.
        """
        deltas = self._training[self._size][3].delta
        rows, layers, counts, nothing = self._layers
        # Where the gradient is a mean over the batch, the deltas of training are shares of one already.
        share = 1.0 if self.settings.reduction is Reduction.MEAN else 1 / deltas.shape[1]
        totals = np.bincount(layers, np.abs(deltas[rows]).sum(axis=1), len(counts))
        means: Array = totals * share / counts + nothing
        return means

    @cached_property
    def _layers(self) -> tuple[Indices, Indices, Array, Array]:
        """The rows of all neurons but inputs, the places of their layers, the sizes of these, and ∞ for those of 0."""
        plan, network = self.plan, self.plan.network
        place = {layer.id: index for index, layer in enumerate(network.layers)}
        neurons = [neuron for neuron in network.neurons if neuron.kind is not Kind.INPUT]
        rows = np.array([plan.row[neuron.id] for neuron in neurons], np.intp)
        layers = np.array([place[neuron.layer] for neuron in neurons], np.intp)
        counts = np.bincount(layers, minlength=len(place))
        return rows, layers, np.maximum(counts, 1), np.where(counts, 0.0, np.inf)

    def coming(self) -> Coming:
        """Return the next update, by making it and taking it back."""
        moment = self.moment()
        with np.errstate(all="ignore"):
            batch = self.batches.take()
            self._differentiate(batch)
            gradient, rate, clip = frozen(self.grad), self.rate, 1.0
            if self._penalized:
                self._add_penalty()
            if self.settings.clip_norm:
                clip = self._clip()
            # Without either it is the same, and need not be copied for every frame.
            used = frozen(self.grad) if self._penalized or self.settings.clip_norm else gradient
            self._step()
            step = self.theta - moment.theta
        self.restore(moment)
        # These are copies already, and nobody else has them.
        for own in (step, *moment.vectors.values()):
            own.setflags(write=False)
        return Coming(frozen(batch), gradient, used, clip, moment.vectors, moment.count + 1, rate, step)

    def _prepare(self, examples: int) -> tuple[Take, Take, tuple[Call, ...], Passes]:
        scale = 1 / examples if self.settings.reduction is Reduction.MEAN else 1.0
        passes = Passes(self.plan, self.theta, self.grad, examples, self.loss, scale)
        take_x, take_t = gather(self.columns.x_train, passes.x), gather(self.columns.t_train, passes.t)
        calls = passes.forward + passes.backward
        threads = threads_for(self.plan, examples)
        if threads > 1:
            calls = with_threads(threads, calls)
        self._training[examples] = take_x, take_t, calls, passes
        return self._training[examples]

    def _add_penalty(self) -> None:
        settings, work = self.settings, self.memory.work
        if settings.l2:
            np.multiply(self.theta, self._is_weight, work)
            np.multiply(work, settings.l2, work)
            np.add(self.grad, work, self.grad)
        if settings.l1:
            np.sign(self.theta, work)
            np.multiply(work, self._is_weight, work)
            np.multiply(work, settings.l1, work)
            np.add(self.grad, work, self.grad)

    def _clip(self) -> float:
        """Shorten the gradient where it is too long, and return the factor."""
        # As torch.nn.utils.clip_grad_norm_ does, its 1e-6 included.
        norm = math.sqrt(float(self.grad.dot(self.grad)))
        factor = self.settings.clip_norm / (norm + 1e-6)
        if factor < 1:
            np.multiply(self.grad, factor, self.grad)
        return min(factor, 1.0)

    # ---- evaluation

    def score_train(self) -> Score:
        """Evaluate the data loss and accuracy over the training part."""
        return self._evaluate(self.columns.x_train, self.columns.t_train)

    def score_test(self) -> Score | None:
        """Evaluate over the test part; None if there is none."""
        columns = self.columns
        return self._evaluate(columns.x_test, columns.t_test) if columns.x_test.shape[1] else None

    def penalty(self) -> float:
        """Return l1 Σ|w| + l2/2 Σw² over the weights that are trained."""
        if not self._penalized:
            return 0.0
        settings = self.settings
        with np.errstate(all="ignore"):
            weights = self.theta * self._is_weight
            return float(settings.l1 * np.abs(weights).sum() + settings.l2 / 2 * weights.dot(weights))

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
                    passes = self._evaluating[size] = Passes(self.plan, self.theta, None, size, self.loss)
                passes.x[...] = x[:, part]
                passes.t[...] = t[:, part]
                for call in passes.forward:
                    call()
                total += float(passes.losses().sum())
                accuracy = self.examples.accuracy(self.loss.predict(passes.outputs()), passes.t)
                right += (accuracy or 0.0) * size
        return Score(total / count, None if accuracy is None else right / count)

    # ---- moments

    def moment(self) -> Moment:
        """Return a copy of where this stepper stands."""
        memory, batches = self.memory, self.batches
        vectors = {name: vector.copy() for name, vector in memory.vectors.items()}
        return Moment(self.theta.copy(), vectors, memory.count, self.step, batches.epoch, batches.position)

    def restore(self, moment: Moment) -> None:
        """Go back to a moment of this stepper, or of one with the same plan and optimiser."""
        # In place: every prepared call holds views of these vectors.
        self.theta[...] = moment.theta
        for name, vector in moment.vectors.items():
            self.memory.vectors[name][...] = vector
        self.memory.count, self.step = moment.count, moment.step
        self.batches.epoch, self.batches.position = moment.epoch, moment.position
        self.set_rate()

    def learned(self) -> Learned:
        """Return a copy of the live values in the terms of the drawing."""
        slots = self.plan.slots
        vectors = {name: vector[slots] for name, vector in self.memory.vectors.items()}
        return Learned(self.plan.network, self.theta[slots], vectors, self.optimizer)

    def carry(self, old: Stepper, learned: Learned) -> None:
        """Go on where ``old`` stands, with what it has ``learned``, brought into the terms of this drawing.

        The optimiser's memory comes along if the optimiser is the same, except for parameters that are frozen now: a
        frozen parameter stands still. The epoch stays; it is begun again if the examples or the batches changed.
        """
        slots, trainable = self.plan.slots, self.memory.trainable
        with np.errstate(over="ignore"):  # in single precision it may be infinite, which is then said
            self.theta[slots] = learned.theta
        if self.optimizer is learned.optimizer:
            moving = 1.0 if trainable is None else trainable[slots]
            for name, vector in self.memory.vectors.items():
                vector[slots] = learned.vectors[name] * moving
            self.memory.count = old.memory.count
        self.step = old.step
        self.batches.epoch = old.batches.epoch
        if self.examples is old.examples and (self.batches.size, self.batches.seed) == (
            old.batches.size,
            old.batches.seed,
        ):
            self.batches.position = old.batches.position
        self.set_rate()


def check_fit(network: Network, examples: Examples) -> None:
    """Raise a :class:`DataMismatchError` unless the data has as many columns as the network inputs and outputs."""
    for columns, neurons, what in (
        (examples.x_train.shape[1], len(network.inputs), "input"),
        (examples.t_train.shape[1], len(network.outputs), "output"),
    ):
        if columns != neurons:
            raise DataMismatchError(
                f"The network has {neurons} {what}{'s' * (neurons != 1)}, but the data has {columns} {what} "
                f"column{'s' * (columns != 1)}: change the network or choose other data."
            )
