"""A gradient check together with the moment it was made at, and for how long it is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.gradient_check import GradientCheck, check_gradient
from backprop_gui.network import Key


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check of ``frame`` found."""

    frame: Frame
    check: GradientCheck

    @cached_property
    def errors(self) -> Array:
        """The relative error of each parameter in the layout of θ, (plan.size,); NaN where none is drawn."""
        errors = np.full(self.check.plan.size, np.nan)
        errors[self.check.plan.slots] = self.check.errors
        return frozen(errors)

    def row_of(self, key: Key | None) -> int | None:
        """Return where a parameter is in the arrays of the check, None for what has none."""
        slot = None if key is None else self.check.plan.slot.get(key)
        return None if slot is None else int(np.flatnonzero(self.check.plan.slots == slot)[0])

    def holds_for(self, now: Frame) -> bool:
        """Return whether the check is one of the numbers of ``now`` as well.

        The number of steps says too little: training may have begun anew in between, or the loss may be another one.
        """
        mine = self.frame
        if mine is now:
            return True
        return (
            (mine.plan, mine.loss, mine.probe) == (now.plan, now.loss, now.probe)
            and np.array_equal(mine.theta, now.theta)
            and np.array_equal(mine.trace.grad, now.trace.grad)
            and np.array_equal(mine.trace.x, now.trace.x)
            and np.array_equal(mine.trace.t, now.trace.t)
        )

    def is_gone(self, now: Frame) -> bool:
        """Return whether what was checked is gone for good.

        That is another network, loss or data, or training begun anew.
        """
        mine = self.frame
        return (
            now.step < mine.step
            or (now.plan is not mine.plan and now.plan.network != mine.plan.network)
            or now.loss != mine.loss
            or (
                now.probe == mine.probe
                and not (
                    np.array_equal(now.trace.x, mine.trace.x) and np.array_equal(now.trace.t, mine.trace.t)
                )
            )
        )


def checked(
    frame: Frame, cancelled: Callable[[], bool], progress: Callable[[float], object] = lambda share: None
) -> Checked | None:
    """Check the numbers of ``frame``; None if that was cancelled. See :func:`check_gradient`."""
    # The mean of a batch is no example itself: its examples are checked.
    trace = frame.rows or frame.trace
    # In single precision the numbers shown differ from the true ones by rounding; then the way is checked.
    claimed = trace.grad if frame.theta.dtype == np.float64 else None
    check = check_gradient(
        frame.plan,
        frame.theta,
        trace.x,
        trace.t,
        frame.loss,
        mean=frame.mean,
        claimed=claimed,
        cancelled=cancelled,
        progress=progress,
    )
    return None if check is None else Checked(frame, check)


__all__ = ["Checked", "checked"]
