"""How many threads NumPy's matrix products use: one, except where a product is large enough to be worth two.

The package asks for one thread before NumPy is loaded (see ``backprop_gui/__init__.py``). How a product is divided
changes its last bits, so the number follows from the network, the batch and whether the machine has a second core:
with and without a window it is the same, but large networks may differ in their last bits between machines with one
core and with more. A person who sets OPENBLAS_NUM_THREADS decides about all but the large products.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

from backprop_gui.engine.passes import Call
from backprop_gui.engine.plan import Plan

WORTHWHILE = 4_000_000
"""Multiplications in the largest product of a batch from which on two threads finish it sooner than one."""
MOST_THREADS = 2


def threads_for(plan: Plan, examples: int) -> int:
    """Return how many threads suit the products of ``plan`` with so many examples."""
    largest = max(block.shape[0] * block.shape[1] for block in plan.blocks) * examples
    return min(MOST_THREADS, os.cpu_count() or 1) if largest >= WORTHWHILE else 1


def with_threads(count: int, calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return ``calls`` so that their products use ``count`` threads, and those after them as many as before.

    Changes nothing where NumPy's library cannot be told.
    """
    before: list[int] = []

    def begin() -> None:
        before[:] = [library.num_threads for library in _libraries()]
        for library in _libraries():
            library.set_num_threads(count)

    def end() -> None:
        for library, threads in zip(_libraries(), before, strict=True):
            library.set_num_threads(threads)

    return begin, *calls, end


@cache
def _libraries() -> list[Any]:
    # Looked up once: it searches everything the process has loaded.
    found: list[Any] = ThreadpoolController().select(internal_api="openblas").lib_controllers
    return found
