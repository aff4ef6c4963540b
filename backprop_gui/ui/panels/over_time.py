"""The panel "Over time": what the selected edges and neurons were at kept moments of the past."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.reading import names
from backprop_gui.engine.segment import Passage
from backprop_gui.engine.trails import MOST_MOMENTS, Track, Trails, moments_for, recorded, trails
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Key
from backprop_gui.project import Project
from backprop_gui.ui.computing import ComputingPanel
from backprop_gui.ui.over_time import (
    LINES,
    Subject,
    Wish,
    csv_of,
    moments_of,
    name_of,
    reading_of,
    shown_of,
    subject_of,
    words_of,
)
from backprop_gui.ui.panel import Lab, Pace, Panel, add_panel
from backprop_gui.ui.past import changes_training
from backprop_gui.ui.plots.keys import LineKey, Yielding
from backprop_gui.ui.widgets.column import muted

if TYPE_CHECKING:
    from backprop_gui.ui.plots.strips import Strips

EVERY_SECONDS, SHARE = 0.5, 0.1
"""While training or a replay runs, or somebody drags through the past, the trails are computed no more often, and
take no more of the wall time: all of the past is gone through each time."""
NOTHING_SELECTED = (
    "Click an edge or a neuron in the picture: here is its weight or bias, its gradient, its delta and its activation "
    f"at up to {MOST_MOMENTS} kept moments since training began or the project was opened. Select several to compare "
    "them."
)


class OverTimePanel(ComputingPanel):
    """Computes the trails of what is selected, as often as there is time, and draws them.

    Attributes
    ----------
    trails : Trails or None
        What is drawn; None while nothing is selected or known.
    """

    every_seconds = EVERY_SECONDS
    share = SHARE

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Over time")
        self.trails: Trails | None = None
        self.plot: Strips | None = None
        self._keys: tuple[Key, ...] = ()
        self._changes = 0
        self._asked: Wish | None = None
        """What was asked for last."""
        self._drawn: tuple[Subject, Frame] | None = None
        """What ``trails`` is about."""
        self._trouble = ""
        self.key = LineKey(())
        self.words = Yielding()
        self.words.setProperty("role", "muted")
        self.copy = QPushButton("Copy as CSV")
        self.copy.setToolTip("Copy every number that is drawn, with all its digits: a row a moment")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(self._copy)
        self.hint = muted(NOTHING_SELECTED, "caption")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setSpacing(12)
        for part, stretch in ((self.key, 0), (self.words, 1), (self.copy, 0)):
            head.addWidget(part, stretch)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(14, 4, 12, 4)
        self._body.setSpacing(4)
        self._body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._body.addLayout(head)
        self._body.addWidget(self.hint)
        self._body.addStretch(0)
        self.setMinimumSize(210, 100)
        lab.selection.changed.connect(self._choose)
        self._draw()

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        known = () if self.trails is None else self.trails.keys
        there = (key in new.network.edge_of or key in new.network.neuron_of for key in known)
        if old is not None and changes_training(old, new):
            self._changes += 1
        if old is None or self.lab.document.obstacle is not None or not all(there):
            # Nothing that was computed before is true of it.
            self._forget()
        elif self.isVisible() and new.network is not old.network:
            self._draw()
        self._choose()

    def show_frame(self, frame: Frame) -> None:
        if not self.isVisible():
            return
        if frame.rate == 0:
            # While training runs, the marker stays at the end of what is drawn.
            self._mark(frame)
        if self._asked is not None and self._asked != self._subject(frame).wish:
            self.begin_anew(frame)
        else:
            self.consider(frame)

    def showEvent(self, event: QShowEvent) -> None:
        # pyqtgraph takes a third of a second to import: the panel comes first.
        QTimer.singleShot(0, self, self._make_plot)
        self._draw()
        self._choose()
        super().showEvent(event)

    # ---- computing

    def wants(self, frame: Frame) -> bool:
        if not self.isVisible() or not self._keys:
            return False
        # While training stands still it stays what it is, also to and fro in the past: only the marker moves. And each
        # question to the trainer brings a new frame of the same moment.
        return self._drawn is None or self._drawn[0] != self._subject(frame)

    def passes_by(self, frame: Frame) -> bool:
        return frame.rate > 0 or frame.past or self.lab.player.is_running

    def has_time(self) -> bool:
        return self.plot is None or self.plot.allows

    def question_of(self, frame: Frame) -> Callable[[Trainer], list[Passage]]:
        seen = frame.rows or frame.trace
        limit = moments_for(frame.plan, len(seen.x))
        return lambda trainer: recorded(trainer, limit)

    def work_on(self, frame: Frame) -> Callable[[list[Passage]], tuple[Subject, Trails | None]]:
        seen, subject, given_up = frame.rows or frame.trace, self._subject(frame), self.given_up
        wish = self._asked = subject.wish

        def work(passages: list[Passage]) -> tuple[Subject, Trails | None]:
            return subject, trails(passages, wish.keys, seen.x, seen.t, wish.conventions, given_up)

        return work

    def take(self, frame: Frame, result: tuple[Subject, Trails | None]) -> None:
        subject, self.trails = result
        self._drawn, self._trouble = (subject, frame), ""
        self._draw()

    def fail(self, text: str) -> None:
        self.trails = self._drawn = None
        self._trouble = text
        self._draw()

    def _subject(self, frame: Frame) -> Subject:
        return subject_of(frame, self._keys, self.lab.document, self._changes)

    def _choose(self) -> None:
        """Follow what is selected."""
        if not self.isVisible():
            return
        selection, frame = self.lab.selection, self.lab.player.frame
        self._keys = shown_of(self.lab.document.project.network, selection.keys, selection.current)
        if frame is None or not self._keys:
            self._forget()
        else:
            self.show_frame(frame)

    def _forget(self) -> None:
        """Let go of what was computed and of what is being computed."""
        self.forget()
        self.trails = self._drawn = self._asked = None
        self._trouble = ""
        self._draw()

    # ---- drawing

    def _make_plot(self) -> None:
        # Tabs are shown for a moment while the window is made.
        if self.plot is None and self.isVisible():
            from backprop_gui.ui.plots.strips import Strips

            plot = self.plot = Strips(len(Track), LINES)
            plot.reading.connect(self._say)
            plot.picked.connect(self._pick)
            plot.sought.connect(self._seek)
            plot.stepped.connect(self._step)
            self._body.takeAt(self._body.count() - 1)
            self._body.addWidget(plot, 1)
            self._draw()

    def _draw(self) -> None:
        found, plot = self.trails, self.plot
        for part in (self.key, self.words, self.copy):
            part.setVisible(found is not None)
        self._hint()
        if plot is not None:
            plot.setVisible(found is not None)
        if found is None:
            return
        network = self.lab.document.project.network
        names_shown = [name_of(network, key) for key in found.keys]
        self.key.set_entries(
            [(name, color, dashed) for name, (color, dashed) in zip(names_shown, LINES, strict=False)]
        )
        if plot is not None:
            none = [np.full(len(found.steps), np.nan)] * (len(LINES) - len(found.keys))
            plot.show_curves(found.epochs, [[*found.tracks[track], *none] for track in Track])
            if self.lab.player.frame is not None:
                self._mark(self.lab.player.frame)

    def _hint(self) -> None:
        """Say why nothing is drawn, if nothing is."""
        obstacle = self.lab.document.obstacle
        if self._trouble:
            text = self._trouble
        elif not self.lab.selection.keys:
            text = NOTHING_SELECTED
        else:
            text = "" if obstacle is None else str(obstacle)
        self.hint.setText(text)
        self.hint.setVisible(self.trails is None and bool(text))

    def _mark(self, frame: Frame) -> None:
        """Mark the moment that is shown."""
        if self.plot is not None and self.trails is not None:
            running = frame.rate > 0
            epoch = float(int(frame.epoch)) if running else frame.epoch
            self.plot.show_moment(frame.span, epoch, f"epoch {epoch:,.6g}", past=frame.past)
        self._say(-1 if self.plot is None else self.plot.index)

    def _say(self, index: int) -> None:
        """Show the numbers under the crosshair, or else those of the moment that is shown."""
        found, frame, network = self.trails, self.lab.player.frame, self.lab.document.project.network
        if found is None or frame is None:
            return
        assert self._drawn is not None
        subject, seen = self._drawn
        conventions = subject.wish.conventions
        read = reading_of(found, seen, frame, conventions, index)
        if self.plot is not None:
            names_shown = [name_of(network, key) for key in found.keys]
            words = words_of(network, found.keys, names(conventions))
            self.plot.show_words(words, names_shown, read.numbers)
        left_out = len(self.lab.selection.keys) - len(found.keys)
        more = [f"{left_out:,} more {'is' if left_out == 1 else 'are'} selected, but left out"]
        self.words.set_text(
            "  ·  ".join([read.when, moments_of(found), *more[: max(0, left_out)], *read.of_what])
        )

    # ---- what people do

    def _pick(self, index: int) -> None:
        if self.trails is not None:
            self.lab.player.past.look_at_step(int(self.trails.steps[index]))

    def _seek(self, epoch: float) -> None:
        self.lab.player.past.look_at_time(epoch)

    def _step(self, ahead: bool) -> None:
        self.lab.player.past.go_beside(ahead=ahead)

    def _copy(self) -> None:
        if self.trails is not None and self._drawn is not None:
            subject, seen = self._drawn
            called, network = names(subject.wish.conventions), self.lab.document.project.network
            QGuiApplication.clipboard().setText(csv_of(network, self.trails, seen, called))
            self.words.set_text(f"Copied {moments_of(self.trails)}.")


add_panel(
    Panel(
        "over-time",
        "Over time",
        OverTimePanel,
        area=Qt.DockWidgetArea.BottomDockWidgetArea,
        order=2,
        pace=Pace.NUMBERS,
        tab_with="loss",
    )
)

__all__ = ["NOTHING_SELECTED", "OverTimePanel"]
