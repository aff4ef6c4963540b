"""The past: what people do with the timeline, while training stands still where it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from backprop_gui.data import Prepared
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.worked import WorkedExample, worked_example
from backprop_gui.engine.timeline import Timeline
from backprop_gui.project import Project
from backprop_gui.ui.document import Document
from backprop_gui.ui.worker import Choose, Worker

if TYPE_CHECKING:
    from backprop_gui.ui.player import Player

NEWEST = 2**62
"""A step that is never in the past."""


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """What was drawn and set when a part of the timeline began."""

    project: Project
    prepared: Prepared


def made_with(frame: Frame, document: Document) -> Origin:
    """Return what was drawn and set when ``frame`` was made, be it of the past or from before an edit."""
    if isinstance(frame.origin, Origin):
        return frame.origin
    return Origin(document.project, document.prepared)


def worked_of(frame: Frame, document: Document) -> WorkedExample:
    """Return the worked example of ``frame`` with the settings that made it, written as the document writes."""
    training = made_with(frame, document).project.training
    return worked_example(frame, training, document.project.conventions)


def changes_training(old: Project, new: Project) -> bool:
    """Return whether an edit changes anything that training reads."""
    return new.network is not old.network or (new.data, new.training) != (old.data, old.training)


class Past(QObject):
    """Moves to and fro on the timeline; which moment is shown is said by the frames that follow.

    Training pauses as soon as the past is looked at. It is never changed by that: what is saved, kept and edited is
    the present.

    Attributes
    ----------
    continues : int or None
        While the document is put back to what was drawn at a past step, that step.
    """

    def __init__(self, player: Player, document: Document, worker: Worker) -> None:
        super().__init__(player)
        self._player, self._document, self._worker = player, document, worker
        self.continues: int | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether what is shown was another drawing than the present one."""
        frame = self._player.frame
        return frame is not None and frame.past and frame.plan.network is not self._player.network

    def look_at_step(self, step: int) -> None:
        """Show a step; if it is not in the past, the nearest one that is, or the present."""
        self._look(lambda timeline, shown: step)

    def look_at_time(self, epoch: float) -> None:
        """Show the kept step that is nearest to a time in epochs, or the present if that is infinite.

        As when a person drags: of many times that are asked for quickly only the last is computed.
        """
        if math.isinf(epoch):
            self.leave()
            return
        self._look(lambda timeline, shown: timeline.kept_at(epoch), hasty=True)

    def step_back(self) -> None:
        """Go one update back, from what is shown."""
        self._look(lambda timeline, shown: shown - 1)

    def go_beside(self, *, ahead: bool) -> None:
        """Go to the next kept step, or to the one before; behind the last of them is the present."""

        def beside(timeline: Timeline, shown: int) -> int:
            kept = timeline.kept_beside(shown, ahead=ahead)
            return kept if kept is not None else NEWEST if ahead else shown

        self._look(beside)

    def look_at_beginning(self) -> None:
        """Show the first step that can be gone to."""
        self._look(lambda timeline, shown: timeline.segments[0].first)

    def leave(self) -> None:
        """Show the present again."""
        self._worker.look_ahead()

    def continue_from_here(self) -> None:
        """Make the moment that is shown the present one; what came later is forgotten.

        What was drawn and set then comes back, as one step of undo.
        """
        frame = self._player.frame
        if frame is None or not frame.past:
            return
        self._player.pause()
        origin, now = frame.origin, self._document.project
        assert isinstance(origin, Origin)
        then = origin.project
        back = replace(now, network=then.network, data=then.data, training=then.training, run=None)
        if changes_training(now, back):
            self.continues = frame.step
            try:
                self._document.edit(f"Continue from step {frame.step:,}", back, prepared=origin.prepared)
            finally:
                self.continues = None
        else:
            self.leave()
            step = frame.step
            self._worker.do(lambda trainer: trainer.continue_from(step))

    def _look(self, choose: Choose, *, hasty: bool = False) -> None:
        if self._document.obstacle is not None:
            return
        if self._player.is_running:
            self._player.pause()
        self._worker.look_back(choose, hasty=hasty)


__all__ = ["Origin", "Past", "changes_training", "made_with", "worked_of"]
