"""Whatever is typed, whatever goes wrong: one sentence, the right exit code, and never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backprop_gui import __version__, bench, display
from backprop_gui.cli import main
from backprop_gui.commands import COMMANDS
from backprop_gui.commands import examples as examples_module
from backprop_gui.project import files, templates
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Put a window in place that only remembers what it was opened with."""
    paths: list[Path | None] = []

    def run(path: Path | None) -> int:
        paths.append(path)
        return 0

    module = ModuleType("backprop_gui.ui.app")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "backprop_gui.ui.app", module)
    monkeypatch.setattr(display, "display_problem", lambda: None)
    return paths


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trian xor", "no command called “trian”. Did you mean “train”"),
        ("xor", "no command called “xor”"),
        ("--foo", "no option “--foo”"),
        ("missing.backprop", "no file “missing.backprop”"),
        ("a.backprop b.backprop", "too many"),
        ("train", "Say what to work on"),
        ("train xro", "Did you mean “xor”"),
        ("train missing.backprop", "no file “missing.backprop”"),
        ("train xor circle", "one argument too many: “circle”"),
        ("train xor --epoch 5", "Did you mean “--epochs”"),
        ("train xor --epochs", "--epochs: expected one argument"),
        ("train xor --epochs -3", "whole number"),
        ("train xor --epochs 1.5", "whole number"),
        ("train xor --epochs 99999999999", "whole number"),
        ("train xor --seed x", "training.seed"),
        ("train xor --layers 2-4-1 --data xor", "not both"),
        ("train xor --data iris", "--data belongs to a new network"),
        ("train --layers 2-4-1", "--data"),
        ("train --layers 2-4-1 --data xro", "Did you mean “xor”"),
        ("train --layers 2-4-1 --data no.csv", "no.csv"),
        ("train --layers two --data xor", "layer size"),
        ("train --layers 2 --data xor", "layer"),
        ("train --layers 2-9999-1 --data xor", "4,096"),
        ("train xor --set training.precision=float32 --set x", "sets nothing"),
        ("check", "Say what to work on"),
        ("check nothing", "no template called “nothing”"),
        ("predict xor", "INPUTS.csv"),
        ("predict xor no.csv", "no.csv"),
        ("predict xor no.csv -o missing/x.csv", "missing"),
        ("examples xor", "too many"),
        ("bench --jsn", "Did you mean “--json”"),
    ],
)
def test_errors_are_sentences(line: str, words: str, run: Run) -> None:
    assert words in run(*line.split()).complaint


def test_a_file_that_is_no_project_is_named(run: Run, folder: Path) -> None:
    (folder / "odd.backprop").write_bytes(b"\xff\x00")
    for line in ("odd.backprop", "train odd.backprop", "check odd.backprop"):
        assert "“odd.backprop” is not a project" in run(*line.split()).complaint


def test_a_file_opens_in_the_window(run: Run, opened: list[Path | None], folder: Path) -> None:
    files.save(templates.load("xor"), folder / "train.backprop")
    (folder / "no suffix").write_bytes((folder / "train.backprop").read_bytes())
    for arguments in ([], ["train.backprop"], ["no suffix"], ["./train.backprop"]):
        assert run(*arguments).code == 0
    assert opened == [None, Path("train.backprop"), Path("no suffix"), Path("train.backprop")]


def test_a_window_that_cannot_open_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "display_problem", lambda: "There is no display.")
    assert "There is no display. The window cannot be opened" in run().complaint
    monkeypatch.setattr(display, "display_problem", lambda: None)
    monkeypatch.setitem(sys.modules, "backprop_gui.ui.app", None)
    assert "a part of Qt cannot be loaded" in run().complaint


def test_the_version_and_the_help_are_there(run: Run) -> None:
    assert run("--version").out == f"Backprop Lab {__version__}\n"
    result = run("--help")
    assert result.code == 0
    assert all(
        f"  {name} " in result.out and command.summary in result.out for name, command in COMMANDS.items()
    )


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_by_examples(name: str, run: Run) -> None:
    result = run(name, "--help")
    assert (result.code, result.err) == (0, "")
    command = COMMANDS[name]
    assert command.summary in result.out
    for example in command.examples:
        assert example in result.out
        assert example.startswith(f"backprop-gui {name}")
    for action in command.parser()._actions:
        assert action.help, action.dest


