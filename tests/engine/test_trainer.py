"""The trainer: the same bits however it is driven, and changes on the way that lose nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.engine import LOSSES, OPTIMIZERS
from backprop_gui.engine.examples import Batches, Columns, Decision, Examples, gather
from backprop_gui.engine.frame import Beginning, NoteKind, Part, Probe
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.settings import Reduction, SettingsError, TrainingSettings
from backprop_gui.engine.stepper import DataMismatchError
from backprop_gui.engine.trainer import Trainer
from backprop_gui.engine.trouble import explain
from backprop_gui.network import Kind, Network, NetworkError, dense
from tests.strategies import networks, random_examples, random_network

BASE = TrainingSettings(loss="half-squared", learning_rate=0.05, batch_size=4, seed=3)
every_optimizer = pytest.mark.parametrize("optimizer", list(OPTIMIZERS))


def examples(network: Network, count: int = 11, test: int = 3, seed: int = 0) -> Examples:
    x, t = random_examples(network, count + test, seed)
    return Examples(x[:count], t[:count], x[count:], t[count:])


def begin(network: Network | None = None, **changes: object) -> Trainer:
    network = network or random_network(4, hidden=5, outputs=2)
    return Trainer(network, examples(network), replace(BASE, **changes))  # type: ignore[arg-type]


def state(trainer: Trainer) -> tuple[object, ...]:
    """Everything that decides how training goes on, as bytes."""
    run = trainer.run()
    return (
        run.step,
        run.epoch,
        run.position,
        run.parameters.tobytes(),
        {name: vector.tobytes() for name, vector in run.memory.items()},
        run.memory_count,
        trainer.theta.tobytes(),
        tuple(array.tobytes() for array in curve(trainer)),
    )


def curve(trainer: Trainer) -> tuple[np.ndarray, ...]:
    found = trainer.history.curve()
    return found.epochs, found.train, found.test, found.train_accuracy, found.test_accuracy


# ---- the same bits however updates are cut into calls


def by_ones(trainer: Trainer, updates: int) -> None:
    for _ in range(updates):
        assert trainer.advance(1) == 1


def by_examples(trainer: Trainer, updates: int) -> None:
    while trainer.step < updates:
        trainer.look_at_next_example()


def by_epochs(trainer: Trainer, updates: int) -> None:
    while updates - trainer.step >= 3:  # 11 examples in batches of 4
        trainer.advance_epoch()
    trainer.advance(updates - trainer.step)


def with_frames(trainer: Trainer, updates: int) -> None:
    for number in range(updates):
        trainer.frame(Probe(Part.TEST, number))
        trainer.score()
        trainer.advance(1)
        trainer.frame()


def stopped_from_outside(trainer: Trainer, updates: int) -> None:
    while trainer.step < updates:
        answers = iter([False, True])
        trainer.advance(updates - trainer.step, until=lambda answers=answers: next(answers, True))  # type: ignore[misc]


@every_optimizer
@pytest.mark.parametrize("drive", [by_ones, by_examples, by_epochs, with_frames, stopped_from_outside])
def test_the_same_bits_however_it_is_driven(drive: Callable[[Trainer, int], None], optimizer: str) -> None:
    extras = {"l1": 0.01, "l2": 0.01, "clip_norm": 0.5, "schedule": "step", "schedule_epochs": 2}
    whole, cut = begin(optimizer=optimizer, **extras), begin(optimizer=optimizer, **extras)
    assert whole.advance(20) == 20
    drive(cut, 20)
    assert state(whole) == state(cut)


@every_optimizer
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("stop", [0, 1, 3, 7])
def test_taking_up_a_run_equals_never_having_stopped(optimizer: str, precision: str, stop: int) -> None:
    network = random_network(4, hidden=5, outputs=2)
    chosen = replace(BASE, optimizer=optimizer, precision=precision, schedule="cosine", l2=0.01)
    data = examples(network)
    straight = Trainer(network, data, chosen)
    straight.advance(20)
    first = Trainer(network, data, chosen)
    first.advance(stop)
    second = Trainer(network, data, chosen, first.run())
    assert state(second) == state(first)
    second.advance(20 - stop)
    assert state(second) == state(straight)


def test_taking_up_a_run_after_many_epochs() -> None:
    # Beyond the 64 epochs that one generator serves, and in the middle of one.
    straight, first = begin(), begin()
    straight.advance(3 * 200)
    first.advance(3 * 130 + 1)
    second = Trainer(first.plan.network, first.examples, first.settings, first.run())
    second.advance(3 * 200 - second.step)
    assert state(second) == state(straight)


def test_early_stopping_survives_a_stop() -> None:
    network = dense([2, 3, 1], output_activation="identity", draw=lambda i, o: 0.3)
    chosen = replace(BASE, patience=3, learning_rate=0.3)
    data = examples(network)
    straight = Trainer(network, data, chosen)
    straight.advance(1000)
    assert straight.note is not None
    first = Trainer(network, data, chosen)
    first.advance(straight.step - 4)
    assert first.note is None
    second = Trainer(network, data, chosen, first.run())
    second.advance(1000)
    assert second.note == straight.note
    assert state(second) == state(straight)


@pytest.mark.parametrize("change", ["seed", "batch_size"])
def test_the_seed_and_the_batches_matter(change: str) -> None:
    first, second = begin(), begin(**{change: 5})
    first.advance(6)
    second.advance(6)
    assert first.theta.tobytes() != second.theta.tobytes()


# ---- batches


@given(st.integers(1, 40), st.integers(0, 50), st.integers(0, 5), st.integers(0, 200))
def test_an_epoch_takes_every_example_once(count: int, size: int, seed: int, epoch: int) -> None:
    batches = Batches(count, size, seed, epoch)
    taken: list[int] = []
    sizes: list[int] = []
    while batches.epoch == epoch:
        peeked = batches.peek().tolist()
        batch = batches.take().tolist()
        assert batch == peeked
        taken += batch
        sizes.append(len(batch))
    assert sorted(taken) == list(range(count))
    whole = min(size or count, count)
    assert sizes == [whole] * (count // whole) + [count % whole] * (count % whole > 0)
    # The order follows from the seed and the epoch alone.
    again = Batches(count, size, seed)
    while again.epoch < epoch:
        again.take()
    assert [again.take().tolist() for _ in sizes] == [
        taken[i * whole : (i + 1) * whole] for i in range(len(sizes))
    ]


def test_losses_are_compared_since_the_loss_or_the_data_was_exchanged() -> None:
    trainer = begin(batch_size=3)
    trainer.advance_epoch()
    assert trainer.frame().losses.tolist() == trainer.history.curve().train.tolist()
    trainer.advance(1)
    before, time = trainer.step, trainer.epoch
    assert time % 1 > 0
    trainer.configure(replace(trainer.settings, loss="sum-squared"))
    first = trainer.train.loss
    trainer.configure(replace(trainer.settings, learning_rate=0.01))
    trainer.advance_epoch()
    trainer.advance_epoch()
    assert trainer.frame().losses.tolist() == [first, *trainer.history.curve().train[2:]]
    assert trainer.frame().beginning == Beginning(time, first)
    # The past is compared with what it was.
    assert trainer.frame_at(before - 1).losses.tolist() == trainer.history.curve().train[:2].tolist()
    assert trainer.frame_at(before).losses.tolist() == [first]
    again = Trainer(trainer.plan.network, trainer.examples, trainer.settings, trainer.run())
    assert again.frame().losses.tolist() == trainer.frame().losses.tolist()
    older = Trainer(
        trainer.plan.network, trainer.examples, trainer.settings, replace(trainer.run(), beginning=None)
    )
    assert older.frame().losses.tolist() == trainer.history.curve().train.tolist()
    trainer.continue_from(before - 1)
    trainer.advance_epoch()
    assert trainer.frame().losses.tolist() == trainer.history.curve().train.tolist()


def test_a_loss_exchanged_amid_trouble_begins_where_it_is_gone_back_to() -> None:
    trainer = begin()
    trainer.advance_epoch()
    trainer.stepper.theta[trainer.plan.slots[0]] = np.nan
    trainer.advance(1)
    assert trainer.note is not None
    trainer.configure(replace(trainer.settings, loss="sum-squared"))
    trainer.go_back()
    assert trainer.note is None
    assert trainer.frame().losses.tolist() == [trainer.train.loss]


def test_epochs_differ_and_time_is_a_fraction() -> None:
    batches = Batches(100, 30, 0)
    first = np.concatenate([batches.take() for _ in range(4)])
    assert batches.time == 1
    second = batches.take()
    assert batches.time == 1.3
    assert second.tolist() != first[:30].tolist()


@pytest.mark.parametrize("rows", [3, 200])
@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_gathering_wide_and_narrow_examples(rows: int, precision: type) -> None:
    x = np.random.default_rng(0).normal(size=(20, rows))
    columns = Columns(Examples(x, x[:, :1], x[:2], x[:2, :1]), np.dtype(precision))
    assert columns.x_train.shape == (rows, 20)
    buffer = np.zeros((rows + 2, 4), precision)
    take = gather(columns.x_train, buffer[1:-1])
    for batch in ([3, 1, 19, 0], [5, 6, 7, 8]):
        take(np.array(batch))
        np.testing.assert_array_equal(buffer[1:-1], x[batch].T.astype(precision))
    assert not buffer[0].any()
    assert not buffer[-1].any()


def test_wide_examples_train_like_any() -> None:
    network = dense([150, 4, 1], draw=lambda i, o: 0.05)
    trainer = Trainer(network, examples(network), BASE)
    trainer.advance(1)
    batch = Batches(11, 4, 3).take()
    data = trainer.examples
    grad = trace(
        trainer.plan, trainer.plan.start, data.x_train[batch], data.t_train[batch], LOSSES["half-squared"]
    ).grad
    np.testing.assert_allclose(trainer.theta, trainer.plan.start - 0.05 * grad, rtol=1e-13)
    assert trainer.test is not None


@pytest.mark.parametrize("reduction", list(Reduction))
def test_the_last_partial_batch_counts_as_what_it_holds(reduction: Reduction) -> None:
    # 5 examples of x = 1, t = k on y = b: gradient b - t.
    network = dense([1, 1], output_activation="identity").with_parameters({}, {})
    t = np.arange(5.0)[:, None]
    data = Examples(np.zeros((5, 1)), t, t[:0], t[:0])
    trainer = Trainer(network, data, replace(BASE, reduction=reduction, batch_size=3, learning_rate=0.1))
    order = Batches(5, 3, 3)
    b = 0.0
    for size in (3, 2):
        batch = order.take()
        assert len(batch) == size
        gradient = sum(b - t[k, 0] for k in batch)
        b -= 0.1 * gradient / (size if reduction is Reduction.MEAN else 1)
        trainer.advance(1)
        assert trainer.theta[trainer.plan.bias_slots[0]] == pytest.approx(b, rel=1e-14)
    assert trainer.epoch == 1


# ---- what must stand still


@every_optimizer
@given(networks(freeze=0.4))
@settings(max_examples=12)
def test_frozen_parameters_and_undrawn_edges_do_not_move(optimizer: str, network: Network) -> None:
    chosen = replace(BASE, optimizer=optimizer, l1=0.02, l2=0.03, clip_norm=0.4)
    trainer = Trainer(network, examples(network), chosen)
    start = trainer.plan.start.copy()
    trainer.advance(15)
    plan = trainer.plan
    undrawn = np.setdiff1d(np.arange(plan.size), plan.slots)
    assert (trainer.theta[undrawn] == 0).all()
    frozen = [plan.slot[n.id] for n in network.neurons if n.bias is not None and n.frozen]
    frozen += [plan.slot[e.source, e.target] for e in network.edges if e.frozen]
    assert trainer.theta[frozen].tobytes() == start[frozen].tobytes()
    moving = np.setdiff1d(plan.slots, frozen)
    if optimizer == "adamw" and len(moving):
        assert (trainer.theta[moving] != start[moving]).any()


@every_optimizer
def test_a_parameter_that_is_frozen_on_the_way_stands_still(optimizer: str) -> None:
    network = dense([2, 3, 1], output_activation="identity", draw=lambda i, o: 0.3)
    trainer = Trainer(network, examples(network), replace(BASE, optimizer=optimizer, l2=0.1))
    trainer.advance(5)
    edge = network.edges[0]
    trainer.rebase(replace(network, edges=(replace(edge, frozen=True), *network.edges[1:])))
    slot = trainer.plan.slot[edge.source, edge.target]
    value = trainer.theta[slot]
    assert value != edge.weight
    trainer.advance(10)
    assert trainer.theta[slot] == value
    trainer.rebase(network)
    trainer.advance(1)
    assert trainer.theta[slot] != value


# ---- schedules, clipping, penalties


def test_the_schedule_is_in_force_from_the_first_update_of_an_epoch() -> None:
    trainer = begin(schedule="step", schedule_epochs=2, schedule_factor=0.1)
    rates: list[float] = []
    for _ in range(15):
        rates.append(trainer.stepper.rate)
        trainer.advance(1)
    assert rates == pytest.approx([0.05] * 6 + [0.005] * 6 + [0.0005] * 3)


@given(st.floats(1e-3, 10))
def test_clipping_shortens_but_does_not_turn(limit: float) -> None:
    free, clipped = begin(batch_size=0), begin(batch_size=0, clip_norm=limit)
    free.advance(1)
    clipped.advance(1)
    step, short = free.theta - free.plan.start, clipped.theta - clipped.plan.start
    norm = float(np.linalg.norm(step)) / 0.05
    np.testing.assert_allclose(short, step * min(1, limit / (norm + 1e-6)), rtol=1e-9, atol=1e-15)


def test_penalties_are_reported_apart_from_the_loss() -> None:
    plain, penalized = begin(), begin(l1=0.1, l2=0.4)
    plan = penalized.plan
    assert penalized.train == plain.train
    weights = [e.weight for e in plan.network.edges if not e.frozen]
    # l1 sum |w| + l2 / 2 sum w^2, over trained weights and no biases
    expected = 0.1 * sum(map(abs, weights)) + 0.2 * sum(w * w for w in weights)
    assert penalized.frame().penalty == pytest.approx(expected, rel=1e-14)
    assert plain.frame().penalty == 0
    # The gradient of the penalty: l1 sign w + l2 w.
    plain.advance(1)
    penalized.advance(1)
    slots = [plan.slot[e.source, e.target] for e in plan.network.edges if not e.frozen]
    difference = (plain.theta - penalized.theta)[slots] / 0.05
    np.testing.assert_allclose(difference, [0.1 * np.sign(w) + 0.4 * w for w in weights], rtol=1e-9)
    assert (plain.theta == penalized.theta)[plan.bias_slots].all()


# ---- early stopping


def test_early_stopping_brings_the_best_weights_back() -> None:
    network = dense([3, 8, 1], output_activation="identity", draw=lambda i, o: 0.2 * (i - o) + 0.1)
    trainer = Trainer(network, examples(network, 8, 8), replace(BASE, patience=4, learning_rate=0.2))
    twin = Trainer(network, trainer.examples, replace(BASE, learning_rate=0.2))
    trainer.advance(100_000)
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.STOPPED_EARLY
    losses, weights = [math.inf], [b""]
    while len(losses) - 1 - int(np.argmin(losses)) < 4:
        twin.advance_epoch()
        assert twin.test is not None
        losses.append(twin.test.loss)
        weights.append(twin.theta.tobytes())
    best = int(np.argmin(losses))
    assert trainer.epoch == best + 4
    assert trainer.theta.tobytes() == weights[best]
    assert f"The weights of epoch {best:,}" in trainer.note.text
    assert trainer.test is not None
    assert trainer.test.loss == losses[best]
    # It waits until told to go on, and then does.
    assert trainer.advance(10) == 0
    trainer.go_on()
    assert trainer.advance(10) == 10


def test_early_stopping_watches_training_without_a_test_part() -> None:
    network = dense([1, 1], output_activation="identity")
    data = examples(network, 5, 0)
    trainer = Trainer(network, data, replace(BASE, patience=2, learning_rate=0.0))
    trainer.advance(100)
    assert trainer.note is not None
    assert "training loss" in trainer.note.text
    assert trainer.epoch == 3


def test_early_stopping_that_is_switched_on_anew_begins_anew() -> None:
    trainer = promising(patience=5)
    trainer.advance_epoch()
    assert trainer.run().best is not None
    trainer.configure(replace(trainer.settings, patience=0))
    assert trainer.run().best is None
    for _ in range(10):
        trainer.advance_epoch()
    trainer.configure(replace(trainer.settings, patience=5))
    trainer.advance_epoch()
    assert trainer.note is None
    best = trainer.run().best
    assert best is not None
    assert best.epoch == 12
    # A saved run brings its best weights along only while they are watched for.
    again = Trainer(
        trainer.plan.network, trainer.examples, replace(trainer.settings, patience=0), trainer.run()
    )
    assert again.run().best is None


def test_going_back_forgets_best_weights_that_lie_ahead() -> None:
    # The training loss is best at the beginning, the test loss, which is watched, later on.
    network = dense([1, 1], output_activation="identity", bias=False, draw=lambda i, o: 0.0)
    one = np.ones((2, 1))
    data = Examples(one, -0.01 * one, one, -one)
    trainer = Trainer(network, data, replace(BASE, loss="absolute", learning_rate=0.1, patience=50))
    trainer.advance_epoch()
    best = trainer.run().best
    assert best is not None
    assert best.epoch == 1
    trainer.stepper.theta[trainer.plan.slots] = math.inf
    trainer.advance(1)
    assert trainer.note is not None
    assert trainer.run().best is None
    trainer.go_back()
    assert trainer.epoch == 0
    assert trainer.run().best is None


# ---- numerical trouble


def growing(precision: str) -> tuple[Network, Examples]:
    """A network whose two weights grow some thirtyfold in every update, out of the range of numbers in epoch 2.

    y = w v x with |y - t| as loss: each weight changes by the rate times the other. They begin so small that the
    first epoch's loss still is a number.
    """
    steps, start = (200, 1e-200) if precision == "float64" else (26, 1e-30)
    activations = {"activation": "identity", "output_activation": "identity", "bias": False}
    network = dense([1, 1, 1], draw=lambda fan_in, fan_out: start, **activations)  # type: ignore[arg-type]
    x = np.ones((steps, 1))
    return network, Examples(x, 5 * x, x[:0], x[:0])


def first_bad_step(network: Network, data: Examples, chosen: TrainingSettings) -> int:
    """Step by step, without the trainer's own search."""
    stepper = Trainer(network, data, chosen).stepper
    with np.errstate(all="ignore"):
        for _ in range(1000):
            stepper.update()
            if not np.isfinite(stepper.theta).all():
                return stepper.step
    raise AssertionError


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
def test_trouble_names_the_first_bad_step(optimizer: str, precision: str, schedule: str) -> None:
    network, data = growing(precision)
    chosen = replace(
        BASE,
        loss="absolute",
        optimizer=optimizer,
        momentum=0.5,
        learning_rate=30.0,
        batch_size=1,
        precision=precision,
        schedule=schedule,
        schedule_epochs=1 if schedule == "step" else 10,
        schedule_factor=0.9,
    )
    expected = first_bad_step(network, data, chosen)
    assert expected > len(data.x_train)
    for first, cut in ((0, 100_000), (0, 7), (0, 1), (expected - 3, 100_000)):
        trainer = Trainer(network, data, chosen)
        made = trainer.advance(first)
        while trainer.note is None:
            made += trainer.advance(cut)
        note = trainer.note
        assert note.kind is NoteKind.NOT_FINITE
        assert note.step == trainer.step == made == expected
        assert f"step {note.step:,}" in note.text
        # y = v h, and h is finite the longest: it began in the output, through the weight that leads there.
        assert (note.layer, note.parameter) == ("output", "the weight h1 → ŷ")
        assert note.neuron == network.outputs[0].id
        assert note.layer in note.text
        assert note.parameter in note.text
        assert not np.isfinite(trainer.theta).all()
        assert trainer.history.curve().epochs.tolist() == [0, 1]
        assert trainer.advance(5) == 0
        frame = trainer.frame()
        assert frame.note is note
        assert not frame.update.any()


