"""Threads: two for large products only, and one again for everything after them."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from backprop_gui.engine.examples import Examples
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.stepper import Stepper
from backprop_gui.engine.threads import threads_for, with_threads
from backprop_gui.network import dense


@pytest.mark.parametrize(
    ("sizes", "examples", "many"),
    [([2, 4, 1], 10, False), ([64, 128, 64, 1], 32, False), ([784, 256, 128, 10], 128, True)],
)
def test_only_large_products_are_worth_a_second_thread(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], examples: int, many: bool
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert threads_for(compile_network(dense(sizes)), examples) == (2 if many else 1)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert threads_for(compile_network(dense(sizes)), examples) == 1


@pytest.mark.parametrize("usual", [1, 2])
def test_a_large_update_leaves_the_threads_as_they_were(monkeypatch: pytest.MonkeyPatch, usual: int) -> None:
    # A person may have asked for another number than one.
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(600, 100)), rng.normal(size=(600, 1))
    settings = TrainingSettings(loss="half-squared", batch_size=500)
    stepper = Stepper(compile_network(dense([100, 100, 1])), Examples(x, t, x[:0], t[:0]), settings)
    controller = ThreadpoolController()
    with controller.limit(limits=usual):
        stepper.update()
        assert set(counts(controller)) <= {usual}


def test_calls_have_the_threads_they_are_given() -> None:
    controller = ThreadpoolController()
    seen: list[int] = []
    with controller.limit(limits=1):
        for call in with_threads(2, (lambda: seen.extend(counts(controller)),)):
            call()
    assert set(seen) <= {2}
    assert len(seen) == len(counts(controller))


def counts(controller: ThreadpoolController) -> list[int]:
    return [library.num_threads for library in controller.select(internal_api="openblas").lib_controllers]
