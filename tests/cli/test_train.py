"""``train``: what it trains, what it prints, what it writes, and how it ends."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_gui.commands import progress
from backprop_gui.data import prepare
from backprop_gui.engine.stepper import Stepper
from backprop_gui.project import files, templates, trainer_of
from tests.cli.conftest import Run

TABLE = "width,height,kind\n" + "".join(f"{i},{i * i % 7},{'ab'[i % 2]}\n" for i in range(1, 21))


def test_a_template_is_trained_as_the_window_would(run: Run) -> None:
    project = templates.load("xor")
    trainer = trainer_of(project, prepare(project.data))
    for _ in range(20):
        trainer.advance_epoch()
    trainer.score()
    result = run("train", "xor", "--epochs", "20", "--json")
    assert result.code == 0
    assert result.err == ""
    assert result.json["train"] == {"loss": trainer.train.loss, "accuracy": trainer.train.accuracy}


def test_the_object_is_what_its_documentation_says(run: Run) -> None:
    result = run("train", "iris", "--epochs", "3", "--export", "iris.onnx", "iris.csv", "--json").json
    assert list(result) == ["epoch", "step", "train", "test", "seconds", "exports"]
    assert result["epoch"] == 3
    assert result["step"] == 33
    assert set(result["train"]) == set(result["test"]) == {"loss", "accuracy"}
    assert 0 <= result["test"]["accuracy"] <= 1
    assert result["seconds"] > 0
    first, second = result["exports"]
    assert list(first) == ["path", "format", "max_difference", "examples", "bytes", "checked_with"]
    assert (first["path"], first["format"]) == ("iris.onnx", "onnx")
    assert first["max_difference"] < 1e-6
    assert first["bytes"] == Path("iris.onnx").stat().st_size
    assert second["path"] == "iris.csv"


def test_without_a_test_part_or_classes_there_is_null(run: Run) -> None:
    assert run("train", "xor", "--epochs", "1", "--json").json["test"] is None
    result = run("train", "sine", "--epochs", "1", "--json").json
    assert result["train"]["accuracy"] is None
    assert result["test"]["accuracy"] is None
    assert result["test"]["loss"] > 0


def test_people_read_sentences(run: Run) -> None:
    result = run("train", "iris", "--epochs", "2", "--export", "iris.npz", "--save", "iris.backprop")
    assert result.code == 0
    shape, train, test, saved, exported = result.out.splitlines()
    assert shape.startswith("4-8-3, 67 parameters: epoch 2, step 22, after ")
    assert train.startswith("Training: loss 0.")
    assert "accuracy" in train
    assert test.startswith("Test:     loss")
    assert saved == "Saved iris.backprop."
    assert exported.startswith("Wrote iris.npz (")


def test_a_template_knows_how_long(run: Run) -> None:
    assert run("train", "wine", "--json").json["epoch"] == templates.templates()["wine"].epochs


def test_a_saved_project_goes_on_as_if_it_had_never_stopped(run: Run) -> None:
    options = ("--set", "training.optimizer=adam", "--json")
    whole = run("train", "circle", *options, "--epochs", "12", "--save", "whole.backprop").json
    half = run("train", "circle", *options, "--epochs", "5", "--save", "half.backprop").json
    assert half["epoch"] == 5
    rest = run("train", "half.backprop", "--epochs", "7", "--save", "half.backprop", "--json").json
    assert (rest["epoch"], rest["step"], rest["train"], rest["test"]) == (
        whole["epoch"],
        whole["step"],
        whole["train"],
        whole["test"],
    )
    one, other = files.load(Path("whole.backprop")).run, files.load(Path("half.backprop")).run
    assert one is not None
    assert other is not None
    assert one.parameters.tobytes() == other.parameters.tobytes()


def test_settings_can_change_on_the_way_as_in_the_window(run: Run) -> None:
    run("train", "circle", "--epochs", "3", "--save", "a.backprop")
    project = files.load(Path("a.backprop"))
    trainer = trainer_of(project, prepare(project.data))
    changed = {"optimizer": "sgd", "learning_rate": 0.25, "batch_size": 7}
    from dataclasses import replace

    trainer.configure(replace(project.training, **changed))  # type: ignore[arg-type]
    for _ in range(2):
        trainer.advance_epoch()
    trainer.score()
    options = [f"training.{name}={value}" for name, value in changed.items()]
    result = run(
        "train", "a.backprop", "--epochs", "2", "--set", *options, "--save", "b.backprop", "--json"
    ).json
    assert result["train"]["loss"] == trainer.train.loss
    saved = files.load(Path("b.backprop"))
    assert saved.training == trainer.settings
    assert saved.run is not None
    assert saved.run.parameters.tobytes() == trainer.run().parameters.tobytes()


def test_another_seed_draws_anew_and_begins_again(run: Run) -> None:
    run("train", "xor", "--epochs", "3", "--save", "a.backprop")
    again = run("train", "a.backprop", "--seed", "5", "--epochs", "2", "--json").json
    assert again["epoch"] == 2
    assert again["train"] == run("train", "xor", "--seed", "5", "--epochs", "2", "--json").json["train"]
    assert again["train"] != run("train", "xor", "--epochs", "2", "--json").json["train"]


def test_other_data_of_the_same_kind_keep_what_was_learned(run: Run) -> None:
    run("train", "circle", "--epochs", "30", "--save", "a.backprop")
    result = run("train", "a.backprop", "--set", "data.noise=0", "--epochs", "0", "--json")
    assert result.code == 0
    assert result.json["epoch"] == 30
    assert result.json["train"]["accuracy"] > 0.9


def test_data_with_other_columns_begin_again_and_say_so(run: Run) -> None:
    run("train", "circle", "--epochs", "3", "--save", "a.backprop")
    result = run("train", "a.backprop", "--set", "data.source=iris", "--epochs", "1", "--json")
    assert result.json["epoch"] == 1
    assert "The network became 4-6-3" in result.err


def test_a_new_network_is_named_on_the_line(run: Run) -> None:
    result = run(
        *("train", "--layers", "2-5-1", "--data", "moons", "--activation", "relu", "--loss", "half-squared"),
        *("--output-activation", "tanh", "--seed", "3", "--epochs", "4", "--save", "m.backprop", "--json"),
    )
    assert result.code == 0
    assert result.json["epoch"] == 4
    project = files.load(Path("m.backprop"))
    assert project.network.shape == "2-5-1"
    assert [n.activation for n in project.network.neurons] == ["identity"] * 2 + ["relu"] * 5 + ["tanh"]
    assert (project.training.loss, project.training.seed) == ("half-squared", 3)
    assert project.data.test_share == 0.3


def test_the_ends_of_a_new_network_follow_the_data(run: Run) -> None:
    result = run("train", "--layers", "2-4-1", "--data", "iris", "--epochs", "1", "--json")
    assert result.code == 0
    assert result.err == "backprop-gui: The network became 4-4-3, because that is what the data needs.\n"


def test_a_table_of_ones_own_is_learned(run: Run, folder: Path) -> None:
    (folder / "mine.csv").write_text(TABLE)
    result = run(
        "train", "--layers", "2-3-1", "--data", "mine.csv", "--epochs", "2", "--save", "mine.backprop"
    )
    assert result.code == 0
    project = files.load(Path("mine.backprop"))
    assert project.name == "mine"
    assert project.data.source == str(folder / "mine.csv")
    other = run(
        "train", "--layers", "2-3-1", "--data", "mine.csv", "--target", "height", "--epochs", "1", "--json"
    )
    assert other.json["train"]["accuracy"] is not None
    Path("mine.csv").unlink()
    assert "mine.csv" in run("train", "mine.backprop").complaint


@pytest.mark.parametrize(
    "line",
    [
        "train --epochs 2 xor --json",
        "train --json --set training.seed=1 xor --epochs 2",
        "train --epochs 2 --json --export m.npz xor",
        "train --epochs 2 --json --export m.npz m.csv xor",
        "train --epochs=2 --json --set=training.seed=0 -- xor",
    ],
)
def test_arguments_may_come_in_any_order(line: str, run: Run) -> None:
    result = run(*line.split())
    assert result.code == 0, result.err
    assert result.json["epoch"] == 2


def test_a_loss_that_explodes_ends_with_one_and_keeps_the_best_moment(run: Run) -> None:
    result = run(
        *("train", "sine", "--json", "--save", "s.backprop", "--export", "s.npz"),
        *("--set", "training.optimizer=sgd", "training.learning_rate=10", "training.loss=sum-squared"),
    )
    assert result.code == 1
    assert result.json["train"]["loss"] is None
    assert result.json["step"] > 0
    assert "no longer finite" in result.err
    assert "learning rate" in result.err
    assert "What is written stands at epoch" in result.err
    assert [export["path"] for export in result.json["exports"]] == ["s.npz"]
    project = files.load(Path("s.backprop"))
    assert project.run is not None
    assert np.isfinite(project.run.parameters).all()
    assert run("train", "s.backprop", "--epochs", "0").code == 0


def test_early_stopping_is_said_and_is_no_failure(run: Run) -> None:
    result = run("train", "breast-cancer", "--json")
    assert result.code == 0
    assert result.json["epoch"] < 200
    assert "Training stopped at epoch" in result.err


def press_after(updates: int, monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Press Ctrl+C during the update of that number."""
    original = Stepper.update

    def update(stepper: Stepper) -> None:
        original(stepper)
        if stepper.step == updates:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Stepper, "update", update)


