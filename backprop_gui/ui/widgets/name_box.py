"""A box for the name of something."""

from __future__ import annotations

from PySide6.QtCore import Signal

from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.typing_box import TypingBox


class NameBox(TypingBox):
    """Shows a name and takes another one on Enter or when it is left; Escape takes it back.

    Signals
    -------
    entered(str)
        Another text than the one that was shown.
    """

    entered = Signal(str)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self._shown = ""
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.editingFinished.connect(self._finish)

    def show_name(self, name: str) -> None:
        """Show ``name``; what is being typed stays if it is the name that was shown already."""
        if name != self._shown:
            self._shown = name
            self.take_back()

    def take_back(self) -> None:
        self.setText(self._shown)
        self.setCursorPosition(0)
        self.mark(False)

    def mark(self, invalid: bool) -> None:
        """Show that what stands there has not been taken, or that it has."""
        set_look(self, "invalid", invalid)

    def _finish(self) -> None:
        if self.text() == self._shown:
            self.mark(False)
        elif not self.property("invalid") or self.isModified():
            # What was refused once is not tried again until somebody has changed it.
            self.setModified(False)
            self.entered.emit(self.text())


__all__ = ["NameBox"]
