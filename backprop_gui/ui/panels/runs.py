"""The panel "Runs": the present run and those that are kept, compared in a table."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from backprop_gui.engine.frame import Frame
from backprop_gui.errors import UserError
from backprop_gui.project import Project
from backprop_gui.project.kept import Results, results_of, settings_of, words_of
from backprop_gui.ui import theme
from backprop_gui.ui.names import one_line
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.run_rows import Row
from backprop_gui.ui.run_table import RunTable
from backprop_gui.ui.widgets.column import MARGIN, SPACING
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.message import Message

WHEN = "A run is kept when another one begins: by a reset, by new weights, or when a kept one is continued."


class RunsPanel(PanelWidget):
    """Lists the runs, and takes a kept one up again, renames, hides or deletes it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setAccessibleName("Runs")
        self._stale = True
        self.table = RunTable(lab.runs)
        self.keep = self._button(
            "Keep this run", "Keep the present run as it is now, to compare it with others"
        )
        self.resume = self._button(
            "Continue", "Go on with the selected run: its drawing, settings and weights"
        )
        self.rename = self._button("Rename", "Give the selected run another name (F2)")
        self.delete = self._button("Delete", "Keep the selected run no longer (Delete)")
        self.bring_back = self._button("Bring back", "")
        self.bring_back.clicked.connect(self._bring_back)
        self.keep.clicked.connect(self._keep)
        self.resume.clicked.connect(self._continue)
        self.rename.clicked.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self._hint = ElidedLabel("caption")
        self._hint.setText(WHEN)
        self._message = Message()
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        for button in (self.keep, self.resume, self.rename, self.delete, self.bring_back):
            head.addWidget(button)
        head.addWidget(self._hint, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(MARGIN, 4, MARGIN, 4)
        outside.setSpacing(4)
        outside.addLayout(head)
        outside.addWidget(self._message)
        outside.addWidget(self.table, 1)
        self.table.selectionModel().selectionChanged.connect(self._allow)
        self.table.doubleClicked.connect(self._edit)
        self.table.delete_wanted.connect(self._delete)
        self.table.rename_wanted.connect(self._rename)
        lab.runs.noted.connect(self._say)
        theme.notifier.changed.connect(self._dress)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        if old is not None and (old.kept, old.network, old.training, old.data) == (
            new.kept,
            new.network,
            new.training,
            new.data,
        ):
            return
        self._message.say("")
        self._stale = True
        if self.isVisible():
            self._fill()

    def show_frame(self, frame: Frame) -> None:
        # What is kept, and whose settings stand beside it, is the present, whatever is looked at.
        if self.isVisible() and not frame.past:
            self.table.entries.show_present(self._present(frame))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()
        if self.lab.player.last is not None:
            self.show_frame(self.lab.player.last)

    # ---- inside

    def _present(self, frame: Frame | None) -> Row:
        project = self.lab.document.project
        words = words_of(project.network, project.training)
        settings = dict(settings_of(project.network, project.data, project.training))
        if frame is None:
            return Row(None, "this run", words, settings, 0, results_of(None))
        test, curve = frame.test, frame.curve
        best = results_of(curve)
        results = Results(
            frame.train.loss,
            math.nan if test is None else test.loss,
            math.nan if frame.train.accuracy is None else frame.train.accuracy,
            math.nan if test is None or test.accuracy is None else test.accuracy,
            float(np.fmin(best.best_train, frame.train.loss)),
            math.nan if test is None else float(np.fmin(best.best_test, test.loss)),
        )
        return Row(None, "this run", words, settings, frame.step, results)

    def _fill(self) -> None:
        if not self._stale:
            return
        self._stale = False
        rows = [self._present(self.lab.player.last)]
        for kept in reversed(self.lab.runs.kept):
            settings = dict(settings_of(kept.network, kept.data, kept.training))
            rows.append(Row(kept, kept.name, kept.words, settings, kept.run.step, results_of(kept.run.curve)))
        self.table.show_rows(rows)
        self._allow()

    def _allow(self) -> None:
        for button in (self.resume, self.rename, self.delete):
            button.setEnabled(self.table.chosen is not None)
        gone = self.lab.runs.gone
        self.bring_back.setVisible(bool(gone))
        if gone:
            self.bring_back.setToolTip(f"Keep {one_line(gone[-1].name)} again, which was deleted")

    def _edit(self, index: QModelIndex) -> None:
        if index.column():
            self.table.edit(index.siblingAtColumn(0))

    def _keep(self) -> None:
        self.lab.runs.keep(by_hand=True)

    def _continue(self) -> None:
        chosen = self.table.chosen
        if chosen is not None:
            try:
                self.lab.runs.take_up(chosen.number)
            except UserError as error:
                self._message.say(str(error))

    def _rename(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self.table.setCurrentIndex(rows[0])
            self.table.edit(rows[0])

    def _delete(self) -> None:
        chosen = self.table.chosen
        if chosen is not None:
            self.lab.runs.delete(chosen.number)

    def _bring_back(self) -> None:
        self.lab.runs.bring_back(self.lab.runs.gone[-1])

    def _say(self, text: str) -> None:
        self._message.say(text, "warning")

    def _dress(self) -> None:
        self._stale = True
        if self.isVisible():
            self._fill()


add_panel(Panel("runs", "Runs", RunsPanel, Qt.DockWidgetArea.BottomDockWidgetArea, 2, tab_with="loss"))

__all__ = ["RunsPanel"]
