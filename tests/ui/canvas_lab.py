"""What the tests of the canvas share: a frame on show, and where in the viewport things are."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Network
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.canvas.neurons import Shown
from tests.ui.moments import a_frame


def spot(canvas: Canvas, x: float, y: float) -> QPoint:
    """Return where a point of the scene is in the viewport."""
    return canvas.graphics.viewportTransform().map(QPointF(x, y)).toPoint()


def center(canvas: Canvas, id: int) -> QPoint:
    picture = canvas.scene.picture
    return spot(canvas, *picture.position[picture.index[id]].tolist())


def color_of(canvas: Canvas, id: int) -> QColor:
    """Return the pixel of a neuron half-way down from its middle, where neither text nor outline is."""
    picture = canvas.scene.picture
    index = picture.index[id]
    x, y = picture.position[index].tolist()
    return canvas.grab().toImage().pixelColor(spot(canvas, x, y + 0.7 * float(picture.radius[index])))


def drawn(canvas: Canvas, id: int) -> Shown:
    """Return how a neuron is drawn."""
    shown = canvas.scene.neurons.shown(id)
    assert shown is not None
    return shown


def click(canvas: Canvas, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(canvas.graphics.viewport(), Qt.MouseButton.LeftButton, keys, at)


def shown(canvas: Canvas, network: Network, **frame: object) -> Frame:
    canvas.sync(None, network)
    moment = a_frame(network, **frame)  # type: ignore[arg-type]
    canvas.show_frame(moment)
    return moment
