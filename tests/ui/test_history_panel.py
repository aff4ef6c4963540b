"""The undo history: it lists what was done, goes to any moment, also while it trains, and marks what is saved."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from backprop_gui.project import with_shape
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.history import CLICK, OLDEST, OPENED, HistoryPanel
from backprop_gui.ui.player import Player, State
from tests.ui.panel_lab import place, turn_wheel

SIZES = (5, 6, 7)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> HistoryPanel:
    return place(qtbot, document, player, HistoryPanel)


def resize(document: Document, size: int, merge: str = "") -> None:
    document.edit(f"Resize to {size}", with_shape(document.project, (size,)), merge)


def texts(panel: HistoryPanel, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[str]:
    model = panel.list.model()
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def at(panel: HistoryPanel, row: int) -> QPoint:
    return panel.list.visualRect(panel.list.model().index(row, 0)).center()


def click(panel: HistoryPanel, row: int) -> None:
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at(panel, row))


def test_it_begins_with_what_was_opened(panel: HistoryPanel) -> None:
    assert texts(panel) == [OPENED]
    assert panel.list.currentIndex().row() == 0


def test_it_follows_edits_undo_and_what_takes_their_place(panel: HistoryPanel, document: Document) -> None:
    for size in SIZES:
        resize(document, size)
    assert texts(panel) == [OPENED, "Resize to 5", "Resize to 6", "Resize to 7"]
    assert panel.list.currentIndex().row() == 3
    document.stack.undo()
    document.stack.undo()
    assert panel.list.currentIndex().row() == 1
    assert texts(panel, Qt.ItemDataRole.AccessibleTextRole)[1:3] == [
        "Resize to 5, now",
        "Resize to 6, undone",
    ]
    resize(document, 9)
    assert texts(panel) == [OPENED, "Resize to 5", "Resize to 9"]


def test_steps_that_become_one_stay_one(panel: HistoryPanel, document: Document) -> None:
    resize(document, 5, merge="drag")
    resize(document, 6, merge="drag")
    assert len(texts(panel)) == 2
    assert panel.list.currentIndex().row() == 1


def test_a_click_goes_to_a_moment_and_back(panel: HistoryPanel, document: Document) -> None:
    opened = document.project
    for size in SIZES:
        resize(document, size)
    newest = document.project
    click(panel, 0)
    assert document.project == opened
    click(panel, 2)
    assert document.project.network.shape == "2-6-1"
    click(panel, 3)
    assert document.project == newest


def test_enter_goes_to_a_moment_and_arrows_only_walk(panel: HistoryPanel, document: Document) -> None:
    for size in SIZES:
        resize(document, size)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    assert document.project.network.shape == "2-7-1"
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert document.project.network.shape == "2-5-1"


def test_what_is_saved_is_marked(panel: HistoryPanel, document: Document, tmp_path: Path) -> None:
    resize(document, 5)
    document.saved(tmp_path / "mine.backprop")
    resize(document, 6)
    assert texts(panel) == [OPENED, "Resize to 5  ·  saved", "Resize to 6"]


def test_another_project_begins_anew(panel: HistoryPanel, document: Document) -> None:
    resize(document, 5)
    document.open(document.project, None)
    assert texts(panel) == [OPENED]


def test_the_first_moment_is_not_called_opened_once_steps_may_be_gone(
    panel: HistoryPanel, document: Document
) -> None:
    limit = document.stack.limit
    for step in range(limit + 5):
        resize(document, 2 + step % 2)
    assert len(texts(panel)) == limit + 1
    assert texts(panel)[0] == OLDEST


def test_it_works_while_it_trains(
    panel: HistoryPanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    for size in SIZES:
        resize(document, size)
    player.set_speed(math.inf)
    player.play()
    for row in (1, 3, 0, 2):
        click(panel, row)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.plan.network.shape == "2-6-1")
    assert player.state is State.RUNNING
    assert panel.list.currentIndex().row() == 2


def test_the_wheel_below_the_list_turns_the_list(panel: HistoryPanel, document: Document) -> None:
    for number in range(60):
        document.edit(f"Step {number}", replace(document.project, name=f"{number}"))
    bar = panel.list.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    hint = next(label for label in panel.findChildren(QLabel) if label.text() == CLICK)
    turn_wheel(hint, 120)
    assert bar.value() < bar.maximum()
