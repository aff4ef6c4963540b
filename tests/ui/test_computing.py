"""Panels that compute: one computation at a time, the newest wish last, and what is given up ends early."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.trainer import Trainer
from backprop_gui.ui.computing import ComputingPanel
from backprop_gui.ui.document import Document
from backprop_gui.ui.player import Player
from tests.ui.panel_lab import place


class Slow(ComputingPanel):
    """Computes until it is told to end, or given up."""

    question: Callable[[Trainer], object] | None = None
    passing = False

    def question_of(self, frame: Frame) -> Callable[[Trainer], object] | None:
        return self.question

    def passes_by(self, frame: Frame) -> bool:
        return self.passing

    def work_on(self, frame: Frame) -> Callable[..., object]:
        given_up, end = self.given_up, self.end

        def work(*answer: object) -> object:
            self.running += 1
            self.most = max(self.most, self.running)
            while not end.is_set() and not given_up():
                time.sleep(0.001)
            self.running -= 1
            return frame.step, *answer

        return work

    def take(self, frame: Frame, result: object) -> None:
        self.results.append(result)

    def fail(self, text: str) -> None:
        self.results.append(text)


@pytest.fixture
def slow(qtbot: QtBot, document: Document, player: Player, monkeypatch: pytest.MonkeyPatch) -> Slow:
    """A panel that has computed what there is to say of the first frame."""
    for name, value in (("running", 0), ("most", 0)):
        monkeypatch.setattr(Slow, name, value, raising=False)
    monkeypatch.setattr(Slow, "end", threading.Event(), raising=False)
    monkeypatch.setattr(Slow, "results", [], raising=False)
    panel = place(qtbot, document, player, Slow)
    panel.end.set()
    qtbot.waitUntil(lambda: panel.results == [(0,)])
    panel.end.clear()
    panel.results.clear()
    return panel


def at(player: Player, step: int) -> Frame:
    assert player.frame is not None
    return replace(player.frame, step=step)


def test_what_begins_anew_ends_what_was_computed_and_is_the_only_one(
    slow: Slow, player: Player, qtbot: QtBot
) -> None:
    for step in range(1, 13):
        slow.begin_anew(at(player, step))
        qtbot.wait(5)
    assert not slow.results
    slow.end.set()
    qtbot.waitUntil(lambda: slow.results == [(12,)])
    assert slow.most == 1


def test_what_is_forgotten_is_not_taken(slow: Slow, player: Player, qtbot: QtBot) -> None:
    slow.show_frame(at(player, 1))
    qtbot.waitUntil(lambda: slow.running == 1)
    slow.forget()
    slow.show_frame(at(player, 2))
    slow.show_frame(at(player, 3))
    slow.end.set()
    qtbot.waitUntil(lambda: slow.results == [(3,)])
    assert slow.most == 1


def test_the_trainer_is_asked_first(slow: Slow, player: Player, qtbot: QtBot) -> None:
    slow.end.set()
    slow.question = lambda trainer: trainer.plan.size
    slow.show_frame(at(player, 1))
    qtbot.waitUntil(lambda: slow.results == [(1, player.frame.plan.size)])


def test_an_answer_that_cannot_be_given_is_said(slow: Slow, player: Player, qtbot: QtBot) -> None:
    def broken(trainer: Trainer) -> object:
        raise ArithmeticError("nothing adds up")

    slow.question = broken
    slow.show_frame(at(player, 1))
    qtbot.waitUntil(lambda: len(slow.results) == 1)
    assert "nothing adds up" in slow.results[0]


def test_of_frames_that_pass_by_the_last_one_is_computed(slow: Slow, player: Player, qtbot: QtBot) -> None:
    slow.end.set()
    slow.every_seconds, slow.passing = 0.15, True
    slow.show_frame(at(player, 1))
    qtbot.waitUntil(lambda: slow.results == [(1,)])
    for step in range(2, 6):
        slow.show_frame(at(player, step))
    assert slow.results == [(1,)]
    qtbot.waitUntil(lambda: slow.results == [(1,), (5,)])
