"""The examples the engine trains on, in which order it takes them, and how right answers are counted."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.plan import Indices

WIDE = 128
"""From so many rows on, a batch's columns are gathered faster from memory in which each example is contiguous."""
EPOCHS_PER_GENERATOR = 64
"""A generator serves so many epochs: seeding one costs as much as several permutations."""


def evenly_chosen(count: int, most: int) -> Indices:
    """Return the indices of at most ``most`` of ``count`` things, evenly chosen, the first and last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


class Decision(enum.Enum):
    """When an answer counts as right."""

    NONE = "none"
    THRESHOLD = "threshold"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Training and test data as the network sees them: (examples, inputs) and (examples, outputs) arrays."""

    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array
    decision: Decision = Decision.NONE

    def accuracy(self, predictions: Array, targets: Array) -> float | None:
        """Return the share of right answers, or None where there is no right or wrong.

        An answer that is not finite is wrong.

        Parameters
        ----------
        predictions, targets : (outputs, examples) arrays
        """
        if self.decision is Decision.NONE:
            return None
        if self.decision is Decision.THRESHOLD:
            right = ((predictions > 0.5) == (targets > 0.5)).all(axis=0)
        else:
            right = predictions.argmax(axis=0) == targets.argmax(axis=0)
        return float((right & np.isfinite(predictions).all(axis=0)).mean())


class Columns:
    """Examples as the engine reads them: one column each, in the precision of training.

    Attributes
    ----------
    x_train, t_train, x_test, t_test : (inputs or outputs, examples) arrays
        In memory, wide ones lie example by example, the others row by row.
    """

    def __init__(self, examples: Examples, dtype: np.dtype[np.floating[Any]]) -> None:
        self.examples, self.dtype = examples, dtype
        self.x_train, self.t_train, self.x_test, self.t_test = (
            np.ascontiguousarray(array, dtype).T
            if array.shape[1] >= WIDE
            else np.ascontiguousarray(array.T, dtype)
            for array in (examples.x_train, examples.t_train, examples.x_test, examples.t_test)
        )


def gather(source: Array, out: Array) -> Callable[[Indices], object]:
    """Return a function of some indices that copies those columns of ``source`` into ``out``.

    Parameters
    ----------
    source : (rows, examples) array
        One of :class:`Columns`.
    out : (rows, batch) array
    """
    if len(source) < WIDE:
        return partial(source.take, axis=1, out=out, mode="clip")
    room = np.empty(out.shape[::-1], out.dtype)

    def copy(batch: Indices) -> None:
        source.T.take(batch, 0, room, "clip")
        np.copyto(out, room.T)

    return copy


@dataclass(slots=True, eq=False)
class Batches:
    """Hands out the training examples batch by batch, every epoch in another order.

    The order of an epoch follows from ``seed`` and the number of the epoch alone, so where training stands is
    two integers, and any moment can be taken up again without keeping a generator's state.

    Attributes
    ----------
    count, size : int
        Examples in all and in a batch; the last batch of an epoch holds what is left.
    epoch, position : int
        Epochs completed, and how many examples of the present one have been handed out.
    """

    count: int
    size: int
    seed: int
    epoch: int = 0
    position: int = 0

    def __post_init__(self) -> None:
        self.size = min(self.size or self.count, self.count)

    _order: Indices | None = None
    _order_epoch: int = -1
    _generator: np.random.Generator | None = None

    def peek(self) -> Indices:
        """Return the examples of the next batch, without taking them."""
        if self._order is None or self._order_epoch != self.epoch:
            self._order = self._draw()
            self._order_epoch = self.epoch
        return self._order[self.position : self.position + self.size]

    def take(self) -> Indices:
        """Return the examples of the next batch and move on."""
        batch = self.peek()
        self.position += len(batch)
        if self.position >= self.count:
            self.position = 0
            self.epoch += 1
        return batch

    @property
    def time(self) -> float:
        """Epochs passed, with the fraction of the present one."""
        return self.epoch + self.position / self.count

    def _draw(self) -> Indices:
        if self.size == self.count:
            # One batch holds everything: an order would change nothing but the rounding of sums.
            return np.arange(self.count)
        if (
            self._generator is None
            or self.epoch != self._order_epoch + 1
            or self.epoch % EPOCHS_PER_GENERATOR == 0
        ):
            self._generator = np.random.default_rng((self.seed, self.epoch // EPOCHS_PER_GENERATOR))
            for _ in range(self.epoch % EPOCHS_PER_GENERATOR):
                self._generator.permutation(self.count)
        return self._generator.permutation(self.count)
