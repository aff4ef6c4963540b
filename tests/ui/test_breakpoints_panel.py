"""Breakpoints in the window: switched on in their panel, they stop training, say why and lead on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from backprop_gui.data import default_settings, load
from backprop_gui.engine.breakpoints import BREAKPOINTS, Breakpoint
from backprop_gui.project import with_data
from backprop_gui.ui.panels.breakpoints import NO_CLASSES, NONE_HERE, BreakpointsPanel
from backprop_gui.ui.player import State
from backprop_gui.ui.window import Window
from tests.ui.panel_lab import type_into
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def panel_of(window: Window) -> BreakpointsPanel:
    QTest.keyClick(window, Qt.Key.Key_F9)
    panel = window.panels["breakpoints"]
    assert isinstance(panel, BreakpointsPanel)
    assert panel.isVisible()
    return panel


def answer(window: Window, label: str) -> QPushButton:
    buttons = window.banner.findChildren(QPushButton)
    return [button for button in buttons if button.text() == label][
        -1
    ]  # those of earlier messages are before it


def wait_until_stopped(window: Window, qtbot: QtBot) -> int:
    player = window.lab.player
    qtbot.waitUntil(lambda: player.state is State.PAUSED and bool(window.banner.text), timeout=10_000)
    assert player.frame is not None
    return player.frame.step


def test_a_bound_that_is_typed_is_watched_for_and_stops_training(window: Window, qtbot: QtBot) -> None:
    panel, player = panel_of(window), window.lab.player
    row = panel.rows["updates"]
    assert not row.box.isChecked()
    type_into(row.field, "37")
    assert row.box.isChecked()
    assert Breakpoint("updates", 37) in player.breakpoints
    player.play()
    assert wait_until_stopped(window, qtbot) == 37
    assert "Stopped at step 37: 37 updates have been made." in window.banner.text
    answer(window, "Go on").click()
    qtbot.waitUntil(lambda: player.frame.step == 74 and player.state is State.PAUSED)
    row.box.click()
    player.play()
    qtbot.waitUntil(lambda: player.frame.step > 200)
    assert not window.banner.text


def test_what_grew_is_selected_and_can_be_seen(window: Window, qtbot: QtBot) -> None:
    panel, player = panel_of(window), window.lab.player
    type_into(panel.rows["weight-beyond"].field, "2")
    player.play()
    wait_until_stopped(window, qtbot)
    assert "beyond ±2" in window.banner.text
    (key,) = window.lab.selection.keys
    assert abs(player.value(key)) > 2
    window.docks.by_name["breakpoints"].hide()
    answer(window, "Breakpoints…").click()
    assert panel.isVisible()


def test_they_stay_when_the_drawing_is_reset_or_other_data_is_learned(window: Window, qtbot: QtBot) -> None:
    panel, player, document = panel_of(window), window.lab.player, window.lab.document
    type_into(panel.rows["updates"].field, "12")
    player.reset()
    player.play()
    assert wait_until_stopped(window, qtbot) == 12
    data = default_settings("iris")
    document.edit("Learn iris", with_data(document.project, load(data), data))
    player.play()
    assert wait_until_stopped(window, qtbot) == 12


def test_they_belong_to_the_project_and_another_begins_without_any(window: Window, qtbot: QtBot) -> None:
    panel, player, document = panel_of(window), window.lab.player, window.lab.document
    row = panel.rows["updates"]
    type_into(row.field, "12")
    document.open(document.project, None)
    assert window.banner.text == NONE_HERE
    assert not row.box.isChecked()
    assert row.breakpoint.bound == 12, "to be set again by one click"
    assert player.breakpoints == ()
    player.play()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step > 100)
    player.pause()
    window.banner.hide()
    document.open(document.project, None)
    assert not window.banner.text, "there was none that anybody would miss"
    row.box.click()
    player.play()
    assert wait_until_stopped(window, qtbot) == 12


def test_each_says_what_it_means_and_is_reached_by_keyboard(window: Window) -> None:
    panel = panel_of(window)
    assert list(panel.rows) == list(BREAKPOINTS)
    for name, row in panel.rows.items():
        assert BREAKPOINTS[name].about in row.box.toolTip()
        assert row.box.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert row.field.accessibleName()
    assert QApplication.focusWidget() is panel.rows["loss-rises"].box


def test_space_never_means_a_box_that_was_not_clicked(window: Window) -> None:
    panel, player = panel_of(window), window.lab.player
    window.commands["breakpoints"].trigger()
    first, *_, last = panel.rows.values()
    first.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
    QTest.mouseClick(last.box, Qt.MouseButton.LeftButton, pos=QPoint(8, last.box.height() // 2))
    assert last.box.isChecked()
    window.play_or_press()
    assert not first.box.isChecked()
    assert player.state is State.RUNNING
    player.pause()


def test_accuracy_is_offered_only_where_there_are_classes(window: Window, qtbot: QtBot) -> None:
    panel, document, player = panel_of(window), window.lab.document, window.lab.player
    assert panel.rows["accuracy"].isEnabled() == bool(document.prepared.dataset.class_names)
    for source in ("iris", "sine"):
        data = default_settings(source)
        document.edit("Learn", with_data(document.project, load(data), data))
        qtbot.waitUntil(lambda: len(player.frame.plan.network.inputs) == len(document.project.network.inputs))
        qtbot.wait(200)
        classes = bool(document.prepared.dataset.class_names)
        row = panel.rows["accuracy"]
        assert (row.isEnabled(), row.toolTip()) == ((True, "") if classes else (False, NO_CLASSES))


def test_a_bound_that_is_impossible_is_refused_with_a_sentence(window: Window) -> None:
    panel = panel_of(window)
    row = panel.rows["updates"]
    type_into(row.field, "-3")
    assert not row.box.isChecked()
    assert row.breakpoint.bound == BREAKPOINTS["updates"].default
    assert window.lab.player.breakpoints == ()
