"""What is chosen about a table of one's own: the target columns and the kind of task."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from backprop_gui.data import DataSettings, Task, column_names
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.thumbnail import gallery_previews

TASKS = (
    (None, "automatic", "As the target columns suggest"),
    (Task.REGRESSION, "regression", "The targets are amounts, to be met as nearly as possible"),
    (Task.BINARY, "yes or no", "Two classes, told apart by one output"),
    (Task.CLASSES, "classes", "One output a class"),
)
ROWS_SHOWN = 5
SETTLE_MS = 200
"""How long a selection must stay, so that passing over columns with the arrow keys learns from none of them."""


class TableChoices(QWidget):
    """A list of columns to choose from, and a combo box of tasks.

    Signals
    -------
    targets_chosen(tuple of str)
        Names of the columns that are the answer, in the order of the table.
    task_chosen(Task or None)
    refused(str)
        Why a choice was not taken.
    """

    targets_chosen = Signal(object)
    task_chosen = Signal(object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._waiting = Waiting(self)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._selected)
        self._path = Path()
        self._names: tuple[str, ...] = ()
        self._targets: tuple[str, ...] = ()
        self.columns = QListWidget()
        self.columns.setAccessibleName("Target columns")
        self.columns.setToolTip(
            "The columns that the network is to answer; all others are its inputs. "
            "A click chooses one, Ctrl+click several"
        )
        # Not ticks: one column could never take the place of another that is of text, since both at once cannot be.
        self.columns.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.columns.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.columns.itemSelectionChanged.connect(self._settle.start)
        self.task = Choice(TASKS, "Kind of task", "What the target means")
        self.task.chosen.connect(self.task_chosen)
        row = QHBoxLayout()
        row.setSpacing(6)
        label = muted("task")
        label.setBuddy(self.task)
        row.addWidget(label)
        row.addWidget(self.task, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(muted("target columns"))
        column.addWidget(self.columns)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_table(self, settings: DataSettings) -> None:
        """Show the columns of the table that ``settings`` name, once they have been read."""
        self._targets = settings.targets
        self.task.set_value(settings.task)
        path = Path(settings.source)
        if path != self._path:
            self._path, self._names = path, ()
        self._fill()

        def names() -> tuple[str, ...]:
            # The gallery reads its tables first: only the last one read is kept, and that should be this one.
            gallery_previews()
            return column_names(path)

        self._waiting.for_(in_background(names), self._show_names)

    def _show_names(self, names: Future[tuple[str, ...]]) -> None:
        # A file that is gone by now was explained when it was to be read as data.
        found = () if names.exception() else names.result()
        if found != self._names:
            self._names = found
            self._fill()

    def _fill(self) -> None:
        chosen = self._targets or self._names[-1:]
        columns = self.columns
        columns.blockSignals(True)
        if [columns.item(row).text() for row in range(columns.count())] != list(self._names):
            columns.clear()
            columns.addItems(self._names)
        rows = [row for row, name in enumerate(self._names) if name in chosen]
        columns.clearSelection()
        for row in rows:
            columns.item(row).setSelected(True)
        columns.blockSignals(False)
        height = max(18, columns.sizeHintForRow(0))
        columns.setFixedHeight(height * max(1, min(len(self._names), ROWS_SHOWN)) + 6)
        if rows and not columns.hasFocus():
            columns.scrollToItem(columns.item(rows[0]))

    def _selected(self) -> None:
        names = self._names
        chosen = tuple(name for row, name in enumerate(names) if self.columns.item(row).isSelected())
        if chosen == (self._targets or names[-1:]):
            return
        if chosen and len(chosen) < len(names):
            self.targets_chosen.emit(chosen)
            return
        self._fill()
        if chosen:
            self.refused.emit("One column must stay an input: choose fewer targets.")
        else:
            self.refused.emit("Something must be learned: choose at least one target.")


__all__ = ["TableChoices"]