def test_ctrl_c_ends_training_and_still_writes_everything(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    press_after(37, monkeypatch)
    before = signal.getsignal(signal.SIGINT)
    result = run("train", "iris", "--epochs", "10000", "--json", "--save", "i.backprop", "--export", "i.npz")
    assert result.code == 130
    assert result.json["step"] == 37
    assert result.json["epoch"] == pytest.approx(3 + 40 / 105)
    assert [export["path"] for export in result.json["exports"]] == ["i.npz"]
    run_saved = files.load(Path("i.backprop")).run
    assert run_saved is not None
    assert (run_saved.step, run_saved.position) == (37, 40)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    press_after(3, monkeypatch, times=2)
    result = run("train", "xor", "--epochs", "10000", "--save", "x.backprop")
    assert result.code == 130
    assert result.err == "backprop-gui: Stopped.\n"
    assert result.out == ""
    assert not Path("x.backprop").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_the_shell_switched_off_stays_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        press_after(3, monkeypatch)
        assert run("train", "xor", "--epochs", "5", "--json").json["epoch"] == 5
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_one_export_that_fails_does_not_spoil_the_others(
    run: Run, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    from backprop_gui.commands import output
    from backprop_gui.formats import ExportError

    original = output.export

    def export(model: Any, path: Path) -> Any:
        if path.suffix == ".json":
            raise ExportError("There is no room.")
        return original(model, path)

    monkeypatch.setattr(output, "export", export)
    result = run(
        "train", "xor", "--epochs", "1", "--export", "a.json", "b.npz", "--save", "x.backprop", "--json"
    )
    assert result.code == 2
    assert result.err == "backprop-gui: There is no room.\n"
    assert [export["path"] for export in result.json["exports"]] == ["b.npz"]
    assert sorted(path.name for path in folder.iterdir()) == ["b.npz", "x.backprop"]


def test_what_cannot_be_written_is_said_before_training(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stepper, "update", lambda stepper: pytest.fail("it was trained"))
    Path("folder.npz").mkdir()
    for options, words in (
        (["--export", "x.foo"], ".foo"),
        (["--export", "x"], "format"),
        (["--export", "missing/x.npz"], "missing"),
        (["--export", "folder.npz"], "is a folder"),
        (["--save", "x.json"], ".backprop"),
        (["--save", "missing/x.backprop"], "missing"),
    ):
        assert words in run("train", "xor", *options).complaint


class Terminal:
    """A standard error that is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_and_is_left_clean(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.0)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: type("Size", (), {"columns": 120}))
    assert run("train", "iris", "--epochs", "40").code == 0
    draws = terminal.text.split("\r")
    assert any("epoch 40 of 40" in draw and "[========================]" in draw for draw in draws)
    assert "test loss" in terminal.text
    assert "\n" not in terminal.text
    assert draws[-1] == ""
    assert draws[-2].strip() == ""
    assert max(map(len, draws)) <= 119


def test_elsewhere_lines_come_now_and_then(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("train", "iris", "--epochs", "40").err == ""
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    lines = run("train", "iris", "--epochs", "40").err.splitlines()
    assert lines[-1].startswith("backprop-gui: epoch 40 of 40: loss ")
