"""Every optimiser against its definition, one number at a time; PyTorch's own word is in tests/parity."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.settings import TrainingSettings

SETTINGS = TrainingSettings(
    learning_rate=0.3, momentum=0.8, rho=0.95, beta1=0.85, beta2=0.97, weight_decay=0.2
)
RATE = 0.3
GRADIENTS = [0.5, -0.25, 1e-4, 0.0, 2.0, -1.5]


def sgd(w: float) -> Iterator[float]:
    for g in GRADIENTS:
        w -= RATE * g
        yield w


def momentum(w: float) -> Iterator[float]:
    v = 0.0
    for g in GRADIENTS:
        v = 0.8 * v + g
        w -= RATE * v
        yield w


def nesterov(w: float) -> Iterator[float]:
    v = 0.0
    for g in GRADIENTS:
        v = 0.8 * v + g
        w -= RATE * (g + 0.8 * v)
        yield w


def adagrad(w: float) -> Iterator[float]:
    s = 0.0
    for g in GRADIENTS:
        s += g * g
        w -= RATE * g / (math.sqrt(s) + 1e-10)
        yield w


def rmsprop(w: float) -> Iterator[float]:
    s = 0.0
    for g in GRADIENTS:
        s = 0.95 * s + 0.05 * g * g
        w -= RATE * g / (math.sqrt(s) + 1e-8)
        yield w


def adam(w: float, decay: float = 0.0) -> Iterator[float]:
    # Kingma and Ba, 2015, algorithm 1.
    m = v = 0.0
    for k, g in enumerate(GRADIENTS, start=1):
        w -= RATE * decay * w
        m = 0.85 * m + 0.15 * g
        v = 0.97 * v + 0.03 * g * g
        w -= RATE * (m / (1 - 0.85**k)) / (math.sqrt(v / (1 - 0.97**k)) + 1e-8)
        yield w


def adamw(w: float) -> Iterator[float]:
    return adam(w, 0.2)


BY_HAND: dict[str, Callable[[float], Iterator[float]]] = {
    function.__name__: function for function in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)
}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_by_hand(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    # Of three parameters the second has no gradient and, like the third, is not trained.
    theta = np.array([1.0, 0.7, -0.0])
    memory = optimizer.memory(3, theta.dtype, np.array([1.0, 0.0, 0.0]))
    assert set(memory.vectors) == set(optimizer.vectors)
    for g, expected in zip(GRADIENTS, BY_HAND[name](1.0), strict=True):
        memory.count += 1
        optimizer.step(theta, np.array([g, 0.0, 0.0]), RATE, SETTINGS, memory)
        assert theta[0] == pytest.approx(expected, rel=1e-13)
        assert theta[1:].tolist() == [0.7, 0.0]


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_the_precision_is_kept(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    theta, grad = np.ones(4, np.float32), np.full(4, 0.5, np.float32)
    memory = optimizer.memory(4, theta.dtype)
    memory.count = 1
    optimizer.step(theta, grad, RATE, SETTINGS, memory)
    assert theta.dtype == np.float32
    assert (theta < 1).all()
    assert {vector.dtype for vector in memory.vectors.values()} <= {np.dtype(np.float32)}
