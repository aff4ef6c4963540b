"""``--set``: every field, in the ways that people write values."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.commands.assignments import read_assignments, setting_names
from backprop_gui.commands.command import UsageError
from backprop_gui.data import DataSettings, Task
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.project import files
from tests.cli.conftest import Run


def test_every_field_can_be_set() -> None:
    assert setting_names() == [
        *(f"training.{field.name}" for field in fields(TrainingSettings)),
        *(f"data.{field.name}" for field in fields(DataSettings)),
    ]
    for name in setting_names():
        group, _, field = name.partition(".")
        default = getattr({"training": TrainingSettings(), "data": DataSettings()}[group], field)
        text = "" if default == () else str(getattr(default, "value", default))
        assert read_assignments([f"{name}={text}"])[group] == {field: default}


@pytest.mark.parametrize(
    ("text", "group", "field", "value"),
    [
        ("training.learning_rate=0.5", "training", "learning_rate", 0.5),
        ("training.learning_rate=0,5", "training", "learning_rate", 0.5),
        ("training.learning_rate=1/8", "training", "learning_rate", 0.125),
        ("training.learning_rate=0,5/2", "training", "learning_rate", 0.25),
        ("training.learning_rate= 1e-3 ", "training", "learning_rate", 0.001),
        ("training.batch_size=1e3", "training", "batch_size", 1000),
        ("training.batch_size=32.0", "training", "batch_size", 32),
        ("training.reduction=SUM", "training", "reduction", Reduction.SUM),
        ("training.optimizer=adam", "training", "optimizer", "adam"),
        ("data.standardize=no", "data", "standardize", False),
        ("data.standardize=ON", "data", "standardize", True),
        ("data.targets=a, b", "data", "targets", ("a", "b")),
        ("data.targets=", "data", "targets", ()),
        ("data.task=regression", "data", "task", Task.REGRESSION),
        ("data.task=none", "data", "task", None),
        ("data.source=a=b.csv", "data", "source", "a=b.csv"),
    ],
)
def test_values_are_read_as_they_are_meant(text: str, group: str, field: str, value: Any) -> None:
    found = read_assignments([text])[group][field]
    assert found == value
    assert type(found) is type(value)


def test_the_later_of_two_counts() -> None:
    changes = read_assignments(["training.seed=1", "data.seed=2", "training.seed=3"])
    assert changes == {"training": {"seed": 3}, "data": {"seed": 2}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.learning_rate", "sets nothing"),
        ("learning_rate=1", "Did you mean “training.learning_rate”?"),
        ("seed=1", "Did you mean “training.seed” or “data.seed”?"),
        ("training.optimiser=adam", "Did you mean “training.optimizer”?"),
        ("optimiser=adam", "Did you mean “training.optimizer”?"),
        ("x=1", "There are: training.loss"),
        ("training.learning_rate=fast", "0,1 or 1/10, not “fast”"),
        ("training.learning_rate=1/0", "1/0"),
        ("training.learning_rate=1/", "number"),
        ("training.learning_rate=", "number"),
        ("training.learning_rate=1.000,5", "number"),
        ("training.learning_rate=1_0", "number"),
        ("training.batch_size=1,000", "whole number"),
        ("training.batch_size=2.5", "whole number"),
        ("training.batch_size=inf", "whole number"),
        ("training.batch_size=" + "9" * 5000, "whole number"),
        ("training.reduction=meen", "Did you mean “mean”?"),
        ("data.standardize=maybe", "on or off"),
        ("data.task=xyz", "There are: regression, binary, classes"),
    ],
)
def test_what_is_not_understood_is_named(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_assignments([text])
    assert words in str(caught.value)


@given(st.sampled_from(setting_names()), st.text())
def test_any_value_is_read_or_refused(name: str, text: str) -> None:
    try:
        changes = read_assignments([f"{name}={text}"])
    except UsageError:
        return
    assert sum(map(len, changes.values())) == 1


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("training.learning_rate=-1", "learning_rate"),
        ("training.learning_rate=nan", "learning_rate"),
        ("training.optimizer=adm", "Did you mean “adam”"),
        ("training.loss=x", "loss"),
        ("training.precision=float16", "float16"),
        ("training.initializer=he_normal", "Did you mean “he-normal”"),
        ("data.test_share=5", "test share"),
        ("data.examples=1", "number of examples"),
        ("data.source=irs", "Did you mean “iris”"),
        ("data.source=no.csv", "no.csv"),
        ("data.targets=x", "fixed"),
    ],
)
def test_a_value_that_is_not_possible_is_named(setting: str, words: str, run: Run) -> None:
    assert words in run("train", "xor", "--set", setting).complaint


def test_settings_reach_the_project(run: Run) -> None:
    run("new", "a.backprop", "--set", "training.batch_size=3", "data.seed=4", "--set", "training.l2=1/100")
    project = files.load(Path("a.backprop"))
    assert (project.training.batch_size, project.data.seed, project.training.l2) == (3, 4, 0.01)
