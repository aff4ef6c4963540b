"""Gradient flow: how large deltas, gradients and steps are in each layer, so that vanishing and exploding show.

Three magnitudes are followed from the first layer to the last:

    |δ|          of each neuron for each example, whichever derivative is called its delta
    |∂L/∂θ|      of each weight and bias that leads into the layer
    |Δw| / |w|   of each weight that leads into it: the next step as a share of the weight

Layers differ by powers of ten, so all of them belong on a logarithmic axis. A 0 has no place there: quantiles are
those of what is finite and not 0, and the share of exact zeros is told beside them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.edge_arrays import EdgeArrays, places_of
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Plan
from backprop_gui.network import Kind, Network

LEVELS = (0.0, 0.1, 0.5, 0.9, 1.0)
"""The quantiles that are kept."""
MOST_EXAMPLES = 256
"""Enough for quantiles that do not tremble, few enough to be computed several times a second."""


class Measure(enum.Enum):
    """What is looked at."""

    DELTA = "delta"
    GRADIENT = "gradient"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Spread:
    """How some magnitudes are distributed.

    Attributes
    ----------
    quantiles : tuple of float
        At ``LEVELS``, linearly interpolated, of those that are finite and not 0; NaN if there are none.
    zeros, broken : float
        The shares that are exactly 0, and that are infinite or not a number.
    count : int
        How many there are in all.
    """

    quantiles: tuple[float, ...]
    zeros: float
    broken: float
    count: int

    @property
    def median(self) -> float:
        """The middle one of those that are finite and not 0."""
        return self.quantiles[2]


@dataclass(frozen=True, slots=True)
class LayerFlow:
    """One layer of the drawing, by id, and the spread of each measure in it; ``hidden`` if a hidden neuron is in it."""

    layer: int
    name: str
    hidden: bool
    spreads: tuple[Spread, Spread, Spread]

    def spread(self, measure: Measure) -> Spread:
        """Return the spread of one measure."""
        return self.spreads[list(Measure).index(measure)]


@dataclass(frozen=True, slots=True)
class Flow:
    """All layers but those that hold nothing but inputs, from the inputs to the outputs."""

    layers: tuple[LayerFlow, ...]

    def shrinkage(self, measure: Measure = Measure.DELTA) -> tuple[LayerFlow, LayerFlow, float] | None:
        """Return the first and the last hidden layer, and how many times larger the median is in the last.

        None where there are fewer than two hidden layers, or no number in one of them.
        """
        hidden = [layer for layer in self.layers if layer.hidden]
        if len(hidden) < 2:
            return None
        first, last = hidden[0], hidden[-1]
        with np.errstate(over="ignore"):
            ratio = float(np.float64(last.spread(measure).median) / first.spread(measure).median)
        return None if np.isnan(ratio) else (first, last, ratio)


def flow_of(
    plan: Plan,
    theta: Array,
    update: Array,
    x: Array,
    t: Array,
    loss: Loss,
    deltas: Callable[[Trace], Array] = lambda seen: seen.delta,
) -> Flow:
    """Return the gradient flow of one moment over some examples.

    Parameters
    ----------
    theta, update : (plan.size,) arrays
        The parameters, and what the optimiser will add to them next.
    x, t : (examples, inputs), (examples, outputs) arrays
    deltas : callable
        What is called the deltas of a trace, (examples, neurons): ∂L/∂z, or ∂L/∂a.
    """
    seen = trace(plan, theta, x, t, loss)
    return flow_in(plan, theta, update, replace(seen, delta=deltas(seen)))


def flow_in(plan: Plan, theta: Array, update: Array, seen: Trace) -> Flow:
    """Return the gradient flow in a trace that is there already; see :func:`flow_of`."""
    network = plan.network
    place = {layer: index for index, layer in enumerate(_in_order(network))}
    neuron_at = np.array(
        [-1 if n.kind is Kind.INPUT else place[n.layer] for n in network.neurons], dtype=np.intp
    )
    edges = EdgeArrays.of(network.edges)
    edge_at = neuron_at[places_of(edges.target, network.neurons)]
    bias_at = neuron_at[[n.bias is not None for n in network.neurons]]
    hidden = {n.layer for n in network.neurons if n.kind is Kind.HIDDEN}
    parameters = np.abs(seen.grad[plan.slots])
    slots = plan.weight_slots
    weights = np.abs(theta[slots])
    # A frozen weight makes no step, and of 0 no step is a share.
    stepping = (weights != 0) & ~edges.frozen
    with np.errstate(all="ignore"):
        shares = np.abs(update[slots[stepping]]) / weights[stepping]
    parts = zip(
        _parted(np.abs(seen.delta.T), neuron_at, len(place)),
        _parted(parameters, np.concatenate([bias_at, edge_at]), len(place)),
        _parted(shares, edge_at[stepping], len(place)),
        strict=True,
    )
    return Flow(
        tuple(
            LayerFlow(
                layer, network.layer_of[layer].name, layer in hidden, (_spread(d), _spread(g), _spread(s))
            )
            for layer, (d, g, s) in zip(place, parts, strict=True)
        )
    )


def _in_order(network: Network) -> list[int]:
    """Return the ids of the layers that have a neuron above the inputs, by the lowest rank in them."""
    lowest = {
        layer.id: min(
            (network.ranks[n.id] for n in network.members[layer.id] if n.kind is not Kind.INPUT), default=-1
        )
        for layer in network.layers
    }
    return sorted((layer for layer, rank in lowest.items() if rank >= 0), key=lambda layer: lowest[layer])


def _parted(values: Array, at: NDArray[np.intp], count: int) -> Iterator[Array]:
    """Yield the ``values`` whose place ``at`` is 0, 1, ..., ``count`` - 1."""
    for place in range(count):
        yield values[at == place].ravel()


def _spread(values: Array) -> Spread:
    total = len(values)
    if not total:
        return Spread((np.nan,) * len(LEVELS), 0.0, 0.0, 0)
    finite = values[np.isfinite(values)]
    there = finite[finite > 0].astype(np.float64)
    levels = np.quantile(there, LEVELS).tolist() if len(there) else [np.nan] * len(LEVELS)
    return Spread(
        tuple(levels),
        (len(finite) - len(there)) / total,
        (total - len(finite)) / total,
        total,
    )


__all__ = [
    "LEVELS",
    "MOST_EXAMPLES",
    "Flow",
    "LayerFlow",
    "Measure",
    "Spread",
    "flow_in",
    "flow_of",
]
