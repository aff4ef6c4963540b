"""The shortcut sheet: every key and every gesture on one page, and a line to search them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from backprop_gui.ui import theme
from backprop_gui.ui.fuzzy import match
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.widgets.column import Column, heading, muted
from backprop_gui.ui.widgets.search_field import SearchField

LARGEST = QSize(900, 680)
EDGE = 22
ROW_PX = 26
"""About the height of a row: as far as one press of an arrow key scrolls."""
GROUP_GAP, COLUMN_GAP = 18, 36


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says: the keys, one alternative each, and what they do."""

    keys: tuple[str, ...]
    does: str


@dataclass(slots=True)
class _Group:
    title: str
    widget: QWidget
    rows: list[tuple[Line, list[QWidget]]] = field(default_factory=list)


class ShortcutSheet(Overlay):
    """Shows groups of lines in two columns."""

    def __init__(self, window: QWidget, groups: Sequence[tuple[str, Sequence[Line]]]) -> None:
        super().__init__(window, "Keyboard and mouse", LARGEST)
        title = QLabel("Keyboard and mouse")
        title.setProperty("role", "number")
        self.field = SearchField("Search, for example “zoom” or “Ctrl”")
        self.field.setProperty("role", "")
        self.field.setMaximumWidth(270)
        self.field.textChanged.connect(self._search)
        self.field.walked.connect(self._scroll_by)
        close = QToolButton()
        close.setProperty("role", "flat")
        close.setIcon(theme.icon("x"))
        close.setToolTip("Close (Esc)")
        close.setAccessibleName("Close")
        close.clicked.connect(self.leave)
        top = QHBoxLayout()
        top.setContentsMargins(EDGE, EDGE - 6, EDGE - 8, 8)
        top.setSpacing(10)
        top.addWidget(title, 1)
        top.addWidget(self.field, 1)
        top.addWidget(close)
        self._nothing = muted("No key and no gesture is called that.")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self.page = Column(bottom=EDGE)
        self.page.body.setContentsMargins(EDGE, 4, EDGE, EDGE)
        columns = QHBoxLayout()
        columns.setSpacing(COLUMN_GAP)
        self._groups: list[_Group] = []
        self._sides: list[tuple[QWidget, list[_Group]]] = []
        for side in _in_two(groups):
            half = QWidget()
            half.setMaximumWidth(LARGEST.width() // 2 - EDGE)
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GROUP_GAP)
            here = len(self._groups)
            for name, lines in side:
                group = _made(name, lines)
                self._groups.append(group)
                column.addWidget(group.widget)
            column.addStretch(1)
            columns.addWidget(half, 1)
            self._sides.append((half, self._groups[here:]))
        self.page.body.addLayout(columns)
        self.page.body.addWidget(self._nothing)
        self.page.body.addStretch(1)
        self.body.addLayout(top)
        self.body.addWidget(self.page, 1)

    @property
    def shown(self) -> list[Line]:
        """The lines that can be seen."""
        return [
            line
            for group in self._groups
            for line, parts in group.rows
            if group.widget.isVisibleTo(self) and parts[0].isVisibleTo(self)
        ]

    def _search(self, text: str) -> None:
        anything = False
        for half, groups in self._sides:
            # A column without anything in it leaves its room to the other one.
            fitting = [_filter(group, text) for group in groups]
            half.setVisible(any(fitting))
            anything |= any(fitting)
        self._nothing.setVisible(not anything)
        self.page.verticalScrollBar().setValue(0)

    def _scroll_by(self, rows: int) -> None:
        bar = self.page.verticalScrollBar()
        bar.setValue(bar.value() + rows * ROW_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F1:
            self.leave()
        super().keyPressEvent(event)


def _filter(group: _Group, text: str) -> bool:
    """Show the lines of a group that fit, and return whether there are any."""
    fitting = [_fits(text, group.title, line) for line, _ in group.rows]
    for (_, parts), fits in zip(group.rows, fitting, strict=True):
        for part in parts:
            part.setVisible(fits)
    group.widget.setVisible(any(fitting))
    return any(fitting)


def _fits(text: str, title: str, line: Line) -> bool:
    """Return whether every word is there: whole in the keys or the group's title, or letter by letter in a word."""
    plain = " ".join((*line.keys, title)).casefold()
    words = line.does.split()
    return all(
        word.casefold() in plain or any(match(word, other) for other in words) for word in text.split()
    )


def _in_two(groups: Sequence[tuple[str, Sequence[Line]]]) -> list[list[tuple[str, Sequence[Line]]]]:
    """Divide groups, in their order, so that both columns are about as long."""
    sizes = [len(lines) + 2 for _, lines in groups]
    cut = min(range(len(groups) + 1), key=lambda n: abs(sum(sizes[:n]) - sum(sizes[n:])))
    return [list(groups[:cut]), list(groups[cut:])]


def _made(title: str, lines: Sequence[Line]) -> _Group:
    group = _Group(title, QWidget())
    grid = QGridLayout(group.widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(heading(title), 0, 0, 1, 2)
    for row, line in enumerate(lines, start=1):
        does, keys = QLabel(line.does), _caps(line.keys)
        does.setTextFormat(Qt.TextFormat.PlainText)
        does.setWordWrap(True)
        does.setAccessibleName(f"{line.does}: {' or '.join(line.keys)}")
        grid.addWidget(does, row, 0)
        grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
        group.rows.append((line, [does, keys]))
    return group


def _caps(keys: Sequence[str]) -> QWidget:
    """Return keys side by side, each drawn as a key."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    for key in keys:
        cap = QLabel(key)
        cap.setTextFormat(Qt.TextFormat.PlainText)
        cap.setProperty("role", "key")
        row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
    return widget


__all__ = ["Line", "ShortcutSheet"]
