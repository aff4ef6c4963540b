"""The attic: what edits took away, kept so that undo brings back what was learned and not only what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.carry import Key
from backprop_gui.engine.optimizers import Optimizer

CAPACITY = 4_000_000
"""Numbers that are kept at most; the oldest go first."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What one change took away: where each parameter is in the arrays, how it was drawn, and what it had learned."""

    place: Mapping[Key, int]
    start: Array
    theta: Array
    vectors: Mapping[str, Array]
    optimizer: Optimizer | None

    @property
    def numbers(self) -> int:
        """How much it holds."""
        return len(self.theta) * (2 + len(self.vectors))

    def find(self, key: Key, start: float) -> int | None:
        """Return where the parameter is that was drawn with ``start``, None if it is not here or not finite."""
        place = self.place.get(key)
        if place is None or self.start[place] != start or not np.isfinite(self.theta[place]):
            return None
        return place


class Attic:
    """Shelves, each under the number of the change that left it."""

    def __init__(self) -> None:
        self._shelves: dict[int, Shelf] = {}
        self.numbers = 0

    def copy(self) -> Attic:
        """Return another attic with the same shelves: what is put there later is not here."""
        other = Attic()
        other._shelves, other.numbers = dict(self._shelves), self.numbers
        return other

    def put(self, number: int, shelf: Shelf) -> None:
        """Keep ``shelf`` under ``number``; what would be too much goes, the oldest first."""
        if not shelf.place or shelf.numbers > CAPACITY:
            return
        self._shelves[number] = shelf
        self.numbers += shelf.numbers
        while self.numbers > CAPACITY:
            self.numbers -= self._shelves.pop(next(iter(self._shelves))).numbers

    def find(self, numbers: Sequence[int], key: Key, start: float) -> tuple[Shelf, int] | None:
        """Return the first of the shelves ``numbers`` that has the parameter, and where it is there."""
        for number in numbers:
            shelf = self._shelves.get(number)
            place = None if shelf is None else shelf.find(key, start)
            if shelf is not None and place is not None:
                return shelf, place
        return None


__all__ = ["CAPACITY", "Attic", "Shelf"]
