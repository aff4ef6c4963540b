"""Trails: the numbers of an edge or a neuron over time are those that a look at each moment shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.engine.conventions import USUAL, Conventions, Delta, Sign
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.reading import deltas, gradient
from backprop_gui.engine.segment import Passage
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.trails import (
    FEWEST_MOMENTS,
    MOST_COPIED,
    MOST_MOMENTS,
    Track,
    Trails,
    moments_for,
    numbers_of,
    recorded,
    trails,
    work_of,
)
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Key, Network, dense
from tests.strategies import random_examples

SETTINGS = TrainingSettings(loss="half-squared", learning_rate=0.1, batch_size=4, seed=3)
EVERY_WAY = [Conventions(delta, sign) for delta in Delta for sign in Sign]


def a_trainer(network: Network | None = None, **changes: object) -> Trainer:
    network = network or dense((2, 3, 2), activation="tanh", draw=drawer("xavier-uniform", 1))
    x, t = random_examples(network, 14, 0)
    data = Examples(x[:11], t[:11], x[11:], t[11:])
    return Trainer(network, data, replace(SETTINGS, **changes))  # type: ignore[arg-type]


def trails_at(trainer: Trainer, keys: list[Key], probe: Probe, conventions: Conventions = USUAL) -> Trails:
    frame = trainer.frame(probe)
    seen = frame.rows or frame.trace
    return whole(trails(recorded(trainer, 100), keys, seen.x, seen.t, conventions))


def whole(found: Trails | None) -> Trails:
    assert found is not None  # nobody cancelled it
    return found


def looked_up(frame: Frame, key: Key, conventions: Conventions = USUAL) -> dict[Track, float]:
    """What the panels show of ``key`` at the moment of ``frame``."""
    plan = frame.plan
    source, target = key if isinstance(key, tuple) else (key, key)
    slot = plan.slot.get(key)
    return {
        Track.VALUE: np.nan if slot is None else float(frame.theta[slot]),
        Track.GRADIENT: np.nan if slot is None else float(gradient(frame, conventions)[slot]),
        Track.DELTA: float(deltas(frame, conventions)[0, plan.column[target]]),
        Track.ACTIVATION: float(frame.trace.a[0, plan.column[source]]),
    }


def edge_and_others(network: Network) -> list[Key]:
    """An edge, a hidden neuron and an input, which has no bias."""
    edge = network.edges[1]
    return [(edge.source, edge.target), edge.target, network.inputs[0].id]


@pytest.mark.parametrize("conventions", EVERY_WAY)
@pytest.mark.parametrize("probe", [Probe(Part.TEST, 1), Probe(Part.ALL)])
@pytest.mark.parametrize("reduction", Reduction)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_every_number_is_the_one_that_is_seen_at_that_moment(
    conventions: Conventions, probe: Probe, reduction: Reduction, precision: str
) -> None:
    trainer = a_trainer(reduction=reduction, precision=precision)
    trainer.advance(20)
    keys = edge_and_others(trainer.plan.network)
    found = trails_at(trainer, keys, probe, conventions)
    assert found.keys == tuple(keys)
    assert found.steps.tolist() == list(range(21))
    for at, step in enumerate(found.steps.tolist()):
        frame = trainer.frame_at(step, probe)
        assert found.epochs[at] == frame.epoch
        for place, key in enumerate(keys):
            for track, value in looked_up(frame, key, conventions).items():
                np.testing.assert_equal(found.tracks[track][place, at], value)


def test_each_moment_is_reduced_as_training_did_then() -> None:
    trainer = a_trainer()
    trainer.advance(6)
    trainer.configure(replace(trainer.settings, reduction=Reduction.SUM))
    trainer.advance(6)
    keys = edge_and_others(trainer.plan.network)
    found = trails_at(trainer, keys, Probe(Part.ALL))
    assert found.steps.tolist() == list(range(13))
    assert found.means.tolist() == [step < 6 for step in found.steps]
    for at, step in enumerate(found.steps.tolist()):
        frame = trainer.frame_at(step, Probe(Part.ALL))
        assert frame.mean == found.means[at]
        for place, key in enumerate(keys):
            for track, value in looked_up(frame, key).items():
                np.testing.assert_equal(found.tracks[track][place, at], value)


def test_a_gradient_is_the_product_of_delta_and_activation() -> None:
    trainer = a_trainer()
    trainer.advance(20)
    found = trails_at(trainer, edge_and_others(trainer.plan.network)[:1], Probe(Part.TRAIN, 2))
    product = found.tracks[Track.DELTA] * found.tracks[Track.ACTIVATION]
    np.testing.assert_allclose(found.tracks[Track.GRADIENT], product, rtol=1e-14)


def test_what_an_edit_takes_away_or_brings_is_a_gap() -> None:
    trainer = a_trainer()
    network = trainer.plan.network
    edge = network.edges[1]
    gone = (edge.source, edge.target)
    hidden = [neuron.id for neuron in network.members[network.layers[1].id]]
    trainer.advance(6)
    trainer.rebase(network.without([gone]))
    trainer.advance(6)
    trainer.rebase(trainer.plan.network.without([hidden[2]]))
    trainer.advance(6)
    found = trails_at(trainer, [gone, hidden[2], hidden[0]], Probe())
    steps = found.steps
    assert steps.tolist() == list(range(19))
    for track in Track:
        there = ~np.isnan(found.tracks[track])
        assert there[0].tolist() == (steps < 6).tolist()
        assert there[1].tolist() == (steps < 12).tolist()
        assert there[2].all()
    with trainer.at(9):
        assert found.tracks[Track.VALUE][1, 9] == trainer.theta[trainer.plan.slot[hidden[2]]]


def test_where_training_stands_is_there_although_it_is_not_kept() -> None:
    trainer = a_trainer()
    trainer.timeline.stride = 8
    trainer.timeline.record()
    trainer.advance(21)
    assert 21 not in {record.step for record in trainer.timeline.segments[-1].records}
    found = trails_at(trainer, edge_and_others(trainer.plan.network), Probe())
    assert found.steps[-1] == 21
    now = looked_up(trainer.frame(), found.keys[0])
    assert {track: values[0, -1] for track, values in found.tracks.items()} == now
    # It is a copy: training goes on while it is looked at.
    before = found.tracks[Track.VALUE].copy()
    passages = recorded(trainer, 100)
    trainer.advance(5)
    frame = trainer.frame()
    again = whole(trails(passages, found.keys, frame.trace.x, frame.trace.t, USUAL))
    np.testing.assert_array_equal(again.tracks[Track.VALUE], before)


@pytest.mark.parametrize("conventions", EVERY_WAY)
@pytest.mark.parametrize("probe", [Probe(Part.TEST, 1), Probe(Part.ALL)])
def test_the_numbers_of_a_moment_are_read_off_its_frame(conventions: Conventions, probe: Probe) -> None:
    trainer = a_trainer()
    trainer.advance(20)
    wider = dense((2, 4, 2), activation="tanh", draw=drawer("xavier-uniform", 1))
    gone = next(edge for edge in wider.edges if edge.source not in trainer.plan.network.neuron_of)
    keys = [*edge_and_others(trainer.plan.network), (gone.source, gone.target)]
    frame = trainer.frame_at(11, probe)
    found = numbers_of(frame, keys, conventions)
    for place, key in enumerate(keys[:-1]):
        assert_same(
            {track: values[place] for track, values in found.items()}, looked_up(frame, key, conventions)
        )
    assert all(np.isnan(values[-1]) for values in found.values())


def assert_same(one: Mapping[Track, float], other: Mapping[Track, float]) -> None:
    for track in Track:
        np.testing.assert_equal(one[track], other[track])


def test_there_are_no_more_moments_than_were_asked_for() -> None:
    trainer = a_trainer()
    trainer.advance(20)
    for limit in range(2, 24):
        passages = recorded(trainer, limit)
        assert sum(len(passage.steps) for passage in passages) <= limit
        assert passages[-1].steps[-1] == 20


def test_a_drawing_with_other_inputs_has_only_values() -> None:
    trainer = a_trainer()
    trainer.advance(3)
    wider = dense((3, 3, 2), activation="tanh", draw=drawer("xavier-uniform", 2))
    plan = compile_network(wider)
    other = Passage(plan, trainer.frame().loss, True, np.array([7]), np.array([2.0]), plan.start[np.newaxis])
    edge = wider.edges[0]
    frame = trainer.frame()
    passages, keys = [*recorded(trainer, 10), other], [(edge.source, edge.target)]
    found = whole(trails(passages, keys, frame.trace.x, frame.trace.t, USUAL))
    assert found.steps[-1] == 7
    assert found.tracks[Track.VALUE][0, -1] == edge.weight
    for track in (Track.GRADIENT, Track.DELTA, Track.ACTIVATION):
        assert np.isnan(found.tracks[track][0, -1])


def test_what_is_not_finite_is_a_number_to_be_looked_at() -> None:
    trainer = a_trainer(dense((2, 3, 2), activation="identity", draw=drawer("xavier-uniform", 1)))
    frame = trainer.frame()
    broken = Passage(
        frame.plan, frame.loss, True, np.array([1]), np.array([1.0]), np.full((1, frame.plan.size), np.inf)
    )
    keys = edge_and_others(frame.plan.network)
    found = whole(trails([*recorded(trainer, 10), broken], keys, frame.trace.x, frame.trace.t, USUAL))
    assert np.isfinite(found.tracks[Track.GRADIENT][0, 0])
    assert not np.isfinite(found.tracks[Track.GRADIENT][0, 1])


def test_larger_networks_and_batches_are_looked_at_less_often() -> None:
    small, large = (compile_network(dense(sizes)) for sizes in ((2, 3, 1), (64, 128, 10)))
    assert moments_for(small, 1) == MOST_MOMENTS
    assert FEWEST_MOMENTS <= moments_for(large, 1) <= MOST_COPIED / large.size
    assert moments_for(large, 10_000) == FEWEST_MOMENTS


@pytest.mark.parametrize("reduction", Reduction)
def test_of_more_examples_than_there_is_time_for_some_stand_for_all(
    reduction: Reduction, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = a_trainer(reduction=reduction)
    trainer.advance(3)
    keys, frame = edge_and_others(trainer.plan.network), trainer.frame(Probe(Part.ALL))
    assert trails_at(trainer, keys, Probe(Part.ALL)).examples == (11, 11)
    time_for_six = 6 * FEWEST_MOMENTS * work_of(trainer.plan)
    monkeypatch.setattr("backprop_gui.engine.trails.MOST_WORK", time_for_six)
    assert frame.rows is not None
    some = frame.rows.x[::2], frame.rows.t[::2]
    assert moments_for(trainer.plan, 11) == moments_for(trainer.plan, 6) == FEWEST_MOMENTS
    passages = recorded(trainer, 100)
    wanted = whole(trails(passages, keys, *some, USUAL))
    found = trails_at(trainer, keys, Probe(Part.ALL))
    assert found.examples == (6, 11)
    share = 1 if reduction is Reduction.MEAN else 11 / 6
    for track in Track:
        factor = share if track is Track.GRADIENT else 1
        np.testing.assert_allclose(found.tracks[track], factor * wanted.tracks[track], rtol=1e-14)


def test_it_ends_at_the_moment_at_which_it_is_cancelled() -> None:
    trainer = a_trainer()
    trainer.advance(20)
    frame, asked = trainer.frame(), []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) == 5

    keys = edge_and_others(trainer.plan.network)
    passages = recorded(trainer, 100)
    assert trails(passages, keys, frame.trace.x, frame.trace.t, USUAL, cancelled) is None
    assert len(asked) == 5
