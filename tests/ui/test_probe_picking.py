"""Choosing what is looked at: from the list, by number, by typing, as a mean, and in the plots."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.learned import LearnedPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.probe_picker import ProbePicker
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place, type_into

# The platform of the tests has no popups of its own.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(a_project("xor-clouds", (3,), batch_size=10))


@pytest.fixture
def picker(qtbot: QtBot, document: Document, player: Player) -> Iterator[ProbePicker]:
    home = QWidget()
    qtbot.addWidget(home)
    home.show()
    picker = ProbePicker(home)
    picker.chosen.connect(player.look_at)
    qtbot.waitUntil(lambda: player.frame is not None)
    picker.open_at(QPoint(600, 100), document.prepared, frame_of(player))
    # The window that it belongs to lives as long.
    yield picker
    home.close()


def frame_of(player: Player) -> Frame:
    assert player.frame is not None
    return player.frame


def probed(qtbot: QtBot, player: Player, act: Callable[[], object], probe: Probe) -> Frame:
    """Do something, and return the first frame that is about ``probe``."""
    act()
    qtbot.waitUntil(lambda: frame_of(player).probe == probe)
    return frame_of(player)


def test_the_list_shows_the_data_as_they_are(picker: ProbePicker, document: Document) -> None:
    model, prepared = picker.examples, document.prepared
    assert model.rowCount() == len(prepared.x_train)
    row = int(prepared.train_rows[4])
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.data(model.index(4, 0)) == "5"
    shown = str(model.data(model.index(4, 1), tip)).replace("−", "-")
    assert float(shown) == prepared.dataset.x[row, 0]
    assert model.data(model.index(4, 3)) == prepared.dataset.class_names[int(prepared.dataset.labels()[row])]


def test_arrow_keys_look_at_each_example(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    frame = probed(qtbot, player, lambda: QTest.keyClick(picker.table, Qt.Key.Key_Down), Probe(Part.TRAIN, 1))
    assert np.array_equal(frame.trace.x[0], player._document.prepared.x_train[1])
    assert picker.isVisible()
    QTest.keyClick(picker.table, Qt.Key.Key_Return)
    assert not picker.isVisible()


def test_a_number_leads_to_its_example(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    probed(qtbot, player, lambda: picker.number.setValue(98), Probe(Part.TRAIN, 97))
    assert picker.table.currentIndex().row() == 97


def test_test_examples_are_offered_too(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    probed(qtbot, player, lambda: picker.part.button(Part.TEST).click(), Probe(Part.TEST, 0))
    assert picker.examples.rowCount() == len(player._document.prepared.x_test)


def test_the_mean_of_a_batch(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    frame = probed(qtbot, player, picker.batch.click, Probe(Part.BATCH))
    assert frame.rows is not None
    assert len(frame.rows.x) == 10
    assert not picker.isVisible()
    # From there the arrows lead to the first example.
    probed(qtbot, player, lambda: player.move_probe(1), Probe(Part.TRAIN, 0))


def test_typed_numbers_are_scaled_like_the_data(
    picker: ProbePicker, player: Player, document: Document, qtbot: QtBot
) -> None:
    picker.open_form()
    form = picker.form
    type_into(form.inputs[0], "1/2")
    type_into(form.inputs[1], "0,25")
    type_into(form.targets[0], "1", enter=False)
    QTest.mouseClick(form.look, Qt.MouseButton.LeftButton)
    scaled = document.prepared.scaling.apply(np.array([0.5, 0.25]))
    qtbot.waitUntil(lambda: frame_of(player).probe.part is Part.TYPED and frame_of(player).probe.t == (1.0,))
    assert frame_of(player).trace.x[0].tolist() == pytest.approx(scaled.tolist(), rel=1e-12)
    assert not picker.isVisible()


def test_enter_in_a_field_looks_at_what_is_typed(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    picker.open_form()
    type_into(picker.form.inputs[0], "3")
    qtbot.waitUntil(lambda: frame_of(player).probe.part is Part.TYPED)
    scaling = player._document.prepared.scaling
    assert scaling.undo(np.array(frame_of(player).probe.x))[0] == pytest.approx(3.0)


def test_what_is_no_number_is_not_looked_at(picker: ProbePicker, player: Player, qtbot: QtBot) -> None:
    picker.open_form()
    before = frame_of(player).probe
    type_into(picker.form.inputs[0], "three")
    qtbot.wait(30)
    assert picker.isVisible()
    assert "not a number" in picker.form._message.text()
    assert frame_of(player).probe == before


@pytest.mark.parametrize(
    "probe", [Probe(Part.BATCH), Probe(Part.ALL), Probe(Part.TYPED, 0, (0.5, 0.5), (1.0,))]
)
def test_the_plots_stand_what_is_no_example(
    qtbot: QtBot, document: Document, player: Player, probe: Probe
) -> None:
    panel = place(qtbot, document, player, LearnedPanel, (300, 420))
    probed(qtbot, player, lambda: player.look_at(probe), probe)
    assert panel.view is not None
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.probe == probe)
    assert not panel.view.grab().isNull()


def test_a_click_on_a_point_looks_at_it(qtbot: QtBot, document: Document, player: Player) -> None:
    panel = place(qtbot, document, player, LearnedPanel, (300, 420))
    view = panel.view
    assert view is not None
    dots = view._dots  # type: ignore[attr-defined]
    spot = dots[17].tolist()
    probe = view.probe_at(QPointF(round(spot[0]), round(spot[1])))
    assert probe is not None
    probed(
        qtbot,
        player,
        lambda: QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(spot[0]), round(spot[1]))),
        probe,
    )
