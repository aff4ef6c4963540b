"""The player: starts and stops training, and hands out its frames, each kind of view at its own pace."""

from __future__ import annotations

import enum
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from backprop_gui.engine.frame import Frame, Note, Part, Probe
from backprop_gui.engine.run import Run
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.project import Project, examples_of, trainer_of
from backprop_gui.ui.document import Document
from backprop_gui.ui.worker import Worker

PICTURE_MS = 17
CURVES_MS = 66
NUMBERS_MS = 125
ANSWER_SECONDS = 10.0


class Unit(enum.Enum):
    """What one step is."""

    EXAMPLE = "example"
    BATCH = "batch"
    EPOCH = "epoch"


class State(enum.Enum):
    """What the player does."""

    PAUSED = "paused"
    RUNNING = "running"


class Player(QObject):
    """Keeps the worker in step with the document, which must hold what can be trained.

    Attributes
    ----------
    frame : Frame or None
        The newest one.
    state : State
    unit : Unit
    updates_a_second : float
        Infinite: as fast as possible.

    Signals
    -------
    pictures(Frame), curves(Frame), numbers(Frame)
        The newest frame, at most 60, 15 and 8 times a second; when paused, all three at once.
    state_changed(State)
    noted(Note or None)
        Training stopped by itself, and why; or that no longer holds.
    failed(str)
        A sentence about something that did not work.
    """

    pictures = Signal(object)
    curves = Signal(object)
    numbers = Signal(object)
    state_changed = Signal(object)
    noted = Signal(object)
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.frame: Frame | None = None
        self.state = State.PAUSED
        self.unit = Unit.EPOCH
        self.updates_a_second = math.inf
        self._note: Note | None = None
        self._number = 0
        self._asked: Probe | None = None
        self._last_curve = self._last_number = 0.0
        self._worker = Worker(trainer_of(document.project, document.prepared), self)
        self._worker.ready.connect(self._deliver_all)
        self._worker.stopped.connect(self._stopped)
        self._worker.failed.connect(self._failed)
        self._clock = QTimer(self, interval=PICTURE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._deliver)
        document.changed.connect(self._sync)
        document.opened.connect(self._begin_anew)
        self._worker.start()

    # ---- what people do

    def play(self) -> None:
        """Train until paused."""
        self._number += 1
        self._worker.play(self._number, self.updates_a_second)
        self._set_state(State.RUNNING)

    def pause(self) -> None:
        """Stop training where it is."""
        self._number += 1
        self._worker.pause()
        self._set_state(State.PAUSED)

    def toggle(self) -> None:
        """Play or pause."""
        if self.state is State.RUNNING:
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """Go one unit further: an epoch, a batch, or a look at one example."""
        if self.state is State.RUNNING:
            self.pause()
        self._number += 1
        if self.unit is Unit.EPOCH:
            # An epoch can take long: it is played, so that everything else is still answered.
            self._worker.play_epoch(self._number)
        elif self.unit is Unit.BATCH:
            self._worker.do(self._step_batch)
        else:
            self._worker.do(self._step_example)

    def _step_batch(self, trainer: Trainer) -> None:
        trainer.go_on()
        trainer.advance(1)
        trainer.score()

    def _step_example(self, trainer: Trainer) -> None:
        trainer.go_on()
        self._worker.show(Probe(Part.TRAIN, trainer.look_at_next_example()))
        trainer.score()

    def reset(self) -> None:
        """Begin again with the drawn starting values; playing goes on."""
        self._worker.do(lambda trainer: trainer.reset())

    def go_back(self) -> None:
        """Return to the best recorded moment, after trouble."""
        self._worker.do(lambda trainer: trainer.go_back())

    def set_speed(self, updates_a_second: float) -> None:
        """Play at another speed, from now on."""
        self.updates_a_second = updates_a_second
        if self.state is State.RUNNING:
            self.play()

    def look_at(self, probe: Probe) -> None:
        """Show the numbers of another example."""
        self._asked = probe
        self._worker.look_at(probe)

    def move_probe(self, steps: int) -> None:
        """Show the next or previous example, from training to test data and round again."""
        if self.frame is None:
            return
        prepared = self._document.prepared
        train, test = len(prepared.x_train), len(prepared.x_test)
        # From the one that was asked for last, even if no frame has shown it yet.
        probe = self._asked or self.frame.probe
        place = probe.index + (train if probe.part is Part.TEST else 0)
        place = (place + steps) % (train + test)
        self.look_at(Probe(Part.TRAIN, place) if place < train else Probe(Part.TEST, place - train))

    def ask(self, question: Callable[[Trainer], object]) -> Future[object]:
        """Have ``question`` answered between two updates; the future holds the answer or the error."""
        future: Future[object] = Future()

        def answer(trainer: Trainer) -> None:
            try:
                future.set_result(question(trainer))
            except Exception as error:
                future.set_exception(error)

        self._worker.do(answer)
        return future

    def run(self) -> Run | None:
        """Return where training stands, or None if it has not moved.

        Raises
        ------
        UserError
            If the worker does not answer in time.
        """
        try:
            run = self.ask(lambda trainer: trainer.run()).result(ANSWER_SECONDS)
        except TimeoutError:
            raise UserError(
                "Where training stands could not be read, because it is busy with a long computation. Nothing was "
                "written: try again in a moment."
            ) from None
        assert isinstance(run, Run)
        return run if run.step else None

    def project_now(self) -> Project:
        """Return the document's project with where training stands: what is saved and exported."""
        return replace(self._document.project, run=self.run())

    def close(self) -> None:
        """End the worker; nothing works afterwards."""
        self._clock.stop()
        self._worker.close()

    # ---- following the document

    def _sync(self, old: Project, new: Project) -> None:
        prepared = self._document.prepared
        columns = (len(new.network.inputs), len(new.network.outputs))
        if columns != (len(old.network.inputs), len(old.network.outputs)):
            # Other columns are another problem: its run begins at its beginning, and keeps playing.
            self._begin()
            return

        def follow(trainer: Trainer) -> None:
            # Each part is compared with what the trainer has, not with `old`: an earlier job may have failed.
            if new.training != trainer.settings:
                trainer.configure(new.training)
            if trainer.examples.x_train is not prepared.x_train:
                trainer.set_examples(examples_of(prepared))
            if new.network is not trainer.plan.network:
                trainer.rebase(new.network)

        self._worker.do(follow)

    def _begin(self) -> None:
        trainer = trainer_of(self._document.project, self._document.prepared)
        self._worker.do(lambda old: trainer)

    def _begin_anew(self) -> None:
        self.pause()
        self._begin()
        self.look_at(Probe())

    # ---- frames

    def _deliver(self) -> None:
        frame = self._worker.take()
        if frame is None:
            return
        self._see(frame)
        self.pictures.emit(frame)
        now = time.perf_counter() * 1000
        if now - self._last_curve >= CURVES_MS:
            self._last_curve = now
            self.curves.emit(frame)
        if now - self._last_number >= NUMBERS_MS:
            self._last_number = now
            self.numbers.emit(frame)

    def _deliver_all(self) -> None:
        """Deliver a frame that is not one of many to everyone, even if the clock was quicker to fetch it."""
        frame = self._worker.take() or self.frame
        if frame is None:
            return
        self._see(frame)
        for signal in (self.pictures, self.curves, self.numbers):
            signal.emit(frame)

    def _see(self, frame: Frame) -> None:
        self.frame = frame
        if frame.probe == self._asked:
            self._asked = None
        if frame.note != self._note:
            self._note = frame.note
            self.noted.emit(frame.note)

    def _stopped(self, number: int) -> None:
        # Whatever was begun meanwhile goes on.
        if number != self._number:
            return
        self._set_state(State.PAUSED)
        if self._note is not None:
            # Said again each time, because the message may have been closed.
            self.noted.emit(self._note)

    def _failed(self, text: str) -> None:
        self._set_state(State.PAUSED)
        self.failed.emit(text)

    def _set_state(self, state: State) -> None:
        if state is State.RUNNING:
            self._clock.start()
        else:
            self._clock.stop()
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)
