"""The narrator: tells screen readers what is selected in the picture, which shows them nothing by itself."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from backprop_gui.network import Kind, Network
from backprop_gui.ui.canvas.asking import error_at, rows_at
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.canvas.words import description, spoken
from backprop_gui.ui.selection import Key, layer_of
from backprop_gui.ui.speech import say

QUIET_MS = 700
"""So long after the last of many frames the numbers are told: nobody can listen to all of them."""
EMPTY = "The canvas is empty. Press I, N, L or O to add an input, a neuron, a layer or an output."
HOW_TO_WALK = "Arrow keys walk through its neurons."
HOW_TO_EDIT = "Enter edits, C connects, Tab leads on to the edges."


class Narrator(QObject):
    """Says a few words when something else is selected, and keeps the details in the description of the picture."""

    def __init__(self, scene: NetworkScene, view: QWidget, current: Callable[[], Key | None]) -> None:
        """Tell about ``scene``, which ``view`` shows; ``current`` is what was selected last."""
        super().__init__(view)
        self._scene, self._view, self._current = scene, view, current
        self._said = ""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self.tell)

    def tell_later(self) -> None:
        """Tell how things stand once they have stood still for a while."""
        self._quiet.start()

    def tell(self) -> None:
        """Describe what is selected, and say what it is in a few words, if that has changed."""
        self._quiet.stop()
        words = self.words()
        if words != self._said and self._view.hasFocus():
            say(self._view, words or self._about_all())
        self._said = words
        # The long words come after the few: a reader that follows the description too says them in this order.
        self.describe()

    def describe(self) -> None:
        """Write what is selected into the description of the picture, with all its numbers, and say nothing."""
        scene, key, words = self._scene, self._current(), self.words()
        text = self._about_all()
        if words and key is not None:
            details = description(rows_at(scene, key))
            text = ". ".join(filter(None, (words, details, HOW_TO_EDIT)))
        self._view.setAccessibleDescription(text)

    def words(self) -> str:
        """Return what is selected in a few words, such as ``neuron h2, tanh, delta −0.031``; empty for nothing."""
        scene, key = self._scene, self._current()
        network, values = scene.network, scene.values
        if isinstance(key, tuple) and key in network.edge_of:
            place = _place_of(scene.picture, key)
            value = values.weight[place] if values.known[place] else math.nan
        elif isinstance(key, int) and key in network.neuron_of:
            place = scene.picture.index[key]
            value = values.number[place] if values.numbered[place] else math.nan
        else:
            return ""
        if scene.view is View.CHECK and not _is_input(network, key):
            value = error_at(scene, key)
        words = spoken(network, key, float(value), scene.view, scene.conventions)
        count = len(scene.selected)
        if count < 2:
            return words
        layer = layer_of(network, scene.selected)
        whole = "" if layer is None else f" layer {network.layer_of[layer].name},"
        return f"{count:,} selected,{whole} {words}"

    def _about_all(self) -> str:
        network = self._scene.network
        return f"A {network.shape} network. {HOW_TO_WALK}" if network.neurons else EMPTY


def _is_input(network: Network, key: Key) -> bool:
    return isinstance(key, int) and network.neuron_of[key].kind is Kind.INPUT


def _place_of(picture: Picture, edge: tuple[int, int]) -> int:
    source, target = (picture.index[end] for end in edge)
    return int(np.flatnonzero((picture.source == source) & (picture.target == target))[0])


__all__ = ["Narrator"]
