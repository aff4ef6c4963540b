"""Drawing with the keyboard alone, and what a screen reader hears meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta
from backprop_gui.network import Network
from backprop_gui.project import templates
from backprop_gui.project.edits import move
from backprop_gui.ui import speech, theme
from backprop_gui.ui.canvas import View
from backprop_gui.ui.canvas.gestures.hands import FIRST_SELECT
from backprop_gui.ui.canvas.narrator import EMPTY, QUIET_MS
from backprop_gui.ui.canvas_menu import CanvasMenu
from backprop_gui.ui.panels.inspector import Inspector
from backprop_gui.ui.window import Window
from tests.ui.panel_lab import undo_texts
from tests.ui.windows import open_window, shut

Keys, Modifiers = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """A window on the first template, 2-4-1, with the keyboard on the picture."""
    window = open_window(qtbot, qapp)
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.graphics.hasFocus)
    yield window
    shut(window)


@pytest.fixture
def empty(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """A window on an empty canvas, with the keyboard on it."""
    theme.apply(qapp, False)
    window = Window(templates.load("empty"))
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.graphics.hasFocus)
    yield window
    shut(window)


class Listener:
    """Stands in for Qt's way to screen readers, and keeps what is said."""

    AnnouncementPoliteness = QAccessible.AnnouncementPoliteness

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.urgent: list[str] = []

    def isActive(self) -> bool:
        return True

    def updateAccessibility(self, event: QAccessibleAnnouncementEvent) -> None:
        self.heard.append(event.message())
        if event.politeness() is self.AnnouncementPoliteness.Assertive:
            self.urgent.append(event.message())


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    listener = Listener()
    monkeypatch.setattr(speech, "QAccessible", listener)
    return listener


SPECIAL = {
    "left": Keys.Key_Left,
    "right": Keys.Key_Right,
    "up": Keys.Key_Up,
    "down": Keys.Key_Down,
    "enter": Keys.Key_Return,
    "tab": Keys.Key_Tab,
    "esc": Keys.Key_Escape,
    "delete": Keys.Key_Delete,
    "f2": Keys.Key_F2,
    "space": Keys.Key_Space,
}
PRESSED = {"ctrl": Modifiers.ControlModifier, "shift": Modifiers.ShiftModifier}


def press(window: Window, keys: str) -> None:
    """Press keys such as ``i i ctrl+shift+a right`` where the keyboard is."""
    for word in keys.split():
        *held, key = word.split("+")
        modifiers = Modifiers.NoModifier
        for name in held:
            modifiers |= PRESSED[name]
        goal = QApplication.focusWidget() or window
        QTest.keyClick(goal, SPECIAL.get(key) or key.upper(), modifiers)


def network_of(window: Window) -> Network:
    return window.lab.document.project.network


def edges(window: Window) -> set[str]:
    network = network_of(window)
    return {network.edge_name(edge.source, edge.target) for edge in network.edges}


def selected(window: Window) -> list[str]:
    network = network_of(window)
    return sorted(
        network.edge_name(*key) if isinstance(key, tuple) else network.neuron_of[key].name
        for key in window.lab.selection.keys
    )


def test_a_network_with_a_skip_connection_is_built_and_trained_with_keys_alone(
    empty: Window, qtbot: QtBot
) -> None:
    press(empty, "i i l o")
    assert network_of(empty).shape == "2-3-1"
    press(empty, "left left ctrl+shift+a c enter")
    press(empty, "right ctrl+shift+a c enter")
    assert len(network_of(empty).edges) == 9
    press(empty, "left c enter")
    assert len(network_of(empty).edges) == 10
    assert edges(empty) & {"x1 → ŷ", "x2 → ŷ"}
    assert empty.lab.document.obstacle is None
    empty.lab.player.set_speed(math.inf)
    qtbot.waitUntil(lambda: empty.lab.player.frame is not None)
    press(empty, "space")

    def learned() -> bool:
        frame = empty.lab.player.frame
        return frame is not None and frame.train.accuracy == 1.0

    qtbot.waitUntil(learned, timeout=30_000)
    press(empty, "space")
    assert empty.canvas.graphics.hasFocus()


