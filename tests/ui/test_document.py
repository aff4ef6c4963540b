"""The document: one pointer, one command of undo, and nothing changed by what fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backprop_gui.errors import UserError
from backprop_gui.project import Project, edits, with_data, with_shape
from backprop_gui.project.kept import KeptRunsError
from backprop_gui.ui.document import Document
from tests.project.test_kept import a_run
from tests.ui.conftest import a_project


def heard(document: Document) -> list[tuple[Project, Project]]:
    changes: list[tuple[Project, Project]] = []
    document.changed.connect(lambda old, new: changes.append((old, new)))
    return changes


def rated(project: Project, rate: float) -> Project:
    return replace(project, training=replace(project.training, learning_rate=rate))


def test_an_edit_its_undo_and_its_redo_each_tell_what_was_and_what_is(document: Document) -> None:
    changes, first = heard(document), document.project
    second = with_shape(first, (6,))
    document.edit("Resize", second)
    document.stack.undo()
    document.stack.redo()
    assert changes == [(first, second), (second, first), (first, second)]
    assert document.project is second
    assert document.stack.undo_text == "Resize"


def test_a_drawing_that_is_only_kept_for_undo_takes_little_room(document: Document) -> None:
    first = document.project
    pair = next(iter(first.network.edge_of))
    for weight in (1.0, 2.0, 3.0):
        edit = edits.set_weight(document.project, pair, weight)
        document.edit(edit.text, edit.project)
        assert document.project.network.edge_of[pair].weight == weight
        document.edit("Rate", rated(document.project, weight / 10))
        # The same drawing is still the one that is shown.
        assert "edge_of" in vars(document.project.network)
    steps = [document.project]
    document.followed.connect(lambda old, new: steps.append(new))
    document.changed.connect(lambda old, new: (old.network.edge_of, new.network.edge_of))
    document.go_to(2)
    document.stack.undo()
    others = [step.network for step in (first, *steps) if step.network is not document.project.network]
    assert len(others) == 5
    assert not any("edge_of" in vars(network) for network in others)
    # What was forgotten is found out again.
    document.go_to(5)
    assert document.project.network.edge_of[pair].weight == 3.0


def test_steps_with_one_key_merge_and_others_do_not(document: Document) -> None:
    first = document.project
    for rate in (0.2, 0.3, 0.4):
        document.edit(f"Learning rate {rate}", rated(document.project, rate), merge="learning_rate")
    assert document.stack.undo_text == "Learning rate 0.4", "what it leads to is what it is called"
    document.edit("Resize", with_shape(document.project, (5,)))
    document.edit("Learning rate", rated(document.project, 0.5), merge="learning_rate")
    assert document.stack.count == 3
    document.stack.undo()
    document.stack.undo()
    assert document.project.training.learning_rate == 0.4
    document.stack.undo()
    assert document.project == first


def test_new_data_are_prepared_and_come_back_with_undo(document: Document) -> None:
    before = document.prepared
    circle = a_project("circle")
    document.edit("Data", with_data(document.project, document.prepared.dataset, circle.data))
    assert len(document.prepared.x_train) == 140
    document.stack.undo()
    assert document.prepared is before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: rated(p, -1.0), "learning_rate"),
        (lambda p: replace(p, data=replace(p.data, source="no/such/file.csv")), "no/such/file.csv"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(document: Document, spoil: object, said: str) -> None:
    changes, first = heard(document), document.project
    with pytest.raises(UserError, match=said):
        document.edit("Spoil", spoil(document.project))  # type: ignore[operator]
    assert document.project is first
    assert changes == []
    assert not document.stack.can_undo


def test_what_cannot_be_trained_is_held_and_says_why(document: Document) -> None:
    misfit = replace(document.project, data=a_project("iris").data)
    whole = document.project
    document.edit("Data", misfit)
    assert "2 inputs" in str(document.obstacle)
    document.stack.undo()
    assert document.obstacle is None
    document.edit("Cut", replace(whole, network=whole.network.without(n.id for n in whole.network.outputs)))
    assert "no output" in str(document.obstacle)
    document.open(misfit, None)
    assert document.project is misfit
    assert "2 inputs" in str(document.obstacle)
    assert "2 inputs" in str(Document(misfit).obstacle)


def test_undo_leaves_the_name_that_saving_gave(document: Document, tmp_path: Path) -> None:
    document.edit("Resize", with_shape(document.project, (5,)))
    document.saved(tmp_path / "mine.backprop")
    document.stack.undo()
    assert document.project.name == "mine"
    assert document.project.network.shape == "2-4-1"


def test_a_long_way_back_is_told_once_to_views_and_step_by_step_to_who_must_follow(
    document: Document,
) -> None:
    first = document.project
    for width in (5, 6, 7):
        document.edit("Resize", with_shape(document.project, (width,)))
    changes, steps = heard(document), []
    document.followed.connect(lambda old, new: steps.append(new.network.shape))
    last = document.project
    document.go_to(0)
    assert changes == [(last, first)]
    assert steps == ["2-6-1", "2-5-1", "2-4-1"]
    document.go_to(0)
    assert len(changes) == 1
    document.go_to(3)
    assert document.project is last


def test_runs_that_could_not_be_opened_again_are_not_kept(document: Document) -> None:
    kept_run = a_run(document.project)
    document.keep((kept_run,), by_hand=True)
    with pytest.raises(KeptRunsError, match="same number"):
        document.keep((kept_run, replace(kept_run, title="other")), by_hand=True)
    assert document.project.kept == (kept_run,)
