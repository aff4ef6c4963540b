"""Initializers: where starting weights are drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_gui.network import Draw
from backprop_gui.registry import Registry

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Initializer:
    """``weight(generator, fan_in, fan_out)`` draws one starting weight; biases start at ``bias``."""

    name: str
    label: str
    formula: str
    weight: Callable[[Generator, int, int], float]
    bias: float = 0.0


INITIALIZERS: Registry[Initializer] = Registry("initializer")


def drawer(initializer: str, seed: int) -> Draw:
    """Return a function that draws starting weights, always the same ones for the same ``seed``."""
    weight = INITIALIZERS[initializer].weight
    generator = np.random.default_rng(seed)
    return lambda fan_in, fan_out: weight(generator, fan_in, fan_out)


def _uniform(variance: Callable[[int, int], float]) -> Callable[[Generator, int, int], float]:
    # A uniform distribution on [-r, r] has variance r²/3.
    return lambda generator, fan_in, fan_out: (
        (2 * generator.random() - 1) * math.sqrt(3 * variance(fan_in, fan_out))
    )


def _normal(variance: Callable[[int, int], float]) -> Callable[[Generator, int, int], float]:
    return lambda generator, fan_in, fan_out: (
        generator.standard_normal() * math.sqrt(variance(fan_in, fan_out))
    )


def _add(
    name: str, label: str, formula: str, weight: Callable[[Generator, int, int], float], bias: float = 0.0
) -> None:
    INITIALIZERS.add(name, Initializer(name, label, formula, weight, bias))


_add("zeros", "zeros", "0", lambda generator, fan_in, fan_out: 0.0)
_add("constant", "constant 1", "1, biases too", lambda generator, fan_in, fan_out: 1.0, bias=1.0)
_add("uniform", "uniform", "U(−1, 1)", _uniform(lambda fan_in, fan_out: 1 / 3))
_add("normal", "normal", "N(0, 1)", _normal(lambda fan_in, fan_out: 1.0))
# Variances: Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998.
for _name, _label, _text, _variance in (
    ("xavier", "Xavier", "2 / (fan in + fan out)", lambda fan_in, fan_out: 2 / max(1, fan_in + fan_out)),
    ("he", "He", "2 / fan in", lambda fan_in, fan_out: 2 / max(1, fan_in)),
    ("lecun", "LeCun", "1 / fan in", lambda fan_in, fan_out: 1 / max(1, fan_in)),
):
    _add(f"{_name}-uniform", f"{_label} uniform", f"uniform, variance {_text}", _uniform(_variance))
    _add(f"{_name}-normal", f"{_label} normal", f"normal, variance {_text}", _normal(_variance))
