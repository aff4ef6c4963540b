"""Breakpoints: each stops at exactly its update, says why, and changes nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.engine.breakpoints import BREAKPOINTS, Breakpoint
from backprop_gui.engine.examples import Decision, Examples
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.passes import trace
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import dense

SETTINGS = TrainingSettings(loss="half-squared", learning_rate=0.6, batch_size=4, seed=3)
X = np.array(
    [
        [0.0, 0.0],
        [0.0, 1.0],
        [1.0, 0.0],
        [1.0, 1.0],
        [0.2, 0.9],
        [0.9, 0.1],
        [0.8, 0.8],
        [0.1, 0.2],
        [1.0, 0.3],
    ]
)
T = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [1.0], [0.0], [0.0], [1.0]])


def begin(*breakpoints: Breakpoint, test: int = 0, **changes: object) -> Trainer:
    network = dense(
        [2, 4, 3, 1], activation="tanh", output_activation="sigmoid", draw=drawer("xavier-uniform", 5)
    )
    count = len(X) - test
    data = Examples(X[:count], T[:count], X[count:], T[count:], Decision.THRESHOLD)
    trainer = Trainer(network, data, replace(SETTINGS, **changes))  # type: ignore[arg-type]
    trainer.watch_for(breakpoints)
    return trainer


def first(condition: Callable[[Trainer], bool], most: int = 3000, **changes: object) -> int:
    """Return the first update after which ``condition`` holds, found without any breakpoint."""
    trainer = begin(**changes)
    while trainer.step < most:
        trainer.advance(1)
        if condition(trainer):
            return trainer.step
    raise AssertionError("never")


def largest(trainer: Trainer) -> float:
    return float(np.abs(trainer.theta[trainer.plan.slots]).max())


def least_delta(trainer: Trainer, before: np.ndarray, batch: np.ndarray) -> float:
    """The smallest mean |δ| of a layer, from the passes that fill the screen and not from those that train."""
    plan = trainer.plan
    seen = trace(plan, before, X[batch], T[batch], trainer.stepper.loss)
    return min(
        float(np.abs(seen.delta[:, [plan.column[n.id] for n in plan.network.members[layer.id]]]).mean())
        for layer in plan.network.layers[1:]
    )


def by_ones(trainer: Trainer) -> None:
    while trainer.note is None:
        trainer.advance(1)


def by_epochs(trainer: Trainer) -> None:
    while trainer.note is None:
        trainer.advance_epoch()


def at_once(trainer: Trainer) -> None:
    trainer.advance(10**6)


WAYS = [by_ones, by_epochs, at_once]
every_way = pytest.mark.parametrize("drive", WAYS)


def stopped(trainer: Trainer) -> int:
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.BREAKPOINT
    assert trainer.note.step == trainer.step
    assert trainer.note.text.startswith(f"Stopped at step {trainer.step:,}: ")
    return trainer.step


@every_way
@pytest.mark.parametrize("bound", [1.5, 2.0, 3.0])
def test_a_weight_beyond_its_bound(drive: Callable[[Trainer], None], bound: float) -> None:
    due = first(lambda trainer: largest(trainer) > bound)
    trainer = begin(Breakpoint("weight-beyond", bound))
    drive(trainer)
    assert stopped(trainer) == due > 1
    (key,) = trainer.note.keys  # type: ignore[union-attr]
    value = trainer.theta[trainer.plan.slot[key]]
    assert abs(value) == largest(trainer)
    assert f"beyond ±{bound:g}" in trainer.note.text.replace(".0", ".0")  # type: ignore[union-attr]
    said = re.search(r"is (−?[\d.]+),", trainer.note.text)  # type: ignore[union-attr]
    assert said
    assert abs(float(said[1].replace("−", "-"))) > bound
    assert math.copysign(1, value) == (-1 if said[1][0] == "−" else 1)


@every_way
@pytest.mark.parametrize("reduction", list(Reduction))
def test_a_delta_below_its_bound(drive: Callable[[Trainer], None], reduction: Reduction) -> None:
    trainer, bound, due = begin(reduction=reduction), 0.02, 0
    while not due:
        before, batch = trainer.theta.copy(), trainer.stepper.batches.peek()
        trainer.advance(1)
        if least_delta(trainer, before, batch) < bound:
            due = trainer.step
    watched = begin(Breakpoint("delta-below", bound), reduction=reduction)
    drive(watched)
    assert stopped(watched) == due > 1
    members = watched.plan.network.members
    assert watched.note is not None
    assert watched.note.keys in [
        {n.id for n in members[layer.id]} for layer in watched.plan.network.layers[1:]
    ]
    assert "below 0.02" in watched.note.text


@every_way
def test_a_loss_that_rises(drive: Callable[[Trainer], None]) -> None:
    changes = {"learning_rate": 1.0}
    twin = begin(**changes)
    losses = [twin.train.loss]
    while not (len(losses) > 1 and losses[-1] > 1.01 * losses[-2]):
        twin.advance_epoch()
        losses.append(twin.stepper.score_train().loss)
    trainer = begin(Breakpoint("loss-rises", 1.01), **changes)
    drive(trainer)
    assert stopped(trainer) == twin.step
    assert trainer.train.loss == losses[-1]
    assert f"epoch {len(losses) - 1}" in trainer.note.text  # type: ignore[union-attr]
    assert len(losses) > 2, "the first comparison says little"


@every_way
@pytest.mark.parametrize("test", [0, 4])
def test_an_accuracy_that_is_reached(drive: Callable[[Trainer], None], test: int) -> None:
    def accuracy(trainer: Trainer) -> float:
        if trainer.stepper.batches.position:
            return 0.0
        score = trainer.stepper.score_test() if test else trainer.stepper.score_train()
        assert score is not None
        assert score.accuracy is not None
        return score.accuracy

    due = first(lambda trainer: accuracy(trainer) >= 0.75, test=test)
    trainer = begin(Breakpoint("accuracy", 75), test=test)
    drive(trainer)
    assert stopped(trainer) == due
    assert ("test data" if test else "training data") in trainer.note.text  # type: ignore[union-attr]


@every_way
def test_so_many_more_updates(drive: Callable[[Trainer], None]) -> None:
    trainer = begin()
    trainer.advance(5)
    trainer.watch_for([Breakpoint("updates", 7)])
    drive(trainer)
    assert stopped(trainer) == 12
    trainer.go_on()
    drive(trainer)
    assert stopped(trainer) == 19, "counted anew"


def test_nothing_is_accurate_where_nothing_is_right_or_wrong() -> None:
    trainer = begin(Breakpoint("accuracy", 0))
    trainer.set_examples(Examples(X, T, X[:0], T[:0], Decision.NONE))
    assert trainer.advance(50) == 50


@pytest.mark.parametrize("name", list(BREAKPOINTS))
def test_watching_changes_no_bit(name: str) -> None:
    kind = BREAKPOINTS[name]
    watched, plain = begin(optimizer="adam"), begin(optimizer="adam")
    watched.watch_for([Breakpoint(name, {"delta-below": kind.low}.get(name, kind.high))])
    assert watched.advance(200) == plain.advance(200) == 200
    assert watched.theta.tobytes() == plain.theta.tobytes()
    assert watched.history.curve().train.tobytes() == plain.history.curve().train.tobytes()
    both = watched.run().memory, plain.run().memory
    assert both[0].keys() == both[1].keys() != set()
    assert all(both[0][name].tobytes() == both[1][name].tobytes() for name in both[0])


def test_going_on_does_not_stop_for_the_same_reason_before_it_was_over() -> None:
    trainer = begin(Breakpoint("weight-beyond", 1.5))
    at_once(trainer)
    due = stopped(trainer)
    trainer.go_on()
    assert trainer.advance(5) == 5, "it is still beyond"
    trainer.theta[...] *= 0.01
    assert trainer.advance(1) == 1
    trainer.theta[...] *= 1000
    assert trainer.advance(5) == 1
    assert stopped(trainer) == due + 7


def test_a_reset_and_a_run_taken_up_watch_anew() -> None:
    trainer = begin(Breakpoint("weight-beyond", 1.5), Breakpoint("updates", 10_000))
    at_once(trainer)
    due = stopped(trainer)
    run = trainer.run()
    trainer.reset()
    assert trainer.note is None
    at_once(trainer)
    assert stopped(trainer) == due
    trainer.resume(run)
    assert trainer.advance(5) == 1, "it is beyond from the first"
    assert stopped(trainer) == due + 1


def test_an_exchange_does_not_forget_what_was_said() -> None:
    trainer = begin(Breakpoint("weight-beyond", 1.5), Breakpoint("updates", 400), batch_size=0)
    trainer.advance(10**6)
    due = stopped(trainer)
    trainer.set_examples(Examples(X, T, X[:0], T[:0], Decision.THRESHOLD))
    trainer.go_on()
    trainer.advance(10**6)
    assert due < 400
    assert stopped(trainer) == 400, "it counted nothing anew, and the weight is beyond its bound still"


def test_those_that_are_met_together_are_said_together_and_counted_both() -> None:
    due = first(lambda trainer: largest(trainer) > 2, batch_size=0)
    off = Breakpoint("delta-below", 9.0, on=False)
    trainer = begin(Breakpoint("weight-beyond", 2.0), Breakpoint("updates", due), off, batch_size=0)
    at_once(trainer)
    assert stopped(trainer) == due
    assert "beyond ±2" in trainer.note.text  # type: ignore[union-attr]
    assert f"{due} updates have been made" in trainer.note.text  # type: ignore[union-attr]
    trainer.go_on()
    assert trainer.advance(due - 1) == due - 1


def test_setting_the_others_leaves_one_as_it_is() -> None:
    one, other = Breakpoint("weight-beyond", 1.5), Breakpoint("updates", 40)
    trainer = begin(one, batch_size=0)
    at_once(trainer)
    due = stopped(trainer)
    trainer.go_on()
    trainer.watch_for([one, other])
    assert trainer.advance(100) == 40
    assert stopped(trainer) == due + 40
    trainer.watch_for([])
    trainer.go_on()
    assert trainer.advance(100) == 100


@pytest.mark.parametrize("way", WAYS)
def test_trouble_comes_first(way: Callable[[Trainer], None]) -> None:
    changes = {"learning_rate": 1e6, "l2": 100.0}
    plain = begin(**changes)
    plain.advance(10**4)
    assert plain.note is not None
    trainer = begin(Breakpoint("updates", plain.step + 100), Breakpoint("loss-rises", 1e9), **changes)
    way(trainer)
    assert trainer.note is not None
    assert trainer.note.kind is plain.note.kind is NoteKind.NOT_FINITE
    assert trainer.step == plain.step
