"""Autosave: keeps the work of one window safe from the end of the program, a few seconds after every change."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from backprop_gui.engine.run import Run
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.project import Project
from backprop_gui.project.files import ProjectFileError
from backprop_gui.project.recovery import Slot, new_slot
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.document import Document
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.player import Player

EVERY_MS = 3000
"""How long a change waits, and so how much work is lost at most, but for the time that writing takes."""
PATIENCE_MS = 2000
"""How long the worker is waited for; then the drawing is kept with where training stood the last time."""
CLOSING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What there was to keep: the drawing, how far training was, and when, which is no part of what it is."""

    project: Project
    step: int
    when: float = field(default=0.0, compare=False)


class Autosave(QObject):
    """Follows a document and its player. While nothing changes, nothing happens: no timer runs.

    Signals
    -------
    failed(str)
        Work could not be kept, and why; said once, until it works again.
    """

    failed = Signal(str)

    def __init__(
        self, document: Document, player: Player, changed: Callable[[], bool], folder: Path, parent: QObject
    ) -> None:
        """Keep the work in ``folder`` whenever ``changed()`` says that no file has it."""
        super().__init__(parent)
        self._document, self._player, self._changed, self._folder = document, player, changed, folder
        self._slot: Slot | None = None
        self._kept: Moment | None = None
        self._asked: Moment | None = None
        self._stood: tuple[Network, Run | None] | None = None
        self._writing: Future[Slot] | None = None
        self._told = self._closed = False
        self._number = 0
        self._waiting = Waiting(self)
        self._timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self.keep)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._give_up)
        document.changed.connect(self._touch)
        document.opened.connect(self.forget)
        player.numbers.connect(self._touch)

    def adopt(self, slot: Slot) -> None:
        """Go on keeping in ``slot``, whose work is open now; what it holds stays until that is written anew."""
        self.forget()
        self._slot = slot
        self._touch()

    def forget(self) -> None:
        """Remove what is kept: a file has it now, or the person does not want it."""
        self._number += 1
        self._timer.stop()
        self._kept = self._stood = None
        # What is being written at this moment is removed when that is done.
        if self._slot is not None and self._writing is None:
            self._slot.discard()
        self._slot = None

    def close(self) -> None:
        """Remove what is kept, for good; nothing works afterwards."""
        self._closed = True
        writing, self._writing = self._writing, None
        self._waiting.forget()
        self._patience.stop()
        if writing is not None:
            # A moment: what is written after the window is gone would be taken for the work of one that crashed.
            with contextlib.suppress(Exception):
                writing.result(CLOSING_SECONDS).discard()
        self.forget()

    # ---- keeping

    def _touch(self, *news: object) -> None:
        if self._closed or self._waiting.busy or self._timer.isActive() or self._kept == self._now():
            return
        self._timer.start()

    def _now(self) -> Moment:
        frame = self._player.frame
        return Moment(self._document.project, frame.step if frame is not None else 0)

    def keep(self) -> None:
        """Begin to keep what is there now; nothing waits for it."""
        if self._closed or self._waiting.busy:
            return
        if not self._changed():
            self.forget()
            return
        self._asked = replace(self._now(), when=time.time())
        self._patience.start()
        # Of what cannot be trained as it is drawn, too: what it has learned waits with the worker.
        self._waiting.for_(self._player.standing(), self._answered)

    def _give_up(self) -> None:
        self._waiting.forget()
        self._answered(None)

    def _answered(self, future: Future[Any] | None) -> None:
        self._patience.stop()
        moment, number = self._asked, self._number
        assert moment is not None
        network = moment.project.network
        if future is not None and future.exception() is None:
            run = future.result().run
            if run is None or _finite(run):
                self._stood = network, run
        # Without an answer, or after trouble, where it stood before is worth more than nothing.
        stood = self._stood[1] if self._stood is not None and self._stood[0] is network else None
        self._write(moment, number, replace(moment.project, run=stood))

    def _write(self, moment: Moment, number: int, project: Project) -> None:
        slot, folder, path = self._slot, self._folder, self._document.path

        def write() -> Slot:
            place = slot or new_slot(folder)
            try:
                _write(place, project, path, moment.when)
            except BaseException:
                if slot is None or self._closed:
                    place.discard()
                raise
            if self._closed:
                # The window did not wait so long.
                place.discard()
            return place

        def written(future: Future[Slot]) -> None:
            self._writing = None
            error = future.exception()
            place = future.result() if error is None else slot
            if number != self._number:
                if place is not None:
                    place.discard()
            else:
                # Also after a failure: it is tried again when something changes, not at once and for ever.
                self._slot, self._kept = place, moment
            if error is None:
                self._told = False
            elif not self._told:
                self._told = True
                self.failed.emit(str(error) if isinstance(error, UserError) else unexpected(error))
            self._touch()

        self._writing = in_background(write)
        self._waiting.for_(self._writing, written)


def _write(slot: Slot, project: Project, path: Path | None, when: float) -> None:
    """Write ``project``, and if where its training stands cannot be written, the drawing alone."""
    try:
        slot.write(project, path, when)
    except ProjectFileError:
        if project.run is None:
            raise
        slot.write(replace(project, run=None), path, when)


def _finite(run: Run) -> bool:
    return all(np.isfinite(vector).all() for vector in (run.parameters, *run.memory.values()))


__all__ = ["Autosave"]
