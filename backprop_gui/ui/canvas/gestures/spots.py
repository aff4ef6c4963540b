"""What is under the pointer: a neuron, its rim or name, an edge, a layer, the place between two, or nothing."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from PySide6.QtCore import QRectF

from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.selection import Key

TOLERANCE_PX = 5.0
"""How far beside an edge one may point."""
RIM_PX = 7.0
"""How far outside a neuron its rim still is."""
RIM_SHARE = 0.72
"""From which part of its radius on a neuron is rim."""
LAYER_MARGIN = 34.0
"""How far around its neurons a layer reaches, in scene units."""

MOST_BESIDE = 4
"""So many layers on each side may be what a place is between."""


class Where(enum.Enum):
    """The kinds of places."""

    NOTHING = enum.auto()
    NEURON = enum.auto()
    NAME = enum.auto()
    RIM = enum.auto()
    EDGE = enum.auto()
    BUNDLE = enum.auto()
    HEADING = enum.auto()
    LAYER = enum.auto()
    BETWEEN = enum.auto()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the picture.

    Attributes
    ----------
    key : Key or None
        The neuron or edge there.
    layers : tuple of int
        The layer there; between two layers both, the left one first.
    strand : int
        The bundle there, -1 without one.
    """

    where: Where
    key: Key | None = None
    layers: tuple[int, ...] = field(default=())
    strand: int = -1

    @property
    def neuron(self) -> int | None:
        """The id of the neuron there."""
        return self.key if isinstance(self.key, int) else None

    @property
    def edge(self) -> tuple[int, int] | None:
        """The edge there."""
        return self.key if isinstance(self.key, tuple) else None


NOTHING = Spot(Where.NOTHING)


def spot_at(scene: NetworkScene, x: float, y: float, zoom: float) -> Spot:
    """Return what is at a point of the scene, which is shown with ``zoom`` pixels a scene unit.

    What is drawn comes before the layer that it stands in.
    """
    neuron = _neuron_at(scene, x, y, RIM_PX / zoom)
    if neuron is not None:
        return neuron
    named = scene.headings.name_at(x, y)
    if named is not None:
        return Spot(Where.NAME, scene.network.neurons[named].id, (scene.network.neurons[named].layer,))
    layer = heading_at(scene, x, y, zoom)
    if layer is not None:
        return Spot(Where.HEADING, None, (layer,))
    tolerance = TOLERANCE_PX / zoom
    key = scene.key_at(x, y, tolerance)
    if isinstance(key, tuple):
        return Spot(Where.EDGE, key)
    strand = scene.edge_item.bundles.strand_at(x, y, tolerance)
    if strand is not None:
        return Spot(Where.BUNDLE, strand=int(strand))
    return layer_spot(scene, x, y)


def _neuron_at(scene: NetworkScene, x: float, y: float, reach: float) -> Spot | None:
    picture, network = scene.picture, scene.network
    if not network.neurons:
        return None
    gap = np.hypot(picture.position[:, 0] - x, picture.position[:, 1] - y)
    gap[~picture.shown] = np.inf
    nearest = int(np.argmin(gap))
    neuron, distance, radius = network.neurons[nearest], float(gap[nearest]), float(picture.radius[nearest])
    if distance <= radius + reach:
        # The rim of a tiny neuron may not take all of it.
        is_rim = distance > radius * RIM_SHARE
        return Spot(Where.RIM if is_rim else Where.NEURON, neuron.id, (neuron.layer,))
    for layer, map_ in scene.maps.items():
        place = map_.place_at(x, y)
        if place is not None:
            return Spot(Where.NEURON, network.neurons[map_.cells.neurons[place]].id, (layer,))
        frame = map_.mapRectToScene(QRectF(0, 0, map_.cells.width, map_.cells.height))
        if frame.adjusted(-2 * reach, -2 * reach, 2 * reach, 2 * reach).contains(x, y):
            return Spot(Where.RIM, None, (layer,))
    return None


def heading_at(scene: NetworkScene, x: float, y: float, zoom: float) -> int | None:
    """Return the layer whose heading is at a point of the scene."""
    for layer, block in scene.headings.by_layer.items():
        if not block.texts:
            continue
        half, height = block.width_px / 2 + 6, block.height_px + 10
        across, up = (x - block.x) * zoom, (block.y - y) * zoom
        if abs(across) <= half and block.lift - 2 <= up <= block.lift + height:
            return layer
    return None


def layer_spot(scene: NetworkScene, x: float, y: float) -> Spot:
    """Return the layer around a point of the scene, or the two layers that it is between, or nothing."""
    boxes = layer_boxes(scene)
    inside = [(abs(box.center().x() - x), layer) for layer, box in boxes.items() if box.contains(x, y)]
    if inside:
        return Spot(Where.LAYER, None, (min(inside)[1],))
    left = [(x - box.center().x(), layer) for layer, box in boxes.items() if box.center().x() < x]
    right = [(box.center().x() - x, layer) for layer, box in boxes.items() if box.center().x() >= x]
    nearest = (sorted(side)[:MOST_BESIDE] for side in (left, right))
    pairs = sorted((one + other, before, after) for (one, before), (other, after) in product(*nearest))
    for _, before, after in pairs:
        if boxes[before].united(boxes[after]).contains(x, y) and _joined(scene, before, after):
            return Spot(Where.BETWEEN, None, (before, after))
    return NOTHING


def layer_boxes(scene: NetworkScene) -> dict[int, QRectF]:
    """Return what each layer takes up, by its id, in scene units."""
    picture, network = scene.picture, scene.network
    boxes: dict[int, QRectF] = {}
    for layer, members in network.members.items():
        if layer in scene.maps:
            map_ = scene.maps[layer]
            box = map_.mapRectToScene(QRectF(0, 0, map_.cells.width, map_.cells.height))
        elif members:
            points = picture.position[[picture.index[n.id] for n in members]]
            (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
            box = QRectF(left, top, right - left, bottom - top)
        else:
            continue
        margin = LAYER_MARGIN + (0 if layer in scene.maps else 22)
        boxes[layer] = box.adjusted(-LAYER_MARGIN - 12, -margin, LAYER_MARGIN + 12, margin)
    return boxes


def in_drawing(scene: NetworkScene, x: float, y: float) -> tuple[float, float]:
    """Return where in the drawing a point of the picture is: there, columns make room for broad heat maps."""
    if not scene.maps:
        return x, y
    columns = []
    for layer, box in layer_boxes(scene).items():
        drawn = [neuron.position[0] for neuron in scene.network.members[layer]]
        columns.append((box.center().x(), (min(drawn) + max(drawn)) / 2))
    columns.sort()
    shown, drawn = (list(one) for one in zip(*columns, strict=True))
    beyond = min(0.0, x - shown[0]) + max(0.0, x - shown[-1])
    return float(np.interp(x, shown, drawn)) + beyond, y


def _joined(scene: NetworkScene, before: int, after: int) -> bool:
    """Return whether edges lead from one layer to the other."""
    network = scene.network
    targets = {neuron.id for neuron in network.members[after]}
    return any(
        edge.target in targets for neuron in network.members[before] for edge in network.outgoing[neuron.id]
    )


__all__ = ["NOTHING", "Spot", "Where", "heading_at", "in_drawing", "layer_boxes", "layer_spot", "spot_at"]
