"""Dividing and scaling: by hand, and on random data sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.data import Dataset, DataSettings, Scaling, Task, default_settings, divide, prepare
from backprop_gui.data.dataset import one_hot


def classes(labels: list[int], count: int) -> Dataset:
    names = tuple(f"class {number}" for number in range(count))
    x = np.arange(len(labels), dtype=float)[:, None]
    return Dataset("test", x, one_hot(np.array(labels), count), ("x",), names, names, Task.CLASSES)


def regression(rows: int) -> Dataset:
    x = np.arange(rows, dtype=float)[:, None]
    return Dataset("test", x, -x, ("x",), ("y",), (), Task.REGRESSION)


@given(
    labels=st.lists(st.integers(0, 4), min_size=1, max_size=60),
    share=st.floats(0.0, 0.9),
    seed=st.integers(0, 2**31 - 1),
    real=st.booleans(),
)
def test_every_row_is_in_exactly_one_part(labels: list[int], share: float, seed: int, real: bool) -> None:
    dataset = regression(len(labels)) if real else classes(labels, 5)
    prepared = divide(dataset, DataSettings(test_share=share, seed=seed))
    both = np.concatenate([prepared.train_rows, prepared.test_rows])
    assert sorted(both.tolist()) == list(range(len(labels)))
    assert (np.diff(prepared.train_rows) > 0).all()
    assert (np.diff(prepared.test_rows) > 0).all()
    assert np.array_equal(prepared.x_train, dataset.x[prepared.train_rows])
    assert np.array_equal(prepared.t_test, dataset.t[prepared.test_rows])
    assert len(prepared.train_rows) >= 1
    if share == 0.0:
        assert len(prepared.test_rows) == 0
    elif real:
        assert len(prepared.test_rows) == np.clip(
            round(share * len(labels)), min(1, len(labels) - 1), len(labels) - 1
        )
    else:
        assert abs(len(prepared.test_rows) - share * len(labels)) <= 5
        for label in set(labels):
            rows = [row for row, other in enumerate(labels) if other == label]
            assert set(rows) & set(prepared.train_rows.tolist())
            assert len(rows) == 1 or set(rows) & set(prepared.test_rows.tolist())


def test_the_share_of_each_class_is_the_share_of_all() -> None:
    prepared = prepare(default_settings("iris"))
    assert prepared.t_train.sum(axis=0).tolist() == [35, 35, 35]
    assert prepared.t_test.sum(axis=0).tolist() == [15, 15, 15]
    # 0.3 of 212 and of 357 are 63.6 and 107.1; 171 of 569 in all, so the larger remainder gets the odd one.
    prepared = prepare(default_settings("breast-cancer"))
    assert np.bincount(prepared.t_test[:, 0].astype(int)).tolist() == [107, 64]


def test_the_seed_chooses_the_division() -> None:
    settings = default_settings("iris")
    first, other = prepare(settings), prepare(replace(settings, seed=1))
    assert np.array_equal(first.test_rows, prepare(settings).test_rows)
    assert not np.array_equal(first.test_rows, other.test_rows)


def test_scaling_uses_the_training_part_only() -> None:
    prepared = prepare(default_settings("wine"))
    assert np.allclose(prepared.x_train.mean(axis=0), 0.0, atol=1e-12)
    assert np.allclose(prepared.x_train.std(axis=0), 1.0)
    assert not np.allclose(prepared.x_test.mean(axis=0), 0.0, atol=1e-3)
    raw = prepared.dataset.x[prepared.test_rows]
    assert np.array_equal(prepared.x_test, prepared.scaling.apply(raw))
    assert np.allclose(prepared.scaling.undo(prepared.x_test), raw)


def test_scaling_by_hand() -> None:
    # Column 1: mean 2, deviations -1, 1 -> standard deviation 1. Column 2: mean 20, deviations -10, 10.
    scaling = Scaling.of(np.array([[1.0, 10.0], [3.0, 30.0]]))
    assert scaling.mean.tolist() == [2.0, 20.0]
    assert scaling.scale.tolist() == [1.0, 10.0]
    assert scaling.apply(np.array([4.0, 0.0])).tolist() == [2.0, -2.0]
    assert not scaling.mean.flags.writeable


@pytest.mark.parametrize("value", [0.1, 0.0, -7.3, 1e100, 1e-320])
def test_a_constant_column_becomes_zero(value: float) -> None:
    x = np.full((49, 1), value)
    scaling = Scaling.of(x)
    assert scaling.scale.tolist() == [1.0]
    assert (scaling.apply(x) == 0.0).all()


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=8), st.floats(-1e100, 1e100))
def test_scaling_stays_finite(values: list[float], other: float) -> None:
    x = np.array(values)[:, None]
    scaling = Scaling.of(x)
    assert (scaling.scale > 0).all()
    assert np.isfinite(scaling.apply(x)).all()
    assert np.isfinite(scaling.apply(np.array([[other]]))).all()


def test_no_scaling_is_the_identity() -> None:
    prepared = prepare(replace(default_settings("iris"), standardize=False))
    assert prepared.scaling.mean.tolist() == [0.0] * 4
    assert prepared.scaling.scale.tolist() == [1.0] * 4
    assert np.array_equal(prepared.x_train, prepared.dataset.x[prepared.train_rows])


@pytest.mark.parametrize(
    ("t", "target_names", "class_names", "task"),
    [
        (np.zeros((3, 1)), ("y",), (), Task.REGRESSION),
        (np.zeros((2, 2)), ("y",), (), Task.REGRESSION),
        (np.zeros((2, 1)), ("y",), ("a",), Task.BINARY),
        (np.zeros((2, 2)), ("a", "b"), ("a", "b"), Task.BINARY),
        (np.zeros((2, 2)), ("a", "b"), ("a",), Task.CLASSES),
    ],
)
def test_a_data_set_that_does_not_fit_together_cannot_be_made(
    t: np.ndarray, target_names: tuple[str, ...], class_names: tuple[str, ...], task: Task
) -> None:
    with pytest.raises(ValueError, match="fit"):
        Dataset("test", np.zeros((2, 1)), t, ("x",), target_names, class_names, task)


def test_a_regression_has_no_labels() -> None:
    with pytest.raises(ValueError, match="no classes"):
        regression(3).labels()
