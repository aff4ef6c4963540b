from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from backprop_gui.network import Network
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas import Canvas
from tests.ui.canvas_lab import center, color_of, shown, spot
from tests.ui.moments import a_frame, a_network

BOTH = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def moved(network: Network, ids: set[int], dx: float, dy: float) -> Network:
    """Return ``network`` with neurons elsewhere."""
    return network.with_neurons(
        replace(n, position=(n.position[0] + dx, n.position[1] + dy)) for n in network.neurons if n.id in ids
    )


def picture(canvas: Canvas) -> QImage:
    return canvas.grab().toImage()


def ink(image: QImage, at: QPoint, reach: int, ground: QColor) -> int:
    """Return how many pixels around a place are not the ground."""
    there = range(-reach, reach + 1)
    return sum(image.pixelColor(at + QPoint(i, j)) != ground for i in there for j in there)


@BOTH
def test_a_lifted_neuron_is_drawn_where_it_is_dragged_and_not_where_it_was(
    qapp: QApplication, canvas: Canvas, dark: bool
) -> None:
    theme = themes.apply(qapp, dark)
    network = a_network(2, 4, 1)
    shown(canvas, network)
    lifted = network.neurons[2]
    before, color = center(canvas, lifted.id), color_of(canvas, lifted.id)
    canvas.scene.lift({lifted.id})
    canvas.scene.drag_lifted(60.0, -30.0)
    image = picture(canvas)
    zoom = canvas.graphics.zoom
    radius = float(canvas.scene.picture.radius[2]) * zoom
    here = before + QPoint(round(60 * zoom), round(-30 * zoom))
    assert image.pixelColor(here + QPoint(0, round(0.7 * radius))) == color
    assert image.pixelColor(before + QPoint(-round(0.7 * radius), round(0.6 * radius))) == theme.surface


