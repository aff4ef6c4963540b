"""The panel "Runs": the present run and those that are kept, compared in a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from backprop_gui.engine.frame import Frame
from backprop_gui.errors import UserError
from backprop_gui.project import Project
from backprop_gui.project.kept import KeptRun, Results, differing, results_of, settings_of, words_of
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import run_color
from backprop_gui.ui.names import one_line
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.widgets.column import MARGIN, SPACING
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.message import Message

ROW_HEIGHT = 25
SWATCH_PX = 10
LONGEST_COLUMN_PX = 190
WHEN = "A run is kept when another one begins: by a reset, by new weights, or when a kept one is continued."
HOW = "The box draws its curve under the present one. A double click renames it."
NUMBERS = (
    ("steps", "Updates made"),
    ("loss", "Training loss at the end"),
    ("lowest", "Lowest recorded training loss"),
    ("test loss", "Loss on the test data at the end"),
    ("lowest", "Lowest recorded loss on the test data"),
    ("accuracy", "Share of right answers at the end, on the test data; without any, on the training data"),
)
"""The columns behind the settings, and what exactly they show."""

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_OWN = (Qt.Key.Key_Delete, Qt.Key.Key_F2)


@dataclass(frozen=True, slots=True)
class _Row:
    """One run: the kept one, or the present one without any; its settings and what came of it."""

    kept: KeptRun | None
    name: str
    words: str
    settings: dict[str, str]
    step: int
    results: Results

    def numbers(self) -> tuple[float, ...]:
        """What stands in the columns of numbers."""
        found = self.results
        accuracy = found.train_accuracy if math.isnan(found.test) else found.test_accuracy
        return (self.step, found.train, found.best_train, found.test, found.best_test, accuracy)


class RunsModel(QAbstractTableModel):
    """The present run in row 0, the kept ones below it, the newest first; first those settings that differ."""

    def __init__(self, panel: RunsPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.rows: list[_Row] = []
        self.settings: list[str] = []

    def show_rows(self, rows: Sequence[_Row]) -> None:
        """Show other runs."""
        self.beginResetModel()
        self.rows = list(rows)
        self.settings = differing([row.settings for row in rows])
        self.endResetModel()

    def show_present(self, row: _Row) -> None:
        """Show how far the present run has come."""
        if self.rows and row != self.rows[0]:
            self.rows[0] = row
            self.dataChanged.emit(self.index(0, 1), self.index(0, self.columnCount() - 1))

    # ---- Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else 1 + len(self.settings) + len(NUMBERS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == 0 and self.rows[index.row()].kept is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        number = section - 1 - len(self.settings)
        if role == Qt.ItemDataRole.DisplayRole:
            return "run" if section == 0 else self.settings[section - 1] if number < 0 else NUMBERS[number][0]
        if role == Qt.ItemDataRole.ToolTipRole and number >= 0:
            return NUMBERS[number][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if number >= 0 else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        number = column - 1 - len(self.settings)
        if column == 0:
            return self._name(row, role)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if number >= 0 else _LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if number < 0:
            return row.settings.get(self.settings[column - 1], "–")
        value = row.numbers()[number]
        if math.isnan(value):
            return "–" if role == Qt.ItemDataRole.DisplayRole else "There is none."
        if number == 0:
            return f"{value:,.0f}"
        exact = role == Qt.ItemDataRole.ToolTipRole
        if number == len(NUMBERS) - 1:
            return f"{100 * value:.6g} %" if exact else f"{100 * value:.1f} %"
        return format_exact(value) if exact else format_number(value, 4)

    def _name(self, row: _Row, role: int) -> Any:
        kept = row.kept
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(row.name)
        if role == Qt.ItemDataRole.EditRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{one_line(row.name)} · {row.words}" + ("" if kept is None else f"\n{HOW}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{one_line(row.name)}, {row.words}"
        if role == Qt.ItemDataRole.CheckStateRole and kept is not None:
            return Qt.CheckState.Checked if kept.shown else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole:
            return _swatch(theme.current().train if kept is None else run_color(kept.number))
        if role == Qt.ItemDataRole.FontRole and kept is None:
            font = QFont(self._panel.font())
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        kept, runs = self.rows[index.row()].kept, self._panel.lab.runs
        if kept is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            runs.show(kept.number, Qt.CheckState(value) == Qt.CheckState.Checked)
        else:
            title = str(value)
            # The number alone is no name that was given.
            runs.rename(kept.number, "" if title.strip() == f"run {kept.number}" else title)
        return True


class _Table(QTableView):
    """A table in which Delete and F2 mean its rows, and not what is selected in the drawing.

    Signals
    -------
    delete_wanted(), rename_wanted()
    """

    delete_wanted = Signal()
    rename_wanted = Signal()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _OWN
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        else:
            super().keyPressEvent(event)


class RunsPanel(PanelWidget):
    """Lists the runs, and takes a kept one up again, renames, hides or deletes it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setAccessibleName("Runs")
        self._stale = True
        self.model = RunsModel(self)
        self.table = _Table()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Runs, compared")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setCornerButtonEnabled(False)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        rows, columns = self.table.verticalHeader(), self.table.horizontalHeader()
        rows.hide()
        rows.setDefaultSectionSize(ROW_HEIGHT)
        columns.setSectionsClickable(False)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setMaximumSectionSize(LONGEST_COLUMN_PX)
        self.keep = self._button(
            "Keep this run", "Keep the present run as it is now, to compare it with others"
        )
        self.resume = self._button(
            "Continue", "Go on with the selected run: its drawing, settings and weights"
        )
        self.rename = self._button("Rename", "Give the selected run another name (F2)")
        self.delete = self._button("Delete", "Keep the selected run no longer (Delete)")
        self.keep.clicked.connect(self._keep)
        self.resume.clicked.connect(self._continue)
        self.rename.clicked.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self._hint = ElidedLabel("caption")
        self._hint.setText(WHEN)
        self._message = Message()
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        for button in (self.keep, self.resume, self.rename, self.delete):
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
        if self.isVisible():
            self.model.show_present(self._present(frame))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    # ---- inside

    def _present(self, frame: Frame | None) -> _Row:
        project = self.lab.document.project
        words = words_of(project.network, project.training)
        settings = dict(settings_of(project.network, project.data, project.training))
        if frame is None:
            return _Row(None, "this run", words, settings, 0, results_of(None))
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
        return _Row(None, "this run", words, settings, frame.step, results)

    def _fill(self) -> None:
        if not self._stale:
            return
        self._stale = False
        chosen = self._chosen
        rows = [self._present(self.lab.player.last)]
        for kept in reversed(self.lab.runs.kept):
            settings = dict(settings_of(kept.network, kept.data, kept.training))
            rows.append(
                _Row(kept, kept.name, kept.words, settings, kept.run.step, results_of(kept.run.curve))
            )
        self.model.show_rows(rows)
        self.table.resizeColumnsToContents()
        numbers = [row.kept.number for row in rows[1:] if row.kept is not None]
        if chosen is not None and chosen.number in numbers:
            self.table.selectRow(1 + numbers.index(chosen.number))
        self._allow()

    @property
    def _chosen(self) -> KeptRun | None:
        """The kept run that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()].kept if rows else None

    def _allow(self) -> None:
        for button in (self.resume, self.rename, self.delete):
            button.setEnabled(self._chosen is not None)

    def _edit(self, index: QModelIndex) -> None:
        if index.column():
            self.table.edit(index.siblingAtColumn(0))

    def _keep(self) -> None:
        self.lab.runs.keep(by_hand=True)

    def _continue(self) -> None:
        chosen = self._chosen
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
        chosen = self._chosen
        if chosen is not None:
            self.lab.runs.delete(chosen.number)

    def _say(self, text: str) -> None:
        self._message.say(text, "warning")

    def _dress(self) -> None:
        self._stale = True
        if self.isVisible():
            self._fill()


def _swatch(color: QColor) -> QPixmap:
    """Return a dot of a run's colour."""
    swatch = QPixmap(SWATCH_PX, SWATCH_PX)
    swatch.fill(Qt.GlobalColor.transparent)
    with QPainter(swatch) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QRectF(1, 1, SWATCH_PX - 2, SWATCH_PX - 2))
    return swatch


add_panel(Panel("runs", "Runs", RunsPanel, Qt.DockWidgetArea.BottomDockWidgetArea, 2, tab_with="loss"))

__all__ = ["NUMBERS", "RunsModel", "RunsPanel"]
