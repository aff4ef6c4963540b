"""Connecting without a mouse: keys choose the target, Enter connects."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt

from backprop_gui.project import edits
from backprop_gui.ui.canvas.gestures.connecting import Connect
from backprop_gui.ui.canvas.gestures.gesture import Stage
from backprop_gui.ui.canvas.gestures.spots import Spot, Where
from backprop_gui.ui.canvas.navigation import neighbour

MOST_TRIED = 200
"""So many neurons are tried for the first target; after that, whoever draws has to choose."""
CHOOSE = "arrows choose another target, Shift+arrows a whole layer"
KEYS = f"Enter connects; {CHOOSE}, Tab the next possible one."
OTHERS = f"{CHOOSE[0].upper()}{CHOOSE[1:]}; Esc gives up."


class ConnectByKeys(Connect):
    """Begins at the nearest target that is possible: a neuron, or, from several neurons, a whole layer."""

    def __init__(self, stage: Stage, spot: Spot) -> None:
        super().__init__(stage, QPointF(), spot)
        self._target = self.sources[-1]
        self._whole = len(self.sources) > 1
        if not self._try(self._rightward()):
            self._lead(Qt.Key.Key_Right)
            self._look()

    @property
    def refused(self) -> bool:
        """Whether the present target is not possible."""
        return self._refused

    def step(self, key: Qt.Key, *, whole: bool) -> None:
        """Aim where an arrow key leads: at a neuron, or at the ``whole`` layer there."""
        self._whole = whole
        self._lead(key)
        self._look()

    def walk(self, forward: bool) -> None:
        """Aim at the next target that is possible, or at the one before."""
        if not self._try(self._others(forward)):
            self._look()

    def _lead(self, key: Qt.Key) -> None:
        found = neighbour(self.stage.scene.picture, self._target, key)
        if found is not None:
            self._target = found

    def _try(self, ids: Iterable[int]) -> bool:
        """Aim at the first target that is possible; return False, and aim as before, if there is none."""
        network, before = self.stage.scene.network, self._target
        for id in ids:
            self._target = id
            if edits.problem_with_connect(network, self.sources, self._aimed()) is None:
                self._look()
                return True
        self._target = before
        return False

    def _rightward(self) -> list[int]:
        """Return what is right of where the edges start, and then the rest: edges mostly lead to the right."""
        picture = self.stage.scene.picture
        x = picture.position[:, 0]
        own = x[picture.index[self._target]]
        return sorted(self._others(forward=True), key=lambda id: bool(x[picture.index[id]] <= own))

    def _others(self, forward: bool) -> list[int]:
        """Return the targets beside the present one in reading order, once around."""
        network, picture = self.stage.scene.network, self.stage.scene.picture
        x, y = picture.position.reshape(-1, 2).T.tolist()
        order = sorted(range(len(network.neurons)), key=lambda i: (x[i], y[i]))
        ids = [network.neurons[i].id for i in order]
        if self._whole:
            # One neuron stands for each layer.
            first: dict[int, int] = {}
            for id in ids:
                first.setdefault(network.neuron_of[id].layer, id)
            own = network.neuron_of[self._target].layer
            ids, here = list(first.values()), list(first).index(own)
        else:
            here = ids.index(self._target)
        around = ids[here + 1 :] + ids[:here]
        return (around if forward else around[::-1])[:MOST_TRIED]

    def _aimed(self) -> list[int]:
        network = self.stage.scene.network
        layer = network.neuron_of[self._target].layer
        return [n.id for n in network.members[layer]] if self._whole else [self._target]

    def _look(self) -> None:
        layer = self.stage.scene.network.neuron_of[self._target].layer
        where = Where.HEADING if self._whole else Where.NEURON
        x, y = self.stage.scene.picture.position[self.stage.scene.picture.index[self._target]].tolist()
        self._aim(Spot(where, None if self._whole else self._target, (layer,)), QPointF(x, y))

    def said(self, text: str) -> str:
        return f"{text.rstrip('.')}. {OTHERS if self._refused else KEYS}"

    def cancel(self) -> None:
        """Nothing was selected meanwhile."""


__all__ = ["ConnectByKeys"]
