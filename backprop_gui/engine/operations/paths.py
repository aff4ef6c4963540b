"""A gradient or a delta as the sum over all paths to the loss.

Unfolding δ = f′(z) Σ w δ down to the outputs gives one product a path: the slopes and weights along it, and ∂L/∂a at
its end. A network has exponentially many paths, so they are counted by dynamic programming, and the largest are found
one after another by a best-first search whose estimate, the largest product from a neuron on, is exact.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count

from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.equations import is_fused
from backprop_gui.engine.operations.expression import Quantity, Symbol, summed
from backprop_gui.engine.operations.quantities import LOSS, Example, Examples
from backprop_gui.network import Key, Kind
from backprop_gui.network.reach import led_to

MOST = 1000


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a neuron to the loss.

    Attributes
    ----------
    neurons : tuple of int
        From the neuron on, the output last.
    factors : tuple of Quantity
    product : float
    """

    neurons: tuple[int, ...]
    factors: tuple[Quantity, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """The largest paths, and the rest of them folded.

    Attributes
    ----------
    shown : tuple of Path
        By size, the largest first.
    count : int
        How many there are in all.
    rest : float
        What the paths that are not shown add up to: the total less those shown; 0 if none is left.
    total : float
        The model's gradient or delta.
    """

    shown: tuple[Path, ...]
    count: int
    rest: float
    total: float

    @property
    def rest_count(self) -> int:
        """How many paths are folded."""
        return self.count - len(self.shown)


def paths(frame: Frame, key: Key, conventions: Conventions = USUAL, most: int = MOST) -> Paths:
    """Return an edge's gradient, or a neuron's delta, as its paths to the loss.

    It is about one example; for a batch, about its first.

    Parameters
    ----------
    most : int
        So many paths are listed at most.
    """
    example = Examples(frame, conventions).first
    start = key[1] if isinstance(key, tuple) else key
    before: tuple[Quantity, ...] = (example.a(key[0]),) if isinstance(key, tuple) else ()
    # ∂L/∂a of a neuron does not pass through its own f′; a gradient does.
    from_a = conventions.delta is Delta.BY_A and not isinstance(key, tuple)
    column = frame.plan.column[start]
    slope_less = example.delta(start).value if from_a else None
    total = (
        conventions.factor * float(example.trace.delta[example.row, column]) if slope_less is None else slope_less
    ) * (before[0].value if before else 1.0)  # fmt: skip
    search = _Search(example, start)
    shown = tuple(search.largest(before, most, from_a))
    number = search.counts[start]
    rest = 0.0
    if len(shown) < number:
        rest = total - summed([path.product for path in shown])
    return Paths(shown, number, rest, total)


class _Search:
    def __init__(self, example: Example, start: int) -> None:
        self.example, self.network = example, example.frame.plan.network
        self.counts: dict[int, int] = {}
        self._best: dict[int, float] = {}
        self._ends: dict[int, tuple[Quantity, ...]] = {}
        self._stretches: dict[tuple[int, bool], list[tuple[int, tuple[Quantity, ...], float]]] = {}
        for id in led_to(self.network, start):
            self._enter(id)

    def _enter(self, id: int) -> None:
        """Count the paths from a neuron on, and find the size of the largest, when all that it feeds are known."""
        example, neuron = self.example, self.network.neuron_of[id]
        edges = self.network.outgoing[id]
        slope = abs(example.slope(id).value)
        self.counts[id] = sum(self.counts[edge.target] for edge in edges)
        best = [slope * abs(example.weight(edge).value) * self._best[edge.target] for edge in edges]
        if neuron.kind is Kind.OUTPUT:
            self.counts[id] += 1
            self._ends[id] = self._end(id)
            best.append(math.prod(abs(factor.value) for factor in self._ends[id]))
        self._best[id] = max(best, default=0.0)

    def _end(self, id: int) -> tuple[Quantity, ...]:
        """The last factors of a path that ends at an output: f′ and ∂L/∂a, or both in one where f′ cancels."""
        example, factor = self.example, self.example.conventions.factor
        if is_fused(example, self.network.neuron_of[id]):
            answer = example.answers[example.place(id)]
            symbol = Symbol("z", example.name(id), derivative_of=LOSS)
            return (Quantity(symbol, factor * (answer.a.value - answer.t.value), id),)
        said = example.loss_slope(id)
        return example.slope(id), Quantity(said.symbol, factor * said.value, id)

    def largest(self, before: tuple[Quantity, ...], most: int, from_a: bool) -> list[Path]:
        """Return up to ``most`` paths, the largest first."""
        example, order = self.example, count()
        start = next(iter(sorted(self.counts, key=lambda id: self.network.ranks[id])))
        size = math.prod(factor.value for factor in before)
        # A waiting entry is either a way to a neuron, from which it goes on, or (ended) a whole path.
        waiting: list[tuple[float, int, tuple[int, ...], tuple[Quantity, ...], float, bool]] = []

        def wait(way: tuple[int, ...], factors: tuple[Quantity, ...], size: float, ended: bool) -> None:
            estimate = abs(size) * (1.0 if ended else self._best[way[-1]])
            # The latest of equally large ones is followed first, up to its end: where many products are the same, or
            # 0, going on with the oldest would walk all of an exponential number of ways at once.
            heapq.heappush(waiting, (_place(estimate), -next(order), way, factors, size, ended))

        wait((start,), before, size, False)
        found: list[Path] = []
        while waiting and len(found) < most:
            _, _, way, factors, size, ended = heapq.heappop(waiting)
            if ended:
                found.append(Path(way, factors, size))
                continue
            here = way[-1]
            skip = from_a and len(way) == 1
            if here in self._ends:
                end = self._ends[here]
                if skip:
                    said = example.loss_slope(here)
                    end = (Quantity(said.symbol, example.conventions.factor * said.value, here),)
                wait(way, factors + end, size * math.prod(factor.value for factor in end), True)
            for target, onward, along in self._onward(here, skip):
                wait((*way, target), factors + onward, size * along, False)
        return found

    def _onward(self, id: int, skip: bool) -> list[tuple[int, tuple[Quantity, ...], float]]:
        """Where paths lead on from a neuron, with the factors of that stretch and their product."""
        known = self._stretches.get((id, skip))
        if known is None:
            slope = () if skip else (self.example.slope(id),)
            known = []
            for edge in self.network.outgoing[id]:
                if self.counts[edge.target]:
                    factors = (*slope, self.example.weight(edge))
                    known.append((edge.target, factors, math.prod(factor.value for factor in factors)))
            self._stretches[id, skip] = known
        return known


def _place(size: float) -> float:
    """Return where a path stands in the queue: by size, without the digits that rounding makes; NaN comes last."""
    if not 0 < size < math.inf:
        return math.inf if math.isnan(size) else -size
    mantissa, exponent = math.frexp(size)
    return -math.ldexp(round(mantissa, 9), exponent)


__all__ = ["MOST", "Path", "Paths", "paths"]
