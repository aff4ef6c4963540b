"""The predictor gives the model's own numbers and prepares nothing twice; the budget keeps to its share."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_gui.data import prepare
from backprop_gui.engine.frame import Part
from backprop_gui.engine.passes import Passes, trace
from backprop_gui.engine.trainer import Trainer
from backprop_gui.project import examples_of, with_shape
from backprop_gui.ui.plots import answers as answers_module
from backprop_gui.ui.plots import budget as budget_module
from backprop_gui.ui.plots import predictor as predictor_module
from backprop_gui.ui.plots.answers import Answers
from backprop_gui.ui.plots.budget import Budget
from backprop_gui.ui.plots.predictor import CHUNK, Predictor
from tests.ui.conftest import a_project


def a_trainer(source: str = "spiral-3", hidden: tuple[int, ...] = (5, 4)) -> Trainer:
    project = a_project(source, hidden)
    return Trainer(project.network, examples_of(prepare(project.data)), project.training)


@pytest.mark.parametrize("count", [1, 7, CHUNK, CHUNK + 1, 3 * CHUNK - 5])
def test_it_answers_as_the_trace_does(count: int) -> None:
    frame = a_trainer().frame()
    x = np.random.default_rng(0).normal(size=(count, 2))
    expected = trace(frame.plan, frame.theta, x, np.zeros((count, 3)), frame.loss).predictions
    np.testing.assert_allclose(Predictor(x).predict(frame).T, expected, rtol=1e-12)
    np.testing.assert_allclose(Predictor(x, np.float32).predict(frame).T, expected, atol=1e-5)


def test_it_prepares_once_for_each_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Counted(Passes):
        def __init__(self, *arguments: object) -> None:
            made.append(arguments)
            super().__init__(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(predictor_module, "Passes", Counted)
    trainer = a_trainer()
    predictor = Predictor(np.ones((3, 2)))
    first = predictor.predict(trainer.frame())
    trainer.advance(5)
    second = predictor.predict(trainer.frame())
    assert len(made) == 1
    assert not np.array_equal(first, second)
    trainer.rebase(with_shape(a_project("spiral-3", (5, 4)), (6,)).network)
    predictor.predict(trainer.frame())
    assert len(made) == 2


def test_of_many_examples_an_even_selection_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "PRODUCTS", 400_000)
    project = a_project("digits", (8,))
    prepared = prepare(project.data)
    trainer = Trainer(project.network, examples_of(prepared), project.training)
    answers, frame = Answers(prepared, Part.TRAIN), trainer.frame()
    predictions = answers.predict(frame)
    used, total = len(answers.indices), len(prepared.x_train)
    assert 50 <= used <= 400_000 / frame.plan.size < total
    assert len(predictions) == len(answers.targets) == used
    assert answers.note == f"{used:,} of {total:,} examples"
    assert np.diff(answers.indices).max() <= total // used + 1


def test_a_budget_waits_until_what_was_spent_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        now = 100.0

    monkeypatch.setattr(budget_module.time, "perf_counter", lambda: Clock.now)
    budget = Budget(0.1)
    assert budget.allows()
    with budget.spend():
        Clock.now += 0.002
    assert not budget.allows()
    with budget.spend():  # painting it costs too
        Clock.now += 0.001
    Clock.now = 100.0299
    assert not budget.allows()
    Clock.now = 100.0301
    assert budget.allows()
