"""The array type of the engine: NumPy arrays of float64, or of float32 by choice."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""Real numbers; inside the gradient check also complex ones."""

PRECISIONS: dict[str, np.dtype[np.floating[Any]]] = {
    "float64": np.dtype(np.float64),
    "float32": np.dtype(np.float32),
}


Scalar = TypeVar("Scalar", bound=np.generic)


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a copy of ``array`` that cannot be written to."""
    copy = array.copy()
    copy.setflags(write=False)
    return copy


def averaged(rows: Array) -> Array:
    """Return the means over the examples, (1, columns), of an array with a row an example; they may overflow."""
    with np.errstate(all="ignore"):
        means: Array = rows.mean(axis=0, keepdims=True)
    return means
