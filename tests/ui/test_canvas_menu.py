"""The context menu: what it offers in each place, and that what it offers is done there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from backprop_gui.network import Kind
from backprop_gui.ui.canvas.inplace import InPlace
from backprop_gui.ui.canvas_menu import CanvasMenu
from backprop_gui.ui.panels.over_time import OverTimePanel
from tests.ui.conftest import a_project
from tests.ui.hand import SHIFT, Hand, Point, a_window
from tests.ui.test_gestures import a_drawing, ids, layer_of, moving, pair

OPENED: list[CanvasMenu] = []
"""The menus that were opened, the newest last."""


@pytest.fixture(autouse=True)
def _no_popups(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep menus off the screen, where the one without a display complains about popups."""
    monkeypatch.setattr(CanvasMenu, "popup", lambda self, where: OPENED.append(self))
    yield
    OPENED.clear()


@pytest.fixture(params=["paused", "training"])
def hand(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Iterator[Hand]:
    """A hand on a 2-3-2-1 network on XOR, at rest and while it trains at full speed."""
    with a_window(a_drawing(), qtbot, qapp) as window:
        if request.param == "training":
            window.lab.player.play()
        yield Hand(window)
        assert window.banner.isHidden()


def menu_at(hand: Hand, at: Point) -> CanvasMenu:
    """Open the menu at a place."""
    hand.right_click(at)
    return OPENED[-1]


def dismiss(menu: CanvasMenu) -> None:
    """Close it, as a choice or a click elsewhere does."""
    menu.aboutToHide.emit()


def texts(menu: QMenu) -> list[str]:
    return [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]


def action(menu: QMenu, text: str) -> QAction:
    return next(one for one in menu.actions() if one.text().partition("\t")[0] == text)


def choose(menu: CanvasMenu, text: str) -> None:
    action(menu, text).trigger()
    dismiss(menu)


def test_a_neuron(hand: Hand) -> None:
    menu = menu_at(hand, hand.at("h1"))
    assert hand.window.lab.selection.keys == ids(hand, "h1")
    for text in (
        "Edit name and bias…",
        "Connect with…",
        "Bias",
        "Frozen",
        "Copy",
        "Cut",
        "Duplicate",
        "Delete",
    ):
        assert text in texts(menu), text
    assert action(menu, "Bias").isChecked()
    assert not action(menu, "Frozen").isChecked()
    choose(menu, "Frozen")
    assert hand.neuron("h1").frozen
    assert hand.steps[-1] == "Freeze h1"
    into = hand.network.incoming[hand.neuron("h1").id]
    assert into
    assert all(edge.frozen for edge in hand.network.edges if edge in into)
    assert sum(edge.frozen for edge in hand.network.edges) == len(into)
    choose(menu_at(hand, hand.at("h1")), "Bias")
    assert hand.neuron("h1").bias is None
    menu = menu_at(hand, hand.at("h1"))
    assert action(menu, "Frozen").isChecked(), "its weights still are"
    choose(menu, "Frozen")
    assert not any(edge.frozen for edge in hand.network.edges)
    menu = menu_at(hand, hand.at("h1"))
    activations = next(one for one in menu.findChildren(QMenu) if one.title() == "Activation")
    action(activations, "ReLU").trigger()
    dismiss(menu)
    assert hand.neuron("h1").activation == "relu"
    assert hand.steps == ["Freeze h1", "Switch the bias of h1 off", "Unfreeze h1", "Set h1 to ReLU"]


def test_an_input_has_no_bias_and_no_activation(hand: Hand) -> None:
    menu = menu_at(hand, hand.at("x1"))
    assert "Edit name…" in texts(menu)
    assert not {"Bias", "Frozen", "Activation"} & set(texts(menu))
    dismiss(menu)


def test_an_edge(hand: Hand) -> None:
    key = pair(hand, "x1", "h1")
    at = hand.edge("x1", "h1", 0.3)
    menu = menu_at(hand, at)
    assert hand.window.lab.selection.keys == {key}
    assert "Copy" not in texts(menu)
    choose(menu, "Split with a neuron")
    assert key not in hand.network.edge_of
    hand.window.lab.document.stack.undo()
    choose(menu_at(hand, at), "Edit weight…")
    form = hand.canvas.findChild(InPlace)
    assert isinstance(form, InPlace)
    assert form.isVisible()
    form.close_form()
    choose(menu_at(hand, at), "Delete")
    assert key not in hand.network.edge_of


def test_what_is_under_the_pointer_is_shown_over_time(hand: Hand, qtbot: QtBot) -> None:
    choose(menu_at(hand, hand.edge("x1", "h1", 0.3)), "Show over time")
    panel = hand.window.panels["over-time"]
    assert isinstance(panel, OverTimePanel)
    wanted = (pair(hand, "x1", "h1"),)
    qtbot.waitUntil(lambda: panel.trails is not None and panel.trails.keys == wanted)
    assert panel.isVisible()


def test_what_is_selected_stays_selected(hand: Hand) -> None:
    hand.click(hand.at("h1"))
    hand.click(hand.at("h2"), SHIFT)
    menu = menu_at(hand, hand.at("h2"))
    assert hand.window.lab.selection.keys == ids(hand, "h1", "h2")
    choose(menu, "Delete")
    assert len(hand.network.neurons) == 6


def test_a_layer(hand: Hand) -> None:
    layer = layer_of(hand, "h1")
    menu = menu_at(hand, hand.heading(layer))
    for text in ("Edit name and size…", "Add a neuron", "Activation", "Draw its weights anew", "Frozen"):
        assert text in texts(menu), text
    choose(menu, "Add a neuron")
    assert len(hand.network.members[layer]) == 4
    choose(menu_at(hand, hand.heading(layer)), "Frozen")
    assert all(edge.frozen for n in hand.network.members[layer] for edge in hand.network.incoming[n.id])
    before = [edge.weight for edge in hand.network.edges]
    menu = menu_at(hand, hand.heading(layer_of(hand, "g1")))
    anew = next(one for one in menu.findChildren(QMenu) if one.title() == "Draw its weights anew")
    anew.actions()[0].trigger()
    dismiss(menu)
    assert [edge.weight for edge in hand.network.edges] != before
    menu = menu_at(hand, hand.heading(layer_of(hand, "x1")))
    assert "Activation" not in texts(menu)
    dismiss(menu)


def test_a_large_layer_is_opened_and_folded(qtbot: QtBot, qapp: QApplication) -> None:
    with a_window(a_project(hidden=(40,)), qtbot, qapp) as window:
        hand = Hand(window)
        layer = next(n.layer for n in hand.network.neurons if n.kind is Kind.HIDDEN)
        choose(menu_at(hand, hand.heading(layer)), "Draw neuron by neuron")
        assert not hand.canvas.scene.maps
        choose(menu_at(hand, hand.heading(layer)), "Fold into a heat map")
        assert hand.canvas.scene.maps


def test_the_ground(hand: Hand) -> None:
    hand.click(hand.at("h1"))
    hand.window.drawing.copy()
    at = hand.ground()
    menu = menu_at(hand, at)
    assert not hand.window.lab.selection.keys
    for text in (
        "Add neuron here",
        "Add layer here",
        "Add input here",
        "Paste here",
        "Select all",
        "Tidy",
        "Fit",
    ):
        assert text in texts(menu), text
    choose(menu, "Paste here")
    (pasted,) = hand.window.lab.editor.neurons
    assert hand.network.neuron_of[pasted].position == pytest.approx(at, abs=2)
    choose(menu_at(hand, (at[0], at[1] - 60)), "Add neuron here")
    assert len(hand.network.neurons) == 10
    QApplication.clipboard().setText('{"format": 1, "network": [')
    choose(menu_at(hand, (at[0] - 110, at[1])), "Paste here")
    assert "clipboard" in hand.text


def test_a_right_click_in_mid_drag_gives_the_drag_up(hand: Hand) -> None:
    before = hand.window.lab.document.project
    moving(hand)
    menu = menu_at(hand, hand.ground())
    assert hand.is_idle()
    dismiss(menu)
    hand.release()
    assert hand.window.lab.document.project is before


def test_a_layer_is_inserted_behind_another(hand: Hand) -> None:
    layer, after = layer_of(hand, "h1"), layer_of(hand, "g1")
    choose(menu_at(hand, hand.heading(layer)), "Insert a layer of 3 behind this one")
    new = hand.window.lab.editor.neurons
    assert len(new) == 3
    assert {e.source for id in new for e in hand.network.incoming[id]} == {
        n.id for n in hand.network.members[layer]
    }
    assert {e.target for id in new for e in hand.network.outgoing[id]} == {
        n.id for n in hand.network.members[after]
    }
    menu = menu_at(hand, hand.heading(layer_of(hand, "ŷ")))
    assert not [text for text in texts(menu) if text.startswith("Insert")]
