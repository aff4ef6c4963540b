"""The record of a run: bounded, evenly spaced, and never changed under those who read it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine import history as module
from backprop_gui.engine.frame import Curve, Score
from backprop_gui.engine.history import CAPACITY, History


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(module, "CAPACITY", 16)
    return 16


def fill(history: History, first: int, last: int) -> None:
    for epoch in range(first, last + 1):
        if history.due(epoch):
            history.add(epoch, Score(1 / (1 + epoch)), Score(2 / (1 + epoch)))


def copied(curve: Curve) -> list[np.ndarray]:
    return [getattr(curve, name).copy() for name in Curve.__slots__]


def test_what_is_added_is_read() -> None:
    history = History()
    history.add(0, Score(3.0, 0.25), Score(4.0, 0.5))
    history.add(1, Score(2.0), None)
    curve = history.curve()
    assert curve.epochs.tolist() == [0, 1]
    assert curve.train.tolist() == [3, 2]
    assert curve.train_accuracy[0] == 0.25
    assert curve.test_accuracy[0] == 0.5
    assert curve.test[0] == 4
    assert math.isnan(curve.train_accuracy[1])
    assert math.isnan(curve.test[1])
    assert math.isnan(curve.test_accuracy[1])


@pytest.mark.parametrize("last", [10, 15, 16, 31, 32, 33, 100, 1000, 12345])
def test_records_are_evenly_spaced_and_bounded(small: int, last: int) -> None:
    history = History()
    fill(history, 0, last)
    epochs = history.curve().epochs
    assert len(epochs) <= small
    assert len(epochs) > small // 2 - 1 or last < small
    assert set(np.diff(epochs)) == {history.stride}
    assert epochs[0] == 0
    assert last - epochs[-1] < history.stride
    np.testing.assert_array_equal(history.curve().train, 1 / (1 + epochs))


def test_views_given_out_never_change(small: int) -> None:
    history = History()
    given_out = []
    for epoch in range(200):
        fill(history, epoch, epoch)
        curve = history.curve()
        given_out.append((curve, copied(curve)))
    history.cut(50.0)
    history.add(51, Score(9.0), Score(9.0))
    for curve, copies in given_out:
        for name, copy in zip(Curve.__slots__, copies, strict=True):
            view = getattr(curve, name)
            assert not view.flags.writeable
            np.testing.assert_array_equal(view, copy)


@given(st.integers(0, 300), st.floats(0, 320))
def test_cutting_forgets_what_came_later(last: int, epoch: float) -> None:
    history = History()
    fill(history, 0, last)
    history.cut(epoch)
    assert history.curve().epochs.tolist() == [e for e in range(last + 1) if e < epoch]


def test_a_record_of_the_same_epoch_is_replaced() -> None:
    history = History()
    fill(history, 0, 5)
    history.add(3, Score(7.0), None)
    assert history.curve().epochs.tolist() == [0, 1, 2, 3]
    assert history.curve().train[-1] == 7


@pytest.mark.parametrize("stop", [0, 1, 2, 15, 17, 40, 63, 64, 500])
def test_a_record_taken_up_again_goes_on_as_if_it_had_never_stopped(small: int, stop: int) -> None:
    straight, first, second = History(), History(), History()
    fill(straight, 0, 1000)
    fill(first, 0, stop)
    second.replace(first.curve())
    assert second.stride == first.stride
    fill(second, stop + 1, 1000)
    for name in Curve.__slots__:
        np.testing.assert_array_equal(getattr(second.curve(), name), getattr(straight.curve(), name))


def test_a_longer_record_than_fits_is_taken_up_as_well(small: int) -> None:
    epochs = np.arange(100.0)
    history = History()
    history.replace(Curve(epochs, epochs, epochs, epochs, epochs))
    found = history.curve().epochs
    assert len(found) <= small
    assert found[0] == 0
    assert found[-1] > 80
    fill(history, 100, 400)
    assert set(np.diff(history.curve().epochs)) == {history.stride}


def test_memory_is_bounded() -> None:
    history = History()
    fill(history, 0, 3 * CAPACITY)
    assert len(history.curve().epochs) <= CAPACITY
    assert history.stride == 4