def test_what_is_added_is_selected_and_stands_beside_the_rest(empty: Window) -> None:
    found = []
    for key in "iilno":
        press(empty, key)
        found.append(selected(empty))
    assert found == [["x1"], ["x2"], ["h1", "h2", "h3"], ["h4"], ["ŷ"]]
    places = [neuron.position for neuron in network_of(empty).neurons]
    gaps = [math.dist(a, b) for i, a in enumerate(places) for b in places[:i]]
    assert min(gaps) > 2 * 31
    columns = sorted({x for x, _ in places})
    by_kind = [network_of(empty).inputs[0].position[0], network_of(empty).outputs[0].position[0]]
    assert by_kind == pytest.approx([columns[0], columns[-1]])


def test_each_possible_target_is_offered_in_turn(window: Window) -> None:
    hint = window.canvas.hint
    press(window, "right")
    assert selected(window) == ["x1"]
    press(window, "c")
    assert hint.text.startswith("Connect x₁ to ŷ. Enter connects;")
    press(window, "down")
    assert "rrows choose another target" in hint.text
    before = edges(window)
    press(window, "left enter")
    assert edges(window) == before, "what is refused stays open"
    assert window.canvas.hands.gesture is not None
    press(window, "tab enter")
    assert edges(window) == before | {"x1 → ŷ"}
    assert window.canvas.hands.gesture is None
    assert selected(window) == ["x1"]
    assert undo_texts(window.lab.document)[-1] == "Connect x1 to ŷ"


def test_what_stands_to_the_right_is_offered_first(empty: Window) -> None:
    press(empty, "i l o left up c")
    assert empty.canvas.hint.text.startswith("Connect h₁ to ŷ.")
    press(empty, "shift+tab")
    assert empty.canvas.hint.text.startswith("Connect h₁ to h₃.")
    press(empty, "tab enter")
    assert edges(empty) == {"h1 → ŷ"}
    assert empty.canvas.graphics.hasFocus()


def test_shift_aims_at_a_whole_layer(empty: Window) -> None:
    press(empty, "i l left c")
    assert empty.canvas.hint.text.startswith("Connect x₁ to h")
    press(empty, "shift+down")
    assert empty.canvas.hint.text.startswith("Connect x₁ to all 3 of hidden.")
    press(empty, "down")
    assert empty.canvas.hint.text.startswith("Connect x₁ to h")
    press(empty, "shift+right enter")
    assert edges(empty) == {"x1 → h1", "x1 → h2", "x1 → h3"}
    assert empty.lab.document.stack.count == 3


def test_connecting_ends_when_the_drawing_changes_or_somebody_gives_up(window: Window) -> None:
    press(window, "right c")
    assert window.canvas.hands.gesture is not None
    before = edges(window)
    press(window, "esc")
    assert window.canvas.hands.gesture is None
    assert selected(window) == ["x1"]
    press(window, "c delete")
    assert window.canvas.hands.gesture is None
    assert "x1" not in {neuron.name for neuron in network_of(window).neurons}
    press(window, "ctrl+z right")
    assert edges(window) == before


def test_tidying_shows_all_of_the_network_and_so_does_taking_it_back(window: Window) -> None:
    canvas, ids = window.canvas, [neuron.id for neuron in network_of(window).neurons]

    def seen() -> bool:
        return all(canvas.rect().contains(canvas.place_of(id).toRect()) for id in ids)

    editor = window.lab.editor
    assert editor.attempt(lambda project: move(project, ids, 3000.0, 2000.0))
    assert seen()
    canvas.zoom_in()
    press(window, "ctrl+l")
    assert seen()
    canvas.zoom_in()
    press(window, "ctrl+z")
    assert seen()


def test_letters_are_no_commands_while_a_target_is_chosen(window: Window) -> None:
    window.canvas.set_selection(frozenset({window.lab.document.project.network.inputs[0].id}))
    before = window.lab.document.project
    press(window, "c")
    gesture, text = window.canvas.hands.gesture, window.canvas.hint.text
    assert gesture is not None
    for key in ("n", "l", "i", "z", "c"):
        press(window, key)
    assert window.canvas.hands.gesture is gesture
    assert window.canvas.hint.text == text
    assert window.lab.document.project is before
    press(window, "esc")
    press(window, "n")
    assert window.lab.document.project is not before


