"""Files that are damaged, hostile or simply something else: always a sentence, never a crash, never a wrong project."""

from __future__ import annotations

import contextlib
import copy
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.data import prepare
from backprop_gui.errors import UserError
from backprop_gui.project import files, trainer_of
from backprop_gui.project.files import ProjectFileError
from tests.project.projects import small_project, trained

CONTENT = files.encode(trained(small_project(optimizer="adam", patience=9), 14))
TREE = json.loads(CONTENT)


def changed(change: Any) -> bytes:
    tree = copy.deepcopy(TREE)
    change(tree)
    return json.dumps(tree).encode()


def complaint(content: bytes) -> str:
    with pytest.raises(ProjectFileError) as caught:
        files.decode(content, "p.backprop")
    text = str(caught.value)
    assert text.startswith("“p.backprop” ")
    assert text.endswith((".", "?"))
    return text


def set_at(*path: Any, value: Any) -> Any:
    def change(tree: Any) -> None:
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_at("format", value=2), "format 2"),
        (set_at("format", value=0), "format 0"),
        (set_at("format", value=10**400), "damaged"),
        (set_at("format", value="1"), "“format”"),
        (set_at("colour", value=1), "unknown field `colour`"),
        (set_at("network", "edges", 3, value=[1]), "“network.edges[3]”"),
        (set_at("network", "edges", 0, 1, value=999), "999"),
        (set_at("network", "edges", 1, value=TREE["network"]["edges"][0]), "listed twice"),
        (set_at("network", "edges", 0, 1, value=3), "input"),
        (lambda tree: tree["network"]["edges"].append([11, 5, 1.0]), "cycle"),
        (set_at("network", "neurons", 4, "id", value=2), "id 2"),
        (set_at("network", "layers", 1, "id", value=1), "layers"),
        (set_at("network", "next_id", value=3), "next id"),
        (set_at("network", "next_id", value=2**60), "next_id"),
        (set_at("network", "neurons", 4, "activation", value="tnah"), "Did you mean “tanh”"),
        (set_at("network", "neurons", 4, "kind", value="output layer"), "kind"),
        (set_at("network", "neurons", 0, "bias", value=1.0), "input x1 has a bias"),
        (set_at("network", "neurons", 4, "layer", value=77), "77"),
        (set_at("network", "neurons", 4, "id", value=-4), "id"),
        (set_at("training", "optimizer", value="adm"), "Did you mean “adam”"),
        (set_at("training", "precision", value="float16"), "float16"),
        (set_at("training", "batch_size", value=-1), "batch_size"),
        (set_at("training", "batch_size", value=2.5), "batch_size"),
        (set_at("training", "seed", value=10**30), "seed"),
        (set_at("data", "test_share", value=5), "test share"),
        (set_at("data", "task", value="guess"), "task"),
        (set_at("data", "source", value=""), "No data"),
        (set_at("run", "parameters", value=[1.0]), "“parameters” has 1 numbers"),
        (set_at("run", "memory", "mean", value=[]), "“memory.mean” has 0 numbers"),
        (set_at("run", "best", "parameters", value=[1.0] * 3), "“best.parameters” has 3 numbers"),
        (set_at("run", "step", value=-1), "step"),
        (set_at("run", "epoch", value=10**20), "epoch"),
        (set_at("run", "parameters", 0, value=None), "“run.parameters[0]”"),
        (set_at("run", "curve", "train", value=[]), "equally long"),
        (set_at("run", "curve", "epochs", 1, value=0.0), "ascend"),
        (set_at("run", "curve", "epochs", -1, value=1e300), "ascend"),
        (lambda tree: tree.pop("training"), "training"),
    ],
)
def test_what_is_impossible_is_named(change: Any, words: str) -> None:
    assert words in complaint(changed(change))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"null",
        b"[]",
        b"1",
        b"{}",
        b"\xff\xfe{\x00}\x00",
        b"[" * 200_000,
        b'{"format": 1, "network": ' + b"[" * 200_000,
        CONTENT.replace(b'"frozen": false', b'"frozen": 0', 1),
        CONTENT.replace(b'"learning_rate": 0.1', b'"learning_rate": NaN'),
        CONTENT.replace(b'"learning_rate": 0.1', b'"learning_rate": 1e999'),
        CONTENT.replace(b'"learning_rate": 0.1', b'"learning_rate": ' + b"9" * 5000),
        CONTENT.replace(b'"name": "circle"', b'"name": "\xff"'),
        CONTENT.replace(b'"name": "circle"', b'"name": "\\ud800"'),
        CONTENT + b"}",
        CONTENT + CONTENT,
    ],
)
def test_what_is_no_project_at_all_is_refused(content: bytes) -> None:
    assert content != CONTENT
    complaint(content)


