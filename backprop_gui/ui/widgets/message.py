"""A sentence inside a panel: what a dialog would have said, where it belongs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from backprop_gui.errors import UserError
from backprop_gui.project import Project
from backprop_gui.ui.document import Document
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.speech import say
from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.wrapped import Wrapped


class Message(Wrapped):
    """A wrapped sentence that takes no room while it has nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "message")
        # Selecting it is the only way to copy a sentence that names a line of a file.
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVisible(False)

    def say(self, text: str, tone: str = "bad") -> None:
        """Show ``text``, or nothing if it is empty; ``tone`` is bad, warning or muted."""
        set_look(self, "tone", tone)
        known = self.text()
        if text != known:
            self.setText(text)
            self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text != known and tone != "muted":
            say(self, text, urgent=tone == "bad")


def attempt(
    document: Document, message: Message, text: str, change: Callable[[Project], Project], merge: str = ""
) -> bool:
    """Edit the document by ``change``; what keeps it from being edited is said in ``message``.

    Returns whether it worked; nothing has changed otherwise.
    """
    try:
        document.edit(text, change(document.project), merge)
    except UserError as error:
        message.say(str(error))
        return False
    except Exception as error:
        message.say(unexpected(error))
        return False
    message.say("")
    return True


__all__ = ["Message", "attempt"]
