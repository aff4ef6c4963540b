"""Forward and backward: the four equations of backpropagation, as lists of calls on arrays that are there already.

For one example with loss L, with δ = ∂L/∂z of each neuron and ⊙ elementwise:

    forward     z = W [1; a]                        for each rank, upwards
                a = f(z)
    (1)         δ_output = ∂L/∂a ⊙ f'(z)            at the outputs
    (2)         δ = (Σ over edges out of it: w δ_target) ⊙ f'(z)        for each rank, downwards
    (3)         ∂L/∂b = δ
    (4)         ∂L/∂w = δ_target a_source           for each edge

In rows and columns (see :mod:`backprop_gui.engine.plan`), with D the array of all δ and S the rows a rank reads:
(2) is ``D[S] += Wᵀ D[rank]`` and, when its turn comes, ``D[rank] *= f'``; (3) and (4) are one product
``D[rank] A[S]ᵀ``, whose first column, belonging to the row of ones, is the gradient of the biases.

:class:`Passes` prepares everything once for a batch of a given size, so that a training step makes no decision and
allocates nothing: it is two lists of bound calls. :func:`trace` runs the same lists for the examples on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.plan import Block, Indices, Plan

Call = Callable[[], object]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Every number of one forward and backward pass; columns are neurons in drawing order.

    Attributes
    ----------
    x, t : (examples, inputs), (examples, outputs) arrays
        What went in, as the network sees it (scaled), and the targets.
    z, a : (examples, neurons) arrays
        Weighted sums and activations; for inputs both are the input.
    slope : (examples, neurons) array
        f'(z); 1 for inputs.
    delta : (examples, neurons) array
        ∂L/∂z of each example's own loss, without the 1/N of a batch mean; for inputs ∂L/∂x.
    grad : (parameters,) array
        The gradient over these examples in the layout of θ, reduced (mean or sum) as training reduces a batch,
        without penalties. That of frozen parameters is there too: it is only training that does not use it.
    losses : (examples,) array
        Each example's own loss.
    predictions : (examples, outputs) array
        What the loss makes of the outputs: probabilities for a cross-entropy on logits, else the outputs.
    """

    x: Array
    t: Array
    z: Array
    a: Array
    slope: Array
    delta: Array
    grad: Array
    losses: Array
    predictions: Array


def trace(plan: Plan, theta: Array, x: Array, t: Array, loss: Loss, *, mean: bool = True) -> Trace:
    """Run one forward and one backward pass and keep every number.

    Parameters
    ----------
    theta : (plan.size,) array
    x, t : (examples, inputs), (examples, outputs) arrays
    mean : bool
        Whether ``grad`` is the mean over the examples or their sum.
    """
    return next(traces(plan, theta[np.newaxis], x, t, loss, mean=mean))


def traces(
    plan: Plan, thetas: Array, x: Array, t: Array, loss: Loss, *, mean: bool = True
) -> Iterator[Trace]:
    """Trace the same examples at each of ``thetas``, (moments, plan.size): see :func:`trace`."""
    # What the passes are made of is made once: for small networks that takes longer than to run them.
    theta = np.empty(plan.size, thetas.dtype)
    grad = np.zeros_like(theta)
    passes = Passes(plan, theta, grad, len(x), loss, 1.0, everything=True)
    passes.x[...] = x.T
    passes.t[...] = t.T
    for each in thetas:
        theta[...] = each
        yield _traced(passes, grad, mean=mean)


def _traced(passes: Passes, grad: Array, *, mean: bool) -> Trace:
    """Run ``passes``, which write into ``grad``, and copy every number."""
    with np.errstate(all="ignore"):
        for call in (*passes.forward, *passes.backward):
            call()
        if mean:
            grad /= passes.x.shape[1]
        losses, predictions = passes.losses(), passes.loss.predict(passes.outputs())
    plan, rows = passes.plan, passes.plan.neuron_rows
    # What a constant row of ones cannot say, the inputs can: they pass on x, so z = a = x.
    passes.z[plan.inputs] = passes.x
    return Trace(
        frozen(passes.x.T),
        frozen(passes.t.T),
        frozen(passes.z[rows].T),
        frozen(passes.a[rows].T),
        frozen(passes.slope[rows].T),
        frozen(passes.delta[rows].T),
        frozen(grad),
        frozen(losses),
        frozen(predictions.T),
    )


