"""Writing: at every moment the old file or the new one, whole; and tables that move with their project."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from backprop_gui.data import DataError, default_settings, load, prepare
from backprop_gui.project import Project, files, project_for
from backprop_gui.project.files import ProjectFileError, write_atomically
from tests.project.projects import assert_same, small_project, trained

TABLE = "width,height,kind\n1,2,a\n2,3,b\n3,1,a\n4,4,b\n5,1,a\n6,2,b\n"


def fail(*arguments: Any, **keywords: Any) -> NoReturn:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "chmod"), (Path, "open")], ids=str
)
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(
    owner: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.backprop"
    path.write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fail)
        with pytest.raises(ProjectFileError, match=r"There is no room for “p.backprop”"):
            files.save(small_project(), path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["p.backprop"]


def test_a_program_killed_while_it_writes_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "p.backprop"
    path.write_text("old")
    script = (
        "import os, pathlib\n"
        "from backprop_gui.project.files import write_atomically\n"
        "os.fsync = lambda file: os._exit(9)\n"
        f"write_atomically(pathlib.Path({str(path)!r}), b'new' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 9
    assert path.read_text() == "old"


def test_a_project_that_cannot_be_encoded_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.backprop"
    files.save(small_project(), path)
    before = path.read_bytes()
    with pytest.raises(ProjectFileError):
        files.save(replace(small_project(), name="\udcff"), path)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions_stay_and_new_files_have_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "p.backprop"
    write_atomically(path, b"1")
    reference = tmp_path / "reference"
    reference.write_bytes(b"1")
    assert path.stat().st_mode == reference.stat().st_mode
    path.chmod(0o640)
    write_atomically(path, b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes() == b"2"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "p.backprop", tmp_path / "link.backprop"
    target.write_bytes(b"1")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links cannot be made here")
    write_atomically(link, b"2")
    assert link.is_symlink()
    assert target.read_bytes() == b"2"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 246 + ".backprop")
    files.save(small_project(), path)
    assert_same(files.load(path), small_project())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/p.backprop", "folder “.*missing” does not exist"),
        (".", "folder"),
        ("x" * 300, "too long"),
        ("nul\x00", "null"),
    ],
)
def test_what_cannot_be_written_is_said(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=words):
        write_atomically(tmp_path / name, b"1")


def table_project(table: Path) -> Project:
    data = default_settings(str(table))
    return project_for(load(data), data, (3,), name="table")


@pytest.mark.parametrize("place", ["table.csv", "data/table.csv", "iris", "data/..odd.csv"])
def test_a_project_and_its_table_can_be_moved_together(place: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    table = old / place
    table.parent.mkdir(parents=True)
    table.write_text(TABLE)
    project = trained(table_project(table), 5)
    files.save(project, old / "p.backprop")
    assert_same(files.load(old / "p.backprop"), project)
    assert f'"source": "./{place}"' in (old / "p.backprop").read_text()

    shutil.move(old, new)
    moved = files.load(new / "p.backprop")
    assert moved.data.source == str(new / place)
    assert len(prepare(moved.data).dataset.x) == 6


def test_a_project_is_opened_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    files.save(table_project(Path("table.csv")), Path("p.backprop"))
    assert '"source": "./table.csv"' in Path("p.backprop").read_text()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert len(prepare(files.load(Path("../p.backprop")).data).dataset.x) == 6


def test_a_table_elsewhere_is_named_by_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    project = table_project(table)
    files.save(project, tmp_path / "here" / "p.backprop")
    assert files.load(tmp_path / "here" / "p.backprop") == project
    assert str(table) in (tmp_path / "here" / "p.backprop").read_text()


def test_a_data_set_is_not_taken_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circle").write_text(TABLE)
    files.save(small_project("circle"), tmp_path / "p.backprop")
    assert files.load(tmp_path / "p.backprop").data.source == "circle"


def test_a_misspelt_data_set_is_still_one_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "p.backprop"
    path.write_bytes(
        files.encode(small_project("circle")).replace(b'"source": "circle"', b'"source": "circel"')
    )
    with pytest.raises(KeyError, match="Did you mean “circle”"):
        prepare(files.load(path).data)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    files.save(table_project(table), tmp_path / "p.backprop")
    table.unlink()
    opened = files.load(tmp_path / "p.backprop")
    with pytest.raises(DataError, match=r"no file .*table\.csv"):
        prepare(opened.data)
