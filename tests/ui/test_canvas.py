from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QTextCursor, QTextDocument, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.network import Network, dense
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas import Canvas, Form, Reach, View
from backprop_gui.ui.canvas.asking import tooltip_at
from tests.ui.canvas_lab import center, click, color_of, drawn, shown, spot
from tests.ui.moments import a_frame, a_network

BOTH = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


# ---- colours and numbers


@BOTH
def test_neurons_have_the_colour_of_their_delta(qapp: QApplication, canvas: Canvas, dark: bool) -> None:
    theme = themes.apply(qapp, dark)
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    limit = canvas.scene.limits.limit_of(-1)
    delta = frame.trace.delta[0]
    assert limit >= np.abs(delta[2:]).max()
    for place, neuron in enumerate(network.neurons):
        expected = theme.raised if place < 2 else theme.diverging(float(delta[place]), limit)
        assert color_of(canvas, neuron.id) == expected


@BOTH
def test_in_the_forward_view_they_have_that_of_their_activation(
    qapp: QApplication, canvas: Canvas, dark: bool
) -> None:
    theme = themes.apply(qapp, dark)
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    canvas.set_view(View.FORWARD)
    limit = canvas.scene.limits.limit_of(-1)
    for neuron, a in zip(network.neurons, frame.trace.a[0].tolist(), strict=True):
        assert color_of(canvas, neuron.id) == theme.diverging(a, limit)


