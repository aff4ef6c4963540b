"""Editing while it trains: what an edit does not touch goes on, what undo brings back is what was learned, and no
number that is shown belongs to something else."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.carry import Carry, Key, keys_of
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.learned import drawn_start
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind
from backprop_gui.project import Project, edits, templates
from backprop_gui.project.edits import Edit, Starts
from backprop_gui.ui.canvas import View
from backprop_gui.ui.canvas.views import WEIGHT_VIEWS
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.player import State
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project
from tests.ui.hand import a_window

EDITS = 500
ANSWER_SECONDS = 20.0

Learnt = tuple[float, ...]
Known = dict[Key, Learnt]


def learnt(trainer: Trainer) -> tuple[Plan, int, Known]:
    """Return every parameter with its optimiser state, and after how many updates."""
    vectors = [trainer.theta, *trainer.stepper.memory.vectors.values()]
    values = {key: tuple(float(v[slot]) for v in vectors) for key, slot in trainer.plan.slot.items()}
    return trainer.plan, trainer.step, values


class Witness:
    """Sees every frame that the views get, and every change of the drawing, and checks both."""

    def __init__(self, window: Window) -> None:
        self.window, self.frames, self.failures = window, 0, list[str]()
        player = window.lab.player
        player.failed.connect(self.failures.append)
        player.pictures.connect(self.see)
        self._changes: list[tuple[Project, Carry]] = []
        window.lab.document.changed.connect(self._note)

    def _note(self, old: Project, new: Project) -> None:
        self._changes.append((new, self.window.lab.document.carry))
        self.check_canvas()

    def see(self, frame: Frame) -> None:
        """Check a frame by itself, and what the canvas makes of it."""
        self.frames += 1
        assert self.window.canvas.scene.frame is frame
        prepared = self.window.lab.document.prepared
        test = frame.probe.part is Part.TEST
        x, t = (prepared.x_test, prepared.t_test) if test else (prepared.x_train, prepared.t_train)
        one = slice(frame.probe.index, frame.probe.index + 1)
        mean = self.window.lab.document.project.training.reduction is Reduction.MEAN
        again = trace(frame.plan, frame.theta, x[one], t[one], frame.loss, mean=mean)
        for name in ("z", "a", "delta", "grad"):
            np.testing.assert_array_equal(getattr(frame.trace, name), getattr(again, name), err_msg=name)
        self.check_canvas()

    def check_canvas(self) -> None:
        """Check that each number on the canvas is that of the frame for the same part of the drawing, or none."""
        scene = self.window.canvas.scene
        frame, values, network = scene.frame, scene.values, self.window.lab.document.project.network
        assert scene.network is network
        if scene.parked:
            self._check_waiting()
            return
        if frame is None:
            return
        theirs = frame.plan.network
        for row, neuron in enumerate(network.neurons):
            if not values.numbered[row]:
                continue
            other = theirs.neuron_of[neuron.id]
            assert (other.kind, other.activation) == (neuron.kind, neuron.activation)
            assert values.number[row] == number_of(frame, neuron.id, scene.view), neuron.name
            if values.colored[row] and not (neuron.kind is Kind.INPUT and scene.view is not View.FORWARD):
                assert values.fill[row] == values.number[row]
        source = frame.update if scene.view is View.UPDATE else frame.theta
        for row, edge in enumerate(network.edges):
            key = (edge.source, edge.target)
            if values.known[row]:
                slot = frame.plan.slot.get(key)
                redrawn = slot is None or frame.plan.start[slot] != edge.weight
                assert values.weight[row] == (edge.weight if redrawn else source[slot]), key

    def _check_waiting(self) -> None:
        """Check that what is shown of a drawing that waits is what the player says, and no signal."""
        scene, player = self.window.canvas.scene, self.window.lab.player
        assert not scene.values.numbered.any()
        assert not scene.values.colored.any()
        assert (scene.values.known == (scene.view in WEIGHT_VIEWS)).all()
        for row, edge in enumerate(scene.network.edges):
            if scene.values.known[row]:
                assert scene.values.weight[row] == player.value((edge.source, edge.target))

    def check_standing(self, qtbot: QtBot) -> None:
        """Check that what is shown of a drawing that waits is what training goes on with, and what is saved."""
        player = self.window.lab.player
        project = player.project_now()
        run = project.run
        if run is not None:
            qtbot.waitUntil(lambda: player.last is not None and player.last.step == run.step)
            assert [player.value(key) for key in keys_of(project.network)] == run.parameters.tolist()
        self._check_waiting()

    # ---- one edit between two looks

    def between(self, act: Callable[[], object]) -> None:
        """Do something with no update between the looks before and after it, and compare these."""
        player, document = self.window.lab.player, self.window.lab.document
        gate, old = threading.Event(), document.project
        waited = bool(document.obstacle)
        player.ask(lambda trainer: gate.wait(ANSWER_SECONDS))
        first: Future[object] = player.ask(learnt)
        self._changes.clear()
        try:
            act()
            second: Future[object] = player.ask(learnt)
        finally:
            gate.set()
        before, after = first.result(ANSWER_SECONDS), second.result(ANSWER_SECONDS)
        assert isinstance(before, tuple)
        assert isinstance(after, tuple)
        assert after[1] == before[1], "an update was made in between"
        if document.obstacle is not None:
            assert after[2] == before[2]
            assert player.state is State.PAUSED
            assert player.frame is None
            return
        assert after[0].network is document.project.network
        if waited or len(self._changes) != 1:
            return
        (new, how), values = self._changes[0], before[2]
        for key, learned in after[2].items():
            start = drawn_start(new.network, key)
            part = new.network.edge_of[key] if isinstance(key, tuple) else new.network.neuron_of[key]
            if key in values and key not in how.touched and drawn_start(old.network, key) == start:
                assert learned[0] == values[key][0], key
                assert learned[1:] == (values[key][1:] if not part.frozen else (0.0,) * len(learned[1:])), key
            elif how.takes:
                # Undo and redo bring back what was learned until then, whatever it was made of at first.
                continue
            elif key in how.inherits:
                assert learned[0] == values[how.inherits[key]][0], key
            else:
                assert learned == (start, *(0.0,) * len(learned[1:])), key


def number_of(frame: Frame, id: int, view: View) -> float:
    """Return what a view shows in a neuron, by the frame alone."""
    plan = frame.plan
    column, kind = plan.column[id], plan.network.neuron_of[id].kind
    if view is View.FORWARD or kind is Kind.INPUT:
        return float(frame.trace.a[0][column])
    if view is View.BACKWARD:
        return float(frame.trace.delta[0][column])
    return float(frame.update[plan.slot[id]])


# ---- random edits


def an_edit(project: Project, starts: Starts, dice: random.Random) -> Edit:
    """Return a random edit; one that is not possible raises."""
    network = project.network
    ids = [neuron.id for neuron in network.neurons]
    pairs = [(edge.source, edge.target) for edge in network.edges]
    layers = [layer.id for layer in network.layers]
    if not pairs:
        return edits.tidy(project)
    return dice.choice(MAKERS)(project, dice, ids, pairs, layers, starts)


def few(dice: random.Random, things: list) -> list:  # type: ignore[type-arg]
    return dice.sample(things, min(len(things), dice.randint(1, 3)))


def spot(dice: random.Random) -> tuple[float, float]:
    return dice.uniform(-300, 500), dice.uniform(-300, 300)


VALUES = (0.0, 0.5, -0.25, 1 / 3, 2.0)
MAKERS: list[Callable[..., Edit]] = [
    lambda p, d, ids, es, ls, s: edits.add_neuron(p, Kind.HIDDEN, spot(d), s),
    lambda p, d, ids, es, ls, s: edits.add_neuron(p, d.choice(list(Kind)), None, s, d.choice(ls)),
    lambda p, d, ids, es, ls, s: edits.add_layer(p, d.choice(list(Kind)), d.randint(1, 3), spot(d), s),
    lambda p, d, ids, es, ls, s: edits.connect(p, few(d, ids), few(d, ids), s),
    lambda p, d, ids, es, ls, s: edits.connect(p, few(d, ids), few(d, ids), s),
    lambda p, d, ids, es, ls, s: edits.resize_layer(p, d.choice(ls), d.randint(1, 5), s),
    lambda p, d, ids, es, ls, s: edits.insert_layer(p, d.choice(ls), d.choice(ls), d.randint(1, 4), s),
    lambda p, d, ids, es, ls, s: edits.split_edge(p, d.choice(es), s, d.choice([None, spot(d)])),
    lambda p, d, ids, es, ls, s: edits.split_edge(p, d.choice(es), s),
    lambda p, d, ids, es, ls, s: edits.move(p, few(d, ids), *spot(d)),
    lambda p, d, ids, es, ls, s: edits.tidy(p),
    lambda p, d, ids, es, ls, s: edits.remove(p, few(d, ids)),
    lambda p, d, ids, es, ls, s: edits.remove(p, few(d, es)),
    lambda p, d, ids, es, ls, s: edits.remove(p, few(d, es)),
    lambda p, d, ids, es, ls, s: edits.rename(p, d.choice(ids), d.choice("abcd")),
    lambda p, d, ids, es, ls, s: edits.set_weight(p, d.choice(es), d.choice(VALUES)),
    lambda p, d, ids, es, ls, s: edits.set_weight(p, d.choice(es), d.choice(VALUES)),
    lambda p, d, ids, es, ls, s: edits.set_bias(p, d.choice(ids), d.choice(VALUES)),
    lambda p, d, ids, es, ls, s: edits.set_activation(p, few(d, ids), d.choice(["tanh", "sigmoid", "relu"])),
    lambda p, d, ids, es, ls, s: edits.set_has_bias(p, few(d, ids), d.random() < 0.6),
    lambda p, d, ids, es, ls, s: edits.set_frozen(p, few(d, es) + few(d, ids), d.random() < 0.4),
    lambda p, d, ids, es, ls, s: edits.draw_layer(p, d.choice(ls), "xavier-uniform"),
    lambda p, d, ids, es, ls, s: edits.duplicate(p, few(d, ids), 30.0, 40.0),
    lambda p, d, ids, es, ls, s: edits.paste(p, edits.fragment(p.network, few(d, ids)), at=spot(d)),
]


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """A window on a 2-4-3-1 network on XOR that learns with Adam."""
    project = a_project(
        hidden=(4, 3), optimizer="adam", learning_rate=0.01, batch_size=4, loss="half-squared"
    )
    with a_window(project, qtbot, qapp) as window:
        yield window


def test_five_hundred_edits_while_it_trains(window: Window, qtbot: QtBot) -> None:
    dice, witness, document, player = (
        random.Random(5),
        Witness(window),
        window.lab.document,
        window.lab.player,
    )
    player.play()
    done = waits = 0
    while done < EDITS:
        stack, count = document.stack, document.stack.index
        what = dice.random()
        too_large = len(document.project.network.neurons) > 24
        if (what < 0.3 or too_large or (document.obstacle is not None and what < 0.7)) and stack.can_undo:
            witness.between(stack.undo)
        elif what < 0.4 and stack.can_redo:
            witness.between(stack.redo)
        else:
            window.lab.editor.keep = dice.random() < 0.7
            witness.between(
                lambda: window.lab.editor.attempt(
                    lambda project: an_edit(project, window.lab.editor.starts, dice)
                )
            )
            if stack.index == count:
                continue
        done += 1
        waits += document.obstacle is not None
        if done % 20 == 0:
            window.set_view(dice.choice(list(View)).value)
        if document.obstacle is not None:
            witness.check_standing(qtbot)
        if done % 5 == 0:
            qtbot.wait(dice.choice([1, 5, 30]))
        assert player.state is (State.RUNNING if document.obstacle is None else State.PAUSED)
    while document.obstacle is not None:
        document.stack.undo()
    assert not witness.failures
    assert waits > 20
    assert witness.frames > 50
    player.pause()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.rate == 0)
    plan, step, values = player.ask(learnt).result(ANSWER_SECONDS)  # type: ignore[misc]
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step == step)
    witness.check_canvas()
    scene = window.canvas.scene
    assert scene.frame is not None
    assert scene.frame.plan is plan
    window.set_view("forward")
    for row, edge in enumerate(document.project.network.edges):
        assert scene.values.known[row]
        assert scene.values.weight[row] == values[edge.source, edge.target][0]


# ---- keeping what is computed


def a_neuron(project: Project, starts: Starts) -> Edit:
    layer = next(n.layer for n in project.network.neurons if n.kind is Kind.HIDDEN)
    return edits.add_neuron(project, Kind.HIDDEN, None, starts, layer)


def a_layer(project: Project, starts: Starts) -> Edit:
    network = project.network
    layers = [layer.id for layer in network.layers]
    return edits.insert_layer(project, layers[1], layers[2], len(network.members[layers[1]]), starts)


def a_split(project: Project, starts: Starts) -> Edit:
    edge = project.network.edges[3]
    return edits.split_edge(project, (edge.source, edge.target), starts)


def an_edge(project: Project, starts: Starts) -> Edit:
    network = project.network
    return edits.connect(project, [network.inputs[0].id], [network.outputs[0].id], starts)


def a_duplicate(project: Project, starts: Starts) -> Edit:
    return edits.duplicate(
        project, [n.id for n in project.network.neurons if n.kind is Kind.HIDDEN], 9.0, 9.0
    )


Make = Callable[[Project, Starts], Edit]
GROWING = [a_neuron, a_layer, a_split, an_edge]


def loss_of(window: Window) -> float:
    def read(trainer: Trainer) -> float:
        trainer.score()
        return trainer.train.loss

    loss = window.lab.player.ask(read).result(ANSWER_SECONDS)
    assert isinstance(loss, float)
    return loss


def train(window: Window, qtbot: QtBot, steps: int) -> None:
    player = window.lab.player
    player.play()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step > steps)
    player.pause()


@pytest.mark.parametrize("make", GROWING)
def test_what_is_added_leaves_what_is_computed(window: Window, qtbot: QtBot, make: Make) -> None:
    train(window, qtbot, 300)
    player, editor, loss = window.lab.player, window.lab.editor, loss_of(window)
    assert editor.attempt(lambda project: make(project, editor.starts))
    assert loss_of(window) == pytest.approx(loss, rel=1e-12)
    assert "computes what it did before" in window.canvas.hint.text
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.plan.network is editor.network)
    assert player.frame is not None
    assert player.frame.train.loss == pytest.approx(loss, rel=1e-12)
    count = len(player.frame.curve.epochs)
    train(window, qtbot, player.frame.step + 8)
    after = player.ask(lambda trainer: trainer.history.curve().train).result(ANSWER_SECONDS)
    assert isinstance(after, np.ndarray)
    assert len(after) > count
    assert abs(after[count] - after[count - 1]) < 0.1 * loss + 1e-3, "the curve jumps"


@pytest.mark.parametrize("make", GROWING)
def test_without_keeping_it_changes_and_undo_brings_it_back(window: Window, qtbot: QtBot, make: Make) -> None:
    train(window, qtbot, 300)
    player, editor, stack = window.lab.player, window.lab.editor, window.lab.document.stack
    loss, before = loss_of(window), player.ask(learnt).result(ANSWER_SECONDS)
    editor.keep = False
    assert editor.attempt(lambda project: make(project, editor.starts))
    added = player.ask(learnt).result(ANSWER_SECONDS)
    assert loss_of(window) != pytest.approx(loss, rel=1e-6)
    stack.undo()
    assert isinstance(before, tuple)
    assert isinstance(added, tuple)
    assert player.ask(learnt).result(ANSWER_SECONDS)[1:] == before[1:]  # type: ignore[index]
    assert loss_of(window) == loss
    stack.redo()
    assert player.ask(learnt).result(ANSWER_SECONDS)[1:] == added[1:]  # type: ignore[index]
    stack.undo()
    assert player.ask(learnt).result(ANSWER_SECONDS)[1:] == before[1:]  # type: ignore[index]


def test_a_value_typed_while_the_drawing_waits_is_shown_and_kept(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 100)
    player, editor, document = window.lab.player, window.lab.editor, window.lab.document
    learned = player.ask(learnt).result(ANSWER_SECONDS)
    assert isinstance(learned, tuple)
    output, (first, second) = document.project.network.outputs[0].id, document.project.network.edges[:2]
    key, other = (first.source, first.target), (second.source, second.target)
    editor.attempt(lambda project: edits.rename(project, output, "y"))
    editor.attempt(lambda project: edits.remove(project, [output]))
    editor.attempt(lambda project: edits.set_weight(project, key, 7.0))
    qtbot.waitUntil(lambda: player.last is not None and player.last.step == learned[1])
    values, network = window.canvas.scene.values, document.project.network
    keys = [(edge.source, edge.target) for edge in network.edges]
    assert values.weight[keys.index(key)] == 7.0
    assert values.weight[keys.index(other)] == learned[2][other][0]
    assert player.value(key) == 7.0
    assert player.value(other) == learned[2][other][0]
    document.stack.undo()
    assert player.value(key) == learned[2][key][0]
    document.stack.redo()
    assert player.value(key) == 7.0
    for _ in range(2):
        document.stack.undo()
    assert player.ask(learnt).result(ANSWER_SECONDS)[2] == learned[2]  # type: ignore[index]


def test_what_a_drawn_value_and_a_copy_have_while_the_drawing_waits(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 100)
    player, editor, document = window.lab.player, window.lab.editor, window.lab.document
    learned = player.ask(learnt).result(ANSWER_SECONDS)
    assert isinstance(learned, tuple)
    first, second, *_ = document.project.network.edges
    key, other = (first.source, first.target), (second.source, second.target)
    editor.attempt(lambda project: edits.remove(project, [project.network.outputs[0].id]))
    qtbot.waitUntil(lambda: player.last is not None and player.last.step == learned[1])
    canvas, network = window.canvas, document.project.network

    def shown(pair: tuple[int, int]) -> float:
        return float(canvas.scene.values.weight[list(document.project.network.edge_of).index(pair)])

    assert shown(key) == learned[2][key][0] != first.weight
    editor.attempt(lambda project: edits.set_weight(project, key, first.weight))
    assert shown(key) == player.value(key) == first.weight
    canvas.set_selection(frozenset([key]), key)
    assert f"weight {format_exact(first.weight)}" in canvas.graphics.accessibleDescription()
    canvas.set_selection(frozenset([other]), other)
    description = canvas.graphics.accessibleDescription()
    assert f"weight {format_exact(learned[2][other][0])}" in description
    assert "∂L/∂w" not in description
    document.stack.undo()
    assert shown(key) == learned[2][key][0]
    editor.attempt(lambda project: edits.duplicate(project, key, 30.0, 40.0))
    (copy,) = document.project.network.edge_of.keys() - network.edge_of.keys()
    assert shown(copy) == learned[2][key][0]
    # In a file too, from its first moment on.
    saved = player.project_now()
    document.open(saved, None)
    assert shown(copy) == player.value(copy) == learned[2][key][0]


@pytest.mark.parametrize("make", [a_split, a_layer, a_duplicate])
def test_an_edit_has_its_values_at_once(window: Window, qtbot: QtBot, make: Make) -> None:
    train(window, qtbot, 100)
    player, editor, document = window.lab.player, window.lab.editor, window.lab.document
    before = player.ask(learnt).result(ANSWER_SECONDS)
    assert isinstance(before, tuple)
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step == before[1])

    def check() -> None:
        """Compare what is said now with what the trainer has: no frame can come in between."""
        present = {key: player.value(key) for key in keys_of(document.project.network)}
        learned = player.ask(learnt).result(ANSWER_SECONDS)
        assert isinstance(learned, tuple)
        assert present == {key: learned[2][key][0] for key in present}

    assert editor.attempt(lambda project: make(project, editor.starts))
    check()
    document.stack.undo()
    check()
    document.stack.redo()
    check()
    # Other columns are another problem.
    document.edit("Learn something else", templates.load("iris"))
    check()
    document.stack.undo()
    check()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.plan.network is editor.network)
    check()
