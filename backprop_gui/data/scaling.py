"""Standardising inputs with the statistics of the training part alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_gui.data.dataset import Array, read_only


@dataclass(frozen=True, eq=False)
class Scaling:
    """The map x -> (x - mean) / scale, column by column.

    Attributes
    ----------
    mean, scale : (inputs,) float64
        In the units of the inputs; every scale is above 0.
    """

    mean: Array
    scale: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", read_only(self.mean))
        object.__setattr__(self, "scale", read_only(self.scale))

    @classmethod
    def identity(cls, inputs: int) -> Scaling:
        """Return the scaling that changes nothing."""
        return cls(np.zeros(inputs), np.ones(inputs))

    @classmethod
    def of(cls, x: Array) -> Scaling:
        """Return the scaling that gives ``x``, shape (examples, inputs), mean 0 and standard deviation 1.

        The standard deviation is that of the examples themselves (divided by their number, not one less). A constant
        column gets scale 1 and so becomes 0.
        """
        mean, scale = x.mean(axis=0), x.std(axis=0)
        # The mean of equal numbers can differ from them in the last digit, and then their deviation is not quite 0:
        # compare the numbers themselves.
        constant = x.min(axis=0) == x.max(axis=0)
        return cls(np.where(constant, x[0], mean), np.where(constant | (scale == 0.0), 1.0, scale))

    def apply(self, x: Array) -> Array:
        """Return ``x``, shape (..., inputs), as the network sees it."""
        shifted = x - self.mean
        shifted /= self.scale
        return shifted

    def undo(self, x: Array) -> Array:
        """Return ``x``, shape (..., inputs), in the units it was measured in."""
        return x * self.scale + self.mean
