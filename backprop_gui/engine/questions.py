"""What a book's number is compared with: a question, the moment it is about, and one reading of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Coming, Frame
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.network import Key


class Asked(enum.Enum):
    """Which number of a neuron or an edge a book's value is compared with."""

    DELTA = "delta"
    GRADIENT = "gradient"
    NEW_VALUE = "new value"


@dataclass(frozen=True, slots=True)
class Question:
    """A number of the model: the delta of a neuron, or the gradient or the next value of a weight or a bias.

    Attributes
    ----------
    asked : Asked
    key : Key
        A neuron's id for its delta or its bias, (source, target) for a weight.
    """

    asked: Asked
    key: Key

    @property
    def neuron(self) -> int:
        """The neuron whose delta the number is made of."""
        return self.key[1] if isinstance(self.key, tuple) else self.key


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Everything that readings are made of: one moment, and how the program writes it.

    Attributes
    ----------
    example, batch : Trace
        Of what the person looks at, be it one example or many, and of the examples of the next update.
    """

    plan: Plan
    theta: Array
    loss: Loss
    example: Trace
    batch: Trace
    coming: Coming
    settings: TrainingSettings
    conventions: Conventions

    @classmethod
    def of(
        cls, frame: Frame, examples: Examples, settings: TrainingSettings, conventions: Conventions
    ) -> Basis:
        """Return the basis of a frame, whose next update learns from some of ``examples``."""
        batch = frame.coming.batch
        mean = settings.reduction is Reduction.MEAN
        seen = trace(
            frame.plan, frame.theta, examples.x_train[batch], examples.t_train[batch], frame.loss, mean=mean
        )
        # Where the frame is about many examples, their mean is no example: nothing else can be made of it.
        example = frame.trace if frame.rows is None else frame.rows
        return cls(frame.plan, frame.theta, frame.loss, example, seen, frame.coming, settings, conventions)


@dataclass(frozen=True, slots=True)
class Twist:
    """One thing that is otherwise than the program writes it.

    Attributes
    ----------
    says : str
        What holds then, as it stands behind "if".
    mistake : bool
        Whether it is no convention, because it is not the gradient any more.
    effect : str
        What that does to the number; empty where it goes without saying.
    """

    says: str
    mistake: bool = False
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that a book may print, and what has to be otherwise for it."""

    value: float
    twists: tuple[Twist, ...] = ()


__all__ = ["Asked", "Basis", "Question", "Reading", "Twist"]
