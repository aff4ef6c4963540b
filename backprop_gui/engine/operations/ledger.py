"""The delta ledger: what comes back to a neuron along each of its edges, and why its delta has the sign it has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import averaged
from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.equations import is_fused, through
from backprop_gui.engine.operations.expression import Quantity, Symbol, summed
from backprop_gui.engine.operations.quantities import Examples
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.reading import names
from backprop_gui.network import Kind, Neuron
from backprop_gui.network.errors import UnknownNeuronError
from backprop_gui.numerals import counted


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
        In drawing order; where they are too many, the largest, by size.
    leading : Contribution or None
        The largest of those on the side of their sum; None if there is none.
    rest : float
        What the contributions that are not shown add up to, with their number ``rest_count`` and ``rest_share``.
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
    leading: Contribution | None
    rest: float
    rest_count: int
    rest_share: float
    total: float
    slope: float | None
    flat: bool
    delta: float
    missed: str
    """Where an output lies beside its target, in words; empty for hidden neurons and for a batch."""
    toward: str
    """What would make the loss smaller, in a sentence; empty where nothing would, and for a batch."""

    @property
    def factors(self) -> str:
        """What each contribution is the product of, in symbols."""
        if self.examples is not None:
            return f"w · mean(f′ {self.letter})"
        return "w · δ" if self.slope is not None else f"w · f′ · {self.letter}"

    @property
    def sentence(self) -> str:
        """Why the delta has its sign, and what that means."""
        return f"{self._why} {self.toward}".rstrip()

    @property
    def _why(self) -> str:
        what, averaged = f"{self.letter} of {self.name}", ""
        if self.examples is not None:
            what = f"The mean {what} over {counted(self.examples, 'example')}"
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
            says = f"the loss itself says {write_value(self.own, 3)}{averaged}{self.missed}"
            return f"{what} is {sign} because {says}{slope}."
        if self.delta == 0:
            return f"{what} is 0 because what comes back adds up to 0."
        if self.own is not None and not self.own_in_total:
            return (
                f"{what} is {sign}: the loss itself says {write_value(self.own, 3)}{self.missed}, and f′(z) times what "
                f"comes back is {write_value(self._led_to - self.own, 3)}."
            )
        many = len(self.contributions) + self.rest_count + (self.own is not None) > 1
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
        leading = self.leading
        own = self.own if self.own is not None and _sign(self.own) == _sign(self.total) else None
        if own is not None and (leading is None or abs(own) >= abs(leading.product)):
            return f"the loss itself, {write_value(own, 3)}{self.missed}"
        if leading is None:
            return "small differences"
        product = " · ".join(
            f"{_letter(factor)} {write_value(factor.value, 3)}" for factor in leading.factors
        )
        return f"the path over {leading.name} ({product})"


def delta_ledger(
    frame: Frame, neuron: int, conventions: Conventions = USUAL, most: int | None = None
) -> Ledger:
    """Return what a neuron's delta is made of, for the example (or the mean of the batch) that ``frame`` is about.

    Over a batch each term is the mean of the examples' own terms, with each example's f′(z) in it.

    Parameters
    ----------
    most : int, optional
        So many terms are told apart at most: of more contributions the largest are, and the last term is the rest of
        them. Without it all are.

    Raises
    ------
    UnknownNeuronError
        If the frame's network has no such neuron.
    """
    network = frame.plan.network
    if neuron not in network.neuron_of:
        raise UnknownNeuronError(f"The network has no neuron with the id {neuron}.")
    examples, drawn = Examples(frame, conventions), network.neuron_of[neuron]
    batch, by_a, fused = examples.is_batch, conventions.delta is Delta.BY_A, is_fused(examples.first, drawn)
    terms = _Terms(examples, neuron)
    own = terms.own(drawn, fused) if drawn.kind is Kind.OUTPUT else None
    own_in_total = batch or by_a or not fused
    total = summed([*terms.products, own if own is not None and own_in_total else 0.0])
    sizes = summed([*map(abs, terms.products), abs(own or 0.0)]) or 1.0
    shown, folded = terms.parted(most)
    on_side = next((place for place in terms.by_size if _sign(terms.products[place]) == _sign(total)), None)
    delta = examples.whole.delta(neuron)
    return Ledger(
        neuron=neuron,
        name=drawn.name,
        letter=delta.symbol.letter,
        examples=len(terms.slopes) if batch else None,
        own=own,
        own_share=abs(own or 0.0) / sizes,
        own_in_total=own_in_total,
        contributions=tuple(terms.contribution(place, sizes) for place in shown),
        leading=None if on_side is None else terms.contribution(on_side, sizes),
        rest=summed([terms.products[place] for place in folded]),
        rest_count=len(folded),
        rest_share=summed([abs(terms.products[place]) for place in folded]) / sizes,
        total=total,
        slope=None if by_a or batch else float(terms.slopes[0]),
        flat=not by_a and not fused and not terms.slopes.any(),
        delta=delta.value,
        missed=terms.missed(drawn) if drawn.kind is Kind.OUTPUT and not batch else "",
        toward="" if batch else _toward(delta.value * conventions.factor, "a" if by_a else "z"),
    )


class _Terms:
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


def _toward(slope: float, letter: str) -> str:
    """Say what a derivative of the loss means."""
    if not math.isfinite(slope) or slope == 0:
        return ""
    return f"A slightly {'smaller' if slope > 0 else 'larger'} {letter} would lower the loss."


def _sign(value: float) -> str:
    return "positive" if value > 0 else "negative" if value < 0 else "0"


def _letter(quantity: Quantity) -> str:
    symbol = quantity.symbol
    if symbol.prime:
        return "f′"
    return symbol.letter if symbol.argument is None else f"{symbol.letter} {symbol.argument.letter}"


__all__ = ["Contribution", "Ledger", "delta_ledger"]
