"""A box to type in that gives the keyboard back to the window once what was typed is taken or taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class TypingBox(QLineEdit):
    """A line edit whose property ``invalid`` says that what stands in it has not been taken.

    While it has the keyboard, Space and Ctrl+Z are for the text in it. So Enter gives the keyboard up, unless
    something has to be corrected, and Escape always does.

    Signals
    -------
    given_up()
        One of these keys gave the keyboard up.
    """

    given_up = Signal()

    def take_back(self) -> None:
        """Show again what was there before somebody typed."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.take_back()
            self._give_up()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.property("invalid"):
            self.after_enter()

    def after_enter(self) -> None:
        """Go on once what was typed is taken."""
        self._give_up()

    def _give_up(self) -> None:
        self.clearFocus()
        self.given_up.emit()


__all__ = ["TypingBox"]
