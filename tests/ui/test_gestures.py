"""The mouse on the picture: every gesture, what its ghost says before, what is left of it, and what interrupts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import hypot

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.network import Network
from backprop_gui.project import Project, edits
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.gestures.spots import layer_boxes
from backprop_gui.ui.canvas.picture import RADIUS
from backprop_gui.ui.player import State
from tests.ui.conftest import a_project
from tests.ui.hand import ALT, CTRL, LEFT, SHIFT, Hand, a_window


def a_drawing(**training: object) -> Project:
    """Return a 2-3-2-1 network on XOR whose hidden neurons have short names."""
    project = a_project(hidden=(3, 2), **training)
    names = dict(zip(("h1.1", "h1.2", "h1.3", "h2.1", "h2.2"), ("h1", "h2", "h3", "g1", "g2"), strict=True))
    network = project.network
    renamed = network.with_neurons(replace(n, name=names.get(n.name, n.name)) for n in network.neurons)
    return replace(project, network=renamed)


@pytest.fixture(params=["paused", "training"])
def hand(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Iterator[Hand]:
    """A hand on a 2-3-2-1 network on XOR, at rest and while it trains at full speed."""
    with a_window(a_drawing(batch_size=0), qtbot, qapp) as window:
        if request.param == "training":
            window.lab.player.play()
        yield Hand(window)
        player = window.lab.player
        assert request.param == "paused" or player.state is State.RUNNING or window.lab.document.obstacle
        assert window.banner.isHidden()


@pytest.fixture
def still(qtbot: QtBot, qapp: QApplication) -> Iterator[Hand]:
    """The same, at rest only."""
    with a_window(a_drawing(), qtbot, qapp) as window:
        yield Hand(window)


def ids(hand: Hand, *names: str) -> frozenset[int]:
    return frozenset(hand.neuron(name).id for name in names)


def pair(hand: Hand, source: str, target: str) -> tuple[int, int]:
    return hand.neuron(source).id, hand.neuron(target).id


def layer_of(hand: Hand, name: str) -> int:
    return hand.neuron(name).layer


def names_of(network: Network) -> list[str]:
    return [neuron.name for neuron in network.neurons]


# ---- selecting


def test_clicks_select(hand: Hand) -> None:
    selection = hand.window.lab.selection
    hand.click(hand.at("h1"))
    assert selection.keys == ids(hand, "h1")
    assert selection.current == hand.neuron("h1").id
    hand.click(hand.rim("h2"))
    assert selection.keys == ids(hand, "h2")
    hand.click(hand.edge("x1", "h1", 0.3))
    assert selection.keys == {pair(hand, "x1", "h1")}
    hand.click(hand.heading(layer_of(hand, "h1")))
    assert selection.keys == ids(hand, "h1", "h2", "h3")
    hand.click(hand.ground())
    assert not selection.keys
    assert hand.steps == []


@pytest.mark.parametrize("keys", [SHIFT, CTRL])
def test_clicks_with_a_key_add_and_take_away(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    selection = hand.window.lab.selection
    hand.click(hand.at("h1"))
    hand.click(hand.at("h2"), keys)
    hand.click(hand.edge("x1", "h1", 0.3), keys)
    assert selection.keys == ids(hand, "h1", "h2") | {pair(hand, "x1", "h1")}
    hand.click(hand.at("h1"), keys)
    assert selection.keys == ids(hand, "h2") | {pair(hand, "x1", "h1")}
    hand.click(hand.ground(), keys)
    assert selection.keys == ids(hand, "h2") | {pair(hand, "x1", "h1")}
    hand.click(hand.heading(layer_of(hand, "x1")), keys)
    assert ids(hand, "x1", "x2", "h2") <= selection.keys
    assert hand.steps == []


def band(hand: Hand, name: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return two corners around the layer of a neuron."""
    box = layer_boxes(hand.canvas.scene)[layer_of(hand, name)]
    return (box.left() + 2, box.top() + 2), (box.right() - 2, box.bottom() - 2)