def test_a_switch_of_the_theme_repaints_the_frame(qapp: QApplication, canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    theme = themes.apply(qapp, dark=True)
    limit = canvas.scene.limits.limit_of(-1)
    expected = theme.diverging(float(frame.trace.delta[0, -1]), limit)
    assert color_of(canvas, network.neurons[-1].id) == expected
    assert canvas.grab().toImage().pixelColor(400, 590) == theme.surface


def test_edges_have_the_colour_of_their_weights_sign(canvas: Canvas) -> None:
    network = a_network(1, 1)
    edge = network.edges[0]
    picture = canvas.scene.picture
    for weight, end in ((2.0, "positive"), (-2.0, "negative")):
        canvas.sync(None, network.with_parameters({}, {(edge.source, edge.target): weight}))
        picture = canvas.scene.picture
        middle = picture.points[0].mean(axis=0)
        color = canvas.grab().toImage().pixelColor(spot(canvas, *middle.tolist()))
        assert color == canvas.scene.look.theme.weight_color(weight, 2.0)
        wanted = getattr(canvas.scene.look.theme, end)
        assert (color.red() > color.blue()) == (wanted.red() > wanted.blue())


def test_numbers_carry_their_sign(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    for place, neuron in enumerate(network.neurons):
        value = float((frame.trace.a if place < 2 else frame.trace.delta)[0, place])
        item = drawn(canvas, neuron.id)
        assert item.number[0] == ("+" if value > 0 else "−")
        assert float(item.number.replace("−", "-")) == pytest.approx(value, rel=0.1)


def test_where_there_is_no_room_a_sign_remains(canvas: Canvas) -> None:
    network = a_network(2, 30, 1)
    frame = shown(canvas, network)
    item = drawn(canvas, network.neurons[5].id)
    assert item.number == ("+" if frame.trace.delta[0, 5] > 0 else "−")


def test_numbers_change_slowly_colours_at_once_and_the_last_word_is_right(
    canvas: Canvas, qtbot: QtBot
) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    output = network.neurons[-1].id
    before = drawn(canvas, output).number
    other = a_frame(network, a_frame(network).theta * 3)
    canvas.show_frame(other)
    assert drawn(canvas, output).number == before
    limit = canvas.scene.limits.limit_of(-1)
    value = float(other.trace.delta[0, -1])
    assert drawn(canvas, output).fill == themes.current().diverging(value, limit)
    qtbot.waitUntil(lambda: drawn(canvas, output).number != before)
    assert float(drawn(canvas, output).number.replace("−", "-")) == pytest.approx(value, rel=0.1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("view", [View.FORWARD, View.BACKWARD, View.UPDATE])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_shown_as_such(canvas: Canvas, view: View, bad: float) -> None:
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    canvas.set_view(view)
    theta = frame.theta.copy()
    theta[:] = bad
    canvas.show_frame(a_frame(network, theta))
    output = network.neurons[-1].id
    assert drawn(canvas, output).bad == (not np.isfinite(canvas.scene.values.number[-1]))
    canvas.grab()
    canvas.show_frame(frame)
    assert not drawn(canvas, output).bad
    canvas.grab()


def test_a_neuron_that_ceases_to_be_finite_says_so_at_once(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    frame = shown(canvas, network)
    theta = frame.theta.copy()
    theta[:] = np.nan
    canvas.show_frame(a_frame(network, theta))
    item = drawn(canvas, network.neurons[-1].id)
    assert item.bad
    assert item.number == "NaN"


def test_vanishing_deltas_are_seen_to_vanish(canvas: Canvas) -> None:
    network = a_network(2, 6, 6, 6, 6, 6, 1, activation="sigmoid")
    shown(canvas, network)
    theme = themes.current()

    def strength(id: int) -> int:
        color, ground = color_of(canvas, id), theme.surface
        return sum(abs(a - b) for a, b in zip(color.toTuple(), ground.toTuple(), strict=True))

    early = max(strength(n.id) for n in network.members[network.layers[1].id])
    assert early < 6 < strength(network.outputs[0].id)
    canvas.set_scale(Form.LINEAR, Reach.LAYER)
    assert max(strength(n.id) for n in network.members[network.layers[1].id]) > 60
    assert "±" in canvas.scene.headings.by_layer[network.layers[1].id].lines[-1]


@pytest.mark.parametrize("size", [(880, 600), (420, 500)])
def test_headings_of_layers_have_as_many_lines_as_each_other(canvas: Canvas, size: tuple[int, int]) -> None:
    canvas.resize(*size)
    shown(canvas, a_network(2, 4, 4, 4, 1))
    headings = canvas.scene.headings.by_layer
    network = canvas.scene.network
    assert len({len(headings[layer.id].lines) for layer in network.layers[1:]}) == 1


# ---- frames and networks that do not belong together


def test_a_frame_of_another_network_colours_only_what_both_have(canvas: Canvas) -> None:
    old = a_network(2, 4, 1)
    frame = shown(canvas, old)
    new = old.without([old.neurons[2].id]).with_activation([old.neurons[3].id], "relu")
    canvas.sync(old, new)
    canvas.show_frame(frame)
    changed, kept = (canvas.scene.neurons.shown(old.neurons[n].id) for n in (3, 4))
    assert changed is not None
    assert kept is not None
    assert changed.number == ""
    assert changed.fill == themes.current().raised
    assert kept.number != ""
    assert canvas.scene.neurons.shown(old.neurons[2].id) is None
    canvas.grab()


def test_without_a_frame_there_are_no_numbers(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    canvas.sync(None, network)
    for neuron in network.neurons:
        item = drawn(canvas, neuron.id)
        assert item.number == ""
        assert color_of(canvas, neuron.id) == themes.current().raised


def test_an_empty_network_is_a_blank_surface(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    canvas.sync(None, network)
    canvas.sync(network, Network())
    assert canvas.grab().toImage().pixelColor(440, 330) == themes.current().surface
    QTest.keyClick(canvas.graphics, Qt.Key.Key_Right)
    assert canvas.selected == frozenset()


# ---- the legend


def test_the_legend_says_what_the_colours_mean(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    said = canvas.legend.content
    assert said.title == "δ = ∂L/∂z, one example"
    assert said.limit == canvas.scene.limits.limit_of(-1) > 0
    assert said.edge_limit == canvas.scene.edge_limits.limit_of(-1) > 0
    left = canvas.legend.geometry()
    assert canvas.rect().contains(left)
    canvas.set_view(View.UPDATE)
    assert "step" in canvas.legend.content.title
    assert not canvas.legend.content.edge_title


def test_the_scale_begins_anew_after_an_edit_at_rest(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    limit = canvas.scene.limits.limit_of(-1)
    small = network.with_parameters({}, dict.fromkeys(network.edge_of, 0.0001))
    canvas.sync(network, small)
    canvas.show_frame(a_frame(small))
    assert canvas.scene.edge_limits.limit_of(-1) == pytest.approx(1e-4)
    canvas.sync(small, network)
    canvas.show_frame(a_frame(network))
    assert canvas.scene.limits.limit_of(-1) == limit
    # While it trains, one step follows another: the scale stays calm.
    canvas.sync(network, small)
    canvas.show_frame(replace(a_frame(small), step=1))
    assert canvas.scene.edge_limits.limit_of(-1) > 1e-3


def test_the_legends_menu_chooses_the_scale(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    menu = canvas.legend.menu()
    chosen = {action.text(): action for action in menu.actions() if action.isCheckable()}
    assert [text for text, action in chosen.items() if action.isChecked()] == [
        "Scale: linear",
        "Scale common to the network",
    ]
    chosen["Scale: symmetric logarithm"].trigger()
    assert canvas.scene.form is Form.SYMLOG
    chosen["Scale of each layer"].trigger()
    assert canvas.scene.limits.reach is Reach.LAYER
    assert canvas.legend.content.form is Form.LINEAR or canvas.legend.content.form is Form.SYMLOG
    menu.deleteLater()
    canvas.grab()


def test_the_legend_shows_that_it_can_be_clicked(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    legend = canvas.legend
    # Below the bar, beside the numbers, where nothing else is painted.
    ground = QPoint(legend.width() - 4, legend.height() // 2)
    before = legend.grab().toImage().pixelColor(ground)
    legend.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    assert legend.grab().toImage().pixelColor(ground) == themes.current().tile != before


@pytest.mark.parametrize("sizes", [(2, 4, 1), (2, 8, 8, 8, 8, 8, 8, 1), (64, 64, 32, 10), (30, 8, 2), (1, 1)])
@pytest.mark.parametrize("size", [(880, 600), (560, 380), (1300, 800)])
def test_the_whole_network_is_seen_and_nothing_lies_under_the_legend(
    canvas: Canvas, sizes: tuple[int, ...], size: tuple[int, int]
) -> None:
    canvas.resize(*size)
    shown(canvas, a_network(*sizes))
    picture, legend = canvas.scene.picture, canvas.legend.geometry()
    for (x, y), radius in zip(picture.position.tolist(), picture.radius.tolist(), strict=True):
        at, reach = spot(canvas, x, y), round(radius * canvas.graphics.zoom) if picture.shown.all() else 0
        assert canvas.rect().adjusted(reach, reach, -reach, -reach).contains(at)
        assert not legend.contains(at)
        assert at.y() > canvas.segments.geometry().bottom()


# ---- selecting


def test_a_click_selects_a_neuron_and_a_click_beside_it_nothing(canvas: Canvas, qtbot: QtBot) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    first, second = network.neurons[2].id, network.neurons[3].id
    told: list[object] = []
    canvas.selection_changed.connect(lambda keys, current: told.append((keys, current)))
    click(canvas, center(canvas, first))
    assert canvas.selected == frozenset({first})
    click(canvas, center(canvas, second), Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selected == frozenset({first, second})
    assert canvas.current == second
    click(canvas, center(canvas, first), Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selected == frozenset({second})
    click(canvas, QPoint(330, 60))
    assert canvas.selected == frozenset()
    assert told == [({first}, first), ({first, second}, second), ({second}, second), (frozenset(), None)]


def test_an_edge_can_be_hit_a_few_pixels_beside_its_line(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    edge = network.edges[0]
    place = canvas.scene.picture.single.tolist().index(0)
    # Not in the middle, where other edges cross.
    x, y = canvas.scene.picture.points[place, 4].tolist()
    click(canvas, spot(canvas, x, y) + QPoint(0, -3))
    assert canvas.selected == frozenset({(edge.source, edge.target)})
    canvas.grab()


def test_a_selection_from_elsewhere_is_shown_without_a_signal(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    told: list[object] = []
    canvas.selection_changed.connect(lambda *news: told.append(news))
    before = canvas.grab().toImage()
    canvas.set_selection(frozenset({network.neurons[3].id}))
    assert canvas.grab().toImage() != before
    assert not told


def test_what_an_edit_removes_is_no_longer_selected(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    gone, stays = network.neurons[2].id, network.neurons[3].id
    canvas.set_selection(frozenset({gone, stays, (network.inputs[0].id, gone)}))
    told: list[object] = []
    canvas.selection_changed.connect(lambda keys, current: told.append((keys, current)))
    canvas.sync(network, network.without([gone]))
    assert canvas.selected == frozenset({stays})
    assert told == [({stays}, stays)]


def test_arrow_keys_walk_through_the_network(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    canvas.graphics.setFocus()
    walked = []
    keys = Qt.Key
    for key in (
        keys.Key_Right,
        keys.Key_Down,
        keys.Key_Right,
        keys.Key_Up,
        keys.Key_Right,
        keys.Key_Right,
        keys.Key_Left,
    ):
        QTest.keyClick(canvas.graphics, key)
        walked.append(network.neuron_of[canvas.current].name if isinstance(canvas.current, int) else None)
    assert walked == ["x1", "x2", "h3", "h2", "ŷ", "ŷ", "h2"]
    assert canvas.graphics.accessibleDescription().startswith("neuron h2, tanh")
    QTest.keyClick(canvas.graphics, keys.Key_Escape)
    assert canvas.selected == frozenset()
    assert "2-4-1" in canvas.graphics.accessibleDescription()


# ---- looking closer


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    at = center(canvas, network.neurons[3].id)
    zoom = canvas.graphics.zoom
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.graphics.viewport(), event)
    assert canvas.graphics.zoom > zoom * 1.2
    assert (center(canvas, network.neurons[3].id) - at).manhattanLength() <= 2
    assert not canvas.fits


def test_the_picture_fits_itself_until_the_person_zooms(canvas: Canvas) -> None:
    network = a_network(2, 8, 8, 1)
    shown(canvas, network)
    zoom = canvas.graphics.zoom
    canvas.resize(600, 420)
    assert canvas.graphics.zoom < zoom
    canvas.zoom_in()
    zoom = canvas.graphics.zoom
    canvas.resize(900, 700)
    canvas.sync(network, a_network(2, 8, 8, 8, 1))
    assert canvas.graphics.zoom == zoom
    canvas.fit()
    assert canvas.fits
    assert canvas.graphics.zoom != zoom


def test_a_drag_with_the_middle_button_pans_and_keeps_the_selection(canvas: Canvas) -> None:
    button = Qt.MouseButton.MiddleButton
    network = a_network(2, 4, 1)
    shown(canvas, network)
    id = network.neurons[2].id
    canvas.set_selection(frozenset({id}))
    before, view = center(canvas, id), canvas.graphics.viewport()
    QTest.mousePress(view, button, pos=QPoint(440, 70))
    QTest.mouseMove(view, QPoint(470, 90))
    QTest.mouseMove(view, QPoint(500, 100))
    QTest.mouseRelease(view, button, pos=QPoint(500, 100))
    assert (center(canvas, id) - before - QPoint(60, 30)).manhattanLength() <= 2
    assert canvas.selected == frozenset({id})


def test_space_alone_is_passed_on_and_space_with_a_drag_pans(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    tapped: list[bool] = []
    canvas.space_tapped.connect(lambda: tapped.append(True))
    view, id = canvas.graphics, network.neurons[2].id
    QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert tapped == [True]
    at = center(canvas, id)
    QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(view.viewport(), at + QPoint(40, 0))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert tapped == [True]
    assert canvas.selected == frozenset()
    assert (center(canvas, id) - at - QPoint(40, 0)).manhattanLength() <= 2


# ---- what floats above


def test_the_control_chooses_the_view(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.view_changed) as told:
        canvas.segments.button(View.FORWARD).click()
    assert told.args == [View.FORWARD]
    assert canvas.view is View.FORWARD
    canvas.set_view(View.UPDATE)
    assert canvas.segments.value is View.UPDATE


def test_the_picture_stays_clear_of_the_example_where_it_has_no_room_beside_the_views(canvas: Canvas) -> None:
    shown(canvas, dense([2, 4, 1]))
    canvas.resize(464, 420)
    canvas.set_probe_text("example 1 of 4")
    QApplication.processEvents()
    probe, views = canvas._over.probe.geometry(), canvas._over.segments.geometry()
    assert probe.top() > views.bottom(), "there is no room beside the views"
    left, top, _, bottom = canvas.scene.picture.bounds
    _, above, _ = canvas.scene.headings.reach_px()
    assert spot(canvas, left, top).y() - above > views.bottom()
    assert spot(canvas, left, bottom).y() < probe.top()
    assert not probe.intersects(canvas.legend.geometry())


def test_the_probe_label_asks_for_other_examples(canvas: Canvas) -> None:
    steps: list[int] = []
    canvas.probe_step.connect(steps.append)
    canvas.set_probe_text("example 98 of 140")
    label = canvas.findChild(type(canvas._over.probe))
    before, after = label.findChildren(type(label.children()[-1]))
    assert label.geometry().right() <= canvas.width()
    before.click()
    after.click()
    assert steps == [-1, 1]
    canvas.resize(420, 400)
    assert not label.geometry().intersects(canvas.segments.geometry())
    assert before.isVisible()
    assert label.toolTip() == "example 98 of 140"
    canvas.set_probe_text("")
    assert not label.isVisible()


def test_what_is_looked_at_is_said_in_few_words_where_there_is_little_room(canvas: Canvas) -> None:
    probe = canvas._over.probe
    canvas.set_probe_text("the mean of all training examples", "mean of all")
    probe.fit(2000)
    assert probe._text.text() == "the mean of all training examples"
    probe.fit(probe.width() - 1)
    assert probe._text.text() == "mean of all"
    canvas.set_probe_text("example 98 of 140")
    probe.fit(probe.width() - 1)
    assert probe._text.text() == "98 of 140"


# ---- heat maps


def test_cells_have_the_colours_of_neurons(canvas: Canvas) -> None:
    network = a_network(64, 40, 2)
    frame = shown(canvas, network)
    theme, limit = themes.current(), canvas.scene.limits.limit_of(-1)
    image = canvas.grab().toImage()
    for neuron in network.members[network.layers[1].id][:40:7]:
        delta = float(frame.trace.delta[0, frame.plan.column[neuron.id]])
        assert image.pixelColor(center(canvas, neuron.id)) == theme.diverging(delta, limit)
    # Inputs have no delta of their own to show: greys, from the smallest to the largest.
    inputs = network.members[network.layers[0].id]
    x = frame.trace.x[0]
    assert image.pixelColor(center(canvas, inputs[int(x.argmin())].id)) == theme.raised
    assert image.pixelColor(center(canvas, inputs[int(x.argmax())].id)) == theme.text


def test_a_double_click_opens_a_heat_map_and_then_edits_its_neurons(canvas: Canvas) -> None:
    network = a_network(40, 2)
    shown(canvas, network)
    id = network.neurons[7].id
    assert canvas.scene.neurons.shown(id) is None
    click(canvas, center(canvas, id))
    assert canvas.selected == frozenset({id})
    wanted: list[object] = []
    canvas.edit_wanted.connect(lambda key, layer: wanted.append(key))
    QTest.mouseDClick(canvas.graphics.viewport(), Qt.MouseButton.LeftButton, pos=center(canvas, id))
    assert canvas.scene.neurons.shown(id) is not None
    assert wanted == []
    canvas.grab()
    QTest.mouseDClick(canvas.graphics.viewport(), Qt.MouseButton.LeftButton, pos=center(canvas, id))
    assert wanted == [id]
    canvas.set_open(network.neuron_of[id].layer, False)
    QTest.keyClick(canvas.graphics, Qt.Key.Key_Return)
    assert canvas.scene.neurons.shown(id) is not None


def test_a_strand_says_how_many_weights_it_stands_for_and_their_mean(canvas: Canvas) -> None:
    network = a_network(64, 3)
    frame = shown(canvas, network)
    canvas.grab()
    strands = canvas.scene.picture.strands
    x, y = canvas.scene.edge_item.bundles.points[0, 7].tolist()
    text = tooltip_at(canvas.scene, x, y, 3.0)
    mine = np.flatnonzero(strands.strand_of == 0)
    mean = np.abs(frame.theta[frame.plan.weight_slots[mine]]).mean()
    assert "64 weights" in text
    assert repr(float(mean))[:10] in text


# ---- tooltips


def test_a_tooltip_has_every_digit(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    network = network.with_neurons([replace(network.neurons[3], name="<b>")])
    frame = shown(canvas, network)
    x, y = canvas.scene.picture.position[3].tolist()
    text = tooltip_at(canvas.scene, x, y, 1.0)
    id = network.neurons[3].id
    trace, slot = frame.trace, frame.plan.slot[id]
    for number in (trace.z[0, 3], trace.a[0, 3], trace.delta[0, 3], trace.grad[slot], frame.update[slot]):
        assert repr(float(number)).replace("-", "−") in text
    assert "hidden neuron" in text
    assert "&lt;b&gt;" in text
    edge = network.edges[0]
    place = canvas.scene.picture.points[0, 4].tolist()
    text = tooltip_at(canvas.scene, *place, 1.0)
    assert repr(float(frame.theta[frame.plan.slot[edge.source, edge.target]])).replace("-", "−") in text
    assert tooltip_at(canvas.scene, -500, -500, 1.0) == ""


def test_the_rows_of_a_tooltip_never_wrap(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    document = QTextDocument()
    document.setHtml(tooltip_at(canvas.scene, *canvas.scene.picture.position[3].tolist(), 1.0))
    document.setTextWidth(60)
    document.documentLayout().documentSize()
    block, counts = document.begin(), []
    while block.isValid():
        if QTextCursor(block).currentTable() is not None:
            counts.append(block.layout().lineCount())
        block = block.next()
    assert counts == [1] * 14


def test_a_bundle_says_what_of_it_is_frozen(canvas: Canvas) -> None:
    network = a_network(40, 1)
    for frozen, words in (
        (0, ""),
        (1, "1 of them is frozen."),
        (3, "3 of them are frozen."),
        (40, "All of them are frozen."),
    ):
        edges = tuple(replace(edge, frozen=place < frozen) for place, edge in enumerate(network.edges))
        canvas.sync(None, replace(network, edges=edges))
        x, y = canvas.scene.edge_item.bundles.points[0, 7].tolist()
        text = tooltip_at(canvas.scene, x, y, 3.0)
        assert words in text
        assert ("frozen" in text) == bool(words)


# ---- painting no more than needed


def test_edges_are_drawn_anew_only_when_something_can_be_seen_to_change(canvas: Canvas) -> None:
    network = a_network(2, 8, 8, 1)
    frame = shown(canvas, network)
    edges = canvas.scene.edge_item
    edges.share = 0.99
    canvas.grab()
    drawn = edges.drawn
    QTest.qWait(90)
    canvas.show_frame(a_frame(network, frame.theta * (1 + 1e-6)))
    canvas.grab()
    assert edges.drawn == drawn
    QTest.qWait(90)
    canvas.show_frame(a_frame(network, -frame.theta))
    canvas.grab()
    assert edges.drawn == drawn + 1


def test_edges_keep_to_their_budget_and_still_end_up_right(canvas: Canvas, qtbot: QtBot) -> None:
    network = a_network(2, 8, 8, 1)
    frame = shown(canvas, network)
    edges = canvas.scene.edge_item
    canvas.grab()
    drawn = edges.drawn
    for turn in range(20):
        canvas.show_frame(a_frame(network, frame.theta * (-1.0) ** turn))
        canvas.grab()
    assert edges.drawn < drawn + 20
    canvas.show_frame(a_frame(network, -frame.theta))
    qtbot.waitUntil(lambda: not edges.stale)
    image = canvas.grab().toImage()
    canvas.scene.edge_item.renew()
    assert canvas.grab().toImage() == image


def test_frozen_edges_are_dashed(canvas: Canvas) -> None:
    network = a_network(1, 1)
    shown(canvas, network)
    row = spot(canvas, *canvas.scene.picture.points[0, 8].tolist()).y()
    left = spot(canvas, *canvas.scene.picture.points[0, 1].tolist()).x()
    right = spot(canvas, *canvas.scene.picture.points[0, -2].tolist()).x()

    def gaps() -> int:
        image = canvas.grab().toImage()
        return sum(image.pixelColor(x, row) == themes.current().surface for x in range(left, right))

    assert gaps() == 0
    frozen = replace(network, edges=tuple(replace(e, frozen=True) for e in network.edges))
    canvas.sync(network, frozen)
    assert gaps() > 20


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 40, 3)])
def test_the_scene_can_be_drawn_elsewhere(canvas: Canvas, sizes: tuple[int, ...]) -> None:
    network = a_network(*sizes)
    frame = shown(canvas, network)
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(themes.current().surface)
    painter = QPainter(image)
    canvas.scene.render(painter)
    painter.end()
    output = themes.current().diverging(float(frame.trace.delta[0, -1]), canvas.scene.limits.limit_of(-1))
    assert any(image.pixelColor(x, y) == output for x in range(0, 600, 2) for y in range(0, 400, 2))


# ---- what a person sees of the state


def test_a_plate_keeps_texts_readable_over_the_network(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    corner = canvas.legend.geometry().center()
    assert canvas.fits
    plain = canvas.grab().toImage()
    canvas.zoom_in()
    canvas.zoom_out()
    assert not canvas.fits
    assert canvas.grab().toImage() != plain
    canvas.fit()
    assert canvas.legend.geometry().center() == corner
    assert canvas.grab().toImage() == plain


def test_the_picture_shows_that_it_has_the_keyboard(canvas: Canvas, qtbot: QtBot) -> None:
    shown(canvas, a_network(2, 4, 1))
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    canvas.segments.setFocus()
    ring = themes.current().accent
    assert canvas.grab().toImage().pixelColor(300, 1) != ring
    canvas.graphics.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.grab().toImage().pixelColor(300, 1) == ring


def test_a_frozen_bias_carries_a_lock(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    before = canvas.grab().toImage()
    canvas.sync(network, network.with_neurons([replace(network.neurons[3], frozen=True)]))
    canvas.show_frame(a_frame(network))
    after = canvas.grab().toImage()
    picture = canvas.scene.picture
    x, y = picture.position[3].tolist()
    reach = 0.76 * float(picture.radius[3])
    at = spot(canvas, x + reach, y + reach)
    assert any(
        before.pixelColor(at + QPoint(i, 4)) != after.pixelColor(at + QPoint(i, 4)) for i in range(-6, 7)
    )
