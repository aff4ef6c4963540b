"""The document's own operations: new ones, other data, other shapes, other starting weights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backprop_gui.data import DATASETS, Task, default_settings, load, prepare
from backprop_gui.engine import INITIALIZERS, LOSSES
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network.errors import ShapeError
from backprop_gui.project import (
    Project,
    initialized,
    project_for,
    trainer_of,
    with_data,
    with_new_weights,
    with_shape,
)
from tests.project.projects import small_project, trained


def on(source: str, project: Project) -> Project:
    data = default_settings(source)
    return with_data(project, load(data), data)


def weights(project: Project) -> dict[tuple[int, int], float]:
    return {(edge.source, edge.target): edge.weight for edge in project.network.edges}


@pytest.mark.parametrize("source", list(DATASETS))
def test_every_data_set_has_a_network_that_learns_from_it(source: str) -> None:
    data = default_settings(source)
    dataset = load(data)
    project = project_for(dataset, data, (3,), name=source)
    assert project.network.shape == f"{dataset.x.shape[1]}-3-{dataset.t.shape[1]}"
    trainer = trainer_of(project, prepare(data))
    before = trainer.train.loss
    trainer.advance(50)
    assert trainer.note is None
    trainer.score()
    assert trainer.train.loss < before
    assert (trainer.train.accuracy is None) == (not dataset.class_names)


def test_a_new_project_has_names_and_a_loss_that_suit() -> None:
    data = default_settings("iris")
    project = project_for(load(data), data, (8,))
    assert project.training.loss == "cross-entropy"
    assert [neuron.name for neuron in project.network.outputs] == ["setosa", "versicolor", "virginica"]
    assert {neuron.activation for neuron in project.network.outputs} == {"identity"}
    assert project.run is None
    given = TrainingSettings(loss="half-squared", initializer="zeros")
    project = project_for(load(data), data, (8,), given, activation="relu")
    assert project.training == given
    assert set(weights(project).values()) == {0.0}


def test_drawing_again_is_the_seeds_alone() -> None:
    project = trained(small_project(), 5)
    again, other = (
        initialized(project),
        initialized(replace(project, training=replace(project.training, seed=7))),
    )
    assert again.run is None
    assert weights(again) == weights(initialized(again)) == weights(small_project())
    assert all(weights(other)[key] != weight for key, weight in weights(again).items())


def test_new_weights_are_those_of_the_next_seed() -> None:
    project = trained(small_project(), 5)
    new, seed = with_new_weights(project), project.training.seed
    assert new == initialized(replace(project, training=replace(project.training, seed=seed + 1)))
    assert new.run is None
    assert weights(new) != weights(initialized(project))


@pytest.mark.parametrize("initializer", list(INITIALIZERS))
def test_every_initializer_draws_what_can_be_trained(initializer: str) -> None:
    project = initialized(small_project(initializer=initializer))
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(3)
    assert trainer.note is None


def test_frozen_weights_are_not_drawn_again() -> None:
    project = small_project()
    first, *rest = project.network.edges
    project = replace(
        project, network=replace(project.network, edges=(replace(first, weight=0.25, frozen=True), *rest))
    )
    assert initialized(project).network.edges[0].weight == 0.25


def test_data_of_the_same_kind_leave_the_network_as_it_is() -> None:
    project = trained(small_project("circle"), 5)
    changed = on("moons", project)
    assert weights(changed) == weights(project)
    assert changed.training == project.training
    assert changed.data.source == "moons"
    assert changed.run is None


def test_data_with_other_columns_change_the_ends_alone() -> None:
    project = small_project("circle")
    changed = on("iris", project)
    assert changed.network.shape == "4-5-4-3"
    assert changed.training.loss == "cross-entropy"
    assert {neuron.activation for neuron in changed.network.outputs} == {"identity"}
    assert [neuron.name for neuron in changed.network.inputs] == list(load(changed.data).input_names)
    kept = weights(project).keys() & weights(changed).keys()
    assert len(kept) >= 2 * 5 + 5 * 4
    assert all(weights(changed)[key] == weights(project)[key] for key in kept)
    trainer_of(changed, prepare(changed.data)).advance(5)


@pytest.mark.parametrize("first", ["xor", "sine", "iris", "teacher"])
@pytest.mark.parametrize("second", ["circle", "plane", "wine", "teacher"])
def test_any_data_can_follow_any_other(first: str, second: str) -> None:
    changed = on(second, small_project(first))
    trainer = trainer_of(changed, prepare(changed.data))
    trainer.advance(3)
    assert trainer.note is None


def test_a_loss_that_can_answer_stays() -> None:
    project = small_project("circle", loss="half-squared")
    assert on("moons", project).training.loss == "half-squared"
    assert on("iris", project).training.loss == "cross-entropy"


@pytest.mark.parametrize(
    ("output", "loss", "stays"),
    [
        ("tanh", "half-squared", True),
        ("tanh", "binary-cross-entropy", False),  # the logarithm of a negative answer
        ("sigmoid", "binary-cross-entropy", True),
        ("identity", "half-squared", False),
    ],
)
def test_the_output_of_a_yes_or_no_must_suit_its_loss(output: str, loss: str, stays: bool) -> None:
    project = small_project("circle", loss=loss)
    network = project.network.with_activation([neuron.id for neuron in project.network.outputs], output)
    changed = on("moons", replace(project, network=network))
    wanted = (output, loss) if stays else ("sigmoid", "binary-cross-entropy")
    assert (changed.network.outputs[0].activation, changed.training.loss) == wanted


def test_every_loss_names_tasks_that_there_are() -> None:
    for loss in LOSSES.values():
        assert loss.tasks
        assert set(loss.tasks) <= {task.value for task in Task}


def test_another_shape_keeps_what_stays() -> None:
    project = trained(small_project("circle"), 5)
    wider = with_shape(project, (7, 4))
    assert wider.network.shape == "2-7-4-1"
    assert wider.run is None
    assert all(weights(wider)[key] == weight for key, weight in weights(project).items())
    assert any(weight != 0 for key, weight in weights(wider).items() if key not in weights(project))
    assert with_shape(wider, (5, 4)).network.shape == project.network.shape
    for hidden in ((), (1,), (9, 9, 9)):
        shaped = with_shape(project, hidden)
        assert shaped.network.shape == "-".join(map(str, (2, *hidden, 1)))
        trainer_of(shaped, prepare(shaped.data)).advance(3)


def test_an_impossible_shape_is_refused() -> None:
    with pytest.raises(ShapeError):
        with_shape(small_project(), (0,))


def test_a_network_that_does_not_fit_the_data_is_refused() -> None:
    project = replace(small_project("circle"), data=default_settings("iris"))
    with pytest.raises(Exception, match="2 inputs, but the data has 4"):
        trainer_of(project, prepare(project.data))
