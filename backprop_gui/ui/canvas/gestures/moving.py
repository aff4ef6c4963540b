"""Moving neurons, with guides that show what they are aligned with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF

from backprop_gui.project import edits
from backprop_gui.ui.canvas.gestures.gesture import Gesture, Stage
from backprop_gui.ui.canvas.gestures.ghost import Ghost
from backprop_gui.ui.canvas.gestures.spots import Spot

SNAP_PX = 7.0
"""How near something has to come to a guide to be drawn to it."""


class Move(Gesture):
    """A press on a neuron: selects it, and moves all that is selected.

    A heat map is moved as a whole.
    """

    def __init__(self, stage: Stage, start: QPointF, spot: Spot) -> None:
        super().__init__(stage, start, spot)
        self._at_first = stage.scene.selected
        self._offset = (0.0, 0.0)
        self._lifted = False
        members = stage.scene.network.members[spot.layers[0]]
        if spot.neuron is None:
            stage.select(frozenset(neuron.id for neuron in members))
        elif spot.neuron not in stage.scene.selected:
            stage.select(frozenset([spot.neuron]), spot.neuron)
        elif spot.neuron is not None:
            stage.select(stage.scene.selected, spot.neuron)

    def move(self, point: QPointF, free: bool) -> None:
        stage = self.stage
        if stage.editor is None:
            return
        if not self._lifted:
            self._lift()
        dx, dy = point.x() - self.start.x(), point.y() - self.start.y()
        guides: list[QLineF] = []
        if not free:
            dx, dy, guides = self._snapped(dx, dy)
        self._offset = (dx, dy)
        stage.scene.drag_lifted(dx, dy)
        count = len(self._ids)
        what = "" if count == 1 else f"{count:,} neurons. "
        stage.show(Ghost(guides=guides), f"{what}Hold Ctrl to move without guides." if guides else "")

    def release(self, point: QPointF) -> None:
        self._drop()
        (dx, dy), editor = self._offset, self.stage.editor
        if editor is not None and (dx or dy):
            editor.attempt(lambda project: edits.move(project, self._ids, dx, dy))

    def click(self) -> None:
        if self.spot.neuron is not None:
            self.stage.select(frozenset([self.spot.neuron]), self.spot.neuron)

    def cancel(self) -> None:
        self._drop()
        self.stage.select(self._at_first)

    def _lift(self) -> None:
        scene = self.stage.scene
        network = scene.network
        ids = {key for key in scene.selected if isinstance(key, int)}
        for layer in {network.neuron_of[id].layer for id in ids} & set(scene.maps):
            ids |= {neuron.id for neuron in network.members[layer]}
        self._ids = frozenset(ids)
        picture = scene.picture
        moving = np.array([picture.index[id] for id in ids], np.intp)
        stays = picture.shown.copy()
        stays[moving] = False
        self._others = picture.position[stays]
        at = picture.index[self.spot.neuron] if self.spot.neuron is not None else int(moving[0])
        self._anchor = picture.position[at].copy()
        self._lifted = True
        scene.lift(ids)

    def _drop(self) -> None:
        if self._lifted:
            self._lifted = False
            self.stage.scene.drop_lifted()

    def _snapped(self, dx: float, dy: float) -> tuple[float, float, list[QLineF]]:
        """Return the offset that aligns the neuron under the pointer with others, and the guides that show it."""
        reach = SNAP_PX / self.stage.zoom
        wanted = self._anchor + np.array([dx, dy])
        place = aligned(wanted, self._others, reach)
        return (
            dx + float(place[0] - wanted[0]),
            dy + float(place[1] - wanted[1]),
            guides_of(place, self._others),
        )


def aligned(wanted: NDArray[np.float64], others: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """Return ``wanted``, (2,), moved to the height and column of one of ``others``, (n, 2), within ``reach``."""
    place = wanted.copy()
    for axis in (0, 1):
        gap = np.abs(others[:, axis] - wanted[axis])
        if len(gap) and gap.min() <= reach:
            place[axis] = others[int(np.argmin(gap)), axis]
    return place


def guides_of(place: NDArray[np.float64], others: NDArray[np.float64]) -> list[QLineF]:
    """Return lines through ``place`` and every one of ``others`` above, below or beside it."""
    guides: list[QLineF] = []
    for axis in (0, 1):
        level = others[np.abs(others[:, axis] - place[axis]) < 1e-6]
        if len(level):
            ends = np.concatenate([level[:, 1 - axis], place[1 - axis : 2 - axis]])
            low, high, at = float(ends.min()), float(ends.max()), float(place[axis])
            guides.append(QLineF(at, low, at, high) if axis == 0 else QLineF(low, at, high, at))
    return guides


__all__ = ["Move", "aligned", "guides_of"]
