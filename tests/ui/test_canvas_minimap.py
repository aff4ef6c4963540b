from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas import Canvas
from tests.ui.canvas_lab import shown
from tests.ui.moments import a_network


def test_there_is_a_map_only_while_something_is_out_of_sight(canvas: Canvas) -> None:
    shown(canvas, a_network(2, 4, 1))
    assert not canvas.minimap.isVisible()
    for _ in range(6):
        canvas.zoom_in()
    assert canvas.minimap.isVisible()
    corner = canvas.minimap.geometry()
    assert canvas.rect().contains(corner)
    assert canvas.rect().bottomRight().x() - corner.right() < 30
    canvas.fit()
    assert not canvas.minimap.isVisible()


def test_a_click_moves_the_view_there(canvas: Canvas) -> None:
    network = a_network(2, 8, 8, 1)
    shown(canvas, network)
    for _ in range(8):
        canvas.zoom_in()
    before = canvas.minimap.frame()
    at = QPoint(14, canvas.minimap.height() // 2)
    assert not before.contains(at)
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert canvas.minimap.frame().contains(at)
    view = canvas.graphics
    middle = view.mapToScene(view.viewport().rect().center())
    left = canvas.scene.picture.bounds[0]
    assert abs(middle.x() - left) < 0.15 * (canvas.scene.picture.bounds[2] - left)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_draws_neurons_and_the_frame_in_the_theme(qapp: QApplication, canvas: Canvas, dark: bool) -> None:
    theme = themes.apply(qapp, dark)
    shown(canvas, a_network(40, 4, 1))
    for _ in range(6):
        canvas.zoom_in()
    image = canvas.minimap.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {theme.surface.name(), theme.muted.name()} <= colors
    frame = canvas.minimap.frame()
    edge = image.pixelColor(round(frame.center().x()), round(frame.top()))
    plain = (theme.surface, theme.border, theme.muted)
    assert edge not in plain


def test_it_follows_the_network(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    for _ in range(6):
        canvas.zoom_in()
    before = canvas.minimap.grab().toImage()
    canvas.sync(network, network.without([network.neurons[3].id]))
    assert canvas.minimap.grab().toImage() != before


def test_it_goes_where_it_covers_no_neuron(canvas: Canvas) -> None:
    network = a_network(2, 4, 1)
    shown(canvas, network)
    for _ in range(3):
        canvas.zoom_in()
    corner = canvas.minimap.geometry()
    last = network.outputs[0].id
    view, place = canvas.graphics, canvas.place_of(last)
    # The output comes to lie where the map is.
    middle = view.mapToScene(view.viewport().rect().center())
    away = (QPointF(corner.center()) - place.center()) / view.zoom
    view.centerOn(middle - away)
    canvas._person_moved()
    assert corner.intersects(canvas.place_of(last).toRect())
    assert canvas.minimap.isVisible()
    for neuron in network.neurons:
        assert not canvas.minimap.geometry().intersects(canvas.place_of(neuron.id).toRect())
    assert canvas.rect().contains(canvas.minimap.geometry())
