"""The network picture: the scene with what floats above it, and the way in for everything else."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Network
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.asking import content_of, tooltip_at
from backprop_gui.ui.canvas.fitting import fit, fits_well
from backprop_gui.ui.canvas.gestures.hands import Hands
from backprop_gui.ui.canvas.gestures.selecting import keys_at
from backprop_gui.ui.canvas.gestures.spots import TOLERANCE_PX, Where
from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.hint import EmptyGround, Hint
from backprop_gui.ui.canvas.legend import Legend
from backprop_gui.ui.canvas.minimap import Minimap
from backprop_gui.ui.canvas.navigation import neighbour, next_part
from backprop_gui.ui.canvas.probe import ProbeLabel
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.views import LABELS, View
from backprop_gui.ui.canvas.weak import WeakEdges
from backprop_gui.ui.canvas.words import description
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.selection import Key, still_there

OVERLAY_PX = 14
"""Distance of what floats from the rim."""
TOP_PX = 20.0
"""Room between the controls and the headings."""
HINT_PX = 300
"""Room beside the controls that is enough for hints."""
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

    Signals
    -------
    view_changed(View)
    selection_changed(frozenset, key)
        By the person, not by ``set_selection``; with the key selected last, None without one.
    probe_step(int)
        -1 or +1: the person wants to look at the example before or after.
    space_tapped()
        Space was pressed on the picture and did not become a pan: play or pause.
    edit_wanted(key, layer)
        The person wants to change a neuron, an edge, or, where the key is None, a layer in place.
    menu_wanted(Spot, QPointF, QPoint)
        The person wants to see what can be done at a place: in the scene, and on the screen.
    nudged(int, int)
        The person moves what is selected by steps to the right and down.
    """

    view_changed = Signal(object)
    selection_changed = Signal(object, object)
    probe_step = Signal(int)
    space_tapped = Signal()
    edit_wanted = Signal(object, int)
    menu_wanted = Signal(object, QPointF, QPoint)
    nudged = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._ready = False
        super().__init__(parent)
        self.paint_budget, self.fits = 0.25, True
        self.current: Key | None = None
        self._frames_at = 0.0
        self._frame_gap = 1.0
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
        self.segments = Segmented([(view, *LABELS[view]) for view in View], "View", self)
        self.segments.set_value(View.BACKWARD)
        self.segments.chosen.connect(self.set_view)
        self.legend = Legend(content_of(self.scene), self)
        self.legend.chosen.connect(self.set_scale)
        self.weak = WeakEdges(self)
        self.weak.chosen.connect(self.set_threshold)
        self.minimap = Minimap(self)
        self.minimap.moved.connect(self._look_at)
        self._probe = ProbeLabel(self)
        self._probe.stepped.connect(self.probe_step)
        self.hint = Hint(self)
        self.ground = EmptyGround(self)
        self.hands = Hands(self.scene, self.graphics, self.hint, lambda: self._repaint(True))
        self.hands.selected.connect(self._select)
        self.graphics.opened.connect(self._open_at)
        self.graphics.menu_wanted.connect(self._ask_for_menu)
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
        shape_changed = old is None or [n.id for n in old.neurons] != [n.id for n in new.neurons]
        if old is None:
            self.scene.set_frame(None)
            self.scene.opened.clear()
        kept = still_there(self.selected, new)
        if kept != self.selected:
            self._select(kept, self.current if self.current in kept else None)
        self.scene.set_network(new)
        if shape_changed and self.fits and (old is None or not self._fits_well()):
            self.fit()
        self.ground.setVisible(not new.neurons)
        self._place_minimap()
        self._tell()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of ``frame``; those of parts that the network shown does not have are left out."""
        now = time.monotonic()
        self._frame_gap += 0.2 * (min(1.0, now - self._frames_at) - self._frame_gap)
        self._frames_at = now
        self._share_budget()
        self.scene.set_frame(frame)
        self._tell()

    def set_obstacle(self, text: str) -> None:
        """Say why the drawing cannot be trained as it is, and show no signals meanwhile; empty when it can."""
        self.scene.set_parked(bool(text))
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
        self._place_overlays()
        self.view_changed.emit(view)

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
        """Show the slider that hides weak edges, above the legend and what it says about them."""
        self.weak.open(self.legend.mapToGlobal(QPoint(0, -self.weak.sizeHint().height())))

    def set_probe_text(self, text: str) -> None:
        """Say which example is looked at, such as ``example 98 of 140``; empty hides the label."""
        self._probe.set_text(text)
        self._place_overlays()

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
        self.scene.set_selected(frozenset(keys))
        self._describe()

    def _select(self, keys: frozenset[Key], current: Key | None) -> None:
        if keys != self.selected or current != self.current:
            self.set_selection(keys, current)
            self.selection_changed.emit(self.selected, self.current)

    def _step(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        if self.hands.step(key):
            return
        if key == Qt.Key.Key_Escape:
            self._select(frozenset(), None)
        elif key == Qt.Key.Key_Return:
            if self.current is not None:
                self._open(self.current)
        elif modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            self.nudged.emit(*WAYS[key])
        else:
            neuron = neighbour(self.scene.picture, self.current, key)
            if neuron is not None:
                extends = modifiers & Qt.KeyboardModifier.ShiftModifier
                self._select((self.selected if extends else frozenset()) | {neuron}, neuron)

    def _walk(self, forward: bool) -> bool:
        """Select the next neuron or edge; return False at the end, and where nothing is selected."""
        if self.current is None or self.hands.gesture is not None:
            return False
        part = next_part(self.scene.picture, self.current, forward)
        self._select(frozenset() if part is None else frozenset({part}), part)
        return part is not None

    def _open_at(self, point: QPointF) -> None:
        self.hands.cancel()
        spot = self.hands.spot(point)
        if spot.key is not None:
            self._open(spot.key)
        elif spot.where is Where.HEADING:
            self.edit_wanted.emit(None, spot.layers[0])

    def _open(self, key: Key) -> None:
        """Draw a heat map neuron by neuron, or edit what is drawn by itself in place."""
        if isinstance(key, int) and self.scene.network.neuron_of[key].layer in self.scene.maps:
            self._toggle_layer(key)
        else:
            self.edit_wanted.emit(key, 0)

    def _ask_for_menu(self, point: QPointF, where: QPoint) -> None:
        self.hands.cancel()
        spot = self.hands.spot(point)
        keys = keys_at(self.hands, spot)
        if not keys <= self.selected or not keys:
            self._select(keys, spot.key)
        self.menu_wanted.emit(spot, point, where)

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

    def _toggle_layer(self, neuron: int) -> None:
        layer = self.scene.network.neuron_of[neuron].layer
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
        fit(self.graphics, self.scene, *self._room())
        self._place_minimap()

    def _room(self) -> tuple[QRectF, float, QRectF]:
        """Return the viewport, what the controls above take of it in pixels, and where the legend is."""
        top = self.segments.geometry().bottom() + TOP_PX
        corner = self.legend.geometry()
        if not self.weak.isHidden():
            corner |= self.weak.geometry()
        return QRectF(self.rect()), top, QRectF(corner)

    def _fits_well(self) -> bool:
        return fits_well(self.graphics, self.scene, *self._room())

    def middle(self) -> QPointF:
        """Return the point of the scene in the middle of what is seen."""
        view = self.graphics
        return view.mapToScene(view.viewport().rect().center())

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
            self._describe()
            self.graphics.refresh_tooltip()

    def _tell_hidden(self) -> None:
        edges = self.scene.edge_item
        one = self.scene.edge_limits.reach is Reach.NETWORK
        limits = self.scene.limits if self.scene.view is View.UPDATE else self.scene.edge_limits
        limit = limits.limit_of(-1) if one else 0.0
        if self.weak.tell(edges.hidden, len(edges.picture.single), edges.shades.threshold, limit):
            self._place_overlays()
            self._refit()

    def _write_numbers(self) -> None:
        self.scene.write_numbers()
        self._describe()
        self.graphics.refresh_tooltip()

    def _describe(self) -> None:
        scene, key = self.scene, self.current
        if key is None or not (key in scene.network.neuron_of or key in scene.network.edge_of):
            text = f"A {scene.network.shape} network. Arrow keys walk through its neurons."
        else:
            text = description(scene.network, key, scene.frame, scene.lookup)
        self.graphics.setAccessibleDescription(text)
        self.setAccessibleDescription(text)

    def _paint_later(self, seconds: float) -> None:
        if not self._later.isActive():
            self._later.start(max(1, round(1000 * seconds)))

    def _repaint(self, whole: bool) -> None:
        """Ask for the picture to be painted, without what floats above it where nothing can be below."""
        viewport = self.graphics.viewport()
        region = QRegion(viewport.rect()) if whole else self.graphics.region_of(self.scene.live_rects())
        if self.fits and self.scene.lifted.lift is None:
            for overlay in (self.segments, self.legend, self._probe, self.weak):
                if overlay.isVisible():
                    region -= QRegion(overlay.geometry())
        viewport.update(region)

    def _edge_seconds(self) -> float:
        return self.scene.edge_item.spent

    def _share_budget(self) -> None:
        """Give the edges what the neurons leave of the painting budget."""
        neurons = self.graphics.paint_seconds / max(0.004, self._frame_gap)
        self.scene.edge_item.share = max(SMALLEST_EDGE_SHARE, min(0.9, self.paint_budget - neurons))

    def _place_overlays(self) -> None:
        gap = OVERLAY_PX
        # Where the network can be below, the texts need a ground of their own.
        self.legend.set_plate(not self.fits)
        self._probe.set_plate(not self.fits)
        self.segments.adjustSize()
        self.segments.move(gap, gap - 2)
        self._probe.fit(self.width() - self.segments.geometry().right() - 2 * gap)
        self._probe.move(self.width() - self._probe.width() - gap, gap)
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(gap - 4, self.height() - self.legend.height() - gap + 4)
        self.ground.setGeometry(self.rect())
        self.weak.move(gap - 4, self.legend.y() - self.weak.height())
        self._place_minimap()
        self._place_hint(gap)

    def _place_hint(self, gap: int) -> None:
        """Put the hint between the controls above, where no neuron is, or below where there is no room for it."""
        left = self.segments.geometry().right() + gap
        right = (self._probe.x() if self._probe.isVisible() else self.width()) - gap
        if right - left >= HINT_PX:
            self.hint.fit(QRect(left, gap - 4, right - left, 60), below=False)
        else:
            left = self.legend.geometry().right() + gap
            self.hint.fit(QRect(left, 0, self.width() - left - gap, self.height() - gap), below=True)

    def _place_minimap(self) -> None:
        view = self.graphics
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        self.minimap.show_part(self.scene.picture, seen)
        corner = QPoint(self.minimap.width() + OVERLAY_PX, self.minimap.height() + OVERLAY_PX)
        self.minimap.move(self.rect().bottomRight() + QPoint(1, 1) - corner)

    def _dress(self, theme: themes.Theme) -> None:
        self.graphics.setBackgroundBrush(theme.surface)
        self.scene.set_theme(theme, QApplication.font(), self.devicePixelRatioF())
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
