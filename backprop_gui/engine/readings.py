"""What a book may mean by a delta, a gradient or a new weight: the same example under every usual convention.

The first reading of a question is the number as the program writes it. Every other one differs by one or more twists:
another factor, another sign, another meaning of δ, or a slip that is not backpropagation any more.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, TypeAlias, TypeVar

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.conventions import Delta, Sign
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.optimizers import OPTIMIZERS, Memory
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Indices
from backprop_gui.engine.questions import Asked, Basis, Question, Reading, Twist
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.slips import Slip, errors_and_deltas
from backprop_gui.network import Kind
from backprop_gui.network.reach import led_to

T = TypeVar("T")


Options: TypeAlias = list[tuple[T, tuple[Twist, ...]]]

SQUARES = {
    "half-squared": "half the square",
    "sum-squared": "the full square",
    "mean-squared": "the mean square",
}
"""The losses that differ by a factor only, and what they are called in a sentence."""


class _Source(enum.Enum):
    EXAMPLE = "example"
    BATCH = "batch"


class _Update(enum.Enum):
    DOWNHILL = 1
    UPHILL = -1


def readings(basis: Basis, question: Question, most: int) -> Iterator[Reading]:
    """Yield what ``question`` may mean, with at most ``most`` twists, beginning with what it means here."""
    maker = _Maker(basis, question)
    match question.asked:
        case Asked.DELTA:
            yield from maker.deltas(most)
        case Asked.GRADIENT:
            yield from maker.gradients(most)
        case Asked.NEW_VALUE:
            yield from maker.new_values(most)


class _Maker:
    def __init__(self, basis: Basis, question: Question) -> None:
        self._basis, self._question = basis, question
        self._network = basis.plan.network
        self._mean = basis.settings.reduction is Reduction.MEAN
        self._values = cache(self._computed)
        self._seen = cache(self._traced)

    # ---- the three kinds of questions

    def deltas(self, most: int) -> Iterator[Reading]:
        basis, conventions = self._basis, self._basis.conventions
        count = len(basis.batch.a)
        shares: Options[float] = [(1.0, ())]
        if count > 1:
            shares.append((1 / count, (Twist(f"the 1/N of the mean over {count} examples is in δ already"),)))
        by_a = Twist("δ means ∂L/∂a, without f′(z)")
        by_z = Twist("δ means ∂L/∂z, with f′(z)")
        meanings: Options[Delta] = (
            [(Delta.BY_Z, ()), (Delta.BY_A, (by_a,))]
            if conventions.delta is Delta.BY_Z
            else [(Delta.BY_A, ()), (Delta.BY_Z, (by_z,))]
        )
        axes = (
            self._losses(),
            self._slips(),
            meanings,
            self._sources(_Source.EXAMPLE),
            shares,
            self._signs(),
        )
        for (loss, slip, meaning, (source, mean), share, sign), twists in _combined(axes, most):
            error, delta = self._values(source, loss, slip)
            value = self._reduced(error if meaning is Delta.BY_A else delta, mean)
            yield Reading(value * share * sign, twists)

    def gradients(self, most: int) -> Iterator[Reading]:
        axes = (self._losses(), self._slips(), self._sources(_Source.EXAMPLE, _Source.BATCH), self._signs())
        for (loss, slip, (source, mean), sign), twists in _combined(axes, most):
            yield Reading(self._gradient(source, loss, slip, mean) * sign, twists)

    def new_values(self, most: int) -> Iterator[Reading]:
        basis, slot = self._basis, self._slot
        before = float(basis.theta[slot])
        frozen_here = basis.plan.trainable is not None and not basis.plan.trainable[slot]
        what = "weight" if isinstance(self._question.key, tuple) else "bias"
        if frozen_here:
            yield Reading(before)
        else:
            # The trainer's own number comes first, to the last bit.
            yield Reading(float(basis.theta[slot] + basis.coming.step[slot]))
            yield Reading(before, (Twist(f"the book does not train this {what}"),))
        trained = (Twist(f"the book trains this {what}, which is frozen here"),) if frozen_here else ()
        updates: Options[_Update] = [
            (_Update.DOWNHILL, ()),
            (_Update.UPHILL, (Twist("the step goes uphill, w + η ∂L/∂w", mistake=True),)),
        ]
        axes = (
            self._losses(),
            self._slips(),
            self._sources(_Source.BATCH, _Source.EXAMPLE),
            self._optimizers(),
            updates,
        )
        for (loss, slip, (source, mean), optimizer, update), twists in _combined(axes, most - len(trained)):
            if not twists and not trained:
                continue  # it is the trainer's number made again
            gradient = self._gradient(source, loss, slip, mean)
            after = self._stepped(gradient * update.value, optimizer)
            yield Reading(after, (*trained, *twists))

    # ---- what can be otherwise

    def _losses(self) -> Options[str]:
        mine = self._basis.loss
        options: Options[str] = [(mine.name, ())]
        if mine.for_classes:
            return options
        outputs = len(self._network.outputs)
        for name, words in SQUARES.items():
            if name == mine.name:
                continue
            over = f" over the {outputs} outputs" if name == "mean-squared" else ""
            effect = ""
            if mine.name in SQUARES:
                ratio = scale_of(name, outputs) / scale_of(mine.name, outputs)
                effect = "" if self._question.asked is Asked.NEW_VALUE else _times(ratio)
            options.append(
                (name, (Twist(f"the book's loss is {words}{over}, {LOSSES[name].formula}", effect=effect),))
            )
        return options

    def _slips(self) -> Options[Slip]:
        neuron = self._network.neuron_of[self._question.neuron]
        on_the_way = led_to(self._network, neuron.id)
        hidden = [id for id in on_the_way if self._network.neuron_of[id].kind is Kind.HIDDEN]
        says = {Slip.NO_SLOPE_AT_OUTPUTS: "f′ is left out at the outputs"}
        if neuron.kind is Kind.HIDDEN:
            says[Slip.NO_SLOPE_HERE] = f"f′ of {neuron.name} is left out"
        if any(id != neuron.id for id in hidden):
            says[Slip.NO_SLOPE_HIDDEN] = "f′ is left out at every hidden neuron"
        says[Slip.TWO_SLOPES_AT_OUTPUTS] = "f′ is multiplied in twice at the outputs"
        if len(on_the_way) > 1:
            says[Slip.NEW_WEIGHTS] = "the errors go back through the weights after the step"
        return [(Slip.NONE, ()), *((slip, (Twist(text, mistake=True),)) for slip, text in says.items())]

    def _signs(self) -> Options[int]:
        here = self._basis.conventions.factor
        other = (
            "the book writes the error, (target − output)"
            if self._basis.conventions.sign is Sign.GRADIENT
            else "the book writes the gradient, (output − target)"
        )
        return [(here, ()), (-here, (Twist(other, effect="every sign is the other way round"),))]

    def _sources(self, *sources: _Source) -> Options[tuple[_Source, bool]]:
        """Return over which examples the number is taken, and whether as their mean; the first ones are meant here."""
        (here, _), *others = [option for source in sources for option in self._over(source)]
        return [(here, ()), *others]

    def _over(self, source: _Source) -> Options[tuple[_Source, bool]]:
        is_batch = source is _Source.BATCH
        count = len((self._basis.batch if is_batch else self._basis.example).a)
        if count == 1:
            says = (
                "it is that of the next update's example" if is_batch else "it is that of this example alone"
            )
            return [((source, self._mean), (Twist(says),))]
        which = f"the {count} examples of the next update" if is_batch else f"these {count} examples"
        return [
            ((source, mean), (Twist(f"it is the {'mean' if mean else 'sum'} over {which}"),))
            for mean in (self._mean, not self._mean)
        ]

    def _optimizers(self) -> Options[TrainingSettings]:
        settings = self._basis.settings
        plain = replace(settings, optimizer="sgd", l1=0.0, l2=0.0, clip_norm=0.0)
        options: Options[TrainingSettings] = [(settings, ())]
        if plain != settings:
            options.append((plain, (Twist("the step is plain gradient descent, w − η ∂L/∂w"),)))
        return options

    # ---- the numbers

    @property
    def _slot(self) -> int:
        return self._basis.plan.slot[self._question.key]

    def _traced(self, source: _Source, loss: str) -> Trace:
        basis = self._basis
        seen = basis.example if source is _Source.EXAMPLE else basis.batch
        if loss == basis.loss.name:
            return seen
        return trace(basis.plan, basis.theta, seen.x, seen.t, LOSSES[loss], mean=self._mean)

    def _computed(self, source: _Source, loss: str, slip: Slip) -> tuple[Array, Array]:
        basis = self._basis
        seen = self._seen(source, loss)
        theta = basis.theta
        if slip is Slip.NEW_WEIGHTS:
            theta = np.add(theta, self._step(np.arange(len(theta)), seen.grad, basis.settings))
        return errors_and_deltas(basis.plan, theta, seen, LOSSES[loss], self._question.neuron, slip)

    def _gradient(self, source: _Source, loss: str, slip: Slip, mean: bool) -> float:
        _, delta = self._values(source, loss, slip)
        key = self._question.key
        if isinstance(key, tuple):
            delta = delta * self._seen(source, loss).a[:, self._basis.plan.column[key[0]]]
        return self._reduced(delta, mean)

    def _reduced(self, values: Array, mean: bool) -> float:
        return float(values.mean() if mean else values.sum())

    def _stepped(self, gradient: float, settings: TrainingSettings) -> float:
        """Return the value of the parameter after a step with its ``gradient``."""
        slot = np.array([self._slot])
        return float(self._basis.theta[slot][0] + self._step(slot, np.array([gradient]), settings)[0])

    def _step(self, slots: Indices, gradient: Array, settings: TrainingSettings) -> Array:
        """Return the step that the optimiser makes with another gradient at ``slots``, (slots,)."""
        basis = self._basis
        coming, before = basis.coming, basis.theta[slots].astype(float)
        used = gradient.astype(float)
        if settings is basis.settings:
            # Penalties and clipping stay as they are: they are made of all weights, and no book twists them.
            used = (used + coming.used[slots] / coming.clip - coming.gradient[slots]) * coming.clip
        optimizer = OPTIMIZERS[settings.optimizer]
        vectors = {name: coming.vectors[name][slots].astype(float) for name in optimizer.vectors}
        trainable = None if basis.plan.trainable is None else basis.plan.trainable[slots]
        if trainable is not None and len(slots) > 1:
            used = used * trainable
        memory = Memory(vectors, np.zeros_like(before), trainable, coming.count)
        after: Array = before.copy()
        optimizer.step(after, used, coming.rate, settings, memory)
        step: Array = after - before
        return step


def _combined(
    axes: tuple[Options[Any], ...], most: int
) -> Iterator[tuple[tuple[Any, ...], tuple[Twist, ...]]]:
    for combination in product(*axes):
        twists = tuple(twist for _, some in combination for twist in some)
        if len(twists) <= most and sum(twist.mistake for twist in twists) <= 1:
            yield tuple(value for value, _ in combination), twists


def scale_of(loss: str, outputs: int) -> float:
    """Return how many times ½ Σ (a − t)² one of ``SQUARES`` is."""
    return {"half-squared": 1.0, "sum-squared": 2.0, "mean-squared": 2 / outputs}[loss]


def _times(ratio: float) -> str:
    if ratio == 1:
        return ""
    if ratio == 2:
        return "its numbers are twice these"
    if ratio == 0.5:
        return "its numbers are half of these"
    return (
        f"its numbers are {ratio:.3g} times these"
        if ratio > 1
        else f"these are {1 / ratio:.3g} times its numbers"
    )


__all__ = ["SQUARES", "readings", "scale_of"]
