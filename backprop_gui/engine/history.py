"""The record of a run: losses by epoch, in bounded memory."""

from __future__ import annotations

import math

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Curve, Score

CAPACITY = 2048
"""Most records kept; when they are full every second one goes, and from then on half as many are made."""


class History:
    """Losses and accuracies at evenly spaced epochs.

    The prefix views that :meth:`curve` gives out stay valid: a record is only ever written behind all of them,
    and thinning out makes new arrays.

    Attributes
    ----------
    stride : int
        A record is due at every epoch that it divides.
    """

    def __init__(self) -> None:
        self.stride = 1
        self._count = 0
        self._rows = np.empty((5, CAPACITY))

    def due(self, epoch: int) -> bool:
        """Return whether a record is wanted at the end of ``epoch``."""
        return epoch % self.stride == 0

    def add(self, epoch: float, train: Score, test: Score | None) -> None:
        """Append one record; a record of the same or a later epoch is replaced by it."""
        self.cut(epoch)
        if self._count == CAPACITY:
            self._thin()
        self._rows[:, self._count] = (
            epoch,
            train.loss,
            math.nan if test is None else test.loss,
            math.nan if train.accuracy is None else train.accuracy,
            math.nan if test is None or test.accuracy is None else test.accuracy,
        )
        self._count += 1

    def cut(self, epoch: float) -> None:
        """Forget every record at ``epoch`` or later."""
        keep = int(np.searchsorted(self._rows[0, : self._count], epoch))
        if keep < self._count:
            # What was given out must not change under its readers.
            self._rows = self._rows.copy()
            self._count = keep

    def curve(self, until: float = math.inf) -> Curve:
        """Return read-only views of everything recorded up to the epoch ``until``."""
        count = int(np.searchsorted(self._rows[0, : self._count], until, "right"))
        views: list[Array] = []
        for row in self._rows:
            view = row[:count]
            view.setflags(write=False)
            views.append(view)
        return Curve(*views)

    def replace(self, curve: Curve) -> None:
        """Begin with the records of ``curve``, as when a saved run is taken up again."""
        self.__init__()  # type: ignore[misc]
        table = np.array([curve.epochs, curve.train, curve.test, curve.train_accuracy, curve.test_accuracy])
        while table.shape[1] > CAPACITY:
            table = table[:, ::2]
        self._count = table.shape[1]
        self._rows[:, : self._count] = table
        gaps = np.diff(table[0, : self._count])
        if len(gaps):
            self.stride = max(1, 2 ** round(math.log2(max(1.0, float(np.median(gaps))))))

    def _thin(self) -> None:
        self.stride *= 2
        kept = self._rows[:, : self._count][:, self._rows[0, : self._count] % self.stride == 0]
        self._rows = np.empty((5, CAPACITY))
        self._count = kept.shape[1]
        self._rows[:, : self._count] = kept
