"""The record of the gradient flow: medians by layer over epochs, in bounded memory."""

from __future__ import annotations

import bisect

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.flow import Flow, Measure

CAPACITY = 512
"""Most moments kept; when they are full every second one goes."""


class FlowRecord:
    """Medians of each layer at the moments that were looked at, in the order of their epochs.

    Attributes
    ----------
    layers : tuple of int
        The layers it is about, by id; of other layers it begins anew.
    """

    def __init__(self) -> None:
        self.layers: tuple[int, ...] = ()
        self._epochs: list[float] = []
        self._medians: list[Array] = []

    def add(self, epoch: float, flow: Flow) -> None:
        """Enter one moment, where it belongs in time; another one of the same epoch is replaced."""
        layers = tuple(layer.layer for layer in flow.layers)
        if layers != self.layers:
            self.layers = layers
            self.clear()
        medians = np.array([[spread.median for spread in layer.spreads] for layer in flow.layers])
        at = bisect.bisect_left(self._epochs, epoch)
        if at < len(self._epochs) and self._epochs[at] == epoch:
            self._medians[at] = medians
            return
        if len(self._epochs) >= CAPACITY:
            self._epochs, self._medians = self._epochs[::2], self._medians[::2]
            at = bisect.bisect_left(self._epochs, epoch)
        self._epochs.insert(at, epoch)
        self._medians.insert(at, medians)

    def cut(self, epoch: float) -> None:
        """Forget what is later than ``epoch``."""
        keep = bisect.bisect_right(self._epochs, epoch)
        del self._epochs[keep:], self._medians[keep:]

    def clear(self) -> None:
        """Forget everything."""
        self._epochs, self._medians = [], []

    def __len__(self) -> int:
        return len(self._epochs)

    def series(self, measure: Measure) -> tuple[Array, Array]:
        """Return the epochs, (moments,), and the medians of a measure, (moments, layers)."""
        if not self._epochs:
            return np.empty(0), np.empty((0, len(self.layers)))
        return np.array(self._epochs), np.stack(self._medians)[:, :, list(Measure).index(measure)]


__all__ = ["CAPACITY", "FlowRecord"]
