"""What the network of a frame answers to inputs that stay the same from frame to frame."""

from __future__ import annotations

import math

import numpy as np

from backprop_gui.data import Prepared
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Passes
from backprop_gui.engine.plan import Plan

CHUNK = 2048
"""Most inputs that are sent through at once: enough for full speed, few enough to stay in the cache."""


class Predictor:
    """Sends the same inputs through the network of one frame after another, and prepares it only once.

    Parameters
    ----------
    x : (examples, inputs) array
        As the network sees them (scaled).
    dtype : dtype, optional
        The precision to calculate in; without it, that of the frame's parameters.
    """

    def __init__(self, x: Array, dtype: type[np.floating] | None = None) -> None:
        self.count = len(x)
        self._x = _chunks(np.asarray(x).T)
        self._dtype = dtype
        self._passes: Passes | None = None
        self._theta: Array = np.empty(0)

    def predict(self, frame: Frame) -> Array:
        """Return what people want to see of the outputs, (outputs, examples); see `Loss.predict`."""
        passes = self._prepared(frame.plan, frame.theta, frame.loss)
        parts = []
        # Parameters on their way to infinity overflow already when they become float32.
        with np.errstate(all="ignore"):
            self._theta[...] = frame.theta
            for x in self._x:
                if len(self._x) > 1:
                    passes.x[...] = x
                for call in passes.forward:
                    call()
                # A copy: the next chunk is written over the outputs of this one.
                parts.append(np.array(frame.loss.predict(passes.outputs())))
        return np.concatenate(parts, axis=1)[:, : self.count]

    def _prepared(self, plan: Plan, theta: Array, loss: Loss) -> Passes:
        passes, dtype = self._passes, np.dtype(self._dtype or theta.dtype)
        if passes is None or passes.plan is not plan or passes.loss is not loss or self._theta.dtype != dtype:
            self._theta = np.zeros(plan.size, dtype)
            passes = self._passes = Passes(plan, self._theta, None, self._x[0].shape[1], loss)
            passes.x[...] = self._x[0]
        return passes


def _chunks(x: Array) -> list[Array]:
    """Divide (inputs, examples) into equal chunks of at most ``CHUNK`` examples, the last one filled up."""
    count = x.shape[1]
    chunks = max(1, math.ceil(count / CHUNK))
    width = max(1, math.ceil(count / chunks))
    padded = np.zeros((len(x), chunks * width))
    padded[:, :count] = x
    return [padded[:, start : start + width] for start in range(0, chunks * width, width)]


def fits(frame: Frame, prepared: Prepared) -> bool:
    """Return whether ``frame`` was made with the data in ``prepared``, as far as the example it shows can tell.

    An edit reaches the trainer a little later than the window; until then, frames may have other columns.
    """
    x, t = part_of(prepared, frame.probe.part)
    index = frame.probe.index
    seen = frame.trace
    if seen.x.shape[1] != x.shape[1] or seen.t.shape[1] != t.shape[1]:
        return False
    if frame.probe.part not in (Part.TRAIN, Part.TEST):
        # What was typed, or the mean of many, is no row of the data.
        return True
    return (
        index < len(x)
        and np.array_equal(seen.x[0], x[index].astype(seen.x.dtype))
        and np.array_equal(seen.t[0], t[index].astype(seen.t.dtype))
    )


def part_of(prepared: Prepared, part: Part) -> tuple[Array, Array]:
    """Return the inputs, scaled, and the targets of one part of the data."""
    if part is Part.TEST:
        return prepared.x_test, prepared.t_test
    return prepared.x_train, prepared.t_train


__all__ = ["Predictor", "fits", "part_of"]
