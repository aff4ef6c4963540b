"""Saving and opening: the same project, the same bits, and training that goes on as if it had never stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.data import DataSettings, Task, prepare
from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.run import Best
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.network import Network
from backprop_gui.project import Project, files, trainer_of
from backprop_gui.project.files import ProjectFileError
from tests.project.projects import assert_same, assert_same_run, small_project, trained
from tests.strategies import networks


@given(
    network=networks(),
    data=st.builds(
        DataSettings,
        source=st.sampled_from(["xor", "iris", "/data/mine.csv"]),
        examples=st.integers(10, 20_000),
        noise=st.floats(0, 1),
        test_share=st.floats(0, 0.9),
        seed=st.integers(0, 2**31 - 1),
        standardize=st.booleans(),
        targets=st.lists(st.text(st.characters(codec="utf-8")), unique=True).map(tuple),
        task=st.none() | st.sampled_from(Task),
    ),
    training=st.builds(
        TrainingSettings,
        reduction=st.sampled_from(Reduction),
        optimizer=st.sampled_from(list(OPTIMIZERS)),
        learning_rate=st.floats(0, 1e6),
        batch_size=st.integers(0, 1_000_000),
        precision=st.sampled_from(["float64", "float32"]),
    ),
    name=st.text(st.characters(codec="utf-8")),
)
def test_any_project_comes_back_as_it_was(
    network: Network, data: DataSettings, training: TrainingSettings, name: str
) -> None:
    project = Project(network, data, training, name)
    assert files.decode(files.encode(project)) == project


def test_a_trained_project_comes_back_with_its_run(tmp_path: Path) -> None:
    project = trained(small_project(optimizer="adam", patience=50), 23)
    assert project.run is not None
    assert project.run.position > 0
    files.save(project, tmp_path / "p.backprop")
    assert_same(files.load(tmp_path / "p.backprop"), project)


def test_the_file_is_what_its_documentation_says(tmp_path: Path) -> None:
    files.save(trained(small_project(), 3), tmp_path / "p.backprop")
    content = json.loads((tmp_path / "p.backprop").read_text("utf-8"))
    assert list(content) == [
        "format",
        "program",
        "name",
        "network",
        "data",
        "training",
        "run",
        "conventions",
        "kept",
    ]
    assert content["format"] == 1
    assert content["program"].startswith("Backprop Lab ")
    assert list(content["network"]) == ["next_id", "layers", "neurons", "edges"]
    assert content["network"]["neurons"][0] == {
        "id": 2,
        "layer": 1,
        "kind": "input",
        "name": "x1",
        "activation": "identity",
        "bias": None,
        "position": [0.0, -60.0],
        "frozen": False,
    }
    assert [type(part) for part in content["network"]["edges"][0]] == [int, int, float, bool]
    assert content["data"]["source"] == "circle"
    assert content["training"]["optimizer"] == "sgd"
    assert content["run"]["step"] == 3


CASES = [
    *({"optimizer": name} for name in OPTIMIZERS),
    *({"optimizer": name, "precision": "float32"} for name in ("sgd", "momentum", "adam")),
    {"schedule": "cosine", "schedule_epochs": 9, "l1": 1e-3, "l2": 1e-2, "clip_norm": 0.5},
    {"schedule": "step", "schedule_epochs": 2, "reduction": Reduction.SUM, "optimizer": "adamw"},
    {"patience": 3, "optimizer": "nesterov", "learning_rate": 0.3},
]


@pytest.mark.parametrize("settings", CASES, ids=lambda settings: "-".join(map(str, settings.values())))
@pytest.mark.parametrize("updates", [4, 9, 17])
def test_opening_and_going_on_is_never_having_stopped(
    settings: dict[str, object], updates: int, tmp_path: Path
) -> None:
    # 28 training examples in batches of 9 are 4 updates an epoch: 4 ends one, 9 and 17 stand inside one.
    project = small_project(**settings)
    whole = trainer_of(project, prepare(project.data))
    whole.advance(updates)
    files.save(replace(project, run=whole.run()), tmp_path / "p.backprop")

    opened = files.load(tmp_path / "p.backprop")
    again = trainer_of(opened, prepare(opened.data))
    for trainer in (whole, again):
        trainer.advance(31)

    assert whole.theta.tobytes() == again.theta.tobytes()
    assert whole.theta.dtype == again.theta.dtype
    assert_same_run(whole.run(), again.run())
    assert (whole.note is None) == (again.note is None)


def test_the_best_weights_of_early_stopping_survive_the_file(tmp_path: Path) -> None:
    project = small_project(patience=8, learning_rate=0.5)
    whole = trainer_of(project, prepare(project.data))
    while whole.run().best is None or whole.run().best.epoch + 3 > whole.epoch:  # type: ignore[union-attr]
        whole.advance(1)
    files.save(replace(project, run=whole.run()), tmp_path / "p.backprop")
    opened = files.load(tmp_path / "p.backprop")
    again = trainer_of(opened, prepare(opened.data))
    for trainer in (whole, again):
        trainer.advance(100_000)
        assert trainer.note is not None
        assert trainer.note.kind is NoteKind.STOPPED_EARLY
    assert whole.note == again.note
    assert whole.theta.tobytes() == again.theta.tobytes()


def test_a_run_of_more_epochs_than_the_record_holds_goes_on_at_its_pace(tmp_path: Path) -> None:
    project = small_project("xor")
    whole = trainer_of(project, prepare(project.data))
    whole.advance(5001)
    files.save(replace(project, run=whole.run()), tmp_path / "p.backprop")
    opened = files.load(tmp_path / "p.backprop")
    again = trainer_of(opened, prepare(opened.data))
    for trainer in (whole, again):
        trainer.advance(300)
    assert_same_run(whole.run(), again.run())


def test_an_epoch_beyond_the_end_of_a_shortened_table_begins_anew() -> None:
    project = trained(small_project(), 3)
    assert project.run is not None
    assert project.run.position == 27
    shorter = replace(project, data=replace(project.data, examples=20))
    trainer = trainer_of(shorter, prepare(shorter.data))
    assert trainer.epoch == 0
    assert trainer.step == 3
    assert np.array_equal(trainer.run().parameters, project.run.parameters)


def test_what_could_not_be_read_again_is_not_written() -> None:
    project = trained(small_project(), 3)
    assert project.run is not None
    infinite = project.run.parameters.copy()
    infinite[2] = np.inf
    for bad, words in (
        (replace(project, run=replace(project.run, parameters=infinite)), "go back in time"),
        (replace(project, run=replace(project.run, parameters=infinite[:3])), "3 numbers"),
        (replace(project, run=replace(project.run, memory={"mean": infinite})), "optimiser's mean"),
        (replace(project, training=replace(project.training, learning_rate=np.nan)), "learning_rate"),
        (replace(project, training=replace(project.training, precision="float16")), "float16"),
        (replace(project, data=replace(project.data, noise=np.inf)), "noise"),
        (replace(project, name="\udcff"), "rename"),
    ):
        with pytest.raises(ProjectFileError, match=words):
            files.encode(bad)


def test_an_infinite_loss_on_the_curve_is_a_gap_and_is_never_the_best() -> None:
    project = trained(small_project(patience=5), 9)
    assert project.run is not None
    assert project.run.curve is not None
    losses = project.run.curve.train.copy()
    losses[1] = np.inf
    odd = replace(
        project.run,
        curve=replace(project.run.curve, train=losses),
        best=Best(float("nan"), 1, project.run.parameters),
    )
    run = files.decode(files.encode(replace(project, run=odd))).run
    assert run is not None
    assert run.curve is not None
    assert np.isnan(run.curve.train[1])
    assert run.best is None


def test_conventions_are_saved_and_may_be_missing(tmp_path: Path) -> None:
    as_a_book = Conventions(Delta.BY_A, Sign.ERROR)
    path = tmp_path / "p.backprop"
    files.save(replace(small_project(), conventions=as_a_book), path)
    assert files.load(path).conventions == as_a_book
    content = json.loads(path.read_text("utf-8"))
    assert content.pop("conventions") == {"delta": "a", "sign": "error"}
    path.write_text(json.dumps(content), "utf-8")
    assert files.load(path).conventions == Conventions()