def chain(*weights: float) -> Plan:
    network = dense(
        [1] * (len(weights) + 1), activation="identity", output_activation="identity", draw=lambda i, o: 0.0
    )
    keys = [(e.source, e.target) for e in network.edges]
    network = network.with_parameters({}, dict(zip(keys, weights, strict=True)))
    return compile_network(network)


@pytest.mark.parametrize(
    ("weights", "layer", "what", "parameter"),
    [
        # x = 1, forwards: what first is no number counts, and of what leads there the largest.
        ((1e200, 1e200, 1.0), "hidden 2", "weighted sum of h2.1", "the weight h1.1 → h2.1"),
        ((1.0, 1e200, 1e200), "output", "weighted sum of ŷ", "the weight h2.1 → ŷ"),
        # Forwards all is well (y = 1e-100), backwards 1e200 and 1e200 meet at the first hidden neuron.
        ((1e-300, 1e200, 1e200), "hidden 1", "delta of h1.1", "the weight x → h1.1"),
        # Nothing is wrong but the update itself.
        ((1.0, 1.0, 1e308), "output", "the weight h2.1 → ŷ went from 1e+308 to inf", "the weight h2.1 → ŷ"),
    ],
)
def test_trouble_names_the_layer_and_the_parameter(
    weights: tuple[float, ...], layer: str, what: str, parameter: str
) -> None:
    plan = chain(*weights)
    after = plan.start.copy()
    broken = [key for key in plan.keys if plan.parameter_name(plan.slot[key]) == parameter]
    after[plan.slot[broken[0]]] = np.inf
    one = np.ones((1, 1))
    note = explain(plan, plan.start, after, one, 1e-100 * one, LOSSES["absolute"], 1234, 5.5)
    assert (note.layer, note.parameter, note.step) == (layer, parameter, 1234)
    assert what in note.text
    assert "step 1,234 (epoch 5.5)" in note.text
    assert note.neuron == plan.keys[plan.keys.index(broken[0])][1]  # type: ignore[index]


