"""The gradient check of a window: one check at a time, in a thread of its own, for everybody who shows it."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from PySide6.QtCore import QObject, QTimer, Signal

from backprop_gui.engine.checked import Checked, checked
from backprop_gui.engine.frame import Frame
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected

PROGRESS_MS = 100


class Checking(QObject):
    """Checks the very numbers of a frame, so that neither window nor training waits.

    Signals
    -------
    changed()
        Whether a check runs, what it found, or whether that still holds is no longer what it was.
    progressed(float)
        Which share of a check that runs is done, 0 to 1.
    picture_wanted()
        A person wants the errors on the picture of the network, or no longer.

    Attributes
    ----------
    frame : Frame or None
        What is shown at present, and would be checked.
    found : Checked or None
        The last check, whether it is of ``frame`` or of a moment before; None once it can hold no more.
    trouble : str
        What went wrong in a check that could not be made; empty otherwise.
    on_picture : bool
        Whether the picture of the network shows the errors.
    """

    changed = Signal()
    progressed = Signal(float)
    picture_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame: Frame | None = None
        self.found: Checked | None = None
        self.trouble = ""
        self.on_picture = False
        self._share = [0.0]
        self._held = False
        self._cancel = threading.Event()
        self._waiting = Waiting(self)
        self._looking = QTimer(self, interval=PROGRESS_MS)
        self._looking.timeout.connect(self._look)
        self.destroyed.connect(self._cancel.set)

    @property
    def busy(self) -> bool:
        """Whether a check runs."""
        return self._waiting.busy

    @property
    def holds(self) -> bool:
        """Whether what was found is about the numbers that are shown."""
        return self._held

    def follow(self, frame: Frame) -> None:
        """Take note of what is shown: a check of another moment no longer holds."""
        if frame is self.frame:
            return
        self.frame = frame
        if self.busy:
            return
        found, held = self.found, self._held
        if found is not None and found.is_gone(frame):
            self.found = None
        self._held = self.found is not None and self.found.holds_for(frame)
        if (found, held) != (self.found, self._held):
            self.changed.emit()

    def set_on_picture(self, on_picture: bool) -> None:
        """Take note of whether the picture shows the errors."""
        if on_picture != self.on_picture:
            self.on_picture = on_picture
            self.changed.emit()

    def forget(self) -> None:
        """Check nothing: there is nothing to be checked."""
        self.frame = None
        self._end(None)

    def toggle(self) -> None:
        """Check what is shown, or give up the check that runs."""
        if self.busy:
            self._end(None)
        else:
            self.start()

    def start(self) -> None:
        """Check what is shown, in place of what may be checked just now."""
        frame = self.frame
        if frame is None:
            return
        self._end(None, tell=False)
        cancel = self._cancel = threading.Event()
        self.destroyed.connect(cancel.set)

        # What the thread writes into is a list of one number and nothing of Qt: no lock is needed.
        shares = self._share = [0.0]

        def work() -> Checked | None:
            return checked(frame, cancel.is_set, lambda share: shares.__setitem__(0, share))

        self._waiting.for_(in_background(work), self._done)
        self._looking.start()
        self.changed.emit()

    def _look(self) -> None:
        self.progressed.emit(self._share[0])

    def _done(self, future: Future[Checked | None]) -> None:
        error = future.exception()
        self._end(None if error else future.result(), unexpected(error) if error else "")

    def _end(self, found: Checked | None, trouble: str = "", *, tell: bool = True) -> None:
        self._cancel.set()
        self._waiting.forget()
        self._looking.stop()
        now, self.trouble = self.frame, trouble
        self.found = None if found is None or now is None or found.is_gone(now) else found
        self._held = self.found is not None and now is not None and self.found.holds_for(now)
        if tell:
            self.changed.emit()


__all__ = ["Checking"]
