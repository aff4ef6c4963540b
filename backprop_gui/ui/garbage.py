"""Cyclic garbage is collected in the window's thread only.

Python's collector runs in whichever thread happens to allocate. What it finds is destroyed there, and a widget, a
pixmap or a timer that is destroyed in another thread than the window's takes the whole program with it, sooner or
later: the more threads compute, the sooner.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500
LONGEST_LOOKS = 240
"""A full collection takes as long as a few pictures of a large drawing, and waits for rest; but no longer than this."""


class GarbageCollector(QObject):
    """Takes over from Python's own collector, which it switches off: the same thresholds, looked at twice a second.

    Parameters
    ----------
    rests : callable
        Returns whether nothing moves that a full collection would let stumble.
    """

    def __init__(self, rests: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._rests, self._waits = rests, 0
        # What is there by now stays for good: it need not be gone through each time.
        gc.freeze()
        gc.disable()
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def look(self) -> None:
        """Collect the generations whose thresholds have been passed."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if not due[0]:
            return
        if due[1] and due[2]:
            self._waits += 1
            if self._rests() or self._waits > LONGEST_LOOKS:
                self._waits = 0
                gc.collect()
                return
        gc.collect(1 if due[1] else 0)


__all__ = ["GarbageCollector"]
