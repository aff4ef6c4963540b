"""The worker thread: runs the trainer, takes functions between updates, and leaves a frame in a one-slot mailbox."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.ui.errors import unexpected

STRETCH_SECONDS = 0.006
"""How long the trainer runs before the worker looks at its queue and its mailbox again."""
RATE_SECONDS = 0.5
"""Over how long the measured rate is averaged."""

Job = Callable[[Trainer], Trainer | None]
"""Something to do with the trainer; a trainer that it returns takes the place of the present one."""


class Worker(QThread):
    """Owns the trainer: nothing else touches it. No locks; what crosses is a queue of functions and frozen frames.

    Signals
    -------
    ready()
        A frame was left after a function had run: rare, unlike the frames of playing, which are polled.
    stopped()
        Playing ended by itself, because of a note or at the end of what was asked for.
    failed(str)
        A function or the trainer raised an error; playing has stopped. The text is for a person.
    """

    ready = Signal()
    stopped = Signal()
    failed = Signal(str)

    def __init__(self, make: Callable[[], Trainer], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._mailbox: deque[Frame] = deque(maxlen=1)
        self._closing = False
        # Only the worker writes these, inside run().
        self._playing = False
        self._updates_a_second = math.inf
        self._probe = Probe()

    # ---- for the window

    def do(self, job: Job) -> None:
        """Queue ``job`` to be run with the trainer between two updates."""
        self._jobs.put(job)

    def take(self) -> Frame | None:
        """Return the newest frame that was not taken yet, or None."""
        try:
            return self._mailbox.popleft()
        except IndexError:
            return None

    def play(self, updates_a_second: float) -> None:
        """Go on until told otherwise, at ``updates_a_second`` (infinite: as fast as possible)."""

        def start(trainer: Trainer) -> None:
            trainer.go_on()
            self._playing = True
            self._updates_a_second = updates_a_second
            self._restart_clock()

        self.do(start)

    def pause(self) -> None:
        """Stop after the present update and evaluate the losses there."""

        def stop(trainer: Trainer) -> None:
            self._playing = False
            trainer.score()

        self.do(stop)

    def look_at(self, probe: Probe) -> None:
        """Show another example from the next frame on."""

        def look(trainer: Trainer) -> None:
            self._probe = probe

        self.do(look)

    def show(self, probe: Probe) -> None:
        """Show another example, said from within a job."""
        self._probe = probe

    def exchange(self, make: Callable[[], Trainer]) -> None:
        """Go on with another trainer; if ``make`` raises, with the one that is there."""
        self.do(lambda trainer: make())

    @property
    def closing(self) -> bool:
        """Whether long work should give up."""
        return self._closing

    def close(self) -> None:
        """End the thread and wait for it."""
        self._closing = True
        self._jobs.put(None)
        self.wait()

    # ---- in the thread

    def run(self) -> None:
        trainer = self._make()
        self._restart_clock()
        self._post(trainer)
        while True:
            try:
                job = self._jobs.get(block=not self._playing)
            except Empty:
                self._go_on(trainer)
                continue
            if job is None or self._closing:
                return
            trainer = self._run(trainer, job)

    def _run(self, trainer: Trainer, job: Job) -> Trainer:
        try:
            trainer = job(trainer) or trainer
        except UserError as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(unexpected(error))
        self._post(trainer)
        return trainer

    def _go_on(self, trainer: Trainer) -> None:
        try:
            if math.isinf(self._updates_a_second):
                self._made += trainer.advance(2**40, STRETCH_SECONDS)
            else:
                self._go_on_slowly(trainer)
            if trainer.note is not None:
                self._playing = False
                trainer.score()
                self._post(trainer)
                self.stopped.emit()
            elif not self._mailbox:
                self._post(trainer, replace=False)
        except Exception as error:
            self._fail(unexpected(error))

    def _go_on_slowly(self, trainer: Trainer) -> None:
        now = time.perf_counter()
        due = int((now - self._start) * self._updates_a_second) - self._made
        if due > 0:
            self._made += trainer.advance(due, STRETCH_SECONDS)
            if self._updates_a_second <= 60:
                trainer.score()
        else:
            # Wait for the next update, but not so long that a function would have to wait.
            next_due = self._start + (self._made + 1) / self._updates_a_second
            time.sleep(min(0.005, max(0.0, next_due - now)))

    def _fail(self, text: str) -> None:
        self._playing = False
        self.failed.emit(text)

    def _post(self, trainer: Trainer, replace: bool = True) -> None:
        try:
            frame = trainer.frame(self._probe, self._rate())
        except Exception as error:
            self._fail(unexpected(error))
            return
        if replace:
            self._mailbox.clear()
        self._mailbox.append(frame)
        if replace:
            self.ready.emit()

    def _restart_clock(self) -> None:
        self._start = time.perf_counter()
        self._made = 0
        self._marks: deque[tuple[float, int]] = deque([(self._start, 0)], maxlen=64)

    def _rate(self) -> float:
        """Return updates a second over the last moments; 0 while paused."""
        if not self._playing:
            return 0.0
        now = time.perf_counter()
        self._marks.append((now, self._made))
        while len(self._marks) > 2 and now - self._marks[0][0] > RATE_SECONDS:
            self._marks.popleft()
        then, made = self._marks[0]
        return (self._made - made) / (now - then) if now > then else 0.0
