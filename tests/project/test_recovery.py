"""Autosaves: found again when their process is gone, never while it lives, and never in the way of a start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backprop_gui.errors import UserError
from backprop_gui.paths import state_folder
from backprop_gui.project.recovery import SUFFIX, RecoveryError, left_behind, new_slot
from tests.project.projects import assert_same, small_project, trained

ROOT = Path(__file__).parents[2]


def test_what_was_kept_is_offered_once_its_window_has_let_go(tmp_path: Path) -> None:
    project = trained(small_project(optimizer="adam"), 5)
    slot = new_slot(tmp_path / "autosaves")
    slot.write(project, tmp_path / "mine.backprop", 1000.5)
    assert left_behind(tmp_path / "autosaves") == []
    slot.release()
    (found,) = left_behind(tmp_path / "autosaves")
    about = found.about()
    assert (about.name, about.path, about.when) == ("circle", str(tmp_path / "mine.backprop"), 1000.5)
    assert about.pid == os.getpid()
    assert_same(found.load(), project)
    # Who offers it holds it: a second program that starts now offers it to nobody else.
    assert left_behind(tmp_path / "autosaves") == []
    found.release()
    assert len(left_behind(tmp_path / "autosaves")) == 1


def test_what_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    slot = new_slot(tmp_path)
    slot.write(small_project(), None, 1.0)
    slot.write(small_project("moons"), None, 2.0)
    assert slot.load().name == "moons"
    assert len(list(tmp_path.iterdir())) == 2
    slot.discard()
    assert list(tmp_path.iterdir()) == []


def test_each_window_has_its_own_and_the_newest_comes_first(tmp_path: Path) -> None:
    slots = [new_slot(tmp_path) for _ in range(3)]
    for slot, when in zip(slots, (5.0, 9.0, 7.0), strict=True):
        slot.write(small_project(), None, when)
    slots[0].release()
    slots[1].release()
    assert [slot.about().when for slot in left_behind(tmp_path)] == [9.0, 5.0]


def test_a_killed_process_lets_go_of_what_it_held(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from backprop_gui.project import templates\n"
        "from backprop_gui.project.recovery import new_slot\n"
        f"slot = new_slot(pathlib.Path({str(tmp_path)!r}))\n"
        "slot.write(templates.load('xor'), None, 3.0)\n"
        "print('kept', flush=True)\n"
        "time.sleep(100)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"kept"
        assert left_behind(tmp_path) == []
        process.kill()
    (found,) = left_behind(tmp_path)
    assert found.load().name == "xor"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 50,
        b'{"name": "x"}',
        b'{"name": "x"}\n{"format": 1',
        b'{"name": "x", "when": 1e400}\n{}',
        b'{"name": "x", "when": 1e300, "path": "\\u0000"}\nx',
        b"[" * 100_000,
        b"\xff\xfe\n{}",
    ],
)
def test_a_damaged_one_is_offered_and_says_so_when_it_is_opened(content: bytes, tmp_path: Path) -> None:
    (tmp_path / f"0123{SUFFIX}").write_bytes(content)
    (found,) = left_behind(tmp_path)
    assert isinstance(found.about().when, float)
    with pytest.raises(UserError):
        found.load()
    assert found.path.exists()


def test_what_else_lies_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / f"folder{SUFFIX}").mkdir()
    (tmp_path / "note.txt").write_text("mine")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / f"pipe{SUFFIX}")
        os.mkfifo(tmp_path / "pipe.lock")
    assert left_behind(tmp_path) == []
    assert (tmp_path / "note.txt").exists()
    assert (tmp_path / f"folder{SUFFIX}").is_dir()
    assert left_behind(tmp_path / "missing") == []


def test_the_halves_of_killed_writings_are_swept_up_when_they_are_old(tmp_path: Path) -> None:
    old, new = tmp_path / f".1.part{SUFFIX}", tmp_path / f".2.part{SUFFIX}"
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (time.time() - 4000,) * 2)
    left_behind(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_a_lock_without_an_autosave_is_swept_up(tmp_path: Path) -> None:
    new_slot(tmp_path).release()
    assert left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecoveryError, match="cannot be kept safe"):
        new_slot(tmp_path / "file" / "autosaves")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these have a folder of their own custom")
@pytest.mark.parametrize(("named", "absolute"), [("/state", True), ("state", False), ("", False)])
def test_the_state_folder_is_where_the_system_wants_it(
    named: str, absolute: bool, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", named)
    expected = Path("/state") if absolute else home / ".local" / "state"
    assert state_folder() == expected / "backprop-lab"
