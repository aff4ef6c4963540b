"""Changing names and numbers where they are drawn: what is taken, what is refused, and when the form goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from backprop_gui.project import edits
from backprop_gui.ui.canvas.inplace import InPlace
from tests.ui.hand import Hand, a_window
from tests.ui.test_gestures import a_drawing, layer_of, pair


@pytest.fixture(params=["paused", "training"])
def hand(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Iterator[Hand]:
    """A hand on a 2-3-2-1 network on XOR, at rest and while it trains at full speed."""
    with a_window(a_drawing(), qtbot, qapp) as window:
        if request.param == "training":
            window.lab.player.play()
        yield Hand(window)
        assert window.banner.isHidden()


def form(hand: Hand) -> InPlace:
    found = hand.canvas.findChild(InPlace)
    assert isinstance(found, InPlace)
    return found


def box(hand: Hand, caption: str) -> QLineEdit:
    return next(one for one in form(hand).findChildren(QLineEdit) if one.accessibleName() == caption)


def write(field: QLineEdit, text: str, *ends: Qt.Key) -> None:
    field.selectAll()
    if text.isascii():
        QTest.keyClicks(field, text)
    else:
        field.insert(text)
    for key in ends:
        QTest.keyClick(field, key)


def test_a_neuron_gets_another_name_and_bias(hand: Hand) -> None:
    id = hand.neuron("h1").id
    hand.double_click(hand.at("h1"))
    assert form(hand).isVisible()
    assert box(hand, "bias b").hasFocus()
    assert box(hand, "name").text() == "h1"
    write(box(hand, "bias b"), "1/4")
    write(box(hand, "name"), "first", Qt.Key.Key_Return)
    assert form(hand).isHidden()
    assert hand.canvas.graphics.hasFocus()
    assert hand.network.neuron_of[id].name == "first"
    assert hand.network.neuron_of[id].bias == 0.25
    assert hand.steps == ["Rename h1 to first, set b of first to 0.25"]
    hand.window.lab.document.stack.undo()
    assert hand.neuron("h1").id == id


def test_a_double_click_on_a_name_renames(hand: Hand) -> None:
    hand.canvas.fit()
    id = hand.neuron("h1").id
    x, y = hand.at("h1")
    picture, zoom = hand.canvas.scene.picture, hand.canvas.graphics.zoom
    hand.double_click((x, y - float(picture.radius[picture.index[id]]) - 14 / zoom))
    assert box(hand, "name").hasFocus()
    assert hand.window.lab.selection.keys == {id}
    write(box(hand, "name"), "first", Qt.Key.Key_Return)
    assert hand.network.neuron_of[id].name == "first"


@pytest.mark.parametrize(("text", "value"), [("1/3", 1 / 3), ("0,5", 0.5), ("-2e-3", -2e-3), ("−4", -4.0)])
def test_a_weight_is_typed(hand: Hand, text: str, value: float) -> None:
    key = pair(hand, "x1", "h1")
    hand.double_click(hand.edge("x1", "h1", 0.3))
    assert box(hand, "weight w").hasFocus()
    write(box(hand, "weight w"), text, Qt.Key.Key_Return)
    assert hand.network.edge_of[key].weight == value
    assert len(hand.steps) == 1
    assert hand.steps[0].startswith("Set w of x1 → h1 to ")
    live = hand.window.lab.player.ask(lambda trainer: trainer.plan.start[trainer.plan.slot[key]]).result(10)
    assert live == value


@pytest.mark.parametrize("text", ["rubbish", "1/0", "", "1_000"])
def test_rubbish_is_refused_with_a_sentence(hand: Hand, text: str) -> None:
    before = hand.window.lab.document.project
    hand.double_click(hand.edge("x1", "h1", 0.3))
    field = box(hand, "weight w")
    if text:
        write(field, text, Qt.Key.Key_Return)
    else:
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert form(hand).isVisible()
    assert field.hasFocus()
    assert form(hand)._message.text().endswith(".")
    hand.double_click(hand.at("h2"))
    assert box(hand, "weight w") is field, "the form stays until the number is right or given up"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert form(hand).isHidden()
    assert hand.window.lab.document.project is before


def test_a_number_without_end_is_refused(hand: Hand) -> None:
    before = hand.window.lab.document.project
    hand.double_click(hand.edge("x1", "h1", 0.3))
    write(box(hand, "weight w"), "1e999", Qt.Key.Key_Return)
    assert "1e999" in form(hand)._message.text()
    QTest.keyClick(box(hand, "weight w"), Qt.Key.Key_Escape)
    hand.double_click(hand.heading(layer_of(hand, "h1")))
    for text in ("1e999", "inf", "nan"):
        write(box(hand, "neurons"), text, Qt.Key.Key_Return)
        assert text in form(hand)._message.text()
    QTest.keyClick(box(hand, "neurons"), Qt.Key.Key_Escape)
    assert form(hand).isHidden()
    assert hand.window.lab.document.project is before


def test_escape_takes_back_and_a_click_elsewhere_takes(hand: Hand) -> None:
    key = hand.neuron("h2").id
    bias = hand.network.neuron_of[key].bias
    hand.double_click(hand.at("h2"))
    write(box(hand, "bias b"), "3", Qt.Key.Key_Escape)
    assert form(hand).isHidden()
    assert hand.network.neuron_of[key].bias == bias
    assert hand.steps == []
    hand.double_click(hand.at("h2"))
    write(box(hand, "bias b"), "3")
    hand.canvas.graphics.setFocus(Qt.FocusReason.MouseFocusReason)
    assert form(hand).isHidden()
    assert hand.network.neuron_of[key].bias == 3
    assert hand.steps == ["Set b of h2 to 3"]


def test_a_layer_gets_another_name_and_size(hand: Hand) -> None:
    layer = layer_of(hand, "h1")
    hand.double_click(hand.heading(layer))
    assert box(hand, "name").hasFocus()
    write(box(hand, "name"), "first")
    write(box(hand, "neurons"), "5", Qt.Key.Key_Return)
    assert hand.network.layer_of[layer].name == "first"
    assert len(hand.network.members[layer]) == 5
    hand.double_click(hand.heading(layer))
    write(box(hand, "neurons"), "2.5", Qt.Key.Key_Return)
    assert "whole number" in form(hand)._message.text()
    write(box(hand, "name"), "second")
    write(box(hand, "neurons"), "0", Qt.Key.Key_Return)
    assert form(hand).isVisible(), "what was typed stays when it is refused"
    assert box(hand, "neurons").hasFocus()
    assert "1 to" in form(hand)._message.text()
    assert (hand.network.layer_of[layer].name, len(hand.network.members[layer])) == ("first", 5)
    write(box(hand, "neurons"), "2", Qt.Key.Key_Return)
    assert (hand.network.layer_of[layer].name, len(hand.network.members[layer])) == ("second", 2)
    assert len(hand.steps) == 2


def test_an_input_has_only_a_name(hand: Hand) -> None:
    hand.click(hand.at("x1"))
    hand.key(Qt.Key.Key_F2)
    assert [one.accessibleName() for one in form(hand).findChildren(QLineEdit) if one.isVisible()] == ["name"]
    write(box(hand, "name"), " ", Qt.Key.Key_Return)
    assert hand.neuron("x1")
    assert hand.text.endswith(".")


def test_enter_opens_what_is_selected_and_nothing_changed_is_no_step(hand: Hand) -> None:
    hand.click(hand.at("h1"))
    hand.key(Qt.Key.Key_Return)
    assert form(hand).isVisible()
    QTest.keyClick(box(hand, "bias b"), Qt.Key.Key_Return)
    assert form(hand).isHidden()
    assert hand.steps == []


def test_the_form_goes_with_what_it_changes(hand: Hand) -> None:
    key = hand.neuron("h1").id
    hand.double_click(hand.at("h1"))
    write(box(hand, "bias b"), "7")
    hand.window.lab.editor.attempt(lambda project: edits.remove(project, [key]))
    assert form(hand).isHidden()
    hand.window.lab.document.stack.undo()
    assert hand.network.neuron_of[key].bias != 7
    hand.double_click(hand.at("h1"))
    write(box(hand, "bias b"), "7")
    hand.window.lab.document.open(a_drawing(), None)
    assert form(hand).isHidden()
    assert hand.steps == []
    assert hand.neuron("h1").bias != 7


def test_the_form_is_as_large_as_what_it_holds_and_stays_inside(hand: Hand) -> None:
    hand.double_click(hand.at("h1"))
    inside = form(hand).layout()
    assert inside is not None
    assert form(hand).height() >= inside.totalSizeHint().height() > 60
    plain = form(hand).height()
    write(box(hand, "bias b"), "this is certainly no number at all", Qt.Key.Key_Return)
    assert form(hand).height() > plain
    assert form(hand).height() >= inside.totalHeightForWidth(form(hand).width())
    assert hand.canvas.rect().contains(form(hand).geometry())
