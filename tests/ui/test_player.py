"""The player and the worker: what is done reaches the trainer, and every frame is whole and true."""

from __future__ import annotations

import itertools
import math
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.data import load
from backprop_gui.engine.frame import Frame, NoteKind, Part, Probe
from backprop_gui.engine.passes import trace
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.project import trainer_of, with_data, with_shape
from backprop_gui.ui.document import Document
from backprop_gui.ui.player import Player, State, Unit
from backprop_gui.ui.worker import Worker
from tests.ui.conftest import a_project

NextFrame = Callable[..., Frame]


def alone(document: Document) -> Trainer:
    """Return a trainer without a window on the same project."""
    return trainer_of(document.project, document.prepared)


def test_the_first_frame_is_the_untrained_network(document: Document, player: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: player.frame is not None)
    assert player.frame is not None
    np.testing.assert_array_equal(player.frame.theta, alone(document).theta)
    assert player.frame.step == 0


def test_the_window_makes_the_same_bits_as_no_window(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    next_frame(player.play, accept=lambda frame: frame.step > 300)
    last = next_frame(player.pause)
    trainer = alone(document)
    trainer.advance(player.ask(lambda t: t.step).result(5))  # type: ignore[arg-type]
    last = next_frame(
        lambda: player.look_at(Probe(Part.TRAIN, 1)), accept=lambda frame: frame.step == trainer.step
    )
    np.testing.assert_array_equal(last.theta, trainer.theta)
    np.testing.assert_array_equal(last.curve.train, trainer.history.curve().train)


def test_every_frame_is_its_own_plan_theta_and_trace(
    document: Document, player: Player, qtbot: QtBot
) -> None:
    frames: list[Frame] = []
    player.pictures.connect(frames.append)
    player.play()
    for width in itertools.islice(itertools.cycle((3, 7, 5)), 12):
        qtbot.wait(15)
        document.edit("Resize", with_shape(document.project, (width,)))
    qtbot.waitUntil(lambda: len(frames) > 20)
    player.pause()
    for frame in frames:
        assert len(frame.theta) == frame.plan.size
        again = trace(frame.plan, frame.theta, frame.trace.x, frame.trace.t, alone(document).stepper.loss)
        np.testing.assert_array_equal(frame.trace.delta, again.delta)
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)


