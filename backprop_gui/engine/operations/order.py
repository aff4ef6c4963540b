"""The order in which a hand calculation goes through a training step, and where stepping through it stops.

Forward rank by rank, for each neuron its weighted sum and then its activation; the loss; back from the highest rank
down, for each neuron its delta and then the gradients of its bias and of every weight that leads to it; at last the
update of every parameter.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from functools import cached_property
from itertools import compress, pairwise
from typing import NamedTuple, overload

from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.operations.operation import Kind, Operation, Phase
from backprop_gui.engine.reading import names
from backprop_gui.network import Key, Network
from backprop_gui.network import Kind as Role

PHASE_OF = {
    Kind.WEIGHTED_SUM: Phase.FORWARD,
    Kind.ACTIVATION: Phase.FORWARD,
    Kind.LOSS: Phase.LOSS,
    Kind.OUTPUT_DELTA: Phase.BACKWARD,
    Kind.HIDDEN_DELTA: Phase.BACKWARD,
    Kind.GRADIENT: Phase.BACKWARD,
    Kind.UPDATE: Phase.UPDATE,
}

WHY = {
    Kind.WEIGHTED_SUM: "What comes in along each edge counts as much as its weight says; the bias shifts the sum.",
    Kind.ACTIVATION: "The activation bends the sum; without a bend many layers could do no more than one.",
    Kind.LOSS: "The loss says in one number how far the outputs are from their targets.",
    Kind.OUTPUT_DELTA: "The chain rule: how the loss changes with the output, times how the output changes with z.",
    Kind.HIDDEN_DELTA: "The chain rule: z changes the loss only through the neurons it feeds, so their deltas come "
    "back along the edges, each times its weight.",
    Kind.GRADIENT: "A weight is multiplied with the activation it starts from, so that is how much z changes with it.",
    Kind.UPDATE: "The parameter moves a little in the direction in which the loss becomes smaller.",
}
WHY_BY_A = {
    Kind.OUTPUT_DELTA: "How the loss changes with the output itself; how the output changes with z is not in it yet.",
    Kind.HIDDEN_DELTA: "The chain rule: a changes the loss only through the neurons it feeds, so theirs come back "
    "along the edges, each times its weight and times f′ there.",
}
WHY_BIAS = "A bias is added as it is, so z changes exactly as much as the bias."
WHY_IDENTITY = "The identity lets the sum through as it is; many such layers could do no more than one."
WHY_FROZEN = "It is frozen: training leaves it as it is, whatever its gradient says."


class Pace(enum.Enum):
    """How far one step through the operations goes."""

    OPERATION = "operation"
    NEURON = "neuron"
    LAYER = "layer"
    PHASE = "phase"


class Entry(NamedTuple):
    """What tells one operation from the others."""

    kind: Kind
    subject: Key | None
    neuron: int | None
    rank: int


def entries(network: Network) -> list[Entry]:
    """Return every operation of one training step in the order of a hand calculation."""
    ranks, incoming = network.ranks, network.incoming
    computed = sorted(
        (neuron for neuron in network.neurons if neuron.kind is not Role.INPUT),
        key=lambda neuron: ranks[neuron.id],
    )
    found: list[Entry] = []
    for neuron in computed:
        id, rank = neuron.id, ranks[neuron.id]
        found.append(Entry(Kind.WEIGHTED_SUM, id, id, rank))
        found.append(Entry(Kind.ACTIVATION, id, id, rank))
    found.append(Entry(Kind.LOSS, None, None, max(ranks[neuron.id] for neuron in network.outputs)))
    # Backwards from rank to rank, but within a rank in the order in which people read.
    for neuron in sorted(computed, key=lambda neuron: -ranks[neuron.id]):
        kind = Kind.OUTPUT_DELTA if neuron.kind is Role.OUTPUT else Kind.HIDDEN_DELTA
        id, rank = neuron.id, ranks[neuron.id]
        found.append(Entry(kind, id, id, rank))
        if neuron.bias is not None:
            found.append(Entry(Kind.GRADIENT, id, id, rank))
        found += [Entry(Kind.GRADIENT, (edge.source, id), id, rank) for edge in incoming[id]]
    for neuron in computed:
        id, rank = neuron.id, ranks[neuron.id]
        if neuron.bias is not None:
            found.append(Entry(Kind.UPDATE, id, id, rank))
        found += [Entry(Kind.UPDATE, (edge.source, id), id, rank) for edge in incoming[id]]
    return found


class Order:
    """The order of the operations of one network, which is listed once, whatever moment of training is looked at.

    Attributes
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._stops: dict[Pace, Sequence[int]] = {}

    @classmethod
    def of(cls, network: Network) -> Order:
        """Return the order of ``network``; for the same network, the same one again."""
        global _latest
        # Replaced as a whole: whoever reads it in another thread sees the old one or the new one.
        before = _latest
        if before and before[0].network is network:
            return before[0]
        order = next((known for known in before if known.network is network), None) or cls(network)
        others = [known for known in before if known is not order]
        _latest = (order, *others[: KEPT - 1])
        return order

    def list_all(self) -> None:
        """List everything now; otherwise each list is made when it is first asked for."""
        _ = self.places
        for pace in Pace:
            self.stops(pace)

    @cached_property
    def entries(self) -> list[Entry]:
        """What tells each operation from the others; quicker to go through than the operations themselves."""
        # Listed when somebody steps: who only wants the equations of a neuron needs no list of all operations.
        return entries(self.network)

    @cached_property
    def places(self) -> dict[tuple[Kind, Key | None], int]:
        """The place of each operation by its kind and subject."""
        return {(entry.kind, entry.subject): i for i, entry in enumerate(self.entries)}

    def stops(self, pace: Pace) -> Sequence[int]:
        """Return the places at which stepping at ``pace`` stops: the last operation of each neuron, layer or phase."""
        if pace is Pace.OPERATION:
            return range(len(self.entries))
        known = self._stops.get(pace)
        if known is None:
            # Where a layer or a phase ends, a neuron does.
            finer = range(len(self.entries)) if pace is Pace.NEURON else self.stops(Pace.NEURON)
            groups = [_group(self.entries[place], pace) for place in finer]
            ends = [*(one != after for one, after in pairwise(groups)), True]
            known = self._stops[pace] = tuple(compress(finer, ends))
        return known


