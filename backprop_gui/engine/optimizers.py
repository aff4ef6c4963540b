"""Optimisers: how a gradient becomes a step. Each is a few operations on one vector, whatever the network.

The definitions are PyTorch's (torch.optim 2.13, without its options), so that runs can be compared number by number.
With g the gradient, η the learning rate and k the number of the step, from 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.operations import update_formulas as formulas
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.registry import Registry


@dataclass(slots=True, eq=False)
class Memory:
    """What an optimiser remembers between steps.

    Attributes
    ----------
    vectors : dict of (parameters,) arrays
        Running means and the like, by name; 0 at the beginning.
    count : int
        Steps made.
    work : (parameters,) array
        Room for intermediate results.
    trainable : (parameters,) array or None
        0 at parameters that must not move (their gradient is 0 already) and 1 elsewhere; None if all may.
    """

    vectors: dict[str, Array]
    work: Array
    trainable: Array | None = None
    count: int = 0


StepFunction = Callable[[Array, Array, float, TrainingSettings, Memory], None]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One way to step.

    Attributes
    ----------
    step : callable
        ``step(theta, grad, rate, settings, memory)`` changes ``theta`` in place and may write over ``grad``.
    formula : str
        The update, as people write it.
    vectors : tuple of str
        Names of the vectors it remembers.
    uses : tuple of str
        The training settings it reads besides the learning rate.
    written : callable, optional
        ``written(descent)`` returns the step of one parameter as equations, the last of which gives Δw.
    """

    name: str
    label: str
    formula: str
    step: StepFunction
    vectors: tuple[str, ...] = ()
    uses: tuple[str, ...] = field(default=())
    written: Callable[[formulas.Descent], tuple[Equation, ...]] | None = None

    def memory(self, size: int, dtype: np.dtype[np.floating[Any]], trainable: Array | None = None) -> Memory:
        """Return an empty memory for ``size`` parameters."""
        return Memory(
            {name: np.zeros(size, dtype) for name in self.vectors}, np.zeros(size, dtype), trainable
        )


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")

EPSILON = 1e-8
ADAGRAD_EPSILON = 1e-10


def _move(theta: Array, direction: Array, rate: float, room: Array) -> None:
    """Make ``theta`` θ − rate · direction; the product goes into ``room``."""
    np.multiply(direction, rate, room)
    np.subtract(theta, room, theta)


def _sgd(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    # The gradient has served its purpose: its own memory is warmer in the cache than any other.
    _move(theta, grad, rate, grad)


def _momentum(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    velocity = memory.vectors["velocity"]
    np.multiply(velocity, settings.momentum, velocity)
    np.add(velocity, grad, velocity)
    _move(theta, velocity, rate, memory.work)


def _nesterov(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    velocity, ahead = memory.vectors["velocity"], memory.work
    np.multiply(velocity, settings.momentum, velocity)
    np.add(velocity, grad, velocity)
    np.multiply(velocity, settings.momentum, ahead)
    np.add(ahead, grad, ahead)
    _move(theta, ahead, rate, ahead)


def _divide_step(
    theta: Array, numerator: Array, square: Array, rate: float, root: float, epsilon: float
) -> None:
    """θ −= rate · numerator / (√square / root + ε); one temporary for the quotient."""
    scale = np.sqrt(square)
    if root != 1.0:
        np.divide(scale, root, scale)
    np.add(scale, epsilon, scale)
    np.divide(numerator, scale, scale)
    np.multiply(scale, rate, scale)
    np.subtract(theta, scale, theta)


def _decay_towards(mean: Array, value: Array, decay: float, work: Array) -> None:
    """Make ``mean`` decay · mean + (1 − decay) · value."""
    np.multiply(mean, decay, mean)
    np.multiply(value, 1 - decay, work)
    np.add(mean, work, mean)


def _adagrad(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    total = memory.vectors["total"]
    np.multiply(grad, grad, memory.work)
    np.add(total, memory.work, total)
    _divide_step(theta, grad, total, rate, 1.0, ADAGRAD_EPSILON)


def _rmsprop(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    square = memory.vectors["square"]
    np.multiply(grad, grad, memory.work)
    _decay_towards(square, memory.work, settings.rho, memory.work)
    _divide_step(theta, grad, square, rate, 1.0, EPSILON)


def _adam(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    mean, square, work = memory.vectors["mean"], memory.vectors["square"], memory.work
    _decay_towards(mean, grad, settings.beta1, work)
    np.multiply(grad, grad, work)
    _decay_towards(square, work, settings.beta2, work)
    correction = 1 - settings.beta1**memory.count
    root = math.sqrt(1 - settings.beta2**memory.count)
    _divide_step(theta, mean, square, rate / correction, root, EPSILON)


def _adamw(theta: Array, grad: Array, rate: float, settings: TrainingSettings, memory: Memory) -> None:
    np.multiply(theta, rate * settings.weight_decay, memory.work)
    if memory.trainable is not None:
        np.multiply(memory.work, memory.trainable, memory.work)
    np.subtract(theta, memory.work, theta)
    _adam(theta, grad, rate, settings, memory)


for _optimizer in (
    Optimizer("sgd", "SGD", "w ← w − η g", _sgd, written=formulas.sgd),
    Optimizer(
        "momentum",
        "momentum",
        "v ← μ v + g;  w ← w − η v",
        _momentum,
        ("velocity",),
        ("momentum",),
        formulas.momentum,
    ),
    Optimizer(
        "nesterov",
        "Nesterov",
        "v ← μ v + g;  w ← w − η (g + μ v)",
        _nesterov,
        ("velocity",),
        ("momentum",),
        formulas.nesterov,
    ),
    Optimizer(
        "adagrad",
        "Adagrad",
        "s ← s + g²;  w ← w − η g / (√s + ε)",
        _adagrad,
        ("total",),
        written=partial(formulas.adagrad, ADAGRAD_EPSILON),
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        "s ← ρ s + (1 − ρ) g²;  w ← w − η g / (√s + ε)",
        _rmsprop,
        ("square",),
        ("rho",),
        partial(formulas.rmsprop, EPSILON),
    ),
    Optimizer(
        "adam",
        "Adam",
        "m ← β₁ m + (1 − β₁) g;  s ← β₂ s + (1 − β₂) g²;  w ← w − η m̂ / (√ŝ + ε)",
        _adam,
        ("mean", "square"),
        ("beta1", "beta2"),
        partial(formulas.adam, EPSILON),
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "w ← w − η λ w, then as Adam",
        _adamw,
        ("mean", "square"),
        ("beta1", "beta2", "weight_decay"),
        partial(formulas.adamw, EPSILON),
    ),
):
    OPTIMIZERS.add(_optimizer.name, _optimizer)
