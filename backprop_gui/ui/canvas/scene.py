"""The scene: keeps an item for each thing of the network, and gives the items a frame's numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGraphicsScene

from backprop_gui.engine.checked import Checked
from backprop_gui.engine.conventions import USUAL, Conventions
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned
from backprop_gui.network import Kind, Network
from backprop_gui.ui.canvas.edges import EdgeItem
from backprop_gui.ui.canvas.headings import Headings
from backprop_gui.ui.canvas.heatmap import HeatMapItem
from backprop_gui.ui.canvas.lifting import Lift, LiftedItem
from backprop_gui.ui.canvas.look import BAD, NEUTRAL, WAITING, Look
from backprop_gui.ui.canvas.marks import MarksItem
from backprop_gui.ui.canvas.neurons import NeuronsItem
from backprop_gui.ui.canvas.picture import LARGEST_DRAWN, LARGEST_OPEN, Picture, picture_of
from backprop_gui.ui.canvas.scale import Form, Limits, Reach
from backprop_gui.ui.canvas.spotlight import Lights, SpotlightItem, waiting_mask
from backprop_gui.ui.canvas.views import (
    Lookup,
    Values,
    View,
    chosen_edges,
    drawn_values,
    input_mask,
    parked_values,
    values_of,
)
from backprop_gui.ui.selection import Key
from backprop_gui.ui.theme import Theme

NUMBERS_SECONDS = 0.11
"""Numbers change no more often than one can read them; colours change with every frame."""
LIVE_PX = 9.0
"""Room around a neuron for its selection ring and its lock."""
MOST_RECTS = 300
"""For more neurons it is quicker to paint everything between them too."""


class NetworkScene(QGraphicsScene):
    """The picture of one network and one frame.

    Attributes
    ----------
    network : Network
    frame : Frame or None
    lookup : Lookup or None
        Where the network's parts are in the frame.
    view : View
    form : Form
    limits, edge_limits : Limits
        Of neurons and of edges; in the update view both use ``limits``.
    picture : Picture
    neurons : NeuronsItem
    edge_item : EdgeItem
    lifted : LiftedItem
        Its ``lift`` is None unless something is being dragged.
    conventions : Conventions
        How deltas and gradients are written.
    spotlight : SpotlightItem
    maps : dict
        The heat map of each layer that is one, by its id.
    opened : set of int
        Large layers that are drawn neuron by neuron.
    parked : bool
        Whether only weights are shown, because the drawing cannot be trained as it is.
    present : Learned or None
        Their values then; None if they are the drawn ones.
    checked : Checked or None
        The last gradient check, for the view that shows it.
    marks : MarksItem
        What the check found to be wrong.
    """

    def __init__(
        self,
        theme: Theme,
        font: QFont,
        later: Callable[[float], None],
        repaint: Callable[[bool], None],
        parent: QObject,
    ) -> None:
        """Make an empty scene.

        Parameters
        ----------
        later : callable
            ``later(seconds)`` asks for ``repaint_due`` after some time.
        repaint : callable
            ``repaint(whole)`` asks to be painted at once, as a whole or only where neurons and heat maps are.
        """
        super().__init__(parent)
        self._repaint = repaint
        self.network = Network()
        self.frame: Frame | None = None
        self.lookup: Lookup | None = None
        self.view, self.form = View.BACKWARD, Form.LINEAR
        self.limits, self.edge_limits = Limits(), Limits()
        self.conventions = USUAL
        self.opened: set[int] = set()
        self.parked = False
        self.present: Learned | None = None
        self.checked: Checked | None = None
        self.selected: frozenset[Key] = frozenset()
        self.picture: Picture = picture_of(self.network)
        self._start = self.values = drawn_values(self.network)
        self.look = Look(theme, font)
        self._later = later
        self._layer = np.zeros(0, np.intp)
        self._inputs = input_mask(self.network)
        self.maps: dict[int, HeatMapItem] = {}
        self._numbers_at = 0.0
        self.numbers_due = False
        self._live: list[QRectF] = []
        self.headings = Headings(self)
        self.edge_item = EdgeItem(self.picture, self.look, later, self._draw_texts)
        self.neurons = NeuronsItem(self.picture, self.look)
        self.lifted = LiftedItem(self.headings)
        self.spotlight = SpotlightItem(
            self.picture, self.look, lambda edges: self.edge_item.shades.lit_pens(edges)
        )
        self._waiting = waiting_mask(self.network, None)
        self.marks = MarksItem(self.picture, self.look)
        self.addItem(self.marks)
        self.addItem(self.edge_item)
        self.addItem(self.lifted)
        self.addItem(self.neurons)
        self.addItem(self.spotlight)

    # ---- what is drawn

    def set_network(self, network: Network) -> None:
        """Draw another network; what both have keeps its item."""
        self.network = network
        # What was lit belongs to another drawing; whoever lit it lights again.
        self.spotlight.set_lights(None)
        self._waiting = waiting_mask(network, None)
        if not network.edges:
            # A scale without anything on it would fade on and on.
            self.edge_limits.forget()
        self.opened &= {layer.id for layer in network.layers}
        self._inputs = input_mask(network)
        self._start = drawn_values(network)
        self._layer = np.array([n.layer for n in network.neurons], np.intp)
        self.lookup = Lookup.of(self.frame.plan, network) if self.frame else None
        self._rebuild()

    def set_open(self, layer: int, is_open: bool) -> bool:
        """Draw a large layer neuron by neuron, or as a heat map; return whether that changed anything."""
        count = len(self.network.members[layer])
        if not LARGEST_DRAWN < count <= LARGEST_OPEN or is_open == (layer in self.opened):
            return False
        self.opened ^= {layer}
        self._rebuild()
        return True

    def set_theme(self, theme: Theme, font: QFont, ratio: float) -> None:
        """Draw everything in another theme, on a screen of ``ratio`` pixels for each of a widget."""
        zoom = self.look.zoom
        self.look = Look(theme, font, ratio)
        self.look.set_zoom(zoom)
        self._rebuild()

    def set_zoom(self, zoom: float) -> None:
        """Lay texts out for a zoom in pixels a scene unit."""
        if zoom == self.look.zoom:
            return
        self.look.set_zoom(zoom)
        self._lay_out()

    def _rebuild(self) -> None:
        self._set_lift(None)
        self.picture = picture = picture_of(self.network, self.opened)
        for layer in list(self.maps):
            self.removeItem(self.maps.pop(layer))
        for cells in picture.cells:
            self.maps[cells.layer] = HeatMapItem(cells, self.look)
            self.addItem(self.maps[cells.layer])
        self.neurons.set_picture(picture, self.look)
        self.edge_item.set_picture(picture, self.look)
        self.spotlight.set_picture(picture, self.look)
        self.edge_item.set_waiting(self._waiting_edges())
        self.marks.set_picture(picture, self.look)
        self.headings.rebuild()
        self._mark_selected()
        self._lay_out()

    def _lay_out(self) -> None:
        """Fit all texts to the zoom, and show the values again."""
        self.headings.lay_out()
        self.neurons.lay_out()
        self.edge_item.renew()
        self._live = self._find_live()
        self.refresh(numbers=True)

    def _draw_texts(self, painter: QPainter, whole: bool) -> None:
        self.headings.draw(painter, whole=whole)

    # ---- what its numbers are

    def set_frame(self, frame: Frame | None) -> None:
        """Show the numbers of ``frame``, which may belong to an older network; None shows starting weights."""
        if frame is None:
            self.lookup = None
            self.forget_scale()
        else:
            if self.frame is None or self.lookup is None or frame.plan is not self.frame.plan:
                self.lookup = Lookup.of(frame.plan, self.network)
            if self.frame is not None and _is_elsewhere(self.frame, frame):
                # The numbers before say nothing about those to come.
                self.forget_scale()
        self.frame = frame
        self.refresh(numbers=frame is None)

    def set_parked(self, parked: bool, present: Learned | None = None) -> None:
        """Show weights without signals while the drawing cannot be trained, or everything again.

        Values that are ``present`` in another drawing than the one shown are shown with that one.
        """
        news = present is not self.present and present is not None and present.network is self.network
        self.present = present
        if parked != self.parked:
            self.parked = parked
            self.limits.forget()
            self.refresh(numbers=True)
        elif news:
            self.refresh(numbers=True)

    @property
    def learned(self) -> Learned | None:
        """The values of what is shown while it cannot be trained; None if they are the drawn ones."""
        present = self.present
        return present if present is not None and present.network is self.network else None

    def set_view(self, view: View) -> None:
        """Show other numbers of the same frame."""
        self.view = view
        self.forget_scale()
        self.refresh(numbers=True)

    def set_checked(self, checked: Checked | None) -> None:
        """Show another gradient check in the view that does so."""
        self.checked = checked
        if self.view is View.CHECK:
            self.forget_scale()
            self.refresh(numbers=True)

    def set_conventions(self, conventions: Conventions) -> None:
        """Write deltas and gradients in another way."""
        if conventions != self.conventions:
            self.conventions = conventions
            self.forget_scale()
            self.refresh(numbers=True)

    def set_scale(self, form: Form, reach: Reach) -> None:
        """Choose how numbers become colours, and what shares a scale."""
        self.form, self.limits.reach, self.edge_limits.reach = form, reach, reach
        self.forget_scale()
        self.refresh(numbers=True)

    def set_threshold(self, share: float) -> None:
        """Hide edges whose size is below ``share`` of the end of their scale; selected ones are always drawn."""
        self.edge_item.set_threshold(share)
        self.lifted.recolor()
        self._repaint(True)

    def forget_scale(self) -> None:
        """Let the scale begin anew with the numbers that come next."""
        self.limits.forget()
        self.edge_limits.forget()

    def refresh(self, *, numbers: bool = False) -> None:
        """Give every item its number of the present frame; ``numbers`` changes texts even if they just changed."""
        now = time.monotonic()
        if self.parked:
            values = parked_values(self._start, self.learned, self.view)
        elif self.frame is None or self.lookup is None:
            values = self._start
        else:
            values = values_of(
                self.frame,
                self.lookup,
                self._inputs,
                self.view,
                self._start,
                self.checked,
                self.conventions,
            )
        self.values = values
        symlog = self.form is Form.SYMLOG
        targets = self._layer[self.picture.target]
        limits: float | NDArray[np.float64]
        edge_limits: float | NDArray[np.float64]
        if self.view is View.CHECK:
            # The scale is that of all checks.
            limits, edge_limits, symlog = 1.0, 1.0, False
        elif self.view is View.UPDATE:
            # A step is a step: weights and biases share the scale.
            both = self.limits.feed(
                np.concatenate([values.fill, values.weight]),
                np.concatenate([values.colored, values.known & (self.frame is not None)]),
                np.concatenate([self._layer, targets]),
                now,
            )
            split = len(values.fill)
            limits, edge_limits = (
                (both[:split], both[split:]) if isinstance(both, np.ndarray) else (both, both)
            )
        else:
            limits = self.limits.feed(values.fill, values.colored, self._layer, now)
            edge_limits = self.edge_limits.feed(values.weight, values.known, targets, now)
        # A neuron that ceases to be finite must not keep an old number for even a moment.
        numbers |= self._fill(values, limits, symlog)
        self.edge_item.set_values(values, edge_limits, symlog and self.view is View.UPDATE)
        self.marks.mark(values.failing, values.failing_edges)
        self.lifted.recolor()
        self.numbers_due = not (numbers or now - self._numbers_at >= NUMBERS_SECONDS)
        if not self.numbers_due:
            self._numbers_at = now if self.frame else 0.0
            self._write_numbers(values)
        self.repaint_due()

    def repaint_due(self) -> None:
        """Ask to be painted: as a whole if the edges need another picture, else only where the neurons are."""
        # What is lifted may be anywhere.
        self._repaint(self.edge_item.due() or self.lifted.lift is not None)

    def _fill(self, values: Values, limits: float | NDArray[np.float64], symlog: bool) -> bool:
        """Colour neurons and cells; return whether other ones than before are not finite."""
        shown = self.neurons.indices
        fills = self.look.indices(values.fill[shown], _of(limits, shown), symlog)
        fills[~values.colored[shown]] = NEUTRAL
        fills[values.numbered[shown] & ~np.isfinite(values.number[shown])] = BAD
        fills[self._waiting[shown]] = WAITING
        changed = self.neurons.set_fills(fills)
        for map_ in self.maps.values():
            members = map_.cells.neurons
            inputs = self.network.neurons[members[0]].kind is Kind.INPUT and self.view is not View.FORWARD
            source, known = (values.number, values.numbered) if inputs else (values.fill, values.colored)
            known = known & ~self._waiting
            own = _of(limits, members)
            map_.show_values(source[members], known[members], own, symlog, not inputs)
        return changed

    def write_numbers(self) -> None:
        """Write the numbers that were left out because the last ones had just been written."""
        self.numbers_due = False
        self._numbers_at = time.monotonic()
        self._write_numbers(self.values)
        self.repaint_due()

    def _write_numbers(self, values: Values) -> None:
        shown = self.neurons.indices
        self.neurons.set_numbers(values.number[shown], (values.numbered & ~self._waiting)[shown])
        if self.headings.show_limits(self.limits):
            self.edge_item.renew()

    # ---- what is lit

    def light(self, lights: Lights | None) -> None:
        """Light what an operation reads and writes, and pale what is still to come; None: everything as it is."""
        if lights is None and self.spotlight.lights is None:
            return
        self.spotlight.set_lights(lights)
        self._waiting = waiting_mask(self.network, lights)
        self.edge_item.set_waiting(self._waiting_edges())
        self.refresh(numbers=True)
        self._repaint(True)

    def _waiting_edges(self) -> NDArray[np.intp]:
        lights = self.spotlight.lights
        waiting = None if lights is None else lights.waiting_edges
        if waiting is None or len(waiting) != len(self.network.edges):
            return np.zeros(0, np.intp)
        return np.flatnonzero(waiting)

    # ---- what is selected

    def set_selected(self, keys: frozenset[Key]) -> None:
        """Mark neurons and edges."""
        if keys != self.selected:
            self.selected = keys
            self._mark_selected()

    def _mark_selected(self) -> None:
        picture, index = self.picture, self.picture.index
        ids = [id for id in index if id in self.selected]
        self.neurons.set_selected(set(ids))
        chosen = np.zeros(len(index), np.bool_)
        chosen[[index[id] for id in ids]] = True
        for map_ in self.maps.values():
            map_.selected = set(np.flatnonzero(chosen[map_.cells.neurons]).tolist())
        edges = np.zeros(0, np.intp)
        if len(self.selected) > len(ids):
            edges = chosen_edges(self.network, self.selected)
        beside = np.flatnonzero(chosen[picture.source] | chosen[picture.target])
        self.edge_item.set_selected(edges, beside)
        self.lifted.recolor()
        self._repaint(True)

    # ---- what is lifted

    def lift(self, ids: Collection[int]) -> None:
        """Lift neurons from the picture, for ``drag_lifted``; a heat map is lifted with all of its neurons.

        Another network, theme or layer opened puts everything back.
        """
        self._set_lift(Lift(self.picture, ids))

    def drag_lifted(self, dx: float, dy: float) -> None:
        """Draw what is lifted at an offset from its place, in scene units."""
        lift = self.lifted.lift
        if lift is None:
            return
        self.lifted.move(dx, dy)
        self.neurons.lift(lift.neurons, dx, dy)
        for layer in lift.layers:
            self.maps[layer].set_offset(dx, dy)
        self._repaint(True)

    def drop_lifted(self) -> None:
        """Draw everything in its place again."""
        self._set_lift(None)

    def _set_lift(self, lift: Lift | None) -> None:
        if lift is None and self.lifted.lift is None:
            return
        picture = self.picture
        nothing = np.zeros(len(picture.strands.size), np.bool_)
        neurons = np.zeros(len(picture.index), np.bool_) if lift is None else lift.neurons
        strands = nothing if lift is None else lift.strands
        edges = np.zeros(0, np.intp) if lift is None else picture.single[lift.rows]
        self.edge_item.lift(edges, strands)
        self.headings.lift(neurons, strands)
        self.neurons.lift(neurons, 0.0, 0.0)
        for map_ in self.maps.values():
            map_.set_offset(0.0, 0.0)
        self.marks.setVisible(lift is None)
        self.lifted.take(lift, self.edge_item.shades, self.edge_item.bundles)
        self._repaint(True)

    def live_rects(self) -> list[QRectF]:
        """Return the parts of the scene that change with every frame: around neurons, and heat maps."""
        return self._live

    def _find_live(self) -> list[QRectF]:
        picture, margin = self.picture, LIVE_PX / self.look.zoom
        rects = [
            QRectF(x - r - margin, y - r - margin, 2 * (r + margin), 2 * (r + margin))
            for (x, y), r in zip(
                picture.position[picture.shown].tolist(), picture.radius[picture.shown].tolist(), strict=True
            )
        ]
        if len(rects) > MOST_RECTS:
            rects = [self.neurons.boundingRect()]
        return rects + [map_.mapRectToScene(map_.boundingRect()) for map_ in self.maps.values()]

    def key_at(self, x: float, y: float, tolerance: float) -> Key | None:
        """Return the neuron or edge at a point of the scene; edges may be missed by ``tolerance``."""
        picture = self.picture
        neurons = self.network.neurons
        lift = self.lifted.lift
        if len(neurons):
            position = picture.position if lift is None else lift.positions()
            gap = np.hypot(position[:, 0] - x, position[:, 1] - y) - picture.radius
            gap[~picture.shown] = np.inf
            nearest = int(np.argmin(gap))
            if gap[nearest] <= 0:
                return neurons[nearest].id
        for map_ in self.maps.values():
            place = map_.place_at(x, y)
            if place is not None:
                return neurons[map_.cells.neurons[place]].id
        edge = self.lifted.edge_at(x, y, tolerance)
        if edge is None:
            edge = self.edge_item.edge_at(x, y, tolerance)
        if edge is None:
            return None
        drawn = self.network.edges[edge]
        return drawn.source, drawn.target


def _is_elsewhere(before: Frame, now: Frame) -> bool:
    """Return whether training began again or went back, or the network was edited while it stood still."""
    edited_at_rest = now.step == before.step and now.plan is not before.plan
    return now.step < before.step or now.note != before.note or edited_at_rest


def _of(limits: float | NDArray[np.float64], which: NDArray[np.intp]) -> float | NDArray[np.float64]:
    return limits[which] if isinstance(limits, np.ndarray) else limits


__all__ = ["NetworkScene"]
