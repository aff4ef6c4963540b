"""The controls of the inspector: what is selected can be changed, one step of undo each, at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Network
from backprop_gui.project import edits
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.inspector import NOT_WHOLE, Inspector
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Key
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.part_editor import PartEditor
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place, type_into, undo_texts
from tests.ui.windows import open_window, shut

After = Callable[..., Frame]
Keys = Qt.Key


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> Inspector:
    panel = place(qtbot, document, player, Inspector, (250, 215))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def select(panel: Inspector, *keys: Key) -> PartEditor:
    panel.lab.selection.set(frozenset(keys), keys[-1] if keys else None)
    return panel.parts


def network_of(panel: Inspector) -> Network:
    return panel.lab.document.project.network


def hidden(panel: Inspector) -> list[int]:
    network = network_of(panel)
    return [neuron.id for neuron in network.members[network.layers[1].id]]


def shown(parts: PartEditor) -> set[str]:
    """Return which controls are there."""
    names = ("frozen", "name", "count", "activation", "bias", "value", "draw", "fold")
    return {name for name in names if getattr(parts, name).isVisible()}


def click(button: QAbstractButton) -> None:
    """Click the small square of a check box, or the middle of another button."""
    place = button.rect().center()
    place.setX(min(place.x(), 8))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=place)


def choose(choice: Choice, value: str) -> None:
    """Choose with the keyboard, as a person would: the values on the way are chosen too."""
    choice.setFocus()
    while choice.value != value:
        before = choice.currentIndex()
        QTest.keyClick(choice, Qt.Key.Key_Down)
        assert choice.currentIndex() > before, f"{value} is not below"


def test_only_what_applies_is_there(panel: Inspector) -> None:
    network = network_of(panel)
    x1, x2 = (neuron.id for neuron in network.inputs)
    one, four = network.edges[0], hidden(panel)
    assert shown(select(panel)) == set()
    assert shown(select(panel, x1)) == {"name"}
    assert shown(select(panel, four[1])) == {"name", "activation", "bias", "value", "frozen"}
    assert shown(select(panel, (one.source, one.target))) == {"value", "frozen"}
    assert shown(select(panel, *((e.source, e.target) for e in network.edges[:3]))) == {"frozen"}
    assert shown(select(panel, x1, four[0])) == {"activation", "bias", "frozen"}
    assert shown(select(panel, *four)) == {"name", "count", "activation", "bias", "frozen", "draw"}
    assert shown(select(panel, x1, x2)) == {"name", "count"}


def test_the_title_says_what_is_changed_and_whose_numbers_there_are(panel: Inspector) -> None:
    edge = network_of(panel).edges[0]
    for keys, title, whose in (
        (hidden(panel), "LAYER  hidden", "NEURON  h₄ · tanh"),
        (hidden(panel)[:2], "2 NEURONS", "NEURON  h₂ · tanh"),
        ([hidden(panel)[0], (edge.source, edge.target)], "2 PARTS", "WEIGHT  x₁ → h₁"),
    ):
        select(panel, *keys)
        assert panel.title.text() == title
        assert panel.whose.isVisible()
        assert panel.whose.text() == whose
    select(panel, hidden(panel)[0])
    assert panel.title.text() == "NEURON  h₁ · tanh"
    assert not panel.whose.isVisible()


def test_a_neuron_is_renamed(panel: Inspector, document: Document) -> None:
    neuron = hidden(panel)[1]
    parts = select(panel, neuron)
    type_into(parts.name, "  manager   two ")
    assert network_of(panel).neuron_of[neuron].name == "manager two"
    assert parts.name.text() == "manager two"
    assert not parts.name.hasFocus()
    type_into(parts.name, " ")
    assert "needs a name" in parts.message.text()
    assert parts.message.isVisible()
    assert parts.name.property("invalid")
    assert parts.name.hasFocus()
    QTest.keyClick(parts.name, Keys.Key_Escape)
    assert parts.name.text() == "manager two"
    assert undo_texts(document) == ["Rename h2 to manager two"]
    document.stack.undo()
    assert parts.name.text() == "h2"


def test_numbers_are_typed_as_people_write_them(panel: Inspector, document: Document) -> None:
    neuron, edge = hidden(panel)[1], network_of(panel).edges[1]
    key = (edge.source, edge.target)
    for text, value in (("1/3", 1 / 3), ("0,5", 0.5), ("-2e-3", -0.002)):
        parts = select(panel, neuron)
        type_into(parts.value, text)
        assert network_of(panel).neuron_of[neuron].bias == value
        parts = select(panel, key)
        type_into(parts.value, text)
        assert network_of(panel).edge_of[key].weight == value
    assert document.stack.count == 6
    type_into(parts.value, "half")
    assert parts.message.text() == "“half” is not a number: write a number such as 0.1, 1/3 or 2e-3."
    select(panel, neuron)
    assert parts.message.text() == ""
    assert parts.value.text() == "-0.002", "all digits, as the keyboard still is there"
    type_into(parts.value, "nan")
    assert parts.message.text().startswith("“nan” is not a number that can be computed with")
    assert document.stack.count == 6


def test_a_number_has_all_its_digits_while_somebody_types(panel: Inspector) -> None:
    edge = network_of(panel).edges[0]
    parts = select(panel, (edge.source, edge.target))
    assert len(parts.value.text()) <= 7
    parts.value.setFocus()
    assert float(parts.value.text()) == edge.weight
    parts.value.clearFocus()
    assert len(parts.value.text()) <= 7


@pytest.mark.parametrize("value", [-0.000463217, -2.84049e-7, 12345.678, -0.0129, 0.5])
def test_a_number_is_never_cut_off(panel: Inspector, value: float) -> None:
    field = select(panel, hidden(panel)[0]).value
    field.begin(value)
    for width in (76, 84, 110):
        field.resize(width, field.height())
        # QLineEdit leaves 2 px on both sides of the text within the stylesheet's border and padding.
        assert field.fontMetrics().horizontalAdvance(field.text()) <= width - 2 * (1 + 7 + 2)
        assert field.text().startswith("−") == (value < 0)
        assert ("10⁻⁷" in field.text()) == (abs(value) < 1e-4)
    assert float(
        field.text().translate(str.maketrans("−⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "-0123456789-")).replace("·10", "e")
    ) == (pytest.approx(value, rel=1e-2))


def test_no_name_of_an_activation_is_cut_off(panel: Inspector) -> None:
    activation = select(panel, hidden(panel)[0]).activation
    room = activation.width() - 2 * (1 + 5 + 2) - 18 + 4
    for index in range(activation.count()):
        assert (
            activation.fontMetrics().horizontalAdvance(activation.itemText(index).partition(" (")[0]) <= room
        )


def test_frames_do_not_touch_what_is_being_typed(
    panel: Inspector, player: Player, next_frame: After, document: Document
) -> None:
    neuron = hidden(panel)[0]
    parts = select(panel, neuron)
    type_into(parts.value, "0.2", enter=False)
    next_frame(player.step, accept=lambda frame: frame.step > 0)
    next_frame(player.step, accept=lambda frame: frame.step > 1)
    assert parts.value.text() == "0.2"
    QTest.keyClick(parts.value, Keys.Key_Escape)
    frame = player.frame
    assert frame is not None
    learned = float(frame.theta[frame.plan.slot[neuron]])
    assert learned != 0
    assert float(parts.value.text().replace("−", "-")) == pytest.approx(learned, rel=1e-3)
    assert document.stack.count == 0


def test_a_name_half_typed_goes_nowhere_when_something_else_is_selected(
    panel: Inspector, document: Document
) -> None:
    first, second = hidden(panel)[:2]
    parts = select(panel, first)
    type_into(parts.name, "boss", enter=False)
    select(panel, second)
    assert parts.name.text() == "h2"
    QTest.keyClick(parts.name, Keys.Key_Return)
    assert document.stack.count == 0


def test_switches_of_several_show_that_they_are_mixed(panel: Inspector, document: Document) -> None:
    first, second, third = hidden(panel)[:3]
    parts = select(panel, first)
    click(parts.bias)
    assert network_of(panel).neuron_of[first].bias is None
    assert shown(parts) == {"name", "activation", "bias", "frozen"}
    select(panel, second)
    click(parts.frozen)
    assert network_of(panel).neuron_of[second].frozen
    assert all(edge.frozen == (edge.target == second) for edge in network_of(panel).edges)
    assert parts.frozen.isChecked()
    select(panel, first, second, third)
    states = Qt.CheckState
    assert parts.bias.checkState() is states.PartiallyChecked
    assert parts.frozen.checkState() is states.PartiallyChecked
    assert parts.frozen.accessibleDescription() == "mixed"
    click(parts.bias)
    click(parts.frozen)
    neurons = [network_of(panel).neuron_of[id] for id in (first, second, third)]
    assert all(neuron.bias is not None and neuron.frozen for neuron in neurons)
    assert parts.bias.checkState() is parts.frozen.checkState() is states.Checked
    click(parts.frozen)
    assert parts.frozen.checkState() is states.Unchecked
    assert len(undo_texts(document)) == 5
    for _ in range(5):
        document.stack.undo()
    assert parts.frozen.checkState() is states.Unchecked
    assert parts.bias.checkState() is states.Checked


def test_activations_are_chosen_for_one_and_for_several(panel: Inspector) -> None:
    first, second = hidden(panel)[:2]
    parts = select(panel, first)
    choose(parts.activation, "relu")
    assert network_of(panel).neuron_of[first].activation == "relu"
    select(panel, first, second)
    assert parts.activation.value is None
    choose(parts.activation, "identity")
    assert {network_of(panel).neuron_of[id].activation for id in (first, second)} == {"identity"}


def test_a_layer_is_named_sized_and_drawn_anew(panel: Inspector, document: Document) -> None:
    layer = network_of(panel).layers[1].id
    parts = select(panel, *hidden(panel))
    type_into(parts.name, "managers")
    assert network_of(panel).layer_of[layer].name == "managers"
    type_into(parts.count, "6")
    assert len(network_of(panel).members[layer]) == 6
    assert panel.title.text() == "LAYER  managers"
    type_into(parts.count, "3")
    assert panel.lab.editor.layer == layer
    before = [edge.weight for edge in network_of(panel).edges]
    parts.draw.setFocus()
    QTest.keyClick(parts.draw, Keys.Key_End)
    after = [edge.weight for edge in network_of(panel).edges]
    assert before[:6] != after[:6]
    assert before[6:] == after[6:]
    assert parts.draw.value is None, "it is something to do, not a state"
    click(parts.frozen)
    ends = {n.id for n in network_of(panel).members[layer]}
    assert all(edge.frozen == (edge.target in ends) for edge in network_of(panel).edges)
    assert len(undo_texts(document)) == 5
    type_into(parts.count, "0")
    assert "must be from 1" in parts.message.text()


def test_the_part_that_is_frozen_stays_while_all_else_learns(
    panel: Inspector, player: Player, next_frame: After
) -> None:
    neuron = hidden(panel)[2]
    parts = select(panel, neuron)
    type_into(parts.value, "0.25")
    click(parts.frozen)
    frame = next_frame(player.step, accept=lambda frame: frame.step > 0)
    assert float(frame.theta[frame.plan.slot[neuron]]) == 0.25
    assert parts.value.text() == "0.2500"
    assert parts.frozen.isChecked()


def test_a_drawing_that_cannot_be_trained_is_edited_all_the_same(
    panel: Inspector, document: Document, player: Player, next_frame: After
) -> None:
    next_frame(player.step, accept=lambda frame: frame.step > 0)
    neuron = hidden(panel)[1]
    learned = player.value(neuron)
    output = network_of(panel).outputs[0].id
    panel.lab.editor.attempt(lambda project: edits.remove(project, {output}))
    assert document.obstacle is not None
    parts = select(panel, neuron)
    assert any(label.text() == NOT_WHOLE for label in [panel._hint])
    assert float(parts.value.text().replace("−", "-")) == pytest.approx(learned, rel=1e-3)
    type_into(parts.name, "b2")
    type_into(parts.value, "0.75")
    click(parts.frozen)
    changed = network_of(panel).neuron_of[neuron]
    assert (changed.name, changed.bias, changed.frozen) == ("b2", 0.75, True)
    assert panel.title.text() == "NEURON  b₂"


def test_every_control_has_a_name_and_a_tooltip_and_tab_goes_through_them_in_order(panel: Inspector) -> None:
    parts = select(panel, hidden(panel)[1])
    parts.activation.setFocus()
    walked = []
    for _ in range(5):
        control = QApplication.focusWidget()
        assert control is not None
        assert control.toolTip()
        walked.append(control.accessibleName() or getattr(control, "text", str)())
        QTest.keyClick(control, Keys.Key_Tab)
    assert walked == ["activation", "name of the neuron", "bias", "bias", "frozen"]


def test_editing_while_it_trains_keeps_training(window: Window, qtbot: QtBot) -> None:
    lab = window.lab
    inspector = window.panels["inspector"]
    assert isinstance(inspector, Inspector)
    lab.player.set_speed(math.inf)
    lab.player.play()
    qtbot.waitUntil(lambda: lab.player.frame is not None and lab.player.frame.step > 100)
    network = lab.document.project.network
    neuron = network.members[network.layers[1].id][0].id
    parts = select(inspector, neuron)
    type_into(parts.value, "0.5")
    click(parts.frozen)
    type_into(parts.name, "kept")
    step = lab.player.frame.step if lab.player.frame else 0
    qtbot.waitUntil(
        lambda: (
            lab.player.frame is not None
            and lab.player.frame.step > step + 200
            and lab.player.frame.plan.network.neuron_of[neuron].frozen
        )
    )
    frame = lab.player.frame
    assert frame is not None
    assert np.isfinite(frame.theta).all()
    assert frame.theta[frame.plan.slot[neuron]] == pytest.approx(lab.editor.value(neuron))
    lab.player.pause()
    assert undo_texts(lab.document)[-1].startswith("Rename")


def test_a_large_layer_is_folded_and_opened(qtbot: QtBot, window: Window) -> None:
    inspector = window.panels["inspector"]
    assert isinstance(inspector, Inspector)
    window.lab.document.edit("Large", a_project("xor", (40,)))
    network = window.lab.document.project.network
    layer = network.layers[1].id
    parts = select(inspector, *(neuron.id for neuron in network.members[layer]))
    window.canvas.set_open(layer, False)
    assert parts.fold.isVisible()
    QTest.mouseClick(parts.fold, Qt.MouseButton.LeftButton)
    assert layer in window.canvas.scene.opened
    QTest.mouseClick(parts.fold, Qt.MouseButton.LeftButton)
    assert layer not in window.canvas.scene.opened
