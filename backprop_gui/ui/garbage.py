"""Cyclic garbage is collected in the window's thread only.

Python's collector runs in whichever thread happens to allocate. What it finds is destroyed there, and a widget, a
pixmap or a timer that is destroyed in another thread than the window's takes the whole program with it, sooner or
later: the more threads compute, the sooner.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500


class GarbageCollector(QObject):
    """Takes over from Python's own collector, which it switches off, by the same counts and thresholds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # What is there by now stays for good: it need not be gone through each time.
        gc.freeze()
        gc.disable()
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def look(self) -> None:
        """Collect what Python's own collector would have collected by now."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[0]:
            gc.collect(2 if due[1] and due[2] else 1 if due[1] else 0)


__all__ = ["GarbageCollector"]
