"""The whole window: it opens ready to play, follows what people do, keeps files safe, and closes at any moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QTabBar,
    QToolButton,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from backprop_gui.engine.frame import Frame
from backprop_gui.project import templates, with_shape
from backprop_gui.project.files import load, save
from backprop_gui.ui import theme
from backprop_gui.ui.canvas import View
from backprop_gui.ui.panel import PANELS
from backprop_gui.ui.player import State
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """A shown window on the first template."""
    theme.apply(qapp, False)
    window = Window(templates.load(templates.FIRST))
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    yield window
    shut(window)
    theme.apply(qapp, False)


def shut(window: Window) -> None:
    """Close a window, unless the test has."""
    if isValid(window):
        window.lab.document.stack.set_clean()
        window.lab.document.edited = False
        window.lab.document.path = None
        window.close()


def frame_of(window: Window) -> Frame:
    frame = window.lab.player.frame
    assert frame is not None
    return frame


def test_it_opens_on_xor_ready_to_play(window: Window) -> None:
    assert window.lab.document.project.network.shape == "2-4-1"
    assert window.lab.player.state is State.PAUSED
    assert frame_of(window).step == 0
    assert window.canvas.view is View.BACKWARD
    assert set(window.panels) == set(PANELS)
    assert all(widget.isEnabled() for widget in window.panels.values())


def test_it_opens_within_the_screen_and_can_be_made_small(window: Window) -> None:
    screen = window.screen().availableGeometry()
    assert window.minimumSize() == QSize(900, 600)
    assert window.size() == QSize(1440, 900).boundedTo(
        QSize(max(900, screen.width()), max(600, screen.height() - 40))
    )
    for size in (QSize(1440, 900), QSize(1024, 700), QSize(900, 600)):
        window.resize(size)
        QApplication.sendPostedEvents()
        assert window.size() == size
        assert window._top._right.geometry().right() < window._top.width() <= size.width()


def test_space_plays_and_pauses_and_the_loss_falls(window: Window, qtbot: QtBot) -> None:
    first = frame_of(window).train.loss
    window.lab.player.set_speed(math.inf)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.lab.player.state is State.RUNNING
    qtbot.waitUntil(lambda: frame_of(window).step > 1000, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.lab.player.state is State.PAUSED
    qtbot.waitUntil(lambda: frame_of(window).rate == 0)
    assert frame_of(window).train.loss < first


def test_space_presses_a_button_that_has_the_keyboard(window: Window, qtbot: QtBot) -> None:
    button = next(b for b in window.findChildren(QToolButton) if b.defaultAction() is window.commands["step"])
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: frame_of(window).step == 1)
    assert window.lab.player.state is State.PAUSED


@pytest.mark.parametrize(("key", "view"), [("1", View.FORWARD), ("2", View.BACKWARD), ("3", View.UPDATE)])
def test_the_keys_1_2_3_choose_the_view(window: Window, qtbot: QtBot, key: str, view: View) -> None:
    qtbot.keyClick(window, key)
    assert window.canvas.view is view


def test_undo_and_redo_change_the_drawing_and_not_the_numbers(window: Window, qtbot: QtBot) -> None:
    document, player = window.lab.document, window.lab.player
    player.step()
    qtbot.waitUntil(lambda: frame_of(window).step == 1)
    document.edit("Resize", with_shape(document.project, (6,)))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.project.network.shape == "2-4-1"
    assert window.commands["redo"].text() == "Redo Resize"
    qtbot.keyClick(
        window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert document.project.network.shape == "2-6-1"
    qtbot.waitUntil(lambda: frame_of(window).plan.network.shape == "2-6-1")
    assert frame_of(window).step == 1


@pytest.mark.parametrize("name", [name for name in templates.templates() if name != "empty"])
def test_every_template_opens_plays_and_shows_its_panels(window: Window, qtbot: QtBot, name: str) -> None:
    window.files.new(name)
    qtbot.waitUntil(lambda: frame_of(window).plan.network is window.lab.document.project.network)
    window.lab.player.play()
    qtbot.waitUntil(lambda: frame_of(window).step > 3, timeout=20_000)
    for neuron in window.lab.document.project.network.neurons[-2:]:
        window.lab.selection.set(frozenset([neuron.id]))
    edge = window.lab.document.project.network.edges[0]
    window.lab.selection.set(frozenset([(edge.source, edge.target)]))
    window.lab.player.pause()
    qtbot.wait(20)
    assert window.banner.text == ""


def test_a_saved_project_goes_on_where_it_stood(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mine.backprop"
    for step in range(1, 4):
        window.lab.player.step()
        qtbot.waitUntil(lambda step=step: frame_of(window).step == step)
    assert window.files._write(path)
    assert window.windowTitle().startswith("mine")
    run = load(path).run
    assert run is not None
    assert run.step == 3
    window.files.new()
    window.open_file(path)
    qtbot.waitUntil(lambda: frame_of(window).step == 3)
    np.testing.assert_array_equal(frame_of(window).theta[frame_of(window).plan.slots], run.parameters)


def test_a_damaged_file_is_a_sentence_and_leaves_what_is_open(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "broken.backprop"
    path.write_bytes(b'{"format": 1, "name"')
    before = window.lab.document.project
    window.open_file(path)
    assert "broken.backprop" in window.banner.text
    assert "Traceback" not in window.banner.text
    assert window.lab.document.project is before


def test_an_export_says_how_exactly_it_reproduces_the_outputs(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    window.files.export_to(tmp_path / "net.npz")
    qtbot.waitUntil(lambda: "largest difference" in window.banner.text, timeout=20_000)
    assert (tmp_path / "net.npz").exists()
    window.files.export_to(tmp_path / "net.unknown")
    qtbot.waitUntil(lambda: "unknown" in window.banner.text, timeout=20_000)
    assert not (tmp_path / "net.unknown").exists()


@pytest.mark.parametrize(
    ("answer", "closed"),
    [(QMessageBox.StandardButton.Discard, True), (QMessageBox.StandardButton.Cancel, False)],
)
def test_unsaved_edits_are_asked_for(
    window: Window, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton, closed: bool
) -> None:
    document = window.lab.document
    document.edit("Resize", with_shape(document.project, (6,)))
    monkeypatch.setattr(QMessageBox, "question", lambda *arguments: answer)
    assert window.close() is closed


def test_training_that_an_edit_has_changed_is_asked_for_though_the_edit_was_taken_back(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[object] = []
    cancel = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "question", lambda *arguments: asked.append(arguments) or cancel)
    document, player = window.lab.document, window.lab.player

    def step(number: int) -> None:
        player.step()
        qtbot.waitUntil(lambda: player.frame is not None and player.frame.step == number)

    step(1)
    assert not window.files.unsaved
    document.edit(
        "Relu", replace(document.project, training=replace(document.project.training, momentum=0.5))
    )
    step(2)
    document.stack.undo()
    step(3)
    assert document.stack.is_clean
    assert window.files.unsaved
    assert not window.files.pristine
    assert not window.close()
    assert len(asked) == 1
    # What was edited and taken back, but not trained, is as it was; and so is what is saved or opened.
    player.reset()
    qtbot.waitUntil(lambda: not window.files.unsaved)
    step(1)
    assert window.files.unsaved
    assert window.files._write(tmp_path / "mine.backprop")
    assert not window.files.unsaved
    document.open(templates.load(templates.FIRST), None)
    step(1)
    assert not window.files.unsaved


def test_trouble_is_explained_and_can_be_taken_back(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "wild.backprop"
    save(a_project("plane", learning_rate=80.0), path)
    window.open_file(path)
    window.lab.player.set_speed(math.inf)
    window.lab.player.play()
    qtbot.waitUntil(lambda: "Training stopped" in window.banner.text, timeout=20_000)
    slower = next(b for b in window.banner.findChildren(QPushButton) if "halve" in b.text())
    slower.click()
    qtbot.waitUntil(lambda: frame_of(window).note is None)
    assert window.lab.document.project.training.learning_rate == 40.0
    assert np.isfinite(frame_of(window).theta).all()
    assert window.banner.text == ""


def test_new_weights_begin_again_and_can_be_undone(window: Window, qtbot: QtBot) -> None:
    before = window.lab.document.project
    window.commands["new-weights"].trigger()
    after = window.lab.document.project
    assert after.network != before.network
    qtbot.waitUntil(lambda: frame_of(window).plan.network is after.network)
    np.testing.assert_array_equal(frame_of(window).theta, frame_of(window).plan.start)
    window.lab.document.stack.undo()
    assert window.lab.document.project == before


@pytest.mark.parametrize("delay_ms", [0, 5, 50])
def test_closing_while_it_trains_leaves_nothing(window: Window, qtbot: QtBot, delay_ms: int) -> None:
    window.lab.player.set_speed(math.inf)
    window.lab.player.play()
    qtbot.wait(delay_ms)
    worker = window.lab.player._worker
    window.close()
    assert not worker.isRunning()


def test_editing_while_it_trains_never_shows_a_wrong_frame(window: Window, qtbot: QtBot) -> None:
    document, player = window.lab.document, window.lab.player
    player.set_speed(math.inf)
    player.play()
    rng = np.random.default_rng(0)
    for _ in range(60):
        hidden = tuple(int(size) for size in rng.integers(1, 7, size=rng.integers(1, 4)))
        document.edit("Shape", with_shape(document.project, hidden))
        if rng.random() < 0.3:
            document.stack.undo()
        if rng.random() < 0.3:
            rate = float(rng.uniform(0.001, 0.1))
            document.edit(
                "Rate",
                replace(document.project, training=replace(document.project.training, learning_rate=rate)),
            )
        qtbot.wait(5)
    qtbot.waitUntil(lambda: frame_of(window).plan.network is document.project.network)
    assert player.state is State.RUNNING
    assert window.banner.text == ""


@pytest.mark.parametrize("make_dark", [True, False])
def test_the_theme_reaches_everything_and_is_remembered(
    window: Window, qtbot: QtBot, make_dark: bool
) -> None:
    window.set_theme(make_dark)
    assert theme.current().dark is make_dark
    assert QSettings().value("theme") == ("dark" if make_dark else "light")
    image = window.grab().toImage()
    corner = window.canvas.mapTo(window, window.canvas.rect().bottomRight())
    ground = image.pixelColor(corner.x() - 3, corner.y() - 3)
    assert ground == theme.current().surface


def test_it_fits_a_small_screen(window: Window, qtbot: QtBot) -> None:
    window.resize(1024, 700)
    qtbot.wait(50)
    assert window.width() == 1024
    assert window.height() == 700
    assert window.canvas.width() > 300
    assert window.canvas.height() > 200


def test_panels_come_back_after_being_closed(window: Window) -> None:
    dock = window.docks.by_name["loss"]
    dock.close()
    assert dock.isHidden()
    dock.toggleViewAction().trigger()
    assert not dock.isHidden()


@pytest.mark.parametrize("remembered", [False, True])
def test_every_tab_is_there_once_and_can_be_read(window: Window, qtbot: QtBot, *, remembered: bool) -> None:
    if remembered:
        window.close()
        window = Window(templates.load(templates.FIRST))
        window.show()
    window.resize(1024, 700)
    for name, dock in window.docks.by_name.items():
        dock.show()
        window.docks.bring_up(name)
        qtbot.wait(10)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    bars = [bar for bar in window.findChildren(QTabBar, options=direct) if bar.isVisible()]
    titles = [bar.tabText(index) for bar in bars for index in range(bar.count())]
    assert len(titles) == len(set(titles)) > 10
    assert {bar.elideMode() for bar in bars} == {Qt.TextElideMode.ElideNone}
    for bar in bars:
        for index in range(bar.count()):
            assert bar.tabRect(index).width() >= bar.tabSizeHint(index).width(), bar.tabText(index)
    shut(window)


def test_a_panel_behind_another_tab_is_hidden_and_keeps_its_room(window: Window, qtbot: QtBot) -> None:
    panels, docks = window.panels, window.docks
    assert [panels[name].isVisible() for name in ("loss", "flow", "check", "training")] == [
        True,
        *[False] * 3,
    ]
    height = panels["loss"].height()
    for name in ("flow", "check", "training", "loss"):
        assert docks.bring_up(name).isVisible()
        qtbot.wait(10)
        assert panels[name].isVisible()
    assert [panels[name].isVisible() for name in ("loss", "flow", "check", "data")] == [True, *[False] * 3]
    assert panels["loss"].height() == height


def test_it_remembers_its_layout(window: Window, qtbot: QtBot) -> None:
    window.docks.by_name["loss"].close()
    window.close()
    again = Window(templates.load(templates.FIRST))
    again.show()
    assert again.docks.by_name["loss"].isHidden()
    shut(again)


def test_the_command_checks_the_gradient_of_what_is_shown(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.equation.chip.check is not None, timeout=20_000)
    assert window.equation.chip.check is not None
    assert window.equation.chip.check.passed


def test_a_message_about_trouble_goes_with_what_it_is_about(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "wild.backprop"
    save(a_project("plane", learning_rate=80.0), path)
    window.open_file(path)
    window.lab.player.set_speed(math.inf)
    window.lab.player.play()
    qtbot.waitUntil(lambda: "Training stopped" in window.banner.text, timeout=20_000)
    assert window.commands["go-back"].isEnabled()
    window.files._saved_step = frame_of(window).step
    window.files.new()
    qtbot.waitUntil(lambda: window.banner.text == "")
    assert not window.commands["go-back"].isEnabled()


def test_training_of_ones_own_project_is_asked_for(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        QMessageBox,
        "question",
        lambda *arguments: asked.append(arguments) or QMessageBox.StandardButton.Cancel,
    )
    window.lab.player.step()
    qtbot.waitUntil(lambda: frame_of(window).step == 1)
    assert window.files.may_discard()
    assert window.files._write(tmp_path / "mine.backprop")
    assert window.files.may_discard()
    assert not asked
    window.lab.player.step()
    qtbot.waitUntil(lambda: frame_of(window).step == 2)
    assert not window.files.may_discard()
    assert len(asked) == 1
    window.files._saved_step = 2


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_a_name_without_its_ending_replaces_nothing_unasked(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton
) -> None:
    there = tmp_path / "precious.backprop"
    there.write_text("precious")
    monkeypatch.setattr(QMessageBox, "question", lambda *arguments: answer)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (str(tmp_path / "precious"), ""))
    assert window.files.save_as() is (answer == QMessageBox.StandardButton.Yes)
    assert (there.read_text() == "precious") is (answer == QMessageBox.StandardButton.No)


def test_saving_that_fails_while_closing_keeps_the_window(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    document = window.lab.document
    document.edit("Resize", with_shape(document.project, (6,)))
    document.path = tmp_path / "no" / "such" / "folder.backprop"
    monkeypatch.setattr(QMessageBox, "question", lambda *arguments: QMessageBox.StandardButton.Save)
    assert not window.close()
    assert "such" in window.banner.text
    assert window.lab.player._worker.isRunning()
    document.path = None


def test_space_opens_a_list_that_has_the_keyboard(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QComboBox] = []
    monkeypatch.setattr(QComboBox, "showPopup", lambda box: opened.append(box))
    window.docks.by_name["training"].raise_()
    window.activateWindow()
    box = window.panels["training"].findChildren(QComboBox)[0]
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert window.lab.player.state is State.PAUSED
    assert opened == [box]


def test_the_neuron_selected_last_is_the_one_inspected(window: Window) -> None:
    neurons = window.lab.document.project.network.neurons
    first, second = neurons[2].id, neurons[3].id
    for current in (first, second, first):
        window.canvas.selection_changed.emit(frozenset({first, second}), current)
        assert window.lab.selection.current == current
        assert window.canvas.current == current


def test_where_there_is_nothing_to_go_back_to_no_button_says_so(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "impossible.backprop"
    project = a_project("xor", loss="binary-cross-entropy")
    outputs = [neuron.id for neuron in project.network.outputs]
    weights = {(edge.source, edge.target): -5.0 for edge in project.network.edges}
    # Below 0 the outputs are no probabilities, and their logarithm is not a number.
    network = project.network.with_activation(outputs, "identity").with_parameters(
        {outputs[0]: -9.0}, weights
    )
    save(replace(project, network=network), path)
    window.open_file(path)
    window.lab.player.play()
    qtbot.waitUntil(lambda: "cannot begin" in window.banner.text, timeout=20_000)
    assert not window.commands["go-back"].isEnabled()
    assert not [
        button for button in window.banner.findChildren(QPushButton) if button.isVisibleTo(window.banner)
    ]


@pytest.mark.parametrize("width", [1440, 1250, 1024, 900])
def test_nothing_in_the_top_bar_covers_anything_else(window: Window, width: int) -> None:
    top = window._top
    frame = frame_of(window)
    window.resize(width, 700)
    numbers = replace(frame, train=replace(frame.train, loss=3.5341e-5), test=replace(frame.train, loss=1.5))
    top.show_frame(replace(numbers, epoch=12345.0, step=12345))
    QApplication.sendPostedEvents()
    shown = [top._epoch, top._train, top._test, top._right]
    for left, right in pairwise(shown):
        assert left.geometry().right() + 10 <= right.geometry().left()
    for reading in shown:
        assert reading.width() >= reading.minimumSizeHint().width()
    assert top._right.geometry().right() <= top.width()
    # No word of the sizes of a step is cut; the name is what gives way.
    assert width < 1024 or top._units.width() >= top._units.sizeHint().width()


def test_a_panel_that_was_given_more_height_gives_it_back(window: Window) -> None:
    docks, settle = window.docks, QApplication.processEvents
    window.resize(1440, 860)
    docks.bring_up("loss")
    window.resizeDocks([docks.by_name["loss"]], [200], Qt.Orientation.Vertical)
    settle()
    usual = docks._height_below()
    window.commands["faults"].trigger()
    settle()
    higher = docks._height_below()
    assert higher > usual + 50
    docks.by_name["loss"].raise_()
    settle()
    assert docks._height_below() == usual
    docks.by_name["faults"].raise_()
    settle()
    assert docks._height_below() == higher
    # What a person has chosen stays.
    window.resizeDocks([docks.by_name["faults"]], [higher - 30], Qt.Orientation.Vertical)
    settle()
    docks.by_name["loss"].raise_()
    settle()
    assert docks._height_below() == higher - 30


def test_a_small_screen_has_room_for_the_name_and_the_speed(window: Window) -> None:
    top = window._top
    window.resize(1024, 700)
    QApplication.sendPostedEvents()
    assert top._name.isVisible()
    assert top._rate.isVisible()
    assert top._rate.text().endswith("/s")
    assert top._rate.geometry().right() < top._epoch.geometry().left()
    window.resize(1440, 700)
    QApplication.sendPostedEvents()
    assert top._rate.text().endswith(" updates/s")


def test_a_name_has_the_room_that_is_there(window: Window) -> None:
    window.lab.document.edit("Empty", replace(templates.load("empty"), name="xor"))
    window.resize(1440, 700)
    QApplication.sendPostedEvents()
    assert "nothing drawn" in window._top._name.text()


def test_what_cannot_be_done_says_why(window: Window) -> None:
    for name, why in (("go-back", "nothing to go back from"), ("undo", "nothing to undo")):
        assert why in window.commands[name].toolTip()
        assert why in window.commands[name].whatsThis()
    network = window.lab.document.project.network
    gone = [(edge.source, edge.target) for edge in network.edges if edge.source == network.inputs[0].id]
    window.lab.selection.set(frozenset(gone))
    window.commands["delete"].trigger()
    for name in ("play", "step"):
        assert not window.commands[name].isEnabled()
        assert "No path leads from the input x₁" in window.commands[name].toolTip()
    window.commands["undo"].trigger()
    for name in ("play", "step"):
        assert window.commands[name].isEnabled()
        assert "No path" not in window.commands[name].toolTip()
    assert "train until paused" in window.commands["play"].toolTip()


def test_the_theme_in_force_is_marked(window: Window) -> None:
    for name, dark in (("dark", True), ("light", False)):
        window.set_theme(dark)
        assert [n for n in ("light", "dark", "system") if window.commands[n].isChecked()] == [name]