class Passes:
    """Buffers and bound calls for one plan, one θ and one number of examples.

    Parameters
    ----------
    plan : Plan
    theta : (plan.size,) array
        The parameters; the calls read whatever it holds when they run.
    grad : (plan.size,) array or None
        Where the backward pass writes the gradient; None for a forward pass only.
    examples : int
        The number of columns.
    loss : Loss
    scale : float
        Factor of the gradient: 1 / examples for the mean over a batch, 1 for the sum.
    everything : bool
        Whether to keep z, to carry δ down to the inputs, and to keep the gradient of what is frozen: for looking,
        not for training.

    Attributes
    ----------
    x, t : (inputs, examples), (outputs, examples) arrays
        Where the caller puts the examples, one a column, before running the calls.
    a, z, slope, delta : (rows, examples) arrays
        What the calls fill in, a row a neuron. z is the array a itself where nothing reads z.
    forward, backward : tuples of callables
        Run all of ``forward``, then all of ``backward``, with floating-point warnings off: an overflow is
        a number to be looked at.
    """

    def __init__(
        self,
        plan: Plan,
        theta: Array,
        grad: Array | None,
        examples: int,
        loss: Loss,
        scale: float = 1.0,
        everything: bool = False,
    ) -> None:
        self.plan, self.loss = plan, loss
        shape = (plan.row_count, examples)
        self.a = np.zeros(shape, theta.dtype)
        self.a[plan.ones] = 1
        self.t = np.zeros((len(plan.outputs), examples), theta.dtype)
        name = loss.fused.activation if loss.fused else None
        self._fused = np.flatnonzero([neuron.activation == name for neuron in plan.network.outputs])
        reads_z = everything or len(self._fused) or any(run.activation.uses_z for run in plan.runs)
        self.z = np.zeros(shape, theta.dtype) if reads_z else self.a
        self.x = self.a[_stretch(plan.inputs)]
        self._outputs = _stretch(plan.outputs)
        self._gathered = {
            block.weights.start: np.empty((block.shape[1], examples), theta.dtype)
            for block in plan.blocks
            if not isinstance(block.sources, slice)
        }
        self.forward: tuple[Call, ...] = tuple(self._forward_calls(theta))
        self.backward: tuple[Call, ...] = ()
        if grad is not None:
            self.delta = np.zeros(shape, theta.dtype)
            self.slope = np.ones(shape, theta.dtype)
            self.backward = tuple(self._backward_calls(theta, grad, scale, everything))

    def outputs(self) -> Array:
        """Return the outputs after ``forward``, (outputs, examples)."""
        return self.a[self._outputs]

    def losses(self) -> Array:
        """Return the loss of each example after ``forward``, (examples,)."""
        a, loss, fused = self.outputs(), self.loss, self._fused
        if loss.fused is None or not len(fused):
            return loss.value(a, self.t)
        total = loss.fused.value(self.z[self.plan.outputs[fused]], self.t[fused])
        if len(fused) < len(a):
            rest = np.setdiff1d(np.arange(len(a)), fused)
            total = total + loss.value(a[rest], self.t[rest])
        return total

    # ---- forward

    def _forward_calls(self, theta: Array) -> list[Call]:
        calls: list[Call] = []
        for block in self.plan.blocks:
            if not isinstance(block.sources, slice):
                calls.append(partial(self.a.take, block.sources, 0, self._sources(block), "clip"))
            calls.append(partial(_weights(block, theta).dot, self._sources(block), self.z[block.rows]))
            for run in self.plan.runs:
                rows = slice(max(run.rows.start, block.rows.start), min(run.rows.stop, block.rows.stop))
                in_place_identity = run.activation.name == "identity" and self.z is self.a
                if rows.start < rows.stop and not in_place_identity:
                    calls.append(partial(run.activation.function, self.z[rows], self.a[rows]))
        return calls

    # ---- backward

    def _backward_calls(self, theta: Array, grad: Array, scale: float, everything: bool) -> list[Call]:
        plan, delta = self.plan, self.delta
        lowest = 0 if everything else plan.blocks[0].rows.start
        top = plan.blocks[-1].rows
        # In a layered network the outputs are exactly the highest rank: (1) can be written in place.
        direct = isinstance(self._outputs, slice) and self._outputs == top
        output_delta = delta[top] if direct else np.zeros_like(self.t)
        # What a fused loss does not read need not be computed, unless somebody wants to see it.
        unread = direct and len(self._fused) == len(self.t) and not everything
        calls = self._slope_calls(top.start if unread else plan.row_count)
        calls += self._output_calls(output_delta, scale)
        # Rows of δ that no call has written yet: the first to write them overwrites, later ones add.
        fresh = np.ones(plan.row_count, dtype=bool)
        for block in reversed(plan.blocks):
            rows = block.rows
            if not (direct and rows == top):
                calls += _cleared(delta, np.arange(rows.start, rows.stop), fresh)
                calls.append(partial(np.multiply, delta[rows], self.slope[rows], delta[rows]))
                mine = np.flatnonzero((plan.outputs >= rows.start) & (plan.outputs < rows.stop))
                if len(mine):
                    calls.append(partial(_add_rows, delta, plan.outputs[mine], output_delta, mine))
            calls.append(partial(delta[rows].dot, self._sources(block).T, _weights(block, grad)))
            calls += self._carry_calls(block, _weights(block, theta), fresh, lowest)
        if lowest == 0:
            calls += _cleared(delta, plan.inputs, fresh)
        if plan.trainable is not None:
            kept = plan.drawn if everything else plan.trainable
            calls.append(partial(np.multiply, grad, kept.astype(theta.dtype), grad))
        return calls

    def _slope_calls(self, unread: int) -> list[Call]:
        """f'(z) of every row below ``unread``, each run at once; the slopes of identities are 1 from the start."""
        calls: list[Call] = []
        for run in self.plan.runs:
            rows = slice(run.rows.start, min(run.rows.stop, unread))
            if run.activation.name != "identity" and rows.start < rows.stop:
                calls.append(partial(run.activation.derivative, self.z[rows], self.a[rows], self.slope[rows]))
        return calls

    def _output_calls(self, out: Array, scale: float) -> list[Call]:
        """Equation (1) for all outputs into ``out``, (outputs, examples), in the order of the targets."""
        plan, loss, fused = self.plan, self.loss, self._fused
        calls: list[Call] = []
        a = self.outputs()
        if not isinstance(self._outputs, slice):
            calls.append(partial(self.a.take, plan.outputs, 0, a, "clip"))
        if loss.fused is not None and len(fused) == len(a):
            calls.append(partial(loss.fused.delta, a, self.t, out))
        else:
            calls.append(partial(loss.slope, a, self.t, out))
            if any(neuron.activation != "identity" for neuron in plan.network.outputs):
                calls.append(partial(_multiply_by_rows, out, self.slope, self._outputs))
            if loss.fused is not None and len(fused):
                calls.append(partial(_fused_rows, loss.fused.delta, a, self.t, out, fused))
        if scale != 1:
            calls.append(partial(np.multiply, out, np.asarray(scale, out.dtype), out))
        return calls

    def _carry_calls(self, block: Block, weights: Array, fresh: NDArray[np.bool_], lowest: int) -> list[Call]:
        """Equation (2)'s sum, for those rows that ``block`` reads and that need a δ."""
        delta, sources = self.delta, block.sources
        if not isinstance(sources, slice):
            needed = np.flatnonzero(sources >= lowest)
            if not len(needed):
                return []
            calls = _cleared(delta, sources[needed], fresh)
            product = np.empty((len(sources), delta.shape[1]), delta.dtype)
            calls.append(partial(weights.T.dot, delta[block.rows], product))
            calls.append(partial(_add_rows, delta, sources[needed], product, needed))
            return calls
        rows = slice(max(sources.start, lowest), sources.stop)
        if rows.start >= rows.stop:
            return []
        back = weights[:, rows.start - sources.start :].T
        if fresh[rows].all():
            fresh[rows] = False
            return [partial(back.dot, delta[block.rows], delta[rows])]
        calls = _cleared(delta, np.arange(rows.start, rows.stop), fresh)
        product = np.empty((rows.stop - rows.start, delta.shape[1]), delta.dtype)
        calls.append(partial(back.dot, delta[block.rows], product))
        calls.append(partial(np.add, delta[rows], product, delta[rows]))
        return calls

    def _sources(self, block: Block) -> Array:
        """Return the rows that ``block`` reads: a view, or the array into which they are gathered."""
        if isinstance(block.sources, slice):
            return self.a[block.sources]
        return self._gathered[block.weights.start]


