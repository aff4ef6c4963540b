"""The rows of the table of runs: the present one and those that are kept, first those settings in which they differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from backprop_gui.project.kept import KeptRun, Results, differing
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import run_color
from backprop_gui.ui.names import one_line
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.runs import Runs

SWATCH_PX = 10
HOW = (
    "The box draws its curve under the present one. Space too shows and hides that of "
    "the chosen row. A double click renames it."
)
NUMBERS = (
    ("steps", "Updates made", "100,000"),
    ("loss", "Training loss at the end", "0.00012"),
    ("lowest", "Lowest recorded training loss", "0.00012"),
    ("test loss", "Loss on the test data at the end", "0.00012"),
    ("lowest", "Lowest recorded loss on the test data", "0.00012"),
    (
        "accuracy",
        "Share of right answers at the end, on the test data; without any, on the training data",
        "100.0 %",
    ),
)
"""The columns behind the settings, what exactly they show, and a text that there is always room for."""

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Row:
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

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self._runs = runs
        self.rows: list[Row] = []
        self.settings: list[str] = []
        # Of a font without a family or a size, a view takes only the weight.
        self._bold = QFont()
        self._bold.setWeight(QFont.Weight.DemiBold)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other runs."""
        self.beginResetModel()
        self.rows = list(rows)
        self.settings = differing([row.settings for row in rows])
        self.endResetModel()

    def show_present(self, row: Row) -> None:
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

    def _name(self, row: Row, role: int) -> Any:
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
            return self._bold
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        kept, runs = self.rows[index.row()].kept, self._runs
        if kept is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            runs.show(kept.number, Qt.CheckState(value) == Qt.CheckState.Checked)
        else:
            title = str(value)
            # The number alone is no name that was given.
            runs.rename(kept.number, "" if title.strip() == f"run {kept.number}" else title)
        return True


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


__all__ = ["NUMBERS", "Index", "Row", "RunsModel"]
