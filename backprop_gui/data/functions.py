"""Functions to be fitted: regressions whose true answer is known."""

from __future__ import annotations

import numpy as np

from backprop_gui.data.dataset import Array
from backprop_gui.data.sources import function

_BUMPS = ((-0.5, -0.4, 0.8), (0.5, -0.4, -0.8), (0.0, 0.5, 0.8))
"""(x1, x2, height) of each bump's top."""

_TEACHER = (4, 8, 2)
"""Inputs, hidden tanh neurons and linear outputs of the teacher."""


@function(
    "plane", "Plane", "A slanting plane; a single linear neuron fits it.", inputs=("x1", "x2"), noise=0.05
)
def plane(examples: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw y = 0.6 x1 - 0.4 x2 + 0.1 over the square from -1 to 1."""
    x = rng.uniform(-1.0, 1.0, (examples, 2))
    y = x @ np.array([[0.6], [-0.4]]) + 0.1
    return x, y + rng.normal(0.0, noise, y.shape)


@function("bumps", "Gaussian bumps", "Two hills and a hollow.", inputs=("x1", "x2"), noise=0.0, examples=400)
def bumps(examples: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw a sum of three bumps h exp(-d² / (2 · 0.25²)), with d the distance from the bump's top."""
    x = rng.uniform(-1.0, 1.0, (examples, 2))
    y = np.zeros((examples, 1))
    for x1, x2, height in _BUMPS:
        squared_distance = (x[:, :1] - x1) ** 2 + (x[:, 1:] - x2) ** 2
        y += height * np.exp(-squared_distance / (2 * 0.25**2))
    return x, y + rng.normal(0.0, noise, y.shape)


@function("sine", "Sine", "One period of sin x, from -π to π.", inputs=("x",), noise=0.05)
def sine(examples: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw y = sin x at random places."""
    x = rng.uniform(-np.pi, np.pi, (examples, 1))
    return x, np.sin(x) + rng.normal(0.0, noise, x.shape)


@function(
    "teacher",
    "Random teacher",
    "What a 4-8-2 network with random weights answers (tanh, then linear); the seed chooses the network.",
    inputs=("x1", "x2", "x3", "x4"),
    targets=("y1", "y2"),
    noise=0.0,
    examples=500,
)
def teacher(examples: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw x from a normal distribution and y = tanh(x W + b) V, weights normal with variance 2 / fan-in.

    The weights are drawn before the inputs, so that the number of examples does not change the teacher.
    """
    inputs, hidden, outputs = _TEACHER
    w = rng.normal(0.0, np.sqrt(2 / inputs), (inputs, hidden))
    b = rng.normal(0.0, 0.5, hidden)
    v = rng.normal(0.0, np.sqrt(2 / hidden), (hidden, outputs))
    x = rng.normal(0.0, 1.0, (examples, inputs))
    y = np.tanh(x @ w + b) @ v
    return x, y + rng.normal(0.0, noise, y.shape)