def test_a_rubber_band_selects_what_is_inside(hand: Hand) -> None:
    selection = hand.window.lab.selection
    hand.click(hand.at("x1"))
    start, end = band(hand, "h1")
    hand.begin(start, end)
    box = hand.canvas.hands.ghost.boxes[0]
    assert box.left() == pytest.approx(start[0], abs=2)
    assert box.bottom() == pytest.approx(end[1], abs=2)
    assert hand.text == "3 neurons"
    hand.release()
    assert selection.keys == ids(hand, "h1", "h2", "h3")
    assert hand.is_idle()
    start, end = band(hand, "x1")
    hand.drag(start, end, keys=CTRL)
    assert selection.keys == ids(hand, "h1", "h2", "h3", "x1", "x2")
    hand.begin(start, end)
    hand.key(Qt.Key.Key_Escape)
    assert selection.keys == ids(hand, "h1", "h2", "h3", "x1", "x2")
    assert hand.is_idle()


def test_keys_select_everything_and_layers(hand: Hand) -> None:
    selection = hand.window.lab.selection
    hand.key(Qt.Key.Key_A, CTRL)
    assert selection.keys == {neuron.id for neuron in hand.network.neurons}
    hand.click(hand.at("h2"))
    hand.key(Qt.Key.Key_A, CTRL | SHIFT)
    assert selection.keys == ids(hand, "h1", "h2", "h3")
    hand.key(Qt.Key.Key_Escape)
    assert not selection.keys


# ---- moving


def test_a_neuron_is_moved_in_one_step(hand: Hand) -> None:
    before, (x, y) = hand.window.lab.document.project, hand.at("h2")
    hand.begin((x, y), (x + 40, y + 25), (x + 21, y + 33))
    assert hand.canvas.scene.lifted.lift is not None
    hand.release()
    assert hand.neuron("h2").position == pytest.approx((x + 21, y + 33), abs=1.5)
    assert hand.steps == ["Move h2"]
    assert hand.is_idle()
    assert hand.window.lab.selection.keys == ids(hand, "h2")
    hand.key(Qt.Key.Key_Z, CTRL)
    assert hand.window.lab.document.project == before
    assert hand.steps == []


def test_all_that_is_selected_moves_and_the_rest_stays(hand: Hand) -> None:
    places = {neuron.name: neuron.position for neuron in hand.network.neurons}
    hand.click(hand.at("h1"))
    hand.click(hand.at("x1"), SHIFT)
    x, y = hand.at("h1")
    hand.drag((x, y), (x + 33, y + 21), keys=ALT)
    for neuron in hand.network.neurons:
        dx, dy = (33, 21) if neuron.name in ("h1", "x1") else (0, 0)
        was = places[neuron.name]
        assert neuron.position == pytest.approx((was[0] + dx, was[1] + dy), abs=1.5), neuron.name
    assert hand.steps == ["Move 2 neurons"]
    hand.click(hand.at("h1"))
    assert hand.window.lab.selection.keys == ids(hand, "h1")


def test_a_layer_is_moved_by_its_heading(hand: Hand) -> None:
    (x, y), place = hand.heading(layer_of(hand, "h1")), hand.neuron("h1").position
    hand.drag((x, y), (x + 30, y + 70), keys=ALT)
    assert hand.steps == ["Move the layer hidden 1"]
    assert hand.neuron("h1").position == pytest.approx((place[0] + 30, place[1] + 70), abs=1.5)


def test_guides_align_and_alt_moves_freely(hand: Hand) -> None:
    (x, y), other = hand.at("h2"), hand.at("x1")
    near = 4 / hand.canvas.graphics.zoom
    end = (x + 50, other[1] + near)
    hand.begin((x, y), end)
    guides = hand.canvas.hands.ghost.guides
    assert any(guide.y1() == guide.y2() == pytest.approx(other[1]) for guide in guides)
    assert hand.text == "Hold Ctrl to move without guides."
    hand.move(end, ALT)
    assert not hand.canvas.hands.ghost.guides
    assert hand.text == ""
    hand.move(end)
    hand.release()
    assert hand.neuron("h2").position[1] == pytest.approx(hand.neuron("x1").position[1], abs=1e-9)
    x, y = hand.at("h1")
    hand.drag((x, y), (x + 50, other[1] + near), keys=ALT)
    assert hand.neuron("h1").position[1] == pytest.approx(other[1] + near, abs=1.5)
    assert hand.neuron("h1").position[1] != hand.neuron("x1").position[1]


