"""Texts around the neurons: headings over layers, labels on bundles, and on which side names stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.network import Kind, Network
from backprop_gui.numerals import counted
from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.scale import Limits, Reach
from backprop_gui.ui.canvas.texts import ABOVE_PX, PLATE_PX, Block, Name, at
from backprop_gui.ui.numbers import format_number

if TYPE_CHECKING:
    from backprop_gui.ui.canvas.scene import NetworkScene

HEADING_GAP_PX = 8.0
"""Room between a heading and the name below it."""
HIDDEN_NAMES_ZOOM, FEW = 0.7, 8
"""Below this, the names of more hidden neurons than a few would only be noise; tooltips have them."""
SIDE_BY_SIDE = 90.0
"""Neurons that are farther apart across, in scene units, leave room for each other's names."""
FREE = 400.0
"""Height that a name has where nothing stands above it, in scene units."""
MOST_COMPARED = 200
BESIDE_ROOM_PX = 130.0
"""Room for names left of the inputs and right of the outputs."""


class Headings:
    """The headings of a scene's layers and the labels of its bundles.

    Attributes
    ----------
    by_layer : dict
        The heading of each layer, by id.
    names : dict
        The name of each neuron that is drawn by itself, by its index.
    """

    def __init__(self, scene: NetworkScene) -> None:
        self._scene = scene
        self.by_layer: dict[int, Block] = {}
        self.names: dict[int, Name] = {}
        self._labels: list[tuple[Block, float]] = []
        self._limits: dict[int, str] = {}
        self._room_above: dict[int, float] = {}
        self._stacked = False
        self._lifted = self._loose = np.zeros(0, np.bool_)

    @property
    def look(self) -> Look:
        """What the scene draws with."""
        return self._scene.look

    def lift(self, neurons: NDArray[np.bool_], strands: NDArray[np.bool_]) -> None:
        """Leave the names of ``neurons`` out of ``draw``, and the labels of the bundles of ``strands``."""
        self._lifted = neurons
        self._loose = np.zeros(len(self._labels), np.bool_)
        self._loose[self._scene.picture.strands.bundle[strands]] = True

    def rebuild(self) -> None:
        """Make the texts for the scene's picture."""
        self.by_layer, self._labels = {}, []
        look, picture, network = self._scene.look, self._scene.picture, self._scene.network
        members: dict[int, NDArray[np.intp]] = {}
        middle: dict[int, float] = {}
        for layer in network.layers:
            found = np.array([picture.index[n.id] for n in network.members[layer.id]], np.intp)
            if len(found):
                across = picture.position[found, 0]
                members[layer.id], middle[layer.id] = found, float(across.min() + across.max()) / 2
        self._room_above = {}
        for column in _columns(middle):
            self._head(column, members, middle)
        self.names = {
            index: Name(*xy) for index, xy in enumerate(picture.position.tolist()) if picture.shown[index]
        }
        strands = picture.strands
        bundle_of = np.append(strands.bundle, -1)[strands.strand_of]
        for bundle in range(strands.bundle.max(initial=-1) + 1):
            mine = np.flatnonzero(strands.bundle == bundle)
            x, y = ((strands.start[mine].mean(axis=0) + strands.end[mine].mean(axis=0)) / 2).tolist()
            label = Block(x, y, plate=True)
            label.write(
                [_weights_text(picture.source, picture.target, np.flatnonzero(bundle_of == bundle))], look
            )
            self._labels.append((label, float((strands.end[mine, 0] - strands.start[mine, 0]).min())))
        self.lift(np.zeros(len(picture.shown), np.bool_), np.zeros(len(strands.size), np.bool_))

    def _head(
        self, column: Sequence[int], members: dict[int, NDArray[np.intp]], middle: dict[int, float]
    ) -> None:
        """Place the headings of the layers of a column: the first one's above the picture, the others' above theirs."""
        picture = self._scene.picture
        everything = np.concatenate([members[layer] for layer in column])
        bottoms = picture.position[everything, 1] + picture.radius[everything]
        tops = {
            layer: float((picture.position[members[layer], 1] - picture.radius[members[layer]]).min())
            for layer in column
        }
        first = min(column, key=tops.__getitem__)
        for layer in column:
            if layer == first:
                self.by_layer[layer] = Block(middle[layer], picture.bounds[1])
                continue
            self.by_layer[layer] = Block(middle[layer], tops[layer])
            above = bottoms[bottoms <= tops[layer]].max(initial=picture.bounds[1])
            self._room_above[layer] = tops[layer] - float(above)

    def lay_out(self) -> None:
        """Fit headings and names to the look's zoom."""
        scene, look = self._scene, self._scene.look
        picture, network, zoom = scene.picture, scene.network, look.zoom
        name_height = look.name_metrics.height()
        across = {layer: heading.x for layer, heading in self.by_layer.items()}
        columns = [[across[layer] for layer in column] for column in _columns(across)]
        lift = HEADING_GAP_PX
        own = dict.fromkeys(self.by_layer, lift)
        for layer, heading in self.by_layer.items():
            members = [picture.index[n.id] for n in network.members[layer]]
            gaps = (abs(x - heading.x) for column in columns if heading.x not in column for x in column)
            apart = min(gaps, default=400.0) * zoom
            heading.room = apart - 8
            if members[0] in self.names:
                above = apart - 12
                side = self._name_side(members, zoom, name_height, above)
                room = BESIDE_ROOM_PX if side in ("left", "right") else above
                for index in members:
                    self.names[index].lay_out(network.neurons[index].name, side, room, look)
                if side == "above":
                    lift = own[layer] = HEADING_GAP_PX + name_height + ABOVE_PX
        # Layers look alike: if one heading needs several lines, all have them.
        metrics = look.heading_metrics
        self._stacked = any(
            metrics.horizontalAdvance(" · ".join(heading_lines(network, layer))) > heading.room
            for layer, heading in self.by_layer.items()
        )
        for layer, heading in self.by_layer.items():
            # Those above the picture stand on one line.
            heading.lift = own[layer] if layer in self._room_above else lift
            self._write(layer)
        for label, gap in self._labels:
            label.visible = label.width_px + 20 < gap * zoom

    def draw(self, painter: QPainter, *, whole: bool) -> None:
        """Draw all texts; ``whole`` puts them on whole pixels."""
        scene, look = self._scene, self._scene.look
        view, zoom = painter.worldTransform(), scene.look.zoom
        labels = [label for (label, _), loose in zip(self._labels, self._loose, strict=True) if not loose]
        for block in (*self.by_layer.values(), *labels):
            painter.setWorldTransform(at(view, block.x, block.y, zoom, whole=whole))
            block.draw(painter, look)
        painter.setWorldTransform(view)
        self.draw_names(painter, ~self._lifted, whole=whole)

    def draw_names(
        self,
        painter: QPainter,
        neurons: NDArray[np.bool_],
        offset: tuple[float, float] = (0.0, 0.0),
        *,
        whole: bool = True,
    ) -> None:
        """Draw the names of ``neurons``, (neurons,), at an offset in scene units."""
        scene, look = self._scene, self._scene.look
        view, zoom = painter.worldTransform(), look.zoom
        painter.setPen(look.muted)
        for index, name in self.names.items():
            if name.text is not None and neurons[index]:
                x, y = name.x + offset[0], name.y + offset[1]
                painter.setWorldTransform(at(view, x, y, zoom, whole=whole))
                name.draw(painter, float(scene.picture.radius[index]) * zoom)
        painter.setWorldTransform(view)

    def show_limits(self, limits: Limits) -> bool:
        """Write under each heading the limit of the layer's own scale, if it has one; return whether any changed."""
        changed = False
        for layer in self.by_layer:
            limit = limits.limit_of(layer) if limits.reach is Reach.LAYER else 0.0
            text = f"±{format_number(limit, 2)}" if limit > 0 else ""
            if self._limits.get(layer, "") != text:
                self._limits[layer] = text
                self._write(layer)
                changed = True
        return changed

    def _write(self, layer: int) -> None:
        heading = self.by_layer[layer]
        lines = heading_lines(self._scene.network, layer)
        limit = self._limits.get(layer, "")
        metrics = self._scene.look.heading_metrics
        # On one line, else each on its own, else what of it fits.
        if not self._stacked:
            lines = [" · ".join(lines)]
        lines = [line for line in (*lines, limit) if line and metrics.horizontalAdvance(line) <= heading.room]
        if layer in self._room_above:
            # Between neurons, as much is said as there is room for.
            room = self._room_above[layer] * self._scene.look.zoom - heading.lift - PLATE_PX[1] / 2
            lines = lines[: max(0, int(room / metrics.height()))]
        heading.write(lines, self._scene.look)

    def _name_side(self, members: list[int], zoom: float, name_height: float, above: float) -> str:
        """Return where the names of a layer's neurons find room; above them it is ``above`` pixels broad."""
        picture, network = self._scene.picture, self._scene.network
        radius_px = float(picture.radius[members[0]]) * zoom
        if len(members) == 1:
            return "above" if radius_px > 6 else ""
        spacing = _room_above(picture.position[members]) * zoom
        kinds = {network.neurons[index].kind for index in members}
        beside = "left" if kinds == {Kind.INPUT} else "right" if kinds == {Kind.OUTPUT} else ""
        if spacing < name_height * 0.8:
            beside = ""
        if spacing >= 2 * radius_px + name_height + 5 and (
            beside or zoom >= HIDDEN_NAMES_ZOOM or len(members) <= FEW
        ):
            metrics = self._scene.look.name_metrics
            widest = max(metrics.horizontalAdvance(network.neurons[index].name) for index in members)
            return beside if beside and widest > above else "above"
        return beside

    def reach_px(self) -> tuple[float, float, float]:
        """Return how far texts reach beyond the picture's bounds: left, up and right, in pixels."""
        zoom, bounds = self._scene.look.zoom, self._scene.picture.bounds
        names = self.names.values()
        up = max(
            (
                block.lift + block.height_px + 8 - (block.y - bounds[1]) * zoom
                for block in self.by_layer.values()
            ),
            default=0.0,
        )
        left = max((name.width_px + 10 for name in names if name.side == "left"), default=0.0)
        right = max((name.width_px + 10 for name in names if name.side == "right"), default=0.0)
        for block in self.by_layer.values():
            left = max(left, block.width_px / 2 - (block.x - bounds[0]) * zoom)
            right = max(right, block.width_px / 2 - (bounds[2] - block.x) * zoom)
        return left, up, right

    def name_at(self, x: float, y: float) -> int | None:
        """Return the index of the neuron whose name is at a point of the scene."""
        zoom, radius = self._scene.look.zoom, self._scene.picture.radius
        for index, name in self.names.items():
            if name.text is not None and name.holds(
                (x - name.x) * zoom, (y - name.y) * zoom, radius[index] * zoom
            ):
                return index
        return None

    def name_ends(self) -> NDArray[np.float64]:
        """Return where the names left of neurons begin, (names, 2), in scene units."""
        scene = self._scene
        ends = [
            (name.x - scene.picture.radius[index] - (name.width_px + 8) / scene.look.zoom, name.y)
            for index, name in self.names.items()
            if name.side == "left"
        ]
        return np.array(ends, np.float64).reshape(-1, 2)


