"""Thumbnails: every data set has one, and it shows the data."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_gui.data import DATASETS, Dataset, Task, default_settings, load, preview


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_data_set_has_a_preview(name: str) -> None:
    dataset = load(default_settings(name))
    picture = preview(dataset, 100)
    count = min(100, len(dataset.x))
    assert picture.points.shape == (count, 2)
    assert picture.values.shape == (count,)
    assert picture.classes == len(dataset.class_names)
    assert np.isfinite(picture.points).all()
    assert np.array_equal(picture.points, preview(dataset, 100).points)


def test_two_inputs_are_shown_as_they_are() -> None:
    dataset = load(default_settings("moons"))
    assert np.array_equal(preview(dataset).points, dataset.x)
    assert np.array_equal(preview(dataset).values, dataset.t[:, 0])


def test_one_input_is_shown_against_the_target() -> None:
    dataset = load(default_settings("sine"))
    assert np.array_equal(preview(dataset).points, np.column_stack([dataset.x, dataset.t]))
    assert preview(dataset).axes == ("x", "y")


def test_principal_components_by_hand() -> None:
    # Three equal columns -1, 1 (already standardised): all variation lies along (1, 1, 1) / √3, so the first score
    # is ±√3 and the second is 0.
    x = np.array([[-1.0] * 3, [1.0] * 3])
    dataset = Dataset("test", x, x[:, :1], ("a", "b", "c"), ("y",), (), Task.REGRESSION)
    assert np.allclose(preview(dataset).points, [[-np.sqrt(3), 0.0], [np.sqrt(3), 0.0]])
