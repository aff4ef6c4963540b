"""Formulas on the screen: expressions laid out as boxes, whose terms know which neuron or edge they belong to."""
