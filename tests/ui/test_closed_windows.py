"""What a closed window leaves: nothing, however it was used."""

from __future__ import annotations

import contextlib
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import TimeoutError as QtTimeoutError
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from backprop_gui.project import with_shape
from backprop_gui.ui.canvas_menu import CanvasMenu
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project
from tests.ui.hand import Hand
from tests.ui.windows import open_window, shut


def edit(hand: Hand) -> None:
    document = hand.window.lab.document
    document.edit("Resize", with_shape(document.project, (6,)))
    document.stack.undo()
    hand.window.lab.editor.select_all()
    hand.window.lab.editor.duplicate()


def train(hand: Hand) -> None:
    hand.window.lab.player.play()


def half_draw(hand: Hand) -> None:
    hand.window.lab.selection.set(frozenset([hand.window.lab.document.project.network.outputs[0].id]))
    hand.window.lab.editor.delete()


def open_menu(hand: Hand) -> None:
    hand.right_click(hand.at("h1"))
    assert hand.canvas.findChildren(CanvasMenu)


def type_in_place(hand: Hand) -> None:
    hand.double_click(hand.at("h1"))


def copy(hand: Hand) -> None:
    hand.window.lab.editor.select_all()
    hand.window.drawing.copy()
    hand.window.drawing.paste()


def begin_to_connect(hand: Hand) -> None:
    hand.click(hand.at("h1"))
    hand.canvas.hands.connect_by_keys()


def see_all_panels(hand: Hand) -> None:
    for name in hand.window.docks.by_name:
        hand.window.docks.bring_up(name)
    QTest.qWait(50)


def open_gallery(hand: Hand) -> None:
    hand.window.choose_template()


def open_palette(hand: Hand) -> None:
    hand.window.choose_command()


def open_shortcuts(hand: Hand) -> None:
    hand.window.show_shortcuts()


def change_theme(hand: Hand) -> None:
    hand.window.set_theme(True)
    hand.window.set_theme(False)


def get_a_question(hand: Hand) -> None:
    hand.window.banner.show_message("Well?", "bad", [("Yes", hand.window.lab.player.go_back)])


def open_another_project(hand: Hand) -> None:
    hand.window.lab.document.open(a_project("digits", (40,)), None)


USES: list[list[Callable[[Hand], None]]] = [
    [],
    [edit, copy, half_draw, train],
    [see_all_panels, open_menu, begin_to_connect, type_in_place],
    [open_gallery, open_palette, change_theme, open_shortcuts],
    [get_a_question, open_another_project],
    [half_draw, open_gallery],
]
"""What is done with each of several windows before it is closed."""


def parts_of(window: Window) -> dict[str, weakref.ref[Any]]:
    parts = {
        "document": window.lab.document,
        "player": window.lab.player,
        "trainer": window.lab.player.ask(lambda trainer: trainer).result(10),
        "editor": window.lab.editor,
        "canvas": window.canvas,
        "scene": window.canvas.scene,
        "drawing": window.drawing,
        "window": window,
        **window.panels,
    }
    return {name: weakref.ref(part) for name, part in parts.items()}


def test_closed_windows_leave_nothing(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The screen that is none complains about popups.
    monkeypatch.setattr(CanvasMenu, "popup", lambda self, where: None)
    left: dict[str, weakref.ref[Any]] = {}
    for uses in USES:
        window = open_window(qtbot, qapp)
        words = " ".join(use.__name__ for use in uses)
        left |= {f"{name} after {words}": part for name, part in parts_of(window).items()}
        for use in uses:
            use(Hand(window))
        shut(window)
        del window

    def gone() -> bool:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        return all(part() is None for part in left.values())

    with contextlib.suppress(QtTimeoutError):
        qtbot.waitUntil(gone)
    assert [name for name, part in left.items() if part() is not None] == []


def test_a_window_can_vanish_without_being_closed(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp)
    window.lab.player.close()
    with qtbot.captureExceptions() as exceptions:
        delete(window)
    assert exceptions == []
