"""Autosave in the window: work is kept while it is not saved, removed once it is, and offered after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from backprop_gui.errors import UserError
from backprop_gui.paths import state_folder
from backprop_gui.project import Project, templates, with_shape
from backprop_gui.project.files import decode
from backprop_gui.project.recovery import SUFFIX, Slot, left_behind, new_slot
from backprop_gui.ui import autosave
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.window import AUTOSAVES, Window
from tests.ui.conftest import a_project


@pytest.fixture
def window(qtbot: QtBot, qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(autosave, "EVERY_MS", 50)
    window = Window(templates.load(templates.FIRST))
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    yield window
    for other in window.windows.open if isValid(window) else []:
        shut(other)


def shut(window: Window) -> None:
    window.lab.document.stack.set_clean()
    window.lab.document.edited = False
    window.lab.document.path = None
    window.close()


def folder() -> Path:
    return state_folder() / AUTOSAVES


def kept() -> list[Path]:
    return sorted(folder().glob(f"*{SUFFIX}")) if folder().is_dir() else []


def read(path: Path) -> Project:
    """Return the project in an autosave whose window lives."""
    return decode(path.read_bytes().partition(b"\n")[2])


def resize(window: Window, *hidden: int) -> None:
    window.lab.document.edit("Resize", with_shape(window.lab.document.project, hidden))


def wait_kept(qtbot: QtBot, window: Window) -> None:
    """Wait until what is there now is kept."""
    qtbot.waitUntil(lambda: window.autosave._kept == window.autosave._now() and bool(kept()), timeout=10_000)


def left(project: Project, path: Path | None = None, when: float = 1e9) -> Slot:
    """Leave an autosave as a crashed window does, and return it as the next start finds it."""
    slot = new_slot(folder())
    slot.write(project, path, when)
    slot.release()
    (found,) = left_behind(folder())
    return found


def press(banner: Banner, label: str) -> None:
    button = next(b for b in banner.findChildren(QPushButton) if b.text() == label and not b.isHidden())
    button.click()


def test_an_edit_is_kept_and_undoing_it_leaves_nothing(window: Window, qtbot: QtBot) -> None:
    assert kept() == []
    resize(window, 6)
    wait_kept(qtbot, window)
    assert read(kept()[0]).network == window.lab.document.project.network
    window.lab.document.stack.undo()
    qtbot.waitUntil(lambda: kept() == [])


def test_training_is_kept_where_it_stands(window: Window, qtbot: QtBot) -> None:
    window.lab.player.play()
    qtbot.waitUntil(lambda: bool(kept()), timeout=10_000)
    window.lab.player.pause()
    wait_kept(qtbot, window)
    run, frame = read(kept()[0]).run, window.lab.player.frame
    assert run is not None
    assert frame is not None
    assert run.step == frame.step
    np.testing.assert_array_equal(run.parameters, frame.theta[frame.plan.slots])


def test_while_nothing_changes_nothing_is_done(window: Window, qtbot: QtBot) -> None:
    resize(window, 6)
    wait_kept(qtbot, window)
    before = kept()[0].stat().st_mtime_ns
    assert not window.autosave._timer.isActive()
    qtbot.wait(200)
    assert kept()[0].stat().st_mtime_ns == before


@pytest.mark.parametrize("how", ["save", "discard", "open"])
def test_what_was_decided_is_kept_no_longer(
    window: Window, qtbot: QtBot, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resize(window, 6)
    wait_kept(qtbot, window)
    if how == "save":
        assert window.files._write(tmp_path / "mine.backprop")
    elif how == "open":
        window.lab.document.open(a_project("circle"), None)
    else:
        monkeypatch.setattr(QMessageBox, "question", lambda *arguments: QMessageBox.StandardButton.Discard)
        assert window.close()
    qtbot.waitUntil(lambda: kept() == [])
    assert left_behind(folder()) == []
    assert list(folder().iterdir()) == []


def test_closing_while_it_is_written_leaves_nothing(window: Window, qtbot: QtBot) -> None:
    for size in range(2, 8):
        resize(window, size)
        window.autosave.keep()
        qtbot.wait(size)
    qtbot.waitUntil(lambda: window.autosave._writing is not None)
    shut(window)
    assert list(folder().iterdir()) == []


def test_after_trouble_what_was_learned_before_is_worth_keeping(window: Window, qtbot: QtBot) -> None:
    window.lab.player.step()
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 1)
    wait_kept(qtbot, window)

    run_before = read(kept()[0]).run
    real = window.lab.player.standing

    def ruined() -> Future[Project]:
        project = real().result(5)
        answer: Future[Project] = Future()
        answer.set_result(
            replace(project, run=replace(project.run, parameters=project.run.parameters * np.nan))
        )
        return answer

    window.lab.player.standing = ruined
    window.lab.player.step()
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 2)
    wait_kept(qtbot, window)
    run = read(kept()[0]).run
    assert run is not None
    assert run_before is not None
    np.testing.assert_array_equal(run.parameters, run_before.parameters)


def test_what_is_half_drawn_is_kept_with_what_it_has_learned(window: Window, qtbot: QtBot) -> None:
    window.lab.player.step()
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 1)
    document = window.lab.document
    cut = document.project.network.without(n.id for n in document.project.network.outputs)
    document.edit("Delete ŷ", replace(document.project, network=cut))
    wait_kept(qtbot, window)
    run = read(kept()[0]).run
    assert read(kept()[0]).network == cut
    assert run is not None
    assert run.step == 1
    assert len(run.parameters) == cut.parameter_count


def test_a_worker_that_does_not_answer_does_not_keep_the_drawing_from_being_kept(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.autosave._patience.setInterval(20)
    window.lab.player.standing = Future
    resize(window, 7)
    wait_kept(qtbot, window)
    assert read(kept()[0]).network.shape == "2-7-1"


def test_what_cannot_be_kept_is_said_once(window: Window, qtbot: QtBot) -> None:
    folder().parent.mkdir(parents=True)
    folder().write_text("in the way")
    resize(window, 5)
    qtbot.waitUntil(lambda: "cannot be kept safe" in window.banner.text, timeout=10_000)
    window.banner.hide()
    resize(window, 6)
    qtbot.waitUntil(lambda: window.autosave._kept == window.autosave._now())
    assert window.banner.text == ""
    folder().unlink()
    resize(window, 7)
    wait_kept(qtbot, window)


# ---- the offer


def test_an_offer_opens_what_was_there_as_not_saved(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "lost.backprop"
    slot = left(a_project("circle", (7,)), path)
    window.offers.offer([slot])
    (banner,) = window.offers.banners
    assert banner.text.startswith("“circle” was not saved when Backprop Lab ended on 9 September 2001 at")
    assert str(path) in banner.toolTip()
    press(banner, "Open it")
    document = window.lab.document
    assert document.project.network.shape == "2-7-1"
    assert document.path == path
    assert window.files.unsaved
    assert window.isWindowModified()
    assert window.offers.isHidden()
    wait_kept(qtbot, window)
    assert [slot.path] == kept()
    assert window.files.save()
    qtbot.waitUntil(lambda: kept() == [])
    assert not window.files.unsaved


def test_an_offer_beside_unsaved_work_opens_in_another_window(window: Window, qtbot: QtBot) -> None:
    resize(window, 9)
    before = window.lab.document.project
    window.offers.offer([left(a_project("circle", (7,)))])
    press(window.offers.banners[0], "Open it")
    assert window.lab.document.project is before
    assert [w.lab.document.project.network.shape for w in window.windows.open] == ["2-9-1", "2-7-1"]
    assert window.windows.open[1].files.unsaved


def test_discarding_an_offer_is_for_ever_and_closing_it_is_not(window: Window) -> None:
    window.offers.offer([left(a_project("circle"))])
    window.offers.banners[0].hide()
    shut(window)
    (slot,) = left_behind(folder())
    again = Window(templates.load(templates.FIRST))
    again.offers.offer([slot])
    press(again.offers.banners[0], "Discard")
    assert list(folder().iterdir()) == []
    shut(again)


def test_a_damaged_offer_says_so_and_stays(window: Window) -> None:
    slot = left(a_project("circle"))
    slot.path.write_bytes(slot.path.read_bytes()[:300])
    window.offers.offer([slot])
    press(window.offers.banners[0], "Open it")
    assert "damaged" in window.offers.banners[0].text
    assert str(slot.path) in window.offers.banners[0].text
    assert slot.path.exists()
    with pytest.raises(UserError):
        slot.load()
    press(window.offers.banners[0], "Discard")
    assert not slot.path.exists()


def test_many_offers_take_turns(window: Window) -> None:
    slots = [left(a_project("circle", (size,)), when=1e9 + size) for size in range(1, 6)]
    window.offers.offer(slots)
    assert len(window.offers.banners) == 3
    for _ in range(5):
        press(window.offers.banners[0], "Discard")
    assert window.offers.isHidden()
    assert kept() == []


def test_an_offer_whose_file_is_newer_says_so(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "saved.backprop"
    path.write_text("later")
    window.offers.offer([left(a_project("circle"), path)])
    assert "its file was written after that" in window.offers.banners[0].text
    press(window.offers.banners[0], "Discard")
    assert path.read_text() == "later"
