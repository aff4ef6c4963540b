"""The command palette: it reaches everything, by keyboard alone, and gives the keyboard back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.project import templates, with_shape
from backprop_gui.project.files import save
from backprop_gui.ui import theme
from backprop_gui.ui.actions import COMMANDS
from backprop_gui.ui.canvas import View
from backprop_gui.ui.command_palette import MOST_RECENT, CommandPalette, recent_keys
from backprop_gui.ui.panel import PANELS
from backprop_gui.ui.player import State
from backprop_gui.ui.recent import remember
from backprop_gui.ui.window import Window
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)
    theme.apply(qapp, False)


def opened(window: Window, qtbot: QtBot) -> CommandPalette:
    """Open the palette with its keys."""
    QTest.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = next(p for p in window.findChildren(CommandPalette) if p.isVisible())
    qtbot.waitUntil(palette.field.hasFocus)
    return palette


def done(window: Window, qtbot: QtBot, letters: str) -> None:
    """Do what the first entry found by ``letters`` does."""
    palette = opened(window, qtbot)
    QTest.keyClicks(palette.field, letters)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.canvas.hasFocus)


def test_it_reaches_every_command_panel_and_template(window: Window, qtbot: QtBot) -> None:
    found = {entry.key for entry in opened(window, qtbot).found}
    assert found == {
        *(name for name in COMMANDS if name != "commands"),
        *(f"panel {name}" for name in PANELS),
        *(f"template {name}" for name in templates.templates()),
    }


def test_everything_is_found_first_by_its_whole_name(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    for entry in palette.found:
        assert "\t" not in entry.text
        palette.field.clear()
        QTest.keyClicks(palette.field, entry.text.rstrip("…"))
        assert palette.found[0].key == entry.key
        # All of its letters are marked, whatever else they could be found in.
        assert len(palette._model.rows[0].marked) == len("".join(entry.text.rstrip("…").split()))


def test_it_says_where_a_command_stands_and_its_keys(window: Window, qtbot: QtBot) -> None:
    entry = next(entry for entry in opened(window, qtbot).found if entry.key == "save-as")
    assert (entry.where, entry.shortcut, entry.enabled) == ("File", "Ctrl+Shift+S", True)


def test_typing_runs_a_command_and_nothing_else(window: Window, qtbot: QtBot) -> None:
    # On the way "f" would fit, "1" would choose a view and a space would play.
    done(window, qtbot, "upd")
    assert window.canvas.view is View.UPDATE
    done(window, qtbot, "view forward")
    assert window.canvas.view is View.FORWARD
    assert window.lab.player.state is State.PAUSED


def test_a_theme_is_found_by_what_it_is(window: Window, qtbot: QtBot) -> None:
    done(window, qtbot, "dark th")
    assert theme.current().dark
    done(window, qtbot, "light theme")
    assert not theme.current().dark


def test_a_template_is_begun(window: Window, qtbot: QtBot) -> None:
    done(window, qtbot, "mazur")
    assert window.lab.document.project.name == "mazur"


def test_a_file_that_was_open_lately_is_opened(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "my wine.backprop"
    save(templates.load("wine"), path)
    remember(path)
    done(window, qtbot, "open my wine")
    opened_in = [other for other in window.windows.open if other.lab.document.path == path]
    assert len(opened_in) == 1
    shut(opened_in[0])


def test_a_panel_is_hidden_and_comes_back(window: Window, qtbot: QtBot) -> None:
    dock = window.docks.by_name["inspector"]
    done(window, qtbot, "hide inspector")
    assert dock.isHidden()
    done(window, qtbot, "show inspector")
    assert not dock.isHidden()


def test_a_tab_behind_another_one_is_brought_to_the_front(window: Window, qtbot: QtBot) -> None:
    dock = window.docks.by_name["history"]
    assert dock.visibleRegion().isEmpty()
    done(window, qtbot, "show history")
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())


def test_what_cannot_be_done_is_grey_and_does_nothing(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    past = [
        "step-back",
        "previous-moment",
        "next-moment",
        "first-moment",
        "return-to-now",
        "continue-from-here",
    ]
    grey = [entry.key for entry in palette.found if not entry.enabled]
    assert grey == ["undo", "redo", *past, "bring-back", "go-back"]
    QTest.keyClicks(palette.field, "undo")
    assert palette.found[0].key == "undo"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert recent_keys() == []


def test_it_names_what_would_be_undone(window: Window, qtbot: QtBot) -> None:
    document = window.lab.document
    document.edit("Resize", with_shape(document.project, (6,)))
    entry = next(entry for entry in opened(window, qtbot).found if entry.key == "undo")
    assert (entry.text, entry.enabled) == ("Undo Resize", True)


def test_what_was_done_last_comes_first(window: Window, qtbot: QtBot) -> None:
    done(window, qtbot, "zoom in")
    done(window, qtbot, "fit")
    palette = opened(window, qtbot)
    assert [entry.key for entry in palette.found[:3]] == ["fit", "zoom-in", "new"]
    assert [row.ends for row in palette._model.rows[:3]] == [False, True, False]
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    for letters in ("forward", "backward", "update", "zoom out", "fit"):
        done(window, qtbot, letters)
    assert recent_keys()[0] == "fit"
    assert len(recent_keys()) == MOST_RECENT


def test_arrows_walk_and_go_on_at_the_other_end(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    count = len(palette.found)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == count - 1
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    assert palette.current is not None
    assert palette.current.text in palette.field.accessibleDescription()
    QTest.keyClick(palette.field, Qt.Key.Key_PageUp)
    assert palette.list.currentIndex().row() == 0
    QTest.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == 8


def test_esc_gives_the_keyboard_back_to_the_canvas(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    assert window.canvas.view is View.FORWARD


def test_nothing_found_is_said(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    QTest.keyClicks(palette.field, "qqqq")
    assert palette.found == []
    assert palette._nothing.isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_a_click_runs(window: Window, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    QTest.keyClicks(palette.field, "company")
    place = palette.list.visualRect(palette.list.model().index(0, 0)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.lab.document.project.name == "company"


def test_it_takes_the_place_of_another_sheet(window: Window, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    # All keys are the gallery's; only a command run otherwise, as from a menu of the system, opens another sheet.
    window.commands["commands"].trigger()
    sheets = [child for child in window.findChildren(CommandPalette) if child.isVisible()]
    assert len(sheets) == 1
    assert sheets[0].field.hasFocus()


def test_it_can_be_used_while_it_trains(window: Window, qtbot: QtBot) -> None:
    window.lab.player.play()
    done(window, qtbot, "view forward")
    assert window.lab.player.state is State.RUNNING
    assert window.canvas.view is View.FORWARD
