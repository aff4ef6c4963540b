"""Settings, schedules and initialisers."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from backprop_gui.engine import CHOICES, INITIALIZERS, OPTIMIZERS, SCHEDULES
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.settings import (
    BOUNDS,
    SettingsError,
    TrainingSettings,
    check_settings,
)
from backprop_gui.registry import UnknownNameError


def test_the_defaults_are_allowed() -> None:
    check_settings(TrainingSettings())


@pytest.mark.parametrize("name", list(BOUNDS))
def test_bounds_are_kept_and_named(name: str) -> None:
    low, high = BOUNDS[name]
    for value in (low, high):
        check_settings(replace(TrainingSettings(), **{name: value}))
    for value in (low - 1, high + 1, math.nan, math.inf):
        with pytest.raises(SettingsError, match=f"The setting {name} is .* from"):
            check_settings(replace(TrainingSettings(), **{name: value}))


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(SettingsError, match="“float16”, but must be float64 or float32"):
        check_settings(TrainingSettings(precision="float16"))


@pytest.mark.parametrize("name", list(CHOICES))
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match="nonsense"):
        check_settings(replace(TrainingSettings(), **{name: "nonsense"}))


def test_what_a_choice_uses_exists() -> None:
    for entry in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        assert set(entry.uses) <= {field.name for field in fields(TrainingSettings)}


def test_step_schedule() -> None:
    settings = TrainingSettings(schedule_epochs=10, schedule_factor=0.5)
    factors = [SCHEDULES["step"].factor(settings, epoch) for epoch in (0, 9, 10, 19, 20, 100)]
    assert factors == [1, 1, 0.5, 0.5, 0.25, 0.5**10]


def test_cosine_schedule() -> None:
    settings = TrainingSettings(schedule_epochs=100)
    factors = [SCHEDULES["cosine"].factor(settings, epoch) for epoch in (0, 50, 100, 1000)]
    assert factors == pytest.approx([1, 0.5, 0, 0], abs=1e-15)


def test_constant_schedule() -> None:
    assert SCHEDULES["constant"].factor(TrainingSettings(), 10**6) == 1


VARIANCE = {"xavier": 2 / (30 + 20), "he": 2 / 30, "lecun": 1 / 30}


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_initialisers_draw_from_what_they_say(name: str) -> None:
    draw = drawer(name, 7)
    weights = np.array([draw(30, 20) for _ in range(4000)])
    if name in ("zeros", "constant"):
        assert set(weights) == {1.0 if name == "constant" else 0.0}
        return
    family, _, kind = name.partition("-")
    variance = VARIANCE.get(family, {"uniform": 1 / 3, "normal": 1.0}.get(name, math.nan))
    assert weights.mean() == pytest.approx(0, abs=4 * math.sqrt(variance / 4000))
    assert weights.var() == pytest.approx(variance, rel=0.1)
    if "uniform" in (family, kind):
        assert np.abs(weights).max() <= math.sqrt(3 * variance)
    else:
        # Three in a thousand of a normal distribution lie beyond three deviations.
        assert 1 <= (np.abs(weights) > 3 * math.sqrt(variance)).sum() <= 40


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_a_seed_gives_the_same_weights_and_no_neuron_is_too_lonely(name: str) -> None:
    first, second = drawer(name, 3), drawer(name, 3)
    assert [first(2, 5) for _ in range(20)] == [second(2, 5) for _ in range(20)]
    assert math.isfinite(first(0, 0))


def test_biases_start_at_zero_except_with_constant() -> None:
    assert {name for name, initializer in INITIALIZERS.items() if initializer.bias} == {"constant"}


def test_all_that_were_promised_are_there() -> None:
    assert list(OPTIMIZERS) == ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
    assert set(INITIALIZERS) == {"zeros", "constant", "uniform", "normal"} | {
        f"{family}-{kind}" for family in ("xavier", "he", "lecun") for kind in ("uniform", "normal")
    }
