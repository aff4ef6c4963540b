"""Labelled points in the plane, all about within the square from -1 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backprop_gui.data.dataset import Array
from backprop_gui.data.sources import points

Labelled = tuple[Array, NDArray[np.intp]]


@points(
    "xor-clouds",
    "XOR clouds",
    "Four clouds; those in opposite corners belong together.",
    classes=("A", "B"),
    noise=0.1,
)
def xor_clouds(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw four Gaussian clouds of standard deviation 0.12 + noise around the corners (±0.5, ±0.5)."""
    corner = np.arange(examples) % 4
    right, upper = corner % 2, corner // 2
    centres = np.column_stack([right - 0.5, upper - 0.5])
    return centres + rng.normal(0.0, 0.12 + noise, (examples, 2)), right ^ upper


@points("circle", "Circle", "A disc inside a ring.", classes=("ring", "disc"), noise=0.05)
def circle(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw a disc of radius 0.5 and a ring from 0.7 to 1, each evenly by area, and move every point by the noise."""
    labels = _in_turn(examples, 2)
    low, high = np.where(labels == 1, 0.0, 0.7**2), np.where(labels == 1, 0.5**2, 1.0)
    radius = np.sqrt(rng.uniform(low, high))
    return _polar(radius, rng.uniform(0.0, 2 * np.pi, examples)) + _jitter(examples, noise, rng), labels


@points(
    "gaussians",
    "Two Gaussians",
    "Two clouds that a straight line nearly separates.",
    classes=("A", "B"),
    noise=0.15,
)
def gaussians(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw two Gaussian clouds of standard deviation 0.12 + noise around (-0.4, -0.4) and (0.4, 0.4)."""
    labels = _in_turn(examples, 2)
    centres = np.where(labels == 1, 0.4, -0.4)[:, None]
    return centres + rng.normal(0.0, 0.12 + noise, (examples, 2)), labels


@points(
    "moons",
    "Two moons",
    "Two crescents, each reaching into the other.",
    classes=("upper", "lower"),
    noise=0.06,
)
def moons(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw half circles of radius 0.6, the lower one half a width to the right and turned over."""
    labels = _in_turn(examples, 2)
    side = np.where(labels == 1, 1.0, -1.0)
    arc = _polar(np.full(examples, 0.6), rng.uniform(0.0, np.pi, examples))
    x = np.column_stack([arc[:, 0] + 0.3 * side, -side * arc[:, 1] + 0.15 * side])
    return x + _jitter(examples, noise, rng), labels


@points("spiral", "Spiral", "Two arms wound around each other.", classes=("A", "B"), noise=0.02, examples=300)
def spiral(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw two arms of one and a half turns."""
    return _arms(examples, noise, rng, arms=2, turns=1.5)


@points(
    "spiral-3",
    "Spiral, three arms",
    "Three arms, three classes.",
    classes=("A", "B", "C"),
    noise=0.02,
    examples=300,
)
def spiral_3(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw three arms of one turn."""
    return _arms(examples, noise, rng, arms=3, turns=1.0)


@points(
    "checkerboard",
    "Checkerboard",
    "Sixteen squares, coloured in turn.",
    classes=("light", "dark"),
    noise=0.0,
    examples=400,
)
def checkerboard(examples: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Draw points evenly over the squares of a 4 x 4 board, coloured by the square they were drawn in."""
    square = np.arange(examples) % 16
    column, row = square % 4, square // 4
    corner = np.column_stack([column, row]) / 2.0 - 1.0
    x = corner + rng.uniform(0.0, 0.5, (examples, 2))
    return x + _jitter(examples, noise, rng), (column + row) % 2


def _in_turn(examples: int, classes: int) -> NDArray[np.intp]:
    """Return the classes 0, 1, 2, 0, 1, 2, ...: as equal in number as can be, and mixed in any prefix."""
    return np.arange(examples) % classes


def _polar(radius: Array, angle: Array) -> Array:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _jitter(examples: int, noise: float, rng: np.random.Generator) -> Array:
    return rng.normal(0.0, noise, (examples, 2))


def _arms(examples: int, noise: float, rng: np.random.Generator, *, arms: int, turns: float) -> Labelled:
    labels = _in_turn(examples, arms)
    # The square root would spread points evenly by area; along an arm they should be even by length, which grows
    # with the radius too, but an exponent a little lower keeps the centre, the hard part, populated.
    radius = 0.05 + 0.95 * rng.uniform(0.0, 1.0, examples) ** 0.65
    angle = 2 * np.pi * (turns * radius + labels / arms)
    return _polar(radius, angle) + _jitter(examples, noise, rng), labels
