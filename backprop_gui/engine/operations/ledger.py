"""The delta ledger: what comes back to a neuron along each of its edges, and why its delta has the sign it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.equations import is_fused
from backprop_gui.engine.operations.expression import Quantity, summed
from backprop_gui.engine.operations.ledger_terms import Contribution, Terms
from backprop_gui.engine.operations.quantities import Examples
from backprop_gui.engine.operations.text import write_value
from backprop_gui.network import Kind
from backprop_gui.network.errors import UnknownNeuronError
from backprop_gui.numerals import counted


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
    terms = Terms(examples, neuron)
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


__all__ = ["Ledger", "delta_ledger"]
