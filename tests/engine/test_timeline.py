"""The timeline: any update of the past is stood at again bit for bit, in bounded memory, and can be continued from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.carry import Carry
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import NoteKind, Part, Probe
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.timeline import MOST_SEGMENTS
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import dense
from tests.engine.time_lab import BASE, KINDS, VARIANTS, begin, bits, edited, live, numbers

every_optimizer = pytest.mark.parametrize("optimizer", list(OPTIMIZERS))


# ---- the same bits


@every_optimizer
def test_every_update_of_the_past_is_stood_at_again_bit_for_bit(optimizer: str) -> None:
    trainer = begin(optimizer=optimizer)
    past = live(trainer, 40)
    now = bits(trainer)
    for step in np.random.default_rng(0).permutation(40).tolist():
        with trainer.at(step):
            assert bits(trainer) == past[step]
        assert bits(trainer) == now


@pytest.mark.parametrize("changes", VARIANTS)
def test_a_frame_of_the_past_has_every_number_that_it_had_when_it_was_the_present(
    changes: dict[str, object],
) -> None:
    trainer = begin(**changes)
    probe = Probe(Part.TEST, 1)
    then: dict[int, tuple[object, ...]] = {}
    for _ in range(30):
        trainer.go_on()
        trainer.score()
        then[trainer.step] = numbers(trainer.frame(probe))
        trainer.advance(1)
    for step in reversed(range(trainer.step)):
        frame = trainer.frame_at(step, probe)
        assert frame.past
        assert numbers(frame) == then[step]


@pytest.mark.parametrize("changes", VARIANTS)
@pytest.mark.parametrize("back", [0, 7, 16, 29])
def test_continuing_from_a_past_step_repeats_the_past(changes: dict[str, object], back: int) -> None:
    trainer = begin(**changes)
    past = live(trainer, 30)
    trainer.continue_from(back)
    assert bits(trainer) == past[back]
    assert trainer.step == back
    again = live(trainer, 30 - back)
    assert again == {step: past[step] for step in range(back, 31)}


def test_continuing_lets_early_stopping_end_at_the_same_step_again() -> None:
    trainer = begin(patience=2, learning_rate=0.6, most=6)
    trainer.advance(3000)
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.STOPPED_EARLY
    ended, note = bits(trainer), trainer.note
    for back in (1, trainer.step // 2, trainer.step - 1):
        trainer.continue_from(back)
        trainer.advance(3000)
        assert (bits(trainer), trainer.note) == (ended, note)


def test_the_curve_is_cut_where_one_continues_and_grows_the_same_again() -> None:
    trainer = begin()
    trainer.advance(60)
    curve = trainer.history.curve()
    trainer.continue_from(31)
    assert trainer.history.curve().epochs[-1] <= trainer.epoch
    trainer.advance(29)
    again = trainer.history.curve()
    assert again.train.tobytes() == curve.train.tobytes()
    assert again.epochs.tobytes() == curve.epochs.tobytes()


# ---- edits on the way


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.sampled_from(KINDS), st.integers(0, 50)), min_size=1, max_size=6
    ),
    st.integers(1, 9),
    st.sampled_from([10**9, 1500]),
    st.integers(0, 1000),
)
def test_whatever_happens_the_past_is_what_it_was(
    changes: list[tuple[int, str, int]], most: int, budget: int, seed: int
) -> None:
    # With the smaller budget most of what is kept goes to the file.
    trainer = begin(most=most, budget=budget, sparse=1)
    past: dict[int, tuple[object, ...]] = {}
    for updates, kind, number in [*changes, (5, "", 0)]:
        past.update(live(trainer, updates))
        edited(trainer, kind, number)
        past = {step: then for step, then in past.items() if step < trainer.step}
        past[trainer.step] = bits(trainer)
        span = trainer.frame().span
        steps = [step for step in past if step >= span.first_step]
        for step in np.random.default_rng(seed).permutation(steps)[:8].tolist():
            with trainer.at(step):
                assert bits(trainer) == past[step]
        assert bits(trainer) == past[trainer.step]


@pytest.mark.parametrize("kind", ["rate", "optimizer", "data", "edge", "drawing"])
def test_continuing_from_before_an_edit_takes_what_was_trained_then(kind: str) -> None:
    trainer = begin()
    trainer.comes_from("first")
    past, network, data, training = (
        live(trainer, 20),
        trainer.plan.network,
        trainer.examples,
        trainer.settings,
    )
    edited(trainer, kind, 3)
    trainer.advance(20)
    assert trainer.frame().origin == kind
    assert trainer.frame_at(11).origin == "first"
    trainer.continue_from(11)
    assert trainer.frame().origin == "first"
    assert (trainer.plan.network, trainer.examples, trainer.settings) == (network, data, training)
    # Step 20 is where the edit was: without it, training leads there again.
    assert live(trainer, 9) == {step: past[step] for step in range(11, 21)}


def test_what_a_later_drawing_had_learned_is_kept_for_undo() -> None:
    trainer = begin()
    first = trainer.plan.network
    trainer.advance(10)
    edited(trainer, "drawing", 1)
    later = trainer.plan.network
    trainer.advance(20)
    (new,) = [ends for ends in later.edge_of if ends not in first.edge_of]
    learned = trainer.stepper.learned().value(new)
    trainer.continue_from(5, change=77)
    trainer.rebase(later, Carry(takes=(77,), leaves=78))
    assert trainer.stepper.learned().value(new) == learned


# ---- bounded


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_kept_moments_stay_within_their_budget(optimizer: str) -> None:
    trainer = begin(most=1000, budget=20_000, optimizer=optimizer)
    for _ in range(10):
        trainer.advance(300)
        assert sum(record.bytes for part in trainer.timeline.segments for record in part.records) <= 20_000
        assert trainer.timeline.bytes <= 20_000 * 1.2
        with trainer.at(trainer.step * 2 // 3):
            pass
        assert trainer.timeline.bytes <= 20_000 * 1.2


def test_thinning_keeps_even_distances_and_the_beginning_of_each_segment() -> None:
    trainer = begin(most=32)
    trainer.advance(37)
    edited(trainer, "rate", 1)
    trainer.advance(500)
    timeline = trainer.timeline
    first, second = timeline.segments
    assert (first.first, second.first) == (0, 37)
    steps = [record.step for record in second.records[1:]]
    assert {step % timeline.stride for step in steps} == {0}
    assert set(np.diff(steps).tolist()) == {timeline.stride}
    assert len(first.records) + len(second.records) > 16


def test_many_edits_let_the_timeline_begin_later() -> None:
    trainer = begin(most=500)
    for number in range(MOST_SEGMENTS + 10):
        trainer.advance(1)
        edited(trainer, "rate", number)
    span = trainer.frame().span
    assert len(trainer.timeline.segments) == MOST_SEGMENTS
    assert span.first_step == trainer.step - MOST_SEGMENTS + 1
    assert trainer.frame_at(0).step == span.first_step


def test_a_network_too_large_for_the_budget_is_still_replayed_from_its_beginning() -> None:
    trainer = begin(budget=1)
    past = live(trainer, 20)
    assert len(trainer.timeline.segments[0].records) == 1
    with trainer.at(13):
        assert bits(trainer) == past[13]


def test_stepping_back_again_and_again_replays_little(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = begin(most=2)
    trainer.advance(1023)
    made = 0
    update = trainer.stepper.update

    def counted() -> None:
        nonlocal made
        made += 1
        update()

    monkeypatch.setattr(trainer.stepper, "update", counted)
    for step in reversed(range(900, 1023)):
        with trainer.at(step):
            assert trainer.step == step
    assert made < 1023 + 123 * 24


# ---- what is known of it


def test_the_span_names_the_edits_and_moves_along() -> None:
    trainer = begin()
    trainer.advance(6)
    trainer.comes_from(None, "Change the learning rate")
    trainer.configure(replace(trainer.settings, learning_rate=0.01))
    trainer.configure(replace(trainer.settings, learning_rate=0.02))
    trainer.advance(3)
    span = trainer.frame().span
    assert (span.first_step, span.last_step, span.last_epoch) == (0, 9, 3.0)
    assert [(mark.step, mark.epoch, mark.text) for mark in span.marks] == [
        (6, 2.0, "Change the learning rate")
    ]
    assert trainer.frame_at(2).span == span
    assert not trainer.frame().past


def test_reset_and_a_run_that_is_taken_up_begin_a_new_timeline() -> None:
    trainer = begin()
    trainer.advance(10)
    run = trainer.run()
    trainer.advance(10)
    trainer.reset()
    assert trainer.frame().span.last_step == trainer.frame().span.first_step == 0
    trainer.resume(run)
    assert trainer.frame().span.first_step == 10
    trainer.advance(5)
    with trainer.at(12):
        there = bits(trainer)
    trainer.continue_from(12)
    assert bits(trainer) == there


def test_before_numerical_trouble_every_step_can_be_gone_to() -> None:
    network = dense([2, 4, 1], activation="relu", output_activation="identity", draw=drawer("he-normal", 0))
    rng = np.random.default_rng(0)
    data = Examples(*(rng.normal(size=shape) for shape in ((8, 2), (8, 1), (0, 2), (0, 1))))
    trainer = Trainer(network, data, replace(BASE, learning_rate=3.0))
    past = {0: bits(trainer)}
    while trainer.note is None:
        past.update(live(trainer, 1))
    assert trainer.note.kind is NoteKind.NOT_FINITE
    note, now = trainer.note, bits(trainer)
    assert trainer.frame().span.last_step == trainer.step > 3
    for step in reversed(range(trainer.step)):
        with trainer.at(step):
            assert bits(trainer) == past[step]
        frame = trainer.frame_at(step)
        assert np.isfinite(frame.theta).all()
        assert frame.note is None
    assert (trainer.note, bits(trainer)) == (note, now)
    trainer.continue_from(2)
    assert trainer.note is None
    assert bits(trainer) == past[2]


def test_kept_steps_are_found_by_time_and_side_by_side() -> None:
    trainer = begin(most=8)
    trainer.advance(60)
    timeline = trainer.timeline
    kept = [record.step for record in timeline.segments[0].records]
    assert [timeline.kept_at(step / 3) for step in kept] == kept
    assert timeline.kept_beside(kept[2], ahead=True) == kept[3]
    assert timeline.kept_beside(kept[2] + 1, ahead=False) == kept[2]
    assert timeline.kept_beside(kept[-1], ahead=True) is None
    assert timeline.kept_beside(0, ahead=False) is None


def test_passages_hold_copies_of_what_is_kept_of_each_segment() -> None:
    trainer = begin(most=64)
    trainer.advance(30)
    edited(trainer, "drawing", 1)
    trainer.advance(40)
    passages = trainer.timeline.passages(20)
    assert [passage.plan for passage in passages] == [segment.plan for segment in trainer.timeline.segments]
    assert 10 < sum(len(passage.steps) for passage in passages) <= 20
    for passage in passages:
        for step, epoch, theta in zip(passage.steps, passage.epochs, passage.thetas, strict=True):
            with trainer.at(int(step)):
                assert theta.tobytes() == trainer.theta.tobytes()
                assert epoch == trainer.epoch
        passage.thetas[:] = 0
    assert trainer.timeline.passages(20)[0].thetas.any()
