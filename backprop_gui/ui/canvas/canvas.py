"""The network picture: the scene with what floats above it, and the way in for everything else."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from backprop_gui.engine.checked import Checked
from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned
from backprop_gui.network import Network
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.asking import content_of, tooltip_at
from backprop_gui.ui.canvas.fitting import fit, fits_well
from backprop_gui.ui.canvas.gestures.hands import Hands
from backprop_gui.ui.canvas.gestures.selecting import keys_at
from backprop_gui.ui.canvas.gestures.spots import NOTHING, TOLERANCE_PX, Spot, Where
from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.lighting import Lighting
from backprop_gui.ui.canvas.narrator import Narrator
from backprop_gui.ui.canvas.navigation import neighbour, next_part
from backprop_gui.ui.canvas.overlays import Overlays
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.views import WEIGHT_VIEWS, View
from backprop_gui.ui.selection import Key, layer_of, still_there

ZOOM_STEP = 1.25
WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
SMALLEST_EDGE_SHARE = 0.04


class Canvas(QWidget):
    """The picture of a network while it learns.

    Attributes
    ----------
    paint_budget : float
        Share of the wall time that painting may take while frames keep coming; what neurons leave of it, edges
        may use.
    fits : bool
        Whether the picture fits itself to the widget; a person's zoom or pan ends that, ``fit`` begins it.

    lighting : Lighting
        What is lit in it while a step is looked at operation by operation.

    Signals
    -------
    view_changed(View)
    selection_changed(frozenset, key)
        By the person, not by ``set_selection``; with the key selected last, None without one.
    probe_wanted()
        The person wants to choose what is looked at.
    probe_step(int)
        -1 or +1: the person wants to look at the example before or after.
    operation_wanted(), operation_left()
        The person wants to see the operation that the chip tells of, or no operation any more.
    space_tapped()
        Space was pressed on the picture and did not become a pan: play or pause.
    edit_wanted(key, layer)
        The person wants to change a neuron, an edge, or, where the key is None, a layer in place.
    rename_wanted(int)
        The person wants to change the name of a neuron in place.
    menu_wanted(Spot, QPointF, QPoint)
        The person wants to see what can be done at a place: in the scene, and on the screen.
    nudged(int, int)
        The person moves what is selected by steps to the right and down.
    """

    view_changed = Signal(object)
    selection_changed = Signal(object, object)
    probe_wanted = Signal()
    probe_step = Signal(int)
    operation_wanted = Signal()
    operation_left = Signal()
    space_tapped = Signal()
    edit_wanted = Signal(object, int)
    rename_wanted = Signal(int)
    menu_wanted = Signal(object, QPointF, QPoint)
    nudged = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._ready = False
        super().__init__(parent)
        self.paint_budget, self.fits = 0.25, True
        self.current: Key | None = None
        self._frames_at = 0.0
        self._frame_gap = 1.0
        self._gone: tuple[float, float] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._numbers = QTimer(self)
        self._numbers.setSingleShot(True)
        self.scene = NetworkScene(
            themes.current(), QApplication.font(), self._paint_later, self._repaint, self
        )
        self.graphics = NetworkView(
            self.scene,
            self._walk,
            self._tooltip_at,
            self._edge_seconds,
            self.scene.edge_item.covers,
            self,
        )
        self._later.timeout.connect(self.scene.repaint_due)
        self._numbers.timeout.connect(self._write_numbers)
        self._over = over = Overlays(self, content_of(self.scene))
        self.segments, self.legend, self.weak = over.segments, over.legend, over.weak
        self.minimap, self.hint, self.ground = over.minimap, over.hint, over.ground
        self.segments.chosen.connect(self.set_view)
        self.legend.chosen.connect(self.set_scale)
        self.weak.chosen.connect(self.set_threshold)
        self.weak.clicked.connect(self.choose_threshold)
        self.minimap.moved.connect(self._look_at)
        over.probe.stepped.connect(self.probe_step)
        over.probe.asked.connect(self.probe_wanted)
        over.stepping.asked.connect(self.operation_wanted)
        over.stepping.left.connect(self.operation_left)
        self.hands = Hands(self.scene, self.graphics, self.hint, lambda: self._repaint(True))
        self.hands.selected.connect(self._select)
        self.lighting = Lighting(self.scene, self.graphics, lambda: self._repaint(True))
        self._narrator = Narrator(self.scene, self.graphics, lambda: self.current)
        self.graphics.opened.connect(self._open_at)
        self.graphics.menu_wanted.connect(self._ask_for_menu)
        self.graphics.menu_key.connect(self._ask_by_key)
        self.graphics.moved.connect(self._person_moved)
        self.graphics.tapped_space.connect(self.space_tapped)
        self.graphics.stepped.connect(self._step)
        self.setFocusProxy(self.graphics)
        self.setTabOrder(self.segments, self.graphics)
        self.setTabOrder(self.graphics, self.legend)
        self.graphics.setAccessibleName("Network picture")
        themes.notifier.changed.connect(self._dress)
        self._ready = True
        self._dress(themes.current())

    # ---- what it shows

    def sync(self, old: Network | None, new: Network) -> None:
        """Draw ``new``; ``old`` is what was drawn before, None for something unrelated."""
        self.hands.forget()
        self._note_gone(new)
        stands = old is not None and [(n.id, n.position) for n in old.neurons] == [
            (n.id, n.position) for n in new.neurons
        ]
        if old is None:
            self.scene.opened.clear()
        # What was begun in another drawing cannot be ended in this one.
        self.hands.cancel()
        kept = frozenset[Key]() if old is None else still_there(self.selected, new)
        if kept != self.selected:
            self._select(kept, self.current if self.current in kept else None)
        self.scene.set_network(new)
        if old is None:
            # Until now it was told of the weights that were drawn before.
            self.scene.set_frame(None)
        if not stands and (self._is_lost() or (self.fits and (old is None or not self._fits_well()))):
            self.fit()
        self.ground.setVisible(not new.neurons)
        self._place_minimap()
        self._tell()
        self._narrator.describe()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of ``frame``; those of parts that the network shown does not have are left out."""
        now = time.monotonic()
        self._frame_gap += 0.2 * (min(1.0, now - self._frames_at) - self._frame_gap)
        self._frames_at = now
        self._share_budget()
        self.scene.set_frame(frame)
        self._tell()

    def set_obstacle(self, text: str, present: Learned | None = None) -> None:
        """Say why the drawing cannot be trained as it is; empty when it can.

        Meanwhile no signals are shown, and the values that are ``present``; without, the drawn ones.
        """
        self.scene.set_parked(bool(text), present)
        self.hint.set_obstacle(text)

    @property
    def view(self) -> View:
        """What fills the neurons."""
        return self.scene.view

    def set_view(self, view: View) -> None:
        """Choose what fills the neurons and colours the edges."""
        if view is self.scene.view:
            return
        self.segments.set_value(view)
        self.scene.set_view(view)
        self._tell()
        self._narrator.tell()
        self._place_overlays()
        self.view_changed.emit(view)

    def set_conventions(self, conventions: Conventions) -> None:
        """Write deltas and gradients as ``conventions`` say."""
        self.scene.set_conventions(conventions)
        self._tell()

    def set_checked(self, checked: Checked | None) -> None:
        """Show what a gradient check found, in the view that does so, for as long as it is true."""
        self.scene.set_checked(checked)
        self._tell()

    def set_scale(self, form: Form, reach: Reach) -> None:
        """Choose a linear or logarithmic scale, for the network or for each layer."""
        self.scene.set_scale(form, reach)
        self._refit()
        self._tell()

    def set_threshold(self, share: float) -> None:
        """Hide edges that are weaker than a share of the scale's end."""
        self.scene.set_threshold(share)
        self._tell()

    def choose_threshold(self) -> None:
        """Show the slider that hides weak edges, above the legend or where it covers less of the network."""
        size = self.weak.popup.sizeHint()
        place = self._over.clear_place(size, self.scene.picture, self._seen(), left=True)
        self.weak.open(self.mapToGlobal(place))

    def set_probe_text(self, text: str, short: str = "") -> None:
        """Say what is looked at, such as ``example 98 of 140``, and how in few words; empty hides the label."""
        room = self._over.room()
        self._over.probe.set_text(text, short)
        self._place_overlays()
        if self._over.room() != room:
            self._refit()

    def set_operation_text(self, text: str) -> None:
        """Say which operation the picture shows, such as ``operation 17 of 37``; empty hides the chip."""
        if self._over.stepping.set_text(text):
            self._place_overlays()
            self._refit()

    def probe_corner(self) -> QPoint:
        """Return where on the screen what offers other examples has its upper right corner."""
        label = self._over.probe
        return label.mapToGlobal(QPoint(label.width(), label.height() + 4))

    def set_open(self, layer: int, is_open: bool) -> None:
        """Draw a layer of more than 32 neurons one by one, or fold it into a heat map."""
        if self.scene.set_open(layer, is_open):
            self._refit()

    # ---- what is selected

    @property
    def selected(self) -> frozenset[Key]:
        """The selected neurons (ids) and edges (pairs of ids)."""
        return self.scene.selected

    def set_selection(self, keys: frozenset[Key], current: Key | None = None) -> None:
        """Select exactly ``keys``, without a signal; ``current`` is the one that arrow keys start from."""
        self.current = current if current in keys else next(iter(keys), None)
        if self.current is not None:
            self._gone = None
        self.scene.set_selected(frozenset(keys))
        self._narrator.tell()

    def _select(self, keys: frozenset[Key], current: Key | None) -> None:
        if keys != self.selected or current != self.current:
            self.set_selection(keys, current)
            self.selection_changed.emit(self.selected, self.current)

    def _step(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        if self.hands.step(key, modifiers):
            return
        if key == Qt.Key.Key_Escape:
            self._select(frozenset(), None)
        elif key == Qt.Key.Key_Return:
            self._open_selected()
        elif modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            self.nudged.emit(*WAYS[key])
        else:
            neuron = self._next(key)
            if neuron is not None:
                extends = modifiers & Qt.KeyboardModifier.ShiftModifier
                self._select((self.selected if extends else frozenset()) | {neuron}, neuron)

    def _next(self, key: Qt.Key) -> int | None:
        """Return the neuron that an arrow key leads to; from what was deleted, it is the one next to it."""
        picture = self.scene.picture
        if self.current is None and self._gone is not None and len(picture.position):
            away = np.hypot(*(picture.position - self._gone).T)
            return self.scene.network.neurons[int(np.argmin(away))].id
        return neighbour(picture, self.current, key)

    def _note_gone(self, new: Network) -> None:
        """Note where that stood which is selected now and will be gone: the arrow keys go on from there."""
        key, picture = self.current, self.scene.picture
        end = key[0] if isinstance(key, tuple) else key
        if end is not None and end in picture.index and key not in new.neuron_of and key not in new.edge_of:
            x, y = picture.position[picture.index[end]].tolist()
            self._gone = (x, y)

    def _walk(self, forward: bool) -> bool:
        """Select the next neuron or edge; return False at the end, and where nothing is selected."""
        if self.hands.walk(forward):
            return True
        if self.current is None:
            return False
        part = next_part(self.scene.picture, self.current, forward)
        self._select(frozenset() if part is None else frozenset({part}), part)
        return part is not None

    def _open_at(self, point: QPointF) -> None:
        self.hands.cancel()
        spot = self.hands.spot(point)
        if spot.where is Where.NAME:
            self.rename_wanted.emit(spot.neuron)
        elif spot.key is not None:
            self._open(spot.key)
        elif spot.where is Where.HEADING:
            self.edit_wanted.emit(None, spot.layers[0])

    def _open(self, key: Key) -> None:
        """Draw a heat map neuron by neuron, or edit what is drawn by itself in place."""
        if isinstance(key, int) and self.scene.network.neuron_of[key].layer in self.scene.maps:
            self.toggle_layer(self.scene.network.neuron_of[key].layer)
        else:
            self.edit_wanted.emit(key, 0)

    def _open_selected(self) -> None:
        """Edit what is selected: the layer, if that is exactly one, and otherwise what was selected last."""
        layer = layer_of(self.scene.network, self.selected)
        if layer is not None:
            self.edit_wanted.emit(None, layer)
        elif self.current is not None:
            self._open(self.current)

    def _ask_for_menu(self, point: QPointF, where: QPoint) -> None:
        self.hands.cancel()
        spot = self.hands.spot(point)
        keys = keys_at(self.hands, spot)
        if not keys <= self.selected or not keys:
            self._select(keys, spot.key)
        self.menu_wanted.emit(spot, point, where)

    def _ask_by_key(self) -> None:
        """Ask for the menu of what is selected, beside it."""
        self.hands.cancel()
        key, layer = self.current, layer_of(self.scene.network, self.selected)
        if layer is not None:
            spot, place = Spot(Where.HEADING, None, (layer,)), self.place_of(None, layer)
        elif key is not None:
            spot, place = (
                Spot(Where.EDGE if isinstance(key, tuple) else Where.NEURON, key),
                self.place_of(key),
            )
        else:
            spot, place = NOTHING, QRectF(self.rect())
        where = place.center().toPoint()
        self.menu_wanted.emit(spot, self.graphics.mapToScene(where), self.mapToGlobal(where))

    def place_of(self, key: Key | None, layer: int = 0) -> QRectF:
        """Return where a neuron, an edge or the heading of a layer is drawn, in pixels of this widget."""
        picture, view = self.scene.picture, self.graphics.viewportTransform()
        if isinstance(key, int):
            row = picture.index[key]
            middle, reach = picture.position[row], float(picture.radius[row])
        elif key is not None:
            ends = picture.position[[picture.index[key[0]], picture.index[key[1]]]]
            middle, reach = ends.mean(axis=0), 4.0
        else:
            block = self.scene.headings.by_layer[layer]
            middle, reach = np.array([block.x, block.y - (block.lift + 10) / self.graphics.zoom]), 6.0
        x, y = middle.tolist()
        return view.mapRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))

    def toggle_layer(self, layer: int) -> None:
        """Draw a large layer neuron by neuron, or fold it again."""
        self.set_open(layer, layer not in self.scene.opened)

    def _tooltip_at(self, point: QPointF) -> str:
        return tooltip_at(self.scene, point.x(), point.y(), TOLERANCE_PX / self.graphics.zoom)

    # ---- zoom

    def zoom_in(self) -> None:
        """Look closer."""
        self.graphics.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Look from farther away."""
        self.graphics.zoom_by(1 / ZOOM_STEP)

    def fit(self) -> None:
        """Show the whole network, and keep it so until the person zooms or pans."""
        self.fits = True
        self._place_overlays()
        fit(self.graphics, self.scene, *self._over.room())
        self._place_minimap()

    def _fits_well(self) -> bool:
        return fits_well(self.graphics, self.scene, *self._over.room())

    def _seen(self) -> QRectF:
        """Return what of the scene is seen."""
        view = self.graphics
        return view.mapToScene(view.viewport().rect()).boundingRect()

    def _is_lost(self) -> bool:
        """Return whether no neuron can be seen, though there are some."""
        x, y = self.scene.picture.position.reshape(-1, 2).T
        seen = self._seen()
        inside = (x > seen.left()) & (x < seen.right()) & (y > seen.top()) & (y < seen.bottom())
        return len(x) > 0 and not inside.any()

    def fit_if_hidden(self) -> None:
        """Show the whole network if a part of it is out of sight."""
        if not self._fits_well():
            self.fit()

    def middle(self) -> QPointF:
        """Return the point of the scene in the middle of what is seen."""
        return self.graphics.middle()

    def _person_moved(self) -> None:
        self.fits = False
        self._place_overlays()
        self.scene.set_zoom(self.graphics.zoom)
        self.graphics.viewport().update()

    def _look_at(self, point: QPointF) -> None:
        self.graphics.centerOn(point)
        self._person_moved()

    def _refit(self) -> None:
        if self.fits:
            self.fit()
        else:
            self._place_minimap()

    # ---- what floats above, and when to paint

    def _tell(self) -> None:
        """Bring legend, description and tooltip up to date; numbers that were left out come a little later."""
        self.legend.set_content(content_of(self.scene))
        self._tell_hidden()
        if self.scene.numbers_due:
            if not self._numbers.isActive():
                self._numbers.start(120)
        else:
            self._numbers.stop()
            self.graphics.refresh_tooltip()
        self._narrator.tell_later()

    def _tell_hidden(self) -> None:
        edges = self.scene.edge_item
        one = self.scene.edge_limits.reach is Reach.NETWORK
        limits = self.scene.edge_limits if self.scene.view in WEIGHT_VIEWS else self.scene.limits
        limit = limits.limit_of(-1) if one else 0.0
        if self.weak.tell(edges.hidden, len(edges.picture.single), edges.shades.threshold, limit):
            self._place_overlays()
            self._refit()

    def _write_numbers(self) -> None:
        self.scene.write_numbers()
        self.graphics.refresh_tooltip()

    def _paint_later(self, seconds: float) -> None:
        if not self._later.isActive():
            self._later.start(max(1, round(1000 * seconds)))

    def _repaint(self, whole: bool) -> None:
        """Ask for the picture to be painted, without what floats above it where nothing can be below."""
        viewport = self.graphics.viewport()
        region = QRegion(viewport.rect()) if whole else self.graphics.region_of(self.scene.live_rects())
        if self.fits and self.scene.lifted.lift is None:
            region -= self._over.region()
        viewport.update(region)

    def _edge_seconds(self) -> float:
        return self.scene.edge_item.spent

    def _share_budget(self) -> None:
        """Give the edges what the neurons leave of the painting budget."""
        neurons = self.graphics.paint_seconds / max(0.004, self._frame_gap)
        self.scene.edge_item.share = max(SMALLEST_EDGE_SHARE, min(0.9, self.paint_budget - neurons))

    def _place_overlays(self) -> None:
        self._over.place(plates=not self.fits)
        self._place_minimap()

    def _place_minimap(self) -> None:
        self._over.place_map(self.scene.picture, self._seen())

    def _dress(self, theme: themes.Theme) -> None:
        self.graphics.setBackgroundBrush(theme.surface)
        self.scene.set_theme(theme, QApplication.font(), self.devicePixelRatioF())
        # Nothing is lifted any more.
        self.hands.cancel()
        self._place_overlays()
        self._refit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange) and self._ready:
            self._dress(themes.current())
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.graphics.setGeometry(self.rect())
        self._place_overlays()
        self._refit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place_overlays()
        self._refit()

    def sizeHint(self) -> QSize:
        return QSize(860, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 240)


__all__ = ["Canvas"]
