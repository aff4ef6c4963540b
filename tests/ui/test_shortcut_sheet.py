"""The shortcut sheet: it lists every key and every gesture, can be searched, and goes as it came."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from backprop_gui import __version__
from backprop_gui.ui.about import About
from backprop_gui.ui.actions import COMMANDS
from backprop_gui.ui.gestures_help import GESTURES
from backprop_gui.ui.menus import native
from backprop_gui.ui.shortcut_sheet import ShortcutSheet
from backprop_gui.ui.window import Window
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


@pytest.fixture
def sheet(window: Window, qtbot: QtBot) -> ShortcutSheet:
    """The sheet, opened with F1."""
    QTest.keyClick(window.canvas, Qt.Key.Key_F1)
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    qtbot.waitUntil(sheet.field.hasFocus)
    return sheet


def test_every_key_and_every_gesture_is_there(sheet: ShortcutSheet) -> None:
    keys = {key for line in sheet.shown for key in line.keys}
    assert {native(key) for command in COMMANDS.values() for key in command.shortcuts} <= keys
    assert {how for gesture in GESTURES for how in gesture.how} <= keys
    # The same way does one thing only.
    ways = [how for gesture in GESTURES for how in gesture.how]
    assert len(set(ways)) == len(ways)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("zoom", {"Zoom in", "Zoom out", "Zoom at the pointer"}),
        ("F1", {"Keyboard and mouse"}),
        ("shift+drag", {"Cut edges"}),
        ("zzz", set()),
    ],
)
def test_it_is_searched(sheet: ShortcutSheet, typed: str, expected: set[str]) -> None:
    QTest.keyClicks(sheet.field, typed)
    assert {line.does for line in sheet.shown} == expected
    assert sheet._nothing.isVisible() == (not expected)
    sheet.field.clear()
    assert len(sheet.shown) > len(expected)


def test_arrows_scroll_where_it_does_not_fit(window: Window, sheet: ShortcutSheet, qtbot: QtBot) -> None:
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: sheet.page.verticalScrollBar().maximum() > 0)
    assert window.rect().contains(sheet.sheet.geometry())
    QTest.keyClick(sheet.field, Qt.Key.Key_Down)
    assert sheet.page.verticalScrollBar().value() > 0
    QTest.keyClick(sheet.field, Qt.Key.Key_PageUp)
    assert sheet.page.verticalScrollBar().value() == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F1])
def test_it_goes_as_it_came(window: Window, sheet: ShortcutSheet, qtbot: QtBot, key: Qt.Key) -> None:
    QTest.keyClick(sheet.field, key)
    assert not sheet.isVisible()
    qtbot.waitUntil(window.canvas.hasFocus)


def test_about_says_which_version_it_is(window: Window, qtbot: QtBot) -> None:
    window.commands["about"].trigger()
    about = window.findChild(About)
    assert about is not None
    assert __version__ in about.version.text()
    close = about.findChild(QPushButton)
    qtbot.waitUntil(close.hasFocus)
    QTest.keyClick(close, Qt.Key.Key_Space)
    assert not about.isVisible()


def test_no_two_commands_have_the_same_key() -> None:
    keys = [key for command in COMMANDS.values() for key in command.shortcuts]
    assert len(keys) == len(set(keys))