def _weights(block: Block, vector: Array) -> Array:
    return vector[block.weights].reshape(block.shape)


def _stretch(rows: Indices) -> slice | Indices:
    """Return ``rows`` as a slice if they follow each other without a gap, so that reading them is a view."""
    first = int(rows[0])
    if np.array_equal(rows, np.arange(first, first + len(rows))):
        return slice(first, first + len(rows))
    return rows


def _cleared(delta: Array, rows: Indices, fresh: NDArray[np.bool_]) -> list[Call]:
    """Return the call that zeroes those of ``rows`` that are still fresh, if any, and mark them as written."""
    unwritten = rows[fresh[rows]]
    fresh[rows] = False
    return [partial(delta.__setitem__, unwritten, 0)] if len(unwritten) else []


def _add_rows(target: Array, rows: Indices, source: Array, source_rows: Indices) -> None:
    target[rows] += source[source_rows]


def _multiply_by_rows(target: Array, factors: Array, rows: slice | Indices) -> None:
    np.multiply(target, factors[rows], target)


def _fused_rows(
    delta: Callable[[Array, Array, Array], object], a: Array, t: Array, out: Array, rows: Indices
) -> None:
    part = np.empty_like(out[rows])
    delta(a[rows], t[rows], part)
    out[rows] = part