def test_a_press_that_hardly_moves_is_a_click(hand: Hand) -> None:
    x, y = hand.at("h2")
    hand.drag((x, y), (x + 2 / hand.canvas.graphics.zoom, y))
    assert hand.steps == []
    assert hand.window.lab.selection.keys == ids(hand, "h2")


# ---- connecting


def without(hand: Hand, *pairs: tuple[str, str]) -> None:
    """Cut edges, so that they can be drawn."""
    hand.window.lab.selection.set(frozenset(pair(hand, *ends) for ends in pairs))
    hand.window.lab.editor.delete()


def test_an_edge_is_drawn_from_a_rim(hand: Hand) -> None:
    without(hand, ("x1", "h2"))
    hand.begin(hand.rim("x1"), hand.at("h2"))
    ghost = hand.canvas.hands.ghost
    assert (len(ghost.lines), ghost.arrow, ghost.refused) == (1, True, False)
    (x, y, radius), place = ghost.rings[0], hand.at("h2")
    assert (x, y) == pytest.approx(place)
    assert radius > 0
    assert hand.text == "Connect x₁ to h₂"
    hand.release()
    assert pair(hand, "x1", "h2") in hand.network.edge_of
    assert hand.steps[-1] == "Connect x1 to h2"
    assert hand.is_idle()


def test_a_neuron_is_connected_with_a_whole_layer(hand: Hand) -> None:
    without(hand, ("x1", "h1"), ("x1", "h2"), ("x1", "h3"))
    hand.begin(hand.rim("x1"), hand.heading(layer_of(hand, "h1")))
    ghost = hand.canvas.hands.ghost
    assert (len(ghost.lines), len(ghost.rings), len(ghost.boxes)) == (3, 3, 1)
    assert hand.text == "Connect x₁ to all 3 of hidden 1"
    hand.release()
    assert {pair(hand, "x1", name) for name in ("h1", "h2", "h3")} <= set(hand.network.edge_of)
    assert hand.steps[-1] == "Connect x1 to the layer hidden 1"


def test_a_selection_is_connected_with_a_neuron_and_with_a_layer(hand: Hand) -> None:
    hand.click(hand.heading(layer_of(hand, "x1")))
    hand.begin(hand.rim("x2"), hand.at("ŷ"))
    assert len(hand.canvas.hands.ghost.lines) == 2
    assert hand.text == "Connect 2 neurons to ŷ"
    hand.release()
    assert {pair(hand, name, "ŷ") for name in ("x1", "x2")} <= set(hand.network.edge_of)
    second = layer_of(hand, "g1")
    hand.begin(hand.rim("x2"), hand.heading(second))
    assert len(hand.canvas.hands.ghost.lines) == 4
    assert hand.text == "Connect 2 neurons to all 2 of hidden 2"
    hand.release()
    assert len(hand.network.incoming[hand.network.members[second][0].id]) == 5
    assert len(hand.steps) == 2


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [("h1", "x1", "input"), ("x1", "h1", "already"), ("ŷ", "h1", ""), ("h1", "h1", "itself")],
)
def test_what_cannot_be_connected_is_said_before_the_drop(
    hand: Hand, source: str, target: str, word: str
) -> None:
    before = hand.window.lab.document.project
    start = hand.rim(source)
    away = (start[0] + 25, start[1] + 60)
    hand.begin(start, away, hand.at(target))
    assert hand.canvas.hands.ghost.refused
    assert word in hand.text
    assert hand.text.endswith(".")
    hand.release()
    assert hand.window.lab.document.project is before
    assert hand.steps == []
    assert hand.is_idle()


def test_an_edge_that_is_dropped_nowhere_is_none(hand: Hand) -> None:
    hand.begin(hand.rim("x1"), hand.ground())
    ghost = hand.canvas.hands.ghost
    assert (len(ghost.lines), list(ghost.rings), ghost.refused) == (1, [], False)
    assert "Esc cancels" in hand.text
    hand.release()
    assert hand.steps == []
    assert hand.is_idle()


