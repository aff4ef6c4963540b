"""The sandbox of the fault lab: a copy of the network learns with a known bug, and the check judges its gradient.

Nothing here touches what is trained in the window. A course is a whole run from the drawn starting weights, with the
project's own data, loss, optimiser, learning rate and order of examples, in double precision; only the gradient is
that of the bug.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.examples import Examples, evenly_chosen
from backprop_gui.engine.faults import Fault
from backprop_gui.engine.gradient_check import MOST_EXAMPLES, Cancelled, GradientCheck, check_gradient
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.plan import Indices, Plan, compile_network
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.stepper import Stepper
from backprop_gui.engine.textbook import RIGHT, TextbookPass
from backprop_gui.network import Network

MOST_RECORDS = 240
"""Records of one course: as many as a curve has room for."""
NEWS_SECONDS = 0.06
"""How often a course that is under way is told about."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How one run went, or goes so far.

    Attributes
    ----------
    fault : Fault or None
        None for backpropagation as it should be.
    epochs, losses, accuracies : (records,) arrays
        When, the training loss, and the share of right answers; NaN where there is no right or wrong. All as long as
        the run was planned; what is not reached yet is NaN.
    check : GradientCheck
        Of the textbook pass at the drawn starting weights. With a fault, that pass trained; without one, training
        goes through the engine's own passes, which come to the same gradient another way.
    reached : float
        The epoch of the last record.
    broke : bool
        Whether a number became infinite or not a number, which ended it.
    """

    fault: Fault | None
    epochs: Array
    losses: Array
    accuracies: Array
    check: GradientCheck
    reached: float
    broke: bool

    @property
    def first_loss(self) -> float:
        """The loss at the drawn starting weights."""
        return float(self.losses[0])

    @property
    def last_loss(self) -> float:
        """The loss at the last record; infinite where it broke."""
        return float("inf") if self.broke else float(self.losses[self._last])

    @property
    def loss_went_down(self) -> bool:
        """Whether the loss is lower than at the beginning."""
        return self.last_loss < self.first_loss

    @property
    def accuracy(self) -> float | None:
        """The share of right answers at the last record; None where there is no right or wrong."""
        value = float(self.accuracies[self._last])
        return None if np.isnan(value) else value

    @property
    def _last(self) -> int:
        return int(np.searchsorted(self.epochs, self.reached))


class Sandbox:
    """A copy of one network, its data and its settings.

    Raises
    ------
    UserError
        If they cannot be trained.
    """

    def __init__(self, network: Network, examples: Examples, settings: TrainingSettings) -> None:
        self.plan, self.examples = compile_network(network), examples
        self.settings = replace(settings, precision="float64")

    def check(self, fault: Fault | None, cancelled: Cancelled = lambda: False) -> GradientCheck | None:
        """Have the gradient of ``fault`` judged at the drawn starting weights; None if it was cancelled."""
        return judged(textbook_of(self.plan, self.settings, fault), self.plan.start, self.examples, cancelled)

    def train(
        self,
        fault: Fault | None,
        epochs: int,
        tell: Callable[[Course], object] = lambda course: None,
        cancelled: Cancelled = lambda: False,
    ) -> Course | None:
        """Train from the drawn starting weights and return how it went; the same every time.

        Parameters
        ----------
        epochs : int
            At least 1.
        tell : callable
            Is told about the course while it is under way.
        cancelled : callable
            Asked before every update; once it says True, the course ends where it is, or is None if it has not begun.
        """
        check = self.check(fault, cancelled)
        if check is None:
            return None
        stepper = self._stepper(fault)
        stops = np.unique(np.linspace(0, epochs, min(epochs, MOST_RECORDS) + 1).round())
        losses, accuracies = np.full((2, len(stops)), np.nan)
        told = time.monotonic()
        for number, stop in enumerate(stops):
            with np.errstate(all="ignore"):
                while stepper.batches.epoch < stop and not cancelled():
                    stepper.update()
            if stepper.batches.epoch < stop:
                break
            score = stepper.score_train()
            losses[number] = score.loss
            accuracies[number] = np.nan if score.accuracy is None else score.accuracy
            broke = not (np.isfinite(score.loss) and np.isfinite(stepper.theta).all())
            course = Course(fault, stops, frozen(losses), frozen(accuracies), check, float(stop), broke)
            if broke:
                break
            if time.monotonic() - told > NEWS_SECONDS:
                told = time.monotonic()
                tell(course)
        return course

    def _stepper(self, fault: Fault | None) -> Stepper:
        """Return what makes the updates: without a fault, the very thing that trains projects."""
        if fault is None:
            return Stepper(self.plan, self.examples, self.settings)
        textbook = textbook_of(self.plan, self.settings, fault)
        return _FaultyStepper(self.plan, self.examples, self.settings, textbook)


class _FaultyStepper(Stepper):
    """A stepper whose gradient is that of a textbook; all that is done with it is the same."""

    def __init__(
        self, plan: Plan, examples: Examples, settings: TrainingSettings, textbook: TextbookPass
    ) -> None:
        super().__init__(plan, examples, settings)
        self._textbook = textbook

    def _differentiate(self, batch: Indices) -> None:
        x, t = self.examples.x_train[batch], self.examples.t_train[batch]
        self.grad[...] = self._textbook.gradient(self.theta, x, t)
        if self.plan.trainable is not None:
            np.multiply(self.grad, self.plan.trainable, self.grad)


def textbook_of(plan: Plan, settings: TrainingSettings, fault: Fault | None) -> TextbookPass:
    """Return the textbook pass with a fault, for the loss of the settings and reduced as they say."""
    equations = RIGHT if fault is None else fault.equations
    return TextbookPass(plan, LOSSES[settings.loss], equations, mean=settings.reduction is Reduction.MEAN)


def judged(
    textbook: TextbookPass, theta: Array, examples: Examples, cancelled: Cancelled = lambda: False
) -> GradientCheck | None:
    """Check the gradient that ``textbook`` finds at ``theta``, on some of the training examples."""
    chosen = evenly_chosen(len(examples.x_train), MOST_EXAMPLES)
    x, t = examples.x_train[chosen], examples.t_train[chosen]
    claimed = textbook.gradient(theta, x, t)
    return check_gradient(
        textbook.plan,
        theta,
        x,
        t,
        textbook.loss,
        mean=textbook.mean,
        claimed=claimed,
        cancelled=cancelled,
    )


__all__ = ["Course", "Sandbox", "judged", "textbook_of"]
