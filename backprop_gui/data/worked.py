"""Worked examples: single examples that books calculate step by step, so that their numbers can be found again."""

from __future__ import annotations

from backprop_gui.data.sources import worked_example

worked_example(
    "mazur",
    "Mazur’s example",
    "The one example of Matt Mazur’s step-by-step calculation: 0.05 and 0.10 shall give 0.01 and 0.99.",
    x=(0.05, 0.10),
    t=(0.01, 0.99),
    inputs=("i1", "i2"),
    targets=("o1", "o2"),
)
worked_example(
    "napkin",
    "One example",
    "A single example for a single neuron: 0.5 and −1 shall give 1.",
    x=(0.5, -1.0),
    t=(1.0,),
    inputs=("x1", "x2"),
    targets=("y",),
)