def test_edges_are_drawn_with_the_keyboard(hand: Hand) -> None:
    without(hand, ("x1", "h1"))
    hand.click(hand.at("x1"))
    hand.window.panels["inspector"].setFocus()
    hand.window.commands["connect"].trigger()
    assert hand.canvas.graphics.hasFocus()
    for _ in range(4):
        if hand.text.startswith("Connect x₁ to h₁."):
            break
        hand.key(Qt.Key.Key_Up)
    assert hand.text.startswith("Connect x₁ to h₁.")
    hand.key(Qt.Key.Key_Return)
    assert pair(hand, "x1", "h1") in hand.network.edge_of
    assert hand.is_idle()
    hand.window.commands["connect"].trigger()
    hand.key(Qt.Key.Key_Escape)
    assert hand.is_idle()
    assert hand.window.lab.selection.keys == ids(hand, "x1")


# ---- cutting and deleting


def test_the_knife_cuts_what_it_crosses(hand: Hand) -> None:
    count = len(hand.network.edges)
    x, y = hand.edge("x1", "h1", 0.5)
    bottom = hand.edge("x2", "h3", 0.5)
    hand.begin((x, y - 30), (x, bottom[1] + 30), keys=SHIFT)
    ghost = hand.canvas.hands.ghost
    assert len(ghost.crossed) == 6
    assert len(ghost.cut) > 2
    assert hand.text == "Cut 6 edges"
    hand.release(SHIFT)
    assert len(hand.network.edges) == count - 6
    assert hand.steps == ["Delete 6 edges"]
    assert hand.is_idle()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert len(hand.network.edges) == count


def test_a_knife_that_meets_nothing_says_so(hand: Hand) -> None:
    x, y = hand.ground()
    hand.begin((x, y), (x - 30, y - 30), keys=SHIFT)
    assert hand.text == "Drag across edges to cut them."
    hand.release(SHIFT)
    assert hand.steps == []
    assert hand.is_idle()


def test_delete_removes_what_is_selected(hand: Hand) -> None:
    hand.click(hand.edge("x1", "h1", 0.3))
    edge = pair(hand, "x1", "h1")
    hand.key(Qt.Key.Key_Delete)
    assert edge not in hand.network.edge_of
    hand.click(hand.at("h2"))
    hand.key(Qt.Key.Key_Backspace)
    assert "h2" not in names_of(hand.network)
    hand.key(Qt.Key.Key_Delete)
    assert hand.steps == ["Delete x1 → h1", "Delete h2"]
    assert not hand.window.lab.selection.keys


