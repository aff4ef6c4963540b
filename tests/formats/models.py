"""Models to export, and their outputs worked out neuron by neuron, straight from the drawing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.plan import compile_network
from backprop_gui.formats import Model
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron
from tests.strategies import random_network

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "leaky-relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "silu": lambda z: z / (1 + math.exp(-z)) if z > -700 else 0.0,
    "gelu": lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "sine": math.sin,
}
"""The activations once more, in the standard library's words."""


def model_of(
    network: Network,
    *,
    dtype: str = "float64",
    loss: str = "half-squared",
    seed: int = 0,
    title: str = "a model",
) -> Model:
    """Return a model with trained values unlike the drawn ones, and a scaling that matters."""
    rng = np.random.default_rng(seed)
    plan = compile_network(network)
    theta = plan.start.copy()
    theta[plan.slots] = rng.normal(0, 0.8, len(plan.slots))
    inputs = len(network.inputs)
    return Model(
        network,
        plan,
        theta.astype(dtype),
        LOSSES[loss],
        rng.normal(0, 3, inputs),
        rng.uniform(0.3, 4, inputs),
        tuple(f"column {neuron.name}" for neuron in network.inputs),
        tuple(neuron.name for neuron in network.outputs),
        ("no", "yes"),
        title,
    )


def random_model(seed: int, dtype: str = "float64") -> Model:
    """Return a model of any shape; every other one predicts probabilities."""
    loss = "cross-entropy" if seed % 2 else "huber"
    return model_of(random_network(seed), dtype=dtype, loss=loss, seed=seed)


def small_model(dtype: str = "float64") -> Model:
    """Return a network in which every parameter matters: two activations in a rank, a skip, a missing bias.

    x1, x2 -> h1 (tanh), h2 (softplus, no bias) -> y, and x2 -> y.
    """
    neurons = (
        Neuron(1, 1, Kind.INPUT, "x1", "identity", None),
        Neuron(2, 1, Kind.INPUT, "x2", "identity", None),
        Neuron(3, 2, Kind.HIDDEN, "h1", "tanh", 0.1),
        Neuron(4, 2, Kind.HIDDEN, "h2", "softplus", None),
        Neuron(5, 3, Kind.OUTPUT, "y", "identity", -0.3),
    )
    pairs = ((1, 3), (2, 3), (1, 4), (3, 5), (4, 5), (2, 5))
    layers = (Layer(1, "in"), Layer(2, "mid"), Layer(3, "out"))
    return model_of(
        Network(neurons, tuple(Edge(a, b, 0.5) for a, b in pairs), layers, 6),
        dtype=dtype,
        seed=7,
        title="small",
    )


def one_neuron(activation: str, dtype: str = "float64") -> Model:
    """Return a network that does nothing but apply ``activation`` to its input."""
    neurons = (
        Neuron(1, 1, Kind.INPUT, "x", "identity", None),
        Neuron(2, 2, Kind.OUTPUT, "y", activation, None),
    )
    network = Network(neurons, (Edge(1, 2, 1.0),), (Layer(1, "in"), Layer(2, "out")), 3)
    plan = compile_network(network)
    return Model(
        network, plan, plan.start.astype(dtype), LOSSES["huber"], np.zeros(1), np.ones(1), ("x",), ("y",)
    )


def outputs_by_hand(model: Model, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (examples, outputs) as a person with a pocket calculator would find them."""
    network = model.network
    biases, weights = model.biases, dict(zip(network.edge_of, model.weights, strict=True))
    rows = []
    for example in x.tolist():
        value: dict[int, float] = {}
        for neuron, number, mean, scale in zip(
            network.inputs, example, model.mean.tolist(), model.scale.tolist(), strict=True
        ):
            value[neuron.id] = (number - mean) / scale
        for neuron in sorted(network.neurons, key=lambda neuron: network.ranks[neuron.id]):
            if neuron.kind is not Kind.INPUT:
                terms = [
                    weights[edge.source, edge.target] * value[edge.source]
                    for edge in network.incoming[neuron.id]
                ]
                value[neuron.id] = FUNCTIONS[neuron.activation](
                    math.fsum([*terms, biases.get(neuron.id, 0.0)])
                )
        row = [value[neuron.id] for neuron in network.outputs]
        if model.loss.name == "cross-entropy":
            powers = [math.exp(a - max(row)) for a in row]
            row = [power / math.fsum(powers) for power in powers]
        rows.append(row)
    return np.array(rows)


assert set(FUNCTIONS) == set(ACTIVATIONS), "an activation was added: say here what it is"
