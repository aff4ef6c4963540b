"""Random networks for property tests: any feed-forward graph, not only layered ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop_gui.engine import ACTIVATIONS
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron, in_columns

SMOOTH = tuple(name for name, activation in ACTIVATIONS.items() if activation.analytic)
"""The activations that have a complex derivative."""


def random_network(
    seed: int,
    *,
    inputs: int | None = None,
    outputs: int | None = None,
    hidden: int | None = None,
    activations: Sequence[str] = tuple(ACTIVATIONS),
    output_activation: str | None = None,
    density: float | None = None,
    freeze: float = 0.15,
    without_bias: float = 0.2,
) -> Network:
    """Build a trainable graph: skip connections, mixed activations, outputs that feed on, neurons nothing reaches.

    Parameters
    ----------
    seed : int
        The same seed and arguments give the same network.
    inputs, outputs, hidden : int, optional
        How many neurons of each kind; without them 1 to 3, 1 to 3 and 0 to 7.
    activations, output_activation
        What hidden and output neurons choose from, and what every output has instead.
    density : float, optional
        The probability of each possible edge; without it, one is drawn.
    freeze, without_bias : float
        The share of parameters that are frozen, and of neurons without a bias.
    """
    rng = np.random.default_rng(seed)
    counts = {
        Kind.INPUT: inputs or int(rng.integers(1, 4)),
        Kind.HIDDEN: int(rng.integers(0, 8)) if hidden is None else hidden,
        Kind.OUTPUT: outputs or int(rng.integers(1, 4)),
    }
    density = float(rng.choice([0.15, 0.4, 0.8])) if density is None else density
    later = [Kind.HIDDEN] * counts[Kind.HIDDEN] + [Kind.OUTPUT] * counts[Kind.OUTPUT]
    if rng.random() < 0.5:
        # Outputs among the hidden neurons: some feed on, some hidden neurons lead nowhere.
        rng.shuffle(later)
    kinds = [Kind.INPUT] * counts[Kind.INPUT] + later
    layers = [Layer(1, "input"), Layer(2, "hidden 1"), Layer(3, "hidden 2"), Layer(4, "output")]
    neurons: list[Neuron] = []
    for number, kind in enumerate(kinds):
        if kind is Kind.INPUT:
            neurons.append(Neuron(5 + number, 1, kind, f"x{number}", "identity", None))
            continue
        name = str(rng.choice(list(activations)))
        if kind is Kind.OUTPUT and output_activation is not None:
            name = output_activation
        bias = None if rng.random() < without_bias else float(rng.normal(0, 0.5))
        layer = 4 if kind is Kind.OUTPUT else int(rng.integers(2, 4))
        neurons.append(
            Neuron(
                5 + number, layer, kind, f"n{number}", name, bias, bias is not None and rng.random() < freeze
            )
        )
    pairs = {
        (a.id, b.id)
        for i, b in enumerate(neurons)
        for a in neurons[:i]
        if b.kind is not Kind.INPUT and rng.random() < density
    }
    _make_whole(neurons, pairs, rng)
    edges = [
        Edge(a, b, float(rng.normal(0, 0.8)), bool(rng.random() < freeze))
        for a, b in rng.permutation(sorted(pairs)).tolist()
    ]
    used = {neuron.layer for neuron in neurons}
    order = rng.permutation(len(neurons))
    return in_columns(
        Network(
            tuple(neurons[i] for i in order),
            tuple(edges),
            tuple(layer for layer in layers if layer.id in used),
            5 + len(neurons),
        )
    )


def _make_whole(neurons: list[Neuron], pairs: set[tuple[int, int]], rng: np.random.Generator) -> None:
    """Add edges until every output is reached from an input and every input leads to an output."""
    first = [neuron.id for neuron in neurons if neuron.kind is Kind.INPUT]
    last = [neuron.id for neuron in neurons if neuron.kind is Kind.OUTPUT]
    fed, used = set(first), set(last)
    for neuron in neurons:
        if any((source, neuron.id) in pairs for source in fed):
            fed.add(neuron.id)
        elif neuron.kind is Kind.OUTPUT:
            pairs.add((int(rng.choice(first)), neuron.id))
            fed.add(neuron.id)
    for neuron in reversed(neurons):
        if any((neuron.id, target) in pairs for target in used):
            used.add(neuron.id)
        elif neuron.kind is Kind.INPUT:
            pairs.add((neuron.id, int(rng.choice(last))))


def random_examples(
    network: Network, count: int, seed: int, *, classes: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, (count, inputs), and t, (count, outputs), that suit ``network``; one-hot or 0 and 1 for ``classes``."""
    rng = np.random.default_rng((seed, 1))
    x = rng.normal(size=(count, len(network.inputs)))
    outputs = len(network.outputs)
    if not classes:
        return x, rng.normal(size=(count, outputs))
    if outputs == 1:
        return x, rng.integers(0, 2, (count, 1)).astype(float)
    return x, np.eye(outputs)[rng.integers(0, outputs, count)]


@st.composite
def networks(draw: st.DrawFn, **arguments: object) -> Network:
    """Draw a trainable network; the arguments are those of :func:`random_network`."""
    return random_network(draw(st.integers(0, 2**32 - 1)), **arguments)  # type: ignore[arg-type]
