"""Number by number the same as PyTorch, where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backprop_gui.engine import ACTIVATIONS, LOSSES, OPTIMIZERS
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind, Network, dense
from tests.strategies import random_examples, random_network

torch = pytest.importorskip("torch")

STEPS = 200

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "elu": torch.nn.functional.elu,
    "silu": torch.nn.functional.silu,
    "gelu": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
    "sine": torch.sin,
}

# Each example's own loss; a and t are (examples, outputs).
LOSS_OF: dict[str, Callable[[Any, Any], Any]] = {
    "half-squared": lambda a, t: torch.nn.functional.mse_loss(a, t, reduction="none").sum(1) / 2,
    "mean-squared": lambda a, t: torch.nn.functional.mse_loss(a, t, reduction="none").mean(1),
    "sum-squared": lambda a, t: torch.nn.functional.mse_loss(a, t, reduction="none").sum(1),
    "absolute": lambda a, t: torch.nn.functional.l1_loss(a, t, reduction="none").sum(1),
    "huber": lambda a, t: torch.nn.functional.huber_loss(a, t, reduction="none").sum(1),
    "binary-cross-entropy": lambda a, t: torch.nn.functional.binary_cross_entropy(a, t, reduction="none").sum(
        1
    ),
    "cross-entropy": lambda a, t: torch.nn.functional.cross_entropy(a, t, reduction="none"),
}

OPTIMIZER_OF: dict[str, Callable[[list[Any], TrainingSettings], Any]] = {
    "sgd": lambda p, s: torch.optim.SGD(p, lr=s.learning_rate),
    "momentum": lambda p, s: torch.optim.SGD(p, lr=s.learning_rate, momentum=s.momentum),
    "nesterov": lambda p, s: torch.optim.SGD(p, lr=s.learning_rate, momentum=s.momentum, nesterov=True),
    "adagrad": lambda p, s: torch.optim.Adagrad(p, lr=s.learning_rate),
    "rmsprop": lambda p, s: torch.optim.RMSprop(p, lr=s.learning_rate, alpha=s.rho),
    "adam": lambda p, s: torch.optim.Adam(p, lr=s.learning_rate, betas=(s.beta1, s.beta2)),
    "adamw": lambda p, s: torch.optim.AdamW(
        p, lr=s.learning_rate, betas=(s.beta1, s.beta2), weight_decay=s.weight_decay
    ),
}


class Twin:
    """The same network in PyTorch, neuron by neuron, so that any graph can be compared."""

    def __init__(self, network: Network, dtype: Any = torch.float64) -> None:
        self.network = network
        self.parameters: dict[Any, Any] = {}
        for neuron in network.neurons:
            if neuron.bias is not None:
                self.parameters[neuron.id] = torch.tensor(
                    neuron.bias, dtype=dtype, requires_grad=not neuron.frozen
                )
        for edge in network.edges:
            self.parameters[edge.source, edge.target] = torch.tensor(
                edge.weight, dtype=dtype, requires_grad=not edge.frozen
            )

    def trained(self) -> list[Any]:
        return [parameter for parameter in self.parameters.values() if parameter.requires_grad]

    def __call__(self, x: Any) -> Any:
        a = {neuron.id: x[:, column] for column, neuron in enumerate(self.network.inputs)}
        for neuron in sorted(self.network.neurons, key=lambda n: self.network.ranks[n.id]):
            if neuron.kind is Kind.INPUT:
                continue
            z = torch.zeros(len(x), dtype=x.dtype)
            if neuron.bias is not None:
                z = z + self.parameters[neuron.id]
            for edge in self.network.incoming[neuron.id]:
                z = z + self.parameters[edge.source, edge.target] * a[edge.source]
            a[neuron.id] = FUNCTIONS[neuron.activation](z)
        return torch.stack([a[neuron.id] for neuron in self.network.outputs], 1)

    def values(self, plan: Plan) -> np.ndarray:
        theta = np.zeros(plan.size)
        for key, slot in plan.slot.items():
            theta[slot] = self.parameters[key].item()
        return theta

    def gradient(self, plan: Plan) -> np.ndarray:
        grad = np.zeros(plan.size)
        for key, slot in plan.slot.items():
            found = self.parameters[key].grad
            grad[slot] = 0.0 if found is None else found.item()
        return grad


def tensors(*arrays: np.ndarray) -> list[Any]:
    return [torch.from_numpy(np.array(array)) for array in arrays]


def small_dense() -> Network:
    draw = drawer("xavier-normal", 1)
    return dense([2, 4, 3, 2], activation="tanh", output_activation="identity", draw=draw).redrawn(draw, 0.1)


def with_skip() -> Network:
    network = dense(
        [2, 3, 2, 1], activation="sigmoid", output_activation="identity", draw=drawer("xavier-normal", 2)
    )
    gone = network.edges[0]
    network = network.without([(gone.source, gone.target)])
    return network.connect(network.inputs[0].id, network.outputs[0].id, 0.3)


@pytest.mark.parametrize("network", [small_dense(), with_skip()], ids=["dense", "skip"])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_two_hundred_steps(optimizer: str, network: Network) -> None:
    x, t = random_examples(network, 10, 3)
    settings = TrainingSettings(
        loss="half-squared", optimizer=optimizer, learning_rate=0.02, batch_size=0, weight_decay=0.05
    )
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    twin = Twin(network)
    theirs = OPTIMIZER_OF[optimizer](twin.trained(), settings)
    inputs, targets = tensors(x, t)
    for _ in range(STEPS):
        theirs.zero_grad()
        LOSS_OF["half-squared"](twin(inputs), targets).mean().backward()
        theirs.step()
    trainer.advance(STEPS)
    np.testing.assert_allclose(trainer.theta, twin.values(trainer.plan), rtol=0, atol=1e-10)
    assert np.abs(trainer.theta - trainer.plan.start).max() > 0.01


@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize("outputs", [1, 3])
def test_every_loss_and_its_gradient(loss: str, outputs: int) -> None:
    last = "sigmoid" if loss == "binary-cross-entropy" else "identity"
    for seed in range(3):
        network = random_network(seed, outputs=outputs, hidden=5, output_activation=last)
        plan = compile_network(network)
        x, t = random_examples(network, 6, seed, classes="cross-entropy" in loss)
        if loss == "cross-entropy" and outputs == 3:
            t = 0.8 * t + 0.2 / 3  # probabilities as targets, not only classes
        seen = trace(plan, plan.start, x, t, LOSSES[loss])
        twin = Twin(network)
        # Shown is the gradient of everything, trained or not.
        for parameter in twin.parameters.values():
            parameter.requires_grad_()
        inputs, targets = tensors(x, t)
        losses = LOSS_OF[loss](twin(inputs), targets)
        np.testing.assert_allclose(seen.losses, losses.detach().numpy(), rtol=1e-12, atol=1e-14)
        losses.mean().backward()
        np.testing.assert_allclose(seen.grad, twin.gradient(plan), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_every_activation_and_its_slope(activation: str) -> None:
    z = np.concatenate([np.linspace(-30, 30, 301), [-800.0, 800.0]])
    a, slope = np.empty_like(z), np.empty_like(z)
    with np.errstate(all="ignore"):
        ACTIVATIONS[activation].function(z, a)
        ACTIVATIONS[activation].derivative(z, a, slope)
    theirs = torch.from_numpy(z.copy()).requires_grad_()
    out = FUNCTIONS[activation](theirs)
    out.sum().backward()
    np.testing.assert_allclose(a, out.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slope, theirs.grad.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_l2_is_the_weight_decay_of_torch(optimizer: str) -> None:
    network = dense([2, 4, 1], output_activation="identity", bias=False, draw=drawer("normal", 0))
    x, t = random_examples(network, 10, 3)
    settings = TrainingSettings(
        loss="half-squared", optimizer=optimizer, learning_rate=0.02, batch_size=0, l2=0.07
    )
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    twin = Twin(network)
    momentum = 0.0 if optimizer == "sgd" else settings.momentum
    theirs = torch.optim.SGD(
        twin.trained(), lr=0.02, momentum=momentum, nesterov=optimizer == "nesterov", weight_decay=0.07
    )
    inputs, targets = tensors(x, t)
    for _ in range(STEPS):
        theirs.zero_grad()
        LOSS_OF["half-squared"](twin(inputs), targets).mean().backward()
        theirs.step()
    trainer.advance(STEPS)
    np.testing.assert_allclose(trainer.theta, twin.values(trainer.plan), rtol=0, atol=1e-10)


@pytest.mark.parametrize("reduction", list(Reduction))
def test_clipping_and_penalties(reduction: Reduction) -> None:
    network = with_skip()
    x, t = random_examples(network, 10, 3)
    settings = TrainingSettings(
        loss="huber", reduction=reduction, learning_rate=0.05, batch_size=0, l1=0.01, l2=0.02, clip_norm=0.3
    )
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    twin = Twin(network)
    weights = [p for key, p in twin.parameters.items() if isinstance(key, tuple)]
    theirs = torch.optim.SGD(twin.trained(), lr=0.05)
    inputs, targets = tensors(x, t)
    clipped = 0
    for _ in range(STEPS):
        theirs.zero_grad()
        losses = LOSS_OF["huber"](twin(inputs), targets)
        data_loss = losses.mean() if reduction is Reduction.MEAN else losses.sum()
        penalty = sum(0.01 * p.abs() + 0.01 * p * p for p in weights)
        (data_loss + penalty).backward()
        clipped += torch.nn.utils.clip_grad_norm_(twin.trained(), 0.3).item() > 0.3
        theirs.step()
    assert clipped > 0
    trainer.advance(STEPS)
    np.testing.assert_allclose(trainer.theta, twin.values(trainer.plan), rtol=0, atol=1e-10)
    assert trainer.frame().penalty == pytest.approx(
        sum(0.01 * abs(w) + 0.01 * w * w for w in (p.item() for p in weights))
    )


def test_mini_batches_with_frozen_parts() -> None:
    network = random_network(5, inputs=2, outputs=2, hidden=6, freeze=0.3)
    x, t = random_examples(network, 11, 3)
    settings = TrainingSettings(
        loss="mean-squared", optimizer="adamw", learning_rate=0.01, batch_size=4, seed=9
    )
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    order = Trainer(network, trainer.examples, settings).stepper.batches
    twin = Twin(network)
    theirs = OPTIMIZER_OF["adamw"](twin.trained(), settings)
    inputs, targets = tensors(x, t)
    for _ in range(60):
        batch = torch.from_numpy(order.take().copy())
        theirs.zero_grad()
        LOSS_OF["mean-squared"](twin(inputs[batch]), targets[batch]).mean().backward()
        theirs.step()
    trainer.advance(60)
    np.testing.assert_allclose(trainer.theta, twin.values(trainer.plan), rtol=0, atol=1e-10)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_single_precision_stays_near(optimizer: str) -> None:
    network = small_dense()
    x, t = random_examples(network, 10, 3)
    settings = TrainingSettings(loss="half-squared", optimizer=optimizer, learning_rate=0.02, batch_size=0)
    single = Trainer(network, Examples(x, t, x[:0], t[:0]), replace(settings, precision="float32"))
    double = Trainer(network, single.examples, settings)
    single.advance(50)
    double.advance(50)
    assert single.theta.dtype == np.float32
    np.testing.assert_allclose(single.theta, double.theta, atol=5e-4)
