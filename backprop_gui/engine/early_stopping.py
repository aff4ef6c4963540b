"""Early stopping: the best weights by the watched loss, and whether it has not become better for too long."""

from __future__ import annotations

import math

import numpy as np

from backprop_gui.engine.arrays import frozen
from backprop_gui.engine.frame import Note, NoteKind, Score
from backprop_gui.engine.run import Best
from backprop_gui.engine.stepper import Stepper
from backprop_gui.numerals import counted


def watched(train: Score, test: Score | None) -> float:
    """Return the loss that is watched: that of the test data, where there are any."""
    return (test or train).loss


def best_of(best: Best | None, stepper: Stepper, loss: float) -> Best | None:
    """Return the best weights at the end of an epoch, whose watched loss is ``loss``: the present ones or ``best``."""
    if (best is None or loss < best.loss) and np.isfinite(stepper.theta).all():
        return Best(loss, stepper.batches.epoch, frozen(stepper.theta[stepper.plan.slots]))
    return best


def is_over(best: Best, stepper: Stepper, loss: float) -> bool:
    """Return whether patience is at an end."""
    return stepper.batches.epoch - best.epoch >= stepper.settings.patience and math.isfinite(loss)


def stopped_early(best: Best, stepper: Stepper, part: str) -> Note:
    """Return the note that says so; the loss is that of a ``part`` of the data, such as “test”."""
    text = (
        f"Training stopped at epoch {stepper.batches.epoch:,}: the {part} loss had not become better for "
        f"{counted(stepper.settings.patience, 'epoch')}. The weights of epoch {best.epoch:,}, where it was "
        f"{best.loss:.6g}, are back."
    )
    return Note(NoteKind.STOPPED_EARLY, text, stepper.step)


__all__ = ["best_of", "is_over", "stopped_early", "watched"]
