"""Backpropagation as a textbook writes it, neuron by neuron, right or with its equations wrongly applied.

Each equation stands in one line, so that a bug is one small change of it (:class:`Equations`). Without one it is
right, which makes it a second proof of :mod:`backprop_gui.engine.passes`. What trains a project never comes here.

All arrays may have further axes in front, written ``...``: with a stack of parameter vectors many networks are
computed at once, which is how hundreds of starting weights are tried in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.network import Kind, Neuron


@dataclass(frozen=True, slots=True)
class Equations:
    """How the four equations of backpropagation are applied; the defaults are right.

    Attributes
    ----------
    output_slopes, hidden_slopes : int
        How many times f'(z) is a factor of δ at an output, and at a hidden neuron.
    passes_output_slope : bool
        Whether the error that an output passes back is its δ, or lacks its own f'(z).
    bias_factor : callable
        ``bias_factor(fan_in)`` is the factor of a bias's gradient, with the number of edges into its neuron.
    sign : float
        Factor of the whole gradient.
    """

    output_slopes: int = 1
    hidden_slopes: int = 1
    passes_output_slope: bool = True
    bias_factor: Callable[[int], float] = lambda fan_in: 1.0
    sign: float = 1.0


RIGHT = Equations()


class TextbookPass:
    """Forward and backward through one plan, neuron by neuron.

    Parameters
    ----------
    plan : Plan
    loss : Loss
    equations : Equations
    mean : bool
        Whether the gradient is the mean over the examples or their sum.
    """

    def __init__(self, plan: Plan, loss: Loss, equations: Equations = RIGHT, *, mean: bool = True) -> None:
        self.plan, self.loss, self.equations, self.mean = plan, loss, equations, mean
        network = plan.network
        self._neurons = len(network.neurons)
        self._inputs, self._outputs = (
            [plan.column[neuron.id] for neuron in some] for some in (network.inputs, network.outputs)
        )
        fused = loss.fused
        self._fused = [fused is not None and n.activation == fused.activation for n in network.outputs]

    @cached_property
    def _ranked(self) -> list[_Wiring]:
        """The neurons above the inputs, each behind all that lead to it."""
        network = self.plan.network
        ranked = sorted(network.neurons, key=lambda neuron: network.ranks[neuron.id])
        return [_Wiring.of(neuron, self.plan) for neuron in ranked if neuron.kind is not Kind.INPUT]

    def gradient(self, theta: Array, x: Array, t: Array) -> Array:
        """Return what this backpropagation takes for the gradient, (..., parameters).

        Parameters
        ----------
        theta : (..., parameters) array
        x, t : (examples, inputs), (examples, outputs) arrays
        """
        equations = self.equations
        grad: Array = np.zeros(theta.shape)
        with np.errstate(all="ignore"):
            z, a = self._forward(theta, x)
            _, deltas = self.backward(theta, z, a, t)
            for neuron in self._ranked:
                delta = deltas[..., neuron.column, :]
                if neuron.bias_slot is not None:
                    of_bias = equations.bias_factor(len(neuron.sources)) * delta.sum(axis=-1)
                    grad[..., neuron.bias_slot] = of_bias
                grad[..., neuron.in_slots] = (a[..., neuron.sources, :] @ delta[..., None])[..., 0]
            grad *= equations.sign / (len(x) if self.mean else 1)
        return grad

    def backward(
        self, theta: Array, z: Array, a: Array, t: Array, neurons: Iterable[Neuron] | None = None
    ) -> tuple[Array, Array]:
        """Return ∂L/∂a and δ = ∂L/∂z of each example's own loss, (..., neurons, examples) both.

        Parameters
        ----------
        theta : (..., parameters) array
            The parameters that errors are passed back through.
        z, a : (..., neurons, examples) arrays
        t : (examples, outputs) array
        neurons : iterable of Neuron, optional
            Whom to come to, each behind all that it leads to; the others' numbers stay 0. Without it, everyone above
            the inputs.
        """
        equations = self.equations
        wirings = (
            reversed(self._ranked)
            if neurons is None
            else (_Wiring.of(neuron, self.plan) for neuron in neurons)
        )
        errors, deltas, passed = np.zeros_like(a), np.zeros_like(a), np.zeros_like(a)
        with np.errstate(all="ignore"):
            by_a, by_z = self._output_slopes(z, a, t)
            for neuron in wirings:
                at = neuron.column
                slope = neuron.slope(z[..., at, :], a[..., at, :])
                back = _weighted(theta[..., neuron.out_slots], passed[..., neuron.targets, :])
                if neuron.output is None:
                    error = back
                    sent = delta = back * slope**equations.hidden_slopes
                else:
                    times, own = equations.output_slopes, by_a[neuron.output]
                    fused = self._fused[neuron.output] and times
                    error = own + back
                    delta = by_z[neuron.output] * slope ** (times - 1) if fused else own * slope**times
                    delta = delta + back * slope**times
                    sent = delta if equations.passes_output_slope else error
                errors[..., at, :], deltas[..., at, :], passed[..., at, :] = error, delta, sent
        return errors, deltas

    def evaluate(self, theta: Array, x: Array, t: Array) -> tuple[Array, Array]:
        """Return each example's loss, (..., examples), and the predictions, (outputs, ..., examples)."""
        with np.errstate(all="ignore"):
            z, a = self._forward(theta, x)
            outputs, targets = self._rows(a), self._targets(a, t)
            fused, loss = np.array(self._fused), self.loss
            losses: Array = np.zeros(a.shape[:-2] + a.shape[-1:])
            if loss.fused is not None and fused.any():
                losses = losses + loss.fused.value(self._rows(z)[fused], targets[fused])
            if not fused.all():
                losses = losses + loss.value(outputs[~fused], targets[~fused])
            return losses, loss.predict(outputs)

    def _forward(self, theta: Array, x: Array) -> tuple[Array, Array]:
        """Return z and a, (..., neurons, examples); for inputs both are the input."""
        z = np.zeros((*theta.shape[:-1], self._neurons, len(x)))
        a = np.zeros_like(z)
        z[..., self._inputs, :] = a[..., self._inputs, :] = x.T
        for neuron in self._ranked:
            total = _weighted(theta[..., neuron.in_slots], a[..., neuron.sources, :])
            if neuron.bias_slot is not None:
                total = total + theta[..., neuron.bias_slot, None]
            z[..., neuron.column, :] = total
            a[..., neuron.column, :] = neuron.activated(total)
        return z, a

    def _output_slopes(self, z: Array, a: Array, t: Array) -> tuple[Array, Array]:
        """Return ∂L/∂a and, where a fused loss gives it, ∂L/∂z of the outputs, (outputs, ..., examples)."""
        outputs, targets, fused = self._rows(a), self._targets(a, t), np.array(self._fused)
        by_a, by_z = np.empty_like(outputs), np.zeros_like(outputs)
        self.loss.slope(outputs, targets, by_a)
        if self.loss.fused is not None and fused.any():
            self.loss.fused.delta(outputs, targets, by_z)
            by_a[fused] = self.loss.fused.slope(self._rows(z)[fused], outputs[fused], targets[fused])
        return by_a, by_z

    def _rows(self, values: Array) -> Array:
        """Return the outputs among ``values`` as a loss wants them, (outputs, ..., examples)."""
        return np.ascontiguousarray(np.moveaxis(values[..., self._outputs, :], -2, 0))

    def _targets(self, a: Array, t: Array) -> Array:
        count, examples = len(self._outputs), a.shape[-1]
        return np.broadcast_to(
            t.T.reshape(count, *(1,) * (a.ndim - 2), examples), (count, *a.shape[:-2], examples)
        )