def ruin(trainer: Trainer) -> None:
    """Bring a trainer that did well to where numbers end."""
    trainer.stepper.theta[trainer.plan.slots] = 1e300 if trainer.theta.dtype == np.float64 else 1e37
    trainer.advance(1)
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.NOT_FINITE
    assert not np.isfinite(trainer.theta).all()


def promising(**changes: object) -> Trainer:
    network = dense([2, 3, 1], output_activation="identity", draw=drawer("normal", 0))
    return Trainer(network, examples(network), replace(BASE, **changes))  # type: ignore[arg-type]


def test_going_back_returns_to_the_best_recorded_moment() -> None:
    trainer = promising()
    weights = {0: trainer.theta.tobytes()}
    for epoch in range(1, 11):
        trainer.advance_epoch()
        weights[epoch] = trainer.theta.tobytes()
    losses = trainer.history.curve().train
    trainer.advance(1)
    ruin(trainer)
    assert np.isfinite(trainer.run().parameters).all()
    trainer.go_back()
    assert trainer.note is None
    best = int(losses.argmin())
    assert best > 0
    assert (trainer.epoch, trainer.step) == (best, 3 * best)
    assert trainer.theta.tobytes() == weights[best]
    assert trainer.train.loss == losses[best]
    assert trainer.history.curve().epochs.tolist() == list(range(best + 1))
    assert trainer.advance(10) == 10


