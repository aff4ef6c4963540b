"""Selecting: a click, a click that adds, and the rubber band."""

from __future__ import annotations

from itertools import compress

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from backprop_gui.numerals import counted
from backprop_gui.ui.canvas.gestures.gesture import Gesture, Stage
from backprop_gui.ui.canvas.gestures.ghost import Ghost
from backprop_gui.ui.canvas.gestures.spots import Spot
from backprop_gui.ui.selection import Key


def keys_at(stage: Stage, spot: Spot) -> frozenset[Key]:
    """Return what a click on ``spot`` means: a neuron, an edge, all edges of a bundle, or a layer."""
    network, picture = stage.scene.network, stage.scene.picture
    if spot.key is not None:
        return frozenset([spot.key])
    if spot.strand >= 0:
        return frozenset(compress(network.edge_of, (picture.strands.strand_of == spot.strand).tolist()))
    if len(spot.layers) == 1:
        return frozenset(neuron.id for neuron in network.members[spot.layers[0]])
    return frozenset()


class Click(Gesture):
    """A press on an edge, a bundle or a heading: selects it at once."""

    def __init__(self, stage: Stage, start: QPointF, spot: Spot) -> None:
        super().__init__(stage, start, spot)
        stage.select(keys_at(stage, spot), spot.key)


class RubberBand(Gesture):
    """A drag over the ground: selects the neurons inside; a click there selects nothing.

    ``adds`` keeps what was selected before.
    """

    def __init__(self, stage: Stage, start: QPointF, spot: Spot, *, adds: bool = False) -> None:
        super().__init__(stage, start, spot)
        self._before = stage.scene.selected if adds else frozenset()
        self._at_first = stage.scene.selected

    def move(self, point: QPointF, free: bool) -> None:
        band = QRectF(self.start, point).normalized()
        scene = self.stage.scene
        x, y = scene.picture.position.reshape(-1, 2).T
        inside = (x >= band.left()) & (x <= band.right()) & (y >= band.top()) & (y <= band.bottom())
        found = frozenset(scene.network.neurons[i].id for i in np.flatnonzero(inside).tolist())
        self.stage.select(self._before | found)
        count = len(found)
        self.stage.show(Ghost(boxes=[band]), counted(count, "neuron") if count else "")

    def click(self) -> None:
        self.stage.select(self._before)

    def cancel(self) -> None:
        self.stage.select(self._at_first)


class AddingClick(Gesture):
    """A click with Ctrl or Shift: adds what is there to the selection, or takes it away."""

    def click(self) -> None:
        keys, selected = keys_at(self.stage, self.spot), self.stage.scene.selected
        if keys and keys <= selected:
            self.stage.select(selected - keys)
        elif keys:
            self.stage.select(selected | keys, self.spot.key)


__all__ = ["AddingClick", "Click", "RubberBand", "keys_at"]