@dataclass(frozen=True, slots=True)
class _Wiring:
    """One neuron: its column, what leads to it and out of it, and where the parameters are in θ.

    ``output`` is its place among the outputs, None for any other neuron. An input is what it is given: identity.
    """

    column: int
    activation: str
    output: int | None
    bias_slot: int | None
    sources: Indices
    in_slots: Indices
    targets: Indices
    out_slots: Indices

    @classmethod
    def of(cls, neuron: Neuron, plan: Plan) -> _Wiring:
        slot, network = plan.slot, plan.network
        incoming, outgoing = network.incoming[neuron.id], network.outgoing[neuron.id]
        outputs = [output.id for output in network.outputs]
        return cls(
            plan.column[neuron.id],
            "identity" if neuron.kind is Kind.INPUT else neuron.activation,
            outputs.index(neuron.id) if neuron.id in outputs else None,
            slot.get(neuron.id),
            _indices([plan.column[edge.source] for edge in incoming]),
            _indices([slot[edge.source, edge.target] for edge in incoming]),
            _indices([plan.column[edge.target] for edge in outgoing]),
            _indices([slot[edge.source, edge.target] for edge in outgoing]),
        )

    def activated(self, z: Array) -> Array:
        a = np.empty_like(z)
        ACTIVATIONS[self.activation].function(z, a)
        return a

    def slope(self, z: Array, a: Array) -> Array:
        slope = np.empty(z.shape)
        ACTIVATIONS[self.activation].derivative(np.ascontiguousarray(z), np.ascontiguousarray(a), slope)
        return slope


def _indices(values: list[int]) -> Indices:
    return np.array(values, np.intp)


def _weighted(weights: Array, values: Array) -> Array:
    """Σ w v over the edges: (..., edges) and (..., edges, examples) to (..., examples)."""
    return np.asarray((weights[..., None, :] @ values)[..., 0, :])


__all__ = ["RIGHT", "Equations", "TextbookPass"]
