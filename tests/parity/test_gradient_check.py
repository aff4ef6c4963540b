"""Backpropagation, the reference of the gradient check and PyTorch's autograd find the same gradient of any graph."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.gradient_check import Method, check_gradient
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import Kind, Network
from tests.parity.test_pytorch import LOSS_OF, Twin, tensors
from tests.strategies import SMOOTH, random_examples, random_network

GRAPHS = 200
TOLERANCE = 1e-9
NEAR_A_KINK = 1e-3


def a_graph(seed: int, loss: str) -> tuple[Network, np.ndarray, np.ndarray]:
    """Return a graph and some examples for it; every third one is smooth, so that the complex step is used."""
    activations = SMOOTH if seed % 3 == 0 else tuple(ACTIVATIONS)
    last = "sigmoid" if loss == "binary-cross-entropy" else None
    network = random_network(seed, activations=activations, output_activation=last, freeze=0.2)
    classes = loss in ("binary-cross-entropy", "cross-entropy")
    return network, *random_examples(network, 1 + seed % 7, seed, classes=classes)


def keeps_away_from_kinks(network: Network, loss: str, x: np.ndarray, t: np.ndarray) -> bool:
    plan = compile_network(network)
    seen = trace(plan, plan.start, x, t, LOSSES[loss])
    kinked = [plan.column[n.id] for n in network.neurons if not ACTIVATIONS[n.activation].analytic]
    outputs = [plan.column[n.id] for n in network.outputs]
    gaps = np.abs(seen.a[:, outputs] - t)
    return bool(
        np.abs(seen.z[:, kinked]).min(initial=1.0) > NEAR_A_KINK
        and (loss != "absolute" or gaps.min() > NEAR_A_KINK)
        and (loss != "huber" or np.abs(gaps - 1).min() > NEAR_A_KINK)
    )


def apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference relative to the largest entry of either."""
    size = max(np.abs(ours).max(initial=0.0), np.abs(theirs).max(initial=0.0))
    return float(np.abs(ours - theirs).max(initial=0.0) / size) if size else 0.0


def test_two_hundred_graphs(record_property: pytest.RecordProperty) -> None:
    seen: dict[str, int] = dict.fromkeys([*ACTIVATIONS, *LOSSES, *(method.label for method in Method)], 0)
    frozen = skips = unbiased = 0
    worst = {"backpropagation": 0.0, **{method.label: 0.0 for method in Method}}
    seeds = iter(range(10_000))
    cases = list(product(LOSSES, (True, False)))
    for number in range(GRAPHS):
        loss, mean = cases[number % len(cases)]
        for seed in seeds:
            network, x, t = a_graph(seed, loss)
            if keeps_away_from_kinks(network, loss, x, t):
                break
        plan = compile_network(network)
        check = check_gradient(plan, plan.start, x, t, LOSSES[loss], mean=mean)
        assert check is not None
        assert check.passed, f"graph {number}, {loss}: {check.worst} {check.max_relative_error}"
        twin = Twin(network)
        # The gradient of what is frozen is shown and checked like every other.
        for parameter in twin.parameters.values():
            parameter.requires_grad_()
        losses = LOSS_OF[loss](twin(tensors(x)[0]), tensors(t)[0])
        (losses.mean() if mean else losses.sum()).backward()
        theirs = twin.gradient(plan)[plan.slots]
        for name, ours in (("backpropagation", check.claimed), (check.method.label, check.measured)):
            difference = apart(ours, theirs)
            assert difference < TOLERANCE, f"graph {number}, {loss}, {name}: {difference}"
            worst[name] = max(worst[name], difference)
        seen[loss] += 1
        seen[check.method.label] += 1
        for neuron in network.neurons:
            if neuron.kind is not Kind.INPUT:
                seen[neuron.activation] += 1
                unbiased += neuron.bias is None
        frozen += sum(part.frozen for part in (*network.neurons, *network.edges))
        skips += sum(network.ranks[e.target] - network.ranks[e.source] > 1 for e in network.edges)
    # It was about what it says.
    assert min(seen.values()) >= 10, seen
    assert min(frozen, skips, unbiased) >= 100
    for name, difference in worst.items():
        record_property(f"largest difference from PyTorch, {name}", difference)
        print(f"largest difference from PyTorch over {GRAPHS} graphs, {name}: {difference:.2g}")