def test_what_nobody_foresaw_is_worded_and_can_be_traced(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("seven\nis odd")

    monkeypatch.setattr(examples_module, "templates", broken)
    complaint = run("examples", "--json").complaint
    assert "ValueError: seven" in complaint
    assert "report" in complaint
    result = run("examples", "--debug")
    assert result.code == 2
    assert "Traceback" in result.err
    assert result.err.splitlines()[-1].startswith("backprop-gui: Something went wrong")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 2, "not enough memory"),
        (KeyboardInterrupt(), 130, "Stopped."),
        (RecursionError(), 2, "foresaw"),
    ],
)
def test_every_way_to_fail_has_its_words(
    error: BaseException, code: int, words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(examples_module, "templates", fail)
    result = run("examples")
    assert result.code == code
    assert words in result.err
    assert len(result.err.splitlines()) == 1


class Closed(io.StringIO):
    """An output whose reader has gone, or whose disk is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_streams_that_are_not_there_do_no_harm(
    streams: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for stream in streams:
            patch.setattr(sys, stream, None)
        assert main(["examples"]) == 0
        assert main(["train", "xro"]) == 2
        assert main(["train", "xor", "--epochs", "1"]) == 0


def test_an_output_that_fails_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Closed(OSError(28, "No space left on device")))
    result = run("examples")
    assert result.code == 2
    assert result.err == "backprop-gui: The output could not be written: no space left on device.\n"


def test_an_error_output_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Closed(BrokenPipeError(32, "Broken pipe")))
    assert main(["train", "xro"]) == 2


@pytest.mark.skipif(os.name == "nt", reason="pipes end in another way there")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    script = "import sys; from backprop_gui.cli import main; sys.exit(main(['examples', '--json']))"
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:  # noqa: PTH123 - it has no path
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=pipe, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert (done.returncode, done.stderr) == (141, b"")


WORDS = [
    *(
        "train",
        "check",
        "predict",
        "export",
        "new",
        "examples",
        "bench",
        "trian",
        "",
        "-",
        "--",
        "-h",
        "--version",
    ),
    *(
        "xor",
        "iris",
        "one-neuron",
        "irs",
        "mine.backprop",
        "missing.backprop",
        "mine.csv",
        "out.csv",
        "m.onnx",
    ),
    *(
        "m.npz",
        "m.foo",
        ".backprop",
        "--layers",
        "2-4-1",
        "2--1",
        "4",
        "--data",
        "xor-clouds",
        "--target",
        "kind",
    ),
    *(
        "width",
        "--activation",
        "relu",
        "--output-activation",
        "sine",
        "--loss",
        "huber",
        "cross-entropy",
        "--seed",
    ),
    *(
        "7",
        "0",
        "-1",
        "1e3",
        "--set",
        "training.learning_rate=0,1",
        "training.learning_rate=1e6",
        "data.noise=1/2",
    ),
    *(
        "training.optimizer=adam",
        "data.source=mine.csv",
        "data.source=iris",
        "training.precision=float32",
        "data.x=1",
    ),
    *(
        "training.patience=1",
        "training.batch_size=0",
        "data.test_share=0.9",
        "data.task=classes",
        "data.targets=kind",
    ),
    *(
        "training.reduction=sum",
        "training.initializer=constant",
        "--json",
        "--debug=1",
        "--force",
        "-o",
        "--output",
    ),
    *("--export", "--save", "--template"),
]
ODD = st.text(max_size=12).filter(lambda text: "/" not in text and "\\" not in text)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(arguments=st.lists(st.sampled_from(WORDS) | ODD, max_size=9))
def test_nothing_that_can_be_typed_breaks_it(
    arguments: list[str],
    folder: Path,
    opened: list[Path | None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "run", lambda progress: [])
    monkeypatch.setattr(bench, "format_table", lambda rows: "")
    for path in folder.iterdir():
        path.unlink()
    files.save(templates.load("xor"), folder / "mine.backprop")
    (folder / "mine.csv").write_text(
        "x1,x2,kind\n" + "".join(f"{i},{i % 3},{'ab'[i % 2]}\n" for i in range(12))
    )
    if arguments[:1] == ["train"]:
        arguments = [*arguments[:1], "--epochs", "2", *arguments[1:]]
    code = main(arguments)
    printed = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "Traceback" not in printed.err
    assert "foresaw" not in printed.err
    if code == 2:
        assert printed.err.splitlines()[-1].startswith("backprop-gui: ")
