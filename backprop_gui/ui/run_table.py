"""The table of runs, and what keys mean in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from backprop_gui.project.kept import KeptRun
from backprop_gui.ui import theme
from backprop_gui.ui.run_rows import NUMBERS, Index, Row, RunsModel
from backprop_gui.ui.runs import Runs
from backprop_gui.ui.widgets.tables import dress

ROW_HEIGHT = 25
CELL_PADDING_PX = 14
LEAST_SETTING_PX, LONGEST_COLUMN_PX = 64, 190
_AWAY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class RunTable(QTableView):
    """Shows a :class:`RunsModel`; Delete and F2 mean its rows, and not what is selected in the drawing.

    Space draws the curve of a kept run, or does not, for whoever came by keyboard; after a click it still plays and
    pauses, as everywhere.

    Signals
    -------
    delete_wanted(), rename_wanted()
    """

    delete_wanted = Signal()
    rename_wanted = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self._runs = runs
        self.entries = RunsModel(runs)
        self.entries.setParent(self)
        self.setModel(self.entries)
        self.setAccessibleName("Runs, compared")
        self.setFont(theme.digits(self.font()))
        dress(self, ROW_HEIGHT)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setMaximumSectionSize(LONGEST_COLUMN_PX)

    @property
    def chosen(self) -> KeptRun | None:
        """The kept run that is selected."""
        rows = self.selectionModel().selectedRows()
        return self.entries.rows[rows[0].row()].kept if rows else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other runs; what is selected stays so, if it is among them."""
        chosen = self.chosen
        self.entries.show_rows(rows)
        self._share_room()
        for place, row in enumerate(rows):
            if chosen is not None and row.kept is not None and row.kept.number == chosen.number:
                self.selectRow(place)

    # ---- columns

    def _share_room(self) -> None:
        """Give names and numbers what they need, and the settings between them what is left of their wishes."""
        count, settings = self.entries.columnCount(), len(self.entries.settings)
        wishes = [self._wish(column) for column in range(count)]
        wanted = wishes[1 : 1 + settings]
        left = self.viewport().width() - sum(wishes) + sum(wanted)
        # The widest give way first.
        most = LONGEST_COLUMN_PX
        while most > LEAST_SETTING_PX and sum(min(wish, most) for wish in wanted) > left:
            most -= 1
        wishes[1 : 1 + settings] = [min(wish, most) for wish in wanted]
        for column, wish in enumerate(wishes):
            self.setColumnWidth(column, wish)

    def _wish(self, column: int) -> int:
        content = self.sizeHintForColumn(column)
        wish = max(content, self.horizontalHeader().sectionSizeHint(column))
        number = column - 1 - len(self.entries.settings)
        if number >= 0:
            metrics = QFontMetrics(self.font())
            wish = max(wish, metrics.horizontalAdvance(NUMBERS[number][2]) + CELL_PADDING_PX)
        return min(wish, LONGEST_COLUMN_PX)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        super().dataChanged(first, last, roles)
        # A number that grows while it trains is not cut; for one that shrinks nothing is moved.
        if any(
            self.sizeHintForColumn(column) > self.columnWidth(column)
            for column in range(1 + len(self.entries.settings), self.entries.columnCount())
        ):
            self._share_room()

    # ---- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._share_room()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_own(event.key())
        ):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, key: int) -> bool:
        """Return whether a key means a row here, and not what it means in the window."""
        if key == Qt.Key.Key_Space:
            return self.chosen is not None
        return key in _AWAY or key == Qt.Key.Key_F2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.chosen
        if event.key() in _AWAY:
            self.delete_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and chosen is not None:
            self._runs.show(chosen.number, not chosen.shown)
        elif event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        else:
            super().keyPressEvent(event)


__all__ = ["RunTable"]
