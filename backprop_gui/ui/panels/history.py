"""The panel "History": every step of undo as a list; a click goes back to that moment, or forward again."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QVBoxLayout

from backprop_gui.project import Project
from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.undo import UndoStack
from backprop_gui.ui.widgets.column import MARGIN, SPACING, muted

OPENED, OLDEST = "As opened", "The oldest that is kept"
SAVED = "saved"
ROW_PADDING = 8
"""Room left of the text of a row, in pixels, as the stylesheet has it."""
CLICK = "A click takes the drawing and the settings to that moment."

Index = QModelIndex | QPersistentModelIndex


class _Moments(QAbstractListModel):
    """The moments of an undo stack: row 0 is before the first step, row n after the n-th."""

    def __init__(self, stack: UndoStack, parent: PanelWidget) -> None:
        super().__init__(parent)
        self._stack = stack
        self._count = stack.count + 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, stack = index.row(), self._stack
        here, saved = row == stack.index, row == stack.clean_index and row > 0
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.text(row)}  ·  {SAVED}" if saved else self.text(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = [self.text(row), SAVED if saved else "", "undone" if row > stack.index else ""]
            return ", ".join(part for part in [*parts, "now" if here else ""] if part)
        if role == Qt.ItemDataRole.FontRole and here:
            font = QFont(self._view().font())
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.ForegroundRole:
            now = theme.current()
            return blended(now.muted, now.window, 0.7) if row > stack.index else now.text
        return None

    def text(self, row: int) -> str:
        """Return what a moment is called."""
        if row:
            return self._stack.text(row - 1)
        limit = self._stack.limit
        # With as many steps as are kept, older ones may have been forgotten.
        return OLDEST if 0 < limit <= self._stack.count else OPENED

    def follow(self) -> None:
        """Show what the stack holds now."""
        count = self._stack.count + 1
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()
        self.dataChanged.emit(self.index(0, 0), self.index(count - 1, 0))

    def _view(self) -> PanelWidget:
        parent = self.parent()
        assert isinstance(parent, PanelWidget)
        return parent


class HistoryPanel(PanelWidget):
    """Lists the moments, marks the one that is shown, and goes to another one."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._stack = lab.document.stack
        self._moments = _Moments(self._stack, self)
        self.list = QListView()
        self.list.setModel(self._moments)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setProperty("role", "moments")
        self.list.setAccessibleName("Steps of undo")
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(MARGIN - 6, SPACING // 2, MARGIN - 6, SPACING)
        outside.setSpacing(SPACING)
        outside.addWidget(self.list, 1)
        hint = muted(CLICK, role="caption")
        hint.setIndent(ROW_PADDING)
        outside.addWidget(hint)
        lab.document.history_changed.connect(self._follow)
        theme.notifier.changed.connect(self._follow)
        self._follow()

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the steps as they are now; a step that took up another one has changed without a new index."""
        self._follow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Over the sentence below the list, or beside it, it turns the list all the same.
        QApplication.sendEvent(self.list.verticalScrollBar(), event)

    def _follow(self) -> None:
        self._moments.follow()
        self.list.setCurrentIndex(self._moments.index(self._stack.index, 0))

    def _go(self, index: QModelIndex) -> None:
        self.lab.document.go_to(index.row())


add_panel(
    Panel("history", "History", HistoryPanel, Qt.DockWidgetArea.BottomDockWidgetArea, 9, tab_with="loss")
)

__all__ = ["OLDEST", "OPENED", "HistoryPanel"]
