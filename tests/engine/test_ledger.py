"""The delta ledger: its terms lead to the model's delta, and what it says of them is true."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.engine import LOSSES
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.operations.expression import Number, Product, Sum, evaluate, summed
from backprop_gui.engine.operations.ledger import Ledger, delta_ledger
from backprop_gui.engine.operations.paths import paths
from backprop_gui.engine.passes import trace
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind, Network, dense
from tests.strategies import random_examples, random_network

CONVENTIONS = [Conventions(delta, sign) for delta in Delta for sign in Sign]
PROBES = [Probe(), Probe(Part.BATCH), Probe(Part.ALL)]


def frame_of(network: Network, x: object, t: object, probe: Probe, **chosen: object) -> Frame:
    x, t = np.asarray(x, float), np.asarray(t, float)
    training = TrainingSettings(**chosen)  # type: ignore[arg-type]
    return Trainer(network, Examples(x, t, x[:0], t[:0]), training).frame(probe)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Any graph, any loss, one example or some."""
    seed = draw(st.integers(0, 2**32 - 1))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    network = random_network(seed, output_activation="sigmoid" if loss == "binary-cross-entropy" else None)
    x, t = random_examples(network, 5, seed, classes=LOSSES[loss].tasks != ("regression", "binary"))
    return frame_of(network, x, t, draw(st.sampled_from(PROBES)), loss=loss, batch_size=2)


def summed_up(ledger: Ledger) -> float:
    """Return what the ledger's terms lead to."""
    inner = ledger.total * (1.0 if ledger.slope is None else ledger.slope)
    return inner + (0.0 if ledger.own is None or ledger.own_in_total else ledger.own)


def size(ledger: Ledger) -> float:
    return 1 + sum(abs(one.product) for one in ledger.contributions) + abs(ledger.own or 0.0)


def assert_true(ledger: Ledger, frame: Frame) -> None:
    """What the sentence says of signs is so, and that of f′ in every example."""
    rows = frame.trace if frame.rows is None else frame.rows
    slopes = rows.slope[:, frame.plan.column[ledger.neuron]]
    words = ledger.sentence
    if "decided by rounding" in words:
        assert abs(ledger.delta) < 1e-12 * size(ledger)
        return
    if found := re.search(r"f′\(z\) is (positive|negative|0)", words):
        assert np.all(np.sign(slopes) == {"positive": 1, "negative": -1, "0": 0}[found[1]]), words
    if found := re.search(r"(?:sum to a|comes back is) (positive|negative)", words):
        assert math.copysign(1, ledger.total) == {"positive": 1, "negative": -1}[found[1]], words
    if found := re.search(r" is (positive|negative|0)[ :]", words):
        assert np.sign(ledger.delta) == {"positive": 1, "negative": -1, "0": 0}[found[1]], words


@settings(max_examples=60, deadline=None)
@given(frames(), st.sampled_from(CONVENTIONS))
def test_the_terms_lead_to_the_models_delta_and_the_sentence_is_true(frame: Frame, how: Conventions) -> None:
    for neuron in frame.plan.network.neurons:
        ledger = delta_ledger(frame, neuron.id, how)
        assert summed_up(ledger) == pytest.approx(ledger.delta, rel=1e-12, abs=1e-12 * size(ledger))
        for one in ledger.contributions:
            shown = evaluate(Product(one.factors))
            assert shown == pytest.approx(one.product, rel=1e-12, abs=1e-15 * size(ledger))
        assert_true(ledger, frame)


