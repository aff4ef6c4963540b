"""The hands: turn presses, drags and keys into gestures, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal

from backprop_gui.ui.canvas.gestures.by_keys import ConnectByKeys
from backprop_gui.ui.canvas.gestures.connecting import Connect
from backprop_gui.ui.canvas.gestures.cutting import Knife
from backprop_gui.ui.canvas.gestures.gesture import Gesture
from backprop_gui.ui.canvas.gestures.ghost import NO_GHOST, Ghost, GhostItem
from backprop_gui.ui.canvas.gestures.moving import Move
from backprop_gui.ui.canvas.gestures.placing import Make, Place, place_by_key, placement
from backprop_gui.ui.canvas.gestures.selecting import AddingClick, Click, RubberBand
from backprop_gui.ui.canvas.gestures.spots import NOTHING, Spot, Where, spot_at
from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.hint import Hint
from backprop_gui.ui.canvas.picture import RADIUS
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.pieces import Piece
from backprop_gui.ui.selection import Key

if TYPE_CHECKING:
    from backprop_gui.ui.editor import Editor

DRAG_PX = 4.0
"""How far the pointer has to go for a press to become a drag."""
FIRST_SELECT = "Select the neuron that the new edge starts at first: arrow keys walk to it."
OUTSIDE = "Nothing was added: let go of a piece over the picture."
RIM_TEXT = "Drag from the rim to another neuron, or to a layer, to connect them."

Modifiers = Qt.KeyboardModifier
ON_PRESS = {
    Where.NEURON: Move,
    Where.NAME: Move,
    Where.RIM: Connect,
    Where.EDGE: Click,
    Where.BUNDLE: Click,
    Where.HEADING: Move,
    Where.LAYER: RubberBand,
    Where.BETWEEN: RubberBand,
    Where.NOTHING: RubberBand,
}
"""What a press without a modifier begins."""


class Hands(QObject):
    """The stage of all gestures.

    Attributes
    ----------
    editor : Editor or None
        Without one, the picture can be looked at and selected in, but not edited.
    gesture : Gesture or None
        The one under way.

    Signals
    -------
    selected(frozenset, key)
        The person selected something.
    """

    selected = Signal(object, object)

    def __init__(
        self, scene: NetworkScene, view: NetworkView, hint: Hint, repaint: Callable[[], None]
    ) -> None:
        super().__init__(view)
        self.scene = scene
        self.editor: Editor | None = None
        self.gesture: Gesture | None = None
        self._view, self._hint, self._repaint = view, hint, repaint
        self._pressed = QPointF()
        self._dragging = False
        self._held = False
        self._item = GhostItem()
        scene.addItem(self._item)
        self._item.setVisible(False)
        self._place: Place | None = None
        self._hovered = NOTHING
        view.pressed.connect(self.press)
        view.dragged.connect(self.drag)
        view.released.connect(self.release)
        view.hovered.connect(self._hover)
        view.left.connect(self._leave)
        view.interrupted.connect(self.cancel)
        view.chooses = lambda: isinstance(self.gesture, ConnectByKeys)

    # ---- what gestures work on

    @property
    def zoom(self) -> float:
        """Pixels a scene unit."""
        return self._view.zoom

    def spot(self, point: QPointF) -> Spot:
        """Return what is at a point of the scene."""
        return spot_at(self.scene, point.x(), point.y(), self.zoom)

    def show(self, ghost: Ghost, text: str = "") -> None:
        """Draw what would happen, and say it."""
        if ghost is not NO_GHOST or self._item.ghost is not NO_GHOST:
            self._item.set_ghost(ghost)
            self._repaint()
        self._hint.set_gesture(text, refused=ghost.refused)

    def select(self, keys: frozenset[Key], current: Key | None = None) -> None:
        """Select exactly ``keys``, as far as they are still drawn."""
        network = self.scene.network
        keys = frozenset(key for key in keys if key in network.neuron_of or key in network.edge_of)
        self.selected.emit(keys, current if current in keys else None)

    @property
    def ghost(self) -> Ghost:
        """What is drawn of the gesture under way."""
        return self._item.ghost

    # ---- the mouse

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        """Begin a gesture with the left button."""
        self.cancel()
        spot = self.spot(point)
        self._pressed, self._dragging = point, False
        if modifiers & Modifiers.ShiftModifier:
            self.gesture = Knife(self, point, spot)
        elif modifiers & Modifiers.ControlModifier:
            on_ground = spot.where in (Where.NOTHING, Where.LAYER, Where.BETWEEN)
            self.gesture = (
                RubberBand(self, point, spot, adds=True) if on_ground else AddingClick(self, point, spot)
            )
        else:
            begin = ON_PRESS[spot.where]
            self.gesture = (
                Move(self, point, spot)
                if begin is Connect and self.editor is None
                else begin(self, point, spot)
            )

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        """Go on with the gesture."""
        if self.gesture is None:
            return
        way = point - self._pressed
        if not self._dragging and (abs(way.x()) + abs(way.y())) * self.zoom < DRAG_PX:
            return
        self._dragging = self.scene.edge_item.patient = True
        # Alt alone would not do: many window managers take it to move the window.
        free = modifiers & (Modifiers.ControlModifier | Modifiers.AltModifier)
        self.gesture.move(point, bool(free))

    def release(self, point: QPointF) -> None:
        """End the gesture by doing what it showed."""
        gesture, self.gesture = self.gesture, None
        if gesture is None:
            return
        self._be_impatient()
        # The ghost goes first: what is drawn next is the real thing.
        self._hovered = NOTHING
        self.show(NO_GHOST)
        if self._dragging:
            gesture.release(point)
        else:
            gesture.click()

    def cancel(self) -> bool:
        """Give the gesture up and leave everything as it was; return whether there was one."""
        gesture, self.gesture, self._place = self.gesture, None, None
        self._hovered = NOTHING
        self._be_impatient()
        if gesture is not None:
            gesture.cancel()
        if gesture is not None or self._item.ghost is not NO_GHOST:
            self.show(NO_GHOST)
        return gesture is not None

    def _be_impatient(self) -> None:
        """Let edges show again what changed during the gesture."""
        if self.scene.edge_item.patient:
            self.scene.edge_item.patient = False
            self.scene.repaint_due()

    def _hover(self, point: QPointF) -> None:
        """Show that edges can be drawn from a rim."""
        if self.gesture is not None and not isinstance(self.gesture, ConnectByKeys):
            # The button was released where nobody could see it.
            self.cancel()
        if self.gesture is not None or self.editor is None:
            return
        spot = self.spot(point)
        if spot == self._hovered:
            return
        self._hovered = spot
        rim = spot.where is Where.RIM
        picture = self.scene.picture
        if rim and spot.neuron is not None:
            row = picture.index[spot.neuron]
            x, y = picture.position[row].tolist()
            self.show(Ghost(rings=[(x, y, float(picture.radius[row]) + 3 / self.zoom)]), RIM_TEXT)
        elif self._item.ghost is not NO_GHOST:
            self.show(NO_GHOST)
        shapes = {Where.RIM: Qt.CursorShape.CrossCursor, Where.HEADING: Qt.CursorShape.PointingHandCursor}
        if spot.where in shapes:
            self._view.viewport().setCursor(shapes[spot.where])
        else:
            self._view.viewport().unsetCursor()

    def _leave(self) -> None:
        """Show no rim that the pointer is no longer at."""
        if self.gesture is None and self._place is None:
            self._hovered = NOTHING
            self.show(NO_GHOST)

    # ---- pieces of the palette

    def carry(self, piece: Piece, spot: QPoint) -> None:
        """Show where ``piece`` would land if it were dropped at ``spot`` of the viewport."""
        if self.editor is None:
            return
        if not self._view.viewport().rect().contains(spot):
            self._place = Place(NO_GHOST, OUTSIDE, None)
            self.show(NO_GHOST)
            return
        point = self._view.mapToScene(spot)
        self._place = placement(self, piece, point)
        self.show(self._place.ghost, self._place.text)

    def drop(self) -> bool:
        """Drop what is carried; return whether something was made of it."""
        place, self._place = self._place, None
        self.show(NO_GHOST)
        if place is None or self.editor is None:
            return False
        if place.make is None:
            self._hint.set_note(place.text, "bad")
            return False
        return self._make(place.make)

    def _make(self, make: Make) -> bool:
        """Add something, and move the view if what is new would be out of sight; return whether it was added."""
        before = self.scene.network.neuron_of
        if self.editor is None or not self.editor.attempt(make):
            return False
        picture, view = self.scene.picture, self._view
        new = [row for id, row in picture.index.items() if id not in before]
        if not new:
            return True
        (left, top), (right, bottom) = picture.position[new].min(axis=0), picture.position[new].max(axis=0)
        box = QRectF(left, top, right - left, bottom - top).adjusted(-RADIUS, -RADIUS, RADIUS, RADIUS)
        if not view.mapToScene(view.viewport().rect()).boundingRect().contains(box):
            view.ensureVisible(box)
            view.moved.emit()
        return True

    # ---- keys

    def add(self, piece: Piece) -> bool:
        """Add a piece without a mouse, where it fits; return whether it was added."""
        if self.editor is None:
            return False
        self.cancel()
        middle = self._view.middle()
        place = place_by_key(self, piece, middle)
        return place.make is not None and self._make(place.make)

    def connect_by_keys(self) -> None:
        """Begin to connect what is selected with a target that keys choose."""
        network = self.scene.network
        first = next((n for n in network.neurons if n.id in self.scene.selected), None)
        if self.editor is None:
            return
        self.cancel()
        if first is None:
            self._hint.set_note(FIRST_SELECT, "bad")
            return
        # The arrow keys have to arrive here, wherever the command was given.
        self._view.setFocus()
        self.gesture = ConnectByKeys(self, Spot(Where.RIM, first.id, (first.layer,)))

    def step(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        """Give a key to the gesture under way; return whether it took it."""
        if key == Qt.Key.Key_Escape:
            return self.cancel()
        gesture = self.gesture
        if not isinstance(gesture, ConnectByKeys):
            return gesture is not None
        if key != Qt.Key.Key_Return:
            gesture.step(key, whole=bool(modifiers & Modifiers.ShiftModifier))
        elif not gesture.refused:
            self.gesture = None
            self.show(NO_GHOST)
            gesture.confirm()
        return True

    def walk(self, forward: bool) -> bool:
        """Give Tab to the gesture under way; return whether there is one."""
        if isinstance(self.gesture, ConnectByKeys):
            self.gesture.walk(forward)
        return self.gesture is not None

    def forget(self) -> None:
        """Give up a gesture of keys, because the drawing that it was about is another one now."""
        if isinstance(self.gesture, ConnectByKeys):
            self.cancel()


__all__ = ["Hands"]
