"""The past in the window: what is seen there is what was seen then, and from every moment of it one can go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.data import load
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.engine.trainer import Trainer
from backprop_gui.project import with_data
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.operation_words import equations_at
from backprop_gui.ui.panels.flow import FlowPanel
from backprop_gui.ui.panels.learned import LearnedPanel
from backprop_gui.ui.panels.loss import LossPanel
from backprop_gui.ui.player import State, Unit
from backprop_gui.ui.plots.timeline import TimelinePlot
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def numbers(frame: Frame) -> tuple[object, ...]:
    """Everything that a frame says about its moment."""
    arrays = (
        frame.theta,
        frame.trace.a,
        frame.trace.delta,
        frame.trace.grad,
        frame.update,
        frame.coming.gradient,
    )
    scores = frame.train, frame.test, frame.penalty, frame.probe
    return frame.step, frame.epoch, scores, tuple(array.tobytes() for array in arrays)


def shown(window: Window, qtbot: QtBot, step: int, *, past: bool = True) -> Frame:
    """Wait until a step is shown, and return its frame."""
    player = window.lab.player

    def there() -> bool:
        frame = player.frame
        return frame is not None and (frame.step, frame.past) == (step, past)

    qtbot.waitUntil(there)
    assert player.frame is not None
    return player.frame


def train(window: Window, qtbot: QtBot, updates: int) -> dict[int, Frame]:
    """Make single updates and return the frames of all of them."""
    player = window.lab.player
    player.unit = Unit.BATCH
    assert player.frame is not None
    frames = {player.frame.step: player.frame}
    for _ in range(updates):
        step = player.frame.step + 1
        player.step()
        frames[step] = shown(window, qtbot, step, past=False)
    return frames


def plot_of(window: Window, qtbot: QtBot) -> TimelinePlot:
    panel = window.panels["loss"]
    assert isinstance(panel, LossPanel)
    qtbot.waitUntil(lambda: panel.plot is not None)
    assert panel.plot is not None
    return panel.plot


def axis_at(plot: TimelinePlot, epoch: float) -> QPoint:
    return (plot.place(epoch, 0) + QPointF(0, 4)).toPoint()


def press(window: Window, name: str) -> None:
    assert window.commands[name].isEnabled(), name
    window.commands[name].trigger()


# ---- looking


def test_stepping_back_shows_the_numbers_that_were_seen_then(window: Window, qtbot: QtBot) -> None:
    assert not window.commands["step-back"].isEnabled()
    frames = train(window, qtbot, 12)
    for step in range(11, 5, -1):
        press(window, "step-back")
        assert numbers(shown(window, qtbot, step)) == numbers(frames[step])
    assert "Looking at step 6 of 12 (epoch 6)" in window._past.text
    window.lab.player.step()
    assert numbers(shown(window, qtbot, 7)) == numbers(frames[7])
    press(window, "return-to-now")
    assert numbers(shown(window, qtbot, 12, past=False)) == numbers(frames[12])
    assert window._past.text == ""
    assert not window.commands["return-to-now"].isEnabled()


def test_dragging_along_the_axis_shows_kept_moments(window: Window, qtbot: QtBot) -> None:
    frames = train(window, qtbot, 20)
    plot = plot_of(window, qtbot)
    view = plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=axis_at(plot, 15))
    assert numbers(shown(window, qtbot, 15)) == numbers(frames[15])
    for epoch in (12, 9, 4):
        QTest.mouseMove(view, axis_at(plot, epoch))
        assert numbers(shown(window, qtbot, epoch)) == numbers(frames[epoch])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=axis_at(plot, 4))
    qtbot.waitUntil(lambda: abs(plot.handle.x() - plot.place(4, 0).x()) < 1)
    # The curve stays whole, and the way back is to drag to its end.
    assert plot.epochs[-1] == 20
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=axis_at(plot, 20))
    assert numbers(shown(window, qtbot, 20, past=False)) == numbers(frames[20])


def test_looking_at_the_past_pauses_training(window: Window, qtbot: QtBot) -> None:
    player = window.lab.player
    player.set_speed(1e5)
    player.play()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step > 50)
    player.past.look_at_step(17)
    shown(window, qtbot, 17)
    assert player.state is State.PAUSED
    step = player.ask(lambda trainer: trainer.step).result(5)
    qtbot.wait(50)
    assert player.ask(lambda trainer: trainer.step).result(5) == step


def test_playing_in_the_past_replays_it_and_stops_at_the_present(window: Window, qtbot: QtBot) -> None:
    frames = train(window, qtbot, 15)
    player = window.lab.player
    seen: list[Frame] = []
    player.pictures.connect(seen.append)
    player.set_speed(60.0)
    player.past.look_at_beginning()
    shown(window, qtbot, 0)
    player.play()
    shown(window, qtbot, 15, past=False)
    qtbot.waitUntil(lambda: player.state is State.PAUSED)
    assert player.ask(lambda trainer: trainer.step).result(5) == 15
    replayed = [frame for frame in seen if frame.past and frame.step]
    assert len(replayed) > 3
    for frame in replayed:
        assert numbers(frame) == numbers(frames[frame.step])


def test_another_example_is_looked_at_in_the_past(window: Window, qtbot: QtBot) -> None:
    frames = train(window, qtbot, 6)
    player = window.lab.player
    player.past.look_at_step(3)
    first = shown(window, qtbot, 3)
    player.move_probe(1)
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.probe.index == 1)
    assert player.frame is not None
    assert player.frame.past
    assert player.frame.theta.tobytes() == frames[3].theta.tobytes()
    assert player.frame.trace.a.tobytes() != first.trace.a.tobytes()


# The platform of the tests has no popups of its own.
@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_past_is_seen_with_the_data_of_then(window: Window, qtbot: QtBot) -> None:
    document, player = window.lab.document, window.lab.player
    document.open(a_project("xor-clouds", (3,), batch_size=0), None)
    flow = window.panels["flow"]
    assert isinstance(flow, FlowPanel)
    window.docks.bring_up("flow")
    qtbot.waitUntil(lambda: player.frame is not None and len(player.frame.plan.inputs) == 2)
    train(window, qtbot, 3)
    then = document.prepared
    fewer = replace(document.project.data, examples=then.dataset.x.shape[0] // 2)
    document.edit("Fewer examples", with_data(document.project, load(fewer), fewer))
    now = document.prepared
    train(window, qtbot, 3)
    assert len(now.x_train) < len(then.x_train)
    player.past.look_at_step(2)
    shown(window, qtbot, 2)
    assert f" of {len(then.x_train):,}:" in window.canvas._over.probe._text.toolTip()
    qtbot.waitUntil(lambda: flow.computed is player.frame)
    assert flow.words.text().endswith(f" of {len(then.x_train):,} examples")
    window.choose_example()
    assert window._picker.examples.rowCount() == len(then.x_train)
    window._picker.hide()
    last = len(then.x_train) - 1
    player.look_at(Probe(Part.TRAIN, last - 1))
    player.move_probe(1)
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.probe.index == last)
    assert player.frame is not None
    assert np.array_equal(player.frame.trace.x[0], then.x_train[last])


# ---- going on


def test_continuing_repeats_the_past_and_keeps_the_run_that_ends(window: Window, qtbot: QtBot) -> None:
    frames = train(window, qtbot, 12)
    player = window.lab.player
    player.past.look_at_step(5)
    shown(window, qtbot, 5)
    press(window, "continue-from-here")
    assert numbers(shown(window, qtbot, 5, past=False)) == numbers(frames[5])
    qtbot.waitUntil(lambda: len(window.lab.runs.kept) == 1)
    assert window.lab.runs.kept[0].run.step == 12
    # Nothing about the drawing has changed: there is nothing to undo.
    assert window.lab.document.stack.count == 0
    again = train(window, qtbot, 7)
    assert {step: numbers(frame) for step, frame in again.items()} == {
        step: numbers(frames[step]) for step in range(5, 13)
    }


def cut_an_edge(window: Window) -> tuple[int, int]:
    document = window.lab.document
    edge = document.project.network.edges[0]
    ends = (edge.source, edge.target)
    document.edit(
        "Delete an edge", replace(document.project, network=document.project.network.without([ends]))
    )
    return ends


def test_continuing_from_another_drawing_is_one_step_of_undo(window: Window, qtbot: QtBot) -> None:
    document, player = window.lab.document, window.lab.player
    before = document.project.network
    frames = train(window, qtbot, 8)
    ends = cut_an_edge(window)
    qtbot.waitUntil(lambda: player.frame is not None and ends not in player.frame.plan.slot)
    later = train(window, qtbot, 4)[12]
    player.past.look_at_step(5)
    assert numbers(shown(window, qtbot, 5)) == numbers(frames[5])
    assert window.canvas.scene.network is before
    assert "another drawing" in window._past.text
    press(window, "continue-from-here")
    shown(window, qtbot, 5, past=False)
    assert document.project.network is before
    assert document.stack.undo_text == "Continue from step 5"
    again = train(window, qtbot, 2)
    assert numbers(again[7]) == numbers(frames[7])
    document.stack.undo()
    qtbot.waitUntil(lambda: player.frame is not None and ends not in player.frame.plan.slot)
    assert player.frame is not None
    # Undo changes the drawing; the timeline alone changes the numbers.
    assert player.frame.step == 7
    assert later.plan.network is document.project.network


def test_what_is_seen_of_another_drawing_cannot_be_edited(window: Window, qtbot: QtBot) -> None:
    player, document = window.lab.player, window.lab.document
    train(window, qtbot, 4)
    ends = cut_an_edge(window)
    qtbot.waitUntil(lambda: player.frame is not None and ends not in player.frame.plan.slot)
    train(window, qtbot, 2)
    player.past.look_at_step(2)
    shown(window, qtbot, 2)
    count = document.stack.count
    window.canvas.set_selection(frozenset([ends]), ends)
    window.canvas.selection_changed.emit(frozenset([ends]), ends)
    assert ends not in window.lab.selection.keys
    window.canvas.edit_wanted.emit(ends, 0)
    hidden = document.project.network.neurons[2].id
    window.lab.selection.set(frozenset([hidden]))
    press(window, "delete")
    assert document.stack.count == count
    assert "return to now" in window.canvas.hint.text
    press(window, "return-to-now")
    shown(window, qtbot, 6, past=False)
    assert window.canvas.scene.network is document.project.network
    press(window, "delete")
    assert document.stack.count == count + 1


def test_an_edit_in_the_past_changes_the_present(window: Window, qtbot: QtBot) -> None:
    player, document = window.lab.player, window.lab.document
    frames = train(window, qtbot, 6)
    player.past.look_at_step(2)
    shown(window, qtbot, 2)
    training = replace(document.project.training, learning_rate=0.123)
    document.edit("Change the learning rate", replace(document.project, training=training))
    frame = shown(window, qtbot, 6, past=False)
    assert frame.theta.tobytes() == frames[6].theta.tobytes()
    assert window._past.text == ""
    train(window, qtbot, 2)
    marks = player.frame.span.marks if player.frame is not None else ()
    assert [(mark.step, mark.text) for mark in marks] == [(6, "Change the learning rate")]
    plot = plot_of(window, qtbot)
    qtbot.waitUntil(lambda: "step 6: Change the learning rate" in plot.words_at(QPointF(axis_at(plot, 6))))


def test_what_is_saved_in_the_past_is_the_present(window: Window, qtbot: QtBot) -> None:
    frames = train(window, qtbot, 6)
    window.lab.player.past.look_at_step(2)
    shown(window, qtbot, 2)
    saved = window.lab.player.project_now()
    assert saved.run is not None
    assert saved.run.step == 6
    np.testing.assert_array_equal(saved.run.parameters, frames[6].theta[frames[6].plan.slots])
    shown(window, qtbot, 2)


@pytest.mark.parametrize("command", ["reset", "new-weights"])
def test_beginning_again_ends_looking_back(window: Window, qtbot: QtBot, command: str) -> None:
    train(window, qtbot, 6)
    window.lab.player.past.look_at_step(2)
    shown(window, qtbot, 2)
    press(window, command)
    frame = shown(window, qtbot, 0, past=False)
    assert frame.span.last_step == 0
    assert window._past.text == ""


def test_only_the_newest_of_many_moments_is_computed(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(window, qtbot, 20)
    player = window.lab.player
    computed: list[int] = []

    def listen(trainer: Trainer) -> None:
        compute = trainer.frame_at

        def frame_at(step: int, *rest: Any) -> Frame:
            computed.append(step)
            return compute(step, *rest)

        monkeypatch.setattr(trainer, "frame_at", frame_at)

    player.ask(listen).result(5)
    hold = threading.Event()
    player.ask(lambda trainer: hold.wait(5))
    for epoch in range(19, 3, -1):
        player.past.look_at_time(float(epoch))
    hold.set()
    shown(window, qtbot, 4)
    qtbot.wait(50)
    assert set(computed) == {4}


def test_the_plot_is_used_with_keys_alone(window: Window, qtbot: QtBot) -> None:
    train(window, qtbot, 10)
    plot = plot_of(window, qtbot)
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shown(window, qtbot, 9)
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shown(window, qtbot, 8)
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shown(window, qtbot, 9)
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    shown(window, qtbot, 1)
    for _ in range(9):
        QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shown(window, qtbot, 10, past=False)


def test_a_window_can_be_closed_while_it_replays(window: Window, qtbot: QtBot, qapp: QApplication) -> None:
    train(window, qtbot, 10)
    player = window.lab.player
    player.set_speed(20.0)
    player.past.look_at_beginning()
    shown(window, qtbot, 0)
    player.play()
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.step > 0)
    shut(window)
    assert player.frame is not None
    assert player.frame.past


def test_what_was_learned_from_other_data_is_drawn_over_those(window: Window, qtbot: QtBot) -> None:
    document, player = window.lab.document, window.lab.player
    before = document.prepared
    train(window, qtbot, 5)
    data = replace(document.project.data, seed=7, test_share=0.25)
    document.edit("Divide the data anew", replace(document.project, data=data))
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.test is not None)
    panel = window.panels["learned"]
    assert isinstance(panel, LearnedPanel)
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.prepared is document.prepared)
    train(window, qtbot, 2)
    player.past.look_at_step(3)
    assert shown(window, qtbot, 3).test is None
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.prepared is before)
    press(window, "return-to-now")
    shown(window, qtbot, 7, past=False)
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.prepared is document.prepared)


def test_an_equation_of_the_past_is_that_of_the_settings_of_then(window: Window, qtbot: QtBot) -> None:
    lab = window.lab
    train(window, qtbot, 3)
    project = lab.document.project
    adam = replace(project.training, optimizer="adam")
    lab.document.edit("Choose Adam", replace(project, training=adam))
    train(window, qtbot, 2)
    edge = project.network.edges[0]
    lab.selection.set(frozenset([(edge.source, edge.target)]))
    for step in (4, 2):
        lab.player.past.look_at_step(step)
        frame = shown(window, qtbot, step)
        window.equation.show_equation(frame, lab.selection.current, View.UPDATE)
        settings = adam if step == 4 else project.training
        worked = worked_example(frame, settings, project.conventions)
        assert window.equation.view.equations == equations_at(worked, lab.selection.current, View.UPDATE)


def test_an_equation_of_before_an_edit_is_that_of_the_settings_of_then(window: Window, qtbot: QtBot) -> None:
    lab = window.lab
    before = train(window, qtbot, 2)[2]
    project = lab.document.project
    edge = project.network.edges[0]
    key = edge.source, edge.target
    lab.document.edit("Choose Adam", replace(project, training=replace(project.training, optimizer="adam")))
    window.equation.show_equation(before, key, View.UPDATE)
    worked = worked_example(before, project.training, project.conventions)
    assert window.equation.view.equations == equations_at(worked, key, View.UPDATE)
