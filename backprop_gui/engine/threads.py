"""How many threads NumPy's matrix products use: one, except where a product is large enough to be worth two.

The package asks for one thread before NumPy is loaded (see ``backprop_gui/__init__.py``). How a product is divided
changes its last bits, so the number follows from the network and the batch alone, the same with and without a window.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

from backprop_gui.engine.plan import Plan

WORTHWHILE = 4_000_000
"""Multiplications in the largest product of a batch from which on two threads finish it sooner than one."""
MOST_THREADS = 2


def threads_for(plan: Plan, examples: int) -> int:
    """Return how many threads suit the products of ``plan`` with so many examples."""
    largest = max(block.shape[0] * block.shape[1] for block in plan.blocks) * examples
    return min(MOST_THREADS, os.cpu_count() or 1) if largest >= WORTHWHILE else 1


def use_threads(count: int) -> None:
    """Let all products from now on use ``count`` threads; does nothing where NumPy's library cannot be told."""
    for library in _libraries():
        library.set_num_threads(count)


@cache
def _libraries() -> list[Any]:
    # Looked up once: it searches everything the process has loaded.
    found: list[Any] = ThreadpoolController().select(internal_api="openblas").lib_controllers
    return found
