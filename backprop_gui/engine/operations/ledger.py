"""The delta ledger: what comes back to a neuron along each of its edges, and why its delta has the sign it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.equations import is_fused, own_delta, own_slope
from backprop_gui.engine.operations.expression import Product, Quantity, evaluate
from backprop_gui.engine.operations.quantities import Example, Examples
from backprop_gui.engine.operations.text import write_value
from backprop_gui.network import Kind
from backprop_gui.network.errors import UnknownNeuronError


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one edge brings back.

    Attributes
    ----------
    edge : (source, target)
    factors : tuple of Quantity
        The weight and the target's delta; where delta is ∂L/∂a, the target's f′ between them.
    product : float
    share : float
        Its part of all that comes in, by size, 0 to 1.
    """

    edge: tuple[int, int]
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
    own : float or None
        What the loss itself says to an output, with its share ``own_share``; None for hidden neurons.
    own_has_slope : bool
        Whether ``own`` is multiplied with f′(z) as the contributions are; not where f′ cancels.
    contributions : tuple of Contribution
        In drawing order.
    total : float
        The contributions together, and ``own`` where it is multiplied with f′(z).
    slope : float or None
        f′(z); None where delta is ∂L/∂a, which has no such factor.
    delta : float
        The model's number.
    """

    neuron: int
    name: str
    letter: str
    own: float | None
    own_share: float
    own_has_slope: bool
    contributions: tuple[Contribution, ...]
    total: float
    slope: float | None
    delta: float
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Why the delta has its sign, in a sentence."""
        what = f"{self.letter} of {self.name}"
        if not math.isfinite(self.delta):
            return f"{what} is not a finite number: something it is made of overflowed."
        if not self.contributions and self.own is None:
            return f"{what} is 0 because nothing leads on from {self.name}."
        if self.delta == 0:
            if self.slope == 0:
                return f"{what} is 0 because f′(z) is 0: a change of z does not change a."
            return f"{what} is 0 because what comes back adds up to 0."
        sign = _sign(self.delta)
        many = len(self.contributions) + (self.own is not None) > 1
        if self.own is not None and not self.contributions:
            # In errors the order is the other way round, and so is what a negative one means.
            text = f"{what} is {sign} because the loss itself says {write_value(self.own, 3)}"
            if self.own_has_slope and self.slope is not None:
                text += f", and f′(z) is {_sign(self.slope)}"
            return f"{text}."
        comes = (
            f"the contributions sum to a {_sign(self.total)} number"
            if many
            else (f"what comes back is {_sign(self.total)}")
        )
        if self.own is not None and not self.own_has_slope:
            return (
                f"{what} is {sign}: the loss itself says {write_value(self.own, 3)}, and f′(z) times what comes back "
                f"is {write_value((self.slope or 0.0) * self.total, 3)}."
            )
        if self.slope is not None:
            comes = f"f′(z) is {_sign(self.slope)} and {comes}"
        return f"{what} is {sign} because {comes}: {'mostly ' if many else ''}{self._largest()}."

    def _largest(self) -> str:
        """Return the words for what decides the sign: the largest contribution on the side of the sum."""
        side = [
            (abs(one.product), name, one)
            for one, name in zip(self.contributions, self.names, strict=True)
            if one.product * self.total > 0
        ]
        own = self.own if self.own is not None and self.own_has_slope and self.own * self.total > 0 else None
        if own is not None and all(abs(own) >= size for size, _, _ in side):
            return f"the loss itself ({write_value(own, 3)})"
        if not side:
            return "small differences"
        _, name, one = max(side, key=lambda item: item[0])
        product = " · ".join(f"{_letter(factor)} {write_value(factor.value, 3)}" for factor in one.factors)
        return f"the path over {name} ({product})"


def delta_ledger(frame: Frame, neuron: int, conventions: Conventions = USUAL) -> Ledger:
    """Return what a neuron's delta is made of, for the example (or the mean of the batch) that ``frame`` is about.

    Over a batch each product is the mean of the examples' products, w times the mean delta of its target; f′(z) then
    stands for the share of that sum that arrives, since the mean of products is not the product of means.

    Raises
    ------
    UnknownNeuronError
        If the frame's network has no such neuron.
    """
    network = frame.plan.network
    if neuron not in network.neuron_of:
        raise UnknownNeuronError(f"The network has no neuron with the id {neuron}.")
    examples, drawn = Examples(frame, conventions), network.neuron_of[neuron]
    whole = examples.whole
    by_a = conventions.delta is Delta.BY_A
    edges = network.outgoing[neuron]
    factors = [_factors(whole, edge.source, edge.target, by_a) for edge in edges]
    products = [
        math.fsum(
            evaluate(Product(_factors(one, edge.source, edge.target, by_a))) for one in examples.each
        ) / len(examples.each)
        for edge in edges
    ]  # fmt: skip
    own: float | None = None
    fused = is_fused(whole, drawn) and not by_a
    if drawn.kind is Kind.OUTPUT:
        form = own_delta if fused else own_slope
        own = math.fsum(evaluate(form(one, drawn)) for one in examples.each) / len(examples.each)
    delta = whole.delta(neuron).value
    total = math.fsum([*products, own if own is not None and not fused else 0.0])
    slope = None if by_a else whole.slope(neuron).value
    if slope is not None and examples.is_batch and total:
        slope = (delta - (own if fused and own is not None else 0.0)) / total
    sizes = math.fsum([*map(abs, products), abs(own or 0.0)]) or 1.0
    return Ledger(
        neuron,
        drawn.name,
        whole.delta(neuron).symbol.letter,
        own,
        abs(own or 0.0) / sizes,
        not fused,
        tuple(
            Contribution((edge.source, edge.target), of, product, abs(product) / sizes)
            for edge, of, product in zip(edges, factors, products, strict=True)
        ),
        total,
        slope,
        delta,
        tuple(network.neuron_of[edge.target].name for edge in edges),
    )


def _factors(example: Example, source: int, target: int, by_a: bool) -> tuple[Quantity, ...]:
    between = (example.slope(target),) if by_a else ()
    return example.weight((source, target)), *between, example.delta(target)


def _sign(value: float) -> str:
    return "positive" if value > 0 else "negative" if value < 0 else "0"


def _letter(quantity: Quantity) -> str:
    return "f′" if quantity.symbol.prime else quantity.symbol.letter


__all__ = ["Contribution", "Ledger", "delta_ledger"]