def test_a_finite_loss_does_not_make_infinite_weights_a_good_moment() -> None:
    # tanh(inf) = 1 is the target: the lowest loss of all, and useless. w <- w - 1e6 (100 w) = -1e308 + 1e316.
    network = dense([1, 1], output_activation="tanh", bias=False, draw=lambda fan_in, fan_out: -1e308)
    one = np.ones((2, 1))
    data = Examples(one, one, one[:0], one[:0])
    trainer = Trainer(network, data, replace(BASE, learning_rate=1e6, l2=100.0, batch_size=0, patience=3))
    trainer.advance(10)
    assert trainer.note is not None
    assert trainer.note.step == 1
    assert np.isfinite(trainer.run().parameters).all()
    trainer.go_back()
    assert trainer.theta[trainer.plan.slots].tolist() == [-1e308]
    best = trainer.run().best
    assert best is None or np.isfinite(best.parameters).all()


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": "adam"},
        {"precision": "float32"},
        {"loss": "huber"},
        {"batch_size": 2},
        {"learning_rate": 0.01},
    ],
)
def test_going_back_still_works_after_a_change_of_settings(change: dict[str, object]) -> None:
    trainer = promising()
    trainer.advance(9)
    good = trainer.theta.copy()
    ruin(trainer)
    trainer.configure(replace(BASE, **change))  # type: ignore[arg-type]
    assert trainer.note is not None
    assert np.isfinite(trainer.run().parameters).all()
    trainer.go_back()
    np.testing.assert_allclose(trainer.theta, good, rtol=1e-6)
    assert trainer.advance(6) == 6
    assert np.isfinite(trainer.theta).all()


