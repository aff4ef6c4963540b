"""Texts around the neurons: headings over layers, labels on bundles, and on which side names stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.network import Kind, Layer, Network
from backprop_gui.ui.canvas.items import NeuronItem, TextItem
from backprop_gui.ui.canvas.scale import Limits, Reach
from backprop_gui.ui.numbers import format_number

if TYPE_CHECKING:
    from backprop_gui.ui.canvas.scene import NetworkScene

HEADING_GAP_PX = 8.0
"""Room between a heading and the name below it."""
HIDDEN_NAMES_ZOOM = 0.7
"""Below this, the many names of hidden neurons would only be noise; tooltips have them."""
BESIDE_ROOM_PX = 130.0
"""Room for names left of the inputs and right of the outputs."""


class Headings:
    """The headings of a scene's layers and the labels of its bundles.

    Attributes
    ----------
    by_layer : dict
        The heading of each layer, by id.
    """

    def __init__(self, scene: NetworkScene) -> None:
        self._scene = scene
        self.by_layer: dict[int, TextItem] = {}
        self._labels: list[TextItem] = []
        self._gaps: list[float] = []
        self._limits: dict[int, str] = {}

    def rebuild(self) -> None:
        """Make the texts for the scene's picture."""
        for item in [*self.by_layer.values(), *self._labels]:
            self._scene.removeItem(item)
        self.by_layer, self._labels, self._gaps = {}, [], []
        picture, network = self._scene.picture, self._scene.network
        for layer in network.layers:
            members = [picture.index[n.id] for n in network.members[layer.id]]
            if members:
                item = TextItem(self._scene.look)
                across = picture.position[members, 0]
                item.setPos((across.min() + across.max()) / 2, picture.bounds[1])
                self.by_layer[layer.id] = item
                self._scene.addItem(item)
        strands = picture.strands
        for bundle in range(strands.bundle.max(initial=-1) + 1):
            mine = np.flatnonzero(strands.bundle == bundle)
            item = TextItem(self._scene.look, plate=True)
            item.lines = [_weights_text(network, picture.source, picture.target, strands.strand_of, mine)]
            middle = (strands.start[mine].mean(axis=0) + strands.end[mine].mean(axis=0)) / 2
            item.setPos(*middle.tolist())
            self._labels.append(item)
            self._gaps.append(float((strands.end[mine, 0] - strands.start[mine, 0]).min()))
            self._scene.addItem(item)

    def lay_out(self, shown: list[tuple[int, NeuronItem]]) -> None:
        """Fit headings and the names of the neurons ``shown`` to the look's zoom."""
        scene, look = self._scene, self._scene.look
        picture, network, zoom = scene.picture, scene.network, look.zoom
        name_height = look.name_metrics.height()
        items = dict(shown)
        columns = sorted(item.x() for item in self.by_layer.values())
        lift = HEADING_GAP_PX
        for layer, heading in self.by_layer.items():
            members = [picture.index[n.id] for n in network.members[layer]]
            gaps = (abs(x - heading.x()) for x in columns if x != heading.x())
            apart = min(gaps, default=400.0) * zoom
            heading.look, heading.room = look, apart - 8
            if members[0] in items:
                side = self._name_side(network.layer_of[layer], members, zoom, name_height)
                room = BESIDE_ROOM_PX if side in ("left", "right") else apart - 12
                for index in members:
                    items[index].name_side, items[index].name_room = side, room
                if side == "above":
                    lift = HEADING_GAP_PX + name_height + 5
        for layer, heading in self.by_layer.items():
            heading.lift = lift
            self._write(layer)
        for label, gap in zip(self._labels, self._gaps, strict=True):
            label.look = look
            label.lay_out()
            label.setVisible(label.width_px + 20 < gap * zoom)

    def show_limits(self, limits: Limits) -> None:
        """Write the limit of each layer's own scale under its heading, or nothing if they share one."""
        for layer in self.by_layer:
            limit = limits.limit_of(layer) if limits.reach is Reach.LAYER else 0.0
            text = f"±{format_number(limit, 2)}" if limit > 0 else ""
            if self._limits.get(layer, "") != text:
                self._limits[layer] = text
                self._write(layer)

    def _write(self, layer: int) -> None:
        heading = self.by_layer[layer]
        lines = heading_lines(self._scene.network, layer)
        limit = self._limits.get(layer, "")
        metrics = self._scene.look.heading_metrics
        # On one line, else each on its own, else what of it fits.
        whole = " · ".join(lines)
        if metrics.horizontalAdvance(whole) <= heading.room:
            lines = [whole]
        heading.lines = [
            line for line in (*lines, limit) if line and metrics.horizontalAdvance(line) <= heading.room
        ]
        heading.lay_out()

    def _name_side(self, layer: Layer, members: list[int], zoom: float, name_height: float) -> str:
        """Return where the names of a layer's neurons find room."""
        picture, network = self._scene.picture, self._scene.network
        radius_px = float(picture.radius[members[0]]) * zoom
        if len(members) == 1:
            return "above" if radius_px > 6 else ""
        down = np.sort(picture.position[members, 1])
        spacing = float(np.diff(down).min()) * zoom
        kinds = {network.neurons[index].kind for index in members}
        if spacing >= 2 * radius_px + name_height + 5 and (
            kinds != {Kind.HIDDEN} or zoom >= HIDDEN_NAMES_ZOOM
        ):
            return "above"
        if spacing >= name_height * 0.8:
            if kinds == {Kind.INPUT}:
                return "left"
            if kinds == {Kind.OUTPUT}:
                return "right"
        return ""

    def reach_px(self, shown: list[tuple[int, NeuronItem]]) -> tuple[float, float, float]:
        """Return how far texts reach beyond the picture's bounds: left, up and right, in pixels."""
        zoom, bounds = self._scene.look.zoom, self._scene.picture.bounds
        up = max((item.lift + item.height_px for item in self.by_layer.values()), default=0.0)
        left = max((item.name_width + 10 for _, item in shown if item.name_side == "left"), default=0.0)
        right = max((item.name_width + 10 for _, item in shown if item.name_side == "right"), default=0.0)
        for item in self.by_layer.values():
            left = max(left, item.width_px / 2 - (item.x() - bounds[0]) * zoom)
            right = max(right, item.width_px / 2 - (bounds[2] - item.x()) * zoom)
        return left, up, right


def heading_lines(network: Network, layer: int) -> list[str]:
    """Return what stands over a layer: its name, its activation, and how many neurons a large one has."""
    members = network.members[layer]
    lines = [network.layer_of[layer].name]
    functions = sorted({n.activation for n in members if n.kind is not Kind.INPUT})
    labels = [ACTIVATIONS[name].label if name in ACTIVATIONS else name for name in functions]
    if labels:
        lines.append(labels[0] if len(labels) == 1 else "mixed")
    if len(members) > 32:
        lines.append(f"{len(members):,} neurons")
    return lines


def _weights_text(
    network: Network,
    source: np.ndarray,
    target: np.ndarray,
    strand_of: np.ndarray,
    strands: np.ndarray,
) -> str:
    """Return what a bundle holds: ``64 × 32 weights`` if everything is connected, else how many."""
    edges = np.flatnonzero(np.isin(strand_of, strands))
    first, last = len(np.unique(source[edges])), len(np.unique(target[edges]))
    if first * last == len(edges):
        return f"{first:,} × {last:,} weights"
    return f"{len(edges):,} weights"


__all__ = ["Headings", "heading_lines"]
