"""The vertical axis of a curve: from values to heights between 0 and 1, with what could not be drawn counted. No Qt."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.arrays import Array
from backprop_gui.ui.plots.ticks import (
    linear_limits,
    linear_ticks,
    log_limits,
    log_ticks,
    nice_step,
    tick_label,
)

LARGEST = 1e300
"""Beyond this an axis could not be laid out without overflow; no loss that means anything is there."""


class Scale(enum.Enum):
    """How the heights of a curve follow its values."""

    LINEAR = "linear"
    LOG = "log"
    SHARE = "share"
    """From 0 to 100 %."""


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """One vertical axis.

    Attributes
    ----------
    low, high : float
        What stands at height 0 and at height 1.
    """

    scale: Scale
    low: float
    high: float

    @classmethod
    def around(cls, scale: Scale, series: Sequence[Array]) -> ValueAxis:
        """Return the axis that shows all of ``series`` and rests on round numbers, so that it moves seldom."""
        if scale is Scale.SHARE:
            return cls(scale, 0.0, 1.0)
        drawn = [values[drawable(values, scale)] for values in series]
        drawn = [values for values in drawn if len(values)]
        if not drawn:
            return cls(scale, *((0.1, 1.0) if scale is Scale.LOG else (0.0, 1.0)))
        low = min(float(values.min()) for values in drawn)
        high = max(float(values.max()) for values in drawn)
        return cls(scale, *(log_limits(low, high) if scale is Scale.LOG else linear_limits(low, high)))

    def heights(self, values: Array) -> Array:
        """Return heights from 0 to 1 of ``values``; NaN for what cannot be drawn."""
        result = np.full(len(values), np.nan)
        where = drawable(values, self.scale)
        low, high = self.low, self.high
        if self.scale is Scale.LOG:
            result[where] = np.log10(values[where] / low) / math.log10(high / low)
        else:
            result[where] = (values[where] - low) / (high - low)
        return result

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return (height, label) of at most about ``most`` round numbers."""
        if self.scale is Scale.LOG:
            values = log_ticks(self.low, self.high, most)
            labels = [tick_label(value) for value in values]
        else:
            step = nice_step(self.high - self.low, most)
            values = linear_ticks(self.low, self.high, most)
            labels = [
                f"{100 * value:.0f} %" if self.scale is Scale.SHARE else tick_label(value, step)
                for value in values
            ]
        return list(zip(self.heights(np.array(values)).tolist(), labels, strict=True))


def drawable(values: Array, scale: Scale) -> NDArray[np.bool_]:
    """Return which of ``values`` have a place on an axis of this scale."""
    finite: NDArray[np.bool_] = np.abs(values) <= LARGEST  # NaN compares false
    return finite & (values >= 1 / LARGEST) if scale is Scale.LOG else finite


def left_out(train: Array, test: Array, scale: Scale) -> str:
    """Say in a few words what is not drawn; empty if all is. NaN in ``test`` is a record without a test part."""
    tested = test[~np.isnan(test)]
    infinite = sum(int((~drawable(values, Scale.LINEAR)).sum()) for values in (train, tested))
    hidden = sum(int((~drawable(values, scale)).sum()) for values in (train, tested)) - infinite
    parts = []
    if hidden:
        parts.append(f"{hidden:,} at or below 0 not on a log scale")
    if infinite:
        parts.append(f"{infinite:,} not finite")
    return " · ".join(parts)


__all__ = ["Scale", "ValueAxis", "drawable", "left_out"]
