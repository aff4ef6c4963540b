"""What panels share that compute something of a frame in the background: which frames they take, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtGui import QShowEvent

from backprop_gui.engine.frame import Frame
from backprop_gui.errors import UserError
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.panel import Lab, PanelWidget
from backprop_gui.ui.past import made_with
from backprop_gui.ui.plots.predictor import fits


class ComputingPanel(PanelWidget):
    """Computes something of each frame that it has time for, one at a time.

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
        self._free = 0.0
        self._waiting = Waiting(self)

    # ---- what a panel says

    def work_on(self, frame: Frame) -> Callable[[], Any]:
        """Return what is to be computed of ``frame``; it is called in a thread, and nothing of Qt may be in it."""
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

    @property
    def has_tab(self) -> bool:
        """Whether it lies behind another tab, where one click brings it up."""
        dock = self.parentWidget()
        return not self.isVisible() and dock is not None and dock.isVisible()

    def has_time(self) -> bool:
        """Return whether the window has time for another result while training runs."""
        return True

    # ---- when

    def show_frame(self, frame: Frame) -> None:
        if not self.wants(frame) or frame is self.computed:
            return
        if not fits(frame, made_with(frame, self.lab.document).prepared):
            return
        busy = self._waiting.busy
        if frame.rate > 0 and (busy or time.perf_counter() < self._free or not self.has_time()):
            return
        if busy:
            self._next = frame
            return
        began = time.perf_counter()
        work = self.work_on(frame)

        def measured() -> tuple[Any, float]:
            # What it costs, however long others keep it waiting.
            start = time.thread_time()
            return work(), time.thread_time() - start

        self._waiting.for_(in_background(measured), lambda future: self._take(frame, began, future))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.lab.player.frame is not None:
            self.show_frame(self.lab.player.frame)

    def forget(self) -> None:
        """Give up what is being computed: nothing that was computed before holds."""
        self._waiting.forget()
        self._next = self.computed = None

    def _take(self, frame: Frame, began: float, future: Future[Any]) -> None:
        self._free = began + self.every_seconds  # so that trouble, too, comes no more often
        error = future.exception()
        if error is None:
            result, self.seconds = future.result()
            self._free = max(self._free, began + self.seconds / self.share)
            self.computed = frame
            self.take(frame, result)
        else:
            self.computed = None
            self.fail(str(error) if isinstance(error, UserError) else unexpected(error))
        if self._next is not None:
            frame, self._next = self._next, None
            self.show_frame(frame)


__all__ = ["ComputingPanel"]
