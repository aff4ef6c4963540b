"""What comes back to a neuron along its edges, as the terms of its delta ledger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import averaged
from backprop_gui.engine.conventions import Delta
from backprop_gui.engine.operations.equations import through
from backprop_gui.engine.operations.expression import Quantity, Symbol
from backprop_gui.engine.operations.quantities import Examples
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.reading import names
from backprop_gui.network import Neuron


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one edge brings back.

    Attributes
    ----------
    edge : (source, target)
    name : str
        That of the target.
    factors : tuple of Quantity
        The weight and the target's delta; where delta is ∂L/∂a, the target's f′ between them, or both in one as δ
        where they have lost their digits. For a batch, the weight and the mean of the rest, since a mean of products
        is not the product of the means.
    product : float
    share : float
        Its part of all that comes in, by size, 0 to 1; NaN where that is infinite.
    """

    edge: tuple[int, int]
    name: str
    factors: tuple[Quantity, ...]
    product: float
    share: float


class Terms:
    """What comes back to a neuron, as numbers: a network has many edges, and few are shown.

    Attributes
    ----------
    slopes : (examples,) array
        The neuron's f′(z).
    products : list of float
        What each edge brings back, in drawing order.
    by_size : list of int
        The places of ``products``, the largest first.
    """

    def __init__(self, examples: Examples, neuron: int) -> None:
        # The arrays of the first are those of all.
        self._example, self._batch = examples.first, examples.is_batch
        frame, trace, self._factor = (
            self._example.frame,
            self._example.trace,
            self._example.conventions.factor,
        )
        plan = frame.plan
        self._edges = plan.network.outgoing[neuron]
        self.slopes = trace.slope[:, plan.column[neuron]].astype(float)
        # In a batch f′(z) differs from example to example, so it belongs to the terms and not before their sum.
        self._with_slope = self._batch and self._example.conventions.delta is Delta.BY_Z
        brought = trace.delta[:, [plan.column[edge.target] for edge in self._edges]].astype(float)
        weights = frame.theta[[plan.slot[edge.source, edge.target] for edge in self._edges]].astype(float)
        with np.errstate(all="ignore"):
            if self._with_slope:
                brought *= self.slopes[:, np.newaxis]
            self._means = self._factor * averaged(brought)[0]
            products = weights * self._means
        self.products: list[float] = products.tolist()
        self.by_size: list[int] = np.argsort(-np.abs(products), kind="stable").tolist()

    def own(self, output: Neuron, fused: bool) -> float:
        """Return what the loss itself says to an output."""
        frame, trace = self._example.frame, self._example.trace
        place = self._example.place(output.id)
        with np.errstate(all="ignore"):
            if fused and self._example.conventions.delta is Delta.BY_Z:
                said = trace.a[:, frame.plan.column[output.id]].astype(float) - trace.t[:, place]
            else:
                said = self._example.rows.loss_slopes[:, place].astype(float)
                said = said * self.slopes if self._with_slope else said
            return self._factor * float(said.mean())

    def missed(self, output: Neuron) -> str:
        """Say where the one answer lies beside its target."""
        trace, place = self._example.trace, self._example.place(output.id)
        answer, target = float(trace.predictions[0, place]), float(trace.t[0, place])
        if not math.isfinite(answer):
            return ""
        what = "the probability" if self._example.frame.loss.for_classes else "the output"
        where = "below" if answer < target else "above" if answer > target else "at"
        return f" ({what} {write_value(answer, 3)} is {where} its target {write_value(target, 3)})"

    def parted(self, most: int | None) -> tuple[Sequence[int], Sequence[int]]:
        """Return the places of those that are shown and of those that are folded into one."""
        if most is None or len(self.products) <= most:
            return range(len(self.products)), ()
        return self.by_size[: most - 1], self.by_size[most - 1 :]

    def contribution(self, place: int, sizes: float) -> Contribution:
        """Return what one edge brings back; ``sizes`` is what all that comes in amounts to."""
        example, edge, product = self._example, self._edges[place], self.products[place]
        if self._batch:
            rest = Symbol(f"f′ {names(example.conventions).delta}", example.name(edge.target))
            mean = float(self._means[place])
            others: tuple[Quantity, ...] = (Quantity(Symbol("mean", argument=rest), mean, edge.target),)
        else:
            others = through(example, edge.target)
        return Contribution(
            (edge.source, edge.target),
            example.name(edge.target),
            (example.weight(edge), *others),
            product,
            abs(product) / sizes,
        )


__all__ = ["Contribution", "Terms"]
