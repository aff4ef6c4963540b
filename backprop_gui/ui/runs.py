"""The runs that are kept: when they are, and what people do with them."""

from __future__ import annotations

import enum
from collections import deque
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from backprop_gui.errors import UserError
from backprop_gui.project.kept import (
    LONGEST_TITLE,
    MOST_KEPT,
    Kept,
    KeptRun,
    KeptRunsError,
    changed,
    is_known,
    kept_from,
    with_kept,
)
from backprop_gui.ui.background import Waiting
from backprop_gui.ui.document import Document
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.player import Player

NOTHING = "There is nothing to keep: training has not begun, or its numbers are not finite."
FULL = (
    f"The run was not kept: {MOST_KEPT} are, or as many as there is room for, and all have names or were kept by hand. "
    "Delete one first."
)


class _Loss(enum.Enum):
    """How a run can be lost that nobody has deleted."""

    TOO_LARGE = enum.auto()
    NO_ROOM = enum.auto()
    MADE_ROOM = enum.auto()
    FAILED = enum.auto()


class Runs(QObject):
    """Keeps runs in the document, beside its undo: neither an edit nor an undo takes one away.

    Signals
    -------
    noted(str)
        Something that a person asked for and that did not work, or that did.
    lost(str)
        A run was not kept, or is kept no longer, though nobody asked for that: ``noted`` each time, and this the first
        time that it happens in this way to a project.
    deleted(KeptRun)
        It is gone; :meth:`bring_back` undoes that.
    """

    noted = Signal(str)
    lost = Signal(str)
    deleted = Signal(object)

    def __init__(self, document: Document, player: Player, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._player = document, player
        self._last = self._opened = 0
        self._gone: deque[KeptRun] = deque(maxlen=MOST_KEPT)
        self._told: set[_Loss] = set()
        document.opened.connect(self._begin)
        self._begin()

    @property
    def kept(self) -> Kept:
        """The runs, in the order in which they were kept."""
        return self._document.project.kept

    @property
    def gone(self) -> tuple[KeptRun, ...]:
        """Those that were deleted since the project was opened and are not back, the last one at the end."""
        return tuple(self._gone)

    def run(self, number: int) -> KeptRun:
        """Return the run of this number."""
        return next(one for one in self.kept if one.number == number)

    def _begin(self) -> None:
        self._opened += 1
        self._gone.clear()
        self._told.clear()
        self._last = max((one.number for one in self.kept), default=0)

    # ---- keeping

    def keep(self, *, by_hand: bool = False) -> None:
        """Keep where training stands, before anything that is asked of the player afterwards; nothing waits for it."""
        data = self._document.project.data
        waiting = Waiting(self)
        future = self._player.ask(lambda trainer: kept_from(trainer, 1, data))
        waiting.for_(future, partial(self._keep, waiting, self._opened, by_hand))

    def _keep(self, waiting: Waiting, opening: int, by_hand: bool, future: Future[Any]) -> None:
        waiting.deleteLater()
        # What has been opened meanwhile has nothing to do with it.
        if opening != self._opened:
            return
        error = future.exception()
        if isinstance(error, KeptRunsError):
            self._lose(_Loss.TOO_LARGE, str(error))
        elif error is not None and not isinstance(error, UserError):
            self._lose(_Loss.FAILED, unexpected(error))
        elif error is None and (new := future.result()) is not None:
            self._add(new, by_hand=by_hand)
        elif by_hand:
            self.noted.emit(NOTHING)

    def _add(self, new: KeptRun, *, by_hand: bool) -> None:
        if is_known(self.kept, new):
            if by_hand:
                self._change(replace(self.kept[-1], by_hand=True))
                self.noted.emit(f"It is kept already, as “{self.kept[-1].name}”.")
            return
        new = replace(new, number=self._last + 1, by_hand=by_hand)
        kept = with_kept(self.kept, new)
        if new in kept:
            self._last = new.number
            self._exchange(kept, new, by_hand=by_hand)
        else:
            self._lose(_Loss.NO_ROOM, FULL)

    def _exchange(self, kept: Kept, new: KeptRun, *, by_hand: bool) -> None:
        """Keep ``kept`` from now on, ``new`` among them, and say which others had to go."""
        numbers = {one.number for one in kept}
        gone = [one for one in self.kept if one.number not in numbers]
        self._document.keep(kept, by_hand=by_hand)
        if gone:
            others = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            are, they = ("are", "they") if others else ("is", "it")
            self._lose(
                _Loss.MADE_ROOM,
                f"“{gone[0].name}”{others} {are} kept no longer: {they} made room for “{new.name}”. Runs that have a "
                "name stay.",
            )

    def _lose(self, how: _Loss, text: str) -> None:
        self.noted.emit(text)
        if how not in self._told:
            self._told.add(how)
            self.lost.emit(text)

    # ---- what people do

    def show(self, number: int, shown: bool) -> None:
        """Draw the curve of a run, or do not."""
        self._change(replace(self.run(number), shown=shown))

    def rename(self, number: int, title: str) -> None:
        """Give a run another name; without one it is called by its number."""
        self._change(replace(self.run(number), title=" ".join(title.split())[:LONGEST_TITLE]))

    def _change(self, new: KeptRun) -> None:
        self._document.keep(changed(self.kept, new), by_hand=True)

    def delete(self, number: int) -> None:
        """Keep a run no longer."""
        gone = self.run(number)
        self._gone.append(gone)
        self._document.keep(tuple(one for one in self.kept if one is not gone), by_hand=True)
        self.deleted.emit(gone)

    def bring_back(self, run: KeptRun) -> None:
        """Undo that a run was deleted; nothing happens if it is back, or was deleted in another project."""
        if run not in self._gone:
            return
        kept = with_kept(self.kept, run)
        if run in kept:
            self._gone.remove(run)
            self._exchange(tuple(sorted(kept, key=lambda one: one.number)), run, by_hand=True)
        else:
            self.noted.emit(FULL)

    def take_up(self, number: int) -> None:
        """Go on with a run: what is drawn and set becomes what made it, as one step of undo, and training stands there.

        What was trained meanwhile is kept in its turn.

        Raises
        ------
        UserError
            If its data cannot be had; nothing has changed then.
        """
        run = self.run(number)
        self.keep()
        now = self._document.project
        project = replace(now, network=run.network, data=run.data, training=run.training, run=None)
        self._document.edit(f"Continue {run.name}", project)
        self._player.take_up(run.run)


__all__ = ["FULL", "NOTHING", "Runs"]
