"""The registry of data sets, and the decorators that enter a generator into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_gui.data.dataset import Array, Dataset, Task, one_hot
from backprop_gui.data.errors import DataError
from backprop_gui.data.settings import DataSettings
from backprop_gui.registry import Registry

Make: TypeAlias = Callable[[DataSettings, np.random.Generator], Dataset]
Points: TypeAlias = Callable[[int, float, np.random.Generator], tuple[Array, NDArray[np.intp]]]
Function: TypeAlias = Callable[[int, float, np.random.Generator], tuple[Array, Array]]


@dataclass(frozen=True)
class Source:
    """One entry of the data gallery.

    Attributes
    ----------
    title, description, group : str
        What people read; the gallery is divided by group.
    make : Callable[[DataSettings, Generator], Dataset]
        Makes the data; all randomness comes from the generator.
    examples : int | None
        How many examples to begin with; None if their number is fixed.
    noise : float | None
        The noise to begin with; None if there is no such setting.
    test_share : float
        The share kept for testing to begin with.
    standardize : bool
        Whether inputs are standardised to begin with.
    citation : str
        Where real data come from, and their licence.
    """

    title: str
    description: str
    group: str
    make: Make
    examples: int | None
    noise: float | None
    test_share: float = 0.3
    standardize: bool = True
    citation: str = ""


DATASETS: Registry[Source] = Registry("data set")
"""Every data set that comes with the program, in the order of the gallery."""


def points(
    name: str, title: str, description: str, *, classes: tuple[str, ...], noise: float, examples: int = 200
) -> Callable[[Points], Points]:
    """Enter a generator of labelled points in the plane.

    The function decorated gets (examples, noise, generator) and returns the points, shape (examples, 2), and the class
    of each as an index into ``classes``. The noise has been left to the function, because some shapes label first
    and others move first.
    """

    def enter(function: Points) -> Points:
        def make(settings: DataSettings, rng: np.random.Generator) -> Dataset:
            _refuse_columns(title, settings)
            x, labels = function(settings.examples, settings.noise, rng)
            if len(classes) == 2:
                t = labels.astype(np.float64)[:, None]
                return Dataset(title, x, t, ("x1", "x2"), classes[1:], classes, Task.BINARY)
            t = one_hot(labels, len(classes))
            return Dataset(title, x, t, ("x1", "x2"), classes, classes, Task.CLASSES)

        DATASETS.add(name, Source(title, description, "Points in the plane", make, examples, noise))
        return function

    return enter


def function(
    name: str,
    title: str,
    description: str,
    *,
    inputs: tuple[str, ...],
    targets: tuple[str, ...] = ("y",),
    noise: float,
    examples: int = 200,
) -> Callable[[Function], Function]:
    """Enter a generator of a function to be fitted.

    The function decorated gets (examples, noise, generator) and returns the inputs, shape (examples, inputs), and the
    values, shape (examples, targets), with the noise already in them.
    """

    def enter(function: Function) -> Function:
        def make(settings: DataSettings, rng: np.random.Generator) -> Dataset:
            _refuse_columns(title, settings)
            x, t = function(settings.examples, settings.noise, rng)
            return Dataset(title, x, t, inputs, targets, (), Task.REGRESSION)

        DATASETS.add(name, Source(title, description, "Functions", make, examples, noise))
        return function

    return enter


def truth_table(name: str, title: str, description: str, answers: tuple[int, int, int, int]) -> None:
    """Enter a logical function of two inputs; ``answers`` are its values at 00, 01, 10 and 11.

    The inputs stay 0 and 1 and all four rows are trained on, so that arithmetic done by hand can be followed.
    """

    def make(settings: DataSettings, rng: np.random.Generator) -> Dataset:
        _refuse_columns(title, settings)
        x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
        t = np.array(answers, dtype=np.float64)[:, None]
        return Dataset(title, x, t, ("x1", "x2"), ("y",), ("0", "1"), Task.BINARY)

    DATASETS.add(
        name,
        Source(
            title, description, "Logic", make, examples=None, noise=None, test_share=0.0, standardize=False
        ),
    )


def worked_example(
    name: str,
    title: str,
    description: str,
    *,
    x: tuple[float, ...],
    t: tuple[float, ...],
    inputs: tuple[str, ...],
    targets: tuple[str, ...],
) -> None:
    """Enter a single example whose calculation can be followed by hand; its numbers stay as they are."""

    def make(settings: DataSettings, rng: np.random.Generator) -> Dataset:
        _refuse_columns(title, settings)
        return Dataset(title, np.array([x]), np.array([t]), inputs, targets, (), Task.REGRESSION)

    DATASETS.add(
        name,
        Source(
            title,
            description,
            "Worked examples",
            make,
            examples=None,
            noise=None,
            test_share=0.0,
            standardize=False,
        ),
    )


def _refuse_columns(title: str, settings: DataSettings) -> None:
    if settings.targets or settings.task is not None:
        raise DataError(f"The target of {title} is fixed: choosing target columns or a task needs a table.")