def test_bundles_are_cut_and_deleted_as_a_whole(qtbot: QtBot, qapp: QApplication) -> None:
    with a_window(a_project(hidden=(40, 3)), qtbot, qapp) as window:
        hand = Hand(window)
        bundles = hand.canvas.scene.edge_item.bundles
        x, y = bundles.points[0][len(bundles.points[0]) // 2].tolist()
        hand.click((x, y))
        assert len(window.lab.selection.keys) > 1
        chosen = window.lab.selection.keys
        hand.click(hand.ground())
        hand.begin((x, y - 6), (x, y + 6), keys=SHIFT)
        assert hand.canvas.hands.ghost.crossed
        hand.release(SHIFT)
        assert not chosen & set(hand.network.edge_of)
        window.lab.document.stack.undo()
        hand.click((x, y))
        assert window.lab.selection.keys == chosen
        hand.key(Qt.Key.Key_Delete)
        assert not chosen & set(hand.network.edge_of)
        assert hand.is_idle()


# ---- copying


def test_copy_cut_paste_and_duplicate(hand: Hand) -> None:
    hand.click(hand.heading(layer_of(hand, "h1")))
    hand.key(Qt.Key.Key_C, CTRL)
    assert '"network"' in QApplication.clipboard().text()
    middle = hand.canvas.middle()
    hand.key(Qt.Key.Key_V, CTRL)
    assert len(hand.network.neurons) == 8 + 3
    pasted = [hand.network.neuron_of[id].position for id in hand.window.lab.editor.neurons]
    assert sum(y for _, y in pasted) / 3 == pytest.approx(middle.y(), abs=1)
    hand.key(Qt.Key.Key_D, CTRL)
    assert len(hand.network.neurons) == 8 + 6
    hand.key(Qt.Key.Key_X, CTRL)
    assert len(hand.network.neurons) == 8 + 3
    assert [step.split()[0] for step in hand.steps] == ["Paste", "Duplicate", "Delete"]
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert len(hand.network.neurons) == 8


def test_neurons_go_from_one_window_to_another(still: Hand, qtbot: QtBot, qapp: QApplication) -> None:
    still.click(still.heading(layer_of(still, "h1")))
    still.key(Qt.Key.Key_C, CTRL)
    with a_window(a_project("circle", hidden=()), qtbot, qapp) as other:
        hand = Hand(other)
        before = len(hand.network.neurons)
        stood = {n.id: n.position for n in hand.network.neurons}
        hand.key(Qt.Key.Key_V, CTRL)
        assert len(hand.network.neurons) == before + 3
        assert len(other.lab.selection.keys) == 3
        # What is pasted covers nothing of what stood there.
        new = [n.position for n in hand.network.neurons if n.id not in stood]
        assert min(hypot(a - x, b - y) for x, y in new for a, b in stood.values()) > 2 * RADIUS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("hello", "no network on the clipboard"),
        ("", "no network on the clipboard"),
        ('{"format": "backprop-lab", "network": {"neurons": 3}}', "clipboard"),
        ('{"format": 1, "network": [', "clipboard"),
    ],
)
def test_rubbish_on_the_clipboard_gives_a_sentence(still: Hand, text: str, word: str) -> None:
    QApplication.clipboard().setText(text)
    before = still.window.lab.document.project
    still.key(Qt.Key.Key_V, CTRL)
    assert word in still.text
    still.canvas.hint.set_note("")
    still.window.drawing.paste((0.0, 0.0))
    assert word in still.text
    assert still.window.lab.document.project is before


# ---- hovering


def test_a_rim_lights_up_and_goes_out(still: Hand) -> None:
    still.hover(still.rim("h1"))
    assert len(still.canvas.hands.ghost.rings) == 1
    assert still.canvas.graphics.viewport().cursor().shape() is Qt.CursorShape.CrossCursor
    still.hover(still.at("h1"))
    assert still.is_idle()
    still.hover(still.rim("h1"))
    QApplication.sendEvent(still.canvas.graphics.viewport(), QEvent(QEvent.Type.Leave))
    assert still.is_idle()
    still.hover(still.rim("h1"))
    still.window.lab.selection.set(ids(still, "h1"))
    still.window.lab.editor.delete()
    assert still.is_idle()


# ---- what interrupts


def moving(hand: Hand) -> None:
    x, y = hand.at("h1")
    hand.begin((x, y), (x + 60, y + 30), keys=ALT)


def connecting(hand: Hand) -> None:
    hand.begin(hand.rim("x1"), hand.at("ŷ"))


def cutting(hand: Hand) -> None:
    x, y = hand.edge("x1", "h1", 0.5)
    hand.begin((x, y - 30), (x, y + 30), keys=SHIFT)


def banding(hand: Hand) -> None:
    hand.begin(*band(hand, "h1"))


def carrying(hand: Hand) -> None:
    hand.carry("neuron", hand.edge("x1", "h1", 0.5))


def connecting_by_keys(hand: Hand) -> None:
    hand.click(hand.at("x1"))
    hand.window.commands["connect"].trigger()


GESTURES = [moving, connecting, cutting, banding, carrying, connecting_by_keys]


def end(hand: Hand) -> None:
    """Let go of everything that may be held."""
    hand.release()
    hand.let_go("neuron")


def escape(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Escape)


def undo(hand: Hand) -> None:
    hand.window.lab.document.stack.undo()


def change_theme(hand: Hand) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, True)
    theme.apply(application, False)


def open_another(hand: Hand) -> None:
    hand.window.lab.document.open(a_drawing(), None)


def deactivate(hand: Hand) -> None:
    event = QEvent(QEvent.Type.WindowDeactivate)
    QApplication.sendEvent(hand.window.panels["palette"].tiles["neuron"], event)
    hand.canvas.graphics.clearFocus()


INTERRUPTIONS = [escape, undo, change_theme, open_another, deactivate]


