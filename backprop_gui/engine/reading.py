"""A moment's deltas and gradients as a book's conventions write them, and what they are then called.

Every panel, equation and export asks here, so that all of them show the same number under the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from backprop_gui.engine.arrays import Array, averaged
from backprop_gui.engine.conventions import USUAL, Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Plan
from backprop_gui.numerals import MINUS


class Origin(Protocol):
    """What a trace was made with, such as a frame."""

    @property
    def plan(self) -> Plan:
        """The compiled network."""

    @property
    def loss(self) -> Loss:
        """What the deltas are derivatives of."""

    @property
    def theta(self) -> Array:
        """The parameters, (plan.size,)."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a convention calls things.

    Attributes
    ----------
    delta : str
        The letter of a neuron's delta: δ, or e where it is the derivative by a.
    delta_meaning : str
        What that letter stands for, such as ``∂L/∂z``.
    gradient : str
        What is learned from, with w for the weight: ``∂L/∂w`` or ``−∂L/∂w``.
    update : str
        How plain gradient descent changes a weight.
    """

    delta: str
    delta_meaning: str
    gradient: str
    update: str

    def gradient_by(self, letter: str) -> str:
        """Return the gradient by another letter than w, such as ``∂L/∂b``."""
        return f"{self.gradient[:-1]}{letter}"

    @property
    def is_opposite(self) -> bool:
        """Whether what is learned from is the opposite of the gradient, which must not be called one."""
        return self.gradient.startswith(MINUS)

    def the_gradient(self, letter: str = "w") -> str:
        """Return what to call the gradient by a parameter in a sentence: ``the gradient``, or ``−∂L/∂w``."""
        return self.gradient_by(letter) if self.is_opposite else "the gradient"


def names(conventions: Conventions) -> Names:
    """Return what ``conventions`` call things."""
    minus = MINUS if conventions.sign is Sign.ERROR else ""
    by_a = conventions.delta is Delta.BY_A
    return Names(
        delta="e" if by_a else "δ",
        delta_meaning=f"{minus}∂L/∂{'a' if by_a else 'z'}",
        gradient=f"{minus}∂L/∂w",
        update="w ← w + η (−∂L/∂w)" if minus else "w ← w − η ∂L/∂w",
    )


def deltas(frame: Frame, conventions: Conventions) -> Array:
    """Return each neuron's delta as ``conventions`` write it, (1, neurons), like ``frame.trace.delta``.

    Where the frame is about a batch it is the mean over its examples.
    """
    if conventions.delta is Delta.BY_Z or frame.rows is None:
        return deltas_of(frame, frame.trace, conventions)
    return averaged(deltas_of(frame, frame.rows, conventions))


def deltas_of(origin: Origin, trace: Trace, conventions: Conventions) -> Array:
    """Return the deltas of each example of ``trace``, (examples, neurons)."""
    found = trace.delta if conventions.delta is Delta.BY_Z else _by_a(origin, trace)
    return found if conventions.sign is Sign.GRADIENT else -found


def gradient(frame: Frame, conventions: Conventions) -> Array:
    """Return ``frame.trace.grad``, (parameters,), with the sign of ``conventions``."""
    return frame.trace.grad if conventions.sign is Sign.GRADIENT else -frame.trace.grad


def as_read(frame: Frame, conventions: Conventions) -> Frame:
    """Return ``frame`` with its deltas and gradients as ``conventions`` write them; the same one in the usual way."""
    if conventions == USUAL:
        return frame
    trace = replace(frame.trace, delta=deltas(frame, conventions), grad=gradient(frame, conventions))
    return replace(frame, trace=trace)


def loss_slopes(origin: Origin, trace: Trace) -> Array:
    """Return what the loss itself says to each output, ∂L/∂a where nothing else comes back, (examples, outputs)."""
    outputs, fused = origin.plan.network.outputs, origin.loss.fused
    columns = [origin.plan.column[neuron.id] for neuron in outputs]
    a, t = np.ascontiguousarray(trace.a[:, columns].T), np.ascontiguousarray(trace.t.T)
    slopes = np.empty_like(a)
    rows = [k for k, neuron in enumerate(outputs) if fused and neuron.activation == fused.activation]
    with np.errstate(all="ignore"):
        if len(rows) < len(outputs):
            origin.loss.slope(a, t, slopes)
        if fused is not None:
            slopes[rows] = fused.slope(trace.z[:, columns].T[rows], a[rows], t[rows])
    return slopes.T


def _by_a(origin: Origin, trace: Trace) -> Array:
    """∂L/∂a of every neuron: what the loss says to it, and Σ w δ of what it feeds; never δ / f'."""
    plan = origin.plan
    delta = np.zeros((plan.row_count, len(trace.delta)), trace.delta.dtype)
    delta[plan.neuron_rows] = trace.delta.T
    found = np.zeros_like(delta)
    found[plan.outputs] = loss_slopes(origin, trace).T
    with np.errstate(all="ignore"):
        for block in plan.blocks:
            weights = origin.theta[block.weights].reshape(block.shape)
            found[block.sources] += weights.T @ delta[block.rows]
    by_a: Array = found[plan.neuron_rows].T
    return by_a


__all__ = ["Names", "Origin", "as_read", "deltas", "deltas_of", "gradient", "loss_slopes", "names"]