def _columns(across: dict[int, float]) -> list[list[int]]:
    """Return the layers that stand above each other, by where the middle of each is, from left to right."""
    columns: list[list[int]] = []
    for layer in sorted(across, key=across.__getitem__):
        if columns and across[layer] - across[columns[-1][0]] < SIDE_BY_SIDE:
            columns[-1].append(layer)
        else:
            columns.append([layer])
    return columns


def _room_above(points: NDArray[np.float64]) -> float:
    """Return the smallest height between two of ``points``, (n, 2), that stand above each other."""
    order = points[np.argsort(points[:, 1])]
    if len(points) > MOST_COMPARED:
        return float(np.diff(order[:, 1]).min())
    apart = np.abs(order[:, None] - order[None])
    above = (apart[..., 0] < SIDE_BY_SIDE) & ~np.eye(len(order), dtype=np.bool_)
    return float(np.min(apart[..., 1], initial=FREE, where=above))


def heading_lines(network: Network, layer: int) -> list[str]:
    """Return what stands over a layer: its name, its activation, and how many neurons a large one has."""
    members = network.members[layer]
    lines = [network.layer_of[layer].name]
    functions = sorted({n.activation for n in members if n.kind is not Kind.INPUT})
    labels = [ACTIVATIONS[name].label if name in ACTIVATIONS else name for name in functions]
    if labels:
        lines.append(labels[0] if len(labels) == 1 else "mixed")
    if len(members) > 32:
        lines.append(counted(len(members), "neuron"))
    return lines


def _weights_text(source: NDArray[np.intp], target: NDArray[np.intp], edges: NDArray[np.intp]) -> str:
    """Return what the bundle of ``edges`` holds: ``64 × 32 weights`` if everything is connected, else how many."""
    first, last = (np.count_nonzero(np.bincount(ends[edges])) for ends in (source, target))
    if first * last == len(edges):
        return f"{first:,} × {last:,} weights"
    return counted(len(edges), "weight")


__all__ = ["Headings", "heading_lines"]
