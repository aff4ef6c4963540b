"""A survey of the fault lab: one bug from many starting weights at once, which tells a lucky start from a lesson."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.examples import Batches, Examples
from backprop_gui.engine.faults import Fault
from backprop_gui.engine.gradient_check import GradientCheck
from backprop_gui.engine.initializers import INITIALIZERS, drawer
from backprop_gui.engine.optimizers import OPTIMIZERS
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.sandbox import judged, textbook_of
from backprop_gui.engine.schedules import SCHEDULES
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network import Network

SURE = 0.4
"""An answer solves its example if it is so near to the target: Fahlman's criterion ("An Empirical Study of Learning
Speed in Back-Propagation Networks", 1988), under which 0.5 either way is no answer."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What became of one bug from many starting weights.

    Attributes
    ----------
    fault : Fault or None
    starts : int
        Starting weights tried.
    solved : int or None
        How many times every answer ended within ``SURE`` of its target; None where there is no right or wrong.
    right : float or None
        Mean share of right answers in the end.
    went_down : int
        How many times the loss ended lower than it began.
    largest_error : float
        Median of the check's largest relative error, at the starting weights.
    whole_error : float
        Median of |claimed − measured| / (|claimed| + |measured|), with the lengths of the whole gradients.
    """

    fault: Fault | None
    starts: int
    solved: int | None
    right: float | None
    went_down: int
    largest_error: float
    whole_error: float


def drawn_starts(network: Network, settings: TrainingSettings, count: int, *, biases: bool = False) -> Array:
    """Return starting weights of the seeds from the settings' on, (count, plan.size).

    ``biases`` says that biases are drawn as well, and not only set to what the initializer says.
    """
    rows = []
    for number in range(count):
        draw = drawer(settings.initializer, settings.seed + number)
        drawn = network.redrawn(draw, INITIALIZERS[settings.initializer].bias)
        if biases:
            free = [neuron for neuron in network.neurons if neuron.bias is not None and not neuron.frozen]
            fans = [(len(network.incoming[neuron.id]), len(network.outgoing[neuron.id])) for neuron in free]
            drawn = drawn.with_parameters(
                {neuron.id: draw(*fan) for neuron, fan in zip(free, fans, strict=True)}, {}
            )
        rows.append(compile_network(drawn).start)
    return np.array(rows)


def survey(
    network: Network,
    starts: Array,
    examples: Examples,
    settings: TrainingSettings,
    fault: Fault | None,
    epochs: int,
) -> Survey:
    """Train from many starting weights at once, with the settings' optimiser, rate, schedule and batches.

    Penalties and the shortening of gradients are left out.

    Parameters
    ----------
    starts : (starts, parameters) array
        As :func:`drawn_starts` returns them.
    """
    plan = compile_network(network)
    textbook = textbook_of(plan, settings, fault)
    optimizer, schedule = OPTIMIZERS[settings.optimizer], SCHEDULES[settings.schedule]
    x, t = examples.x_train, examples.t_train
    batches = Batches(len(x), settings.batch_size, settings.seed)
    # The optimisers are elementwise: all networks are one long vector to them.
    theta = np.ravel(starts).astype(np.float64)
    networks = theta.reshape(starts.shape)
    trainable = np.ones(plan.size) if plan.trainable is None else plan.trainable
    memory = optimizer.memory(theta.size, theta.dtype, np.tile(trainable, len(starts)))
    before = textbook.evaluate(networks, x, t)[0].mean(axis=-1)
    with np.errstate(all="ignore"):
        while batches.epoch < epochs:
            rate = settings.learning_rate * schedule.factor(settings, batches.epoch)
            batch = batches.take()
            gradient = textbook.gradient(networks, x[batch], t[batch]) * trainable
            memory.count += 1
            optimizer.step(theta, gradient.ravel(), rate, settings, memory)
        losses, predictions = textbook.evaluate(networks, x, t)
        solved = (np.abs(predictions - t.T[:, None, :]) < SURE).all(axis=(0, 2))
        went_down = losses.mean(axis=-1) < before
    shares = [examples.accuracy(predictions[:, number], t.T) for number in range(len(starts))]
    known = [share for share in shares if share is not None]
    checks = [judged(textbook, start, examples) for start in starts]
    return Survey(
        fault,
        len(starts),
        int(solved.sum()) if known else None,
        float(np.mean(known)) if known else None,
        int(went_down.sum()),
        float(np.median([check.max_relative_error for check in checks if check is not None])),
        float(np.median([_whole_error(check) for check in checks if check is not None])),
    )


def _whole_error(check: GradientCheck) -> float:
    length = np.linalg.norm
    both = float(length(check.claimed) + length(check.measured))
    return float(length(check.claimed - check.measured)) / both if both else 0.0


__all__ = ["Survey", "drawn_starts", "survey"]
