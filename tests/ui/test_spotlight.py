"""The light on the picture: what an operation reads and writes stands out, what is to come is pale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.network import dense
from backprop_gui.ui import theme
from backprop_gui.ui.canvas import Canvas, View
from backprop_gui.ui.canvas.look import WAITING
from backprop_gui.ui.canvas.routes import points_at
from backprop_gui.ui.canvas.spotlight import RING_PX, Lights, Way
from backprop_gui.ui.canvas.tag import Tag, words_of
from backprop_gui.ui.canvas.texts import ABOVE_PX
from backprop_gui.ui.names import display_name
from tests.ui.canvas_lab import center, drawn, shown, spot

PLAIN = dense([2, 3, 1])
NETWORK = replace(PLAIN, edges=tuple(replace(edge, weight=0.8) for edge in PLAIN.edges))
INPUTS, HIDDEN, OUTPUTS = ([n.id for n in NETWORK.members[layer.id]] for layer in NETWORK.layers)
DELTA = Lights(
    reads=frozenset({OUTPUTS[0], (HIDDEN[0], OUTPUTS[0])}),
    writes=frozenset({HIDDEN[0]}),
    waiting=np.array([n.id in HIDDEN[1:] for n in NETWORK.neurons]),
    waiting_edges=np.array([edge.source in INPUTS for edge in NETWORK.edges]),
    way=Way.BACKWARD,
    tag="δ = −0.25",
)


def pixel(canvas: Canvas, x: float, y: float) -> QColor:
    return canvas.grab().toImage().pixelColor(spot(canvas, x, y))


def ring_of(canvas: Canvas, id: int) -> QColor:
    """Return the colour at the lower end of the ring around a neuron."""
    picture = canvas.scene.picture
    place = picture.index[id]
    x, y = picture.position[place].tolist()
    return pixel(canvas, x, y + float(picture.radius[place]) + RING_PX / canvas.graphics.zoom)


def test_neurons_to_come_are_pale_and_without_a_number(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    before = drawn(canvas, HIDDEN[1])
    canvas.lighting.show(DELTA)
    assert drawn(canvas, HIDDEN[1]).number == ""
    assert drawn(canvas, HIDDEN[0]).number
    assert canvas.scene.neurons._fills[canvas.scene.neurons._place_of[HIDDEN[1]]] == WAITING
    canvas.lighting.show(None)
    assert drawn(canvas, HIDDEN[1]) == before


def test_what_is_written_has_a_ring_in_the_ink_of_texts(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    canvas.lighting.show(DELTA)
    ink, surface = theme.current().text, theme.current().surface
    assert ring_of(canvas, HIDDEN[0]) == ink
    assert ring_of(canvas, OUTPUTS[0]) not in (ink, surface)
    assert ring_of(canvas, HIDDEN[1]) == surface


def test_edges_to_come_are_paler(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    shades = canvas.scene.edge_item.shades
    place = list(NETWORK.edge_of).index((INPUTS[0], HIDDEN[0]))
    before = shades.pen(int(shades.buckets(np.array([place]))[0])).color()
    canvas.lighting.show(DELTA)
    shades = canvas.scene.edge_item.shades
    after = shades.pen(int(shades.buckets(np.array([place]))[0])).color()
    surface = theme.current().surface

    def away(color: QColor) -> int:
        return sum(abs(a - b) for a, b in zip(color.getRgb(), surface.getRgb(), strict=True))  # type: ignore[arg-type]

    assert away(after) < away(before)


def test_the_signal_runs_against_the_edges_in_the_backward_pass(canvas: Canvas, qtbot: QtBot) -> None:
    shown(canvas, NETWORK)
    canvas.lighting.show(DELTA, signal_ms=300)
    spotlight, picture = canvas.scene.spotlight, canvas.scene.picture
    assert spotlight.progress == 0
    spotlight.progress = 0.25
    canvas.lighting._clock.stop()
    row = list(NETWORK.edge_of).index((HIDDEN[0], OUTPUTS[0]))
    way = picture.points[list(picture.single).index(row)][None]
    x, y = points_at(way, 0.75)[0].tolist()
    assert pixel(canvas, x, y) == theme.current().text
    canvas.lighting._clock.start()
    qtbot.waitUntil(lambda: spotlight.progress == 1.0)
    qtbot.waitUntil(lambda: not canvas.lighting._clock.isActive())


def test_points_lie_at_shares_of_the_length() -> None:
    ways = np.array([[[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]], [[0.0, 0.0], [0.0, 2.0], [0.0, 2.0]]])
    assert np.allclose(points_at(ways, 0.5), [[2.0, 0.0], [0.0, 1.0]])
    assert np.allclose(points_at(ways, 0.0), ways[:, 0])
    assert np.allclose(points_at(ways, 1.0), ways[:, -1])


def test_what_is_pointed_at_elsewhere_is_lit_without_any_operation(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    assert not canvas.scene.spotlight.isVisible()
    canvas.lighting.point_at(frozenset({HIDDEN[2]}))
    assert ring_of(canvas, HIDDEN[2]) == theme.current().text
    canvas.lighting.point_at(frozenset())
    assert not canvas.scene.spotlight.isVisible()


def test_the_picture_tells_what_the_pointer_is_over(canvas: Canvas, qtbot: QtBot) -> None:
    shown(canvas, NETWORK)
    told: list[object] = []
    canvas.lighting.pointed.connect(told.append)
    QTest.mouseMove(canvas.graphics.viewport(), center(canvas, HIDDEN[0]))
    way = canvas.scene.picture.points[0]
    QTest.mouseMove(canvas.graphics.viewport(), spot(canvas, *way[len(way) // 2].tolist()))
    qtbot.waitUntil(lambda: len(told) == 2)
    first = NETWORK.edges[int(canvas.scene.picture.single[0])]
    assert told == [{HIDDEN[0]}, {(first.source, first.target)}]


def test_another_drawing_puts_the_light_out(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    canvas.lighting.show(DELTA)
    canvas.sync(NETWORK, dense([2, 2, 1]))
    assert canvas.scene.spotlight.lights is None
    assert not canvas.scene.spotlight.isVisible()


def test_a_heat_map_greys_cells_to_come(canvas: Canvas) -> None:
    network = dense([2, 40, 1])
    hidden = [n.id for n in network.members[network.layers[1].id]]
    shown(canvas, network)
    canvas.set_view(View.FORWARD)
    map_ = canvas.scene.maps[network.layers[1].id]
    canvas.lighting.show(
        Lights(writes=frozenset({hidden[0]}), waiting=np.array([n.id in hidden[1:] for n in network.neurons]))
    )
    raised = theme.current().raised
    cells = map_.rgb.reshape(-1, 3)[:40]
    assert (cells[1:] == (raised.red(), raised.green(), raised.blue())).all()
    assert tuple(cells[0]) != (raised.red(), raised.green(), raised.blue())


def test_another_theme_keeps_the_light(canvas: Canvas, qapp: QApplication) -> None:
    shown(canvas, NETWORK)
    canvas.lighting.show(DELTA)
    theme.apply(qapp, dark=True)
    assert ring_of(canvas, HIDDEN[0]) == theme.current().text
    assert drawn(canvas, HIDDEN[1]).number == ""


def middle_of(canvas: Canvas, pair: tuple[int, int]) -> QColor:
    """Return the colour in the middle of an edge."""
    row = list(canvas.scene.picture.single).index(list(NETWORK.edge_of).index(pair))
    return pixel(canvas, *points_at(canvas.scene.picture.points[row][None], 0.5)[0].tolist())


def test_a_lit_edge_keeps_the_colour_of_its_sign(canvas: Canvas) -> None:
    pair = (HIDDEN[2], OUTPUTS[0])
    for weight, end in ((0.8, "positive"), (-0.8, "negative")):
        edges = tuple(
            replace(e, weight=weight if (e.source, e.target) == pair else 0.8) for e in NETWORK.edges
        )
        shown(canvas, replace(NETWORK, edges=edges))
        for lights in (Lights(reads=frozenset({pair})), Lights(writes=frozenset({pair}))):
            canvas.lighting.show(lights)
            assert middle_of(canvas, pair) == getattr(theme.current(), end)
        canvas.lighting.show(None)
        canvas.lighting.point_at(frozenset({pair}))
        assert middle_of(canvas, pair) == getattr(theme.current(), end)
        canvas.lighting.point_at(frozenset())


def test_the_tag_stands_on_the_name_and_says_it(canvas: Canvas) -> None:
    shown(canvas, NETWORK)
    picture, look = canvas.scene.picture, canvas.scene.look
    name = NETWORK.neuron_of[HIDDEN[1]].name
    words = words_of(DELTA.tag, HIDDEN[1], picture)
    assert words == f"{display_name(name)}:  {DELTA.tag}"
    plate = Tag(words, look).beside(picture.index[HIDDEN[1]], picture, look.zoom)
    radius = look.zoom * float(picture.radius[picture.index[HIDDEN[1]]])
    assert plate.bottom() < -radius
    assert plate.contains(0, -radius - ABOVE_PX - look.name_metrics.height() / 2)
    canvas.lighting.show(DELTA)
    x, y = picture.position[picture.index[HIDDEN[0]]].tolist()
    lower = y - float(picture.radius[picture.index[HIDDEN[0]]]) - 9 / canvas.graphics.zoom
    assert pixel(canvas, x, lower) == theme.current().text


def test_the_tag_goes_under_a_neuron_that_has_another_one_right_above_it(canvas: Canvas) -> None:
    upper, lower = HIDDEN[0], HIDDEN[1]
    x, y = NETWORK.neuron_of[lower].position
    neurons = tuple(replace(n, position=(x, y - 50)) if n.id == upper else n for n in NETWORK.neurons)
    shown(canvas, replace(NETWORK, neurons=neurons))
    picture, look = canvas.scene.picture, canvas.scene.look
    tag = Tag(words_of(DELTA.tag, lower, picture), look)
    assert tag.beside(picture.index[lower], picture, look.zoom).top() > 0
    assert tag.beside(picture.index[upper], picture, look.zoom).bottom() < 0
