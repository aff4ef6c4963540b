"""Axes: round numbers at calm places, and a height for every value that has one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.ui.plots.ticks import (
    linear_limits,
    linear_ticks,
    log_limits,
    log_ticks,
    resting_limit,
    tick_label,
)
from backprop_gui.ui.plots.value_axis import Scale, ValueAxis, left_out

positive = st.floats(1e-290, 1e290)


@given(st.floats(0, 1e12))
def test_an_axis_rests_not_far_behind_the_last_epoch(value: float) -> None:
    limit = resting_limit(value)
    assert value <= limit * (1 + 1e-9)
    assert limit == 1 or limit <= 1.51 * value


def test_an_axis_moves_seldom() -> None:
    assert len({resting_limit(epoch) for epoch in range(1000, 10_001)}) == 11


@given(positive, positive)
def test_a_log_axis_holds_what_it_is_made_for(one: float, other: float) -> None:
    low, high = log_limits(min(one, other), max(one, other))
    assert low <= min(one, other) * (1 + 1e-8)
    assert high >= max(one, other) * (1 - 1e-8)
    ticks = log_ticks(low, high, 6)
    assert len(ticks) <= 6
    assert all(low * (1 - 1e-6) <= tick <= high * (1 + 1e-6) for tick in ticks)


@given(st.floats(-1e200, 1e200), st.floats(-1e200, 1e200))
def test_a_linear_axis_holds_what_it_is_made_for_and_0(one: float, other: float) -> None:
    low, high = linear_limits(min(one, other), max(one, other))
    assert low < high
    hair = 1e-8 * (high - low)
    assert low <= min(0.0, one, other) + hair
    assert high >= max(0.0, one, other) - hair


def test_ticks_are_round() -> None:
    assert linear_ticks(0, 0.8, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])
    assert linear_ticks(-1, 3, 5) == [-1, 0, 1, 2, 3]
    assert log_ticks(0.05, 1, 5) == pytest.approx([0.05, 0.1, 0.2, 0.5, 1])
    assert log_ticks(0.05, 1, 3) == pytest.approx([0.1, 0.3, 1])
    assert log_ticks(0.05, 1, 2) == pytest.approx([0.1, 1])
    assert log_ticks(1e-30, 1, 5) == pytest.approx([1e-28, 1e-21, 1e-14, 1e-7, 1])


@pytest.mark.parametrize(
    ("value", "step", "label"),
    [
        (0.5, 0, "0.5"),
        (0.05, 0, "0.05"),
        (0, 0, "0"),
        (100, 0, "100"),
        (1e-5, 0, "10⁻⁵"),
        (2e-7, 0, "2·10⁻⁷"),
        (5e8, 0, "5·10⁸"),
        (-2, 0, "−2"),
        (0.30000000000000004, 0.1, "0.3"),
        (1, 0.2, "1.0"),
        (20_000, 5000, "20,000"),
    ],
)
def test_labels_are_short(value: float, step: float, label: str) -> None:
    assert tick_label(value, step) == label


def test_heights_on_a_log_axis_are_logarithms() -> None:
    axis = ValueAxis(Scale.LOG, 0.01, 1.0)
    heights = axis.heights(np.array([0.01, 0.1, 1.0, 0.0, -1.0, np.inf, np.nan]))
    assert heights[:3] == pytest.approx([0, 0.5, 1])
    assert np.isnan(heights[3:]).all()


def test_heights_on_a_linear_axis() -> None:
    axis = ValueAxis.around(Scale.LINEAR, [np.array([0.2, -0.4, np.inf]), np.full(3, np.nan)])
    assert (axis.low, axis.high) == (-0.4, 0.2)
    heights = axis.heights(np.array([-0.4, 0.2, 0.0, np.inf, 1e305]))
    assert heights[:3] == pytest.approx([0, 1, 2 / 3])
    assert np.isnan(heights[3:]).all()


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize(
    "values", [[], [math.nan], [0.0], [math.inf, -math.inf], [1e308, 5e-324], [3.0, 3.0]]
)
def test_any_record_has_an_axis(scale: Scale, values: list[float]) -> None:
    array = np.array(values)
    axis = ValueAxis.around(scale, [array])
    assert axis.low < axis.high
    assert all(math.isfinite(height) for height, _ in axis.ticks(5))
    heights = axis.heights(array)
    assert len(heights) == len(values)


def test_what_is_not_drawn_is_said() -> None:
    train = np.array([1.0, 0.0, -0.5, np.inf, 0.2])
    test = np.array([1.0, 0.0, 0.5, np.inf, np.nan])
    assert left_out(train, test, Scale.LOG) == "3 at or below 0 not on a log scale · 2 not finite"
    assert left_out(train, test, Scale.LINEAR) == "2 not finite"
    assert left_out(train[:1], np.full(1, np.nan), Scale.LOG) == ""
