"""Learning-rate schedules: a factor on the learning rate for each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.registry import Registry


@dataclass(frozen=True, slots=True)
class Schedule:
    """``factor(settings, epoch)`` multiplies the learning rate during the epoch of that number, from 0."""

    name: str
    label: str
    factor: Callable[[TrainingSettings, int], float]
    uses: tuple[str, ...] = ()


SCHEDULES: Registry[Schedule] = Registry("schedule")


def _step(settings: TrainingSettings, epoch: int) -> float:
    return settings.schedule_factor ** (epoch // settings.schedule_epochs)


def _cosine(settings: TrainingSettings, epoch: int) -> float:
    # Loshchilov and Hutter, "SGDR", 2017, equation 5 with a lowest rate of 0 and without restarts.
    return (1 + math.cos(math.pi * min(epoch / settings.schedule_epochs, 1.0))) / 2


for _schedule in (
    Schedule("constant", "constant", lambda settings, epoch: 1.0),
    Schedule("step", "step", _step, ("schedule_epochs", "schedule_factor")),
    Schedule("cosine", "cosine", _cosine, ("schedule_epochs",)),
):
    SCHEDULES.add(_schedule.name, _schedule)