def test_live_weights_stay_while_the_shape_changes(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    before = next_frame(player.play, accept=lambda frame: frame.step > 100)
    player.pause()
    paused = player.ask(lambda trainer: trainer.theta.copy()).result(5)
    document.edit("Resize", with_shape(document.project, (5,)))
    after = next_frame(lambda: player.look_at(Probe()), accept=lambda frame: frame.plan is not before.plan)
    for key, slot in before.plan.slot.items():
        assert after.theta[after.plan.slot[key]] == paused[slot]  # type: ignore[index]


@pytest.mark.parametrize(("unit", "steps"), [(Unit.EPOCH, 14), (Unit.BATCH, 1)])
def test_a_step_is_an_epoch_or_a_batch(qtbot: QtBot, unit: Unit, steps: int) -> None:
    document = Document(a_project("xor-clouds", batch_size=10))
    player = Player(document)
    player.unit = unit
    with qtbot.waitSignal(player.pictures, check_params_cb=lambda frame: frame.step > 0) as blocker:
        player.step()
    assert blocker.args[0].step == steps
    player.close()


def test_stepping_by_example_looks_first_and_updates_after_the_last(
    document: Document, player: Player, next_frame: NextFrame, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: player.frame is not None)
    player.unit = Unit.EXAMPLE
    looks = [
        next_frame(player.step, accept=lambda frame, n=n: frame.probe.index == n or frame.step == 1)
        for n in range(4)
    ]
    assert [frame.step for frame in looks] == [0, 0, 0, 1]
    assert [frame.batch[0] for frame in looks] == [1, 2, 3, 0]
    trainer = alone(document)
    trainer.advance(1)
    np.testing.assert_array_equal(looks[-1].theta, trainer.theta)


def test_slow_play_makes_as_many_updates_as_asked_for(
    document: Document, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("backprop_gui.ui.worker.time.perf_counter", lambda: clock[0])
    monkeypatch.setattr("backprop_gui.ui.worker.time.sleep", lambda seconds: None)
    trainer = alone(document)
    worker = Worker(trainer)
    worker._begin(1, 20.0, math.inf)
    for now, made in ((100.02, 0), (100.051, 1), (100.099, 1), (100.101, 2), (100.31, 6)):
        clock[0] = now
        worker._go_on()
        assert trainer.step == made
    clock[0] = 100_000.0  # as after the machine has slept
    for _ in range(3):
        worker._go_on()
    assert trainer.step == 6


def test_an_epoch_that_takes_long_leaves_everything_else_answered(qtbot: QtBot) -> None:
    document = Document(a_project("xor-clouds", batch_size=1))
    player = Player(document)
    for _ in range(200):
        player.step()
    assert player.ask(lambda trainer: trainer.step).result(5) < 200 * 140
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.epoch == 200, timeout=60_000)
    assert player.frame is not None
    assert player.frame.step == 200 * 140
    player.close()


def test_everyone_sees_the_last_frame_even_if_the_clock_fetched_it(
    document: Document, player: Player, next_frame: NextFrame, qtbot: QtBot
) -> None:
    seen: list[Frame] = []
    player.numbers.connect(seen.append)
    for _ in range(20):
        next_frame(player.play)
        player.pause()
        step = player.ask(lambda trainer: trainer.step).result(5)
        # The clock is quicker than the signal, which waits for the next round of events.
        player._delivery.deliver()
        qtbot.waitUntil(lambda step=step: seen[-1].step == step)


def test_what_was_begun_meanwhile_is_not_ended_by_an_older_stop(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    next_frame(player.play)
    older = player._number
    player.set_speed(1000.0)
    player._worker.stopped.emit(older)
    assert player.state is State.RUNNING
    player._worker.stopped.emit(player._number)
    assert player.state is State.PAUSED


def test_a_note_that_no_longer_holds_is_taken_back(qtbot: QtBot) -> None:
    document = Document(a_project("plane", learning_rate=80.0))
    player = Player(document)
    notes: list[object] = []
    player.noted.connect(notes.append)
    player.play()
    qtbot.waitUntil(lambda: bool(notes) and player.state is State.PAUSED, timeout=20_000)
    count = len(notes)
    player.play()
    qtbot.waitUntil(lambda: len(notes) > count and player.state is State.PAUSED)
    assert notes[-1] is not None
    player.reset()
    qtbot.waitUntil(lambda: notes[-1] is None)
    player.close()


def test_a_worker_that_does_not_answer_is_a_sentence(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr("backprop_gui.ui.player.ANSWER_SECONDS", 0.05)
    player._worker.do(lambda trainer: gate.wait(10) and None)
    with pytest.raises(UserError, match="busy"):
        player.project_now()
    gate.set()


def test_settings_take_effect_while_it_plays(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    next_frame(player.play, accept=lambda frame: frame.step > 10)
    changed = replace(document.project.training, optimizer="adam", learning_rate=0.01, batch_size=2)
    document.edit("Optimiser", replace(document.project, training=changed))
    assert player.ask(lambda trainer: trainer.settings).result(5) == changed
    assert player.state is State.RUNNING


def test_data_with_other_columns_begin_a_new_run_that_keeps_playing(
    document: Document, player: Player, next_frame: NextFrame
) -> None:
    next_frame(player.play, accept=lambda frame: frame.step > 10)
    iris = a_project("iris").data
    document.edit("Iris", with_data(document.project, load(iris), iris))
    frame = next_frame(lambda: None, accept=lambda frame: len(frame.plan.inputs) == 4 and frame.step > 5)
    assert len(frame.plan.outputs) == 3
    assert player.state is State.RUNNING


def test_the_probe_walks_through_both_parts_and_round_again(qtbot: QtBot) -> None:
    document = Document(a_project("circle"))
    player = Player(document)
    qtbot.waitUntil(lambda: player.frame is not None)
    for start, steps, goal in (
        (Probe(Part.TRAIN, 139), 1, Probe(Part.TEST, 0)),
        (Probe(Part.TEST, 0), -1, Probe(Part.TRAIN, 139)),
        (Probe(Part.TEST, 59), 1, Probe(Part.TRAIN, 0)),
    ):
        player.look_at(start)
        qtbot.waitUntil(lambda start=start: player.frame.probe == start)
        player.move_probe(steps)
        qtbot.waitUntil(lambda goal=goal: player.frame.probe == goal)
    player.close()


def test_a_loss_that_overflows_pauses_says_so_and_can_be_taken_back(qtbot: QtBot) -> None:
    document = Document(a_project("plane", learning_rate=80.0))
    player = Player(document)
    with qtbot.waitSignal(player.noted, timeout=10_000) as blocker:
        player.play()
    note = blocker.args[0]
    assert note.kind is NoteKind.NOT_FINITE
    assert note.layer in note.text
    assert note.parameter in note.text
    qtbot.waitUntil(lambda: player.state is State.PAUSED)
    with qtbot.waitSignal(player.pictures, check_params_cb=lambda frame: frame.note is None):
        player.go_back()
    assert player.frame is not None
    assert np.isfinite(player.frame.theta).all()
    player.close()


def test_an_error_in_the_worker_is_a_sentence_and_leaves_it_working(
    player: Player, next_frame: NextFrame, qtbot: QtBot
) -> None:
    def break_down(trainer: Trainer) -> None:
        raise RuntimeError("boom")

    with qtbot.waitSignal(player.failed) as blocker:
        player._worker.do(break_down)
    assert "boom" in blocker.args[0]
    assert "Traceback" not in blocker.args[0]
    player.unit = Unit.BATCH
    assert next_frame(player.step, accept=lambda frame: frame.step == 1).step == 1


def test_closing_while_it_plays_leaves_no_thread(document: Document, qtbot: QtBot) -> None:
    for _ in range(5):
        player = Player(document)
        player.play()
        qtbot.wait(20)
        player.close()
        assert not player._worker.isRunning()


def test_a_paused_worker_waits_without_working(player: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: player.frame is not None)
    delivered: list[object] = []
    player.pictures.connect(delivered.append)
    qtbot.wait(200)
    assert delivered == []
    assert not player._delivery._clock.isActive()


def test_the_worker_touches_no_widget(document: Document, player: Player, next_frame: NextFrame) -> None:
    """Qt does not reliably notice a widget touched from another thread: watch every call in the worker."""
    touched: list[str] = []
    watched: list[str] = []

    def watch(frame: object, event: str, argument: object) -> None:
        if event == "c_call":
            watched.append(repr(argument))
            if isinstance(getattr(argument, "__self__", None), QWidget):
                touched.append(repr(argument))

    player._worker.do(lambda trainer: sys.setprofile(watch))
    next_frame(player.play, accept=lambda frame: frame.step > 20)
    widget = QWidget()
    player._worker.do(lambda trainer: widget.isVisible() and None)
    player.ask(lambda trainer: None).result(5)
    player._worker.do(lambda trainer: sys.setprofile(None))
    player.ask(lambda trainer: None).result(5)
    assert watched
    # The one that was touched on purpose, which shows that the others would have been seen.
    assert len(touched) == 1
