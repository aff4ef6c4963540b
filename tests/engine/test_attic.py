"""Tests of the attic: undo and redo bring back exactly what was learned, whatever happened in between."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine import attic as attics
from backprop_gui.engine.attic import Attic, Shelf
from backprop_gui.engine.carry import Carry, Key, keys_of, new_number
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.learned import Learned, drawn_start
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.stepper import check_fit
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network, check_trainable
from tests.strategies import random_examples, random_network

STARTS = (0.0, 0.5, -0.25)
"""Few, so that something is often drawn with a value that it has had before."""

Learnt = tuple[float, ...]
"""A parameter and what the optimiser remembers of it."""


def a_trainer(network: Network, **changes: object) -> Trainer:
    options = {"loss": "half-squared", "optimizer": "adam", "learning_rate": 0.05, "batch_size": 4, **changes}
    x, t = random_examples(network, 12, 3)
    return Trainer(network, Examples(x, t, x[:0], t[:0]), replace(TrainingSettings(), **options))  # type: ignore[arg-type]


def live(trainer: Trainer) -> dict[Key, Learnt]:
    """Return every parameter of a trainer with its optimiser state."""
    vectors = [trainer.theta, *trainer.stepper.memory.vectors.values()]
    return {key: tuple(float(v[slot]) for v in vectors) for key, slot in trainer.plan.slot.items()}


@dataclass
class Step:
    """One step of undo, with what it took away the last time in each direction."""

    before: Network
    after: Network
    touched: frozenset[Key]
    inherits: dict[Key, Key] = field(default_factory=dict)
    number: tuple[int, int] = (0, 0)
    lost: tuple[dict[Key, tuple[float, Learnt]], dict[Key, tuple[float, Learnt]]] = ({}, {})


class Drawing:
    """A trainer and its drawing with undo, beside a plain model of what every parameter must be."""

    def __init__(self, network: Network, **changes: object) -> None:
        self.trainer = a_trainer(network, **changes)
        self.network = network
        self.model = live(self.trainer)
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.waiting: list[tuple[Network, Carry]] = []

    def edit(
        self, network: Network, touched: frozenset[Key] = frozenset(), inherits: dict[Key, Key] | None = None
    ) -> None:
        step = Step(self.network, network, touched, inherits or {})
        self.undone.clear()
        self.done.append(step)
        self._go(step, forward=True)

    def undo(self) -> None:
        if self.done:
            self.undone.append(self.done.pop())
            self._go(self.undone[-1], forward=False)

    def redo(self) -> None:
        if self.undone:
            self.done.append(self.undone.pop())
            self._go(self.done[-1], forward=True)

    def train(self) -> None:
        if not self.waiting:
            self.trainer.advance(3)
            self.model = live(self.trainer)

    def _go(self, step: Step, *, forward: bool) -> None:
        new, number = step.after if forward else step.before, new_number()
        back = step.number[1] if forward else step.number[0]
        how = Carry(
            step.touched,
            step.inherits if forward else {},
            takes=(back,) if back else (),
            leaves=number,
        )
        known = step.lost[1] if forward else step.lost[0]
        model: dict[Key, Learnt] = {}
        zeros = (0.0,) * (len(next(iter(self.model.values()), (0.0, 0.0, 0.0))) - 1)
        for key in keys_of(new):
            start = drawn_start(new, key)
            assert start is not None
            if key in self.model and key not in step.touched and drawn_start(self.network, key) == start:
                model[key] = self.model[key]
            elif key in known and known[key][0] == start:
                model[key] = known[key][1]
            elif key in how.inherits and how.inherits[key] in self.model:
                model[key] = self.model[how.inherits[key]]
            else:
                model[key] = (start, *zeros)
        gone: dict[Key, tuple[float, Learnt]] = {}
        for key, learnt in self.model.items():
            start = drawn_start(self.network, key)
            assert start is not None
            if key not in model or key in step.touched or drawn_start(new, key) != start:
                gone[key] = (start, learnt)
        step.number = (number, step.number[1]) if forward else (step.number[0], number)
        step.lost = (gone, step.lost[1]) if forward else (step.lost[0], gone)
        self.network, self.model = new, model
        self.waiting.append((new, how))
        try:
            check_trainable(new)
            check_fit(new, self.trainer.examples)
        except UserError:
            return
        waiting, self.waiting = self.waiting, []
        self.trainer.rebase(*waiting[-1], waiting[:-1])
        self.check()

    def check(self) -> None:
        assert live(self.trainer) == self.model


WHAT = ("edge", "draw", "set", "neuron", "output", "bias", "heir", "undo", "redo", "train")
OFTEN = ("edge", "set", "undo", "undo", "redo", "train")
ACTS = st.tuples(st.sampled_from((*WHAT, *OFTEN)), st.integers(0, 10**6))


def act(drawing: Drawing, what: str, pick: int) -> None:
    """Do one thing to a drawing, if it can be done."""
    network, start = drawing.network, STARTS[pick % len(STARTS)]
    edges, hidden = network.edges, [n for n in network.neurons if n.kind is Kind.HIDDEN]
    if what in ("undo", "redo", "train"):
        getattr(drawing, what)()
    elif what == "edge" and edges:
        edge = edges[pick % len(edges)]
        drawing.edit(network.without([(edge.source, edge.target)]))
    elif what in ("draw", "heir"):
        pairs = [
            (a.id, b.id)
            for a, b in itertools.product(network.neurons, repeat=2)
            if a is not b and network.problem_with_edge(a.id, b.id) is None
        ]
        if pairs:
            pair = pairs[pick % len(pairs)]
            heir: dict[Key, Key] = {}
            if what == "heir" and edges:
                heir = {pair: (edges[pick % len(edges)].source, edges[pick % len(edges)].target)}
            drawing.edit(network.connect(*pair, start), inherits=heir)
    elif what == "set" and edges:
        edge = edges[pick % len(edges)]
        key = (edge.source, edge.target)
        drawing.edit(network.with_edges([replace(edge, weight=start)]), frozenset([key]))
    elif what == "neuron" and hidden:
        drawing.edit(network.without([hidden[pick % len(hidden)].id]))
    elif what == "output":
        # Cannot be trained until it is undone.
        if network.outputs:
            drawing.edit(network.without([network.outputs[-1].id]))
    elif what == "bias" and hidden:
        neuron = hidden[pick % len(hidden)]
        bias = start if neuron.bias is None else None
        drawing.edit(network.with_neurons([replace(neuron, bias=bias, frozen=False)]))


@pytest.mark.parametrize("precision", ["float64", "float32"])
@given(st.integers(0, 2**32 - 1), st.lists(ACTS, max_size=40))
def test_undo_and_redo_bring_back_what_was_learned(
    precision: str, seed: int, acts: list[tuple[str, int]]
) -> None:
    network = random_network(
        seed, outputs=2, freeze=0.0, activations=("tanh", "sigmoid"), output_activation="identity"
    )
    drawing = Drawing(network, precision=precision)
    drawing.train()
    for what, pick in acts:
        act(drawing, what, pick)
    while drawing.done:
        drawing.undo()
    assert not drawing.waiting
    assert drawing.network is network


def an_edit(network: Network) -> tuple[Network, Network, tuple[int, int]]:
    """Return a network, the same without one edge, and that edge."""
    edge = network.edges[0]
    return network, network.without([(edge.source, edge.target)]), (edge.source, edge.target)


def trained(**changes: object) -> tuple[Trainer, Network, Network, tuple[int, int]]:
    drawn, less, key = an_edit(
        random_network(4, hidden=5, outputs=2, freeze=0.0, output_activation="identity")
    )
    trainer = a_trainer(drawn, **changes)
    trainer.advance(9)
    return trainer, drawn, less, key


def test_a_reset_forgets() -> None:
    trainer, drawn, less, key = trained()
    trainer.rebase(less, Carry(leaves=1))
    trainer.reset()
    trainer.rebase(drawn, Carry(takes=(1,)))
    assert live(trainer)[key] == (drawn.edge_of[key].weight, 0.0, 0.0)


def test_another_optimiser_takes_the_value_without_the_memory() -> None:
    trainer, drawn, less, key = trained()
    value = live(trainer)[key][0]
    trainer.rebase(less, Carry(leaves=1))
    trainer.configure(replace(trainer.settings, optimizer="rmsprop"))
    trainer.advance(2)
    trainer.rebase(drawn, Carry(takes=(1,)))
    learnt = live(trainer)[key]
    assert learnt[0] == value
    assert set(learnt[1:]) == {0.0}
    trainer.advance(2)
    assert trainer.note is None


def test_a_parameter_that_is_frozen_when_it_comes_back_stands_still() -> None:
    trainer, drawn, less, key = trained()
    value = live(trainer)[key][0]
    trainer.rebase(less, Carry(leaves=1))
    frozen = drawn.with_edges([replace(drawn.edge_of[key], frozen=True)])
    trainer.rebase(frozen, Carry(takes=(1,)))
    assert live(trainer)[key] == (value, 0.0, 0.0)
    trainer.advance(3)
    assert live(trainer)[key] == (value, 0.0, 0.0)


def test_single_precision_takes_what_double_left() -> None:
    trainer, drawn, less, key = trained()
    value = live(trainer)[key][0]
    trainer.rebase(less, Carry(leaves=1))
    trainer.configure(replace(trainer.settings, precision="float32"))
    trainer.rebase(drawn, Carry(takes=(1,)))
    assert live(trainer)[key][0] == np.float32(value)


def test_what_was_not_finite_does_not_come_back() -> None:
    trainer, drawn, less, key = trained()
    trainer.theta[trainer.plan.slot[key]] = np.inf
    trainer.rebase(less, Carry(leaves=1))
    trainer.rebase(drawn, Carry(takes=(1,)))
    assert live(trainer)[key][0] == drawn.edge_of[key].weight
    assert trainer.note is None


def test_what_can_be_gone_back_to_comes_back_too() -> None:
    trainer, drawn, less, key = trained(learning_rate=1e6, optimizer="sgd")
    trainer.advance(1000)
    assert trainer.note is not None
    trainer.theta[:] = np.nan
    trainer._good.theta[trainer.plan.slot[key]] = 0.125
    good = dict(zip(keys_of(drawn), trainer.run().parameters.tolist(), strict=True))
    assert good[key] == 0.125
    trainer.rebase(less, Carry(leaves=1))
    assert trainer.note is not None
    half = trainer.run([(drawn, Carry(takes=(1,)))])
    assert dict(zip(keys_of(drawn), half.parameters.tolist(), strict=True)) == good
    trainer.rebase(drawn, Carry(takes=(1,), leaves=2))
    trainer.go_back()
    assert {k: learnt[0] for k, learnt in live(trainer).items()} == good
    trainer.rebase(less, Carry(takes=(2,), leaves=3))
    trainer.rebase(drawn, Carry(takes=(3,)))
    assert {k: learnt[0] for k, learnt in live(trainer).items()} == good


def test_what_nobody_takes_back_does_not_come_back() -> None:
    trainer, drawn, less, key = trained()
    trainer.rebase(less, Carry(leaves=1))
    trainer.rebase(drawn)
    assert live(trainer)[key][0] == drawn.edge_of[key].weight


def a_shelf(count: int) -> Shelf:
    numbers = np.arange(float(count))
    return Shelf({key: key for key in range(count)}, numbers, numbers, {"m": numbers}, None)


def test_the_attic_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attics, "CAPACITY", 100)
    attic = Attic()
    for number in range(1, 51):
        attic.put(number, a_shelf(10))
        assert attic.numbers <= 100
    assert attic.find((47,), 3, 3.0) is None
    assert attic.find((47, 48), 3, 3.0) is not None
    attic.put(51, a_shelf(60))
    assert attic.find((51,), 3, 3.0) is None, "what would fill it alone is not kept"
    assert attic.find((50,), 3, 3.0) is not None
    copy = attic.copy()
    copy.put(52, a_shelf(30))
    assert copy.find((52,), 3, 3.0) is not None
    assert attic.find((52,), 3, 3.0) is None
    assert attic.find((50,), 3, 3.0) is not None


def test_edits_keep_no_more_than_what_they_took_away() -> None:
    trainer, drawn, less, _ = trained()
    for number in range(1, 30):
        trainer.rebase(less if number % 2 else drawn, Carry(takes=(number - 1,), leaves=number))
    assert trainer._attic.numbers <= 15 * 4


@given(st.integers(0, 2**32 - 1), st.lists(ACTS, max_size=25))
def test_where_a_value_comes_from_is_known_before_it_is_computed(
    seed: int, acts: list[tuple[str, int]]
) -> None:
    """While a drawing waits, its present values are shown: those that training will go on with."""
    network = random_network(seed, outputs=2, freeze=0.0, activations=("tanh",), output_activation="identity")
    drawing = Drawing(network)
    drawing.train()
    plan = drawing.trainer.plan
    before = Learned(network, drawing.trainer.theta[plan.slots], {})
    act(drawing, "output", 0)
    for what, pick in acts:
        act(drawing, what, pick)
        if not drawing.waiting:
            return
        present = before.through(drawing.waiting, drawing.trainer.frame().attic.copy())
        for key, (value, *_) in drawing.model.items():
            assert present.value(key) == value, (key, what)
