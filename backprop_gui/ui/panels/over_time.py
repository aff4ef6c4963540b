"""The panel "Over time": what the selected edges and neurons were at every moment of the past."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.reading import names
from backprop_gui.engine.segment import Passage
from backprop_gui.engine.trails import Track, Trails, moments_for, passage_of, recorded, trails
from backprop_gui.errors import UserError
from backprop_gui.network import Key
from backprop_gui.numerals import counted
from backprop_gui.project import Project
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.inspection import probe_name
from backprop_gui.ui.over_time import LINES, csv_of, name_of, shown_of, words_of
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.plots.keys import LineKey, Yielding
from backprop_gui.ui.widgets.column import muted

if TYPE_CHECKING:
    from backprop_gui.ui.plots.strips import Strips

EVERY_SECONDS, SHARE = 0.5, 0.1
"""While training runs, the past is gone through no more often, and takes no more of the wall time: all of it is
computed each time."""
NOTHING_SELECTED = (
    "Click an edge or a neuron in the picture: here is its weight or bias, its gradient, its delta and its activation "
    "at every moment since training began. Select several to compare them."
)
Subject = tuple[Frame, tuple[Key, ...], Conventions]


class OverTimePanel(PanelWidget):
    """Computes the trails of what is selected, as often as there is time, and draws them.

    Attributes
    ----------
    trails : Trails or None
        What is drawn; None while nothing is selected or known.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Over time")
        self.trails: Trails | None = None
        self.plot: Strips | None = None
        self._subject: Subject | None = None
        """What was asked for last."""
        self._drawn: Subject | None = None
        """What ``trails`` is about."""
        self._trouble = ""
        self._began = self._next = 0.0
        """When what is being computed began, and when training can be interrupted again."""
        self._waiting = Waiting(self)
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
        head.addWidget(self.key)
        head.addWidget(self.words, 1)
        head.addWidget(self.copy)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(14, 4, 12, 4)
        self._body.setSpacing(4)
        self._body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._body.addLayout(head)
        self._body.addWidget(self.hint)
        self._body.addStretch(0)
        self.setMinimumSize(210, 100)
        lab.selection.changed.connect(self._follow)
        self._draw()

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        known = () if self.trails is None else self.trails.keys
        there = (key in new.network.edge_of or key in new.network.neuron_of for key in known)
        if old is None or self.lab.document.obstacle is not None or not all(there):
            # Nothing that was computed before is true of it.
            self._forget()
        elif self.isVisible() and new.network is not old.network:
            self._draw()
        self._follow()

    def show_frame(self, frame: Frame) -> None:
        if self.isVisible():
            if frame.rate == 0:
                # While training runs, the marker stays at the end of what is drawn.
                self._mark(frame)
            self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # pyqtgraph takes a third of a second to import: the panel comes first.
        QTimer.singleShot(0, self, self._make_plot)
        self._draw()
        self._follow()

    # ---- computing

    def _follow(self) -> None:
        """Compute what is selected at the frame that is shown, unless that is done already."""
        if not self.isVisible():
            return
        lab, frame = self.lab, self.lab.player.frame
        keys = shown_of(lab.document.project.network, lab.selection.keys, lab.selection.current)
        if frame is None or not keys:
            self._forget()
            return
        subject = frame, keys, lab.document.project.conventions
        if self._subject is not None and subject[1:] != self._subject[1:]:
            self._waiting.forget()
        elif frame.rate > 0 and not self._is_time():
            return
        if not self._waiting.busy and (self._subject is None or subject != self._subject):
            self._subject, self._began = subject, time.perf_counter()
            limit = moments_for(frame.plan, len((frame.rows or frame.trace).x))
            asked = self.lab.player.ask(lambda trainer: recorded(trainer, limit))
            self._waiting.for_(asked, self._then(self._compute))

    def _is_time(self) -> bool:
        paid = self.plot is None or self.plot.allows
        return paid and time.perf_counter() >= self._next

    def _then(self, go_on: Callable[[Any], None]) -> Callable[[Future[Any]], None]:
        """Return what goes on with an answer, or says why there is none."""

        def answered(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                go_on(future.result())
            else:
                self.trails = None
                self._trouble = str(error) if isinstance(error, UserError) else unexpected(error)
                self._draw()

        return answered

    def _compute(self, passages: list[Passage]) -> None:
        subject = self._subject
        assert subject is not None
        frame, keys, conventions = subject
        seen = frame.rows or frame.trace
        if frame.past:
            passages = [*passages, passage_of(frame)]

        def work() -> Trails:
            return trails(passages, keys, seen.x, seen.t, conventions, mean=frame.mean)

        self._waiting.for_(in_background(work), self._then(lambda found: self._take(subject, found)))

    def _take(self, subject: Subject, found: Trails) -> None:
        self.trails, self._drawn, self._trouble = found, subject, ""
        self._next = self._began + max(EVERY_SECONDS, (time.perf_counter() - self._began) / SHARE)
        self._draw()
        # What is shown may have gone on meanwhile.
        self._follow()

    def _forget(self) -> None:
        """Let go of what was computed and of what is being computed."""
        self._waiting.forget()
        self.trails = self._subject = None
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
        seen, _, conventions = self._drawn
        at = index if index >= 0 else max(0, int(np.searchsorted(found.steps, frame.step, "right")) - 1)
        if self.plot is not None:
            names_shown = [name_of(network, key) for key in found.keys]
            values = np.stack([found.tracks[track][:, at] for track in Track])
            self.plot.show_words(words_of(network, found.keys, names(conventions)), names_shown, values)
        when = f"update {found.steps[at]:,}, epoch {found.epochs[at]:,.6g}"
        parts = [when]
        left_out = len(self.lab.selection.keys) - len(found.keys)
        if left_out > 0:
            parts.append(f"{left_out:,} more {'is' if left_out == 1 else 'are'} selected, but left out")
        parts.append(f"gradient, delta and activation of {probe_name(seen)}")
        self.words.set_text("  ·  ".join(parts))

    # ---- what people do

    def _pick(self, index: int) -> None:
        if self.trails is not None:
            self.lab.player.past.look_at_step(int(self.trails.steps[index]))

    def _seek(self, epoch: float) -> None:
        self.lab.player.past.look_at_time(epoch)

    def _step(self, ahead: bool) -> None:
        self.lab.player.past.go_beside(ahead=ahead)

    def _copy(self) -> None:
        if self.trails is not None:
            QGuiApplication.clipboard().setText(csv_of(self.lab.document.project.network, self.trails))
            self.words.set_text(f"Copied {counted(len(self.trails.steps), 'moment')}.")


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