def test_what_is_dropped_looks_like_before(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    before = picture(canvas)
    canvas.scene.lift({network.neurons[2].id, network.neurons[4].id})
    canvas.scene.drag_lifted(40.0, 10.0)
    assert picture(canvas) != before
    canvas.scene.drop_lifted()
    assert picture(canvas) == before


def test_lifted_edges_run_from_the_neuron_to_the_ends_that_stay(canvas: Canvas) -> None:
    network = a_network(1, 1, 1)
    shown(canvas, network)
    middle = network.neurons[1]
    canvas.scene.lift({middle.id})
    canvas.scene.drag_lifted(0.0, 120.0)
    image, ground = picture(canvas), themes.current().surface
    drawn = canvas.scene.picture
    places = np.add([n.position for n in network.neurons], [[0, 0], [0, 120], [0, 0]])
    radius = float(drawn.radius[0])
    for first, last in ((0, 1), (1, 2)):
        # The middle of a level curve is half-way between its ends.
        half = (places[first] + [radius, 0] + places[last] - [radius, 0]) / 2
        assert ink(image, spot(canvas, *half.tolist()), 2, ground) > 3
        # Nothing is left of the edge that was there.
        old = (np.array(network.neurons[first].position) + network.neurons[last].position) / 2
        assert ink(image, spot(canvas, *old.tolist()), 2, ground) == 0


@pytest.mark.parametrize("sizes", [(2, 4, 1), (2, 12, 12, 1), (40, 4, 36, 2)])
def test_lifting_everything_moves_the_whole_picture(canvas: Canvas, sizes: tuple[int, ...]) -> None:
    network = a_network(*sizes)
    frame = shown(canvas, network)
    # The view stays where it is, even if the picture would fit better elsewhere.
    canvas.fits = False
    ids = {n.id for n in network.neurons}
    canvas.scene.lift(ids)
    canvas.scene.drag_lifted(30.0, 20.0)
    live = picture(canvas)
    canvas.scene.drop_lifted()
    canvas.sync(network, moved(network, ids, 30.0, 20.0))
    canvas.show_frame(frame)
    still = picture(canvas)
    for neuron in network.neurons:
        if (at := center(canvas, neuron.id)) and canvas.scene.neurons.shown(neuron.id) is None:
            assert live.pixelColor(at) == still.pixelColor(at)
        else:
            geometry = canvas.scene.picture
            radius = float(geometry.radius[geometry.index[neuron.id]])
            below = at + QPoint(0, round(0.7 * canvas.graphics.zoom * radius))
            assert live.pixelColor(below) == still.pixelColor(below)


def test_the_edges_that_stay_are_drawn_once_for_the_whole_drag(canvas: Canvas) -> None:
    network = a_network(2, 8, 8, 1)
    shown(canvas, network)
    picture(canvas)
    edges = canvas.scene.edge_item
    drawn = edges.drawn
    canvas.scene.lift({network.neurons[5].id})
    for way in range(10):
        canvas.scene.drag_lifted(3.0 * way, 0.0)
        picture(canvas)
    assert edges.drawn == drawn + 1


def test_frames_colour_what_is_lifted(canvas: Canvas) -> None:
    network = a_network(1, 1, 1)
    frame = shown(canvas, network)
    canvas.scene.lift({network.neurons[1].id})
    canvas.scene.drag_lifted(0.0, 120.0)
    drawn = canvas.scene.picture
    half = (drawn.position[0] + drawn.position[1] + [0, 120]) / 2
    at = spot(canvas, *half.tolist())
    for sign in (1.0, -1.0, 1.0):
        theta = frame.theta * 0 + sign
        canvas.show_frame(a_frame(network, theta))
        image = picture(canvas)
        colors = [image.pixelColor(at + QPoint(i, j)) for i in range(-3, 4) for j in range(-3, 4)]
        warmth = max((c.red() - c.blue() for c in colors), key=abs)
        assert abs(warmth) > 60
        assert (warmth > 0) == (sign > 0)


def test_places_are_asked_for_where_things_are_dragged_to(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    lifted = network.neurons[3]
    x, y = canvas.scene.picture.position[3].tolist()
    canvas.scene.lift({lifted.id})
    canvas.scene.drag_lifted(70.0, 200.0)
    picture(canvas)
    assert canvas.scene.key_at(x + 70, y + 200, 5.0) == lifted.id
    assert canvas.scene.key_at(x, y, 1.0) != lifted.id
    start = canvas.scene.picture.position[0] + [canvas.scene.picture.radius[0], 0]
    end = np.array([x + 70 - canvas.scene.picture.radius[3], y + 200])
    half = ((start + end) / 2).tolist()
    assert canvas.scene.key_at(*half, 3.0) in {
        (network.neurons[0].id, lifted.id),
        (network.neurons[1].id, lifted.id),
    }
    canvas.scene.drop_lifted()
    assert canvas.scene.key_at(x, y, 1.0) == lifted.id


def test_a_heat_map_is_lifted_with_all_of_its_neurons_only(canvas: Canvas) -> None:
    network = a_network(40, 3)
    shown(canvas, network)
    cells = canvas.scene.picture.cells[0]
    layer = [network.neurons[i].id for i in cells.neurons.tolist()]
    corner = (cells.left + cells.cell / 2, cells.top + cells.cell / 2)
    canvas.scene.lift(layer[:5])
    canvas.scene.drag_lifted(0.0, 500.0)
    assert canvas.scene.key_at(*corner, 1.0) == layer[0]
    canvas.scene.lift(layer)
    canvas.scene.drag_lifted(0.0, 500.0)
    assert canvas.scene.key_at(*corner, 1.0) is None
    assert canvas.scene.key_at(corner[0], corner[1] + 500, 1.0) == layer[0]


def test_another_network_puts_everything_down(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    canvas.scene.lift({network.neurons[2].id})
    canvas.scene.drag_lifted(50.0, 50.0)
    canvas.sync(network, network.without([network.neurons[2].id]))
    canvas.scene.drag_lifted(60.0, 60.0)
    after = picture(canvas)
    canvas.scene.drop_lifted()
    assert picture(canvas) == after


def test_slow_edges_that_stay_keep_their_colours_until_the_drop(canvas: Canvas) -> None:
    network = a_network(2, 8, 8, 1)
    frame = shown(canvas, network)
    edges = canvas.scene.edge_item
    canvas.scene.lift({network.neurons[4].id})
    picture(canvas)
    edges.seconds = 1.0
    drawn = edges.drawn
    QTest.qWait(100)
    canvas.show_frame(a_frame(network, -frame.theta))
    picture(canvas)
    assert edges.drawn == drawn
    canvas.scene.drop_lifted()
    after = picture(canvas)
    edges.renew()
    assert picture(canvas) == after
