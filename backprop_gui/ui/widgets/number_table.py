"""A table of names and numbers that are exchanged many times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontInfo, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.widgets.tables import dress

ROW_HEIGHT = 23
MOST_ROWS = 10
"""Higher tables scroll."""
PADDING = 3
LEAST_NAME = 34
WIDEST = "−0.000512"
"""What a number column has room for, where there is enough."""
Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
# Combining flags costs as much as measuring a text, so it is done once.
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NumbersModel(QAbstractTableModel):
    """Rows with a name, and a number for every further column; a cell's text is made only when it is painted."""

    def __init__(self, headers: Sequence[str]) -> None:
        super().__init__()
        self._headers = list(headers)
        self._tips = [""] * len(headers)
        self._names: tuple[str, ...] = ()
        self.values: NDArray[np.float64] = np.empty((0, len(headers) - 1))

    def set_headers(self, headers: Sequence[str], tips: Sequence[str]) -> None:
        """Name the columns and say in tooltips what exactly they show."""
        if list(headers) != self._headers or list(tips) != self._tips:
            self._headers, self._tips = list(headers), list(tips)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(headers) - 1)

    def show_rows(self, names: tuple[str, ...], values: NDArray[np.float64]) -> None:
        """Show ``values``, (rows, columns - 1); NaN shows as nothing. The rows stay while their names do."""
        if names is not self._names and names != self._names:
            self.beginResetModel()
            self._names, self.values = names, values
            self.endResetModel()
        elif not np.array_equal(values, self.values, equal_nan=True):
            self.values = values
            if len(names):
                self.dataChanged.emit(self.index(0, 1), self.index(len(names) - 1, values.shape[1]))

    def text(self, row: int, column: int, digits: int = 4) -> str:
        """Return what a cell shows, a number with ``digits`` significant digits."""
        if column == 0:
            return self._names[row]
        value = self.values[row, column - 1]
        return "" if value != value else format_number(value, digits, sign=True)

    # ---- Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            column = index.column()
            name = self._names[index.row()]
            if column == 0:
                return name
            value = self.values[index.row(), column - 1]
            return "" if value != value else f"{name}, {self._headers[column]}: {format_exact(value)}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._headers[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return self._tips[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section else _LEFT
        return None


class _Cells(QStyledItemDelegate):
    """Paints a cell as a text over a thin line: a tenth of what the stylesheet's way costs."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = theme.current(), option.rect  # type: ignore[attr-defined]
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(rect, look.tile)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.border)
        painter.setPen(look.text)
        place = rect.adjusted(PADDING, 0, -PADDING, -1)
        row, column, model = index.row(), index.column(), index.model()
        metrics, room = option.fontMetrics, place.width()  # type: ignore[attr-defined]
        for digits in (4, 3, 2, 1):
            text = model.text(row, column, digits)  # type: ignore[attr-defined]
            if metrics.horizontalAdvance(text) <= room:
                break
        else:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, _RIGHT if column else _LEFT, text)


class NumberTable(QTableView):
    """Shows a :class:`NumbersModel` as high as it is, up to ``MOST_ROWS``; more rows scroll and cost nothing."""

    def __init__(self, name: str, headers: Sequence[str]) -> None:
        super().__init__()
        self.numbers = NumbersModel(headers)
        self.numbers.setParent(self)
        self.setModel(self.numbers)
        self.setAccessibleName(name)
        self.setFont(theme.digits(self.font(), pixel_size=QFontInfo(self.font()).pixelSize() - 1))
        self.setItemDelegate(_Cells(self))
        dress(self, ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(24)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignVCenter)
        columns.setSectionsClickable(False)
        self.numbers.modelReset.connect(self.updateGeometry)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, count = self.viewport().width(), self.numbers.columnCount() - 1
        usual = self.fontMetrics().horizontalAdvance(WIDEST) + 2 * PADDING
        each = min(usual, (width - LEAST_NAME) // count)
        self.setColumnWidth(0, width - each * count)
        for column in range(1, count + 1):
            self.setColumnWidth(column, each)

    def sizeHint(self) -> QSize:
        rows = min(max(self.numbers.rowCount(), 1), MOST_ROWS)
        return QSize(200, self.horizontalHeader().sizeHint().height() + rows * ROW_HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        # The whole column scrolls before the table does.
        return QSize(120, self.sizeHint().height())


__all__ = ["NumberTable", "NumbersModel"]
