"""A drawing that cannot be trained: training waits with all it has learned, and goes on when the drawing is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from backprop_gui.engine.carry import Carry
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind, Network
from backprop_gui.project import Project, edits, trainer_of
from backprop_gui.project.edits import Starts
from backprop_gui.project.files import decode, encode
from backprop_gui.ui.document import Document
from backprop_gui.ui.player import Player, State
from tests.ui.conftest import a_project

NextFrame = Callable[..., Frame]


def drawn(project: Project, network: Network) -> Project:
    return replace(project, network=network, run=None)


def without_output(project: Project) -> Project:
    return drawn(project, project.network.without(n.id for n in project.network.outputs))


def values(player: Player) -> dict[object, float]:
    """Return every live parameter by its key."""

    def read(trainer: Trainer) -> dict[object, float]:
        return {key: float(trainer.theta[slot]) for key, slot in trainer.plan.slot.items()}

    return player.ask(read).result(5)  # type: ignore[return-value]


def trained(player: Player, next_frame: NextFrame, step: int = 50) -> dict[object, float]:
    next_frame(player.play, accept=lambda frame: frame.step > step)
    player.pause()
    return values(player)


def test_training_waits_and_goes_on_by_itself(
    document: Document, player: Player, next_frame: NextFrame, qtbot: QtBot
) -> None:
    heard: list[object] = []
    player.waiting.connect(heard.append)
    next_frame(player.play, accept=lambda frame: frame.step > 20)
    document.edit("Delete ŷ", without_output(document.project))
    assert player.frame is None
    assert player.state is State.PAUSED
    assert "no output" in str(heard[-1])
    step = player.ask(lambda trainer: trainer.step).result(5)
    qtbot.wait(60)
    assert player.frame is None
    assert player.ask(lambda trainer: trainer.step).result(5) == step
    player.play()
    assert player.state is State.PAUSED
    document.stack.undo()
    assert heard[-1] is None
    assert player.state is State.RUNNING
    assert next_frame(lambda: None, accept=lambda frame: frame.step > step).note is None


def test_who_pauses_meanwhile_stays_paused(document: Document, player: Player, next_frame: NextFrame) -> None:
    next_frame(player.play, accept=lambda frame: frame.step > 20)
    document.edit("Delete ŷ", without_output(document.project))
    player.pause()
    document.stack.undo()
    assert player.state is State.PAUSED


def test_the_key_that_pauses_keeps_it_from_going_on(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    next_frame(player.play, accept=lambda frame: frame.step > 20)
    document.edit("Delete ŷ", without_output(document.project))
    player.toggle()
    heard: list[object] = []
    player.waiting.connect(heard.append)
    player.toggle()
    assert "no output" in str(heard[0]), "a second time it would play"
    document.stack.undo()
    assert player.state is State.PAUSED


def test_undo_brings_back_what_was_learned(document: Document, player: Player, next_frame: NextFrame) -> None:
    before = trained(player, next_frame)
    network = document.project.network
    gone = next(n for n in network.neurons if n.name == "h2")
    document.edit("Delete h2", drawn(document.project, network.without([gone.id])))
    assert gone.id not in values(player)
    document.stack.undo()
    assert values(player) == before
    document.stack.redo()
    player.step()
    document.stack.undo()
    after = values(player)
    assert all(
        after[key] == before[key]
        for key in before
        if key == gone.id or (isinstance(key, tuple) and gone.id in key)
    )


def test_a_typed_value_counts_even_if_it_was_drawn_before(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    before = trained(player, next_frame)
    edge = document.project.network.edges[0]
    key = (edge.source, edge.target)
    assert before[key] != edge.weight
    document.edit("Set w", document.project, carry=Carry(touched=frozenset([key])))
    assert values(player) == {**before, key: edge.weight}
    document.stack.undo()
    assert values(player) == before
    document.stack.redo()
    assert values(player) == {**before, key: edge.weight}


def test_a_new_parameter_can_inherit(document: Document, player: Player, next_frame: NextFrame) -> None:
    before = trained(player, next_frame)
    network = document.project.network
    (x1, _), out = network.inputs, network.outputs[0]
    old = (x1.id, next(n.id for n in network.neurons if n.name == "h1"))
    changed = network.without([old]).connect(x1.id, out.id, 0.25)
    heir = Carry(inherits={(x1.id, out.id): old})
    document.edit("Move an edge", drawn(document.project, changed), carry=heir)
    after = values(player)
    assert after[x1.id, out.id] == before[old]
    document.stack.undo()
    assert values(player) == before


@pytest.mark.parametrize("reopened", [False, True])
def test_a_half_drawn_project_is_saved_with_what_it_has_learned(
    document: Document, player: Player, next_frame: NextFrame, qtbot: QtBot, reopened: bool
) -> None:
    whole = document.project.network
    before = trained(player, next_frame)
    document.edit("Delete ŷ", without_output(document.project))
    saved = player.project_now()
    assert saved.run is not None
    assert saved.run.step > 50
    kept = {key: value for key, value in before.items() if key in decode_keys(saved)}
    assert dict(zip(decode_keys(saved), saved.run.parameters.tolist(), strict=True)) == kept
    if reopened:
        document.open(decode(encode(saved)), None)
        assert document.obstacle is not None
        assert player.project_now().run is not None
    project = document.project
    document.edit("Draw ŷ again", drawn(project, replace(whole, neurons=whole.neurons)))
    after = values(player)
    assert {key: after[key] for key in kept} == kept
    qtbot.waitUntil(lambda: player.frame is not None)


def named(project: Project, name: str) -> int:
    return next(neuron.id for neuron in project.network.neurons if neuron.name == name)


@pytest.mark.parametrize("reopened", [False, True])
def test_what_undo_brings_back_in_a_half_drawn_project_is_saved(
    document: Document, player: Player, next_frame: NextFrame, reopened: bool
) -> None:
    whole, before = document.project, trained(player, next_frame)
    h1 = named(document.project, "h1")
    document.edit("Delete ŷ", without_output(document.project))
    if reopened:
        document.open(decode(encode(player.project_now())), None)
    document.edit("Delete h1", drawn(document.project, document.project.network.without([h1])))
    document.stack.undo()
    saved = player.project_now()
    assert saved.run is not None
    kept = dict(zip(decode_keys(saved), saved.run.parameters.tolist(), strict=True))
    assert h1 in kept
    assert kept == {key: before[key] for key in kept}
    document.edit("Draw ŷ again", drawn(document.project, whole.network))
    after = values(player)
    assert {key: after[key] for key in kept} == kept


def test_an_edit_of_a_whole_drawing_that_is_undone_in_a_half_drawn_one(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    before = trained(player, next_frame)
    x1, h1 = document.project.network.inputs[0].id, named(document.project, "h1")
    more = edits.add_neuron(document.project, Kind.OUTPUT, None, Starts(False, player.value))
    document.edit("Draw another output", more.project)
    assert document.obstacle is not None
    loose = document.project.network
    less = loose.without([h1, loose.outputs[-1].id])
    document.edit("Delete it and h1", drawn(document.project, less))
    assert document.obstacle is None
    values(player)
    document.stack.undo()
    saved = player.project_now()
    assert saved.run is not None
    kept = dict(zip(decode_keys(saved), saved.run.parameters.tolist(), strict=True))
    assert kept[x1, h1] == before[x1, h1]
    # The same in the file, where what makes it whole is the first that is trained.
    document.open(decode(encode(saved)), None)
    document.edit("Delete it and h1", drawn(document.project, less))
    values(player)
    document.stack.undo()
    saved = player.project_now()
    assert saved.run is not None
    assert dict(zip(decode_keys(saved), saved.run.parameters.tolist(), strict=True)) == kept


def decode_keys(project: Project) -> list[object]:
    network = project.network
    biases: list[object] = [n.id for n in network.neurons if n.bias is not None]
    return biases + [(e.source, e.target) for e in network.edges]


def test_an_empty_canvas_can_be_opened_saved_and_drawn_on(qtbot: QtBot) -> None:
    project = a_project()
    document = Document(drawn(project, Network()))
    player = Player(document)
    assert "no input" in str(document.obstacle)
    heard: list[object] = []
    player.waiting.connect(heard.append)
    assert decode(encode(player.project_now())).network == Network()
    player.step()
    document.edit("Paste a network", drawn(project, project.network))
    assert heard[-1] is None
    qtbot.waitUntil(lambda: player.frame is not None)
    assert player.frame is not None
    np.testing.assert_array_equal(player.frame.theta, trainer_of(project, document.prepared).theta)
    document.stack.undo()
    assert player.frame is None
    player.close()


def test_a_value_is_live_or_drawn(
    document: Document, player: Player, next_frame: NextFrame, qtbot: QtBot
) -> None:
    live = trained(player, next_frame)
    qtbot.waitUntil(lambda: player.frame is not None and all(player.value(k) == v for k, v in live.items()))
    document.edit("Delete ŷ", without_output(document.project))
    network = document.project.network
    assert all(player.value(key) == live[key] for key in decode_keys(document.project))
    h1, x1 = next(n.id for n in network.neurons if n.name == "h1"), network.inputs[0].id
    document.edit("Set w", drawn(document.project, network.with_parameters({}, {(x1, h1): 2.5})))
    assert player.value((x1, h1)) == 2.5
