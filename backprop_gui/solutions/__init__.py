"""Worked solutions: one training step written out as a document, to be read, handed in or filled in."""

from __future__ import annotations

import importlib

from backprop_gui.solutions.solution import (
    Group,
    Section,
    Solution,
    SolutionError,
    Step,
    Table,
    check_length,
    solution_of,
)
from backprop_gui.solutions.writer import WRITERS, Style, Writer

# In the order in which they are offered.
for _kind in ("plain", "markdown", "latex", "data"):
    importlib.import_module(f"{__name__}.{_kind}")

__all__ = [
    "WRITERS",
    "Group",
    "Section",
    "Solution",
    "SolutionError",
    "Step",
    "Style",
    "Table",
    "Writer",
    "check_length",
    "solution_of",
]
