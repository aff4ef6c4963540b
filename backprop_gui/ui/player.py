"""The player: starts and stops training, and hands out its frames, each kind of view at its own pace."""

from __future__ import annotations

import enum
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from backprop_gui.data import Prepared
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.breakpoints import Breakpoint
from backprop_gui.engine.carry import Carry, Key, keys_of
from backprop_gui.engine.edge_arrays import EdgeArrays
from backprop_gui.engine.frame import Frame, Note, Part, Probe
from backprop_gui.engine.learned import Learned
from backprop_gui.engine.present import Present
from backprop_gui.engine.run import Run, carried
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.project import Project, examples_of, trainer_of
from backprop_gui.ui.delivery import Delivery
from backprop_gui.ui.document import Document
from backprop_gui.ui.past import Origin, Past, changes_training, made_with
from backprop_gui.ui.worker import Worker

ANSWER_SECONDS = 10.0
GESTURE_SECONDS = 0.2
"""How long the window has precedence after each movement of a gesture."""
EDIT_SECONDS = 0.15
"""How long the window has precedence after an edit, which is drawn before the worker takes it up."""
MANY_EDGES = 10_000
"""Fewer are drawn and taken up so quickly that neither has to wait for the other."""


class Unit(enum.Enum):
    """What one step is; operations are stepped through by the microscope."""

    OPERATION = "operation"
    EXAMPLE = "example"
    BATCH = "batch"
    EPOCH = "epoch"


class State(enum.Enum):
    """What the player does."""

    PAUSED = "paused"
    RUNNING = "running"


def columns_of(network: Network) -> tuple[int, int]:
    """Return how many inputs and outputs there are."""
    return len(network.inputs), len(network.outputs)


