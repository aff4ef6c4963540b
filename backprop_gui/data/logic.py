"""The truth tables every textbook begins with."""

from __future__ import annotations

from backprop_gui.data.sources import truth_table

truth_table(
    "xor", "XOR", "1 when exactly one input is 1. No straight line separates the answers.", (0, 1, 1, 0)
)
truth_table("and", "AND", "1 when both inputs are 1. A single neuron can learn it.", (0, 0, 0, 1))
truth_table("or", "OR", "1 when at least one input is 1. A single neuron can learn it.", (0, 1, 1, 1))
