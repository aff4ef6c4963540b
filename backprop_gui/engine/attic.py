"""The attic: what edits took away, kept so that undo brings back what was learned and not only what was drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.optimizers import Optimizer
from backprop_gui.engine.plan import Indices, Plan, shared_slots

CAPACITY = 4_000_000
"""Numbers that are kept at most; the oldest go first."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What one edit took away: ``lost`` says which entries of ``theta`` and ``vectors`` those are."""

    plan: Plan
    theta: Array
    vectors: Mapping[str, Array]
    optimizer: Optimizer
    lost: NDArray[np.bool_]

    @property
    def numbers(self) -> int:
        """How much it holds."""
        return len(self.theta) * (1 + len(self.vectors))

    def has_of(self, plan: Plan) -> tuple[Indices, Indices]:
        """Return where in ``plan`` and here those parameters are that are finite and were drawn with the same start."""
        slots, places = shared_slots(plan, self.plan)
        here = (
            self.lost[places]
            & (self.plan.start[places] == plan.start[slots])
            & np.isfinite(self.theta[places])
        )
        return slots[here], places[here]


class Attic:
    """Shelves, the newest first."""

    def __init__(self) -> None:
        self._shelves: deque[Shelf] = deque()
        self._numbers = 0

    def put(
        self, plan: Plan, theta: Array, vectors: Mapping[str, Array], optimizer: Optimizer, kept: Indices
    ) -> None:
        """Keep copies of every parameter of ``plan`` that is not in the slots ``kept``."""
        lost = np.zeros(plan.size, np.bool_)
        lost[plan.slots] = True
        lost[kept] = False
        if not lost.any():
            return
        copies = {name: vector.copy() for name, vector in vectors.items()}
        shelf = Shelf(plan, theta.copy(), copies, optimizer, lost)
        self._shelves.appendleft(shelf)
        self._numbers += shelf.numbers
        while self._numbers > CAPACITY and len(self._shelves) > 1:
            self._numbers -= self._shelves.pop().numbers

    def find(self, plan: Plan, kept: Indices) -> list[tuple[Indices, Shelf, Indices]]:
        """Return (slots, shelf, slots there) of what ``plan`` has, beyond the slots ``kept``, and the attic knows."""
        missing = np.zeros(plan.size, np.bool_)
        missing[plan.slots] = True
        missing[kept] = False
        found: list[tuple[Indices, Shelf, Indices]] = []
        for shelf in self._shelves:
            if not missing.any():
                break
            slots, places = shelf.has_of(plan)
            wanted = missing[slots]
            if wanted.any():
                found.append((slots[wanted], shelf, places[wanted]))
                missing[slots] = False
        return found

    def clear(self) -> None:
        """Forget everything: training has begun anew."""
        self._shelves.clear()
        self._numbers = 0
