"""The panel "Network": every gesture is one edit with a clear name, and what cannot be is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from backprop_gui.engine.frame import Frame
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.shape import ShapePanel, is_layered
from backprop_gui.ui.player import Player
from backprop_gui.ui.widgets.message import Message
from tests.ui.panel_lab import place, type_into, undo_texts

LEFT = Qt.MouseButton.LeftButton
After = Callable[..., Frame]


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> ShapePanel:
    return place(qtbot, document, player, ShapePanel)


def said(panel: ShapePanel) -> str:
    return " ".join(message.text() for message in panel.findChildren(Message) if message.isVisible())


def test_a_typed_shape_becomes_the_network_in_one_step(panel: ShapePanel, document: Document) -> None:
    type_into(panel.shape_box, "2-8-6-1")
    assert document.project.network.shape == "2-8-6-1"
    assert undo_texts(document) == ["Change the network to 2-8-6-1"]
    assert len(panel.rows) == 4
    document.stack.undo()
    assert panel.shape_box.text() == "2-4-1"
    assert len(panel.rows) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3-4-1", "The data give 2 inputs and 1 output"),
        ("2-4", "write 2-1"),
        ("2-x4-0-1", "A layer needs 1 to"),
        ("2-four-1", "“four” is not a layer size"),
    ],
)
def test_a_shape_that_cannot_be_is_explained_and_not_taken(
    panel: ShapePanel, document: Document, text: str, sentence: str
) -> None:
    type_into(panel.shape_box, text)
    assert sentence in said(panel)
    assert document.project.network.shape == "2-4-1"
    assert undo_texts(document) == []
    assert panel.shape_box.property("invalid")
    QTest.keyClick(panel.shape_box, Qt.Key.Key_Escape)
    assert panel.shape_box.text() == "2-4-1"
    assert said(panel) == ""
    assert not panel.shape_box.property("invalid")


def test_plus_and_minus_resize_a_hidden_layer_and_name_it(panel: ShapePanel, document: Document) -> None:
    row = panel.rows[1]
    QTest.mouseClick(row.count.more, LEFT)
    assert document.project.network.shape == "2-5-1"
    QTest.mouseClick(row.count.less, LEFT)
    QTest.mouseClick(row.count.less, LEFT)
    assert undo_texts(document) == ["Resize hidden to 5", "Resize hidden to 4", "Resize hidden to 3"]


def test_a_layer_keeps_one_neuron_and_the_ends_belong_to_the_data(
    panel: ShapePanel, document: Document
) -> None:
    type_into(panel.shape_box, "2-1-1")
    assert not panel.rows[1].count.less.isEnabled()
    assert [row.count.more.isVisible() for row in panel.rows] == [False, True, False]


def test_layers_come_and_go(panel: ShapePanel, document: Document) -> None:
    QTest.mouseClick(panel.layer_count.more, LEFT)
    assert document.project.network.shape == "2-4-4-1"
    QTest.mouseClick(panel.layer_count.less, LEFT)
    QTest.mouseClick(panel.layer_count.less, LEFT)
    assert document.project.network.shape == "2-1"
    assert not panel.layer_count.less.isEnabled()
    assert not panel.activation.isEnabled()
    QTest.mouseClick(panel.layer_count.more, LEFT)
    assert document.project.network.shape == "2-4-1"
    assert undo_texts(document)[:2] == ["Add a hidden layer", "Remove hidden 2"]


def test_activations_of_one_layer_and_of_all(panel: ShapePanel, document: Document) -> None:
    type_into(panel.shape_box, "2-3-2-1")
    keyboard = panel.rows[1].activation
    keyboard.setFocus()
    QTest.keyClick(keyboard, Qt.Key.Key_Down)
    functions = [neuron.activation for neuron in document.project.network.neurons]
    assert functions == ["identity"] * 2 + ["relu"] * 3 + ["tanh"] * 2 + ["sigmoid"]
    assert panel.activation.value is None
    assert panel.activation.placeholderText() == "mixed"
    panel.activation.setFocus()
    QTest.keyClick(panel.activation, Qt.Key.Key_Down)
    assert {n.activation for n in document.project.network.neurons[2:7]} == {panel.activation.value}
    assert undo_texts(document)[1:] == [
        "Set hidden 1 to relu",
        f"Set all hidden layers to {panel.activation.value}",
    ]
    output = panel.rows[3].activation
    output.setFocus()
    QTest.keyClick(output, Qt.Key.Key_Down)
    assert document.project.network.outputs[0].activation == "tanh"


def test_resizing_while_it_trains_keeps_what_was_learned(
    panel: ShapePanel, document: Document, player: Player, next_frame: After
) -> None:
    frame = next_frame(player.step, accept=lambda frame: frame.step > 0)
    network = document.project.network
    first = (network.inputs[0].id, network.neurons[2].id)
    learned = frame.theta[frame.plan.slot[first]]
    assert learned != network.edge_of[first].weight
    frame = next_frame(
        lambda: QTest.mouseClick(panel.rows[1].count.more, LEFT),
        accept=lambda frame: len(frame.plan.network.neurons) == 8,
    )
    assert frame.theta[frame.plan.slot[first]] == learned
    assert frame.step > 0


def test_new_weights_take_the_next_seed_and_begin_again(
    panel: ShapePanel, document: Document, player: Player, next_frame: After
) -> None:
    next_frame(player.step, accept=lambda frame: frame.step > 0)
    seed, before = document.project.training.seed, document.project.network
    frame = next_frame(
        lambda: QTest.mouseClick(panel.new_weights, LEFT), accept=lambda frame: frame.step == 0
    )
    assert document.project.training.seed == seed + 1
    assert document.project.network.edges != before.edges
    assert np.array_equal(frame.theta, frame.plan.start)
    assert undo_texts(document) == ["Draw new weights"]


def test_it_counts_parameters(panel: ShapePanel, document: Document) -> None:
    shown = [label.text() for label in panel.findChildren(QLabel)]
    assert "17 parameters: 12 weights and 5 biases" in shown


def test_layers_that_were_drawn_by_hand_are_left_alone(panel: ShapePanel, document: Document) -> None:
    network = document.project.network
    odd = replace(network, layers=network.layers[::-1])
    document.edit("Turn round", replace(document.project, network=odd))
    assert not is_layered(odd)
    assert not panel.shape_box.isEnabled()
    assert "drawn by hand" in said(panel)
