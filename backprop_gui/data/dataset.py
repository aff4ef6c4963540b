"""A data set: what a network learns from, and what kind of answer is asked of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.intp]


class Task(enum.Enum):
    """What the targets mean, and so which losses and outputs suit them."""

    REGRESSION = "regression"
    """Any number of columns of real numbers."""
    BINARY = "binary"
    """One column of 0 and 1, one of two classes."""
    CLASSES = "classes"
    """One column a class, 1 in the column of the example's class and 0 in the others (one-hot)."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples with their answers; the arrays are taken over and made read-only.

    Attributes
    ----------
    title : str
        What people call it.
    x : (examples, inputs) float64
        The inputs as they were measured or drawn, not standardised.
    t : (examples, targets) float64
        The targets; see `Task` for their meaning.
    input_names, target_names : tuple[str, ...]
        One name a column.
    class_names : tuple[str, ...]
        Empty for a regression, two names for `Task.BINARY` (of 0 and of 1), one a target column for `Task.CLASSES`.
    task : Task
    notes : tuple[str, ...]
        Sentences about what was assumed or changed while the data were read; empty for generated data.
    """

    title: str
    x: Array
    t: Array
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...]
    task: Task
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.x.shape != (len(self.x), len(self.input_names)) or self.t.shape != (
            len(self.x),
            len(self.target_names),
        ):
            raise ValueError(
                f"x {self.x.shape} and t {self.t.shape} do not fit together or do not fit their names"
            )
        classes = {Task.REGRESSION: 0, Task.BINARY: 2, Task.CLASSES: len(self.target_names)}[self.task]
        if len(self.class_names) != classes or (self.task is Task.BINARY and len(self.target_names) != 1):
            raise ValueError(f"{len(self.class_names)} class names do not fit a {self.task.value} task")
        object.__setattr__(self, "x", read_only(self.x))
        object.__setattr__(self, "t", read_only(self.t))

    def labels(self) -> NDArray[np.intp]:
        """Return each example's class as an index into `class_names`, shape (examples,); not for a regression."""
        if self.task is Task.REGRESSION:
            raise ValueError("a regression has no classes")
        if self.task is Task.BINARY:
            labels: NDArray[np.intp] = (self.t[:, 0] > 0.5).astype(np.intp)
            return labels
        winners: NDArray[np.intp] = np.argmax(self.t, axis=1)
        return winners


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return ``array`` in row order, with writing to it made an error."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


def one_hot(labels: NDArray[np.intp], classes: int) -> Array:
    """Return shape (examples, classes): 1 in the column that each of ``labels`` names, 0 elsewhere."""
    t = np.zeros((len(labels), classes))
    t[np.arange(len(labels)), labels] = 1.0
    return t
