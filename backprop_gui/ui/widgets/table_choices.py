"""What is chosen about a table of one's own: the target columns and the kind of task."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

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


class TableChoices(QWidget):
    """A list of columns to tick, and a combo box of tasks.

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
        self._names: tuple[str, ...] = ()
        self._targets: tuple[str, ...] = ()
        self.columns = QListWidget()
        self.columns.setAccessibleName("Target columns")
        self.columns.setToolTip("Tick the columns that the network is to answer; all others are its inputs")
        self.columns.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.columns.itemChanged.connect(self._ticked)
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

    def show_table(self, settings: DataSettings) -> None:
        """Show the columns of the table that ``settings`` name, once they have been read."""
        self._targets = settings.targets
        self.task.set_value(settings.task)
        path = Path(settings.source)

        def names() -> tuple[str, ...]:
            # The gallery reads its tables first: only the last one read is kept, and that should be this one.
            gallery_previews()
            return column_names(path)

        self._waiting.for_(in_background(names), self._show_names)

    def _show_names(self, names: Future[tuple[str, ...]]) -> None:
        # A file that is gone by now was explained when it was to be read as data.
        self._names = () if names.exception() else names.result()
        self._fill()

    def _fill(self) -> None:
        chosen = self._targets or self._names[-1:]
        self.columns.blockSignals(True)
        if [self.columns.item(row).text() for row in range(self.columns.count())] != list(self._names):
            self.columns.clear()
            self.columns.addItems(self._names)
        for row, name in enumerate(self._names):
            state = Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked
            item = self.columns.item(row)
            item.setCheckState(state)
            item.setToolTip(name)
        self.columns.blockSignals(False)
        height = max(18, self.columns.sizeHintForRow(0))
        self.columns.setFixedHeight(height * max(1, min(len(self._names), ROWS_SHOWN)) + 6)
        for row, name in enumerate(self._names):
            if name in chosen:
                self.columns.scrollToItem(self.columns.item(row))
                break

    def _ticked(self, item: QListWidgetItem) -> None:
        rows = range(self.columns.count())
        ticked = tuple(
            self._names[row] for row in rows if self.columns.item(row).checkState() == Qt.CheckState.Checked
        )
        if ticked and len(ticked) < len(self._names):
            self.targets_chosen.emit(ticked)
            return
        self._fill()
        if ticked:
            self.refused.emit("One column must stay an input: take the tick from another target first.")
        else:
            self.refused.emit(
                "Something must be learned: tick another target first, then take this tick away."
            )


__all__ = ["TableChoices"]
