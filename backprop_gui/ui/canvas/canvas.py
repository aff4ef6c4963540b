"""The network picture: the scene with what floats above it, and the way in for everything else."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Network
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.legend import Content, Legend
from backprop_gui.ui.canvas.navigation import neighbour
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.scene import Key, NetworkScene
from backprop_gui.ui.canvas.views import EDGE_TITLES, LABELS, NEURON_TITLES, View
from backprop_gui.ui.canvas.words import bundle_tooltip, description, layer_hint, tooltip
from backprop_gui.ui.segmented import Segmented

EDGE_TOLERANCE_PX = 5.0
OVERLAY_PX = 14
"""Distance of what floats from the rim."""
MARGIN_PX = 30.0
TOP_PX = 20.0
"""Room between the controls and the headings."""
ZOOM_STEP = 1.25
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
    selection_changed(frozenset)
        By the person, not by ``set_selection``.
    probe_step(int)
        -1 or +1: the person wants to look at the example before or after.
    space_tapped()
        Space was pressed on the picture and did not become a pan: play or pause.
    """

    view_changed = Signal(object)
    selection_changed = Signal(object)
    probe_step = Signal(int)
    space_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
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
            self.scene, self._something_at, self._tooltip_at, self._edge_seconds, self
        )
        self._later.timeout.connect(self._repaint)
        self._numbers.timeout.connect(self._write_numbers)
        self.segments = Segmented([(view, *LABELS[view]) for view in View], "View", self)
        self.segments.set_value(View.BACKWARD)
        self.segments.chosen.connect(self.set_view)
        self.legend = Legend(self._legend_content(), self)
        self.legend.chosen.connect(self.set_scale)
        self._probe = self._probe_label()
        self.graphics.pressed.connect(self._press)
        self.graphics.emptied.connect(lambda: self._select(frozenset(), None))
        self.graphics.opened.connect(self._open_at)
        self.graphics.moved.connect(self._person_moved)
        self.graphics.tapped_space.connect(self.space_tapped)
        self.graphics.stepped.connect(self._step)
        self.setFocusProxy(self.graphics)
        self.setTabOrder(self.segments, self.graphics)
        self.setTabOrder(self.graphics, self.legend)
        self.graphics.setAccessibleName("Network picture")
        themes.notifier.changed.connect(self._dress)
        self._dress(themes.current())

    # ---- what it shows

    def sync(self, old: Network | None, new: Network) -> None:
        """Draw ``new``; ``old`` is what was drawn before, None for something unrelated."""
        shape_changed = old is None or [n.id for n in old.neurons] != [n.id for n in new.neurons]
        if old is None:
            self.scene.set_frame(None)
            self.scene.opened.clear()
        self.scene.set_network(new)
        kept = frozenset(key for key in self.selected if key in new.neuron_of or key in new.edge_of)
        if kept != self.selected:
            self._select(kept, self.current if self.current in kept else None)
        if shape_changed and self.fits:
            self.fit()
        self._tell()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of ``frame``; those of parts that the network shown does not have are left out."""
        now = time.monotonic()
        self._frame_gap += 0.2 * (min(1.0, now - self._frames_at) - self._frame_gap)
        self._frames_at = now
        self._share_budget()
        self.scene.set_frame(frame)
        self._tell()

    def clear_frame(self) -> None:
        """Show the drawing with its starting weights, and no other numbers."""
        self.scene.set_frame(None)
        self._tell()

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

    def set_probe_text(self, text: str) -> None:
        """Say which example is looked at, such as ``example 98 of 140``; empty hides the label."""
        self._probe_text.setText(text)
        self._probe.setVisible(bool(text))
        self._place_overlays()

    @property
    def weak_edges_below(self) -> float:
        """Edges whose absolute value is below are not drawn; 0 draws all."""
        return self.scene.edge_item.threshold

    @weak_edges_below.setter
    def weak_edges_below(self, threshold: float) -> None:
        self.scene.edge_item.threshold = threshold
        self.scene.edge_item.renew()
        self._repaint()

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
            self.selection_changed.emit(keys)

    def _press(self, point: QPointF, adds: bool) -> None:
        key = self._key_at(point)
        if key is None:
            return
        if not adds:
            self._select(frozenset({key}), key)
        elif key in self.selected:
            self._select(self.selected - {key}, None)
        else:
            self._select(self.selected | {key}, key)

    def _step(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Escape:
            self._select(frozenset(), None)
        elif key == Qt.Key.Key_Return:
            if isinstance(self.current, int):
                self._toggle_layer(self.current)
        else:
            neuron = neighbour(self.scene.picture, self.current, key)
            if neuron is not None:
                self._select(frozenset({neuron}), neuron)

    def _open_at(self, point: QPointF) -> None:
        key = self._key_at(point)
        if isinstance(key, int):
            self._toggle_layer(key)

    def _toggle_layer(self, neuron: int) -> None:
        layer = self.scene.network.neuron_of[neuron].layer
        self.set_open(layer, layer not in self.scene.opened)

    def _key_at(self, point: QPointF) -> Key | None:
        return self.scene.key_at(point.x(), point.y(), EDGE_TOLERANCE_PX / self.graphics.zoom)

    def _something_at(self, point: QPointF) -> bool:
        return self._key_at(point) is not None

    def _tooltip_at(self, point: QPointF) -> str:
        scene, key = self.scene, self._key_at(point)
        if key is None:
            bundles = scene.edge_item.bundles
            strand = bundles.strand_at(point.x(), point.y(), EDGE_TOLERANCE_PX / self.graphics.zoom)
            what = "step" if scene.view is View.UPDATE else "weight"
            return "" if strand is None else bundle_tooltip(scene.picture, bundles, strand, what)
        hint = ""
        if isinstance(key, int):
            layer = scene.network.neuron_of[key].layer
            if layer in scene.maps or layer in scene.opened:
                hint = layer_hint(len(scene.network.members[layer]), is_open=layer in scene.opened)
        return tooltip(scene.network, key, scene.frame, scene.lookup, hint)

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
        top = self.segments.geometry().bottom() + TOP_PX
        self._fit_into(MARGIN_PX, top, MARGIN_PX)
        if self._legend_hides_something():
            # The picture goes above the legend or to its right, wherever it becomes larger.
            above = MARGIN_PX, top, self.height() - self.legend.y() + 8.0
            beside = self.legend.geometry().right() + 16.0, top, MARGIN_PX
            if self._fit_into(*above) < self._fit_into(*beside):
                return
            self._fit_into(*above)

    def _fit_into(self, left: float, top: float, bottom: float) -> float:
        """Show everything within these margins in pixels, and return the zoom."""
        # Texts keep their size, so how much they need depends on the zoom, and the zoom on what they need.
        for _ in range(3):
            before, up, after = self.scene.reach_px()
            if left == MARGIN_PX:
                before = after = max(before, after)
            room = QRectF(self.rect()).adjusted(left + before, top + up, -MARGIN_PX - after, -bottom)
            self.graphics.show_rect(self._bounds(), room if room.isValid() else QRectF(self.rect()))
            self.scene.set_zoom(self.graphics.zoom)
        return self.graphics.zoom

    def _bounds(self) -> QRectF:
        left, top, right, bottom = self.scene.picture.bounds
        return QRectF(left, top, right - left, bottom - top)

    def _legend_hides_something(self) -> bool:
        """Return whether a neuron, a heat map or an edge lies under the legend."""
        picture, legend = self.scene.picture, self.legend.geometry()
        area = self.graphics.viewportTransform().inverted()[0].mapRect(QRectF(legend))
        margin = 8 / self.graphics.zoom
        names = self.scene.name_ends()
        points = np.concatenate([picture.position, picture.points.reshape(-1, 2), names])
        reach = np.concatenate([picture.radius, np.zeros(len(points) - len(picture.radius))]) + margin
        inside = (np.abs(points[:, 0] - area.center().x()) < area.width() / 2 + reach) & (
            np.abs(points[:, 1] - area.center().y()) < area.height() / 2 + reach
        )
        return bool(inside.any())

    def _person_moved(self) -> None:
        self.fits = False
        self.scene.set_zoom(self.graphics.zoom)
        self.graphics.viewport().update()

    def _refit(self) -> None:
        if self.fits:
            self.fit()

    # ---- what floats above, and when to paint

    def _probe_label(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._probe_text = QLabel()
        self._probe_text.setProperty("role", "muted")
        row.addWidget(self._probe_text)
        row.addSpacing(6)
        for name, step, tip in (
            ("chevron-left", -1, "Look at the example before"),
            ("chevron-right", 1, "Look at the next example"),
        ):
            button = QToolButton()
            button.setProperty("role", "flat")
            button.setIcon(themes.icon(name, "muted"))
            button.setIconSize(QSize(15, 15))
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self.probe_step.emit(step))
            row.addWidget(button)
        box.hide()
        return box

    def _legend_content(self) -> Content:
        scene = self.scene
        one = scene.limits.reach is Reach.NETWORK
        return Content(
            NEURON_TITLES[scene.view],
            scene.limits.limit_of(-1) if one else 0.0,
            scene.form,
            scene.limits.reach,
            EDGE_TITLES[scene.view],
            scene.edge_limits.limit_of(-1) if one else 0.0,
        )

    def _tell(self) -> None:
        """Bring legend, description and tooltip up to date; numbers that were left out come a little later."""
        self.legend.set_content(self._legend_content())
        if self.scene.numbers_due:
            if not self._numbers.isActive():
                self._numbers.start(120)
        else:
            self._describe()
            self.graphics.refresh_tooltip()

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

    def _repaint(self) -> None:
        """Ask for the picture to be painted, without what floats above it where nothing can be below."""
        viewport = self.graphics.viewport()
        region = QRegion(viewport.rect())
        if self.fits:
            for overlay in (self.segments, self.legend, self._probe):
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
        self.segments.adjustSize()
        self.segments.move(gap, gap - 2)
        self._probe.adjustSize()
        self._probe.move(self.width() - self._probe.width() - gap, gap)
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(gap - 4, self.height() - self.legend.height() - gap + 4)

    def _dress(self, theme: themes.Theme) -> None:
        self.graphics.setBackgroundBrush(theme.surface)
        self.scene.set_theme(theme, QApplication.font())
        self._place_overlays()
        self._refit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "legend"):
            self._dress(themes.current())

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
