"""What panels share that compute something of a frame in the background: which frames they take, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.panel import Lab, PanelWidget
from backprop_gui.ui.past import made_with
from backprop_gui.ui.plots.predictor import fits

AGAIN_MS = 15
"""When to look again whether the window has time."""


@dataclass(slots=True, eq=False)
class _Task:
    """What is being computed: of which frame, since when, what it has cost, and whether nobody wants it any more."""

    frame: Frame
    began: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    given_up: Event = field(default_factory=Event)


class ComputingPanel(PanelWidget):
    """Computes something of each frame that it has time for, one at a time, also when one has been given up.

    While training runs, frames are left out; the one that it comes to rest at never is.

    Attributes
    ----------
    every_seconds : float
        While training runs, it begins no more often.
    share : float
        Of the wall time that it may take while training runs.
    computed : Frame or None
        What the last result is of; None while none holds.
    seconds : float
        Of computing time that the last result took.
    """

    every_seconds = 0.0
    share = 1.0

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.computed: Frame | None = None
        self.seconds = 0.0
        self._next: Frame | None = None
        """The newest frame that has to wait."""
        self._free = 0.0
        self._task: _Task | None = None
        self._waiting = Waiting(self)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._go_on)

    # ---- what a panel says

    def question_of(self, frame: Frame) -> Callable[[Trainer], Any] | None:
        """Return what the trainer must be asked first, between two updates; None for nothing.

        Each question brings a new frame, also of the same moment: :meth:`wants` must know that one by what it is of.
        """
        return None

    def work_on(self, frame: Frame) -> Callable[..., Any]:
        """Return what is to be computed of ``frame``; it is called in a thread, and nothing of Qt may be in it.

        If the trainer was asked something, it is called with the answer. Where it takes long it asks
        :attr:`given_up`, as that is when it is made, now and then.
        """
        raise NotImplementedError

    def take(self, frame: Frame, result: Any) -> None:
        """Show what came of it."""
        raise NotImplementedError

    def fail(self, text: str) -> None:
        """Show, instead of a result, why there is none: a sentence for a person."""
        raise NotImplementedError

    def wants(self, frame: Frame) -> bool:
        """Return whether somebody sees it."""
        return self.isVisible()

    def passes_by(self, frame: Frame) -> bool:
        """Return whether ``frame`` is one of many in quick succession, for which there is only a share of the time."""
        return frame.rate > 0

    @property
    def has_tab(self) -> bool:
        """Whether it lies behind another tab, where one click brings it up."""
        dock = self.parentWidget()
        return not self.isVisible() and dock is not None and dock.isVisible()

    def has_time(self) -> bool:
        """Return whether the window has time for another result while training runs."""
        return True

    # ---- when

    @property
    def given_up(self) -> Callable[[], bool]:
        """What says whether nobody wants any more what is being computed; it may be called in the thread."""
        assert self._task is not None
        return self._task.given_up.is_set

    def show_frame(self, frame: Frame) -> None:
        self.consider(frame)

    def consider(self, frame: Frame) -> None:
        """Compute what there is to say of ``frame``, now or later, unless nobody wants it or others come after it."""
        if not self.wants(frame) or frame is self.computed:
            return
        if not fits(frame, made_with(frame, self.lab.document).prepared):
            return
        busy = self._task is not None
        if busy or (self.passes_by(frame) and (time.perf_counter() < self._free or not self.has_time())):
            if frame.rate == 0:
                # Perhaps none comes after it.
                self._next = frame
                if not busy:
                    self._later.start(max(AGAIN_MS, round(1000 * (self._free - time.perf_counter()))))
            return
        self._next = None
        task = self._task = _Task(frame)
        question, work = self.question_of(frame), self.work_on(frame)
        if question is None:
            self._compute(task, work)
        else:
            asked = self.lab.player.ask(partial(_measured, question))
            self._waiting.for_(asked, lambda future: self._answered(task, work, future))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.lab.player.frame is not None:
            self.show_frame(self.lab.player.frame)

    def forget(self) -> None:
        """Give up what is being computed: nothing that was computed before holds."""
        if self._task is not None:
            # Its thread is waited for all the same, so that there is never a second one.
            self._task.given_up.set()
        self._next = self.computed = None
        self._later.stop()

    def begin_anew(self, frame: Frame) -> None:
        """Give up what is being computed, and compute what there is to say of ``frame`` as soon as that has ended."""
        self.forget()
        self._free = 0.0
        if self._task is None:
            self.consider(frame)
        else:
            self._next = frame

    def _answered(self, task: _Task, work: Callable[..., Any], future: Future[Any]) -> None:
        if task.given_up.is_set() or future.exception() is not None:
            self._take(task, future)
        else:
            answer, task.seconds = future.result()
            self._compute(task, partial(work, answer))

    def _compute(self, task: _Task, work: Callable[[], Any]) -> None:
        self._waiting.for_(in_background(partial(_measured, work)), lambda future: self._take(task, future))

    def _take(self, task: _Task, future: Future[Any]) -> None:
        self._task = None
        if not task.given_up.is_set():
            self._free = task.began + self.every_seconds  # so that trouble, too, comes no more often
            error = future.exception()
            if error is None:
                result, seconds = future.result()
                self.seconds = task.seconds + seconds
                self._free = max(self._free, task.began + self.seconds / self.share)
                self.computed = task.frame
                self.take(task.frame, result)
            else:
                self.computed = None
                self.fail(str(error) if isinstance(error, UserError) else unexpected(error))
        self._go_on()

    def _go_on(self) -> None:
        """Consider what had to wait."""
        frame, self._next = self._next, None
        if frame is not None:
            self.consider(frame)


def _measured(work: Callable[..., Any], *given: Any) -> tuple[Any, float]:
    """Return what comes of ``work`` and the seconds it takes, however long others keep it waiting."""
    start = time.thread_time()
    return work(*given), time.thread_time() - start


__all__ = ["ComputingPanel"]
