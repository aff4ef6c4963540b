"""The model of a project: the numbers where it stands, and the words of its data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.data import default_settings, prepare
from backprop_gui.engine.stepper import DataMismatchError
from backprop_gui.formats.model import model_of
from backprop_gui.project import templates, trainer_of


def test_without_a_run_it_is_the_drawn_start() -> None:
    project = templates.load("iris")
    prepared = prepare(project.data)
    model = model_of(project, prepared)
    assert np.array_equal(model.theta, model.plan.start)
    assert model.input_names == prepared.dataset.input_names
    assert model.output_names == model.class_names == ("setosa", "versicolor", "virginica")
    assert model.title == "iris"
    assert np.array_equal(model.mean, prepared.scaling.mean)
    assert np.array_equal(model.scale, prepared.scaling.scale)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_with_a_run_it_is_what_was_learned(precision: str) -> None:
    project = templates.load("iris")
    project = replace(project, training=replace(project.training, precision=precision))
    prepared = prepare(project.data)
    trainer = trainer_of(project, prepared)
    trainer.advance(400)
    trainer.score()
    model = model_of(replace(project, run=trainer.run()), prepared)
    assert model.theta.dtype == np.dtype(precision)
    assert model.theta.tobytes() == trainer.theta.tobytes()
    # Asked in raw units, it is right as often as the trainer counted on standardised ones.
    rows = prepared.test_rows
    right = model.predict(prepared.dataset.x[rows]).argmax(axis=1) == prepared.dataset.labels()[rows]
    assert trainer.test is not None
    assert right.mean() == pytest.approx(trainer.test.accuracy)


def test_a_network_that_does_not_fit_has_no_model() -> None:
    project = templates.load("xor")
    with pytest.raises(DataMismatchError, match="2 inputs, but the data has 4"):
        model_of(project, prepare(default_settings("iris")))
