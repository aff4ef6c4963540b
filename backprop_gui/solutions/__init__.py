"""Worked solutions: one training step written out as a document, to be read, handed in or filled in."""

from backprop_gui.solutions.solution import Section, Solution, Step, solution_of
from backprop_gui.solutions.writers import WRITERS, Style, Writer

__all__ = ["WRITERS", "Section", "Solution", "Step", "Style", "Writer", "solution_of"]
