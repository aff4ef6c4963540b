"""A table of every derivative: what backpropagation says, what the reference says, and how far they are apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontInfo, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from backprop_gui.engine.gradient_check import GradientCheck
from backprop_gui.network import Key
from backprop_gui.ui import theme
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import MINUS, format_exact, format_number
from backprop_gui.ui.widgets.tables import dress

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
HEADERS = ("derivative by", "delta rule", "reference", "relative error")
TIPS = (
    "The weight or bias by which the loss is differentiated",
    "What backpropagation says: ∂L/∂z · a for a weight, ∂L/∂z for a bias",
    "The derivative found from the loss alone",
    "The difference relative to the larger of both, or to a thousandth of the largest entry of the gradient",
)
NAME, CLAIMED, MEASURED, ERROR = range(4)
MOST_DIGITS, LEAST_DIGITS, ERROR_DIGITS = 6, 2, 2
CELL_PADDING_PX = 12
ROW_HEIGHT = 22
ARROW_ROOM = "    "


class DerivativesModel(QAbstractTableModel):
    """The entries of a check in any order; a cell's text is made only when it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self._check: GradientCheck | None = None
        self._factor = 1
        self._digits = MOST_DIGITS
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._sorting = (ERROR, Qt.SortOrder.DescendingOrder)

    @property
    def check(self) -> GradientCheck | None:
        """The check that is shown."""
        return self._check

    def show_check(self, check: GradientCheck | None, factor: int = 1) -> None:
        """Show another check, sorted as the last one was, its derivatives multiplied with ``factor``."""
        if check is self._check and factor == self._factor:
            return
        self.beginResetModel()
        self._check, self._factor = check, factor
        self._order = self._sorted()
        self.endResetModel()

    def set_digits(self, digits: int) -> None:
        """Write derivatives with so many significant digits."""
        if digits != self._digits:
            self._digits = digits
            if len(self._order):
                last = self.index(len(self._order) - 1, MEASURED)
                self.dataChanged.emit(self.index(0, CLAIMED), last)

    def entry(self, row: int) -> int:
        """Return which entry of the check's arrays a row shows."""
        return int(self._order[row])

    def row_of(self, key: Key) -> int | None:
        """Return the row of a parameter."""
        check = self._check
        slot = None if check is None else check.plan.slot.get(key)
        if check is None or slot is None:
            return None
        return int(np.flatnonzero(check.plan.slots[self._order] == slot)[0])

    def _sorted(self) -> NDArray[np.intp]:
        check, (column, order) = self._check, self._sorting
        if check is None:
            return np.zeros(0, np.intp)
        falling = order is Qt.SortOrder.DescendingOrder
        if column == NAME:
            rising = np.arange(len(check.errors))
            return rising[::-1] if falling else rising
        # By size: a derivative of −5 is larger than one of 1.
        values = np.abs((check.claimed, check.measured, check.errors)[column - 1])
        return np.argsort(-values if falling else values, kind="stable")

    # ---- Qt

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorting = column, order
        old = self._order
        self._order = self._sorted()
        place = np.empty_like(self._order)
        place[self._order] = np.arange(len(place))
        kept = self.persistentIndexList()
        moved = [self.index(int(place[old[index.row()]]), index.column()) for index in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        check = self._check
        if check is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        entry = self.entry(index.row())
        if role == Qt.ItemDataRole.ForegroundRole and column == ERROR:
            return theme.current().bad if check.errors[entry] > check.method.tolerance else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if column == NAME:
            return _name(check, entry) if role == Qt.ItemDataRole.DisplayRole else check.name(entry)
        value = float((check.claimed, check.measured, check.errors)[column - 1][entry])
        if column != ERROR:
            value *= self._factor
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{check.name(entry)}, {HEADERS[column]}: {format_exact(value)}"
        fails = column == ERROR and value > check.method.tolerance
        return ("✗ " if fails else "") + format_number(
            value, ERROR_DIGITS if column == ERROR else self._digits
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                # The arrow of the sorting stands over the end of the text.
                opposite = section == NAME and self._factor < 0
                return (f"{MINUS}∂L/∂w by" if opposite else HEADERS[section]) + ARROW_ROOM * (section > 0)
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{TIPS[section]}. Click to sort."
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _name(check: GradientCheck, entry: int) -> str:
    """Return a parameter as the picture names it: ``w x₁ → h₂``, ``b h₂``."""
    key, neurons = check.plan.keys[entry], check.plan.network.neuron_of
    if isinstance(key, tuple):
        return f"w  {display_name(neurons[key[0]].name)} → {display_name(neurons[key[1]].name)}"
    return f"b  {display_name(neurons[key].name)}"


def _longest(digits: int) -> str:
    """Return about the broadest number with so many digits that is met with."""
    return format_number(-8.888888e-88, digits)


class DerivativesTable(QTableView):
    """Shows a :class:`DerivativesModel`.

    Signals
    -------
    picked(key)
        The parameter that a person chose, by mouse or keyboard.
    """

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.entries = DerivativesModel()
        self.entries.setParent(self)
        self.setModel(self.entries)
        self.setAccessibleName("Derivatives, the worst first")
        self.setFont(theme.digits(self.font(), pixel_size=QFontInfo(self.font()).pixelSize() - 1))
        dress(self, ROW_HEIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionsClickable(True)
        columns.setSortIndicatorShown(True)
        columns.setSortIndicator(ERROR, Qt.SortOrder.DescendingOrder)
        columns.sortIndicatorChanged.connect(self.entries.sort)
        self._silent = False
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_check(self, check: GradientCheck | None, factor: int = 1) -> None:
        """Show the entries of ``check``, as :class:`DerivativesModel` does, without choosing any."""
        self._silent = True
        self.entries.show_check(check, factor)
        self._silent = False

    def mark(self, key: Key | None) -> None:
        """Select the row of a parameter, without a signal; None selects none."""
        row = None if key is None else self.entries.row_of(key)
        self._silent = True
        if row is None:
            self.clearSelection()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.selectRow(row)
            self.scrollTo(self.entries.index(row, NAME))
        self._silent = False

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        check = self.entries.check
        if not self._silent and now.isValid() and check is not None:
            self.picked.emit(check.plan.keys[self.entries.entry(now.row())])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        name = max(80, round(width * 0.28))
        self.setColumnWidth(NAME, name)
        for column in (CLAIMED, MEASURED, ERROR):
            self.setColumnWidth(column, (width - name) // 3)
        # A number is never cut, least of all its power of ten.
        metrics, room = QFontMetrics(self.font()), (width - name) // 3 - CELL_PADDING_PX
        digits = MOST_DIGITS
        while digits > LEAST_DIGITS and metrics.horizontalAdvance(_longest(digits)) > room:
            digits -= 1
        self.entries.set_digits(digits)


__all__ = ["DerivativesModel", "DerivativesTable"]
