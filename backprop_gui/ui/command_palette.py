"""The command palette: everything that can be done, found by typing a few letters of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSettings, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListView, QVBoxLayout, QWidget

from backprop_gui.ui.fuzzy import match
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.widgets.entry_delegate import HEIGHT as ROW_HEIGHT
from backprop_gui.ui.widgets.entry_delegate import EntryDelegate, Row
from backprop_gui.ui.widgets.search_field import SearchField

LARGEST = QSize(640, 470)
ROOM = 6
"""Around the rows, and above the line to type in."""
AROUND = 3 * ROOM + 4
"""What the sheet is higher than its line and its rows: that room, the rule between them and the border."""
RECENT = "recent commands"
"""The setting that lists what was done last, the newest first."""
MOST_RECENT = 5
LESS_THERE = 4.0
"""How much less a word is worth that is not in the name of an entry but where it stands or in what it says."""
EXACT = 1e6
"""What counts in favour of the entry whose whole name was typed."""
RECENT_WORTH = 2.0
"""What counts in favour of an entry that was used lately, where several are called alike."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be done.

    Attributes
    ----------
    key : str
        What it is remembered by.
    text : str
        What it is called.
    where : str
        Where it stands in the menus, such as ``View › Panels``; or why it cannot be done now.
    run : callable
        Does it.
    shortcut : str
        As it is shown; empty for none.
    enabled : bool
        Whether it can be done now.
    about : str
        A sentence that is searched too.
    """

    key: str
    text: str
    where: str
    run: Callable[[], object]
    shortcut: str = ""
    enabled: bool = True
    about: str = ""


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.entries: list[Entry] = []

    def show(self, found: Sequence[tuple[Entry, Row]]) -> None:
        self.beginResetModel()
        self.entries = [entry for entry, _ in found]
        self.rows = [row for _, row in found]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(entry)
        if role == Qt.ItemDataRole.UserRole:
            return self.rows[index.row()]
        return None


class CommandPalette(Overlay):
    """Searches ``entries`` and runs one; those used last come first."""

    def __init__(self, window: QWidget, entries: Sequence[Entry]) -> None:
        super().__init__(window, "Command palette", LARGEST, high=True)
        self._entries = list(entries)
        self._recent = recent_keys()
        self.field = SearchField("Type a command, a panel or an example")
        self.field.textChanged.connect(self._search)
        self.field.walked.connect(self._walk)
        self.field.returnPressed.connect(self._run_current)
        self._model = _Model(self)
        self.list = QListView()
        self.list.setProperty("role", "cards")
        self.list.setModel(self._model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("Commands")
        # The keyboard stays in the field; the mouse needs none.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self.list.selectionModel().currentChanged.connect(self._say_current)
        self._nothing = QLabel("Nothing here is called that.")
        self._nothing.setProperty("role", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = QFrame()
        line.setProperty("role", "line")
        room = QVBoxLayout()
        room.setContentsMargins(ROOM, ROOM, ROOM, ROOM)
        room.addWidget(self.list)
        room.addWidget(self._nothing)
        self.body.setContentsMargins(0, ROOM, 0, 0)
        self.body.addWidget(self.field)
        self.body.addWidget(line)
        self.body.addLayout(room, 1)
        self._search("")

    @property
    def found(self) -> list[Entry]:
        """What is listed, the best first."""
        return self._model.entries

    @property
    def current(self) -> Entry | None:
        """What Enter would do."""
        row = self.list.currentIndex().row()
        return self.found[row] if 0 <= row < len(self.found) else None

    def _search(self, text: str) -> None:
        rank = {key: place for place, key in enumerate(self._recent)}
        found: list[tuple[float, Entry, Row]] = []
        last = self._recent_entries()[-1:] if not text.strip() else []
        for entry in self._entries:
            places = _found(text, entry)
            if places is None:
                continue
            score, marked = places
            if entry.key in rank:
                # Without letters the order is all that counts: the newest first, before everything else.
                score += RECENT_WORTH if text.strip() else 1000.0 - rank[entry.key]
            row = Row(entry.text, entry.where, entry.shortcut, entry.enabled, marked, [entry] == last)
            found.append((score, entry, row))
        # What cannot be done now comes behind what can, unless it was asked for by more of its letters.
        found.sort(key=lambda item: (-item[0], not item[1].enabled))
        self._model.show([(entry, row) for _, entry, row in found])
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self.list.setCurrentIndex(self._model.index(0, 0))
        self.list.scrollToTop()
        self._say_current()
        rows = max(1, len(found)) * ROW_HEIGHT
        self.set_height(self.field.sizeHint().height() + rows + AROUND)

    def _recent_entries(self) -> list[Entry]:
        by_key = {entry.key: entry for entry in self._entries}
        return [by_key[key] for key in self._recent if key in by_key]

    def _walk(self, step: int) -> None:
        count = len(self.found)
        if count:
            here = self.list.currentIndex().row()
            # A step from either end goes on at the other; a page stops there.
            place = (here + step) % count if abs(step) == 1 else max(0, min(count - 1, here + step))
            self.list.setCurrentIndex(self._model.index(place, 0))

    def _say_current(self) -> None:
        # The keyboard is in the field, so it is the field that a screen reader speaks of.
        entry = self.current
        self.field.setAccessibleDescription(spoken(entry) if entry else self._nothing.text())

    def _run_current(self) -> None:
        self._run(self.list.currentIndex().row())

    def _run(self, row: int) -> None:
        if not 0 <= row < len(self.found) or not self.found[row].enabled:
            return
        entry = self.found[row]
        remembered = [entry.key, *(key for key in self._recent if key != entry.key)]
        QSettings().setValue(RECENT, remembered[:MOST_RECENT])
        self.leave()
        entry.run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The field has said so already, and hands the key on.
            event.accept()
            return
        super().keyPressEvent(event)


def recent_keys() -> list[str]:
    """Return the keys of what was done last, the newest first."""
    stored = QSettings().value(RECENT, [])
    # A list of one comes back as a string from some of Qt's stores.
    keys = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [str(key) for key in keys][:MOST_RECENT]


def spoken(entry: Entry) -> str:
    """Return an entry as a screen reader says it."""
    parts = [entry.text, entry.where, entry.shortcut, "" if entry.enabled else "not available now"]
    return ", ".join(part for part in parts if part)


def _found(query: str, entry: Entry) -> tuple[float, tuple[int, ...]] | None:
    """Return how well an entry fits and which letters of its name say so; None if it does not."""
    if query.strip() and query.strip().casefold() == entry.text.rstrip("…").casefold():
        return EXACT, tuple(place for place, letter in enumerate(entry.text) if letter not in " …")
    score, places = 0.0, set[int]()
    for word in query.split():
        named = match(word, entry.text)
        beside = match(word, entry.where)
        if named is not None and (beside is None or named.score >= beside.score - LESS_THERE):
            score += named.score
            places |= set(named.places)
        elif beside is not None:
            score += beside.score - LESS_THERE
        elif any(other.startswith(word.casefold()) for other in entry.about.casefold().split()):
            # In a sentence any few letters can be found: there a word must begin with them.
            score += 1.0
        else:
            return None
    return score, tuple(sorted(places))


__all__ = ["CommandPalette", "Entry", "recent_keys"]
