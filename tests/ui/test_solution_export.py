"""The worked solution of what is shown, written from the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.solutions import WRITERS, Style, solution_of
from backprop_gui.ui.window import Window
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    opened = open_window(qtbot, qapp)
    yield opened
    shut(opened)


def test_what_is_written_is_what_is_shown(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "solution.md"
    kind = next(kind for kind in window.solutions.kinds if kind.startswith("Markdown, solved"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    window.commands["export-solution"].trigger()
    qtbot.waitUntil(lambda: "Wrote" in window.banner.text)
    project, frame = window.lab.document.project, window.lab.player.frame
    assert frame is not None
    solution = solution_of(worked_example(frame, project.training, project.conventions), project.name)
    assert path.read_text("utf-8") == WRITERS["markdown"].write(solution, Style())


def test_a_folder_that_is_not_there_is_said(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    frame = window.lab.player.frame
    assert frame is not None
    window.solutions.write(frame, WRITERS["text"], Style(), tmp_path / "nowhere" / "a.txt")
    qtbot.waitUntil(lambda: "does not exist" in window.banner.text)


def test_a_file_that_is_to_be_kept_is_not_replaced_by_one_without_an_ending(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "solution.md"
    kept.write_text("mine", "utf-8")
    kind = next(kind for kind in window.solutions.kinds if kind.startswith("Markdown, solved"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "solution"), kind))
    asked: list[str] = []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.No
    )
    window.commands["export-solution"].trigger()
    assert asked == ["“solution.md” is there already. Replace it?"]
    assert kept.read_text("utf-8") == "mine"
    assert window.banner.text == ""
