"""The delta ledger: what comes back to a neuron along each of its edges, and why its delta has the sign it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.equations import is_fused, through
from backprop_gui.engine.operations.expression import Quantity, Symbol, summed
from backprop_gui.engine.operations.quantities import Example, Examples
from backprop_gui.engine.operations.text import write_value
from backprop_gui.network import Kind, Neuron
from backprop_gui.network.errors import UnknownNeuronError


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


@dataclass(frozen=True, slots=True)
class Ledger:
    """A neuron's delta as the sum of what comes back to it.

    Attributes
    ----------
    neuron : int
    name : str
    letter : str
        What the delta is called: δ or e.
    examples : int or None
        How many examples all numbers are the means of; None where they are those of one example.
    own : float or None
        What the loss itself says to an output, with its share ``own_share``; None for hidden neurons.
    own_in_total : bool
        Whether ``own`` is one of the terms of ``total``; not where f′ cancels, but only in ``own``.
    contributions : tuple of Contribution
        In drawing order.
    total : float
        The contributions together, and ``own`` where it is one of the terms.
    slope : float or None
        f′(z), which ``total`` is multiplied with. None where there is no such factor: where delta is ∂L/∂a, and for a
        batch, in whose terms each example's own f′(z) is.
    flat : bool
        Whether f′(z) is a factor of everything and 0, for a batch in every example.
    delta : float
        The model's number.
    """

    neuron: int
    name: str
    letter: str
    examples: int | None
    own: float | None
    own_share: float
    own_in_total: bool
    contributions: tuple[Contribution, ...]
    total: float
    slope: float | None
    flat: bool
    delta: float

    @property
    def factors(self) -> str:
        """What each contribution is the product of, in symbols."""
        if self.examples is not None:
            return f"w · mean(f′ {self.letter})"
        return "w · δ" if self.slope is not None else f"w · f′ · {self.letter}"

    @property
    def sentence(self) -> str:
        """Why the delta has its sign, in a sentence."""
        what, averaged = f"{self.letter} of {self.name}", ""
        if self.examples is not None:
            what = f"The mean {what} over {self.examples:,} example{'s' * (self.examples != 1)}"
            averaged = " on average"
        if not math.isfinite(self.delta):
            return f"{what} is not a finite number: something it is made of overflowed."
        if not self.contributions and self.own is None:
            return f"{what} is 0 because nothing leads on from {self.name}."
        if self.delta == 0 and self.flat:
            each = " in each of them" if self.examples is not None else ""
            return f"{what} is 0 because f′(z) is 0{each}: a change of z does not change a."
        sign = _sign(self.delta)
        if sign != _sign(self._led_to):
            return f"{what} is {sign}: the sign of so small a number is decided by rounding."
        if self.own is not None and not self.contributions:
            # In errors the order is the other way round, and so is what a negative one means.
            slope = (
                "" if self.slope is None or not self.own_in_total else f", and f′(z) is {_sign(self.slope)}"
            )
            return (
                f"{what} is {sign} because the loss itself says {write_value(self.own, 3)}{averaged}{slope}."
            )
        if self.delta == 0:
            return f"{what} is 0 because what comes back adds up to 0."
        if self.own is not None and not self.own_in_total:
            return (
                f"{what} is {sign}: the loss itself says {write_value(self.own, 3)}, and f′(z) times what comes back "
                f"is {write_value(self._led_to - self.own, 3)}."
            )
        many = len(self.contributions) + (self.own is not None) > 1
        comes = "the contributions sum to a {} number" if many else "what comes back is {}"
        comes = comes.format(_sign(self.total))
        if self.slope is not None:
            comes = f"f′(z) is {_sign(self.slope)} and {comes}"
        return f"{what} is {sign} because {comes}: {'mostly ' if many else ''}{self._largest()}."

    @property
    def _led_to(self) -> float:
        """What the terms lead to, which is ``delta`` but for rounding."""
        inner = self.total if self.slope is None else self.slope * self.total
        return inner + (0.0 if self.own is None or self.own_in_total else self.own)

    def _largest(self) -> str:
        """Return the words for what decides the sign: the largest contribution on the side of the sum."""
        side = [one for one in self.contributions if _sign(one.product) == _sign(self.total)]
        leading = max(side, key=lambda one: abs(one.product), default=None)
        own = self.own if self.own is not None and _sign(self.own) == _sign(self.total) else None
        if own is not None and (leading is None or abs(own) >= abs(leading.product)):
            return f"the loss itself ({write_value(own, 3)})"
        if leading is None:
            return "small differences"
        product = " · ".join(
            f"{_letter(factor)} {write_value(factor.value, 3)}" for factor in leading.factors
        )
        return f"the path over {leading.name} ({product})"


def delta_ledger(frame: Frame, neuron: int, conventions: Conventions = USUAL) -> Ledger:
    """Return what a neuron's delta is made of, for the example (or the mean of the batch) that ``frame`` is about.

    Over a batch each term is the mean of the examples' own terms, with each example's f′(z) in it.

    Raises
    ------
    UnknownNeuronError
        If the frame's network has no such neuron.
    """
    plan, network = frame.plan, frame.plan.network
    if neuron not in network.neuron_of:
        raise UnknownNeuronError(f"The network has no neuron with the id {neuron}.")
    examples, drawn = Examples(frame, conventions), network.neuron_of[neuron]
    # Its arrays hold all examples.
    first, batch = examples.each[0], examples.is_batch
    by_a, fused = conventions.delta is Delta.BY_A, is_fused(examples.whole, drawn)
    slopes = first.trace.slope[:, plan.column[neuron]].astype(float)
    # Within a batch f′(z) differs from example to example, so it belongs to the terms and not before the sum.
    with_slope = batch and not by_a
    edges = network.outgoing[neuron]
    brought = conventions.factor * first.trace.delta[:, [plan.column[edge.target] for edge in edges]].astype(
        float
    )
    weights = frame.theta[[plan.slot[edge.source, edge.target] for edge in edges]].astype(float)
    own: float | None = None
    with np.errstate(all="ignore"):
        if with_slope:
            brought *= slopes[:, np.newaxis]
        means = brought.mean(axis=0)
        products = (weights * means).tolist()
        if drawn.kind is Kind.OUTPUT:
            own = float(_own(first, drawn, slopes, fused and not by_a, with_slope).mean())
    own_in_total = batch or by_a or not fused
    sizes = summed([*map(abs, products), abs(own or 0.0)]) or 1.0
    delta = examples.whole.delta(neuron)
    return Ledger(
        neuron,
        drawn.name,
        delta.symbol.letter,
        len(slopes) if batch else None,
        own,
        abs(own or 0.0) / sizes,
        own_in_total,
        tuple(
            Contribution(
                (edge.source, edge.target),
                first.name(edge.target),
                _factors(first, edge.source, edge.target, mean if batch else None),
                product,
                abs(product) / sizes,
            )
            for edge, product, mean in zip(edges, products, means.tolist(), strict=True)
        ),
        summed([*products, own if own is not None and own_in_total else 0.0]),
        None if by_a or batch else float(slopes[0]),
        not by_a and not fused and not slopes.any(),
        delta.value,
    )


def _own(example: Example, neuron: Neuron, slopes: Array, cancels: bool, with_slope: bool) -> Array:
    """Return what the loss itself says to an output in each example, (examples,)."""
    frame, trace = example.frame, example.trace
    place = frame.plan.network.outputs.index(neuron)
    if cancels:
        said = trace.a[:, frame.plan.column[neuron.id]].astype(float) - trace.t[:, place]
    else:
        said = example.slopes[:, place].astype(float)
        said = said * slopes if with_slope else said
    return example.conventions.factor * said


def _factors(example: Example, source: int, target: int, mean: float | None) -> tuple[Quantity, ...]:
    """Return the factors of what an edge brings back; ``mean`` is that of all but the weight over a batch."""
    weight = example.weight((source, target))
    if mean is None:
        return weight, *through(example, target)
    rest = Symbol(f"f′ {example.delta(target).symbol.letter}", example.name(target))
    return weight, Quantity(Symbol("mean", argument=rest), mean, target)


def _sign(value: float) -> str:
    return "positive" if value > 0 else "negative" if value < 0 else "0"


def _letter(quantity: Quantity) -> str:
    symbol = quantity.symbol
    if symbol.prime:
        return "f′"
    return symbol.letter if symbol.argument is None else f"{symbol.letter} {symbol.argument.letter}"


__all__ = ["Contribution", "Ledger", "delta_ledger"]
