from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from backprop_gui.bootstrap import apt, environment
from backprop_gui.bootstrap.environment import RUN, Environment
from backprop_gui.errors import UserError


@pytest.fixture
def _without_ensurepip(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))


@pytest.mark.usefixtures("_without_ensurepip")
@pytest.mark.parametrize(
    ("has_apt", "is_root", "expected"),
    [
        (True, False, r"start again: sudo apt-get install python3\.\d+-venv$"),
        (False, False, r"venv and ensurepip are missing"),
        (False, True, r"venv and ensurepip are missing"),
    ],
)
def test_a_python_without_venv_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_apt: bool, is_root: bool, expected: str
) -> None:
    monkeypatch.setattr(apt, "available", lambda: has_apt)
    monkeypatch.setattr(apt, "is_root", lambda: is_root)
    with pytest.raises(UserError, match=expected):
        Environment(tmp_path).prepare(RUN)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.usefixtures("_without_ensurepip")
def test_root_on_debian_gets_it_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(apt, "available", lambda: True)
    monkeypatch.setattr(apt, "is_root", lambda: True)
    monkeypatch.setattr(apt, "install", asked.append)
    environment._require_venv()
    ((package,),) = asked
    assert package.startswith("python3.")
    assert package.endswith("-venv")


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"could not be prepared .*a folder where you may write"):
        Environment(tmp_path / "gone").prepare(RUN)


def test_libraries_are_remembered_only_in_a_finished_environment(tmp_path: Path) -> None:
    ours = Environment(tmp_path)
    ours.remember_libraries(["libc.so.6"])
    assert not ours.folder.exists()
    ours.folder.mkdir()
    ours._write({"state": "preparing"})
    ours.remember_libraries(["libc.so.6"])
    assert ours.checked_libraries() == set()
    ours._write({"state": "ready"})
    ours.remember_libraries(["libc.so.6"])
    ours.remember_libraries(["libm.so.6"])
    assert ours.checked_libraries() == {"libc.so.6", "libm.so.6"}
