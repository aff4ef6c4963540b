"""The windows of the program: each with its own project and worker, opened beside one another and closed together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from shiboken6 import isValid

from backprop_gui.project import Project
from backprop_gui.project.files import load
from backprop_gui.project.recovery import Slot

if TYPE_CHECKING:
    from backprop_gui.ui.window import Window

CASCADE_PX = 32
"""How far a window is moved from the one that it was opened from."""


class Windows:
    """Those that are open, in the order in which they were opened."""

    def __init__(self, make: Callable[[Project, Path | None, Windows], Window]) -> None:
        self._make = make
        self._made: list[Window] = []

    @property
    def open(self) -> list[Window]:
        """The windows that are not closed."""
        return [window for window in self._made if isValid(window) and not window.closed]

    def add(self, window: Window) -> None:
        """Note that ``window`` is open: what nothing in Python holds would vanish."""
        self._made.append(window)
        # Let go only when Qt has, and not in the middle of its being closed.
        window.destroyed.connect(self._let_go)

    def _let_go(self) -> None:
        self._made = [window for window in self._made if isValid(window)]

    def beside(self, old: Window, project: Project, path: Path | None = None) -> Window:
        """Show ``project`` in a window of its own.

        Raises
        ------
        UserError
            If it cannot be opened; there is no new window then.
        """
        window = self._make(project, path, self)
        if not old.isMaximized() and not old.isFullScreen():
            room = old.screen().availableGeometry()
            window.resize(old.size())
            place = old.pos() + QPoint(CASCADE_PX, CASCADE_PX)
            # At the edge of the screen the cascade begins again.
            fits = room.contains(place + QPoint(window.width(), window.height()))
            window.move(place if fits else room.topLeft() + QPoint(CASCADE_PX, CASCADE_PX))
        window.show()
        return window

    def showing(self, path: Path, *, but: Window | None = None) -> Window | None:
        """Return the window, other than ``but``, in which the file at ``path`` is open, or None."""
        for window in self.open:
            shown = window.lab.document.path
            if window is not but and shown is not None and _same(shown, path):
                return window
        return None

    def open_file(self, old: Window, path: Path) -> Window:
        """Show the project in the file at ``path``, and return the window that does.

        That is the one where it is open already, or ``old`` if that is pristine, or else a new one.

        Raises
        ------
        UserError
            If it cannot be opened; nothing has changed then.
        """
        window = self.showing(path)
        if window is not None:
            _raise(window)
            return window
        project = load(path)
        if old.files.pristine:
            old.lab.document.open(project, path)
            return old
        return self.beside(old, project, path)

    def recover(self, old: Window, slot: Slot) -> Window:
        """Show the work that ``slot`` holds, in ``old`` if that has nothing, or beside it; it still is not saved.

        Raises
        ------
        UserError
            If it cannot be opened; it stays where it is then.
        """
        project, origin = slot.load(), slot.about().path
        path = Path(origin) if origin else None
        was_opened = path is not None and not old.files.unsaved and old.lab.document.path == path
        if old.files.pristine or was_opened:
            old.lab.document.open(project, path)
            window = old
        else:
            window = self.beside(old, project, path)
        window.lab.document.stack.reset_clean()
        window.autosave.adopt(slot)
        return window

    def quit(self) -> bool:
        """Close all, the newest first, each asking for what is not saved; one that stays open stops it."""
        return all(window.close() for window in reversed(self.open))


def _raise(window: Window) -> None:
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


def _same(one: Path, other: Path) -> bool:
    if one.absolute() == other.absolute():
        # Also where the file is gone.
        return True
    with contextlib.suppress(OSError, ValueError):
        return one.samefile(other)
    return False
