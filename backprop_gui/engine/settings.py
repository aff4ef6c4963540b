"""The training settings: one frozen value, the same in the window, the project file and on the command line."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from backprop_gui.engine.arrays import PRECISIONS
from backprop_gui.errors import UserError


class Reduction(enum.Enum):
    """How a batch's loss is made of its examples' losses."""

    MEAN = "mean"
    SUM = "sum"


class SettingsError(UserError):
    """A setting is out of its range or of the wrong type."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a network learns.

    Attributes
    ----------
    loss, optimizer, schedule, initializer : str
        Names in the registries of the same names.
    reduction : Reduction
        Mean or sum over the batch.
    learning_rate : float
    momentum : float
        Of ``momentum`` and ``nesterov``.
    beta1, beta2 : float
        Decay of Adam's and AdamW's moments.
    rho : float
        RMSprop's decay (PyTorch's alpha).
    weight_decay : float
        AdamW's decoupled decay.
    batch_size : int
        Examples an update; 0 takes them all.
    l1, l2 : float
        Penalties l1 Σ|w| + l2/2 Σw² on weights (not on biases), reported apart from the data loss.
    clip_norm : float
        The gradient is shortened to at most this length; 0 leaves it as it is.
    schedule_epochs : int
        ``step`` lowers the rate every so many epochs; ``cosine`` ends after so many.
    schedule_factor : float
        What ``step`` multiplies the rate by.
    patience : int
        Training stops after so many epochs in which the test loss (without a test part, the training loss)
        did not get better, and the best weights return; 0 never stops.
    precision : str
        ``float64`` or ``float32``.
    seed : int
        Of the shuffling and of starting weights.
    """

    loss: str = "binary-cross-entropy"
    reduction: Reduction = Reduction.MEAN
    optimizer: str = "sgd"
    learning_rate: float = 0.1
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.99
    weight_decay: float = 0.01
    batch_size: int = 10
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 0.0
    schedule: str = "constant"
    schedule_epochs: int = 100
    schedule_factor: float = 0.5
    initializer: str = "xavier-uniform"
    patience: int = 0
    precision: str = "float64"
    seed: int = 0


BOUNDS: dict[str, tuple[float, float]] = {
    "learning_rate": (0.0, 1e6),
    "momentum": (0.0, 0.9999),
    "beta1": (0.0, 0.9999),
    "beta2": (0.0, 0.999999),
    "rho": (0.0, 0.999999),
    "weight_decay": (0.0, 1.0),
    "batch_size": (0, 1_000_000),
    "l1": (0.0, 100.0),
    "l2": (0.0, 100.0),
    "clip_norm": (0.0, 1e6),
    "schedule_epochs": (1, 10_000_000),
    "schedule_factor": (0.0, 1.0),
    "patience": (0, 1_000_000),
    "seed": (0, 2**31 - 1),
}
"""Lowest and highest value of each number, both allowed."""


def check_settings(settings: TrainingSettings) -> None:
    """Raise an error that names the first setting which is unknown or out of range.

    Raises
    ------
    SettingsError
        For a number out of its bounds.
    UnknownNameError
        For a name that no registry holds.
    """
    from backprop_gui.engine import CHOICES

    for name, registry in CHOICES.items():
        _ = registry[getattr(settings, name)]
    if settings.precision not in PRECISIONS:
        raise SettingsError(
            f"The setting precision is “{settings.precision}”, but must be {' or '.join(PRECISIONS)}."
        )
    for name, (low, high) in BOUNDS.items():
        value = getattr(settings, name)
        if not (math.isfinite(value) and low <= value <= high):
            raise SettingsError(f"The setting {name} is {value:g}, but must be from {low:g} to {high:g}.")
