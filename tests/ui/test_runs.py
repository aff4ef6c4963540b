"""Kept runs in the window: kept when they end, compared, drawn, hidden, renamed, deleted and taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from backprop_gui.project import files, with_shape
from backprop_gui.project import kept as keeping
from backprop_gui.project.kept import MOST_KEPT, KeptRun
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import run_color
from backprop_gui.ui.panels.loss import LossPanel
from backprop_gui.ui.panels.runs import RunsPanel
from backprop_gui.ui.player import State, Unit
from backprop_gui.ui.run_rows import NUMBERS
from backprop_gui.ui.runs import FULL, NOTHING
from backprop_gui.ui.window import Window
from tests.ui.plot_lab import shows
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def train(window: Window, qtbot: QtBot, epochs: int) -> None:
    player = window.lab.player
    player.unit = Unit.EPOCH
    for _ in range(epochs):
        assert player.frame is not None
        before = player.frame.step
        player.step()
        qtbot.waitUntil(lambda before=before: player.frame.step > before)


def reset(window: Window, qtbot: QtBot) -> None:
    count = len(window.lab.runs.kept)
    window.commands["reset"].trigger()
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) > count and window.lab.player.frame.step == 0)


def panel_of(window: Window) -> RunsPanel:
    panel = window.docks.bring_up("runs")
    assert isinstance(panel, RunsPanel)
    QApplication.processEvents()
    assert panel.isVisible()
    return panel


def choose(panel: RunsPanel, number: int) -> None:
    rows = [None if row.kept is None else row.kept.number for row in panel.table.entries.rows]
    panel.table.selectRow(rows.index(number))


def test_a_reset_keeps_the_run_that_ends(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 3)
    last = window.lab.player.frame
    assert last is not None
    reset(window, qtbot)
    (kept,) = window.lab.runs.kept
    assert (kept.name, kept.run.step) == ("run 1", last.step)
    np.testing.assert_array_equal(kept.run.parameters, last.theta[last.plan.slots])
    assert kept.run.curve is not None
    assert kept.run.curve.train[-1] == last.train.loss
    window.commands["reset"].trigger()
    qtbot.wait(150)
    assert len(window.lab.runs.kept) == 1, "what has not moved is no run"


def test_new_weights_keep_it_too_and_undo_takes_none_away(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 2)
    window.commands["new-weights"].trigger()
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) == 1)
    window.commands["undo"].trigger()
    assert len(window.lab.runs.kept) == 1
    window.commands["redo"].trigger()
    assert len(window.lab.runs.kept) == 1


def test_by_hand_it_is_kept_once_and_an_empty_one_is_refused(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    panel.keep.click()
    qtbot.waitUntil(lambda: panel._message.text() == NOTHING)
    train(window, qtbot, 1)
    window.commands["keep-run"].trigger()
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) == 1)
    assert window.files.unsaved, "who keeps a run by hand would miss it"
    assert window.lab.runs.run(1).by_hand
    panel.keep.click()
    qtbot.waitUntil(lambda: "already" in panel._message.text())
    assert len(window.lab.runs.kept) == 1


def test_the_table_compares_what_differs_first(window: Window, qtbot: QtBot) -> None:
    panel, document = panel_of(window), window.lab.document
    train(window, qtbot, 2)
    reset(window, qtbot)
    training = replace(document.project.training, learning_rate=0.03125)
    document.edit("Lower the rate", replace(document.project, training=training))
    train(window, qtbot, 1)
    reset(window, qtbot)
    model = panel.table.entries
    assert model.settings == ["learning rate"]
    texts = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert [row[0] for row in texts] == ["this run", "run 2", "run 1"]
    assert [row[1] for row in texts][:2] == ["0.03125"] * 2 != texts[2][1]
    assert model.columnCount() == 2 + len(NUMBERS)
    run = window.lab.runs.run(1)
    assert run.run.curve is not None
    assert model.index(2, 3).data(Qt.ItemDataRole.ToolTipRole) == repr(float(run.run.curve.train[-1]))
    assert texts[2][2] == str(run.run.step)


def test_the_present_run_moves_on_in_its_row(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    train(window, qtbot, 2)
    qtbot.waitUntil(lambda: panel.table.entries.index(0, 1).data() == str(window.lab.player.frame.step))


def test_its_row_is_about_the_present_while_the_past_is_looked_at(window: Window, qtbot: QtBot) -> None:
    panel, player = panel_of(window), window.lab.player
    train(window, qtbot, 3)
    now = player.frame.step
    qtbot.waitUntil(lambda: panel.table.entries.rows[0].step == now)
    row = panel.table.entries.rows[0]
    player.past.step_back()
    qtbot.waitUntil(lambda: player.frame.past)
    # The pictures, the curves and the numbers are shown at once.
    assert player.frame.step == now - 1
    assert panel.table.entries.rows[0] == row
    window.docks.bring_up("loss")
    panel_of(window)
    assert panel.table.entries.rows[0] == row


def test_no_number_is_cut_however_it_grows(window: Window, qtbot: QtBot) -> None:
    window.resize(1024, 700)
    panel, document = panel_of(window), window.lab.document
    for rate, optimizer, loss in ((0.1, "adam", "half-squared"), (0.0125, "rmsprop", "sum-squared")):
        train(window, qtbot, 1)
        reset(window, qtbot)
        changed = replace(document.project.training, learning_rate=rate, optimizer=optimizer, loss=loss)
        document.edit("Change", replace(document.project, training=changed))
    table = panel.table
    first = 1 + len(table.entries.settings)
    assert first > 4
    for _ in range(3):
        for column in [0, *range(first, table.entries.columnCount())]:
            assert table.columnWidth(column) >= table.sizeHintForColumn(column), column
        assert table.horizontalHeader().length() <= table.viewport().width(), "all of them are in sight"
        row = table.entries.rows[0]
        results = replace(row.results, train=row.results.train * 1.2345e-9)
        table.entries.show_present(replace(row, step=1000 * row.step + 1234, results=results))


def test_a_run_that_went_on_out_of_sight_is_up_to_date_when_it_is_seen(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    window.docks.bring_up("loss")
    train(window, qtbot, 3)
    panel_of(window)
    assert panel.table.entries.index(0, 1).data() == str(window.lab.player.frame.step)


def test_a_kept_curve_is_drawn_until_it_is_hidden(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 30)
    reset(window, qtbot)
    panel, loss = panel_of(window), window.docks.bring_up("loss")
    assert isinstance(loss, LossPanel)
    qtbot.waitUntil(lambda: loss.plot is not None and loss.isVisible())
    plot, run = loss.plot, window.lab.runs.run(1)
    assert plot is not None
    curve = run.run.curve
    assert curve is not None
    train(window, qtbot, 1)
    qtbot.waitUntil(lambda: loss._curve is not None and len(loss._curve.epochs) == 2)

    def drawn() -> float:
        image, ground = plot.grab().toImage(), theme.current().window
        heights = plot.axis.heights(curve.train)
        places = [plot.place(epoch, height) for epoch, height in zip(curve.epochs, heights, strict=True)][3:]
        inside = [at for at in places if plot.area.contains(at)]
        return sum(not shows(image, at.x(), at.y(), ground, 0, 25) for at in inside) / len(places)

    assert drawn() > 0.8
    window.docks.bring_up("runs")
    index = panel.table.entries.index(1, 0)
    assert panel.table.entries.setData(index, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert not window.lab.runs.run(1).shown
    window.docks.bring_up("loss")
    qtbot.waitUntil(lambda: drawn() < 0.2)
    assert plot._x_limit < 10, "the axis does not leave room for what is hidden"


def test_a_kept_curve_is_hidden_by_the_keyboard(window: Window, qtbot: QtBot) -> None:
    panel, player = panel_of(window), window.lab.player
    train(window, qtbot, 1)
    reset(window, qtbot)
    panel.table.setFocus(Qt.FocusReason.TabFocusReason)
    choose(panel, 1)
    for shown in (False, True):
        QTest.keyClick(panel.table, Qt.Key.Key_Space)
        assert window.lab.runs.run(1).shown is shown
        assert player.state is State.PAUSED
    panel.table.selectRow(0)
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert player.state is State.RUNNING, "the present run is played"
    player.pause()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_run_that_was_clicked_is_what_the_keys_mean(window: Window, qtbot: QtBot, key: Qt.Key) -> None:
    panel, player, document = panel_of(window), window.lab.player, window.lab.document
    train(window, qtbot, 1)
    reset(window, qtbot)
    network = document.project.network
    window.lab.selection.set(frozenset([network.neurons[0].id]))
    window.canvas.setFocus()
    spot = panel.table.visualRect(panel.table.entries.index(1, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert not window.lab.runs.run(1).shown
    assert player.state is State.PAUSED
    QTest.keyClick(focus, key)
    assert window.lab.runs.kept == ()
    assert document.project.network is network


def test_a_run_that_makes_room_for_another_is_not_lost_silently(window: Window, qtbot: QtBot) -> None:
    runs, document = window.lab.runs, window.lab.document
    window.docks.bring_up("loss")
    train(window, qtbot, 1)
    reset(window, qtbot)
    (one,) = runs.kept
    full = tuple(replace(one, number=number, by_hand=number == 1) for number in range(1, MOST_KEPT + 1))
    document.open(replace(document.project, kept=full), None)
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    train(window, qtbot, 2)
    window.commands["reset"].trigger()
    qtbot.waitUntil(lambda: "“run 2” is kept no longer" in window.banner.text)
    assert [run.number for run in runs.kept][:2] == [1, 3]
    # The next time only the panel says so.
    window.banner.hide()
    panel = window.panels["runs"]
    assert isinstance(panel, RunsPanel)
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 0)
    train(window, qtbot, 3)
    window.commands["reset"].trigger()
    qtbot.waitUntil(lambda: "“run 3” is kept no longer" in panel._message.text())
    assert not window.banner.text


def test_a_reset_says_so_where_nothing_can_be_kept(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, document = window.lab.runs, window.lab.document
    window.docks.bring_up("loss")
    train(window, qtbot, 1)
    reset(window, qtbot)
    (one,) = runs.kept
    full = tuple(replace(one, number=number, title="mine") for number in range(1, MOST_KEPT + 1))
    document.open(replace(document.project, kept=full), None)
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    train(window, qtbot, 2)
    window.commands["reset"].trigger()
    qtbot.waitUntil(lambda: window.banner.text == FULL)
    qtbot.waitUntil(lambda: window.lab.player.frame.step == 0)
    train(window, qtbot, 3)
    monkeypatch.setattr(keeping, "MOST_NUMBERS", 10)
    window.commands["reset"].trigger()
    qtbot.waitUntil(lambda: "may hold 10" in window.banner.text)


def test_both_themes_tell_the_runs_from_the_ground_and_from_the_present_one() -> None:
    for look in (theme.LIGHT, theme.DARK):
        for number in range(1, 9):
            color = run_color(number)
            assert theme.contrast(color, look.window) > 2.2
            assert color not in (look.train, look.test)
    assert len({run_color(number).name() for number in range(1, 9)}) == 8


def test_a_run_is_renamed_and_its_name_cannot_upset_anything(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    train(window, qtbot, 1)
    reset(window, qtbot)
    choose(panel, 1)
    index = panel.table.entries.index(1, 0)
    assert panel.table.entries.flags(index) & Qt.ItemFlag.ItemIsEditable
    panel.table.entries.setData(index, "  <b>the\n first</b> " + "x" * 500)
    name = window.lab.runs.run(1).name
    assert name.startswith("<b>the first</b> x")
    assert len(name) == 80
    assert "<b>" not in panel.table.entries.index(1, 0).data()
    panel.table.entries.setData(panel.table.entries.index(1, 0), " ")
    assert window.lab.runs.run(1).name == "run 1"
    panel.rename.click()
    assert panel.table.state() == panel.table.State.EditingState


def test_deleting_can_be_undone_in_the_banner(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    for epochs in (1, 2, 3):
        train(window, qtbot, epochs)
        reset(window, qtbot)
    choose(panel, 2)
    gone = window.lab.runs.run(2)
    panel.table.setFocus()
    neurons = window.lab.document.project.network.neurons
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert window.lab.document.project.network.neurons is neurons
    assert [run.number for run in window.lab.runs.kept] == [1, 3]
    assert "Deleted run 2" in window.banner.text
    next(button for button in window.banner.findChildren(QPushButton) if button.text() == "Undo").click()
    assert window.lab.runs.kept[1] is gone
    choose(panel, 3)
    panel.delete.click()
    train(window, qtbot, 4)
    reset(window, qtbot)
    assert window.lab.runs.kept[-1].number == 4, "no number is given twice"


def test_what_was_deleted_can_be_brought_back_after_other_messages(window: Window, qtbot: QtBot) -> None:
    panel, bring_back = panel_of(window), window.commands["bring-back"]
    for epochs in (1, 2, 3):
        train(window, qtbot, epochs)
        reset(window, qtbot)
    assert not bring_back.isEnabled()
    assert panel.bring_back.isHidden()
    for number in (1, 3):
        choose(panel, number)
        panel.delete.click()
    window.banner.show_message("Something else.")
    assert [run.number for run in window.lab.runs.kept] == [2]
    assert "run 3" in panel.bring_back.toolTip()
    panel.bring_back.click()
    assert [run.number for run in window.lab.runs.kept] == [2, 3]
    assert window.banner.text == "Something else."
    bring_back.trigger()
    assert [run.number for run in window.lab.runs.kept] == [1, 2, 3]
    assert not bring_back.isEnabled()
    assert panel.bring_back.isHidden()


def test_no_undo_is_offered_of_what_is_back_or_of_another_project(window: Window, qtbot: QtBot) -> None:
    panel, bring_back = panel_of(window), window.commands["bring-back"]
    train(window, qtbot, 1)
    reset(window, qtbot)
    window.lab.runs.delete(1)
    assert window.banner.text
    bring_back.trigger()
    assert not window.banner.text
    window.lab.runs.delete(1)
    window.lab.document.open(replace(window.lab.document.project, name="other"), None)
    assert not bring_back.isEnabled()
    assert panel.bring_back.isHidden()


def undo_of(window: Window) -> QPushButton:
    return [button for button in window.banner.findChildren(QPushButton) if button.text() == "Undo"][-1]


def test_what_was_deleted_does_not_come_back_in_another_project(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    train(window, qtbot, 1)
    reset(window, qtbot)
    gone = window.lab.runs.run(1)
    window.lab.runs.delete(1)
    undo = undo_of(window)
    window.lab.document.open(replace(window.lab.document.project, name="other"), None)
    assert not window.banner.text, "it was about what was open before"
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    train(window, qtbot, 1)
    window.commands["keep-run"].trigger()
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) == 1)
    undo.click()
    window.lab.runs.bring_back(gone)
    assert [run.number for run in window.lab.runs.kept] == [1]
    assert window.lab.runs.run(1) is not gone
    path = tmp_path / "x.backprop"
    assert window.files._write(path)
    assert [run.number for run in files.load(path).kept] == [1]


def test_it_is_brought_back_once_however_often_that_is_asked_for(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 1)
    reset(window, qtbot)
    gone = window.lab.runs.run(1)
    window.lab.runs.delete(1)
    for _ in range(2):
        window.lab.runs.bring_back(gone)
    assert window.lab.runs.kept == (gone,)


def test_a_run_is_taken_up_again_as_one_step_of_undo(window: Window, qtbot: QtBot) -> None:
    panel, document, player = panel_of(window), window.lab.document, window.lab.player
    train(window, qtbot, 3)
    first, network = player.frame, document.project.network
    assert first is not None
    reset(window, qtbot)
    other = replace(with_shape(document.project, (3, 2)), training=replace(document.project.training, seed=5))
    document.edit("Another shape", other)
    train(window, qtbot, 2)
    steps = document.stack.count
    choose(panel, 1)
    panel.resume.click()
    qtbot.waitUntil(lambda: player.frame.step == first.step and player.frame.plan.network == network)
    np.testing.assert_array_equal(player.frame.theta, first.theta)
    assert document.project.network == network
    assert document.stack.count == steps + 1
    assert document.stack.undo_text == "Continue run 1"
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) == 2)
    assert window.lab.runs.run(2).network.shape == "2-3-2-1", "what was trained meanwhile is kept in its turn"
    document.stack.undo()
    assert document.project.network.shape == "2-3-2-1"


def test_they_are_saved_and_opened_and_numbered_on(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    train(window, qtbot, 2)
    reset(window, qtbot)
    window.lab.runs.rename(1, "first")
    assert window.files.changed
    path = tmp_path / "x.backprop"
    assert window.files._write(path)
    assert not window.files.unsaved
    back = files.load(path).kept
    assert [(run.number, run.title) for run in back] == [(1, "first")]
    window.lab.document.open(files.load(path), path)
    assert not window.files.unsaved
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    train(window, qtbot, 1)
    reset(window, qtbot)
    assert [run.name for run in window.lab.runs.kept] == ["first", "run 2"]
    assert window.files.unsaved


def test_what_is_opened_meanwhile_gets_no_run_of_what_was_open(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 1)
    window.lab.runs.keep()
    document = window.lab.document
    document.open(replace(document.project, name="other"), None)
    qtbot.wait(200)
    assert window.lab.runs.kept == ()


def test_a_kept_run_is_whole(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 1)
    reset(window, qtbot)
    (kept,) = window.lab.runs.kept
    assert isinstance(kept, KeptRun)
    assert kept.words == f"SGD {kept.training.learning_rate:g} · tanh 2-4-1"
