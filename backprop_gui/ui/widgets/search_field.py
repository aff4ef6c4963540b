"""A line to search with: the keys that walk through what was found are handed on while the keyboard stays in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

PAGE = 8

_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -PAGE,
    Qt.Key.Key_PageDown: PAGE,
}


class SearchField(QLineEdit):
    """A large line without a frame.

    Signals
    -------
    walked(int)
        By how many rows to go on, up if negative.
    """

    walked = Signal(int)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setPlaceholderText(what)
        self.setAccessibleName(what)
        self.setClearButtonEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.walked.emit(step)


__all__ = ["PAGE", "SearchField"]
