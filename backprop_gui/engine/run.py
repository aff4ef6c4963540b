"""Where training stands: everything needed to go on as if it had never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.frame import Beginning, Curve
from backprop_gui.engine.learned import Learned, Steps
from backprop_gui.engine.stepper import DataMismatchError, Moment, Stepper
from backprop_gui.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best weights so far by the loss that early stopping watches."""

    loss: float
    epoch: int
    parameters: Array


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The state of a training run, in the terms of the drawing and not of the engine's layout.

    Parameter vectors hold one number for each bias (neurons in drawing order, those without one left out), then
    one for each edge in drawing order.

    Attributes
    ----------
    step : int
        Updates made.
    epoch, position : int
        Epochs completed, and examples of the present one that have been used. With the seed, this is the
        state of the generator that shuffles.
    parameters : (parameters,) array
    memory : dict of (parameters,) arrays
        The optimiser's vectors by name.
    memory_count : int
        Steps the optimiser has made since it was chosen.
    curve : Curve or None
        The losses recorded so far.
    beginning : Beginning or None
        Since when they can be compared; None where that is not known, and then all of them can.
    best : Best or None
        Kept while early stopping is on.
    """

    step: int
    epoch: int
    position: int
    parameters: Array
    memory: Mapping[str, Array] = field(default_factory=dict)
    memory_count: int = 0
    curve: Curve | None = None
    beginning: Beginning | None = None
    best: Best | None = None


def carried(run: Run, network: Network, steps: Steps, attic: Attic) -> Run:
    """Return ``run``, which is one of ``network``, as a run of the last of ``steps``: what they left of it.

    The ``attic`` keeps what they take away, and gives back what they bring back.
    """
    learned = Learned(network, run.parameters, run.memory).through(steps, attic)
    if learned.network is network:
        return run
    memory = {name: frozen(vector) for name, vector in learned.vectors.items()}
    return replace(run, parameters=frozen(learned.theta), memory=memory, best=None)


def run_of(moment: Moment, stepper: Stepper, curve: Curve, beginning: Beginning, best: Best | None) -> Run:
    """Return a moment of ``stepper`` as a run."""
    slots = stepper.plan.slots
    return Run(
        step=moment.step,
        epoch=moment.epoch,
        position=moment.position,
        parameters=frozen(moment.theta[slots]),
        memory={name: frozen(vector[slots]) for name, vector in moment.vectors.items()},
        memory_count=moment.count,
        curve=curve,
        beginning=beginning,
        best=best,
    )


def moment_of(run: Run, stepper: Stepper) -> Moment:
    """Return where ``run`` stands as a moment of ``stepper``, whose optimiser it need not have been made with.

    Raises
    ------
    DataMismatchError
        If the run belongs to another network or to fewer examples.
    """
    _check(run, stepper)
    plan, dtype = stepper.plan, stepper.theta.dtype
    theta = plan.start.astype(dtype)
    theta[plan.slots] = run.parameters
    vectors = {name: np.zeros_like(theta) for name in stepper.optimizer.vectors}
    for name, vector in vectors.items():
        if name in run.memory:
            vector[plan.slots] = run.memory[name]
    return Moment(theta, vectors, run.memory_count, run.step, run.epoch, run.position)


def _check(run: Run, stepper: Stepper) -> None:
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
