"""Drawing edges from the rim of a neuron to another neuron or to a whole layer, and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPolygonF

from backprop_gui.network import Network
from backprop_gui.project import edits
from backprop_gui.ui.canvas.gestures.gesture import Gesture, Stage
from backprop_gui.ui.canvas.gestures.ghost import Ghost
from backprop_gui.ui.canvas.gestures.spots import Spot, Where, layer_boxes
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.names import as_drawn, display_name

MOST_LINES = 160
"""Up to so many edges are drawn one by one; more are a band."""


class Connect(Gesture):
    """A drag from a rim: every selected neuron, if that one is among them, is connected with the target."""

    def __init__(self, stage: Stage, start: QPointF, spot: Spot) -> None:
        super().__init__(stage, start, spot)
        network, neuron = stage.scene.network, spot.neuron
        self._at_first = stage.scene.selected
        chosen = [n.id for n in network.neurons if n.id in stage.scene.selected]
        if neuron is None:
            self.sources = [member.id for member in network.members[spot.layers[0]]]
        elif neuron in chosen and len(chosen) > 1:
            self.sources = chosen
        else:
            self.sources = [neuron]
        self._targets: list[int] = []
        self._refused = True

    def move(self, point: QPointF, free: bool) -> None:
        self._aim(self.stage.spot(point), point)

    def _aim(self, spot: Spot, point: QPointF) -> None:
        stage, network = self.stage, self.stage.scene.network
        self._targets = targets_of(network, spot, self.sources)
        if not self._targets:
            self._refused = True
            lines = [QLineF(start, point) for start in self._starts()]
            stage.show(
                Ghost(lines=lines, arrow=True),
                "Let go on a neuron, or on the name of a layer to connect to all of it. Esc cancels.",
            )
            return
        problem = edits.problem_with_connect(network, self.sources, self._targets)
        self._refused = problem is not None
        text = (
            as_drawn(str(problem), network)
            if problem
            else f"Connect {connection(network, self.sources, self._targets)}"
        )
        stage.show(self._ghost(), self.said(text))

    def said(self, text: str) -> str:
        """Return what is said of ``text``, which says what would happen or why nothing would."""
        return text

    def _starts(self) -> list[QPointF]:
        picture = self.stage.scene.picture
        rows = [picture.index[id] for id in self.sources[:MOST_LINES]]
        return [QPointF(*picture.position[row].tolist()) for row in rows]

    def _ghost(self) -> Ghost:
        scene = self.stage.scene
        picture, network = scene.picture, scene.network
        boxes = layer_boxes(scene)
        meant = {network.neuron_of[id].layer for id in self._targets}
        whole = len(self._targets) > 1
        framed = [box for layer, box in boxes.items() if whole and layer in meant]
        if len(self.sources) * len(self._targets) > MOST_LINES:
            # So many lines would be a tangle, and hide what is below.
            starts = {network.neuron_of[id].layer for id in self.sources}
            bands = [_band(boxes[start], boxes[end]) for start in starts for end in meant if start != end]
            return Ghost(bands=bands, boxes=framed, refused=self._refused)
        lines = [
            _rim_to_rim(picture, picture.index[source], picture.index[target])
            for source in self.sources
            for target in self._targets
            if source != target
        ]
        rings = [
            (*picture.position[picture.index[id]].tolist(), float(picture.radius[picture.index[id]]) + 5)
            for id in self._targets
            if picture.shown[picture.index[id]]
        ]
        return Ghost(lines=lines, arrow=True, rings=rings, boxes=framed, refused=self._refused)

    def release(self, point: QPointF) -> None:
        self.confirm()

    def confirm(self) -> bool:
        """Connect, if that is possible; return whether it was."""
        editor, targets = self.stage.editor, self._targets
        if editor is None or self._refused or not targets:
            return False
        return editor.attempt(lambda project: edits.connect(project, self.sources, targets, editor.starts))

    def click(self) -> None:
        if self.spot.neuron is not None:
            self.stage.select(frozenset([self.spot.neuron]), self.spot.neuron)
        else:
            self.stage.select(frozenset(self.sources))

    def cancel(self) -> None:
        self.stage.select(self._at_first)


def targets_of(network: Network, spot: Spot, sources: Sequence[int]) -> list[int]:
    """Return the neurons that an edge dropped on ``spot`` leads to."""
    if spot.neuron is not None:
        return [spot.neuron]
    if len(spot.layers) == 1:
        layer = spot.layers[0]
        if spot.where is Where.LAYER and any(network.neuron_of[id].layer == layer for id in sources):
            return []
        return [neuron.id for neuron in network.members[layer]]
    return []


def connection(network: Network, sources: Sequence[int], targets: Sequence[int]) -> str:
    """Say what would be connected, such as ``h₁ to ŷ`` or ``3 neurons to all of hidden``."""
    first = (
        display_name(network.neuron_of[sources[0]].name) if len(sources) == 1 else f"{len(sources):,} neurons"
    )
    if len(targets) == 1:
        return f"{first} to {display_name(network.neuron_of[targets[0]].name)}"
    layer = network.layer_of[network.neuron_of[targets[0]].layer]
    return f"{first} to all {len(targets):,} of {layer.name}"


def _band(start: QRectF, end: QRectF) -> QPolygonF:
    """Return what edges between two layers cover."""
    left, right = sorted((start, end), key=lambda box: box.center().x())
    return QPolygonF([left.topRight(), right.topLeft(), right.bottomLeft(), left.bottomRight()])


def _rim_to_rim(picture: Picture, source: int, target: int) -> QLineF:
    position, radius = picture.position, picture.radius
    line = QLineF(QPointF(*position[source].tolist()), QPointF(*position[target].tolist()))
    length = line.length()
    if length < 1e-6:
        return line
    inset = min(float(radius[source]) + 2, length / 3), min(float(radius[target]) + 2, length / 3)
    return QLineF(line.pointAt(inset[0] / length), line.pointAt(1 - inset[1] / length))


__all__ = ["Connect", "connection", "targets_of"]
