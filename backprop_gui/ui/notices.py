"""Notices: what the banner says of its own accord, about training that stopped and runs that are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from backprop_gui.engine.frame import Note, NoteKind
from backprop_gui.project.kept import KeptRun
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.looking_back import Allow
from backprop_gui.ui.names import as_drawn, one_line
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.panels.breakpoints import NONE_HERE
from backprop_gui.ui.selection import still_there

NO_TROUBLE = (
    "There is nothing to go back from: this is for when a number became too large and training stopped."
)
NONE_DELETED = "No run was deleted."


class Notices(QObject):
    """Says what happened, and offers what can be done about it.

    Parameters
    ----------
    allow : callable
        Says of a command whether it can be done now.
    runs : QWidget
        The panel of runs, which says for itself what became of them where it is seen.
    show_breakpoints : callable
    """

    def __init__(
        self, lab: Lab, banner: Banner, allow: Allow, runs: QWidget, show_breakpoints: Callable[[], None]
    ) -> None:
        super().__init__(banner)
        self._lab, self._banner, self._allow, self._runs = lab, banner, allow, runs
        self._show_breakpoints = show_breakpoints
        self._noting = False
        self._offered: KeptRun | None = None
        """The deleted run that the banner offers to bring back."""
        lab.player.noted.connect(self._note)
        lab.player.failed.connect(banner.show_message)
        lab.runs.deleted.connect(self._deleted)
        lab.runs.lost.connect(self._lost)
        self.forget()

    def forget(self) -> None:
        """Take back what was said, and what its buttons do: it was about what was open before."""
        self._banner.hide()
        self._noting = False
        self._allow("go-back", False, NO_TROUBLE)
        self.show_gone()

    def none_stop(self) -> None:
        """Say that the breakpoints of another project stop nothing here."""
        self._banner.show_message(NONE_HERE, "warning", [("Breakpoints…", self._show_breakpoints)])

    def show_gone(self) -> None:
        """Say whether there is a deleted run to bring back; the banner offers none that is back already."""
        gone = self._lab.runs.gone
        self._allow("bring-back", bool(gone), NONE_DELETED)
        if self._offered is not None and self._offered not in gone:
            if self._banner.text == _deletion(self._offered):
                self._banner.hide()
            self._offered = None

    # ---- about training

    def _note(self, note: Note | None) -> None:
        player, network = self._lab.player, self._lab.document.project.network
        can_go_back = note is not None and note.kind is NoteKind.NOT_FINITE and note.can_go_back
        self._allow("go-back", can_go_back, NO_TROUBLE)
        if note is None:
            # What it was about is over, by going back, a reset or another project.
            if self._noting:
                self._banner.hide()
            self._noting = False
            return
        self._noting = True
        text = as_drawn(note.text, network)
        if note.kind is NoteKind.NOT_FINITE:
            answers = [
                ("Go back", player.go_back),
                ("Go back and halve the learning rate", self._go_back_slower),
            ]
            self._banner.show_message(text, "bad", answers if can_go_back else ())
            if note.neuron is not None and note.neuron in network.neuron_of:
                self._lab.selection.set(frozenset([note.neuron]))
        elif note.kind is NoteKind.BREAKPOINT:
            answers = [("Go on", player.play), ("Breakpoints…", self._show_breakpoints)]
            self._banner.show_message(text, "warning", answers)
            keys = still_there(frozenset(note.keys), network)
            if keys:
                self._lab.selection.set(keys)
        else:
            self._banner.show_message(text, "good")

    def _go_back_slower(self) -> None:
        self._lab.player.go_back()
        project = self._lab.document.project
        training = replace(project.training, learning_rate=project.training.learning_rate / 2)
        self._lab.document.edit("Halve the learning rate", replace(project, training=training))

    # ---- about runs

    def _deleted(self, run: KeptRun) -> None:
        """Say that a kept run is gone, and offer to bring it back."""
        answers = [("Undo", partial(self._lab.runs.bring_back, run))]
        self._banner.show_message(_deletion(run), "warning", answers)
        self._offered = run

    def _lost(self, text: str) -> None:
        """Say that a run was not kept, or is kept no longer, unless the panel of runs is seen saying so."""
        if not self._runs.isVisible():
            # It is not about what stopped training, and does not go with that.
            self._noting = False
            self._banner.show_message(text, "warning")


def _deletion(run: KeptRun) -> str:
    return f"Deleted {one_line(run.name)} · {run.words}."


__all__ = ["Notices"]
