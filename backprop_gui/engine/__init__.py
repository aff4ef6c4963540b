"""How it learns: activations, losses, the compiled plan, the passes, optimisers and the trainer. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.initializers import INITIALIZERS
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.optimizers import OPTIMIZERS
from backprop_gui.engine.schedules import SCHEDULES

CHOICES: Mapping[str, Mapping[str, Any]] = {
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "initializer": INITIALIZERS,
}
"""The registry behind each training setting that is a name."""

__all__ = ["ACTIVATIONS", "CHOICES", "INITIALIZERS", "LOSSES", "OPTIMIZERS", "SCHEDULES"]
