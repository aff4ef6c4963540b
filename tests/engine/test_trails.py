"""Trails: the numbers of an edge or a neuron over time are those that a look at each moment shows."""

from __future__ import annotations

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
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trails import (
    FEWEST_MOMENTS,
    MOST_COPIED,
    MOST_MOMENTS,
    Track,
    Trails,
    moments_for,
    passage_of,
    recorded,
    trails,
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
    return trails(recorded(trainer, 100), keys, seen.x, seen.t, conventions, mean=frame.mean)


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
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_every_number_is_the_one_that_is_seen_at_that_moment(
    conventions: Conventions, probe: Probe, reduction: str, precision: str
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
    again = trails(passages, found.keys, frame.trace.x, frame.trace.t, USUAL)
    np.testing.assert_array_equal(again.tracks[Track.VALUE], before)


def test_a_moment_that_is_looked_at_has_its_place_once() -> None:
    trainer = a_trainer()
    trainer.timeline.stride = 8
    trainer.timeline.record()
    trainer.advance(20)
    keys = edge_and_others(trainer.plan.network)
    kept = recorded(trainer, 100)
    for step in (8, 11):
        frame = trainer.frame_at(step)
        found = trails([*kept, passage_of(frame)], keys, frame.trace.x, frame.trace.t, USUAL)
        assert np.all(np.diff(found.steps) > 0)
        at = found.steps.tolist().index(step)
        assert found.epochs[at] == frame.epoch
        assert found.tracks[Track.DELTA][0, at] == looked_up(frame, keys[0])[Track.DELTA]


def test_a_drawing_with_other_inputs_has_only_values() -> None:
    trainer = a_trainer()
    trainer.advance(3)
    wider = dense((3, 3, 2), activation="tanh", draw=drawer("xavier-uniform", 2))
    plan = compile_network(wider)
    other = Passage(plan, trainer.frame().loss, np.array([7]), np.array([2.0]), plan.start[np.newaxis])
    edge = wider.edges[0]
    frame = trainer.frame()
    found = trails(
        [*recorded(trainer, 10), other], [(edge.source, edge.target)], frame.trace.x, frame.trace.t, USUAL
    )
    assert found.steps[-1] == 7
    assert found.tracks[Track.VALUE][0, -1] == edge.weight
    for track in (Track.GRADIENT, Track.DELTA, Track.ACTIVATION):
        assert np.isnan(found.tracks[track][0, -1])


def test_what_is_not_finite_is_a_number_to_be_looked_at() -> None:
    trainer = a_trainer(dense((2, 3, 2), activation="identity", draw=drawer("xavier-uniform", 1)))
    frame = trainer.frame()
    broken = Passage(
        frame.plan, frame.loss, np.array([1]), np.array([1.0]), np.full((1, frame.plan.size), np.inf)
    )
    keys = edge_and_others(frame.plan.network)
    found = trails([*recorded(trainer, 10), broken], keys, frame.trace.x, frame.trace.t, USUAL)
    assert np.isfinite(found.tracks[Track.GRADIENT][0, 0])
    assert not np.isfinite(found.tracks[Track.GRADIENT][0, 1])


def test_larger_networks_and_batches_are_looked_at_less_often() -> None:
    small, large = (compile_network(dense(sizes)) for sizes in ((2, 3, 1), (64, 128, 10)))
    assert moments_for(small, 1) == MOST_MOMENTS
    assert FEWEST_MOMENTS <= moments_for(large, 1) <= MOST_COPIED / large.size
    assert moments_for(large, 10_000) == FEWEST_MOMENTS
