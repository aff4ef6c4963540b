"""A hand for tests of the drawing: presses, drags and keys on the canvas of a window, in units of the scene."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.network import Network, Neuron
from backprop_gui.project import Project
from backprop_gui.ui import theme
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.canvas.gestures.ghost import NO_GHOST
from backprop_gui.ui.canvas.gestures.spots import layer_boxes
from backprop_gui.ui.window import Window
from tests.ui.canvas_lab import spot
from tests.ui.windows import shut

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Point = tuple[float, float]


@contextmanager
def a_window(project: Project, qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """Show a window on ``project``, in the light theme, with a first frame; close it afterwards."""
    theme.apply(qapp, False)
    window = Window(project)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.lab.player.frame is not None or window.lab.document.obstacle is not None)
    try:
        yield window
    finally:
        shut(window)


class Hand:
    """What a person does with the picture of one window."""

    def __init__(self, window: Window) -> None:
        self.window, self.canvas = window, window.canvas
        self._at = (0.0, 0.0)
        # Room around the network, and a view that stays where it is.
        for _ in range(2):
            self.canvas.zoom_out()

    # ---- places

    @property
    def network(self) -> Network:
        return self.window.lab.document.project.network

    def neuron(self, name: str) -> Neuron:
        return next(neuron for neuron in self.network.neurons if neuron.name == name)

    def at(self, name: str) -> Point:
        """Return the middle of a neuron."""
        return place_of(self.canvas, self.neuron(name).id)

    def rim(self, name: str) -> Point:
        picture = self.canvas.scene.picture
        x, y = self.at(name)
        return x, y + 0.85 * float(picture.radius[picture.index[self.neuron(name).id]])

    def edge(self, source: str, target: str, share: float = 0.5) -> Point:
        """Return a point of an edge."""
        picture, network = self.canvas.scene.picture, self.network
        pair = self.neuron(source).id, self.neuron(target).id
        number = [(e.source, e.target) for e in network.edges].index(pair)
        way = picture.points[picture.single.tolist().index(number)]
        x, y = way[round(share * (len(way) - 1))].tolist()
        return x, y

    def heading(self, layer: int) -> Point:
        block = self.canvas.scene.headings.by_layer[layer]
        return block.x, block.y - (block.lift + 8) / self.canvas.graphics.zoom

    def ground(self) -> Point:
        """Return a point where nothing is: above everything."""
        boxes = layer_boxes(self.canvas.scene).values()
        return min(b.left() for b in boxes) - 30, min(b.top() for b in boxes) - 60

    # ---- the mouse

    def press(self, at: Point, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        self._at = at
        QTest.mousePress(self._viewport, button, keys, spot(self.canvas, *at))

    def move(self, to: Point, keys: Qt.KeyboardModifier = PLAIN, buttons: Qt.MouseButton = LEFT) -> None:
        self._at = to
        where = self.canvas.graphics.viewportTransform().map(QPointF(*to))
        far = self._viewport.mapToGlobal(where)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, where, far, none, buttons, keys)
        QApplication.sendEvent(self._viewport, event)

    def release(self, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self._viewport, button, keys, spot(self.canvas, *self._at))

    def hover(self, at: Point) -> None:
        self.move(at, buttons=Qt.MouseButton.NoButton)

    def begin(self, start: Point, *ways: Point, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Press and move, without letting go."""
        self.press(start, keys)
        for end in ways:
            x, y = self._at
            for share in (0.3, 0.7, 1.0):
                self.move((x + share * (end[0] - x), y + share * (end[1] - y)), keys)

    def drag(self, start: Point, *ways: Point, keys: Qt.KeyboardModifier = PLAIN) -> None:
        self.begin(start, *ways, keys=keys)
        self.release(keys)

    def click(self, at: Point, keys: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(at, keys)
        self.release(keys)

    def double_click(self, at: Point) -> None:
        self.click(at)
        QTest.mouseDClick(self._viewport, LEFT, PLAIN, spot(self.canvas, *at))
        self._at = at

    def right_click(self, at: Point) -> None:
        where = spot(self.canvas, *at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, self._viewport.mapToGlobal(where))
        QApplication.sendEvent(self._viewport, event)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.canvas.graphics, key, keys)

    @property
    def _viewport(self) -> QWidget:
        return self.canvas.graphics.viewport()

    # ---- the palette

    def carry(self, piece: str, to: Point | QPoint) -> None:
        """Press a tile and move to a point of the scene, or of the screen."""
        tile = self._tile(piece)
        where = to if isinstance(to, QPoint) else self._viewport.mapToGlobal(spot(self.canvas, *to))
        QTest.mousePress(tile, LEFT, PLAIN, tile.rect().center())
        self.carry_on(piece, where)

    def carry_on(self, piece: str, to: Point | QPoint) -> None:
        tile = self._tile(piece)
        where = to if isinstance(to, QPoint) else self._viewport.mapToGlobal(spot(self.canvas, *to))
        none = Qt.MouseButton.NoButton
        for share in (0.5, 1.0):
            far = QPointF(tile.mapToGlobal(tile.rect().center())) * (1 - share) + QPointF(where) * share
            event = QMouseEvent(QEvent.Type.MouseMove, tile.mapFromGlobal(far), far, none, LEFT, PLAIN)
            QApplication.sendEvent(tile, event)

    def let_go(self, piece: str) -> None:
        tile = self._tile(piece)
        QTest.mouseRelease(tile, LEFT, PLAIN, tile.rect().bottomRight() + QPoint(500, 500))

    def _tile(self, piece: str) -> QWidget:
        return self.window.panels["palette"].tiles[piece]

    # ---- what there is to see

    @property
    def text(self) -> str:
        return self.canvas.hint.text

    @property
    def steps(self) -> list[str]:
        """Return the names of the steps that can be undone."""
        stack = self.window.lab.document.stack
        return [stack.text(place) for place in range(stack.index)]

    def is_idle(self) -> bool:
        """Return whether nothing is under way, and nothing of it is left in the picture."""
        hands, scene = self.canvas.hands, self.canvas.scene
        return (
            hands.gesture is None
            and hands.ghost is NO_GHOST
            and not hands._item.isVisible()
            and scene.lifted.lift is None
            and not self.canvas.hint._gesture
        )


def place_of(canvas: Canvas, id: int) -> Point:
    picture = canvas.scene.picture
    x, y = picture.position[picture.index[id]].tolist()
    return x, y
