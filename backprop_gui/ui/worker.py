"""The worker thread: runs the trainer, takes functions between updates, and leaves a frame in a one-slot mailbox."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.engine.probing import ProbeError
from backprop_gui.engine.timeline import Timeline
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.ui.errors import unexpected

STRETCH_SECONDS = 0.006
"""How long the trainer runs before the worker looks at its queue and its mailbox again."""
YIELDING_STRETCH_SECONDS, YIELDING_PAUSE_SECONDS = 0.003, 0.009
"""The same while the window has precedence, and how long the worker then rests after it."""
RATE_SECONDS = 0.5
"""Over how long the measured rate is averaged."""
LATE_SECONDS = 0.5
"""Slow playing that has fallen behind by more does not catch up."""
SCORED_EACH_TIME = 60.0
"""Up to so many updates a second, the losses are evaluated after each."""

Job = Callable[[Trainer], Trainer | None]
"""Something to do with the trainer; a trainer that it returns takes the place of the present one."""
Exchange = Callable[[Trainer | None], Trainer | None]
"""The same, for a worker that may have none yet."""
Choose = Callable[[Timeline, int], int]
"""Of a timeline and the step that is shown: the step to be shown."""
REPLAY_FRAMES = 300
"""As fast as possible, the past is replayed in so many pictures: in about five seconds."""


class Worker(QThread):
    """Owns the trainer: nothing else touches it. No locks; what crosses is a queue of functions and frozen frames.

    While the drawing has never been one that can be trained, there is no trainer: jobs are then passed over.

    Signals
    -------
    ready()
        A frame was left after a function had run, or as the last one of a run: rare, unlike the frames of playing,
        which are polled.
    stopped(int)
        The run of that number ended by itself, because of a note or because its epoch is over.
    failed(str)
        A function or the trainer raised an error; playing has stopped. The text is for a person.
    """

    ready = Signal()
    stopped = Signal(int)
    failed = Signal(str)

    def __init__(self, trainer: Trainer | None, parent: QObject | None = None) -> None:
        """Take over ``trainer``: from now on only this thread may touch it."""
        super().__init__(parent)
        self._trainer = trainer
        self._jobs: SimpleQueue[Exchange | None] = SimpleQueue()
        self._mailbox: deque[Frame] = deque(maxlen=1)
        self._closing = False
        self._yields_until = 0.0
        # Only the thread itself writes these, once it runs.
        self._playing = False
        self._number = 0
        self._last_epoch = math.inf
        self._updates_a_second = math.inf
        self._probe = Probe()
        self._shown: int | None = None
        """The step of the past that is shown; None for the present."""
        self._goal: deque[Choose] = deque(maxlen=1)
        self._restart_clock()

    # ---- for the window

    def do(self, job: Job) -> None:
        """Queue ``job`` to be run with the trainer between two updates, if there is one."""
        self._jobs.put(lambda trainer: None if trainer is None else job(trainer))

    def exchange(self, job: Exchange) -> None:
        """Queue ``job``, which is also run where there is no trainer."""
        self._jobs.put(job)

    def replace(self, trainer: Trainer | None) -> None:
        """Take over another trainer, or none, and stop playing."""

        def job(old: Trainer | None) -> Trainer | None:
            self._trainer, self._playing, self._shown = trainer, False, None
            return trainer

        self._jobs.put(job)

    def give_way(self, until: float) -> None:
        """Train less until a moment, because the window needs the interpreter: both cannot have it at once."""
        self._yields_until = until

    def rest_until(self, moment: float) -> None:
        """Rest in a job, because the window needs the interpreter until about then."""
        rest = moment - time.perf_counter()
        if rest > 0 and not self._closing:
            time.sleep(rest)

    def take(self) -> Frame | None:
        """Return the newest frame that was not taken yet, or None."""
        try:
            return self._mailbox.popleft()
        except IndexError:
            return None

    def play(self, number: int, updates_a_second: float) -> None:
        """Go on until told otherwise, at ``updates_a_second`` (infinite: as fast as possible).

        From the past, it is replayed up to the present. ``number`` tells this run from others in :attr:`stopped`.
        """

        def start(trainer: Trainer) -> None:
            if self._shown is None:
                trainer.go_on()
            self._begin(number, updates_a_second, math.inf)

        self.do(start)

    def play_epoch(self, number: int) -> None:
        """Go on to the end of the present epoch; asked again before it is over, to the end of the one after it."""

        def start(trainer: Trainer) -> None:
            if self.go_forward(trainer):
                return
            trainer.go_on()
            goal = math.floor(trainer.epoch) + 1.0
            if self._playing and math.isfinite(self._last_epoch):
                goal = self._last_epoch + 1
            self._begin(number, math.inf, goal)

        self.do(start)

    def pause(self) -> None:
        """Stop after the present update and evaluate the losses there."""

        def stop(trainer: Trainer) -> None:
            self._playing = False
            trainer.score()

        self.do(stop)

    def look_at(self, probe: Probe) -> None:
        """Show another example from the next frame on."""
        self.do(lambda trainer: self.show(probe))

    def show(self, probe: Probe) -> None:
        """Show another example; to be called from within a job."""
        self._probe = probe

    def look_back(self, choose: Choose, *, hasty: bool = False) -> None:
        """Show the step of the past that ``choose`` names, while training stands still; the newest one ends that.

        ``hasty`` ones are passed over when another one has been asked for meanwhile, as when a person drags.
        """
        if hasty:
            self._goal.append(choose)
            self.do(self._look_at_goal)
        else:
            self.do(lambda trainer: self._look_back(trainer, choose))

    def look_ahead(self) -> None:
        """Show the present again; a replay ends there, and nothing is trained."""

        def return_to_now(trainer: Trainer) -> None:
            if self._shown is not None and self._playing:
                self._playing = False
                self.stopped.emit(self._number)
            self._shown = None

        self.do(return_to_now)

    def go_forward(self, trainer: Trainer) -> bool:
        """Go one update forward in the past and return True; in a job, and False if the present is shown."""
        if self._shown is None:
            return False
        self._show_step(trainer, self._shown + 1)
        return True

    def close(self) -> None:
        """End the thread and wait for it."""
        self._closing = True
        self._jobs.put(None)
        self.wait()

    # ---- in the thread

    def run(self) -> None:
        self._post()
        while True:
            try:
                if self._playing and time.perf_counter() < self._yields_until:
                    job = self._jobs.get(timeout=YIELDING_PAUSE_SECONDS)
                else:
                    job = self._jobs.get(block=not self._playing)
            except Empty:
                self._go_on()
                continue
            if job is None or self._closing:
                return
            self._run(job)

    def _run(self, job: Exchange) -> None:
        try:
            self._trainer = job(self._trainer) or self._trainer
        except UserError as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(unexpected(error))
        self._post()

    def _begin(self, number: int, updates_a_second: float, last_epoch: float) -> None:
        self._playing, self._number = True, number
        self._updates_a_second, self._last_epoch = updates_a_second, last_epoch
        self._restart_clock()

    def _go_on(self) -> None:
        trainer = self._trainer
        assert trainer is not None  # only a job with one begins to play
        try:
            if self._shown is not None:
                self._replay(trainer, self._shown)
                return
            if math.isinf(self._updates_a_second):
                # Asked after every update, and so only where it can be true.
                until = partial(self._is_over, trainer) if math.isfinite(self._last_epoch) else None
                self._made += trainer.advance(2**40, self._stretch(), until)
            else:
                self._go_on_slowly(trainer)
            if trainer.note is not None or self._is_over(trainer):
                self._playing = False
                trainer.score()
                self._post()
                self.stopped.emit(self._number)
            elif not self._mailbox:
                self._post(replace=False)
        except Exception as error:
            self._fail(unexpected(error))

    def _replay(self, trainer: Trainer, shown: int) -> None:
        """Go some way on in the past, once the window has taken what was shown last; end at the present."""
        if self._mailbox:
            time.sleep(0.002)
            return
        if math.isinf(self._updates_a_second):
            timeline = trainer.timeline
            step = shown + max(1, (trainer.step - timeline.segments[0].first) // REPLAY_FRAMES)
            # What is kept need not be computed again.
            step = max(shown + 1, step - step % timeline.stride)
        else:
            due = int((time.perf_counter() - self._start) * self._updates_a_second) - self._made
            step = shown + due
            if not due:
                time.sleep(min(0.005, 1 / self._updates_a_second))
                return
            self._made += due
        self._show_step(trainer, step)
        if self._shown is None:
            self._playing = False
            self._post()
            self.stopped.emit(self._number)
        else:
            self._post(replace=False)

    def _look_at_goal(self, trainer: Trainer) -> None:
        if self._goal:
            self._look_back(trainer, self._goal.pop())

    def _look_back(self, trainer: Trainer, choose: Choose) -> None:
        if self._playing and self._shown is None:
            trainer.score()
        self._playing = False
        self._show_step(
            trainer, choose(trainer.timeline, trainer.step if self._shown is None else self._shown)
        )

    def _show_step(self, trainer: Trainer, step: int) -> None:
        self._shown = max(step, trainer.timeline.segments[0].first) if step < trainer.step else None

    def _stretch(self) -> float:
        """Return how long to train before looking at the queue again."""
        yields = time.perf_counter() < self._yields_until
        return YIELDING_STRETCH_SECONDS if yields else STRETCH_SECONDS

    def _is_over(self, trainer: Trainer) -> bool:
        return trainer.epoch >= self._last_epoch

    def _go_on_slowly(self, trainer: Trainer) -> None:
        now = time.perf_counter()
        due = int((now - self._start) * self._updates_a_second) - self._made
        if due > max(1.0, self._updates_a_second * LATE_SECONDS):
            # The machine slept, or cannot keep up: what was missed is not made up for.
            self._restart_clock()
        elif due > 0:
            self._made += trainer.advance(due, self._stretch())
            if self._updates_a_second <= SCORED_EACH_TIME:
                trainer.score()
        else:
            # Wait for the next update, but not so long that a function would have to wait.
            next_due = self._start + (self._made + 1) / self._updates_a_second
            time.sleep(min(0.005, max(0.0, next_due - now)))

    def _fail(self, text: str) -> None:
        self._playing = False
        self.failed.emit(text)

    def _post(self, replace: bool = True) -> None:
        if self._trainer is None:
            return
        try:
            frame = (
                self._trainer.frame(self._probe, self._rate())
                if self._shown is None
                else self._trainer.frame_at(self._shown, self._probe, self._rate())
            )
        except ProbeError:
            # An edit has changed how many inputs or outputs there are since the numbers were typed.
            self._probe = Probe()
            self._post(replace)
            return
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
        """Return updates a second over the last moments; 0 while paused and in single steps."""
        if not self._playing or math.isfinite(self._last_epoch):
            return 0.0
        now = time.perf_counter()
        self._marks.append((now, self._made))
        while len(self._marks) > 2 and now - self._marks[0][0] > RATE_SECONDS:
            self._marks.popleft()
        then, made = self._marks[0]
        return (self._made - made) / (now - then) if now > then else 0.0
