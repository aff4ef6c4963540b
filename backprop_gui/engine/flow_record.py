"""The record of the gradient flow: how each layer was spread over epochs, in bounded memory."""

from __future__ import annotations

import bisect

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.branch import Branch
from backprop_gui.engine.flow import Flow, Measure

CAPACITY = 512
"""Most moments kept; when they are full every second one goes."""


class FlowRecord:
    """The middle of each layer's spreads at the moments that were looked at, in the order of their epochs.

    Attributes
    ----------
    layers : tuple of int
        The layers it is about, by id; of other layers it begins anew.
    branch : Branch or None
        The way of training that it is about.
    """

    def __init__(self) -> None:
        self.layers: tuple[int, ...] = ()
        self.branch: Branch | None = None
        self._epochs: list[float] = []
        self._levels: list[Array] = []

    def add(self, epoch: float, flow: Flow) -> None:
        """Enter one moment, where it belongs in time; another one of the same epoch is replaced."""
        layers = tuple(layer.layer for layer in flow.layers)
        if layers != self.layers:
            self.layers = layers
            self.clear()
        levels = np.array([[spread.quantiles[1:4] for spread in layer.spreads] for layer in flow.layers])
        at = bisect.bisect_left(self._epochs, epoch)
        if at < len(self._epochs) and self._epochs[at] == epoch:
            self._levels[at] = levels
            return
        if len(self._epochs) >= CAPACITY:
            self._epochs, self._levels = self._epochs[::2], self._levels[::2]
            at = bisect.bisect_left(self._epochs, epoch)
        self._epochs.insert(at, epoch)
        self._levels.insert(at, levels)

    def follow(self, branch: Branch, epoch: float) -> None:
        """Forget what does not lie on ``branch``, where training stands at ``epoch``, or is later."""
        if self.branch is not None:
            epoch = min(epoch, branch.common_with(self.branch))
        self.branch = branch
        keep = bisect.bisect_right(self._epochs, epoch)
        del self._epochs[keep:], self._levels[keep:]

    def clear(self) -> None:
        """Forget everything."""
        self._epochs, self._levels = [], []

    def __len__(self) -> int:
        return len(self._epochs)

    def series(self, measure: Measure) -> tuple[Array, Array]:
        """Return the epochs, (moments,), and the quantiles of a measure at 10, 50 and 90 %, (moments, layers, 3)."""
        if not self._epochs:
            return np.empty(0), np.empty((0, len(self.layers), 3))
        return np.array(self._epochs), np.stack(self._levels)[:, :, list(Measure).index(measure)]


__all__ = ["CAPACITY", "FlowRecord"]
