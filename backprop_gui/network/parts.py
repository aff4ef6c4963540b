"""What a network is made of: neurons, edges and layers."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

Key = int | tuple[int, int]
"""A neuron's id, which also stands for its bias, or the (source, target) ids of an edge."""

Draw = Callable[[int, int], float]
"""``draw(fan_in, fan_out)`` returns one starting weight; the initializers of the engine make such functions."""


class Kind(enum.Enum):
    """What a neuron is for."""

    INPUT = "input"
    HIDDEN = "hidden"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Layer:
    """A named group of neurons: for people. The engine groups neurons by rank instead."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Neuron:
    """One neuron: a weighted sum plus ``bias``, then ``activation``.

    ``bias`` is the starting value, or None for a neuron without one; ``frozen`` keeps the bias from being
    trained. An input neuron holds a number of the data: it has no bias and its activation is the identity.
    ``position`` is in scene units, x to the right and y down.
    """

    id: int
    layer: int
    kind: Kind
    name: str
    activation: str = "tanh"
    bias: float | None = 0.0
    frozen: bool = False
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection; ``weight`` is its starting value, and ``frozen`` keeps it from being trained."""

    source: int
    target: int
    weight: float
    frozen: bool = False


__all__ = ["Draw", "Edge", "Key", "Kind", "Layer", "Neuron"]