class Player(QObject):
    """Keeps the worker in step with the document.

    While the document's drawing cannot be trained, the trainer waits with what it has learned: nothing plays, there are
    no frames, and training goes on by itself once the drawing is whole again.

    Attributes
    ----------
    frame : Frame or None
        The newest one; None before the first and while the drawing cannot be trained.
    last : Frame or None
        The newest one, also while the drawing cannot be trained: its parameters are then those that training goes
        on with.
    past : Past
        What people do with the past, which ``frame`` may be of.
    state : State
    unit : Unit
    updates_a_second : float
        Infinite: as fast as possible.
    breakpoints : tuple of Breakpoint
        At what training stops by itself; another project begins without any.

    Signals
    -------
    pictures(Frame), curves(Frame), numbers(Frame)
        The newest frame, at most 60, 15 and 8 times a second; when paused, all three at once.
    state_changed(State)
    noted(Note or None)
        Training stopped by itself, and why; or that no longer holds.
    failed(str)
        A sentence about something that did not work.
    stood()
        The drawing cannot be trained, and it is known better than before where training stands.
    waiting(UserError or None)
        The drawing cannot be trained as it is, and why; or now it can.
    """

    pictures = Signal(object)
    curves = Signal(object)
    numbers = Signal(object)
    state_changed = Signal(object)
    noted = Signal(object)
    failed = Signal(str)
    stood = Signal()
    waiting = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.frame: Frame | None = None
        self.state = State.PAUSED
        self.unit = Unit.EPOCH
        self.updates_a_second = math.inf
        self.breakpoints: tuple[Breakpoint, ...] = ()
        self._note: Note | None = None
        self._number = 0
        self._asked: Probe | None = None
        self._goes_on = False
        self._waits = document.obstacle is not None
        project = document.project
        trainer = None if document.obstacle else self._trainer_of(project, document.prepared)
        self._stand(project, trainer)
        self._worker = Worker(trainer, self)
        self.past = Past(self, document, self._worker)
        self._delivery = Delivery(
            self._take, lambda: self.frame, self.pictures, self.curves, self.numbers, parent=self
        )
        self._worker.ready.connect(self._delivery.deliver_all)
        self._worker.stopped.connect(self._stopped)
        self._worker.failed.connect(self._failed)
        document.followed.connect(self._sync)
        document.opened.connect(self._begin_anew)
        self._worker.start()

    # ---- what people do

    def play(self) -> None:
        """Train until paused, or replay the past up to the present; if the drawing cannot be trained, say why."""
        if self._refuses():
            return
        self._goes_on = False
        self._number += 1
        self._worker.play(self._number, self.updates_a_second)
        self._set_state(State.RUNNING)

    def pause(self) -> None:
        """Stop training where it is."""
        self._goes_on = False
        self._number += 1
        self._worker.pause()
        self._set_state(State.PAUSED)

    @property
    def network(self) -> Network:
        """What is drawn at present."""
        return self._document.project.network

    @property
    def is_running(self) -> bool:
        """Whether it trains, or replays the past."""
        return self.state is State.RUNNING

    def toggle(self) -> None:
        """Play or pause; while the drawing cannot be trained, pause what would go on by itself."""
        if self.state is State.RUNNING or self._goes_on:
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """Go one unit further: an epoch, a batch, or a look at one example; in the past, one update."""
        if self._refuses():
            return
        if self.state is State.RUNNING:
            self.pause()
        self._number += 1
        if self.unit is Unit.BATCH:
            self.step_batch()
        elif self.unit is Unit.EPOCH:
            # An epoch can take long: it is played, so that everything else is still answered.
            self._worker.play_epoch(self._number)
        else:
            self._worker.do(self._step_example)

    def step_batch(self) -> None:
        """Make one update."""
        if not self._refuses():
            self._worker.do(self._step_batch)

    def _step_batch(self, trainer: Trainer) -> None:
        if self._worker.go_forward(trainer):
            return
        trainer.go_on()
        trainer.advance(1)
        trainer.score()

    def _step_example(self, trainer: Trainer) -> None:
        if self._worker.go_forward(trainer):
            return
        trainer.go_on()
        self._worker.show(Probe(Part.TRAIN, trainer.look_at_next_example()))
        trainer.score()

    def reset(self) -> None:
        """Begin again with the drawn starting values; playing goes on."""
        self.past.leave()
        self._worker.do(lambda trainer: trainer.reset())

    def go_back(self) -> None:
        """Return to the best recorded moment, after trouble."""
        self.past.leave()
        self._worker.do(lambda trainer: trainer.go_back())

    def take_up(self, run: Run) -> None:
        """Go on where ``run`` stands, which is one of the document's network; playing goes on."""

        def resume(trainer: Trainer) -> None:
            # Its data may have become shorter since: then it begins its epoch anew.
            late = run.position >= len(trainer.examples.x_train)
            trainer.resume(replace(run, position=0) if late else run)

        self.past.leave()
        self._worker.do(resume)

    def set_speed(self, updates_a_second: float) -> None:
        """Play at another speed, from now on."""
        self.updates_a_second = updates_a_second
        if self.state is State.RUNNING:
            self.play()

    def watch_for(self, breakpoints: Sequence[Breakpoint]) -> None:
        """Stop at these conditions, and no others, from now on."""
        self.breakpoints = tuple(breakpoints)
        self._worker.do(lambda trainer: trainer.watch_for(breakpoints))

    def look_at(self, probe: Probe) -> None:
        """Show the numbers of another example."""
        self._asked = probe
        self._worker.look_at(probe)

    def move_probe(self, steps: int) -> None:
        """Show the next or previous example, from training to test data and round again."""
        if self.frame is None:
            return
        prepared = made_with(self.frame, self._document).prepared
        train, test = len(prepared.x_train), len(prepared.x_test)
        # From the one that was asked for last, even if no frame has shown it yet.
        probe = self._asked or self.frame.probe
        place = probe.index + (train if probe.part is Part.TEST else 0)
        if probe.part not in (Part.TRAIN, Part.TEST):
            # What was typed, or the mean of many, stands before the first example and behind the last one.
            place = -1 if steps > 0 else 0
        place = (place + steps) % (train + test)
        self.look_at(Probe(Part.TRAIN, place) if place < train else Probe(Part.TEST, place - train))

    def ask(self, question: Callable[[Trainer], object]) -> Future[object]:
        """Have ``question`` answered between two updates; the future holds the answer or the error."""
        future: Future[object] = Future()

        def answer(trainer: Trainer | None) -> None:
            try:
                if trainer is None:
                    raise UserError("This network has never been trained: draw it to its end first.")
                future.set_result(question(trainer))
            except Exception as error:
                future.set_exception(error)

        self._worker.exchange(answer)
        return future

    def standing(self) -> Future[Project]:
        """Return, later, the project with where training stands: what is saved, also of a drawing that is not whole."""
        project, steps, future = self._document.project, list(self._pending), Future[Project]()
        drawn, opened = self._stands

        def answer(trainer: Trainer | None) -> None:
            try:
                if trainer is not None:
                    run: Run | None = trainer.run(steps)
                else:
                    run = None if opened is None else carried(opened, drawn, steps, Attic())
                if run is not None and not run.step:
                    run = None
                future.set_result(replace(project, run=run))
            except Exception as error:
                future.set_exception(error)

        self._worker.exchange(answer)
        return future

    def project_now(self) -> Project:
        """Return the document's project with where training stands: what is saved and exported.

        Raises
        ------
        UserError
            If the worker does not answer in time.
        """
        try:
            return self.standing().result(ANSWER_SECONDS)
        except TimeoutError:
            raise UserError(
                "Where training stands could not be read, because it is busy with a long computation. Nothing was "
                "written: try again in a moment."
            ) from None

    def value(self, key: Key) -> float:
        """Return the present value of a parameter; where nothing has been trained yet, the drawn one."""
        return self._knows.value(key)

    @property
    def present(self) -> Learned | None:
        """The present values of what is drawn; None where nothing has been trained yet: the drawn ones."""
        return self._knows.learned

    @property
    def last(self) -> Frame | None:
        """The newest frame there has been, also while the drawing cannot be trained."""
        return self._knows.last

    def give_way(self, seconds: float = GESTURE_SECONDS) -> float:
        """Give the window precedence for a moment: training and its pictures go on, but more slowly.

        Returns
        -------
        until : float
            When the moment is over, in seconds of ``time.perf_counter``.
        """
        until = time.perf_counter() + seconds
        self._delivery.give_way(until)
        self._worker.give_way(until)
        return until

    def close(self) -> None:
        """End the worker; nothing works afterwards."""
        self._delivery.stop()
        self._worker.close()

    # ---- following the document

    def _stand(self, project: Project, trainer: Trainer | None) -> None:
        """Begin with ``project``, for which there is a trainer if it can be trained."""
        self._stands = (project.network, project.run)
        self._pending: list[tuple[Network, Carry]] = []
        """The changes that the worker does not know yet, because it could not train what they lead to."""
        self._knows = Present(project.network, project.run)
        self._trained = None if trainer is None else project.network
        """The last drawing that the worker was given."""

    def _sync(self, old: Project, new: Project) -> None:
        document = self._document
        if new.network is not old.network or document.carry.touched:
            self._pending.append((new.network, document.carry))
            self._knows.change(new.network, document.carry)
        if changes_training(old, new) or document.carry.touched:
            self.past.leave()
        if document.obstacle is not None:
            self._park()
            return
        steps, self._pending = self._pending, []
        change = steps[-1][1].leaves if steps else 0
        prepared, examples = document.prepared, examples_of(document.prepared)
        drawn, opened = self._stands
        columns = columns_of(new.network)
        if self._trained is not None and columns_of(self._trained) != columns:
            anew = frozenset(keys_of(new.network))
            self._knows.change(new.network, Carry(touched=anew, leaves=change))
        self._trained = new.network
        # Read here once: the worker and the window would otherwise both do it at the same time.
        EdgeArrays.of(new.network.edges)
        drawn_at = 0.0
        if len(new.network.edges) > MANY_EDGES:
            drawn_at = self.give_way(EDIT_SECONDS)

        origin, reason, back_to = Origin(new, prepared), document.reason, self.past.continues

        def follow(trainer: Trainer | None) -> Trainer | None:
            self._worker.rest_until(drawn_at)
            if trainer is not None and back_to is not None:
                trainer.continue_from(back_to, change)
                return None
            if trainer is None:
                attic = Attic()
                run = None if opened is None else carried(opened, drawn, steps, attic)
                begun = self._trainer_of(replace(new, run=run), prepared)
                begun.follow_on(change, attic)
                return begun
            theirs = trainer.plan.network
            if columns_of(theirs) != columns:
                # Other columns are another problem: its run begins at its beginning, and keeps playing.
                begun = self._trainer_of(new, prepared)
                begun.follow_on(change, Attic())
                return begun
            trainer.comes_from(origin, reason)
            # Each part is compared with what the trainer has, not with `old`: an earlier job may have failed.
            if new.training != trainer.settings:
                trainer.configure(new.training)
            if trainer.examples.x_train is not prepared.x_train:
                trainer.set_examples(examples)
            if steps:
                trainer.rebase(*steps[-1], steps[:-1])
            elif new.network is not theirs:
                trainer.rebase(new.network)
            return None

        self._worker.exchange(follow)
        self._unpark()

    def _trainer_of(self, project: Project, prepared: Prepared) -> Trainer:
        """Return a trainer of ``project`` that stops where the person wants it to."""
        trainer = trainer_of(project, prepared)
        trainer.comes_from(Origin(project, prepared))
        trainer.watch_for(self.breakpoints)
        return trainer

    def _park(self) -> None:
        """Wait: what is drawn cannot be trained, so nothing that was computed before is true of it."""
        goes_on = self._goes_on or self.state is State.RUNNING
        if self.state is State.RUNNING:
            self.pause()
        self._goes_on = goes_on
        self.frame = None
        self._waits = True
        self.waiting.emit(self._document.obstacle)

    def _unpark(self) -> None:
        if self._waits:
            self._waits = False
            self.waiting.emit(None)
        if self._goes_on:
            self.play()

    def _refuses(self) -> bool:
        """Return whether nothing can be trained, and say why."""
        obstacle = self._document.obstacle
        if obstacle is not None:
            self.waiting.emit(obstacle)
        return obstacle is not None

    def _begin_anew(self) -> None:
        self.pause()
        self.frame = None
        self.breakpoints = ()
        project, prepared = self._document.project, self._document.prepared
        trainer = None if self._document.obstacle else self._trainer_of(project, prepared)
        self._stand(project, trainer)
        self._worker.replace(trainer)
        self.look_at(Probe())
        self._waits = self._document.obstacle is not None
        self.waiting.emit(self._document.obstacle)

    # ---- frames

    def _take(self) -> Frame | None:
        """Return the newest frame; one from before the drawing ceased to be whole only says where training stands."""
        frame = self._worker.take()
        if self._document.obstacle is None:
            if frame is not None:
                self._see(frame)
            return frame
        if frame is not None and self._trained is not None and not frame.past:
            self._knows.know(frame)
            self.stood.emit()
        return None

    def _see(self, frame: Frame) -> None:
        self.frame = frame
        if not frame.past:
            self._knows.know(frame)
        if frame.probe == self._asked:
            self._asked = None
        if frame.note != self._note and not frame.past:
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
            self._delivery.start()
        else:
            self._delivery.stop()
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)
