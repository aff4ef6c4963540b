"""Work that takes its time, away from the window: started in a thread, its answer fetched by a timer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, QTimer

POLL_MS = 15


def in_background(work: Callable[[], Any]) -> Future[Any]:
    """Run ``work`` in a thread of its own; the future holds its result or its error."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)

    # A daemon, so that a file of a gigabyte that is still being read does not keep the program from ending.
    threading.Thread(target=run, name="background work", daemon=True).start()
    return future


class Waiting(QObject):
    """Waits for one future at a time without blocking; a newer one takes the place of an older one."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._future: Future[Any] | None = None
        self._then: Callable[[Future[Any]], None] | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether something is being waited for."""
        return self._future is not None

    def for_(self, future: Future[Any], then: Callable[[Future[Any]], None]) -> None:
        """Call ``then(future)`` in the window's thread once ``future`` is done; forget what was waited for before."""
        self._future, self._then = future, then
        self._timer.start()

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._future = self._then = None
        self._timer.stop()

    def _look(self) -> None:
        future, then = self._future, self._then
        if future is not None and then is not None and future.done():
            self.forget()
            then(future)


__all__ = ["Waiting", "in_background"]
