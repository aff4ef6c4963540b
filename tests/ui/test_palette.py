"""The palette: what each piece does in each kind of place, what the ghost shows of it before, and clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from math import hypot

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.network import Kind, Network
from backprop_gui.network.layout import ROW_GAP
from backprop_gui.project import edits
from backprop_gui.ui.canvas.gestures.ghost import NO_GHOST
from backprop_gui.ui.canvas.gestures.spots import layer_boxes
from backprop_gui.ui.canvas.picture import RADIUS
from backprop_gui.ui.panels.palette import LARGEST_SIZE, PalettePanel
from tests.ui.conftest import a_project
from tests.ui.hand import LEFT, PLAIN, Hand, Point, a_window
from tests.ui.panel_lab import turn_wheel, type_into
from tests.ui.test_gestures import a_drawing, layer_of, pair


@pytest.fixture(params=["paused", "training"])
def hand(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Iterator[Hand]:
    """A hand on a 2-3-2-1 network on XOR, at rest and while it trains at full speed."""
    with a_window(a_drawing(), qtbot, qapp) as window:
        if request.param == "training":
            window.lab.player.play()
        yield Hand(window)
        assert window.banner.isHidden()


def on_layer(hand: Hand, name: str) -> Point:
    """Return a point within a layer, below its neurons."""
    box = layer_boxes(hand.canvas.scene)[layer_of(hand, name)]
    return box.center().x() + 30, box.bottom() - 8


def between(hand: Hand, left: str, right: str) -> Point:
    """Return a point between two layers, where no edge is."""
    boxes = layer_boxes(hand.canvas.scene)
    before, after = boxes[layer_of(hand, left)], boxes[layer_of(hand, right)]
    return (before.right() + after.left()) / 2, before.united(after).bottom() - 6


def drop(hand: Hand, piece: str) -> None:
    """Let go, and see that nothing of the ghost is left."""
    hand.let_go(piece)
    assert hand.is_idle()


def test_a_neuron_on_a_layer_joins_it(hand: Hand) -> None:
    layer, count = layer_of(hand, "h1"), len(hand.network.edges)
    at = on_layer(hand, "h1")
    hand.carry("neuron", at)
    ghost = hand.canvas.hands.ghost
    (x, y, radius), box = ghost.discs[0], ghost.boxes[0]
    assert (x, radius) == (pytest.approx(hand.at("h1")[0]), RADIUS)
    assert y == pytest.approx(at[1], abs=15)
    assert box.contains(x, y)
    assert box.contains(*hand.at("h1"))
    assert hand.text.startswith("Add a neuron to hidden 1")
    drop(hand, "neuron")
    members = hand.network.members[layer]
    assert len(members) == 4
    assert members[-1].position == pytest.approx((x, y))
    assert len(hand.network.edges) == count + 2 + 2
    assert hand.window.lab.selection.keys == {members[-1].id}
    assert len(hand.steps) == 1
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(hand.network.neurons) == 8


@pytest.mark.parametrize("below", [0.0, 4.0, 25.0])
def test_a_neuron_on_another_one_makes_room_in_the_layer(hand: Hand, below: float) -> None:
    x, y = hand.at("h2")
    layer = layer_of(hand, "h2")
    hand.carry("neuron", (x, y + below))
    ghost = hand.canvas.hands.ghost
    assert ghost.ways
    landing = ghost.discs[0][:2]
    drop(hand, "neuron")
    (new,) = hand.window.lab.selection.keys
    assert hand.network.neuron_of[new].position == pytest.approx(landing)
    heights = sorted(n.position[1] for n in hand.network.members[layer])
    assert [b - a for a, b in pairwise(heights)] == pytest.approx([ROW_GAP] * 3)
    picture = hand.canvas.scene.picture
    assert all(picture.radius[picture.index[n.id]] == RADIUS for n in hand.network.members[layer])


@pytest.mark.parametrize("share", [0.15, 0.5])
def test_a_layer_dropped_on_a_skip_connection_covers_nothing(hand: Hand, share: float) -> None:
    editor, network = hand.window.lab.editor, hand.network
    ends = [n.id for n in network.inputs], [n.id for n in network.outputs]
    assert editor.attempt(lambda project: edits.connect(project, *ends, editor.starts))
    hand.carry("layer", hand.edge("x1", "ŷ", share))
    if share < 0.5:
        assert hand.text.startswith("Insert a layer of 3 between input and hidden 1")
    drop(hand, "layer")
    places = [n.position for n in hand.network.neurons]
    assert len(places) == len(network.neurons) + 3
    # And no heading is written over another one.
    view = hand.canvas.graphics.viewportTransform()
    headings = [
        (view.map(QPointF(block.x, block.y - block.lift / view.m11())), block.width_px / 2, block.height_px)
        for block in hand.canvas.scene.headings.by_layer.values()
        if block.texts
    ]
    assert len(headings) > len(network.layers) - 1
    for (one, half, height), (other, its_half, its_height) in combinations(headings, 2):
        assert abs(one.x() - other.x()) >= half + its_half or abs(one.y() - other.y()) >= max(
            height, its_height
        )
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(places, 2)) > 2 * RADIUS


def test_what_is_added_out_of_sight_is_shown(hand: Hand) -> None:
    canvas = hand.canvas
    for _ in range(6):
        canvas.zoom_in()
    for key in "NIO":
        QTest.keyClick(hand.window, key)  # type: ignore[call-overload]
        (new,) = hand.window.lab.selection.keys
        assert canvas.rect().contains(canvas.place_of(new).toRect())


@pytest.mark.parametrize("keys", ["NNN", "LLL", "III", "OOO", "NLIONLIO"])
def test_keys_never_put_two_things_on_one_place(hand: Hand, keys: str) -> None:
    hand.window.lab.selection.set(frozenset())
    for key in keys:
        QTest.keyClick(hand.window, key)  # type: ignore[call-overload]
        hand.window.lab.selection.set(frozenset())
    places = [n.position for n in hand.network.neurons]
    assert len(places) > 8
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(places, 2)) > 2 * RADIUS


def test_a_neuron_on_an_edge_splits_it(hand: Hand) -> None:
    at, old = hand.edge("h1", "g1", 0.4), pair(hand, "h1", "g1")
    hand.carry("neuron", at)
    ghost = hand.canvas.hands.ghost
    assert len(ghost.discs) == 1
    assert ghost.discs[0][:2] == pytest.approx(at, abs=1)
    (first, second), (x, y) = ghost.lines, ghost.discs[0][:2]
    assert (first.x1(), first.y1()) == pytest.approx(hand.at("h1"))
    assert (first.x2(), first.y2()) == (second.x1(), second.y1()) == pytest.approx((x, y))
    assert (second.x2(), second.y2()) == pytest.approx(hand.at("g1"))
    assert hand.text.startswith("Split h₁ → g₁ with a neuron")
    drop(hand, "neuron")
    (new,) = hand.window.lab.selection.keys
    assert old not in hand.network.edge_of
    assert {(old[0], new), (new, old[1])} <= set(hand.network.edge_of)


@pytest.mark.parametrize("place", ["between", "edge"])
def test_a_layer_between_two_is_inserted(hand: Hand, place: str) -> None:
    at = between(hand, "h1", "g1") if place == "between" else hand.edge("h1", "g1", 0.5)
    hand.carry("layer", at)
    ghost = hand.canvas.hands.ghost
    assert len(ghost.discs) == 3
    assert len({x for x, _, _ in ghost.discs}) == 1
    boxes = layer_boxes(hand.canvas.scene)
    assert list(ghost.boxes) == [boxes[layer_of(hand, "h1")], boxes[layer_of(hand, "g1")]]
    assert ghost.boxes[0].center().x() < ghost.discs[0][0] < ghost.boxes[1].center().x()
    assert hand.text.startswith("Insert a layer of 3 between hidden 1 and hidden 2")
    drop(hand, "layer")
    new = hand.window.lab.editor.neurons
    assert len(new) == 3
    assert not any(
        hand.network.neuron_of[e.source].name == "h1" and e.target not in new for e in hand.network.edges
    )
    assert all(len(hand.network.incoming[id]) == 3 for id in new)


def test_a_layer_that_would_close_a_cycle_is_refused_before_it_is_dropped(hand: Hand) -> None:
    editor, steps = hand.window.lab.editor, len(hand.steps)
    back, away = pair(hand, "g1", "h3"), [pair(hand, "h3", name) for name in ("g1", "g2")]
    editor.attempt(lambda project: edits.remove(project, away))
    editor.attempt(lambda project: edits.connect(project, back[:1], back[1:], editor.starts))
    hand.carry("layer", between(hand, "h1", "g1"))
    assert hand.canvas.hands.ghost.refused
    assert hand.text == (
        "A layer between hidden 1 and hidden 2 would close a cycle, because g1 already leads to h3: "
        "a network must feed forward."
    )
    drop(hand, "layer")
    assert len(hand.steps) == steps + 2


def test_a_layer_on_a_layer_enlarges_it(hand: Hand) -> None:
    hand.carry("layer", on_layer(hand, "h1"))
    ghost = hand.canvas.hands.ghost
    assert list(ghost.boxes) == [layer_boxes(hand.canvas.scene)[layer_of(hand, "h1")]]
    assert hand.text.startswith("Add 3 neurons to hidden 1")
    drop(hand, "layer")
    assert len(hand.network.members[layer_of(hand, "h1")]) == 6


@pytest.mark.parametrize(
    ("piece", "kind", "count", "text"),
    [
        ("neuron", Kind.HIDDEN, 1, "A neuron, not connected yet"),
        ("layer", Kind.HIDDEN, 3, "A layer of 3 neurons, not connected yet"),
        ("input", Kind.INPUT, 1, "An input, not connected yet"),
        ("output", Kind.OUTPUT, 1, "An output, not connected yet"),
    ],
)
def test_a_piece_on_empty_ground_stands_alone(
    hand: Hand, piece: str, kind: Kind, count: int, text: str
) -> None:
    boxes = layer_boxes(hand.canvas.scene).values()
    at = (min(box.left() for box in boxes) - 60, max(box.bottom() for box in boxes) + 50)
    before = hand.network
    hand.carry(piece, at)
    ghost = hand.canvas.hands.ghost
    assert len(ghost.discs) == count
    assert not ghost.boxes
    assert not ghost.lines
    assert ghost.discs[0][0] == pytest.approx(at[0], abs=15)
    assert hand.text == text
    places = [(x, y) for x, y, _ in ghost.discs]
    drop(hand, piece)
    new = [n for n in hand.network.neurons if n.id not in before.neuron_of]
    assert [n.kind for n in new] == [kind] * count
    assert [n.position for n in new] == [pytest.approx(place) for place in places]
    assert len(hand.network.edges) == len(before.edges)
    if kind is not Kind.HIDDEN:
        assert hand.window.lab.document.obstacle is not None


@pytest.mark.parametrize(("piece", "name"), [("input", "x1"), ("output", "ŷ")])
def test_inputs_and_outputs_join_the_layer_of_their_kind(hand: Hand, piece: str, name: str) -> None:
    hand.carry(piece, on_layer(hand, name))
    assert len(hand.canvas.hands.ghost.discs) == len(hand.canvas.hands.ghost.boxes) == 1
    count = len(hand.network.members[layer_of(hand, name)])
    drop(hand, piece)
    assert len(hand.network.members[layer_of(hand, name)]) == count + 1


def test_an_input_on_a_hidden_layer_does_not_join_it(hand: Hand) -> None:
    hand.carry("input", on_layer(hand, "h1"))
    assert hand.text == "An input, not connected yet"
    assert not hand.canvas.hands.ghost.boxes
    drop(hand, "input")
    assert len(hand.network.members[layer_of(hand, "h1")]) == 3


def test_a_whole_network_is_dropped(hand: Hand) -> None:
    at = hand.ground()
    hand.carry("template", at)
    ghost = hand.canvas.hands.ghost
    box = ghost.boxes[0]
    assert len(ghost.discs) == 6
    assert all(box.contains(x, y) for x, y, _ in ghost.discs)
    assert (box.center().x(), box.center().y()) == pytest.approx(at, abs=1)
    assert hand.text.endswith("6 neurons, 9 edges")
    drop(hand, "template")
    assert len(hand.network.neurons) == 8 + 6
    assert len(hand.window.lab.selection.keys) == 6


@pytest.mark.parametrize("piece", ["neuron", "layer", "input", "output", "template"])
def test_outside_the_canvas_and_after_escape_nothing_is_dropped(hand: Hand, piece: str) -> None:
    before, inside = hand.window.lab.document.project, hand.ground()
    hand.carry(piece, inside)
    assert hand.canvas.hands.ghost is not NO_GHOST
    outside = hand.canvas.mapToGlobal(QPoint(-60, 40))
    hand.carry_on(piece, outside)
    assert hand.is_idle()
    drop(hand, piece)
    assert hand.text.startswith("Nothing was added")
    hand.carry(piece, inside)
    hand.carry_on(piece, outside)
    hand.carry_on(piece, inside)
    assert hand.canvas.hands.ghost is not NO_GHOST
    hand.key(Qt.Key.Key_Escape)
    assert hand.is_idle()
    hand.carry_on(piece, inside)
    assert hand.is_idle()
    drop(hand, piece)
    assert hand.window.lab.document.project is before
    hand.key(Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("piece", "key", "count"),
    [("neuron", "N", 1), ("layer", "L", 3), ("input", "I", 1), ("output", "O", 1)],
)
def test_a_click_and_a_key_add_the_same(hand: Hand, piece: str, key: str, count: int) -> None:
    tile = hand._tile(piece)
    QTest.mouseClick(tile, LEFT, PLAIN, tile.rect().center())
    assert len(hand.network.neurons) == 8 + count
    assert hand.canvas.graphics.hasFocus()
    clicked = hand.network
    hand.window.lab.document.stack.undo()
    QTest.keyClick(hand.window, key)  # type: ignore[call-overload]
    assert [n.position for n in hand.network.neurons] == [n.position for n in clicked.neurons]
    hand.window.lab.document.stack.undo()
    assert len(hand.network.neurons) == 8


def test_a_piece_dropped_beside_a_heat_map_lands_where_the_ghost_was(
    qtbot: QtBot, qapp: QApplication
) -> None:
    with a_window(a_project(hidden=(300, 3)), qtbot, qapp) as window:
        hand = Hand(window)
        assert hand.canvas.scene.maps
        boxes = layer_boxes(hand.canvas.scene).values()
        at = (max(box.right() for box in boxes) + 60, max(box.bottom() for box in boxes) - 10)
        hand.carry("neuron", at)
        x, y, _ = hand.canvas.hands.ghost.discs[0]
        drop(hand, "neuron")
        (new,) = window.lab.selection.keys
        picture = hand.canvas.scene.picture
        assert picture.position[picture.index[new]].tolist() == pytest.approx([x, y], abs=1)


def test_an_empty_canvas_takes_every_piece(qtbot: QtBot, qapp: QApplication) -> None:
    project = a_project()
    with a_window(replace(project, network=Network()), qtbot, qapp) as window:
        hand = Hand(window)
        assert hand.canvas.ground.isVisible()
        for number, piece in enumerate(["input", "input", "neuron", "output"]):
            hand.carry(piece, (90.0 * number, 40.0 * number))
            drop(hand, piece)
        assert len(hand.network.neurons) == 4
        assert not hand.canvas.ground.isVisible()
        assert "connect" in hand.text.lower()


def test_the_size_of_a_new_layer_is_typed_turned_and_run_through(hand: Hand, qtbot: QtBot) -> None:
    palette = hand.window.panels["palette"]
    assert isinstance(palette, PalettePanel)
    stepper = palette.stepper
    type_into(stepper.field, "17")
    assert palette.layer_size == 17
    assert not stepper.field.hasFocus()
    turn_wheel(stepper.field, 120)
    assert palette.layer_size == 24
    turn_wheel(stepper.field, -60)
    turn_wheel(stepper.field, -60)
    assert palette.layer_size == 16
    QTest.mousePress(stepper.more, LEFT)
    qtbot.waitUntil(lambda: palette.layer_size == LARGEST_SIZE)
    QTest.mouseRelease(stepper.more, LEFT)
    assert not stepper.more.isEnabled()
    type_into(stepper.field, "600")
    assert palette.layer_size == LARGEST_SIZE
    assert stepper.field.property("invalid")
    QTest.keyClick(stepper.field, Qt.Key.Key_Escape)
    type_into(stepper.field, "5")
    hand.carry("layer", on_layer(hand, "h1"))
    assert hand.text.startswith("Add 5 neurons to hidden 1")
    hand.key(Qt.Key.Key_Escape)
