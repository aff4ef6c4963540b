"""Where a piece of the palette would land, what it would do there, and how that looks before the drop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from backprop_gui.network import Kind, Network
from backprop_gui.network.layout import (
    COLUMN_GAP,
    ROW_GAP,
    TALLEST,
    free_place,
    height_of,
    made_room,
    with_column_between,
)
from backprop_gui.numerals import counted
from backprop_gui.project import Project, edits, templates
from backprop_gui.project.edits import Edit
from backprop_gui.ui.canvas.gestures.gesture import Stage
from backprop_gui.ui.canvas.gestures.ghost import NO_GHOST, Ghost
from backprop_gui.ui.canvas.gestures.moving import SNAP_PX, aligned, guides_of
from backprop_gui.ui.canvas.gestures.spots import Spot, Where, in_drawing, layer_boxes, layer_spot
from backprop_gui.ui.canvas.picture import RADIUS
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.names import display_name
from backprop_gui.ui.pieces import Piece

COLUMN_REACH = 45.0
"""How far beside a column a piece is still drawn into it, in scene units."""
MOST_DISCS = 200

Make = Callable[[Project], Edit]


@dataclass(frozen=True, slots=True)
class Place:
    """What dropping would do.

    Attributes
    ----------
    make : callable or None
        Makes the edit; None where nothing can be dropped.
    """

    ghost: Ghost
    text: str
    make: Make | None


def placement(stage: Stage, piece: Piece, point: QPointF) -> Place:
    """Return what dropping ``piece`` at a point of the scene would do."""
    if piece.template:
        return _network(stage, piece, point)
    spot = stage.spot(point)
    network = stage.scene.network
    # Names, headings and rims are pieces of layers to whoever drops something.
    if spot.where in (Where.NEURON, Where.NAME, Where.RIM, Where.HEADING):
        spot = Spot(Where.LAYER, None, spot.layers)
    elif spot.where is Where.BUNDLE:
        spot = layer_spot(stage.scene, point.x(), point.y())
    edge = spot.edge
    if edge is not None and piece.kind is Kind.HIDDEN:
        if not piece.is_layer:
            return _split(stage, edge, point)
        # A connection that skips layers leads past places between other ones.
        around = layer_spot(stage.scene, point.x(), point.y())
        layers = tuple(network.neuron_of[end].layer for end in edge)
        spot = around if around.where is Where.BETWEEN else Spot(Where.BETWEEN, None, layers)
    if spot.where is Where.LAYER and _is_of(network, spot.layers[0], piece.kind):
        return _into_layer(stage, piece, spot.layers[0], point)
    if spot.where in (Where.NOTHING, Where.BETWEEN) and piece.size == 1:
        column = _column_at(stage, piece.kind, point)
        if column is not None:
            return _into_layer(stage, piece, column, point)
    if spot.where is Where.BETWEEN and piece.kind is Kind.HIDDEN and piece.is_layer:
        return _between(stage, piece, spot.layers[0], spot.layers[1])
    return _alone(stage, piece, point)


def _column_at(stage: Stage, kind: Kind, point: QPointF) -> int | None:
    """Return the layer of neurons of this kind above or below a point, if it is no heat map."""
    near = [
        (abs(box.center().x() - point.x()), layer)
        for layer, box in layer_boxes(stage.scene).items()
        if layer not in stage.scene.maps and _is_of(stage.scene.network, layer, kind)
    ]
    apart, layer = min(near, default=(COLUMN_REACH + 1, 0))
    return layer if apart <= COLUMN_REACH else None


def _is_of(network: Network, layer: int, kind: Kind) -> bool:
    return {neuron.kind for neuron in network.members[layer]} == {kind}


def _split(stage: Stage, edge: tuple[int, int], point: QPointF) -> Place:
    editor, picture, network = stage.editor, stage.scene.picture, stage.scene.network
    assert editor is not None
    source, target = (QPointF(*picture.position[picture.index[id]].tolist()) for id in edge)
    starts = editor.starts
    names = " → ".join(display_name(network.neuron_of[id].name) for id in edge)
    effect = ". What the network computes stays the same." if starts.keep else ""
    position = in_drawing(stage.scene, point.x(), point.y())
    return Place(
        Ghost(
            discs=[(point.x(), point.y(), RADIUS)],
            lines=[QLineF(source, point), QLineF(point, target)],
        ),
        f"Split {names} with a neuron{effect}",
        lambda project: edits.split_edge(project, edge, starts, position),
    )


def _into_layer(stage: Stage, piece: Piece, layer: int, point: QPointF) -> Place:
    editor, scene = stage.editor, stage.scene
    assert editor is not None
    network, starts = scene.network, editor.starts
    members = network.members[layer]
    name = network.layer_of[layer].name
    box = layer_boxes(scene)[layer]
    count = max(1, piece.size)
    effect = (
        ". What the network computes stays the same." if starts.keep and piece.kind is Kind.HIDDEN else ""
    )
    if count > 1:
        return Place(
            Ghost(boxes=[box]),
            f"Add {counted(count, 'neuron')} to {name}{effect}",
            lambda project: edits.resize_layer(project, layer, len(members) + count, starts),
        )
    x = box.center().x()
    position = in_drawing(scene, x, point.y())
    ghost = Ghost(boxes=[box])
    if layer not in scene.maps:
        (_, y), moved = made_room(network, position)
        disc = QRectF(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS).adjusted(-12, -12, 12, 12)
        ghost = Ghost(boxes=[box.united(disc)], discs=[(x, y, RADIUS)], ways=_ways(scene, moved))
    return Place(
        ghost,
        f"Add a neuron to {name}{effect}",
        lambda project: edits.add_neuron(project, piece.kind, position, starts, layer),
    )


def _ways(scene: NetworkScene, moved: Mapping[int, tuple[float, float]]) -> list[QLineF]:
    """Return lines from the rims of neurons to the heights to which they move."""
    picture = scene.picture
    lines = []
    for id, (_, y) in moved.items():
        row = picture.index[id]
        if picture.shown[row]:
            x, before = picture.position[row].tolist()
            rim = float(picture.radius[row]) * (1 if y > before else -1)
            if abs(y - before) > abs(rim):
                lines.append(QLineF(x, before + rim, x, y))
    return lines


def _between(stage: Stage, piece: Piece, left: int, right: int) -> Place:
    editor, scene = stage.editor, stage.scene
    assert editor is not None
    network, starts, boxes = scene.network, editor.starts, layer_boxes(scene)
    x = (boxes[left].center().x() + boxes[right].center().x()) / 2
    y = (boxes[left].center().y() + boxes[right].center().y()) / 2
    problem = edits.problem_with_insert(network, left, right)
    if problem is not None:
        ghost = Ghost(discs=_column(x, y, piece.size), boxes=[boxes[left], boxes[right]], refused=True)
        return Place(ghost, str(problem), None)
    before, after = network.members[left], network.members[right]
    opened, middle = with_column_between(network, before, after)
    if opened is network:
        # Nothing moves aside, so that it stands where there is room.
        y = free_place(network, middle, (0.0, height_of(piece.size)))[1]
    keeps = starts.keep and piece.size >= len(network.members[left])
    between = f"between {network.layer_of[left].name} and {network.layer_of[right].name}"
    effect = ""
    if starts.keep:
        effect = (
            ". What the network computes stays the same."
            if keeps
            else f". It is narrower than {network.layer_of[left].name}, so what the network computes changes."
        )
    return Place(
        Ghost(discs=_column(x, y, piece.size), boxes=[boxes[left], boxes[right]]),
        f"Insert a layer of {piece.size} {between}{effect}",
        lambda project: edits.insert_layer(project, left, right, piece.size, starts),
    )


def _alone(stage: Stage, piece: Piece, point: QPointF) -> Place:
    editor, picture = stage.editor, stage.scene.picture
    assert editor is not None
    starts = editor.starts
    wanted = np.array([point.x(), point.y()])
    others = picture.position[picture.shown]
    place = aligned(wanted, others, SNAP_PX / stage.zoom)
    columns = np.array([box.center().x() for box in layer_boxes(stage.scene).values()])
    if len(columns):
        nearest = float(columns[np.argmin(np.abs(columns - wanted[0]))])
        if abs(nearest - wanted[0]) <= COLUMN_REACH:
            place[0] = nearest
    drawn = in_drawing(stage.scene, float(place[0]), float(place[1]))
    position = free_place(stage.scene.network, drawn, (0.0, height_of(max(1, piece.size))))
    place[1] = position[1]
    at = (float(place[0]), float(place[1]))
    guides = guides_of(place, others)
    if piece.size > 1:
        return Place(
            Ghost(discs=_column(*at, piece.size), guides=guides),
            f"A layer of {counted(piece.size, 'neuron')}, not connected yet",
            lambda project: edits.add_layer(project, piece.kind, piece.size, position, starts),
        )
    article = "An" if piece.kind is not Kind.HIDDEN else "A"
    kind = {Kind.HIDDEN: "neuron", Kind.INPUT: "input", Kind.OUTPUT: "output"}[piece.kind]
    return Place(
        Ghost(discs=[(*at, RADIUS)], guides=guides),
        f"{article} {kind}, not connected yet",
        lambda project: edits.add_neuron(project, piece.kind, position, starts),
    )


def _network(stage: Stage, piece: Piece, point: QPointF, *, free: bool = False) -> Place:
    """Return what dropping all of a template does; ``free`` puts it beside what is there already."""
    drawn = template_network(piece.template)
    title = templates.templates()[piece.template].title
    places = np.array([neuron.position for neuron in drawn.neurons]).reshape(-1, 2)
    if not len(places):
        return Place(NO_GHOST, f"{title} is empty: choose another network.", None)
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    at = places - middle + (point.x(), point.y())
    discs = [(x, y, RADIUS) for x, y in at[:MOST_DISCS].tolist()]
    (left, top), (right, bottom) = at.min(axis=0), at.max(axis=0)
    box = QRectF(left, top, right - left, bottom - top).adjusted(-40, -40, 40, 40)
    position = in_drawing(stage.scene, point.x(), point.y())
    return Place(
        Ghost(discs=discs, boxes=[box]),
        f"All of “{title}”: {counted(len(drawn.neurons), 'neuron')}, {counted(len(drawn.edges), 'edge')}",
        lambda project: edits.paste(project, drawn, at=position, free=free),
    )


@cache
def template_network(name: str) -> Network:
    """Return the network of a template."""
    return templates.load(name).network


def _column(x: float, y: float, size: int) -> list[tuple[float, float, float]]:
    """Return the discs of a column of ``size`` neurons around a point."""
    gap = min(ROW_GAP, TALLEST / max(1, size - 1))
    radius = min(RADIUS, 0.42 * gap)
    rows = range(min(size, MOST_DISCS))
    return [(x, y + (row - (size - 1) / 2) * gap, radius) for row in rows]


def place_by_key(stage: Stage, piece: Piece, middle: QPointF) -> Place:
    """Return what adding ``piece`` without a mouse does: to the layer of what is selected, or beside the network.

    Parameters
    ----------
    middle : QPointF
        The middle of what is seen, for the first piece of an empty canvas.
    """
    scene = stage.scene
    network, boxes = scene.network, layer_boxes(scene)
    if piece.template:
        return _network(stage, piece, middle, free=True)
    if not boxes:
        return placement(stage, piece, middle)
    chosen = [key for key in scene.selected if isinstance(key, int)]
    layers = {network.neuron_of[id].layer for id in chosen}
    own = [
        layer for layer in network.members if _is_of(network, layer, piece.kind) and network.members[layer]
    ]
    if not piece.is_layer:
        joined = [layer for layer in own if layer in layers] or (own if piece.kind is not Kind.HIDDEN else [])
        if joined:
            layer = joined[-1]
            positions = [neuron.position[1] for neuron in network.members[layer]]
            below = max(positions) + (min(ROW_GAP, 60.0 + RADIUS) if len(positions) > 12 else ROW_GAP)
            return _into_layer(stage, piece, layer, QPointF(boxes[layer].center().x(), below))
    left = min(box.center().x() for box in boxes.values())
    right = max(box.center().x() for box in boxes.values())
    everything = QRectF()
    for box in boxes.values():
        everything = everything.united(box)
    y = everything.center().y()
    if piece.kind is Kind.INPUT:
        return _alone(stage, piece, QPointF(left - COLUMN_GAP, y))
    if layers:
        right = max(boxes[layer].center().x() for layer in layers)
    x = right + COLUMN_GAP
    outputs = [layer for layer in boxes if _is_of(network, layer, Kind.OUTPUT)]
    if piece.kind is Kind.HIDDEN and outputs and not layers:
        # Before the outputs rather than behind them, where no edge could lead on.
        inputs = [boxes[layer].center().x() for layer in boxes if _is_of(network, layer, Kind.INPUT)]
        goal = min(boxes[layer].center().x() for layer in outputs)
        x = (max(inputs) + goal) / 2 if inputs else goal - COLUMN_GAP
        y = everything.bottom() + ROW_GAP / 2 if own else y
    return _alone(stage, piece, QPointF(x, y))


__all__ = ["Make", "Place", "place_by_key", "placement", "template_network"]