def test_going_back_still_works_after_a_change_of_data() -> None:
    first = promising()
    first.advance(2)
    # Its good moment is in mid-epoch, after 8 examples; then there are only 3.
    trainer = Trainer(first.plan.network, first.examples, BASE, first.run())
    ruin(trainer)
    trainer.set_examples(examples(first.plan.network, 3, 0, seed=5))
    assert trainer.advance(1) == 0
    trainer.go_back()
    assert trainer.theta.tobytes() == first.theta.tobytes()
    assert trainer.advance(6) == 6
    assert np.isfinite(trainer.frame().train.loss)


def test_an_edit_can_mend_what_blew_up() -> None:
    trainer = promising()
    trainer.advance(3)
    ruin(trainer)
    network = trainer.plan.network
    biases = {n.id: n.bias + 1 for n in network.neurons if n.bias is not None}
    trainer.rebase(
        network.with_parameters(biases, {(e.source, e.target): e.weight + 1 for e in network.edges})
    )
    assert trainer.note is None
    assert np.isfinite(trainer.theta).all()
    assert trainer.advance(6) == 6


def straight(weight: float, **changes: object) -> Trainer:
    """y = w x with nothing to learn from but x = t = 1."""
    network = dense([1, 1], output_activation="identity", bias=False, draw=lambda i, o: weight)
    one = np.ones((2, 1))
    return Trainer(network, Examples(one, one, one[:1], one[:1]), replace(BASE, **changes))  # type: ignore[arg-type]


