"""How books write backpropagation: the same numbers under another name, factor or sign.

The engine computes δ = ∂L/∂z and gradients ∂L/∂w. Some books call ∂L/∂a the delta; others work with the error
(target − output), so that their δ and their "gradient" are the negatives of these, and a step *adds* η δ a. Which
loss is half, full or mean, and whether a batch is summed or averaged, are training settings: they change the numbers
that are learned with, while what stands here changes only how they are written.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Delta(enum.Enum):
    """Which derivative of the loss is called a neuron's delta."""

    BY_Z = "z"
    BY_A = "a"


class Sign(enum.Enum):
    """Whether deltas and gradients point uphill, or, as errors (target − output), downhill."""

    GRADIENT = "gradient"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Conventions:
    """How deltas and gradients are written, in every panel, equation and export.

    Attributes
    ----------
    delta : Delta
    sign : Sign
    """

    delta: Delta = Delta.BY_Z
    sign: Sign = Sign.GRADIENT

    @property
    def factor(self) -> int:
        """What the engine's deltas and gradients are multiplied with before they are written: 1 or -1."""
        return 1 if self.sign is Sign.GRADIENT else -1


USUAL = Conventions()
"""δ = ∂L/∂z, with the sign of a gradient."""

__all__ = ["USUAL", "Conventions", "Delta", "Sign"]
