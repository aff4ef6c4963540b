"""A small picture of any data set: points in a plane, each with its class or value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_gui.data.dataset import Array, Dataset, Task
from backprop_gui.data.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Preview:
    """What a thumbnail draws.

    Attributes
    ----------
    points : (examples, 2) float64
        Horizontal and vertical position, in units of their own: fit the picture to their range.
    values : (examples,) float64
        The class as a whole number from 0, or the value of the first target.
    classes : int
        How many classes there are; 0 when ``values`` are real numbers.
    axes : tuple[str, str]
        What the two positions are.
    """

    points: Array
    values: Array
    classes: int
    axes: tuple[str, str]


def preview(dataset: Dataset, count: int = 300) -> Preview:
    """Return at most ``count`` examples of ``dataset`` as points in a plane.

    Two inputs are shown as they are, one input against the target, and more by their first two principal components
    after standardising.
    """
    rows = np.arange(len(dataset.x))
    if len(rows) > count:
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:count])
    x = dataset.x[rows]
    values = (
        dataset.t[rows, 0] if dataset.task is Task.REGRESSION else dataset.labels()[rows].astype(np.float64)
    )
    inputs = x.shape[1]
    if inputs == 2:
        points, axes = x, (dataset.input_names[0], dataset.input_names[1])
    elif inputs == 1:
        points, axes = np.column_stack([x[:, 0], values]), (dataset.input_names[0], dataset.target_names[0])
    else:
        points, axes = _principal_components(x), ("1st principal component", "2nd principal component")
    return Preview(points, values, len(dataset.class_names), axes)


def _principal_components(x: Array) -> Array:
    """Return ``x``, shape (examples, inputs), projected on the two directions in which it varies most."""
    u, s, directions = np.linalg.svd(Scaling.of(x).apply(x), full_matrices=False)
    scores = np.zeros((len(x), 2))
    for k in range(min(2, len(s))):
        # A direction is as good as its opposite: choose the one whose largest entry is positive, so that the picture
        # does not depend on the linear algebra library.
        sign = 1.0 if directions[k, np.argmax(np.abs(directions[k]))] >= 0 else -1.0
        scores[:, k] = sign * s[k] * u[:, k]
    return scores
