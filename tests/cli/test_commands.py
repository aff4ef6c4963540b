"""check, predict, export, new, examples and bench."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_gui import bench
from backprop_gui.commands import check as check_module
from backprop_gui.data import DATASETS, prepare
from backprop_gui.engine import gradient_check
from backprop_gui.formats import FORMATS
from backprop_gui.formats.model import model_of
from backprop_gui.paths import resource
from backprop_gui.project import files, templates
from tests.cli.conftest import Run

# ---- check


def test_the_check_passes_and_says_how(run: Run) -> None:
    result = run("check", "iris")
    assert result.code == 0
    first, second, third, last = result.out.splitlines()
    assert first == "Gradient of 67 parameters on 32 of 105 training examples, against complex step."
    assert second.startswith("Largest relative error: ")
    assert "the weight" in third or "the bias" in third
    assert last == "Passed."
    assert "all 4 training examples" in run("check", "xor").out
    assert "central difference" in run("check", "digits").out


def test_the_check_reports_in_json(run: Run) -> None:
    result = run("check", "--layers", "2-4-1", "--data", "xor", "--json")
    assert result.code == 0
    assert list(result.json) == ["parameters", "max_relative_error", "passed"]
    assert result.json["parameters"] == 17
    assert 0 < result.json["max_relative_error"] < 1e-12
    assert result.json["passed"] is True


def test_the_check_lists_the_worst_parameters_when_asked(run: Run) -> None:
    result = run("check", "xor", "--json", "--all")
    table = result.json["table"]
    assert list(table[0]) == ["parameter", "backpropagation", "reference", "relative_error"]
    assert len(table) == result.json["parameters"]
    errors = [row["relative_error"] for row in table]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == result.json["max_relative_error"]
    lines = run("check", "xor", "--table", "2").out.splitlines()
    assert lines[-4:-2] == ["", lines[-3]]
    assert lines[-3].split() == ["parameter", "backpropagation", "reference", "relative", "error"]
    for line, row in zip(lines[-2:], table, strict=False):
        assert line.startswith(row["parameter"])
        assert float(line.split()[-3]) == row["backpropagation"]
    for text in ("0", "-1", "many"):
        refused = run("check", "xor", "--table", text)
        assert refused.code == 2
        assert "whole number" in refused.err


def test_the_check_looks_at_the_present_weights(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("train", "xor", "--epochs", "9", "--save", "x.backprop")
    seen: list[Any] = []
    original = gradient_check.check_gradient

    def spy(plan: Any, theta: Any, *arguments: Any, **keywords: Any) -> Any:
        seen.append(theta[plan.slots])
        return original(plan, theta, *arguments, **keywords)

    monkeypatch.setattr(check_module, "check_gradient", spy)
    assert run("check", "x.backprop").code == 0
    project = files.load(Path("x.backprop"))
    assert project.run is not None
    assert np.array_equal(seen[0], project.run.parameters)


def test_a_wrong_gradient_fails_with_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    original = gradient_check.check_gradient

    def wrong(plan: Any, theta: Any, x: Any, t: Any, loss: Any, **keywords: Any) -> Any:
        return original(plan, theta, x, t, loss, claimed=np.zeros(plan.size), **keywords)

    monkeypatch.setattr(check_module, "check_gradient", wrong)
    result = run("check", "xor")
    assert result.code == 1
    assert result.out.splitlines()[-1].startswith("Failed")
    result = run("check", "xor", "--json")
    assert result.code == 1
    assert result.json["passed"] is False


# ---- predict


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_predictions_are_the_models_own_in_raw_units(run: Run) -> None:
    run("train", "iris", "--save", "iris.backprop")
    shutil.copy(resource("datasets/iris.csv"), "flowers.csv")
    result = run("predict", "iris.backprop", "flowers.csv")
    assert result.code == 0
    assert result.err == ""
    header, *answers = rows(result.out)
    assert header == ["prediction", "setosa", "versicolor", "virginica"]
    project = files.load(Path("iris.backprop"))
    prepared = prepare(project.data)
    expected = model_of(project, prepared).predict(prepared.dataset.x)
    found = np.array([[float(cell) for cell in row[1:]] for row in answers])
    assert np.array_equal(found, expected)
    assert np.allclose(found.sum(axis=1), 1)
    right = [
        row[0] == prepared.dataset.class_names[label]
        for row, label in zip(answers, prepared.dataset.labels(), strict=True)
    ]
    assert np.mean(right) > 0.95


def test_two_classes_have_one_column_and_regressions_no_class(run: Run, folder: Path) -> None:
    run("train", "xor", "--save", "xor.backprop")
    (folder / "x.csv").write_text("x2,x1\n0,0\n1,0\n0,1\n1,1\n")
    header, *answers = rows(run("predict", "xor.backprop", "x.csv").out)
    assert header == ["prediction", "y"]
    assert [row[0] for row in answers] == ["0", "1", "1", "0"]
    (folder / "s.csv").write_text("x\n0.5\n")
    assert rows(run("predict", "sine", "s.csv").out)[0] == ["y"]
    assert "not been trained" in run("predict", "sine", "s.csv").err


def test_predictions_go_into_a_file(run: Run, folder: Path) -> None:
    (folder / "x.csv").write_text("0,0\n1,0\n")
    result = run("predict", "xor", "x.csv", "-o", "out.csv")
    assert (result.code, result.out) == (0, "")
    assert len((folder / "out.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("a,b\n1,2\n", "no column for the network's input “x1”"),
        ("1,2,3\n", "3 columns without names"),
        ("x1,x2\n1,\n", "x2"),
        ("", "empty"),
        ("x1,x2\n1,one\n", "x2"),
    ],
)
def test_a_table_that_does_not_fit_is_explained(table: str, words: str, run: Run, folder: Path) -> None:
    (folder / "x.csv").write_text(table)
    result = run("predict", "xor", "x.csv")
    assert result.code == 2
    assert words in result.err


def test_an_answer_beyond_all_numbers_is_refused(run: Run, folder: Path) -> None:
    network = templates.load("sine")
    wide = network.network.with_activation([n.id for n in network.network.neurons[1:-1]], "softplus")
    from dataclasses import replace

    heavy = wide.with_parameters({}, {(e.source, e.target): 1e300 for e in wide.edges})
    files.save(replace(network, network=heavy), folder / "heavy.backprop")
    (folder / "x.csv").write_text("x\n0\n1e90\n")
    result = run("predict", "heavy.backprop", "x.csv")
    assert result.code == 2
    assert "row 2" in result.err


# ---- export


def test_every_format_is_written_and_checked(run: Run, folder: Path) -> None:
    names = [f"iris{format.suffixes[0]}" for format in FORMATS.values()]
    result = run("export", "iris", *names)
    assert result.code == 0
    assert len(result.out.splitlines()) == len(names)
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_exports_are_reported_in_json_and_of_the_run(run: Run) -> None:
    run("train", "iris", "--epochs", "5", "--save", "i.backprop")
    [report] = run("export", "i.backprop", "i.npz", "--json").json
    assert report["format"] == "npz"
    project = files.load(Path("i.backprop"))
    assert project.run is not None
    text = Path("i.npz").read_bytes()
    run("export", "iris", "start.npz")
    assert Path("start.npz").read_bytes() != text


def test_a_new_network_can_be_exported(run: Run) -> None:
    assert run("export", "--layers", "2-3-1", "--data", "xor", "x.json").code == 0
    assert run("export", "x.onnx", "--layers", "2-3-1", "--data", "xor").code == 0


def test_export_needs_files(run: Run) -> None:
    assert "which files to write" in run("export").complaint
    assert "which files to write" in run("export", "xor").complaint
    assert "suffix “.foo”" in run("export", "xor", "x.foo").complaint


# ---- new


def test_a_new_project_is_the_first_template_under_its_own_name(run: Run) -> None:
    result = run("new", "lesson.backprop")
    assert result.code == 0
    assert "2-4-1 network on xor" in result.err
    project = files.load(Path("lesson.backprop"))
    assert project.name == "lesson"
    assert project.network == templates.load("xor").network


def test_nothing_is_replaced_unless_forced(run: Run) -> None:
    Path("a.backprop").write_text("precious")
    assert "already" in run("new", "a.backprop").complaint
    assert Path("a.backprop").read_text() == "precious"
    assert run("new", "a.backprop", "--force", "--template", "sine").code == 0
    assert files.load(Path("a.backprop")).network.shape == "1-8-1"


def test_a_new_project_of_ones_own_table_names_it_relative(run: Run, folder: Path) -> None:
    (folder / "t.csv").write_text("a,b,y\n1,2,0.5\n2,1,1.5\n3,3,2.5\n4,1,0.1\n")
    assert run("new", "t.backprop", "--layers", "2-3-1", "--data", "t.csv").code == 0
    assert '"./t.csv"' in Path("t.backprop").read_text()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("new", "FILE.backprop"),
        ("new a.json", ".backprop"),
        ("new missing/a.backprop", "missing"),
        ("new a.backprop --template irs", "Did you mean “iris”"),
        ("new a.backprop --template b.backprop", "not the name of a template"),
        ("new a.backprop --template xor --layers 2-1 --data xor", "not with both"),
        ("new a.backprop --layers 2-1", "--data"),
        ("new a.backprop --data xor", "--layers"),
        ("new a.backprop --layers 2-0-1 --data xor", "neurons"),
        ("new a.backprop --layers 2-4-1 --data xor --activation tnah", "Did you mean “tanh”"),
        ("new a.backprop b.backprop", "too many"),
    ],
)
def test_what_cannot_be_new_is_explained(line: str, words: str, run: Run, folder: Path) -> None:
    assert words in run(*line.split()).complaint
    assert list(folder.iterdir()) == []


# ---- examples and bench


def test_everything_there_is_is_listed(run: Run) -> None:
    text = run("examples").out
    found = run("examples", "--json").json
    assert [item["name"] for item in found["templates"]] == list(templates.templates())
    assert [item["name"] for item in found["datasets"]] == list(DATASETS)
    for kind in ("templates", "datasets"):
        for item in found[kind]:
            assert item["about"]
            assert item["title"]
            assert f"  {item['name']} " in text


def test_the_bench_prints_its_rows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"case": "2-1", "peer": "slow 1.0", "ours_us": 1.5, "peer_us": 3.0, "ratio": 2.0}]
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(bench, "run", lambda progress: progress("Measuring 2-1.") or rows)
    checks = [{"case": "2-1", "what": "gradient check of 3 parameters", "value": 1.25, "unit": "ms"}]
    monkeypatch.setattr(bench, "check_rows", lambda progress: checks)
    result = run("bench", "--json")
    assert result.code == 0
    assert result.json == rows + checks
    # Tests run where nobody can look, and there the window is not measured.
    assert result.err.splitlines() == [
        "backprop-gui: Measuring 2-1.",
        "backprop-gui: The window is not measured. Qt is told to draw where nobody can look.",
    ]
    text = run("bench").out
    assert "slow 1.0" in text
    assert "gradient check of 3 parameters  1.2 ms" in text


def test_the_bench_measures_the_timeline(run: Run) -> None:
    rows = run("bench", "--timeline", "300", "--json").json
    cases = {row["case"] for row in rows}
    assert [case for case in cases if "adam" in case and "300 updates" in case]
    assert {row["unit"] for row in rows} == {"MB", "ms"}
    assert all(row["value"] >= 0 for row in rows)
    assert "showing any moment" in run("bench", "--timeline", "20").out
    for text in ("0", "long"):
        assert "--timeline must be a whole number" in run("bench", "--timeline", text).complaint
