from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from backprop_gui.network import Network
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas import Canvas, Form, Reach
from tests.ui.canvas_lab import shown, spot
from tests.ui.moments import a_frame, a_network


def two_edges(weak: float, strong: float) -> Network:
    network = a_network(2, 1)
    pairs = [(e.source, e.target) for e in network.edges]
    return network.with_parameters({}, dict(zip(pairs, (weak, strong), strict=True)))


def middle(canvas: Canvas, row: int) -> QColor:
    """Return the colour in the middle of an edge."""
    way = canvas.scene.picture.points[row]
    return canvas.grab().toImage().pixelColor(spot(canvas, *way[len(way) // 2].tolist()))


def test_edges_below_the_threshold_are_not_drawn_and_cannot_be_hit(canvas: Canvas) -> None:
    network = two_edges(0.05, 1.0)
    shown(canvas, network)
    ground = themes.current().surface
    assert middle(canvas, 0) != ground
    canvas.set_threshold(0.1)
    assert middle(canvas, 0) == ground
    assert middle(canvas, 1) != ground
    weak, strong = (tuple(way[len(way) // 2].tolist()) for way in canvas.scene.picture.points)
    assert canvas.scene.key_at(*weak, 4.0) is None
    assert canvas.scene.key_at(*strong, 4.0) is not None
    canvas.set_threshold(0.0)
    assert middle(canvas, 0) != ground
    assert canvas.scene.key_at(*weak, 4.0) is not None


def test_what_is_selected_is_never_hidden(canvas: Canvas) -> None:
    network = two_edges(0.05, 1.0)
    shown(canvas, network)
    canvas.set_threshold(0.5)
    edge = network.edges[0]
    canvas.set_selection(frozenset({(edge.source, edge.target)}))
    assert middle(canvas, 0) != themes.current().surface
    assert canvas.scene.edge_item.hidden == 0


def test_the_canvas_says_how_many_are_hidden_and_below_what(canvas: Canvas) -> None:
    shown(canvas, two_edges(0.05, 1.0))
    assert not canvas.weak.isVisible()
    canvas.set_threshold(0.1)
    assert canvas.weak.isVisible()
    assert canvas.weak.text() == "1 of 2 edges hidden"
    assert not canvas.weak.geometry().intersects(canvas.legend.geometry())
    assert canvas.weak.accessibleDescription() == "Edges hidden: with |w| below 0.10"
    canvas.set_scale(Form.LINEAR, Reach.LAYER)
    assert canvas.weak.accessibleDescription() == "Edges hidden: with |w| below 10% of the scale"
    canvas.set_threshold(0.0)
    assert not canvas.weak.isVisible()


def test_frames_hide_and_show_edges_anew(canvas: Canvas) -> None:
    network = two_edges(0.05, 1.0)
    frame = shown(canvas, network)
    canvas.set_threshold(0.2)
    assert canvas.scene.edge_item.hidden == 1
    canvas.show_frame(a_frame(network, np.where(frame.theta == 0.05, 0.9, frame.theta)))
    assert canvas.scene.edge_item.hidden == 0
    assert canvas.weak.text() == "0 of 2 edges hidden"


def test_another_network_keeps_the_threshold(canvas: Canvas) -> None:
    network = two_edges(0.05, 1.0)
    shown(canvas, network)
    canvas.set_threshold(0.2)
    canvas.sync(network, two_edges(1.0, 0.1))
    canvas.show_frame(a_frame(two_edges(1.0, 0.1)))
    assert middle(canvas, 1) == themes.current().surface
    assert middle(canvas, 0) != themes.current().surface


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_slider_hides_edges(canvas: Canvas) -> None:
    shown(canvas, two_edges(0.05, 1.0))
    canvas.choose_threshold()
    assert canvas.weak.popup.isVisible()
    canvas.weak.slider.slider.setValue(canvas.weak.slider.slider.maximum() // 2)
    assert canvas.weak.text() == "1 of 2 edges hidden"
    canvas.weak.popup.hide()


def test_without_edges_none_is_said_to_be_hidden(canvas: Canvas) -> None:
    canvas.weak.tell(0, 0, 0.5, 1.0)
    assert canvas.weak.isHidden()
    canvas.weak.tell(0, 2, 0.5, 1.0)
    assert not canvas.weak.isHidden()
