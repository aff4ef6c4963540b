"""Handing frames out: each kind of view at its own pace, and more slowly while a person drags something."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance

from backprop_gui.engine.frame import Frame

PICTURE_MS = 17
CURVES_MS = 66
NUMBERS_MS = 125
YIELDING_PICTURE_MS, YIELDING_CURVES_MS, YIELDING_NUMBERS_MS = 40, 120, 250
"""How often each kind of view changes while the window has precedence."""


class Delivery:
    """Fetches the newest frame by a clock and emits it to three kinds of view.

    Parameters
    ----------
    take : callable
        Returns the newest frame if it has not been taken yet and may be shown.
    shown : callable
        Returns the frame that was taken last.
    pictures, curves, numbers : SignalInstance
        At most 60, 15 and 8 times a second.
    parent : QObject
        The owner of the clock.
    """

    def __init__(
        self,
        take: Callable[[], Frame | None],
        shown: Callable[[], Frame | None],
        pictures: SignalInstance,
        curves: SignalInstance,
        numbers: SignalInstance,
        parent: QObject,
    ) -> None:
        self._take, self._shown = take, shown
        self._pictures, self._curves, self._numbers = pictures, curves, numbers
        self._last_picture = self._last_curve = self._last_number = self._yields_until = 0.0
        self._clock = QTimer(parent, interval=PICTURE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self.deliver)

    def start(self) -> None:
        """Hand out what comes, by the clock."""
        self._clock.start()

    def stop(self) -> None:
        """Hand out nothing by itself."""
        self._clock.stop()

    def give_way(self, until: float) -> None:
        """Give the window precedence until a moment, in seconds of ``time.perf_counter``."""
        self._yields_until = until

    def deliver(self) -> None:
        """Hand the newest frame to those whose time has come."""
        now = time.perf_counter() * 1000
        if now < 1000 * self._yields_until:
            self._deliver_one(now)
            return
        frame = self._take()
        if frame is None:
            return
        self._pictures.emit(frame)
        if now - self._last_curve >= CURVES_MS:
            self._last_curve = now
            self._curves.emit(frame)
        if now - self._last_number >= NUMBERS_MS:
            self._last_number = now
            self._numbers.emit(frame)

    def _deliver_one(self, now: float) -> None:
        """Deliver to one kind of view at a time, so that what a person drags never waits for all of them."""
        shown = self._shown()
        if now - self._last_picture >= YIELDING_PICTURE_MS:
            frame = self._take()
            if frame is not None:
                self._last_picture = now
                self._pictures.emit(frame)
        elif shown is not None and now - self._last_curve >= YIELDING_CURVES_MS:
            self._last_curve = now
            self._curves.emit(shown)
        elif shown is not None and now - self._last_number >= YIELDING_NUMBERS_MS:
            self._last_number = now
            self._numbers.emit(shown)

    def deliver_all(self) -> None:
        """Hand a frame that is not one of many to everyone, even if the clock was quicker to fetch it."""
        frame = self._take() or self._shown()
        if frame is None:
            return
        for signal in (self._pictures, self._curves, self._numbers):
            signal.emit(frame)


__all__ = ["Delivery"]