def test_a_loss_that_is_not_finite_from_the_first_cannot_be_gone_back_from() -> None:
    trainer = straight(1e160, learning_rate=0.0)
    for _ in range(2):
        note = trainer.note
        assert note is not None
        assert note.kind is NoteKind.NOT_FINITE
        assert note.text.startswith("Training cannot begin, because the training loss is not a finite number")
        assert "Change the loss, the data or the weights" in note.text
        assert "Go back" not in note.text
        assert note.parameter == "the weight x → ŷ"
        assert trainer.advance(1) == 0
        trainer.go_back()
    trainer.configure(replace(trainer.settings, loss="absolute"))
    assert trainer.note is None
    assert trainer.advance(1) == 1


def test_other_data_can_make_a_loss_that_is_not_finite() -> None:
    trainer = straight(1.0)
    trainer.advance(3)
    one = np.ones((2, 1))
    trainer.set_examples(Examples(1e160 * one, one, one[:0], one[:0]))
    assert trainer.note is not None
    assert trainer.note.text.startswith("Training cannot go on")
    trainer.set_examples(Examples(one, one, one[:0], one[:0]))
    assert trainer.note is None
    assert trainer.step == 3
    assert trainer.advance(2) == 2


def test_the_note_of_a_resumed_run_is_about_its_own_weights() -> None:
    good, bad = straight(1.0), straight(1e160)
    assert bad.note is not None
    bad.resume(good.run())
    assert bad.note is None
    good.resume(replace(good.run(), parameters=np.array([1e160])))
    assert good.note is not None


def test_a_loss_that_is_not_finite_is_noticed_whenever_it_is_evaluated() -> None:
    trainer = promising(batch_size=4)
    trainer.advance(4)
    assert trainer.epoch % 1
    trainer.stepper.theta[trainer.plan.slots] = (
        1e160  # every parameter is finite, the square of an answer is not
    )
    assert trainer.note is None
    trainer.score()
    note = trainer.note
    assert note is not None
    assert "the training loss is no longer a finite number" in note.text
    assert "Go back" in note.text
    assert trainer.advance(1) == 0
    trainer.go_back()
    assert trainer.note is None
    assert math.isfinite(trainer.train.loss)


def test_a_run_in_trouble_ends_its_curve_where_its_parameters_stand() -> None:
    # Away from the answer from the first update on, so that the best moment is the beginning.
    trainer = promising(learning_rate=50.0, batch_size=0, loss="absolute")
    trainer.advance(5)
    assert len(trainer.history.curve().epochs) == 6
    trainer.stepper.theta[trainer.plan.slots] = math.inf
    trainer.advance(1)
    assert trainer.note is not None
    run = trainer.run()
    assert run.curve is not None
    assert run.epoch < 5
    assert run.curve.epochs[-1] == run.epoch
    assert {len(column) for column in (run.curve.train, run.curve.test)} == {len(run.curve.epochs)}


# ---- editing while it trains


def parameters(trainer: Trainer) -> dict[object, float]:
    return {key: float(trainer.theta[slot]) for key, slot in trainer.plan.slot.items()}


def memories(trainer: Trainer) -> dict[object, list[float]]:
    run = trainer.run()
    return {
        key: [float(vector[i]) for vector in run.memory.values()] for i, key in enumerate(trainer.plan.keys)
    }


@every_optimizer
@given(networks(inputs=2, outputs=2), st.integers(0, 2**16))
@settings(max_examples=12)
def test_an_edit_keeps_what_it_does_not_touch(optimizer: str, network: Network, seed: int) -> None:
    trainer = Trainer(network, examples(network), replace(BASE, optimizer=optimizer))
    trainer.advance(5)
    before, memory, steps = parameters(trainer), memories(trainer), trainer.step
    rng = np.random.default_rng(seed)
    edited = network
    hidden = [n.id for n in network.neurons if n.kind is Kind.HIDDEN]
    if hidden:
        edited = edited.without([int(rng.choice(hidden))])
    pairs = [(a.id, b.id) for a in edited.neurons for b in edited.neurons]
    free = [pair for pair in pairs if edited.problem_with_edge(*pair) is None]
    if free:
        edited = edited.connect(*free[int(rng.integers(len(free)))], 0.375)
    edges = [e for e in edited.edges if (e.source, e.target) in network.edge_of]
    touched: dict[tuple[int, int], float] = {}
    if edges:
        edge = edges[int(rng.integers(len(edges)))]
        touched[edge.source, edge.target] = edge.weight + 1
        edited = edited.with_parameters({}, touched)
    try:
        trainer.rebase(edited)
    except NetworkError:
        assert parameters(trainer) == before
        assert trainer.plan.network is network
        return
    after, moved = parameters(trainer), memories(trainer)
    assert trainer.step == steps
    for key, value in after.items():
        if key in touched:
            assert value == touched[key]
            assert not any(moved[key])
        elif key in before:
            assert value == before[key]
            assert moved[key] == memory[key]
        else:
            assert value == 0.375
            assert not any(moved[key])
    trainer.advance(5)
    assert trainer.step == steps + 5


