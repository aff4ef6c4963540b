"""A share of the wall time that a picture may take, so that training keeps the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Budget:
    """Says when the next picture may be made, after what the last ones cost.

    Painting and calculating in the window hold the interpreter lock, so every millisecond of it is one without
    training.

    Parameters
    ----------
    share : float
        Of the wall time, 0 to 1.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._next = 0.0
        self.seconds = 0.0
        """What the last stretch of work cost."""

    def allows(self) -> bool:
        """Return whether what was spent has been paid for by waiting."""
        return time.perf_counter() >= self._next

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Measure the work done meanwhile."""
        start = time.perf_counter()
        yield
        self.seconds = time.perf_counter() - start
        self._next = max(self._next, start) + self.seconds / self._share


__all__ = ["Budget"]
