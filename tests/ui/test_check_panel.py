"""The gradient check in the window: one check for chip, panel and picture, true for as long as it says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine import checked as engine_checked
from backprop_gui.engine.checked import checked
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.gradient_check import check_gradient
from backprop_gui.engine.nudge import nudge
from backprop_gui.ui.canvas import Canvas, View
from backprop_gui.ui.canvas.asking import content_of, error_at, tooltip_at
from backprop_gui.ui.canvas.views import PASSING_SHARE, place_of_error
from backprop_gui.ui.document import Document
from backprop_gui.ui.gradient_chip import GradientChip, worst_of
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panels.check import CheckPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.widgets.derivatives import CLAIMED, ERROR, MEASURED, NAME, DerivativesTable
from backprop_gui.ui.window import Window
from tests.ui.canvas_lab import drawn, shown
from tests.ui.moments import a_frame, a_network
from tests.ui.panel_lab import place
from tests.ui.windows import open_window, shut


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> CheckPanel:
    panel = place(qtbot, document, player, CheckPanel, (1200, 240))
    assert player.frame is not None
    panel.show_frame(player.frame)
    return panel


def test_its_button_is_never_cut_off(panel: CheckPanel, qtbot: QtBot) -> None:
    panel.resize(1000, 110)
    viewport = panel._left.viewport()
    qtbot.waitUntil(lambda: panel._left.widget().width() <= viewport.width())
    assert panel.button.mapTo(viewport, panel.button.rect().topRight()).x() < viewport.width()


def with_wrong(frame: Frame, **factors: float) -> Frame:
    """Return ``frame`` with entries of its gradient multiplied, ``e3=2`` the fourth of the drawn parameters."""
    grad = frame.trace.grad.copy()
    for name, factor in factors.items():
        grad[frame.plan.slots[int(name[1:])]] = factor
    return replace(frame, trace=replace(frame.trace, grad=grad))


def cell(table: DerivativesTable, row: int, column: int) -> str:
    return str(table.entries.data(table.entries.index(row, column)))


def test_one_check_for_button_and_chip(panel: CheckPanel, qtbot: QtBot) -> None:
    chip = GradientChip(panel.lab.checking)
    qtbot.addWidget(chip)
    assert panel.verdict.text() == "Not checked"
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert (panel.button.text(), chip.text()) == ("Cancel", "checking …")
    assert panel.progress.isVisible()
    qtbot.waitUntil(lambda: not panel.lab.checking.busy)
    found = panel.lab.checking.found
    assert found is not None
    assert chip.check is found.check is panel.table.entries.check
    assert panel.verdict.text() == "✓ Passed"
    assert panel.button.text() == "Check now"
    assert not panel.progress.isVisible()
    for words in ("17 derivatives", "training example 1", "step 0", "complex step", "allowed 1·10⁻¹²"):
        assert words in panel.words.text()


def test_the_verdict_says_when_the_numbers_have_changed(panel: CheckPanel, qtbot: QtBot) -> None:
    frame = panel.lab.player.frame
    assert frame is not None
    panel.lab.checking.start()
    qtbot.waitUntil(lambda: panel.lab.checking.holds)
    panel.show_frame(replace(frame, step=1, theta=frame.theta + 1))
    assert not panel.lab.checking.holds
    assert panel.words.text().startswith("The numbers have changed since.")
    assert panel.verdict.property("tone") == ""
    panel.show_frame(replace(frame, step=2))
    assert panel.lab.checking.holds
    assert panel.verdict.property("tone") == "good"


def test_a_wrong_derivative_is_first_and_marked(panel: CheckPanel, qtbot: QtBot) -> None:
    frame = panel.lab.player.frame
    assert frame is not None
    panel.show_frame(with_wrong(frame, e2=5.0, e4=-0.3))
    panel.button.click()
    qtbot.waitUntil(lambda: panel.lab.checking.found is not None)
    table = panel.table
    assert panel.verdict.text() == "✗ Failed"
    assert cell(table, 0, ERROR).startswith("✗ ")
    assert {table.entries.entry(0), table.entries.entry(1)} == {2, 4}
    assert not cell(table, 2, ERROR).startswith("✗")
    first = table.entries.index(0, CLAIMED)
    check = table.entries.check
    assert check is not None
    exact = format_exact(float(check.claimed[table.entries.entry(0)]))
    assert exact in str(table.entries.data(first, Qt.ItemDataRole.ToolTipRole))


def test_rows_and_the_selection_follow_each_other(panel: CheckPanel, qtbot: QtBot) -> None:
    panel.button.click()
    qtbot.waitUntil(lambda: panel.lab.checking.found is not None)
    table, selection = panel.table, panel.lab.selection
    edge = panel.lab.document.project.network.edges[3]
    key = (edge.source, edge.target)
    selection.set(frozenset([key]), key)
    row = table.currentIndex().row()
    assert row == table.entries.row_of(key)
    table.horizontalHeader().setSortIndicator(NAME, Qt.SortOrder.AscendingOrder)
    assert table.currentIndex().row() == table.entries.row_of(key) == 5 + 3  # the biases come first
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Up)
    before = panel.lab.document.project.network.edges[2]
    assert selection.current == (before.source, before.target)
    selection.set(frozenset())
    assert not table.selectionModel().hasSelection()
    source = panel.lab.document.project.network.inputs[0].id
    selection.set(frozenset([source]), source)
    assert not table.selectionModel().hasSelection()


def test_a_hundred_thousand_rows(qtbot: QtBot) -> None:
    frame = a_frame(a_network(784, 128, 10))
    table = DerivativesTable()
    qtbot.addWidget(table)
    table.resize(500, 200)
    table.show()
    found = checked(frame, lambda: False)
    assert found is not None
    table.show_check(found.check)
    assert table.entries.rowCount() == 784 * 128 + 128 * 10 + 138
    for column in range(4):
        for order in Qt.SortOrder:
            table.sortByColumn(column, order)
    errors = found.check.errors[[table.entries.entry(row) for row in (0, 1, 1000)]]
    assert (np.diff(errors) <= 0).all()


def test_it_can_be_given_up_and_tells_its_progress(
    panel: CheckPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, ended = threading.Event(), threading.Event()

    def slow(
        *args: object, cancelled: Callable[[], bool], progress: Callable[[float], object], **kw: object
    ) -> None:
        progress(0.25)
        while not cancelled():
            told.wait(0.005)
        ended.set()

    monkeypatch.setattr(engine_checked, "check_gradient", slow)
    panel.button.click()
    qtbot.waitUntil(lambda: panel.progress.value() == 250)
    panel.button.click()
    assert panel.button.text() == "Check now"
    assert panel.verdict.text() == "Not checked"
    assert ended.wait(2)


def test_what_nobody_foresaw_is_said(
    panel: CheckPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **keywords: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(engine_checked, "check_gradient", broken)
    panel.button.click()
    qtbot.waitUntil(lambda: panel.lab.checking.trouble != "")
    assert panel.verdict.text() == "✗ No check"
    assert "by nothing" in panel.words.text()
    monkeypatch.setattr(engine_checked, "check_gradient", check_gradient)
    panel.button.click()
    qtbot.waitUntil(lambda: panel.lab.checking.found is not None)
    assert panel.verdict.text() == "✓ Passed"


def test_one_derivative_by_hand(panel: CheckPanel, qtbot: QtBot) -> None:
    frame = panel.lab.player.frame
    assert frame is not None
    edge = frame.plan.network.edges[-1]
    key = (edge.source, edge.target)
    panel.lab.selection.set(frozenset([key]), key)
    view = panel.nudge
    qtbot.waitUntil(lambda: view.nudge is not None)
    own = nudge(frame.plan, frame.theta, frame.trace, frame.loss, key)
    for name in ("above", "below", "slope", "product"):
        assert view.numbers[name].text() == format_exact(getattr(own, name))
    coarse = 0.1
    view.step.set_value(coarse)
    view.step.chosen.emit(coarse)
    qtbot.waitUntil(lambda: view.nudge is not None and view.nudge.step == coarse)
    assert not view.picture.grab().isNull()
    panel.lab.selection.set(frozenset())
    assert view.nudge is None
    assert view.hint.isVisible()


# ---- on the picture


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(800, 500)
    canvas.show()
    return canvas


def test_the_scale_of_errors() -> None:
    errors = np.array([0.0, 1e-16, 1e-12, 1e-6, 1.0, 7.0, np.inf, np.nan])
    places = place_of_error(errors, 1e-12)
    assert places[:6] == pytest.approx([-PASSING_SHARE, -PASSING_SHARE, 0, 0.5, 1, 1])
    assert np.isposinf(places[6])
    assert np.isnan(places[7])


def test_the_picture_shows_what_is_wrong_while_it_is_true(canvas: Canvas) -> None:
    network = a_network(2, 3, 1)
    plain = shown(canvas, network)
    canvas.set_view(View.CHECK)
    assert not canvas.scene.values.known.any()
    assert content_of(canvas.scene).tolerance == 0
    wrong = with_wrong(plain, e0=7.0, e4=9.0)  # the bias of h1 and the first edge
    canvas.show_frame(wrong)
    found = checked(wrong, lambda: False)
    assert found is not None
    canvas.set_checked(found)
    scene, values = canvas.scene, canvas.scene.values
    assert values.failing_edges is not None
    assert values.failing is not None
    assert np.flatnonzero(values.failing_edges).tolist() == [0]
    assert np.flatnonzero(values.failing).tolist() == [2]
    assert len(scene.marks.places) == 2
    assert values.known.all()
    assert (values.weight[1:] < 0).all()
    assert values.weight[0] > 0
    hidden = network.neurons[2].id
    assert drawn(canvas, hidden).number.startswith("−" if found.check.errors[0] < 1 else "+")
    middle = scene.picture.points[0][len(scene.picture.points[0]) // 2]
    tip = tooltip_at(scene, *middle.tolist(), 6.0)
    edge = (network.edges[0].source, network.edges[0].target)
    assert format_exact(error_at(scene, edge)) in tip
    assert content_of(scene).tolerance == found.check.method.tolerance
    assert not canvas.grab().isNull()
    # Other numbers: nothing is known of them.
    canvas.show_frame(plain)
    assert not scene.values.known.any()
    assert not scene.values.colored.any()
    assert not len(scene.marks.places)
    assert content_of(scene).tolerance == 0
    canvas.show_frame(wrong)
    assert len(scene.marks.places) == 2
    canvas.set_view(View.FORWARD)
    assert not len(scene.marks.places)


def test_bundles_show_the_share_of_wrong_derivatives(canvas: Canvas) -> None:
    network = a_network(40, 3, 1)
    frame = with_wrong(shown(canvas, network), e4=9.0)
    canvas.show_frame(frame)
    canvas.set_view(View.CHECK)
    found = checked(frame, lambda: False)
    assert found is not None
    canvas.set_checked(found)
    share = canvas.scene.edge_item.bundles
    canvas.grab()
    assert sorted(set(share.mean_size.tolist())) == [0.0, 1 / 40]
    assert len(canvas.scene.marks.places) == 1


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def test_the_window_shows_one_check_everywhere(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.lab.checking.frame is not None)
    window.commands["check"].trigger()
    qtbot.waitUntil(lambda: window.lab.checking.found is not None, timeout=20_000)
    window.commands["errors"].trigger()
    assert window.canvas.view is View.CHECK
    assert window.canvas.scene.checked is window.lab.checking.found
    assert window.canvas.scene.values.known.all()
    panel = window.docks.bring_up("check")
    assert isinstance(panel, CheckPanel)
    assert panel.on_picture.text() == "Hide on the picture"
    panel.on_picture.click()
    assert window.canvas.view is View.BACKWARD
    panel.on_picture.click()
    assert window.canvas.view is View.CHECK
    window.lab.player.step()
    qtbot.waitUntil(lambda: not window.canvas.scene.values.known.any())


def test_it_says_what_the_largest_error_is_of(panel: CheckPanel, qtbot: QtBot) -> None:
    panel.lab.checking.start()
    qtbot.waitUntil(lambda: panel.lab.checking.holds)
    found = panel.lab.checking.found
    assert found is not None
    errors = np.zeros_like(found.check.errors)
    right = replace(found, check=replace(found.check, errors=errors, loss_error=0.0))
    assert worst_of(right) == "No relative error at all, allowed 1·10⁻¹²."
    of_loss = replace(right, check=replace(right.check, loss_error=2e-16))
    assert "2.00·10⁻¹⁶" in worst_of(of_loss)
    assert worst_of(of_loss).endswith("that of the loss itself.")
    errors[3] = 1e-15
    of_one = replace(right, check=replace(right.check, errors=errors, loss_error=2e-16))
    assert worst_of(of_one).endswith(f"that of {found.check.name(3)}.")


def test_signs_and_deltas_are_written_as_the_conventions_say(panel: CheckPanel, qtbot: QtBot) -> None:
    lab = panel.lab
    lab.player.look_at(Probe(Part.TRAIN, 3))
    qtbot.waitUntil(lambda: lab.player.frame is not None and lab.player.frame.probe.index == 3)
    frame = lab.player.frame
    edge = next(
        key for key in frame.plan.keys if isinstance(key, tuple) and frame.trace.grad[frame.plan.slot[key]]
    )
    lab.selection.set(frozenset([edge]), edge)
    lab.checking.start()
    qtbot.waitUntil(lambda: lab.checking.holds and panel.nudge.nudge is not None)
    entries, numbers, captions = panel.table.entries, panel.nudge.numbers, panel.nudge._captions
    gradient = float(frame.trace.grad[frame.plan.slot[edge]])

    def shown() -> tuple[str, str, str]:
        row = entries.row_of(edge)
        assert row is not None
        tip = entries.index(row, CLAIMED).data(Qt.ItemDataRole.ToolTipRole).rpartition(": ")[2]
        return tip, numbers["product"].text(), captions["product"].text()

    exact, opposite = format_exact(gradient), format_exact(-gradient)
    assert shown() == (exact, exact, "δ · a")
    slope = numbers["slope"].text()
    for conventions, number, rule in (
        (Conventions(sign=Sign.ERROR), opposite, "δ · a"),
        (Conventions(delta=Delta.BY_A), exact, "∂L/∂z · a"),
        (Conventions(Delta.BY_A, Sign.ERROR), opposite, "−∂L/∂z · a"),
    ):
        lab.document.edit("Write otherwise", replace(lab.document.project, conventions=conventions))
        assert shown() == (number, number, rule)
        assert (numbers["slope"].text() == slope) == (conventions.sign is Sign.GRADIENT)
        assert entries.headerData(NAME, Qt.Orientation.Horizontal).startswith("−") == (number is opposite)
        assert format_number(abs(panel.nudge.nudge.error), 2) == numbers["error"].text()


@pytest.mark.parametrize("width", [980, 1400])
def test_no_derivative_is_cut_however_small(panel: CheckPanel, qtbot: QtBot, width: int) -> None:
    panel.resize(width, 200)
    panel.lab.checking.start()
    qtbot.waitUntil(lambda: panel.lab.checking.holds)
    found = panel.lab.checking.found
    assert found is not None
    tiny = np.full_like(found.check.claimed, -7.815387e-15)
    panel.table.show_check(replace(found.check, claimed=tiny, measured=tiny))
    for column in (CLAIMED, MEASURED, ERROR):
        assert panel.table.columnWidth(column) >= panel.table.sizeHintForColumn(column)
    text = panel.table.entries.index(0, CLAIMED).data()
    assert text.endswith("·10⁻¹⁵")
    assert panel.button.geometry().right() <= panel._left.viewport().width()


def test_the_sentence_names_what_is_worst_as_it_is_drawn(panel: CheckPanel, qtbot: QtBot) -> None:
    panel.lab.checking.start()
    qtbot.waitUntil(lambda: panel.lab.checking.holds)
    found = panel.lab.checking.found
    assert found is not None
    errors = np.zeros_like(found.check.errors)
    errors[0] = 1e-15
    assert found.check.name(0).endswith("h1")
    panel.lab.checking.found = replace(found, check=replace(found.check, errors=errors, loss_error=0.0))
    panel._word()
    assert panel.words.text().endswith("the bias of h₁.")
