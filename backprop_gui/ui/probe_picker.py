"""Choosing what is looked at: an example by its number or from a list, typed numbers, or the mean of many."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from backprop_gui.data import Prepared
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.ui import theme
from backprop_gui.ui.names import display_name, one_line
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.widgets.probe_form import ProbeForm

WIDTH, HEIGHT = 430, 380
MOST_COLUMNS = 5
"""Inputs, and targets, of a wider table are left out of the list."""

Index = QModelIndex | QPersistentModelIndex


class ExampleModel(QAbstractTableModel):
    """The examples of one part of the data: number, inputs and targets, as they are in the data."""

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Prepared | None = None
        self._rows = np.zeros(0, np.intp)
        self._inputs = self._targets = 0

    def take(self, prepared: Prepared, part: Part) -> None:
        """Show a part of the data."""
        self.beginResetModel()
        self._prepared = prepared
        self._rows = prepared.test_rows if part is Part.TEST else prepared.train_rows
        dataset = prepared.dataset
        self._inputs = min(MOST_COLUMNS, len(dataset.input_names))
        self._targets = 1 if dataset.class_names else min(MOST_COLUMNS, len(dataset.target_names))
        self.endResetModel()

    def _value(self, row: int, column: int) -> float | str:
        assert self._prepared is not None
        dataset, place = self._prepared.dataset, int(self._rows[row])
        if column <= self._inputs:
            return float(dataset.x[place, column - 1])
        if dataset.class_names:
            return one_line(dataset.class_names[int(dataset.labels()[place])], 24)
        return float(dataset.t[place, column - 1 - self._inputs])

    # ---- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + self._inputs + self._targets

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if column == 0:
            return f"{row + 1:,}"
        value = self._value(row, column)
        if isinstance(value, str):
            return value
        return format_number(value, 3) if role == Qt.ItemDataRole.DisplayRole else format_exact(value)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        if self._prepared is None or section == 0:
            return "no."
        dataset = self._prepared.dataset
        if section <= self._inputs:
            more = "  …" if section == self._inputs < len(dataset.input_names) else ""
            return f"{display_name(one_line(dataset.input_names[section - 1], 14))}{more}"
        if dataset.class_names:
            return "class"
        return f"target {display_name(one_line(dataset.target_names[section - 1 - self._inputs], 14))}"


class ProbePicker(QFrame):
    """A popup with the list of examples, and behind it a form for numbers of one's own.

    Signals
    -------
    chosen(Probe)
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setAccessibleName("Choose what is looked at")
        self._prepared: Prepared | None = None
        self._silent = False
        self.part = Segmented(
            [(Part.TRAIN, "Training", "The training examples"), (Part.TEST, "Test", "The test examples")],
            "Part of the data",
        )
        self.part.chosen.connect(self._show_part)
        self.number = QSpinBox()
        self.number.setPrefix("no. ")
        self.number.setAccessibleName("Number of the example")
        self.number.setToolTip("Type the number of an example; Enter closes the list")
        self.number.valueChanged.connect(self._numbered)
        head = QHBoxLayout()
        head.addWidget(self.part)
        head.addStretch(1)
        head.addWidget(self.number)
        self.examples = ExampleModel()
        self.examples.setParent(self)
        self.table = _Table()
        self.table.setModel(self.examples)
        self.table.selectionModel().currentRowChanged.connect(self._pointed)
        self.table.picked.connect(self._close)
        self.batch = QPushButton("Mean of the next batch")
        self.batch.setToolTip("Look at the mean over the examples that the next update learns from")
        self.batch.clicked.connect(lambda: self._choose(Probe(Part.BATCH)))
        self.all = QPushButton("Mean of all")
        self.all.setToolTip("Look at the mean over all training examples")
        self.all.clicked.connect(lambda: self._choose(Probe(Part.ALL)))
        self.type = QPushButton("Type numbers…")
        self.type.setToolTip("Look at inputs and targets of your own")
        self.type.clicked.connect(self.open_form)
        foot = QHBoxLayout()
        for button in (self.batch, self.all, self.type):
            foot.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.form = ProbeForm()
        self.form.entered.connect(self._choose)
        self.form.left.connect(self._show_list)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self.form)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(10, 10, 10, 10)
        outside.addWidget(self._pages)
        self.resize(WIDTH, HEIGHT)

    def open_at(self, corner: QPoint, prepared: Prepared, frame: Frame) -> None:
        """Show the list with its upper right corner at a point of the screen, at the example of ``frame``."""
        self._prepared = prepared
        self._pages.setCurrentIndex(0)
        probe = frame.probe
        part = Part.TEST if probe.part is Part.TEST else Part.TRAIN
        self.part.setVisible(len(prepared.x_test) > 0)
        self.part.set_value(part)
        self.form.take(prepared, frame)
        self._fill(part, probe.index)
        room = self.screen().availableGeometry()
        left = max(room.left(), min(corner.x() - self.width(), room.right() - self.width()))
        self.move(left, max(room.top(), min(corner.y(), room.bottom() - self.height())))
        self.show()
        self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    def open_form(self) -> None:
        """Show the form for numbers of one's own."""
        self._pages.setCurrentWidget(self.form)
        self.form.begin()

    # ---- inside

    def _show_list(self) -> None:
        self._pages.setCurrentIndex(0)
        self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self, part: Part, place: int) -> None:
        assert self._prepared is not None
        self._silent = True
        self.examples.take(self._prepared, part)
        count = self.examples.rowCount()
        self.number.setRange(1, max(1, count))
        self.number.setSuffix(f" of {count:,}")
        place = max(0, min(place, count - 1))
        self.number.setValue(place + 1)
        self.table.setCurrentIndex(self.examples.index(place, 0))
        self.table.scrollTo(self.examples.index(place, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        self._silent = False

    def _show_part(self, part: Part) -> None:
        self._fill(part, 0)
        self.chosen.emit(Probe(part, 0))

    def _pointed(self, current: QModelIndex) -> None:
        """The list is at another example: look at it while the list stays open."""
        if self._silent or not current.isValid():
            return
        self._silent = True
        self.number.setValue(current.row() + 1)
        self._silent = False
        self.chosen.emit(Probe(self.part.value, current.row()))

    def _numbered(self, number: int) -> None:
        if not self._silent:
            self.table.setCurrentIndex(self.examples.index(number - 1, 0))

    def _choose(self, probe: Probe) -> None:
        self.chosen.emit(probe)
        self.hide()

    def _close(self) -> None:
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        # In the form, what was typed may have to be corrected first.
        if enter and self._pages.currentWidget() is not self.form:
            self.hide()
        elif not enter:
            super().keyPressEvent(event)


class _Table(QTableView):
    """The list; a double click or Enter chooses and closes.

    Signals
    -------
    picked()
    """

    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Examples")
        self.setFont(theme.digits(self.font()))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight)
        self.doubleClicked.connect(lambda index: self.picked.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        else:
            super().keyPressEvent(event)


__all__ = ["ExampleModel", "ProbePicker"]
