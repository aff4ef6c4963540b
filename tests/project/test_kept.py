"""Kept runs: what was trained is not lost, is bounded, is told apart, and comes back from a file bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_gui.data import Task, prepare
from backprop_gui.project import Project, files, trainer_of
from backprop_gui.project import kept as keeping
from backprop_gui.project.files import ProjectFileError
from backprop_gui.project.kept import (
    MOST_KEPT,
    MOST_POINTS,
    MOST_SHOWN,
    KeptRun,
    KeptRunsError,
    differing,
    is_known,
    kept_from,
    results_of,
    settings_of,
    with_kept,
)
from tests.project.projects import assert_same_run, small_project


def a_run(project: Project, updates: int = 20, number: int = 1) -> KeptRun:
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(updates)
    kept = kept_from(trainer, number, project.data)
    assert kept is not None
    return kept


def with_run(project: Project, *runs: KeptRun) -> Project:
    return replace(project, kept=runs)


def test_what_is_kept_goes_on_as_if_it_had_never_been_left() -> None:
    project = small_project(optimizer="adam")
    kept = a_run(project, 23)
    straight = trainer_of(project, prepare(project.data))
    straight.advance(60)
    again = trainer_of(replace(project, run=kept.run), prepare(project.data))
    again.advance(37)
    assert again.theta.tobytes() == straight.theta.tobytes()


def test_its_curve_ends_where_it_stands_and_keeps_its_best_moments() -> None:
    project = small_project(optimizer="sgd", learning_rate=2.0)
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(5 * 1500 + 2)
    kept = kept_from(trainer, 1, project.data)
    assert kept is not None
    curve, whole = kept.run.curve, trainer.history.curve()
    assert curve is not None
    assert len(whole.epochs) > MOST_POINTS >= len(curve.epochs) > MOST_POINTS - 5
    assert curve.epochs[-1] == trainer.epoch
    found = results_of(curve)
    assert found.train == trainer.stepper.score_train().loss
    assert found.train_accuracy == trainer.stepper.score_train().accuracy
    assert found.best_train == min(whole.train.min(), found.train)
    assert found.best_test == min(whole.test.min(), found.test)
    assert (np.diff(curve.epochs) > 0).all()


def test_what_has_not_moved_is_not_kept() -> None:
    project = small_project()
    trainer = trainer_of(project, prepare(project.data))
    assert kept_from(trainer, 1, project.data) is None


def test_after_trouble_it_is_the_last_good_moment() -> None:
    project = small_project(optimizer="sgd", learning_rate=1e6, l2=100.0)
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(10_000)
    assert not np.isfinite(trainer.theta).all()
    kept = kept_from(trainer, 1, project.data)
    if kept is not None:
        assert np.isfinite(kept.run.parameters).all()
        files.encode(with_run(project, kept))


def test_the_oldest_that_nobody_named_goes_first() -> None:
    one = a_run(small_project())
    kept: keeping.Kept = ()
    for number in range(1, MOST_KEPT + 1):
        kept = with_kept(kept, replace(one, number=number, title="mine" if number in (1, 3) else ""))
    assert len(kept) == MOST_KEPT
    kept = with_kept(kept, replace(one, number=99))
    assert [run.number for run in kept[:3]] == [1, 3, 4]
    assert kept[-1].number == 99
    named = tuple(replace(run, title="x") for run in kept)
    assert with_kept(named, replace(one, number=100)) is named


def test_those_that_were_kept_by_hand_go_last_and_for_none_that_was_not() -> None:
    one = a_run(small_project())
    kept: keeping.Kept = ()
    for number in range(1, MOST_KEPT + 1):
        kept = with_kept(kept, replace(one, number=number, by_hand=number < MOST_KEPT))
    kept = with_kept(kept, replace(one, number=21))
    assert [run.number for run in kept if not run.by_hand] == [21], (
        "20 has gone, which is newer than the others"
    )
    kept = with_kept(kept, replace(one, number=22, by_hand=True))
    assert all(run.by_hand for run in kept)
    assert with_kept(kept, replace(one, number=23)) is kept
    kept = with_kept(kept, replace(one, number=24, by_hand=True))
    assert [kept[0].number, kept[-1].number] == [2, 24]


def test_a_file_knows_which_were_kept_by_hand() -> None:
    project = small_project()
    one = a_run(project)
    kept = files.decode(
        files.encode(with_run(project, replace(one, by_hand=True), replace(one, number=2)))
    ).kept
    assert [run.by_hand for run in kept] == [True, False]


def test_what_is_too_large_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_NUMBERS", 10)
    with pytest.raises(KeptRunsError, match="may hold 10"):
        a_run(small_project())


def test_no_more_are_shown_than_can_be_told_apart() -> None:
    one = a_run(small_project())
    kept: keeping.Kept = ()
    for number in range(1, MOST_SHOWN + 3):
        kept = with_kept(kept, replace(one, number=number))
    assert [run.shown for run in kept] == [False, False, *[True] * MOST_SHOWN]


def test_large_ones_push_out_others(monkeypatch: pytest.MonkeyPatch) -> None:
    one = a_run(small_project())
    monkeypatch.setattr(keeping, "MOST_NUMBERS", 3 * one.numbers)
    kept: keeping.Kept = ()
    for number in range(1, 6):
        kept = with_kept(kept, replace(one, number=number))
    assert [run.number for run in kept] == [3, 4, 5]


def test_the_same_state_is_known() -> None:
    project = small_project()
    first, second, other = a_run(project), a_run(project, number=2), a_run(project, 21, 2)
    assert is_known((first,), second)
    assert not is_known((first,), other)
    assert not is_known((), first)
    assert not is_known(
        (first,), a_run(replace(project, training=replace(project.training, l2=0.5)), number=2)
    )


def test_runs_that_differ_in_little_are_told_apart() -> None:
    project = small_project(optimizer="sgd")
    table = replace(project.data, source="/a/houses.csv", targets=("price",))
    other = replace(project.data, source="/b/houses.csv", targets=("rent",), task=Task.REGRESSION)
    near = replace(project.training, learning_rate=project.training.learning_rate + 1e-9)
    first = settings_of(project.network, table, project.training)
    second = settings_of(project.network, other, near)
    assert differing([first, second]) == ["learning rate", "folder", "targets", "task"]


def test_what_differs_is_named() -> None:
    project = small_project(optimizer="sgd")
    training = replace(project.training, learning_rate=0.25, optimizer="momentum", batch_size=0)
    first = settings_of(project.network, project.data, project.training)
    second = settings_of(project.network, replace(project.data, noise=0.5), training)
    assert differing([first, second]) == ["optimiser", "learning rate", "batch", "noise", "momentum"]
    assert differing([first, first]) == []
    assert second["learning rate"] == "0.25"
    assert second["batch"] == "all"
    one = a_run(project)
    assert one.words == "SGD 0.1 · tanh 2-5-4-1"
    assert one.name == "run 1"
    assert replace(one, title="the first").name == "the first"


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_they_come_back_from_a_file_bit_for_bit(tmp_path: Path, optimizer: str) -> None:
    project = small_project(optimizer=optimizer, patience=30)
    other = small_project("sine")
    runs = (
        replace(a_run(project), title="“Ü”", shown=False),
        a_run(replace(project, training=replace(project.training, seed=9)), 31, 2),
        a_run(other, 12, 7),
    )
    path = tmp_path / "x.backprop"
    files.save(with_run(project, *runs), path)
    back = files.load(path).kept
    assert len(back) == 3
    for one, copy in zip(runs, back, strict=True):
        assert (one.number, one.title, one.shown) == (copy.number, copy.title, copy.shown)
        assert (one.network, one.data, one.training) == (copy.network, copy.data, copy.training)
        assert_same_run(one.run, copy.run)
    tree = json.loads(path.read_bytes())
    assert tree["kept"][0]["network"] is None, "it is the one of the project"
    assert tree["kept"][2]["network"] is not None


def test_an_older_file_has_none() -> None:
    tree = json.loads(files.encode(small_project()))
    del tree["kept"]
    assert files.decode(json.dumps(tree).encode()).kept == ()


def test_a_table_of_ones_own_is_named_relative_in_a_kept_run_too(tmp_path: Path) -> None:
    project = small_project()
    run = replace(a_run(project), data=replace(project.data, source=str(tmp_path / "mine.csv")))
    path = tmp_path / "x.backprop"
    files.save(with_run(project, run), path)
    assert json.loads(path.read_bytes())["kept"][0]["data"]["source"] == "./mine.csv"
    assert files.load(path).kept[0].data.source == str(tmp_path / "mine.csv")


def _too_many(kept: list[Any]) -> None:
    kept[:] = [{**kept[0], "number": number + 1} for number in range(MOST_KEPT + 1)]


def _twice(kept: list[Any]) -> None:
    kept.append(kept[0])


def _other_length(kept: list[Any]) -> None:
    kept[0]["run"]["parameters"].append(1.0)


def _backwards(kept: list[Any]) -> None:
    kept[0]["run"]["curve"]["epochs"].reverse()


def _unknown_optimizer(kept: list[Any]) -> None:
    kept[0]["training"]["optimizer"] = "nonesuch"


def _long_title(kept: list[Any]) -> None:
    kept[0]["title"] = "x" * 81


def _field(kept: list[Any]) -> None:
    kept[0]["surplus"] = 1


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_too_many, "kept"),
        (_twice, "same number"),
        (_other_length, "In the kept run 1: "),
        (_backwards, "In the kept run 1: "),
        (_unknown_optimizer, "In the kept run 1: "),
        (_long_title, "longer than 80"),
        (_field, "surplus"),
    ],
)
def test_what_nothing_has_kept_is_refused(damage: Any, says: str) -> None:
    project = small_project()
    tree = json.loads(files.encode(with_run(project, a_run(project))))
    files.decode(json.dumps(tree).encode())
    damage(tree["kept"])
    with pytest.raises(ProjectFileError, match=says):
        files.decode(json.dumps(tree).encode())