@pytest.mark.parametrize("seed", range(60))
def test_no_sigmoid_of_a_batch_is_said_to_have_a_negative_slope(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = dense([2, 3, 2], activation="sigmoid", output_activation="sigmoid")
    weights = {(edge.source, edge.target): float(rng.normal()) for edge in network.edges}
    network = network.with_parameters({}, weights)
    x, t = rng.normal(size=(6, 2)), rng.random((6, 2))
    frame = frame_of(network, x, t, Probe(Part.ALL), loss="half-squared")
    for neuron in network.neurons:
        if neuron.kind is not Kind.INPUT:
            ledger = delta_ledger(frame, neuron.id)
            assert_true(ledger, frame)
            assert "f′(z) is negative" not in ledger.sentence
            assert ledger.sentence.startswith(f"The mean δ of {neuron.name} over 6 examples is ")


def test_a_neuron_that_is_dead_for_all_of_a_batch_is_said_to_be_so() -> None:
    network = dense([1, 1, 1], activation="relu", output_activation="identity")
    hidden = next(neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN)
    frame = frame_of(
        network.with_parameters({hidden: -9.0}, {}),
        [[1.0], [2.0]],
        [[5.0], [5.0]],
        Probe(Part.ALL),
        loss="half-squared",
    )
    words = delta_ledger(frame, hidden).sentence
    assert words.endswith(" is 0 because f′(z) is 0 in each of them: a change of z does not change a.")


@pytest.mark.parametrize("how", CONVENTIONS)
@pytest.mark.parametrize("probe", PROBES)
def test_what_overflowed_has_a_ledger_and_paths(how: Conventions, probe: Probe) -> None:
    # The outputs are ±1.7e308, so that ∂L/∂a is infinite with either sign, and w δ of all others too.
    network = dense([1, 2, 3], activation="tanh", output_activation="identity")
    outputs = [neuron.id for neuron in network.outputs]
    biases = dict(zip(outputs, (1.7e308, -1.7e308, 0.8e308), strict=True))
    network = network.with_parameters(biases, {(edge.source, edge.target): 1.0 for edge in network.edges})
    frame = frame_of(network, [[1.0], [2.0]], np.zeros((2, 3)), probe, loss="sum-squared")
    for neuron in network.neurons:
        words = delta_ledger(frame, neuron.id, how).sentence
        assert (
            math.isfinite(frame.trace.delta[0, frame.plan.column[neuron.id]])
            or "not a finite number" in words
        )
        paths(frame, neuron.id, how, most=1)


def test_large_finite_numbers_are_added_up_where_an_exact_sum_overflows() -> None:
    assert summed([1.7e308, 1.7e308, -1.7e308]) == math.inf
    assert math.isnan(summed([math.inf, -math.inf]))
    assert summed([1.0, math.inf]) == math.inf
    assert summed([0.1] * 10) == 1.0
    assert evaluate(Sum(tuple(map(Number, (1.7e308, 1.7e308, 1.0))))) == math.inf


@pytest.mark.parametrize("how", CONVENTIONS)
@pytest.mark.parametrize("probe", PROBES)
def test_of_many_contributions_the_largest_are_told_apart(how: Conventions, probe: Probe) -> None:
    rng = np.random.default_rng(7)
    network = dense([2, 2, 40], activation="tanh", output_activation="sigmoid")
    weights = {(edge.source, edge.target): float(rng.normal()) for edge in network.edges}
    network = network.with_parameters({}, weights)
    frame = frame_of(
        network, rng.normal(size=(6, 2)), rng.integers(0, 2, (6, 40)), probe, loss="binary-cross-entropy"
    )
    hidden = next(neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN)
    every, few = delta_ledger(frame, hidden, how), delta_ledger(frame, hidden, how, most=12)
    assert (len(every.contributions), every.rest_count) == (40, 0)
    assert (len(few.contributions), few.rest_count) == (11, 29)
    by_size = sorted(every.contributions, key=lambda one: -abs(one.product))
    assert list(few.contributions) == by_size[:11]
    assert few.rest == pytest.approx(sum(one.product for one in by_size[11:]), rel=1e-12)
    assert sum(one.share for one in few.contributions) + few.rest_share == pytest.approx(1, rel=1e-12)
    assert few.sentence == every.sentence
    assert delta_ledger(frame, hidden, how, most=40) == every


def test_what_decides_the_sign_is_named_though_it_is_folded() -> None:
    # Two large ones against, many small ones for: the sum is theirs.
    network = dense([1, 1, 22], activation="identity", output_activation="identity")
    hidden = next(neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN)
    into = next((edge.source, edge.target) for edge in network.edges if edge.target == hidden)
    weights = {(hidden, output.id): 1.0 for output in network.outputs}
    targets = [1.0 + 3.0] * 2 + [1.0 - 0.5] * 20
    frame = frame_of(
        network.with_parameters({}, {**weights, into: 1.0}), [[1.0]], [targets], Probe(), loss="half-squared"
    )
    ledger = delta_ledger(frame, hidden, most=3)
    assert [one.product for one in ledger.contributions] == [-3, -3]
    assert (ledger.rest, ledger.rest_count, ledger.total) == (10, 20, 4)
    assert f": mostly the path over {network.outputs[2].name} (w 1 · δ 0.5)." in ledger.sentence


@pytest.mark.parametrize("sign", list(Sign))
def test_a_sentence_says_which_way_the_loss_falls(sign: Sign) -> None:
    """A bias is added to z, so that the loss itself can be asked."""
    network = random_network(7, output_activation="tanh")
    x, t = random_examples(network, 1, 7)
    frame = frame_of(network, x, t, Probe(), loss="half-squared")
    words = set()
    for key, slot in frame.plan.slot.items():
        if isinstance(key, tuple) or abs(frame.trace.delta[0, frame.plan.column[key]]) < 1e-9:
            continue
        larger = frame.theta.copy()
        larger[slot] += 1e-6
        falls = trace(frame.plan, larger, x, t, frame.loss).losses[0] < frame.trace.losses[0]
        said = delta_ledger(frame, key, Conventions(sign=sign)).sentence
        assert said.endswith(f"A slightly {'larger' if falls else 'smaller'} z would lower the loss.")
        words.add(falls)
    assert words == {True, False}


def test_an_output_is_compared_with_its_target() -> None:
    network = dense([1, 2], activation="identity", output_activation="identity")
    first, second = (neuron.id for neuron in network.outputs)
    drawn = network.with_parameters(
        {first: 3.0, second: -1.0}, {(e.source, e.target): 0.0 for e in network.edges}
    )
    frame = frame_of(drawn, [[1.0]], [[2.0, 0.0]], Probe(), loss="half-squared")
    assert "(the output 3 is above its target 2)" in delta_ledger(frame, first).sentence
    assert "(the output −1 is below its target 0)" in delta_ledger(frame, second).sentence
