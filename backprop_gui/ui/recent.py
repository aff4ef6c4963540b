"""Recent files: which projects were opened and saved last, and their menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from backprop_gui.ui.names import one_line

LONGEST = 10
_KEY = "recent"


def recent() -> list[Path]:
    """Return them, the newest first, whether they are still there or not."""
    kept = QSettings().value(_KEY, [])
    # The settings' file has no lists of one.
    names = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []
    return [Path(name) for name in names if isinstance(name, str) and name][:LONGEST]


def remember(path: Path) -> None:
    """Put ``path`` first."""
    path = path.absolute()
    others = [other for other in recent() if other != path]
    QSettings().setValue(_KEY, [str(other) for other in [path, *others]][:LONGEST])


class RecentMenu(QMenu):
    """Made anew each time it opens, because other windows and programs change what is there."""

    def __init__(self, open_path: Callable[[Path], object]) -> None:
        super().__init__("Open recent")
        self._open_path = open_path
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List the files; one that is gone stays in its place, but cannot be chosen."""
        self.clear()
        paths = recent()
        alike = [path.name for path in paths]
        for path in paths:
            # Files of the same name are told apart by their folders.
            text = path.stem if alike.count(path.name) == 1 else f"{path.stem} – {path.parent.name}"
            action = self.addAction(one_line(text).replace("&", "&&"))
            there = _is_file(path)
            action.setEnabled(there)
            action.setToolTip(
                one_line(str(path), 300) + ("" if there else "\nThis file is not there any more.")
            )
            action.triggered.connect(lambda checked=False, path=path: self._open_path(path))
        if paths:
            self.addSeparator()
            self.addAction("Clear this list").triggered.connect(lambda: QSettings().remove(_KEY))
        else:
            self.addAction("No file was opened or saved yet").setEnabled(False)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


__all__ = ["RecentMenu", "recent", "remember"]