KEPT = 3
"""Orders that are remembered: that of the drawing, and of others that one goes to and fro between."""
_latest: tuple[Order, ...] = ()


class Operations(Sequence[Operation]):
    """The operations of one training step, each made when it is asked for: a large network has many thousands.

    Attributes
    ----------
    order : Order
    """

    def __init__(self, network: Network, conventions: Conventions = USUAL) -> None:
        self.order = Order.of(network)
        self._network, self._called = network, names(conventions)
        self._by_a = conventions.delta is Delta.BY_A

    def __len__(self) -> int:
        return len(self.order.entries)

    @overload
    def __getitem__(self, place: int) -> Operation: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Operation, ...]: ...

    def __getitem__(self, place: int | slice) -> Operation | tuple[Operation, ...]:
        if isinstance(place, slice):
            return tuple(self._made(number) for number in range(*place.indices(len(self))))
        return self._made(range(len(self))[place])

    def find(self, key: Key | None, kind: Kind) -> Operation | None:
        """Return the operation of this kind on this neuron or edge, if there is one."""
        number = self.order.places.get((kind, key))
        return None if number is None else self._made(number)

    def stops(self, pace: Pace) -> Sequence[int]:
        """Return the places at which stepping at ``pace`` stops, as :meth:`Order.stops` does."""
        return self.order.stops(pace)

    def _made(self, number: int) -> Operation:
        entry = self.order.entries[number]
        reads, writes = _touched(self._network, entry)
        return Operation(
            number,
            PHASE_OF[entry.kind],
            entry.kind,
            entry.subject,
            entry.neuron,
            entry.rank,
            self._title(entry),
            self._why(entry),
            reads,
            writes,
        )

    def _why(self, entry: Entry) -> str:
        kind, subject = entry.kind, entry.subject
        if kind is Kind.GRADIENT and not isinstance(subject, tuple):
            return WHY_BIAS
        neuron = None if entry.neuron is None else self._network.neuron_of[entry.neuron]
        if kind is Kind.ACTIVATION and neuron is not None and neuron.activation == "identity":
            return WHY_IDENTITY
        if kind is Kind.UPDATE and subject is not None and self._network.is_frozen(subject):
            return WHY_FROZEN
        return WHY_BY_A.get(kind, WHY[kind]) if self._by_a else WHY[kind]

    def _title(self, entry: Entry) -> str:
        network, subject = self._network, entry.subject
        if subject is None:
            return "Loss"
        name = network.edge_name(*subject) if isinstance(subject, tuple) else network.neuron_of[subject].name
        if entry.kind in (Kind.GRADIENT, Kind.UPDATE):
            letter, whose = ("w", "weight") if isinstance(subject, tuple) else ("b", "bias of")
            gradient = self._called.gradient_by(letter) if self._called.is_opposite else "Gradient"
            return f"{gradient if entry.kind is Kind.GRADIENT else 'Update'} of the {whose} {name}"
        words = {Kind.WEIGHTED_SUM: "Weighted sum z", Kind.ACTIVATION: "Activation a"}
        return f"{words.get(entry.kind, self._called.delta)} of {name}"


def _group(entry: Entry, pace: Pace) -> tuple[object, ...]:
    phase = PHASE_OF[entry.kind]
    if pace is Pace.PHASE:
        return (phase,)
    return (phase, entry.neuron) if pace is Pace.NEURON else (phase, entry.rank)


def _touched(network: Network, entry: Entry) -> tuple[frozenset[Key], frozenset[Key]]:
    """Return the keys that an operation reads and writes."""
    kind, subject = entry.kind, entry.subject
    if subject is None:
        return frozenset(neuron.id for neuron in network.outputs), frozenset()
    writes: frozenset[Key] = frozenset((subject,))
    if isinstance(subject, tuple):
        return (frozenset(subject) if kind is Kind.GRADIENT else writes), writes
    reads: set[Key] = set()
    if kind is Kind.WEIGHTED_SUM:
        for edge in network.incoming[subject]:
            reads |= {edge.source, (edge.source, edge.target)}
    elif kind in (Kind.OUTPUT_DELTA, Kind.HIDDEN_DELTA):
        for edge in network.outgoing[subject]:
            reads |= {edge.target, (edge.source, edge.target)}
    return (frozenset(reads) if reads else writes), writes


__all__ = ["Entry", "Operations", "Order", "Pace", "entries"]
