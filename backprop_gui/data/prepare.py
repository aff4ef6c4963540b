"""From settings to the arrays that a trainer reads: load, divide, standardise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from backprop_gui.data.conversion import load_table
from backprop_gui.data.dataset import Array, Dataset, Rows, Task, read_only
from backprop_gui.data.scaling import Scaling
from backprop_gui.data.settings import DataSettings
from backprop_gui.data.sources import DATASETS


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data ready for training; every array is read-only.

    Attributes
    ----------
    dataset : Dataset
        The data as they are, neither divided nor scaled.
    settings : DataSettings
    scaling : Scaling
        What was done to the inputs; the identity if they are not standardised.
    x_train, x_test : (examples, inputs) float64
        The inputs of each part, scaled.
    t_train, t_test : (examples, targets) float64
        The targets of each part, as they are.
    train_rows, test_rows : (examples,) integers
        Where each example stands in ``dataset``, ascending; together they are all of its rows.
    """

    dataset: Dataset
    settings: DataSettings
    scaling: Scaling
    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array
    train_rows: Rows
    test_rows: Rows

    def __post_init__(self) -> None:
        for name in ("x_train", "t_train", "x_test", "t_test", "train_rows", "test_rows"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def default_settings(source: str) -> DataSettings:
    """Return the settings to begin with for a data set's name or a CSV file's path."""
    settings = DataSettings(source=source, test_share=0.3, standardize=True)
    if source not in DATASETS:
        return settings
    entry = DATASETS[source]
    return replace(
        settings,
        examples=settings.examples if entry.examples is None else entry.examples,
        noise=settings.noise if entry.noise is None else entry.noise,
        test_share=entry.test_share,
        standardize=entry.standardize,
    )


def load(settings: DataSettings) -> Dataset:
    """Make or read the data that ``settings`` name, the same bits for the same settings.

    Raises
    ------
    UserError
        If a setting is out of range, nothing is called so, or a file cannot be learned from.
    """
    settings = settings.validated()
    if settings.source not in DATASETS and is_file_path(settings.source):
        return load_table(Path(settings.source), settings.targets, settings.task)
    return DATASETS[settings.source].make(settings, np.random.default_rng(settings.seed))


def prepare(settings: DataSettings) -> Prepared:
    """Load the data and make them ready for training.

    Raises
    ------
    UserError
        As `load` does.
    """
    return divide(load(settings), settings)


def divide(dataset: Dataset, settings: DataSettings) -> Prepared:
    """Divide ``dataset`` into training and test parts and scale its inputs.

    The division is a permutation drawn from the seed; examples keep their order within each part, so that example 3
    of a truth table is example 3 everywhere. With a test share above 0 each part has at least one example, and for
    classes the share is taken of each class, so that every class with two examples is in both parts.
    """
    # A second number in the seed gives a stream of its own: the division must not repeat the draws of the data.
    rng = np.random.default_rng([settings.seed, 1])
    test_rows = _test_rows(dataset, settings.test_share, rng)
    train = np.ones(len(dataset.x), dtype=bool)
    train[test_rows] = False
    train_rows = np.flatnonzero(train)
    x_train = dataset.x[train_rows]
    scaling = Scaling.of(x_train) if settings.standardize else Scaling.identity(x_train.shape[1])
    return Prepared(
        dataset,
        settings,
        scaling,
        scaling.apply(x_train),
        dataset.t[train_rows],
        scaling.apply(dataset.x[test_rows]),
        dataset.t[test_rows],
        train_rows,
        test_rows,
    )


def _test_rows(dataset: Dataset, share: float, rng: np.random.Generator) -> Rows:
    """Choose the rows of the test part, ascending."""
    examples = len(dataset.x)
    if share == 0.0 or examples < 2:
        return np.empty(0, dtype=np.intp)
    if dataset.task is Task.REGRESSION:
        groups = [np.arange(examples)]
    else:
        labels = dataset.labels()
        groups = [np.flatnonzero(labels == label) for label in range(len(dataset.class_names))]
    sizes = np.array([len(group) for group in groups])
    # Largest remainder: whole numbers whose sum is the share of all examples.
    wanted = share * sizes
    counts = np.floor(wanted).astype(np.intp)
    missing = max(0, round(share * examples) - int(counts.sum()))
    counts[np.argsort(counts - wanted, kind="stable")[:missing]] += 1
    # At least one in each part, where there are two.
    counts = np.where(sizes >= 2, np.clip(counts, 1, np.maximum(sizes - 1, 1)), 0)
    chosen = [rng.permutation(group)[:count] for group, count in zip(groups, counts, strict=True)]
    return np.sort(np.concatenate(chosen))


def is_file_path(source: str) -> bool:
    """Tell a file from a misspelt name: it is written like a path, or it is there."""
    if any(sign in source for sign in "/\\."):
        return True
    try:
        return Path(source).exists()
    except (OSError, ValueError):  # too long for a file name, or with a character that none can have
        return False
