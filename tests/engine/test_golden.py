"""Worked examples with every number: what a reader can follow with a pencil."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from backprop_gui.engine import LOSSES
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron, dense

HALF = LOSSES["half-squared"]


def trainer(
    network: Network, x: list[list[float]], t: list[list[float]], rate: float, loss: str = "half-squared"
) -> Trainer:
    a, b = np.array(x, dtype=float), np.array(t, dtype=float)
    settings = TrainingSettings(loss=loss, learning_rate=rate, batch_size=0)
    return Trainer(network, Examples(a, b, a[:0], b[:0]), settings)


def values(trained: Trainer) -> dict[int | tuple[int, int], float]:
    return {key: float(trained.theta[slot]) for key, slot in trained.plan.slot.items()}


def look(network: Network, x: list[float], t: list[float]) -> Trace:
    plan = compile_network(network)
    return trace(plan, plan.start, np.array([x]), np.array([t]), HALF)


# ---- Matt Mazur, "A Step by Step Backpropagation Example", 2015: 2-2-2, sigmoid, half squared error, rate 0.5

INPUT, TARGET = [0.05, 0.10], [0.01, 0.99]


def mazur(frozen_biases: bool) -> Network:
    layers = (Layer(1, "input"), Layer(2, "hidden"), Layer(3, "output"))
    neurons = (
        Neuron(11, 1, Kind.INPUT, "i1", "identity", None),
        Neuron(12, 1, Kind.INPUT, "i2", "identity", None),
        Neuron(21, 2, Kind.HIDDEN, "h1", "sigmoid", 0.35, frozen_biases),
        Neuron(22, 2, Kind.HIDDEN, "h2", "sigmoid", 0.35, frozen_biases),
        Neuron(31, 3, Kind.OUTPUT, "o1", "sigmoid", 0.60, frozen_biases),
        Neuron(32, 3, Kind.OUTPUT, "o2", "sigmoid", 0.60, frozen_biases),
    )
    edges = (
        Edge(11, 21, 0.15),
        Edge(12, 21, 0.20),
        Edge(11, 22, 0.25),
        Edge(12, 22, 0.30),
        Edge(21, 31, 0.40),
        Edge(22, 31, 0.45),
        Edge(21, 32, 0.50),
        Edge(22, 32, 0.55),
    )
    return Network(neurons, edges, layers, 33)


def test_mazur_forward_and_backward() -> None:
    seen = look(mazur(True), INPUT, TARGET)
    # net_h1 = .15 * .05 + .20 * .10 + .35 = .3775,  net_h2 = .25 * .05 + .30 * .10 + .35 = .3925
    assert seen.z[0, 2:4] == pytest.approx([0.3775, 0.3925], abs=1e-12)
    assert seen.a[0, 2:4] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    # net_o1 = .40 * .593269992 + .45 * .596884378 + .60
    assert seen.z[0, 4:] == pytest.approx([1.105905967, 1.2249214], abs=5e-8)
    assert seen.a[0, 4:] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    # E = (.75136507 - .01)^2 / 2 + (.772928465 - .99)^2 / 2 = .274811083 + .023560026
    assert (seen.a[0, 4] - 0.01) ** 2 / 2 == pytest.approx(0.274811083, abs=5e-10)
    assert (seen.a[0, 5] - 0.99) ** 2 / 2 == pytest.approx(0.023560026, abs=5e-10)
    assert seen.losses[0] == pytest.approx(0.298371109, abs=5e-10)
    # delta_o1 = .74136507 * .75136507 * (1 - .75136507)
    assert seen.delta[0, 4:] == pytest.approx([0.138498562, -0.038098237], abs=5e-10)
    # delta_h1 = (.40 * .138498562 + .50 * -.038098237) * .593269992 * (1 - .593269992)
    assert seen.delta[0, 2:4] == pytest.approx([0.008771354, 0.009954254], abs=1e-9)  # cut, not rounded


@pytest.mark.parametrize(("frozen", "loss"), [(True, 0.29102777369359933), (False, 0.28047144679143016)])
def test_mazur_one_step(frozen: bool, loss: float) -> None:
    taught = trainer(mazur(frozen), [INPUT], [TARGET], 0.5)
    taught.advance(1)
    after = values(taught)
    # w5 = .40 - .5 * .138498562 * .593269992 = .35891648, and so on: the deltas use the weights before the step.
    assert after[21, 31] == pytest.approx(0.35891648, abs=5e-9)
    assert after[22, 31] == pytest.approx(0.408666186, abs=5e-10)
    assert after[21, 32] == pytest.approx(0.51130127, abs=5e-9)
    assert after[22, 32] == pytest.approx(0.561370121, abs=5e-10)
    assert after[11, 21] == pytest.approx(0.149780716, abs=5e-10)
    assert after[12, 21] == pytest.approx(0.199561432, abs=5e-10)
    assert after[11, 22] == pytest.approx(0.249751144, abs=5e-10)
    assert after[12, 22] == pytest.approx(0.299502287, abs=5e-10)
    # With trained biases: b_h1 = .35 - .5 * .008771354 = .345614323
    biases = [0.35, 0.35, 0.60, 0.60] if frozen else [0.345614323, 0.345022873, 0.530750719, 0.619049118]
    assert [after[id] for id in (21, 22, 31, 32)] == pytest.approx(biases, abs=5e-10)
    taught.score()
    assert taught.train.loss == pytest.approx(loss, rel=1e-15)


def test_mazur_ten_thousand_steps() -> None:
    taught = trainer(mazur(True), [INPUT], [TARGET], 0.5)
    taught.advance(10_000)
    taught.score()
    assert taught.train.loss == pytest.approx(3.510187782978859e-05, rel=1e-12)
    assert [values(taught)[id] for id in (21, 22, 31, 32)] == [0.35, 0.35, 0.60, 0.60]


# ---- 2-3-1, identity everywhere, every weight and bias 1, half squared error, rate 0.1

XOR_X, XOR_T = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def ones() -> tuple[Network, list[int], list[int], int]:
    network = dense([2, 3, 1], activation="identity", output_activation="identity", draw=lambda i, o: 1.0)
    biased = {n.id: 1.0 for n in network.neurons if n.bias is not None}
    network = network.with_parameters(biased, {})
    ids = [n.id for n in network.neurons]
    return network, ids[:2], ids[2:5], ids[5]


def test_identity_network_one_example() -> None:
    network, inputs, hidden, output = ones()
    seen = look(network, [0, 0], [0])
    # z_h = 1 each; z_o = 1 + 3 * 1 = 4; loss 4^2 / 2 = 8; delta_o = 4 - 0; delta_h = 1 * 4
    assert seen.z[0].tolist() == [0, 0, 1, 1, 1, 4]
    assert seen.losses.tolist() == [8]
    assert seen.delta[0, 2:].tolist() == [4, 4, 4, 4]
    taught = trainer(network, [[0, 0]], [[0]], 0.1)
    slot = taught.plan.slot
    # bias column 4, the others 4 * 0; V: 4 * 1 and bias 4
    assert [seen.grad[slot[h]] for h in hidden] == [4, 4, 4]
    assert [seen.grad[slot[i, h]] for i in inputs for h in hidden] == [0] * 6
    assert [seen.grad[slot[h, output]] for h in hidden] + [seen.grad[slot[output]]] == [4, 4, 4, 4]
    taught.advance(1)
    after = values(taught)
    assert [after[h] for h in hidden] == pytest.approx([0.6] * 3, rel=1e-15)
    assert [after[i, h] for i in inputs for h in hidden] == [1.0] * 6
    assert [after[output], *(after[h, output] for h in hidden)] == pytest.approx([0.6] * 4, rel=1e-15)
    # output = .6 + 3 * .6 * .6 = 1.68; loss = 1.68^2 / 2 = 1.4112
    taught.score()
    assert taught.train.loss == pytest.approx(1.4112, rel=1e-14)


def test_identity_network_over_all_four_examples() -> None:
    network, inputs, hidden, output = ones()
    plan = compile_network(network)
    x, t = np.array(XOR_X, dtype=float), np.array(XOR_T, dtype=float)
    seen = trace(plan, plan.start, x, t, HALF)
    # z_h = 1, 2, 2, 3; outputs 1 + 3 z_h; deltas = outputs - t
    assert seen.a[:, plan.column[output]].tolist() == [4, 7, 7, 10]
    assert seen.delta[:, plan.column[output]].tolist() == [4, 6, 6, 10]
    # V: bias (4 + 6 + 6 + 10) / 4 = 6.5; weights (4*1 + 6*2 + 6*2 + 10*3) / 4 = 14.5
    assert seen.grad[plan.slot[output]] == 6.5
    assert [seen.grad[plan.slot[h, output]] for h in hidden] == [14.5] * 3
    # W: bias 6.5; x1 (6 + 10) / 4 = 4 and x2 the same
    assert [seen.grad[plan.slot[h]] for h in hidden] == [6.5] * 3
    assert [seen.grad[plan.slot[i, h]] for i in inputs for h in hidden] == [4.0] * 6
    # (16 + 36 + 36 + 100) / 2 / 4
    assert seen.losses.mean() == 23.5
    taught = trainer(network, XOR_X, XOR_T, 0.1)
    taught.advance(1)
    after = values(taught)
    assert after[output] == pytest.approx(0.35, rel=1e-14)
    assert [after[h, output] for h in hidden] == pytest.approx([-0.45] * 3, rel=1e-14)
    assert [after[h] for h in hidden] == pytest.approx([0.35] * 3, rel=1e-14)
    assert [after[i, h] for i in inputs for h in hidden] == pytest.approx([0.6] * 6, rel=1e-14)
    # z_h = .35, .95, .95, 1.55; outputs .35 - 1.35 z_h
    outputs = trace(plan, taught.theta, x, t, HALF).a[:, plan.column[output]]
    assert outputs == pytest.approx([-0.1225, -0.9325, -0.9325, -1.7425], rel=1e-13)
    taught.score()
    assert taught.train.loss == pytest.approx(1.315053125, rel=1e-13)


def test_one_sigmoid_neuron() -> None:
    network = dense([2, 1], output_activation="sigmoid")
    first, second, output = (n.id for n in network.neurons)
    network = network.with_parameters({output: 0.1}, {(first, output): 0.4, (second, output): 0.3})
    seen = look(network, [0.5, -1], [1])
    # z = .4 * .5 - .3 + .1 = 0; y = 1/2; E = (1/2)^2 / 2 = .125; delta = (.5 - 1) * .5 * .5 = -.125
    assert seen.z[0, 2] == pytest.approx(0, abs=1e-16)
    assert seen.a[0, 2] == pytest.approx(0.5, rel=1e-15)
    assert seen.losses[0] == pytest.approx(0.125, rel=1e-15)
    assert seen.delta[0, 2] == pytest.approx(-0.125, rel=1e-15)
    taught = trainer(network, [[0.5, -1]], [[1]], 0.5)
    slot = taught.plan.slot
    # -.125 * .5, -.125 * -1, -.125
    grad = [seen.grad[slot[first, output]], seen.grad[slot[second, output]], seen.grad[slot[output]]]
    assert grad == pytest.approx([-0.0625, 0.125, -0.125], rel=1e-15)
    taught.advance(1)
    after = values(taught)
    found = [after[first, output], after[second, output], after[output]]
    assert found == pytest.approx([0.43125, 0.2375, 0.1625], rel=1e-15)


# ---- gradient descent on (x + 2)^2: one weight w from an input of 1, no bias, target -2, sum squared


@pytest.mark.parametrize(
    ("rate", "path"),
    [
        # w <- w - rate * 2 (w + 2)
        (0.1, [0, -0.4, -0.72, -0.976, -1.1808, -1.34464]),
        (0.5, [0, -2, -2, -2]),
        (1.0, [0, -4, 0, -4]),
    ],
)
def test_gradient_descent_on_a_parabola(rate: float, path: list[float]) -> None:
    taught = parabola(rate)
    [key] = taught.plan.keys
    found = [values(taught)[key]]
    for _ in path[1:]:
        taught.advance(1)
        found.append(values(taught)[key])
    assert found == pytest.approx(path, rel=1e-15, abs=1e-15)


def test_gradient_descent_on_a_parabola_diverges_and_says_so() -> None:
    # w + 2 begins at 2 and is multiplied by 1 - 2 * 1.1 = -1.2 in every step; its square, the loss, no longer fits
    # into a float64 once 4 * 1.44^k > 1.8e308.
    taught = parabola(1.1)
    taught.advance(100_000)
    assert taught.note is not None
    last_finite = (math.log(sys.float_info.max) - math.log(4)) / math.log(1.44)
    assert taught.note.step == math.floor(last_finite) + 1
    assert taught.note.parameter == "the weight x → ŷ"


def parabola(rate: float) -> Trainer:
    network = dense([1, 1], output_activation="identity", bias=False)
    return trainer(network, [[1]], [[-2]], rate, "sum-squared")