def test_connecting_from_nothing_says_what_is_missing(window: Window) -> None:
    press(window, "c")
    assert window.canvas.hint.text == FIRST_SELECT
    assert window.canvas.hands.gesture is None


def test_the_arrow_keys_go_on_beside_what_was_deleted(window: Window) -> None:
    press(window, "right right down down")
    (gone,) = selected(window)
    place = next(n.position for n in network_of(window).neurons if n.name == gone)
    press(window, "delete")
    assert selected(window) == []
    press(window, "down")
    (name,) = selected(window)
    near = min(network_of(window).neurons, key=lambda n: math.dist(n.position, place))
    assert name == near.name != gone


def test_keys_extend_nudge_and_walk_over_edges(window: Window) -> None:
    press(window, "right right")
    (first,) = selected(window)
    press(window, "shift+down shift+down")
    assert len(selected(window)) == 3
    before = {n.name: n.position for n in network_of(window).neurons}
    press(window, "ctrl+right ctrl+right ctrl+down")
    after = {n.name: n.position for n in network_of(window).neurons}
    for name in selected(window):
        assert after[name] == (before[name][0] + 20, before[name][1] + 10)
    assert window.lab.document.stack.count == 1, "nudges that follow each other are one step"
    press(window, "up")
    press(window, "ctrl+right")
    assert window.lab.document.stack.count == 2, "those of others are not"
    press(window, "tab")
    assert "→" in selected(window)[0]
    assert first in before


@pytest.mark.parametrize("key", ["enter", "f2"])
def test_a_neuron_an_edge_and_a_layer_are_edited_in_place(window: Window, key: str) -> None:
    form = window.drawing.in_place
    press(window, f"right right {key}")
    assert form.isVisible()
    assert form.accessibleName().startswith("Neuron h")
    QTest.keyClicks(QApplication.focusWidget(), "0.25")
    press(window, "enter")
    assert not form.isVisible()
    assert window.canvas.graphics.hasFocus()
    assert 0.25 in {neuron.bias for neuron in network_of(window).neurons}
    press(window, f"tab {key}")
    assert "→" in form.accessibleName()
    QTest.keyClicks(QApplication.focusWidget(), "1/4")
    press(window, "enter")
    assert 0.25 in {edge.weight for edge in network_of(window).edges}
    press(window, f"right left ctrl+shift+a {key}")
    assert form.accessibleName().startswith("Layer hidden")
    QTest.keyClicks(QApplication.focusWidget(), "managers")
    press(window, "tab")
    box = QApplication.focusWidget()
    assert box is not None
    assert box.accessibleName() == "neurons"
    assert box.toolTip()
    press(window, "esc")
    assert "managers" not in {layer.name for layer in network_of(window).layers}
    assert window.canvas.graphics.hasFocus()


def test_the_inspector_is_a_key_away_and_gives_the_keyboard_back(window: Window) -> None:
    press(window, "right right ctrl+i")
    inspector = window.panels["inspector"]
    assert isinstance(inspector, Inspector)
    assert inspector.parts.name.hasFocus()
    QTest.keyClicks(inspector.parts.name, "boss")
    press(window, "enter")
    assert window.canvas.graphics.hasFocus()
    assert "boss" in {neuron.name for neuron in network_of(window).neurons}
    press(window, "ctrl+i shift+tab")
    assert inspector.parts.activation.hasFocus()
    press(window, "down esc")
    assert window.canvas.graphics.hasFocus()
    assert "ReLU" in undo_texts(window.lab.document)[-1]
    press(window, "right left tab ctrl+i")
    assert inspector.parts.value.hasFocus()
    press(window, "esc")
    assert window.canvas.graphics.hasFocus()


def test_the_menu_key_is_about_what_is_selected(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[list[str]] = []
    monkeypatch.setattr(CanvasMenu, "show_at", lambda menu, where: shown.append(words_of(menu)))
    graphics = window.canvas.graphics

    def press_menu() -> list[str]:
        middle = graphics.rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, graphics.mapToGlobal(middle))
        QApplication.sendEvent(graphics.viewport(), event)
        return shown[-1]

    assert any(word.startswith("Add ") for word in press_menu())
    press(window, "right right")
    before = selected(window)
    assert "Edit name and bias…" in press_menu()
    assert selected(window) == before
    press(window, "tab")
    assert "Edit weight…" in press_menu()
    press(window, "left ctrl+shift+a")
    assert "Edit name and size…" in press_menu()


