"""A model that contradicts itself never comes to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.formats.models import small_model


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("theta", np.zeros(3), "theta must have the shape"),
        ("theta", np.zeros(3, np.int64), "theta must be float64 or float32, not int64"),
        ("mean", np.zeros(3), r"mean must have the shape \(2,\), not \(3,\)"),
        ("scale", np.ones((2, 1)), "scale must have the shape"),
        ("input_names", ("a",), "input_names must be 2 names, not 1"),
        ("output_names", ("a", "b"), "output_names must be 1 names, not 2"),
    ],
)
def test_contradictions_are_refused(field: str, value: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        replace(small_model(), **{field: value})


def test_its_arrays_are_copies_that_cannot_be_written() -> None:
    model = small_model()
    theta = model.theta.copy()
    other = replace(model, theta=theta)
    theta[:] = 0
    assert other.theta.any()
    for array in (other.theta, other.mean, other.scale, other.examples):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1


def test_inputs_of_another_shape_are_refused() -> None:
    for x in (np.zeros(2), np.zeros((1, 3))):
        with pytest.raises(ValueError, match=r"x must have the shape \(examples, 2\)"):
            small_model().predict(x)


def test_no_examples_give_no_outputs() -> None:
    assert small_model().predict(np.zeros((0, 2))).shape == (0, 1)
