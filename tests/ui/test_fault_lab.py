"""The fault lab: a copy learns with a bug, the person's own network does not notice, and the check tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.faults import FAULTS
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network import dense
from backprop_gui.project import templates, with_shape
from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.fault_runs import CORRECT, ROWS, FaultRuns
from backprop_gui.ui.fault_words import lesson, of_answers, of_loss, rich_formula
from backprop_gui.ui.panels import faults as faults_module
from backprop_gui.ui.panels.faults import STALE, FaultLab
from backprop_gui.ui.player import Player
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place, type_into
from tests.ui.test_window import shut

WIDE = (1200, 320)
LOSS, RIGHT, CHECK = 1, 2, 3


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> Iterator[FaultLab]:
    panel = place(qtbot, document, player, FaultLab, WIDE)
    qtbot.waitUntil(lambda: panel.plot is not None)
    yield panel
    panel.runs.stop()


def click(panel: FaultLab, name: str) -> None:
    """Click on the row of a bug."""
    table = panel.table
    index = table.model().index(ROWS.index(name), 0)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())


def finish(qtbot: QtBot, runs: FaultRuns) -> None:
    qtbot.waitUntil(lambda: not runs.running, timeout=60_000)


def try_bug(qtbot: QtBot, panel: FaultLab, name: str, epochs: int = 300) -> None:
    type_into(panel.epochs, str(epochs))
    click(panel, name)
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    finish(qtbot, panel.runs)


def test_a_bug_learns_and_only_the_check_tells(qtbot: QtBot, panel: FaultLab, document: Document) -> None:
    project = document.project
    document.edit("Square", replace(project, training=replace(project.training, loss="half-squared")))
    before, step = document.project, document.stack.index
    try_bug(qtbot, panel, "output-slope-dropped", 2000)
    assert panel.table.cell("output-slope-dropped", LOSS).text.startswith("✓ fell to")
    assert panel.table.cell("output-slope-dropped", RIGHT).text == "100 %"
    assert panel.table.cell("output-slope-dropped", CHECK).text.startswith("✗ wrong by ")
    assert panel.table.cell(CORRECT, CHECK).text == "✓ right"
    assert panel.lesson.text() == "It learns as if nothing were wrong. Only the check tells."
    worst = panel.runs.courses["output-slope-dropped"].check.worst
    assert panel.check.text().endswith(f"at {worst}")
    assert panel.check.property("tone") == "bad"
    assert panel.loss.property("tone") == "good"
    assert document.project is before
    assert document.stack.index == step


def test_both_curves_are_drawn(qtbot: QtBot, panel: FaultLab) -> None:
    try_bug(qtbot, panel, "sign")
    assert panel.plot is not None
    correct, wrong = panel.plot._series
    assert panel.plot.epochs[-1] == 300
    assert correct[0] == wrong[0]
    assert correct[-1] < correct[0] < wrong[-1]
    click(panel, CORRECT)
    assert np.isnan(panel.plot._series[1]).all()
    assert panel.table.cell("sign", LOSS).good is False
    assert "gives itself away" not in panel.lesson.text()
    click(panel, "sign")
    assert "gives itself away" in panel.lesson.text()


def test_all_seven_fill_the_table(qtbot: QtBot, panel: FaultLab) -> None:
    type_into(panel.epochs, "60")
    assert all(not panel.table.cell(name, CHECK).text for name in ROWS)
    QTest.mouseClick(panel.run_all, Qt.MouseButton.LeftButton)
    assert panel.runs.running == CORRECT
    assert not panel.run_all.isEnabled()
    finish(qtbot, panel.runs)
    assert set(panel.runs.courses) == set(ROWS)
    assert [panel.table.cell(name, CHECK).good for name in ROWS] == [True] + [False] * len(FAULTS)
    first = panel.runs.courses[CORRECT]
    try_bug(qtbot, panel, "biases-frozen", 60)
    # The correct run is not made again.
    assert panel.runs.courses[CORRECT] is first


def test_a_run_can_be_stopped_where_it_is(qtbot: QtBot, panel: FaultLab) -> None:
    type_into(panel.epochs, "1000000")
    click(panel, "biases-frozen")
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: CORRECT in panel.runs.courses)
    assert panel.run.text() == "Stop"
    assert "correct, epoch" in panel.safe.whole
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    assert not panel.runs.running
    assert panel.run.text() == "Run"
    assert 0 <= panel.runs.courses[CORRECT].reached < 1_000_000
    # What was cut short is begun again when it is needed.
    try_bug(qtbot, panel, "biases-frozen", 50)
    assert panel.runs.courses[CORRECT].reached == 50


def test_the_copy_keeps_going_while_the_drawing_is_edited(
    qtbot: QtBot, panel: FaultLab, document: Document
) -> None:
    type_into(panel.epochs, "1000000")
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: CORRECT in panel.runs.courses)
    network = document.project.network
    document.edit("Resize", with_shape(document.project, (6,)))
    reached = panel.runs.courses[CORRECT].reached
    qtbot.waitUntil(lambda: panel.runs.courses[CORRECT].reached > reached)
    assert panel.runs.courses[CORRECT].check.plan.network is network
    assert panel.message.text() == STALE
    panel.runs.stop()
    try_bug(qtbot, panel, "sign", 20)
    assert panel.message.isHidden()
    assert panel.runs.courses[CORRECT].check.plan.network is document.project.network


def test_another_file_clears_the_table(qtbot: QtBot, panel: FaultLab, document: Document) -> None:
    try_bug(qtbot, panel, "sign", 20)
    document.open(a_project("and"), None)
    panel.sync(None, document.project)
    assert not panel.runs.courses
    assert panel.loss.isHidden()
    assert panel.plot is not None
    assert not len(panel.plot.epochs)


def test_a_drawing_that_cannot_be_trained_is_explained(panel: FaultLab, document: Document) -> None:
    whole = document.project
    document.edit("Cut", replace(whole, network=whole.network.without([whole.network.outputs[0].id])))
    assert document.obstacle is not None
    assert str(document.obstacle) in panel.message.text()
    assert not panel.run.isEnabled()
    assert not panel.run_all.isEnabled()
    document.stack.undo()
    assert panel.message.isHidden()
    assert panel.run.isEnabled()


def test_a_bug_without_effect_is_said_to_have_none(qtbot: QtBot, panel: FaultLab, document: Document) -> None:
    project = document.project
    network = project.network.with_activation([project.network.outputs[0].id], "identity")
    training = replace(project.training, loss="half-squared", learning_rate=0.1)
    document.edit("Straighten", replace(project, network=network, training=training))
    try_bug(qtbot, panel, "output-slope-dropped", 30)
    assert "changes nothing, because every output has the identity" in panel.lesson.text()
    assert panel.table.cell("output-slope-dropped", CHECK).text == "✓ right"


def test_the_epochs_suit_the_data_until_somebody_chooses(
    qtbot: QtBot, panel: FaultLab, document: Document
) -> None:
    assert panel.epochs.value == 8000
    document.edit(
        "Batches", replace(document.project, training=replace(document.project.training, batch_size=1))
    )
    assert panel.epochs.value == 2000
    type_into(panel.epochs, "70")
    document.edit(
        "Batches", replace(document.project, training=replace(document.project.training, batch_size=2))
    )
    assert panel.epochs.value == 70
    type_into(panel.epochs, "none")
    assert "not a number" in panel.message.text()


def test_an_unforeseen_error_is_a_sentence(
    qtbot: QtBot, panel: FaultLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("backprop_gui.ui.fault_runs.Sandbox", fail)
    QTest.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    finish(qtbot, panel.runs)
    assert "no room" in panel.message.text()


def test_the_keyboard_alone_is_enough(qtbot: QtBot, panel: FaultLab) -> None:
    type_into(panel.epochs, "20")
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert panel.table.name == "sign"
    panel.run.setFocus()
    QTest.keyClick(panel.run, Qt.Key.Key_Space)
    finish(qtbot, panel.runs)
    assert panel.table.cell("sign", CHECK).good is False


@pytest.mark.parametrize("size", [(1400, 330), (1024, 200), (320, 600)])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_and_follows_the_theme(
    qtbot: QtBot, qapp: QApplication, panel: FaultLab, size: tuple[int, int], *, dark: bool
) -> None:
    try_bug(qtbot, panel, "hidden-slope-dropped", 20)
    theme.apply(qapp, dark)
    panel.resize(*size)
    qtbot.wait(50)
    for child in (panel.run, panel.table, panel.formula, panel.lesson, panel.check, panel.plot):
        assert child is not None
        assert panel.rect().contains(child.rect().translated(child.mapTo(panel, child.rect().topLeft())))
    assert theme.current().bad.name() in panel.formula.text()
    image = panel.grab().toImage()
    assert image.pixelColor(3, panel._head.height() - 2) == theme.current().warning_tint
    theme.apply(qapp, False)


def test_closing_the_window_ends_the_thread(qtbot: QtBot, qapp: QApplication) -> None:
    window = Window(templates.load("xor"))
    window.show()
    qtbot.waitExposed(window)
    window.commands["faults"].trigger()
    panel = window.panels["faults"]
    assert isinstance(panel, FaultLab)
    assert panel.isVisible()
    panel.epochs.set_value(1_000_000)
    panel.run_all.click()
    qtbot.waitUntil(lambda: bool(panel.runs.courses))
    assert any(thread.name == "background work" for thread in threading.enumerate())
    shut(window)
    window.deleteLater()
    qtbot.waitUntil(lambda: not any(thread.name == "background work" for thread in threading.enumerate()))


def test_words(qtbot: QtBot, panel: FaultLab) -> None:
    assert rich_formula("δ_out = a < b") == "δ<sub>out</sub>&nbsp;=&nbsp;a&nbsp;&lt;&nbsp;b"
    network = dense([2, 2, 1])
    assert "Press Run" in lesson(None, None, network)
    try_bug(qtbot, panel, "sign", 20)
    course = panel.runs.courses["sign"]
    down = np.linspace(0.785, 0.69, len(course.losses))
    little, right = replace(course, losses=down), replace(course, losses=np.linspace(0.785, 0.01, len(down)))
    assert of_loss(little).text.startswith("✓ fell to")
    assert (of_loss(little, right).text, of_loss(little, right).good) == ("~ hardly fell: 0.69", None)
    assert lesson(little, right, network).startswith("The loss hardly goes down")
    nearly = replace(course, accuracies=np.full_like(course.accuracies, 0.99999))
    assert of_answers(nearly).text == "99.9 %"
    nothing = replace(course, accuracies=np.full_like(course.accuracies, np.nan))
    assert of_answers(nothing).text == "–"
    assert faults_module._usual_epochs(a_project(), 200) == 200
    tiny = replace(a_project(), training=TrainingSettings(batch_size=1))
    assert faults_module._usual_epochs(tiny, 100_000) == 20