def words_of(menu: CanvasMenu) -> list[str]:
    words = [action.text().partition("\t")[0] for action in menu.actions()]
    menu.deleteLater()
    return words


# ---- what a screen reader hears


def test_walking_says_a_few_words_and_the_description_has_the_rest(
    window: Window, listener: Listener
) -> None:
    press(window, "right right down")
    canvas, key = window.canvas, window.lab.selection.current
    assert isinstance(key, int)
    frame = window.lab.player.frame
    assert frame is not None
    heard = listener.heard[-1]
    name = network_of(window).neuron_of[key].name
    number = f"{frame.trace.delta[0, frame.plan.column[key]]:.3g}".replace("-", "−")
    assert heard.startswith(f"neuron {name}, tanh, delta {number[:5]}")
    spoken = QAccessible.queryAccessibleInterface(canvas.graphics)
    assert spoken is not None
    assert spoken.text(QAccessible.Text.Name) == "Network picture"
    description = spoken.text(QAccessible.Text.Description)
    assert description.startswith(f"{heard}. z, weighted sum ")
    assert "∂L/∂b" in description
    # Under other conventions it has the letter that is seen.
    canvas.set_conventions(Conventions(Delta.BY_A))
    assert canvas._narrator.words().startswith(f"neuron {name}, tanh, e ")


def test_inputs_edges_views_and_what_is_frozen_are_told_apart(window: Window, listener: Listener) -> None:
    press(window, "right")
    assert listener.heard[-1] == "input x1, value 0"
    press(window, "tab")
    assert listener.heard[-1].startswith("weight x1 to h1, ")
    press(window, "z")
    assert "Freeze x1 → h1" in listener.heard
    press(window, "right")
    press(window, "1")
    assert window.canvas.view is View.FORWARD
    assert "activation " in listener.heard[-1]
    press(window, "ctrl+shift+a")
    assert listener.heard[-1].startswith("4 selected, layer hidden, neuron h1, tanh")
    press(window, "esc")
    assert listener.heard[-1].startswith("A 2-4-1 network")


def test_numbers_are_told_when_training_has_stood_still_and_not_before(
    window: Window, listener: Listener, qtbot: QtBot
) -> None:
    window.lab.player.set_speed(math.inf)
    press(window, "right right down")
    said = len(listener.heard)
    press(window, "space")
    qtbot.wait(2 * QUIET_MS)
    assert len(listener.heard) == said, "nobody can listen to sixty frames a second"
    press(window, "space")
    qtbot.waitUntil(lambda: len(listener.heard) > said)
    assert listener.heard[-1].startswith("neuron h")


def test_refusals_and_notes_are_heard_at_once(empty: Window, listener: Listener) -> None:
    press(empty, "c")
    assert listener.urgent == [FIRST_SELECT]
    press(empty, "i i")
    assert "Add x2 to the layer input" in listener.heard
    press(empty, "c")
    assert "x" in listener.urgent[-1]
    assert "rrows choose another target" in listener.urgent[-1]
    press(empty, "esc l left c")
    assert listener.heard[-1].startswith("Connect x"), "small digits are said as digits"
    assert not set("₀₁₂₃") & set("".join(listener.heard))


def test_an_empty_canvas_says_how_to_begin(empty: Window) -> None:
    assert empty.canvas.graphics.accessibleDescription() == EMPTY


def test_a_layer_is_inserted_by_keys(window: Window) -> None:
    press(window, "shift+l")
    assert "Select a layer" in window.canvas.hint.text
    press(window, "right right")
    before = network_of(window)
    (hidden,) = window.drawing.editor.neurons
    press(window, "shift+l")
    network, new = network_of(window), window.drawing.editor.neurons
    assert len(network.layers) == len(before.layers) + 1
    layer = before.members[before.neuron_of[hidden].layer]
    for id in new:
        assert {edge.source for edge in network.incoming[id]} == {neuron.id for neuron in layer}
        assert {edge.target for edge in network.outgoing[id]} == {neuron.id for neuron in before.outputs}
    window.lab.selection.set(frozenset(neuron.id for neuron in network.outputs))
    press(window, "shift+l")
    assert "Nothing comes behind" in window.canvas.hint.text
    assert network_of(window) is network
