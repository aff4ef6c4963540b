from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.ui.canvas.scale import NICE, CalmLimit, Limits, Reach, nice_above


@given(st.floats(1e-200, 1e200))
def test_a_nice_limit_is_just_large_enough(value: float) -> None:
    limit = nice_above(value)
    assert value * (1 - 1e-9) <= limit <= value * 1.6
    mantissa = float(f"{limit:e}".split("e")[0])
    assert min(abs(mantissa - nice) for nice in NICE) < 1e-6


def test_what_is_nice_already_stays() -> None:
    assert [nice_above(v) for v in (0.6, 0.60001, 0.553, 1.0, 5.4, 8.1, 1e-7)] == [
        0.6,
        0.8,
        0.6,
        1.0,
        6.0,
        10.0,
        1e-7,
    ]


def test_a_limit_grows_at_once_and_shrinks_slowly() -> None:
    calm = CalmLimit()
    assert calm.feed(0.5, now=0.0) == 0.5
    assert calm.feed(7.0, now=0.016) == 8.0
    # One frame later the spike is gone, but the colours must not flicker.
    assert calm.feed(0.5, now=0.033) == 8.0
    limits = [calm.feed(0.5, now=0.1 * step) for step in range(1, 400)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] >= 6.0
    assert limits[5] >= 4.0
    assert limits[-1] == 0.6
    assert len(set(limits)) > 5


def test_a_limit_never_cuts_off_the_number_just_fed() -> None:
    calm, random = CalmLimit(), np.random.default_rng(0)
    for step, size in enumerate(np.exp(random.normal(scale=4, size=500))):
        assert calm.feed(float(size), now=step * 0.3) >= size * (1 - 1e-9)


def test_nothing_but_zeros_needs_no_limit() -> None:
    calm = CalmLimit()
    assert calm.feed(0.0, now=0.0) == 0.0
    assert calm.feed(0.2, now=1.0) == 0.2
    assert calm.feed(0.0, now=1.1) == 0.2


def test_limits_ignore_what_is_not_finite_or_not_known() -> None:
    limits = Limits()
    values = np.array([0.3, np.nan, -np.inf, 50.0])
    known = np.array([True, True, True, False])
    assert limits.feed(values, known, np.zeros(4, int), now=0.0) == pytest.approx(0.3)


def test_each_layer_can_have_its_own_limit() -> None:
    limits = Limits()
    limits.reach = Reach.LAYER
    values, layers = np.array([0.001, -0.0007, 4.9]), np.array([2, 2, 7])
    own = limits.feed(values, np.ones(3, bool), layers, now=0.0)
    np.testing.assert_array_equal(own, [0.001, 0.001, 5.0])
    assert limits.limit_of(2) == 0.001
    assert limits.limit_of(7) == 5.0
    limits.forget()
    assert limits.limit_of(7) == 0.0


def test_after_a_collapse_the_scale_is_of_use_within_seconds() -> None:
    calm = CalmLimit()
    calm.feed(1e150, 0.0)
    limit = calm.limit
    for tenth in range(1, 80):
        limit = calm.feed(0.3, tenth / 10)
    assert limit < 1.0
