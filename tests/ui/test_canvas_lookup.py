from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.engine.plan import compile_network
from backprop_gui.ui.canvas.views import Lookup
from tests.ui.moments import a_network

BEFORE = a_network(3, 4, 2)
FIRST = BEFORE.neurons[4].id
EDITED = {
    "nothing": BEFORE,
    "moved": BEFORE.with_neurons([replace(BEFORE.neurons[4], position=(9.0, 9.0))]),
    "without a bias": BEFORE.with_neurons([replace(BEFORE.neurons[4], bias=None)]),
    "without a neuron": BEFORE.without([FIRST]),
    "without edges": BEFORE.without([(e.source, e.target) for e in BEFORE.edges[2:5]]),
    "with an edge": BEFORE.connect(BEFORE.inputs[0].id, BEFORE.outputs[0].id),
    "in another order": replace(BEFORE, edges=tuple(reversed(BEFORE.edges)), neurons=BEFORE.neurons[::-1]),
    "another activation": BEFORE.with_activation([FIRST], "relu"),
}


@pytest.mark.parametrize("name", EDITED)
@pytest.mark.parametrize("backwards", [False, True], ids=["after", "before"])
def test_every_edge_finds_its_weight_in_the_frames_of_another_drawing(name: str, backwards: bool) -> None:
    shown, trained = EDITED[name], BEFORE
    if backwards:
        shown, trained = trained, shown
    plan = compile_network(trained)
    lookup = Lookup.of(plan, shown)
    assert lookup.weight_slot.tolist() == [plan.slot.get((e.source, e.target), -1) for e in shown.edges]
    for neuron, column, slot in zip(shown.neurons, lookup.column, lookup.bias_slot, strict=True):
        other = trained.neuron_of.get(neuron.id)
        same = other is not None and other.activation == neuron.activation
        assert column == (plan.column[neuron.id] if same else -1)
        if neuron.bias is not None or not same:
            assert slot == (plan.slot.get(neuron.id, -1) if same else -1)


def test_the_slots_are_indices_into_the_parameters() -> None:
    plan = compile_network(BEFORE)
    slots = Lookup.of(plan, EDITED["in another order"]).weight_slot
    weights = [edge.weight for edge in reversed(BEFORE.edges)]
    np.testing.assert_array_equal(plan.start[slots], weights)


def test_a_drawing_without_edges_finds_nothing() -> None:
    assert Lookup.of(compile_network(BEFORE), replace(BEFORE, edges=())).weight_slot.shape == (0,)
