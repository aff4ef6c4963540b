"""The runs of the fault lab, in a thread of their own: a copy of the network learns, the window only looks on."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from backprop_gui.engine.examples import Examples
from backprop_gui.engine.faults import FAULTS, Fault
from backprop_gui.engine.sandbox import Course, Sandbox
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected

CORRECT = "correct"
ROWS: tuple[str, ...] = (CORRECT, *FAULTS)
"""Backpropagation as it should be, and the bugs, by name."""
LOOK_MS = 66


def fault_of(name: str) -> Fault | None:
    """Return the bug of this name; None for ``CORRECT``."""
    return None if name == CORRECT else FAULTS[name]


@dataclass(slots=True, eq=False)
class _Job:
    """What the thread leaves behind, whole values only: nobody need wait for the other."""

    cancel: threading.Event = field(default_factory=threading.Event)
    courses: dict[str, Course] = field(default_factory=dict)
    now: str = ""


class FaultRuns(QObject):
    """Trains copies one after the other.

    Attributes
    ----------
    courses : dict of Course
        What there is, by name; the one that runs grows.
    running : str
        The name of the one that runs; empty if none does.

    Signals
    -------
    changed()
        ``courses`` or ``running`` is another.
    failed(str)
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.courses: dict[str, Course] = {}
        self.running = ""
        self._job: _Job | None = None
        self._waiting = Waiting(self)
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self._look)

    def begin(
        self,
        network: Network,
        examples: Examples,
        settings: TrainingSettings,
        names: Sequence[str],
        epochs: int,
    ) -> None:
        """Train a copy for each of ``names``; whatever runs ends."""
        self.stop()
        job = self._job = _Job(now=names[0])
        self.destroyed.connect(job.cancel.set)

        def work() -> None:
            sandbox = Sandbox(network, examples, settings)
            for name in names:
                job.now = name
                tell = _Teller(job.courses, name)
                course = sandbox.train(fault_of(name), epochs, tell, job.cancel.is_set)
                if course is not None:
                    tell(course)
                if job.cancel.is_set():
                    return

        for name in names:
            self.courses.pop(name, None)
        self.running = names[0]
        self._clock.start()
        self._waiting.for_(in_background(work), self._done)
        self.changed.emit()

    def stop(self) -> None:
        """End where it is; what there is by then stays."""
        if self._job is not None:
            self._job.cancel.set()
            self._take(self._job.courses)
            self._rest()

    def forget(self) -> None:
        """End, and show nothing."""
        self.stop()
        self.courses.clear()
        self.changed.emit()

    def _look(self) -> None:
        job = self._job
        if job is not None:
            self.running = job.now
            self._take(job.courses)
            self.changed.emit()

    def _done(self, future: Future[None]) -> None:
        if self._job is not None:
            self._take(self._job.courses)
        self._rest()
        error = future.exception()
        if error is not None:
            self.failed.emit(str(error) if isinstance(error, UserError) else unexpected(error))

    def _rest(self) -> None:
        self._job = None
        self.running = ""
        self._waiting.forget()
        self._clock.stop()
        self.changed.emit()

    def _take(self, courses: Mapping[str, Course]) -> None:
        self.courses.update(dict(courses))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts the newest course where the window looks for it."""

    courses: dict[str, Course]
    name: str

    def __call__(self, course: Course) -> None:
        self.courses[self.name] = course


__all__ = ["CORRECT", "ROWS", "FaultRuns", "fault_of"]