@pytest.mark.parametrize("content", [b"x;y\n1;2\n", b"\xef\xbb\xbfx,y\n1,2\n", b"", b"PK\x03\x04"])
def test_what_is_no_json_is_no_project_but_perhaps_a_table(content: bytes) -> None:
    text = complaint(content)
    assert "is not a project" in text
    assert "“Open CSV…” in the Data panel" in text
    assert "JSON" not in text


def test_a_damaged_project_is_not_taken_for_a_table() -> None:
    assert "Open CSV" not in complaint(CONTENT[:200])


def test_a_file_cut_off_anywhere_is_refused() -> None:
    for length in range(0, len(CONTENT.rstrip()) - 1, 37):
        complaint(CONTENT[:length])


def use(content: bytes) -> None:
    """Open, and where that works go on: a harmless change must leave a project that trains and can be saved."""
    with contextlib.suppress(UserError), np.errstate(all="ignore"):
        project = files.decode(content, "p.backprop")
        trainer_of(project, prepare(project.data)).advance(3)
        files.encode(project)


@settings(max_examples=200)
@given(st.data())
def test_no_change_of_bytes_breaks_more_than_the_file(data: st.DataObject) -> None:
    content = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        stop = start + data.draw(st.integers(0, 12))
        content[start:stop] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"-", b"9", b"0", b"e9", b'"'])
        )
    use(bytes(content))


NUMBERS = [0, -1, 1, 2, 7, 2**31, 2**53, 2**53 + 1, 2**64, 10**40, 0.5, -0.0, 1e-320, 1e308, -1e308]
OTHERS = [
    None,
    True,
    "",
    "xor",
    "identity",
    "relu",
    "float32",
    "\x00",
    "é" * 300,
    [],
    [[]],
    [1],
    {},
    {"id": 1},
]
HOSTILE = st.sampled_from([*NUMBERS, *OTHERS])


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, child in children for place in [(*path, key), *places(child, (*path, key))]]


PLACES = places(TREE)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(PLACES), HOSTILE), min_size=1, max_size=2))
def test_no_change_of_a_value_breaks_more_than_the_file(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    tree = copy.deepcopy(TREE)
    for path, value in changes:
        try:
            set_at(*path, value=value)(tree)
        except (LookupError, TypeError):  # the first change took the place of the second away
            continue
    use(json.dumps(tree).encode())


@pytest.mark.parametrize("field", sorted(TREE["data"]))
def test_no_setting_of_the_data_breaks_more_than_the_file(field: str) -> None:
    for value in [*NUMBERS, *OTHERS]:
        use(changed(set_at("data", field, value=value)))


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.backprop").mkdir()
    for path, words in (
        (tmp_path / "folder.backprop", "folder"),
        (tmp_path / "missing.backprop", "no file"),
        (tmp_path / ("x" * 300), "could not be read"),
        (Path("nul\x00.backprop"), "could not be read"),
    ):
        with pytest.raises(ProjectFileError, match=words):
            files.load(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProjectFileError, match="regular"):
        files.load(tmp_path / "pipe")


def test_a_giant_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)
    path = tmp_path / "giant.backprop"
    path.write_bytes(b" " * 1001)
    with pytest.raises(ProjectFileError, match="larger than"):
        files.load(path)
