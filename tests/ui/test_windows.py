"""Several windows, recent files, files dropped on a window, and what a bad file may not touch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QGraphicsView, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from backprop_gui.project import templates, with_shape
from backprop_gui.project.files import save
from backprop_gui.ui import theme
from backprop_gui.ui.names import one_line
from backprop_gui.ui.player import State
from backprop_gui.ui.recent import LONGEST, RecentMenu, recent, remember
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project

TABLE = "a,b,kind\n1,2,x\n2,3,y\n3,1,x\n4,4,y\n5,1,x\n6,2,y\n"


@pytest.fixture
def window(qtbot: QtBot, qapp: QObject) -> Iterator[Window]:
    window = Window(templates.load(templates.FIRST))
    windows = window.windows
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    yield window
    for other in windows.open:
        other.lab.document.stack.set_clean()
        other.lab.document.edited = False
        other.lab.document.path = None
        other.close()


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    path = tmp_path / "circle.backprop"
    save(a_project("circle", (5,)), path)
    return path


def shapes(window: Window) -> list[str]:
    return [other.lab.document.project.network.shape for other in window.windows.open]


def resize(window: Window, *hidden: int) -> None:
    window.lab.document.edit("Resize", with_shape(window.lab.document.project, hidden))


# ---- windows


def test_a_new_window_has_its_own_project_and_worker(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(
        window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    first, second = window.windows.open
    assert second.windows is first.windows
    assert second.pos() != first.pos()
    qtbot.waitUntil(lambda: second.lab.player.frame is not None)
    resize(second, 7)
    second.lab.player.step()
    qtbot.waitUntil(lambda: second.lab.player.frame.step == 1)
    assert shapes(window) == ["2-4-1", "2-7-1"]
    assert first.lab.player.frame.step == 0
    second.lab.document.stack.set_clean()
    second.lab.document.edited = False
    assert second.close()
    assert shapes(window) == ["2-4-1"]
    assert first.lab.player._worker.isRunning()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_file_opens_in_a_window_that_has_nothing_and_beside_one_that_has(
    window: Window, circle: Path
) -> None:
    window.open_file(circle)
    assert shapes(window) == ["2-5-1"]
    assert window.lab.document.path == circle
    other = circle.with_name("other.backprop")
    save(a_project("circle", (6,)), other)
    window.open_file(other)
    assert shapes(window) == ["2-5-1", "2-6-1"]
    # What is open already is shown, and not opened twice.
    window.open_file(circle.parent / "." / other.name)
    assert shapes(window) == ["2-5-1", "2-6-1"]


def test_unsaved_work_is_left_alone_when_a_file_is_opened(window: Window, circle: Path) -> None:
    resize(window, 8)
    window.open_file(circle)
    assert shapes(window) == ["2-8-1", "2-5-1"]
    assert window.files.unsaved


@pytest.mark.parametrize(
    ("answer", "left"),
    [(QMessageBox.StandardButton.Discard, []), (QMessageBox.StandardButton.Cancel, ["2-4-1", "2-9-1"])],
)
def test_quitting_asks_for_each_window_that_is_not_saved(
    window: Window, answer: QMessageBox.StandardButton, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *arguments: asked.append(arguments[0]) or answer)
    windows = window.windows
    window.open_beside()
    resize(windows.open[1], 9)
    window.open_beside()
    changed = windows.open[1]
    assert windows.quit() is not left
    assert asked == [changed]
    assert [other.lab.document.project.network.shape for other in windows.open] == left


def test_closed_windows_are_let_go(window: Window, qtbot: QtBot) -> None:
    window.open_beside()
    second = window.windows.open[1]
    second.close()
    qtbot.waitUntil(lambda: not isValid(second))
    assert window.windows._made == [window]


def test_the_theme_reaches_every_window(window: Window, qapp: QApplication) -> None:
    window.open_beside()
    second = window.windows.open[1]
    window.set_theme(True)
    assert theme.current().muted.name() in second._top._name.text()
    window.set_theme(False)
    assert theme.current().muted.name() in second._top._name.text()


def test_a_file_that_another_window_shows_is_not_replaced(
    window: Window, circle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open_file(circle)
    window.open_beside()
    second = window.windows.open[1]
    before = circle.read_bytes()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *arguments: (str(circle.parent / "." / circle.name), "")
    )
    assert not second.files.save_as()
    assert second.banner.text.startswith("“circle.backprop” is open in another window")
    assert circle.read_bytes() == before
    assert second.lab.document.path is None
    circle.unlink()
    assert not second.files.save_as(), "its window will save it there again"
    # Its own window may, and anybody once that is closed.
    assert window.files.save_as()
    window.lab.document.open(a_project(), None)
    assert second.files.save_as()
    assert second.lab.document.path == circle


# ---- the title


def test_no_name_breaks_the_title(window: Window) -> None:
    names = {"[*]": "[*] – ", "a\nb\u202ec": "a�b�c – ", "n" * 2**20: "n" * 59 + "… – "}
    for name, shown in names.items():
        window.lab.document.open(a_project(), None)
        window.lab.document.project = a_project()
        object.__setattr__(window.lab.document.project, "name", name)
        window._show_project()
        assert window.windowTitle().replace("[*][*]", "[*]").startswith(shown[:-3])
        assert len(window.windowTitle()) < 100
    assert one_line("a < b") == "a < b"
    assert one_line("<img src='/dev/zero'>") == "‹img src='/dev/zero'>"


def test_the_title_marks_what_is_not_saved_and_the_name_tells_the_folder(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    assert not window.isWindowModified()
    assert "not in a file yet" in window._top._name.toolTip()
    window.lab.player.step()
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 1)
    # A template that was only trained can be had again.
    assert not window.isWindowModified()
    resize(window, 5)
    assert window.isWindowModified()
    assert window.files._write(tmp_path / "mine.backprop")
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("mine")
    assert str(tmp_path) in window._top._name.toolTip()
    window.lab.player.step()
    qtbot.waitUntil(window.isWindowModified)


# ---- recent files


def test_recent_files_are_those_opened_and_saved_last(window: Window, circle: Path, tmp_path: Path) -> None:
    assert recent() == []
    window.open_file(circle)
    assert recent() == [circle]
    assert window.files._write(tmp_path / "mine.backprop")
    assert recent() == [tmp_path / "mine.backprop", circle]
    window.open_file(tmp_path / "missing.backprop")
    assert "missing" in window.banner.text
    assert len(recent()) == 2
    for number in range(20):
        remember(tmp_path / f"{number}.backprop")
    assert len(recent()) == LONGEST
    assert recent()[0].name == "19.backprop"


def test_the_menu_of_recent_files_tells_the_missing_and_the_alike_apart(
    qtbot: QtBot, circle: Path, tmp_path: Path
) -> None:
    opened: list[Path] = []
    menu = RecentMenu(opened.append)
    qtbot.addWidget(menu)
    menu.fill()
    assert [action.isEnabled() for action in menu.actions()] == [False]
    (tmp_path / "other").mkdir()
    twin, gone = tmp_path / "other" / "circle.backprop", tmp_path / "a&b.backprop"
    save(a_project("circle"), twin)
    for path in (gone, twin, circle):
        remember(path)
    menu.fill()
    first, second, third, _, clear = menu.actions()
    assert [first.text(), second.text(), third.text()] == [
        f"circle – {tmp_path.name}",
        "circle – other",
        "a&&b",
    ]
    assert not third.isEnabled()
    assert "not there any more" in third.toolTip()
    second.trigger()
    assert opened == [twin]
    clear.trigger()
    assert recent() == []


# ---- dropping


def dragged(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(over: QWidget, data: QMimeData) -> bool:
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(over, event)
    return event.isAccepted()


def drop(window: Window, *paths: Path, moved: bool = True) -> None:
    data = dragged(*paths)
    assert enter(window.canvas.findChild(QGraphicsView).viewport(), data)
    assert window._drops.isVisible()
    # The first movement is over what lies there now.
    if moved:
        assert enter(window._drops, data)
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window._drops, event)
    assert not window._drops.isVisible()


def test_a_dropped_project_is_opened(window: Window, circle: Path) -> None:
    drop(window, circle)
    assert shapes(window) == ["2-5-1"]
    resize(window, 3)
    other = circle.with_name("other.BACKPROP")
    save(a_project("circle", (6,)), other)
    drop(window, other, moved=False)
    assert shapes(window) == ["2-3-1", "2-6-1"]


def test_a_dropped_table_is_learned_from(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    drop(window, table)
    qtbot.waitUntil(lambda: window.lab.document.project.data.source == str(table), timeout=10_000)


def test_anything_else_is_refused_in_a_sentence(window: Window, tmp_path: Path) -> None:
    before = window.lab.document.project
    drop(window, tmp_path / "photo.png")
    assert window.banner.text.startswith("“photo.png” cannot be opened: drop a .backprop project")
    assert window.lab.document.project is before
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    drop(window, table)
    assert window.banner.text == ""
    drop(window, table, table.with_name("other.csv"))
    assert "one table: “table.csv” was taken" in window.banner.text


def test_files_can_be_dropped_anywhere_and_text_where_it_is_taken(window: Window, circle: Path) -> None:
    field = next(one for one in window.findChildren(QLineEdit) if one.isVisible() and one.isEnabled())
    for place in (window, field):
        assert enter(place, dragged(circle))
        assert window._drops.isVisible()
        assert window._drops.geometry() == window.rect()
        QApplication.sendEvent(window._drops, QDragLeaveEvent())
        assert not window._drops.isVisible()
    text = QMimeData()
    text.setText("0.5")
    enter(field, text)
    assert not window._drops.isVisible()
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/x.backprop")])
    assert not enter(window, web)


# ---- what a bad file may not touch


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 2}', b"[" * 100_000, b"\xff", b"x,y\n1,2\n"])
def test_a_bad_file_leaves_everything_as_it_was(
    window: Window, qtbot: QtBot, tmp_path: Path, circle: Path, content: bytes
) -> None:
    window.open_file(circle)
    resize(window, 7)
    resize(window, 8)
    window.lab.document.stack.undo()
    document, player = window.lab.document, window.lab.player
    player.set_speed(math.inf)
    player.play()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step > 50)
    before = (
        document.project,
        document.prepared,
        document.path,
        document.stack.index,
        document.stack.count,
    )
    bad = tmp_path / "bad.backprop"
    bad.write_bytes(content)
    window.open_file(bad)
    assert "bad.backprop" in window.banner.text
    after = (
        document.project,
        document.prepared,
        document.path,
        document.stack.index,
        document.stack.count,
    )
    assert all(one is other or one == other for one, other in zip(before, after, strict=True))
    assert document.stack.can_redo
    assert player.state is State.RUNNING
    step = player.frame.step
    qtbot.waitUntil(lambda: player.frame.step > step)
    assert len(window.windows.open) == 1
    assert recent() == [circle]
