"""The table of the fault lab: a row for each bug, which fills as they are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from backprop_gui.engine.sandbox import Course
from backprop_gui.ui import theme
from backprop_gui.ui.fault_runs import CORRECT, ROWS, fault_of
from backprop_gui.ui.fault_words import Verdict, of_answers, of_check, of_loss
from backprop_gui.ui.widgets.tables import dress

HEADERS = ("Backpropagation", "Loss", "Right", "Check")
TIPS = (
    "Right, and with each of seven known bugs",
    "Whether the training loss ended lower than it began",
    "Share of the training examples that are answered right in the end",
    "What the independent check says of the gradient",
)
WIDEST = ("hidden error without the output's f'", "✓ fell to 5.3·10⁻¹⁷", "99.9 %", "✗ wrong by 100 %")
NARROWEST = (WIDEST[0], "✓ 5.3·10⁻¹⁷", "99.9 %", "✗ 100 %")
ROW_PX, LEAST_ROW_PX, PADDING = 23, 18, 4
NOT_YET = Verdict("", None, "Not tried yet")
FIRST = "output-slope-dropped"
"""The bug that is chosen at first: the one most often made, and the least visible."""
RUNNING = "running …"
Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()


class _Results(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._courses: Mapping[str, Course] = {}
        self._running = ""

    def show(self, courses: Mapping[str, Course], running: str) -> None:
        self._courses, self._running = dict(courses), running
        self.dataChanged.emit(self.index(0, 0), self.index(len(ROWS) - 1, len(HEADERS) - 1))

    def verdict(self, row: int, column: int) -> Verdict:
        name = ROWS[row]
        if column == 0:
            fault = fault_of(name)
            label = "correct" if fault is None else fault.label
            return Verdict(label, None, "Backpropagation as it should be" if fault is None else fault.what)
        course = self._courses.get(name)
        if course is None:
            return Verdict(RUNNING, None) if column == 1 and name == self._running else NOT_YET
        if column == 1:
            return of_loss(course, self._courses.get(CORRECT))
        return (of_answers if column == 2 else of_check)(course)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(ROWS)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        verdict = self.verdict(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return verdict.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return verdict.tip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADERS[index.column()]}: {verdict.text or 'not tried yet'}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADERS[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return TIPS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class _Cells(QStyledItemDelegate):
    """Paints a verdict in its colour, on a selected row too, where the stylesheet has one colour for all."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now, rect, view = theme.current(), option.rect, self.parent()  # type: ignore[attr-defined]
        assert isinstance(view, FaultTable)
        verdict = view.cell(ROWS[index.row()], index.column())
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(rect, now.tile)
            if view.hasFocus():
                painter.fillRect(rect.left(), rect.top(), rect.width(), 1, now.accent)
        line = now.accent if view.hasFocus() and index.row() == view.currentIndex().row() else now.border
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, line)
        painter.setFont(_bold(view.font()) if index.column() == len(HEADERS) - 1 else view.font())
        painter.setPen({None: now.text, True: now.good, False: now.bad}[verdict.good])
        place = rect.adjusted(PADDING, 0, -PADDING, -1)
        text, metrics = verdict.text, painter.fontMetrics()
        if verdict.narrow and view.narrow:
            text = verdict.narrow
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _bold(font: QFont) -> QFont:
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result


class FaultTable(QTableView):
    """Lists the bugs with what became of each, and lets people choose one.

    Attributes
    ----------
    narrow : bool
        Whether there is room for the shortest words only.

    Signals
    -------
    chosen(str)
        The name of the row that a person went to.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.narrow = False
        self._results = _Results(self)
        self.setModel(self._results)
        self.setAccessibleName("Known bugs, and what became of each")
        self.setFont(theme.digits(self.font(), pixel_size=QFontInfo(self.font()).pixelSize() - 1))
        self.setItemDelegate(_Cells(self))
        dress(self, ROW_PX)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip("Choose a bug with the mouse or the arrow keys")
        self.verticalHeader().setMinimumSectionSize(LEAST_ROW_PX)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionsClickable(False)
        self.choose(FIRST)
        self.selectionModel().currentRowChanged.connect(self._went)
        theme.notifier.changed.connect(self.viewport().update)

    @property
    def name(self) -> str:
        """The name of the chosen row."""
        return ROWS[max(0, self.currentIndex().row())]

    def choose(self, name: str) -> None:
        """Go to a row."""
        self.selectRow(ROWS.index(name))

    def show_courses(self, courses: Mapping[str, Course], running: str) -> None:
        """Show what there is."""
        self._results.show(courses, running)

    def cell(self, name: str, column: int) -> Verdict:
        """Return what a cell says."""
        return self._results.verdict(ROWS.index(name), column)

    def _went(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(ROWS[current.row()])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().size()
        self.narrow = room.width() < sum(self._widths(WIDEST))
        others = self._widths(NARROWEST if self.narrow else WIDEST)[1:]
        for column, width in enumerate([max(90, room.width() - sum(others)), *others]):
            self.setColumnWidth(column, width)
        # All rows are to be seen at once, as far as they can be read.
        row = min(ROW_PX, max(LEAST_ROW_PX, room.height() // len(ROWS)))
        self.verticalHeader().setDefaultSectionSize(row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scrollToTop()

    def _widths(self, texts: Sequence[str]) -> list[int]:
        metrics = QFontMetrics(_bold(self.font()))
        return [metrics.horizontalAdvance(text) + 2 * PADDING + 6 for text in texts]

    def sizeHint(self) -> QSize:
        height = self.horizontalHeader().sizeHint().height() + len(ROWS) * ROW_PX + 2
        return QSize(sum(self._widths(WIDEST)) + 4, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 3 * ROW_PX)


__all__ = ["FaultTable"]
