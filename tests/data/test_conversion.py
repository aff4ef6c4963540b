"""What is learned from a table: targets, tasks, texts as inputs."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backprop_gui.data import (
    DataError,
    Dataset,
    DataSettings,
    Table,
    Task,
    column_names,
    conversion,
    dataset_from_table,
    default_settings,
    inputs_from_table,
    load,
    prepare,
    read_table,
)


def convert(folder: Path, content: str, targets: tuple[str, ...] = (), task: Task | None = None) -> Dataset:
    path = folder / "people.csv"
    path.write_text(content)
    return dataset_from_table(read_table(path), targets, task)


def column(values: list[object]) -> str:
    return "x,y\n" + "".join(f"{row},{value}\n" for row, value in enumerate(values))


def test_the_last_column_is_the_target(tmp_path: Path) -> None:
    dataset = convert(tmp_path, "a,b,c\n1,2,3.5\n4,5,6.5\n")
    assert dataset.x.tolist() == [[1, 2], [4, 5]]
    assert dataset.t.tolist() == [[3.5], [6.5]]
    assert (dataset.input_names, dataset.target_names, dataset.class_names) == (("a", "b"), ("c",), ())
    assert dataset.task is Task.REGRESSION


def test_targets_can_be_chosen(tmp_path: Path) -> None:
    dataset = convert(tmp_path, "a,b,c\n1,2,3.5\n4,5,6.5\n", ("c", "a"))
    assert dataset.x.tolist() == [[2], [5]]
    assert dataset.t.tolist() == [[3.5, 1], [6.5, 4]]
    assert dataset.target_names == ("c", "a")


def test_two_texts_are_a_yes_or_no_question(tmp_path: Path) -> None:
    dataset = convert(tmp_path, column(["yes", "no", "no"]))
    assert dataset.task is Task.BINARY
    assert dataset.class_names == ("no", "yes")
    assert dataset.t.tolist() == [[1], [0], [0]]
    assert dataset.target_names == ("y",)


def test_three_texts_are_classes(tmp_path: Path) -> None:
    dataset = convert(tmp_path, column(["c", "a", "b", "a"]))
    assert dataset.task is Task.CLASSES
    assert dataset.class_names == dataset.target_names == ("a", "b", "c")
    assert dataset.t.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize(
    ("values", "task", "names"),
    [
        ([0, 1], Task.BINARY, ("0", "1")),
        ([0, 1, 1, 0], Task.BINARY, ("0", "1")),
        (["0.0", "1.0"], Task.BINARY, ("0", "1")),
        # Two values but not 0 and 1: classes if each occurs three times on average.
        ([-1, 1, -1, 1, -1], Task.REGRESSION, ()),
        ([-1, 1, -1, 1, -1, 1], Task.BINARY, ("-1", "1")),
        ([3, 1, 2] * 3, Task.CLASSES, ("1", "2", "3")),
        ([3, 1, 2] * 2, Task.REGRESSION, ()),
        ([3, 1, 2.5] * 3, Task.REGRESSION, ()),
        (list(range(20)) * 3, Task.CLASSES, tuple(map(str, range(20)))),
        (list(range(21)) * 3, Task.REGRESSION, ()),
    ],
)
def test_numbers_are_classes_by_the_rule(
    tmp_path: Path, values: list[object], task: Task, names: tuple[str, ...]
) -> None:
    dataset = convert(tmp_path, column(values))
    assert dataset.task is task
    assert dataset.class_names == names
    assert any("taken for classes" in note for note in dataset.notes) == (task is not Task.REGRESSION)


def test_a_person_overrides_the_rule(tmp_path: Path) -> None:
    whole = column([3, 1, 2] * 3)
    assert convert(tmp_path, whole, task=Task.REGRESSION).t[:, 0].tolist() == [3, 1, 2] * 3
    few = column([2.5, 1, 7])
    assert convert(tmp_path, few, task=Task.CLASSES).class_names == ("1", "2.5", "7")
    two = column([0, 1, 1])
    assert convert(tmp_path, two, task=Task.CLASSES).t.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert convert(tmp_path, column([5, 3]), task=Task.BINARY).t.tolist() == [[1], [0]]


def test_texts_become_inputs(tmp_path: Path) -> None:
    dataset = convert(tmp_path, "colour,x,y\nred,1,0.1\nblue,2,0.2\nred,3,0.3\n")
    assert dataset.input_names == ("colour=blue", "colour=red", "x")
    assert dataset.x.tolist() == [[0, 1, 1], [1, 0, 2], [0, 1, 3]]
    assert any("“colour” became 2 inputs" in note for note in dataset.notes)


def test_constant_inputs_are_noted(tmp_path: Path) -> None:
    dataset = convert(tmp_path, "a,b,y\n1,5,0.1\n2,5,0.2\n")
    assert dataset.x.tolist() == [[1, 5], [2, 5]]
    assert "The same value in every row teaches nothing: “b”." in dataset.notes


BAD: dict[str, tuple[str, tuple[str, ...], Task | None, str]] = {
    "one row": ("a,y\n1,2\n", (), None, "people has a single row"),
    "one column": ("y\n1\n2\n", (), None, "no column left for the inputs"),
    "all are targets": ("a,y\n1,2\n2,3\n", ("a", "y"), None, "no column left for the inputs"),
    "unknown target": ("a,weight\n1,2\n2,3\n", ("wieght",), None, "Did you mean “weight”?"),
    "strange target": ("a,weight\n1,2\n2,3\n", ("zzz",), None, "The last one is “weight”."),
    "constant number": ("a,y\n1,2\n2,2\n", (), None, "target column “y” of people is “2” in every row"),
    "constant text": ("a,y\n1,no\n2,no\n", (), None, "is “no” in every row"),
    "one of two constant": ("a,y,z\n1,2,3\n2,2,4\n", ("y", "z"), None, "target column “y” of people is “2”"),
    "text as a number": ("a,y\n1,no\n2,yes\n", (), Task.REGRESSION, "Column “y” holds text such as “no”"),
    "text among targets": (
        "a,y,z\n1,no,1\n2,yes,2\n",
        ("y", "z"),
        None,
        "Column “y” holds text such as “no”",
    ),
    "classes in two columns": (
        "a,y,z\n1,1,0\n2,0,1\n",
        ("y", "z"),
        Task.CLASSES,
        "Choose one column that holds",
    ),
    "three answers to yes or no": (column(["a", "b", "c"]), (), Task.BINARY, "has 3 different values"),
    "names": (
        "name,y\n" + "".join(f"name {row},{row}\n" for row in range(21)),
        (),
        None,
        "input column “name” of people has 21 different texts (such as “name 0”)",
    ),
    "too many classes": (column([f"name {row}" for row in range(201)]), (), None, "has 201 different values"),
}


@pytest.mark.parametrize(("content", "targets", "task", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_choice_gets_its_sentence(
    tmp_path: Path, content: str, targets: tuple[str, ...], task: Task | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        convert(tmp_path, content, targets, task)


def test_settings_name_a_file_and_its_target(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("y,a\n" + "".join(f"{row / 7},{row}\n" for row in range(10)))
    prepared = prepare(replace(default_settings(str(path)), targets=("y",)))
    assert prepared.dataset.title == "people"
    assert prepared.dataset.target_names == ("y",)
    assert (len(prepared.x_train), len(prepared.x_test)) == (7, 3)
    assert np.allclose(prepared.x_train.mean(), 0.0)


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a,y\n1,2.5\n2,3.5\n")
    settings = default_settings(str(path))
    first = load(settings)
    assert load(replace(settings, test_share=0.5)) is first
    path.write_text("a,y\n1,2.5\n2,4.5\n")
    os.utime(path, ns=(1, 1))
    assert load(settings).t[1, 0] == 4.5


def test_another_target_does_not_read_the_file_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,2,3.5\n4,5,6.5\n")
    reads = []

    def counted(path: Path) -> Table:
        reads.append(path)
        return read_table(path)

    monkeypatch.setattr(conversion, "read_table", counted)
    assert column_names(path) == ("a", "b", "c")
    for target in "abc":
        assert load(DataSettings(source=str(path), targets=(target,))).target_names == (target,)
    assert reads == [path]


def test_inputs_are_found_by_name(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("y,colour,x\n0.1,red,1\n0.2,red,2\n")
    names = ("x", "colour=blue", "colour=red")
    assert inputs_from_table(read_table(path), names).tolist() == [[1, 0, 1], [2, 0, 1]]
    path.write_text("1,2\n3,4\n")
    assert inputs_from_table(read_table(path), ("a", "b")).tolist() == [[1, 2], [3, 4]]
    path.write_text("x,x=1\n3,4\n")
    assert inputs_from_table(read_table(path), ("x=1",)).tolist() == [[4]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("x,z\n1,2\n", "new has no column for the network's input “colour=red”"),
        (
            "x,colour\n1,red\n2,green\n",
            "Line 3, column “colour”, holds “green”, which the network has not learned",
        ),
        ("x,colour\none,red\n", "Column “x” holds text such as “one”"),
        ("1,2,3\n", "new has 3 columns without names, and the network has 2 inputs"),
    ],
)
def test_inputs_that_do_not_fit(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "new.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=re.escape(sentence)):
        inputs_from_table(read_table(path), ("x", "colour=red"))
