"""The limit of a colour scale: grows at once, shrinks slowly, and is always a number that is easy to read."""

from __future__ import annotations

import enum
import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
HALF_LIFE_SECONDS = 0.8
"""Time in which the remembered maximum halves while smaller numbers arrive."""
LONGEST_MEMORY = 100.0
"""The remembered maximum is at most so many times the present one."""
SMALLEST = 1e-300
"""Numbers nearer to zero than this are drawn as zero."""


class Form(enum.Enum):
    """How a number becomes a place on the scale."""

    LINEAR = "linear"
    SYMLOG = "symmetric logarithm"


class Reach(enum.Enum):
    """What shares one scale."""

    NETWORK = "the network"
    LAYER = "each layer"


def nice_above(value: float) -> float:
    """Return the smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below ``value`` > 0."""
    power = math.floor(math.log10(value))
    for mantissa in NICE:
        # Through text, so that 0.6 is 0.6 and not 0.6000000000000001.
        limit = float(f"{mantissa}e{power}")
        if limit >= value * (1 - 1e-12):
            return limit
    return float(f"1e{power + 1}")


class CalmLimit:
    """The limit of one scale over time.

    Attributes
    ----------
    limit : float
        At least as large as the last maximum fed; 0 before the first one above zero.
    """

    def __init__(self) -> None:
        self.limit = 0.0
        self._maximum = 0.0
        self._fed_at = 0.0

    def feed(self, maximum: float, now: float) -> float:
        """Take the largest absolute value of a frame, finite, at the time ``now`` in seconds; return the limit."""
        faded = self._maximum * 0.5 ** (max(0.0, now - self._fed_at) / HALF_LIFE_SECONDS)
        if maximum > 0:
            # Calm is for numbers of one kind: after a collapse, the scale is of use again within seconds.
            faded = min(faded, LONGEST_MEMORY * maximum)
        self._maximum, self._fed_at = max(maximum, faded), now
        if maximum > self.limit:
            self.limit = nice_above(maximum)
        elif self._maximum > SMALLEST:
            # A little room keeps the limit from jumping between two neighbours.
            self.limit = min(self.limit, nice_above(self._maximum * 1.05))
        return self.limit


class Limits:
    """The limits of many values: one for all of them, or one for each group.

    Attributes
    ----------
    reach : Reach
        Whether groups share a limit.
    """

    def __init__(self) -> None:
        self.reach = Reach.NETWORK
        self._calm: dict[int, CalmLimit] = {}

    def forget(self) -> None:
        """Start anew: for other values than those fed before."""
        self._calm.clear()

    def feed(
        self, values: Floats, known: NDArray[np.bool_], groups: NDArray[np.intp], now: float
    ) -> float | Floats:
        """Return the limit of each value, or the one limit of all.

        Parameters
        ----------
        values : (count,) array
            Only finite values count, and only where ``known``.
        groups : (count,) int array
            The layer of each value.
        now : float
            Seconds on any clock that does not run backwards.
        """
        sizes = np.where(known & np.isfinite(values), np.abs(values), 0.0)
        if self.reach is Reach.NETWORK:
            return self._limit(-1).feed(float(sizes.max(initial=0.0)), now)
        largest = np.zeros(int(groups.max(initial=-1)) + 1)
        np.maximum.at(largest, groups, sizes)
        limits = np.zeros_like(largest)
        for group in np.unique(groups).tolist():
            limits[group] = self._limit(group).feed(float(largest[group]), now)
        return limits[groups]

    def limit_of(self, group: int) -> float:
        """Return the present limit of a group; 0 without any value above zero."""
        return self._limit(-1 if self.reach is Reach.NETWORK else group).limit

    def _limit(self, group: int) -> CalmLimit:
        return self._calm.setdefault(group, CalmLimit())


__all__ = ["CalmLimit", "Form", "Limits", "Reach", "nice_above"]
