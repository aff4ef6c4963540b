"""Worked solutions: one training step written out as a document, to be read, handed in or filled in."""

from backprop_gui.solutions.solution import Section, Solution, SolutionError, Step, check_length, solution_of
from backprop_gui.solutions.writers import WRITERS, Style, Writer

__all__ = [
    "WRITERS",
    "Section",
    "Solution",
    "SolutionError",
    "Step",
    "Style",
    "Writer",
    "check_length",
    "solution_of",
]
