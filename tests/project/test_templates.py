"""The templates that ship: each loads, is right and learns, and two of them learn as well as they must."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backprop_gui.data import prepare
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.gradient_check import check_gradient
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.trainer import Trainer
from backprop_gui.paths import resource
from backprop_gui.project import files, templates, trainer_of
from backprop_gui.project.templates import FIRST
from backprop_gui.registry import UnknownNameError

NAMES = list(templates.templates())


def learned(name: str) -> Trainer:
    """Train a template for as long as it says."""
    project = templates.load(name)
    trainer = trainer_of(project, prepare(project.data))
    for _ in range(templates.templates()[name].epochs):
        trainer.advance_epoch()
    trainer.score()
    return trainer


def test_every_file_is_a_template_with_words() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in resource("templates").iterdir())
    assert NAMES[0] == FIRST
    for template in templates.templates().values():
        assert template.title
        assert template.about.endswith(".")
        assert template.epochs > 0
    titles = [template.title for template in templates.templates().values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_right_and_trains(name: str) -> None:
    project = templates.load(name)
    assert project.name == name
    assert project.run is None
    trainer = trainer_of(project, prepare(project.data))
    x, t = trainer.examples.x_train[:8], trainer.examples.t_train[:8]
    mean = project.training.reduction is Reduction.MEAN
    check = check_gradient(trainer.plan, trainer.theta, x, t, trainer.stepper.loss, mean=mean)
    assert check is not None
    assert check.passed, check.max_relative_error
    for _ in range(2):
        trainer.advance_epoch()
    assert trainer.note is None
    assert trainer.epoch == 2
    # Whatever is opened can be saved and opened again.
    assert files.decode(files.encode(project)) == project


def test_a_misspelt_template_is_guessed() -> None:
    with pytest.raises(UnknownNameError, match=r"no template called “irs”. Did you mean “iris”"):
        templates.load("irs")


@pytest.mark.parametrize(("name", "accuracy"), [("iris", 0.95), ("digits", 0.96), ("wine", 0.95)])
def test_real_data_are_learned(name: str, accuracy: float) -> None:
    test = learned(name).test
    assert test is not None
    assert test.accuracy is not None
    assert test.accuracy >= accuracy


@pytest.mark.parametrize("name", ["xor", "xor-2-3-1", "one-neuron", "skip", "circle", "moons", "spiral"])
def test_what_can_be_learned_whole_is(name: str) -> None:
    assert learned(name).train.accuracy == 1.0


def test_a_sine_is_fitted_down_to_its_noise() -> None:
    # Half the squared error; the noise alone, of standard deviation 0.05, is 0.00125.
    test = learned("sine").test
    assert test is not None
    assert test.loss < 0.004


def test_breast_cancer_stops_early_and_well() -> None:
    trainer = learned("breast-cancer")
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.STOPPED_EARLY
    assert trainer.test is not None
    assert trainer.test.accuracy is not None
    assert trainer.test.accuracy >= 0.95


def test_the_deltas_of_the_deep_template_vanish() -> None:
    project = templates.load("deep-sigmoid")
    trainer = trainer_of(project, prepare(project.data))
    trace, plan = trainer.frame().trace, trainer.plan
    by_layer = [
        np.abs(trace.delta[:, [plan.column[n.id] for n in plan.network.members[layer.id]]]).max()
        for layer in plan.network.layers[1:]
    ]
    # A sigmoid's slope is at most a quarter, so each layer passes on less than the next one has.
    assert all(earlier < later for earlier, later in itertools.pairwise(by_layer))
    assert by_layer[0] < by_layer[-1] / 1000


def test_the_single_neuron_begins_with_the_numbers_of_the_worked_example() -> None:
    network = templates.load("one-neuron").network
    assert [edge.weight for edge in network.edges] == [0.4, 0.3]
    assert network.outputs[0].bias == 0.1