@pytest.mark.parametrize("interrupt", INTERRUPTIONS)
@pytest.mark.parametrize("gesture", GESTURES)
def test_nothing_is_left_of_an_interrupted_gesture(
    still: Hand, gesture: Callable[[Hand], None], interrupt: Callable[[Hand], None]
) -> None:
    still.window.lab.editor.attempt(lambda project: edits.rename(project, still.neuron("g1").id, "g"))
    still.window.lab.player.play()
    before = still.window.lab.document.project
    still.click(still.at("h2"))
    chosen = still.window.lab.selection.keys
    gesture(still)
    assert not still.is_idle()
    interrupt(still)
    assert still.is_idle()
    expected = {undo: None, open_another: None}.get(interrupt, before)
    now = still.window.lab.document.project
    assert expected is None or now is expected
    if interrupt in (escape, change_theme, deactivate) and gesture is not connecting_by_keys:
        assert still.window.lab.selection.keys == chosen
    if interrupt is open_another:
        assert not still.window.lab.selection.keys
    end(still)
    assert still.window.lab.document.project is now
    assert still.is_idle()


def test_a_second_button_neither_begins_nor_ends_anything(still: Hand) -> None:
    place, view = still.neuron("h1").position, still.canvas.graphics.viewportTransform()
    (x, y), middle = still.at("h1"), Qt.MouseButton.MiddleButton
    still.begin((x, y), (x + 60, y + 30), keys=ALT)
    still.press((x + 60, y + 30), ALT, middle)
    still.move((x + 80, y + 30), ALT, LEFT | middle)
    assert still.canvas.graphics.viewportTransform() == view
    still.release(ALT, middle)
    assert not still.is_idle()
    still.release(ALT)
    assert still.is_idle()
    assert still.neuron("h1").position == pytest.approx((place[0] + 80, place[1] + 30), abs=1.5)
    still.press(still.ground(), button=middle)
    still.press(still.at("h2"))
    assert still.canvas.hands.gesture is None
    still.release()
    still.release(button=middle)
    assert still.steps == ["Move h1"]
    still.click(still.at("h2"))
    assert still.window.lab.selection.keys == ids(still, "h2")


@pytest.mark.parametrize("gesture", [moving, connecting, cutting, banding])
def test_a_release_that_nobody_saw_gives_the_gesture_up(still: Hand, gesture: Callable[[Hand], None]) -> None:
    before = still.window.lab.document.project
    gesture(still)
    still.hover(still.ground())
    assert still.is_idle()
    still.release()
    assert still.window.lab.document.project is before


def test_a_drag_may_end_outside_the_canvas(hand: Hand) -> None:
    far = (hand.at("x1")[0] - 3000, hand.at("x1")[1] - 2000)
    hand.drag(hand.rim("x1"), far)
    hand.drag(hand.ground(), far)
    hand.drag(hand.ground(), far, keys=SHIFT)
    assert hand.steps == []
    hand.drag(hand.at("x1"), far, keys=ALT)
    assert hand.neuron("x1").position == pytest.approx(far, abs=2)
    assert hand.is_idle()
    hand.window.lab.document.stack.undo()


@pytest.mark.parametrize("gesture", GESTURES)
def test_a_window_may_be_closed_in_mid_drag(
    gesture: Callable[[Hand], None], qtbot: QtBot, qapp: QApplication
) -> None:
    with a_window(a_drawing(), qtbot, qapp) as window:
        hand = Hand(window)
        window.lab.player.play()
        gesture(hand)
        window.close()
        # The system still says that the button was released.
        QTest.mouseRelease(hand.window, LEFT)


def test_other_parts_of_the_view_may_change_in_mid_drag(hand: Hand) -> None:
    place, (x, y) = hand.neuron("h1").position, hand.at("h1")
    hand.begin((x, y), (x + 60, y + 30), keys=ALT)
    hand.window.set_view("update")
    hand.canvas.zoom_in()
    hand.window.resize(1300, 860)
    hand.window.lab.player.reset()
    hand.move((x + 40, y + 50), ALT)
    hand.release(ALT)
    assert hand.neuron("h1").position == pytest.approx((place[0] + 40, place[1] + 50), abs=1.5)
    assert hand.is_idle()