def test_the_best_weights_are_forgotten_when_they_no_longer_fit() -> None:
    trainer = promising(patience=50)
    trainer.advance_epoch()
    assert trainer.run().best is not None
    network = trainer.plan.network
    trainer.rebase(network.with_neurons([replace(network.neurons[0], name="width")]))
    assert trainer.run().best is not None
    edge = network.edges[0]
    trainer.rebase(network.without([(edge.source, edge.target)]))
    assert trainer.run().best is None
    trainer.advance_epoch()
    assert trainer.run().best is not None
    trainer.configure(replace(trainer.settings, loss="huber"))
    assert trainer.run().best is None
    trainer.advance_epoch()
    trainer.set_examples(examples(network, 5, 2, seed=8))
    assert trainer.run().best is None


def test_an_edit_of_looks_changes_nothing() -> None:
    edited, twin = begin(optimizer="adam"), begin(optimizer="adam")
    edited.advance(7)
    network = edited.plan.network
    moved = network.with_neurons(
        replace(n, position=(n.position[0] + 5, 3.0), name=n.name + "!") for n in network.neurons
    )
    edited.rebase(moved)
    assert edited.plan.network is moved
    edited.advance(7)
    twin.advance(14)
    assert state(edited) == state(twin)


def test_a_change_that_fails_leaves_everything_as_it_was() -> None:
    trainer, twin = begin(), begin()
    trainer.advance(4)
    network = trainer.plan.network
    with pytest.raises(NetworkError):
        trainer.rebase(network.without([n.id for n in network.outputs]))
    with pytest.raises(DataMismatchError, match="output"):
        trainer.rebase(network.without([network.outputs[0].id]))
    with pytest.raises(SettingsError):
        trainer.configure(replace(BASE, learning_rate=-1.0))
    data = trainer.examples
    with pytest.raises(DataMismatchError, match="input"):
        trainer.set_examples(Examples(data.x_train[:, :0], data.t_train, data.x_test[:, :0], data.t_test))
    trainer.advance(4)
    twin.advance(8)
    assert state(trainer) == state(twin)


def test_settings_take_effect_with_the_next_update() -> None:
    trainer = begin()
    trainer.advance(4)
    before = trainer.theta.copy()
    trainer.configure(replace(BASE, learning_rate=0.0))
    trainer.advance(3)
    assert trainer.theta.tobytes() == before.tobytes()
    trainer.configure(replace(BASE, learning_rate=0.1))
    expected = trainer.frame().update
    trainer.advance(1)
    np.testing.assert_array_equal(trainer.theta - before, expected)


def test_a_new_learning_rate_keeps_the_memory_and_a_new_optimizer_begins_one() -> None:
    trainer = begin(optimizer="adam")
    trainer.advance(6)
    memory = memories(trainer)
    trainer.configure(replace(BASE, optimizer="adam", learning_rate=0.5))
    assert memories(trainer) == memory
    assert trainer.run().memory_count == 6
    trainer.configure(replace(BASE, optimizer="rmsprop"))
    assert trainer.run().memory_count == 0
    assert not any(map(any, memories(trainer).values()))
    assert trainer.step == 6


def test_another_batch_size_begins_the_epoch_again() -> None:
    trainer = begin()
    trainer.advance(4)
    trainer.configure(replace(BASE, batch_size=2))
    assert trainer.epoch == 1
    trainer.advance(6)  # 11 examples in batches of 2
    assert trainer.epoch == 2


def test_other_data_is_used_from_the_next_update_on() -> None:
    trainer = begin(optimizer="momentum")
    trainer.advance(4)
    theta, network = trainer.theta.copy(), trainer.plan.network
    other = examples(network, 6, 2, seed=9)
    trainer.set_examples(other)
    assert trainer.theta.tobytes() == theta.tobytes()
    assert trainer.epoch == 1
    assert trainer.step == 4
    assert trainer.train == Trainer(network, other, trainer.settings, trainer.run()).train
    trainer.advance(2)
    assert trainer.epoch == 2


def test_reset_begins_again_with_the_same_bits() -> None:
    trainer, fresh = begin(optimizer="adam"), begin(optimizer="adam")
    trainer.advance(9)
    trainer.reset()
    assert state(trainer) == state(fresh)
    trainer.advance(9)
    fresh.advance(9)
    assert state(trainer) == state(fresh)


@pytest.mark.parametrize("part", ["parameters", "memory", "best", "position"])
def test_a_run_of_something_else_is_refused(part: str) -> None:
    trainer = begin(optimizer="adam", patience=5)
    trainer.advance(3)
    run = trainer.run()
    assert run.best is not None
    short = run.parameters[:-1]
    wrong = {
        "parameters": replace(run, parameters=short),
        "memory": replace(run, memory={name: v[:-1] for name, v in run.memory.items()}),
        "best": replace(run, best=replace(run.best, parameters=short)),
        "position": replace(run, position=11),
    }[part]
    with pytest.raises(DataMismatchError, match="do not belong together"):
        Trainer(trainer.plan.network, trainer.examples, trainer.settings, wrong)


# ---- frames


def test_a_frame_shows_the_probe_and_what_comes_next() -> None:
    trainer = begin(optimizer="nesterov")
    trainer.advance(5)
    frame = trainer.frame(Probe(Part.TEST, 1), rate=12.5)
    data = trainer.examples
    np.testing.assert_array_equal(frame.trace.x, data.x_test[1:2])
    np.testing.assert_array_equal(frame.trace.t, data.t_test[1:2])
    assert (frame.step, frame.rate, frame.plan) == (5, 12.5, trainer.plan)
    assert frame.epoch == pytest.approx(1 + 8 / 11)
    assert frame.batch == (0, 3)
    trainer.advance(1)
    np.testing.assert_allclose(trainer.theta, frame.theta + frame.update, rtol=1e-15)


def test_a_probe_beyond_the_end_is_moved_to_what_is_there() -> None:
    trainer = begin()
    assert trainer.frame(Probe(Part.TRAIN, 99)).probe == Probe(Part.TRAIN, 10)
    assert trainer.frame(Probe(Part.TEST, 99)).probe == Probe(Part.TEST, 2)
    assert trainer.frame(Probe(Part.TRAIN, -5)).probe == Probe(Part.TRAIN, 0)
    network = trainer.plan.network
    trainer.set_examples(examples(network, 4, 0))
    frame = trainer.frame(Probe(Part.TEST, 1))
    assert frame.probe == Probe(Part.TRAIN, 1)
    assert frame.test is None


def arrays(frame: object) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for holder in (frame, frame.trace, frame.curve, frame.coming):  # type: ignore[attr-defined]
        found += [v for name in holder.__slots__ if isinstance(v := getattr(holder, name), np.ndarray)]
    return found


def test_a_frame_never_changes() -> None:
    trainer = begin(optimizer="adam")
    frames, copies = [], []
    for _ in range(10):
        trainer.advance(2)
        frame = trainer.frame()
        frames.append(frame)
        copies.append([array.copy() for array in arrays(frame)])
        assert len(copies[-1]) == 1 + 9 + 5 + 4
    ruin(trainer)
    trainer.go_back()
    trainer.reset()
    trainer.advance(20)
    for frame, copied in zip(frames, copies, strict=True):
        for array, copy in zip(arrays(frame), copied, strict=True):
            assert not array.flags.writeable
            np.testing.assert_array_equal(array, copy)


def test_looking_at_examples_one_by_one() -> None:
    trainer = begin()
    order = Batches(11, 4, 3)
    batch = order.take().tolist()
    assert trainer.frame().batch == (0, 4)
    seen = []
    for number in range(4):
        assert trainer.step == 0
        seen.append(trainer.look_at_next_example())
        assert trainer.frame().batch == ((number + 1) % 4, 4)
    assert seen == batch
    assert trainer.step == 1


def test_the_time_allowed_ends_a_call() -> None:
    trainer = begin()
    assert trainer.advance(1000, seconds=0.0) == 1
    assert trainer.advance(0) == 0


# ---- scores


@pytest.mark.parametrize(
    ("decision", "predictions", "targets", "share"),
    [
        (Decision.NONE, [[1.0]], [[1.0]], None),
        (Decision.THRESHOLD, [[0.6, 0.4, 0.5, 0.9]], [[1, 1, 0, 0]], 0.5),
        (Decision.THRESHOLD, [[0.6, 0.6], [0.1, 0.9]], [[1, 1], [0, 0]], 0.5),
        (Decision.LARGEST, [[0.1, 3.0, -1.0], [0.2, 2.0, -2.0]], [[0, 1, 0], [1, 0, 1]], 2 / 3),
        # Where an answer is no number, none is right.
        (Decision.THRESHOLD, [[math.nan, math.inf, 0.9]], [[0, 1, 1]], 1 / 3),
        (Decision.LARGEST, [[math.nan, 3.0], [math.nan, 2.0]], [[1, 1], [0, 0]], 0.5),
    ],
)
def test_right_answers_are_counted(
    decision: Decision, predictions: list[list[float]], targets: list[list[float]], share: float | None
) -> None:
    x = np.zeros((1, 1))
    data = Examples(x, x, x, x, decision)
    assert data.accuracy(np.array(predictions), np.array(targets)) == share


def test_scores_over_several_chunks_are_those_of_all() -> None:
    network = dense([2, 3, 1], draw=lambda i, o: 0.4)
    x, t = random_examples(network, 5000, 0, classes=True)
    data = Examples(x, t, x[:10], t[:10], Decision.THRESHOLD)
    trainer = Trainer(network, data, replace(BASE, loss="binary-cross-entropy"))
    seen = trace(trainer.plan, trainer.theta, x, t, LOSSES["binary-cross-entropy"])
    assert trainer.train.loss == pytest.approx(seen.losses.mean(), rel=1e-13)
    assert trainer.train.accuracy == pytest.approx(((seen.predictions > 0.5) == (t > 0.5)).mean(), rel=1e-13)
