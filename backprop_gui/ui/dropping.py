"""Files dropped on the window: what will happen is said while they are held over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from backprop_gui.project.files import SUFFIX
from backprop_gui.ui import theme
from backprop_gui.ui.names import one_line

if TYPE_CHECKING:
    from backprop_gui.ui.window import Window

TABLES = (".csv", ".tsv", ".txt")
MARGIN_PX = 24


class DropHint(QWidget):
    """Lies over the whole window while files are held over it, and takes them.

    A drag begins over whatever is under the pointer. Most widgets pass it on to the window; the canvas and the fields
    for text, which take drops of their own, are watched for files.
    """

    def __init__(
        self, window: Window, open_project: Callable[[Path], object], open_table: Callable[[Path], object]
    ) -> None:
        super().__init__(window)
        self._window, self._open_project, self._open_table = window, open_project, open_table
        self._text, self._welcome, self._said = "", True, ""
        self.setAcceptDrops(True)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        for widget in window.findChildren(QWidget):
            if widget is not self and widget.acceptDrops():
                widget.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragEnter:
            entering = cast(QDragEnterEvent, event)
            if not _files(entering.mimeData()):
                return False
            self._announce(entering)
            return True
        # Until the pointer moves, what it entered first is told.
        if self.isVisible() and kind == QEvent.Type.Drop:
            self.dropEvent(cast(QDropEvent, event))
            return True
        if self.isVisible() and kind == QEvent.Type.DragLeave:
            self.hide()
        return False

    def _announce(self, event: QDragEnterEvent) -> None:
        self._text, self._welcome = _words(_files(event.mimeData()))
        self.setGeometry(self._window.rect())
        self.setAccessibleName(self._text)
        self.show()
        self.raise_()
        self.update()
        _take(event)

    # ---- the drag, once this lies under the pointer

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event.mimeData()):
            self._announce(event)

    def dragLeaveEvent(self, event: object) -> None:
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.hide()
        _take(event)
        self.open_files(_files(event.mimeData()))

    def open_files(self, paths: list[Path]) -> None:
        """Open what can be opened, the first table among it; of what cannot, say so."""
        projects = [path for path in paths if path.suffix.lower() == SUFFIX]
        tables = [path for path in paths if path.suffix.lower() in TABLES]
        others = [path for path in paths if path not in projects and path not in tables]
        if self._window.banner.text == self._said:
            # Of the drop before.
            self._window.banner.hide()
        for path in projects:
            self._open_project(path)
        for path in tables[:1]:
            self._open_table(path)
        if others:
            self._said = _refusal(others[0])
            self._window.banner.show_message(self._said)
        elif len(tables) > 1:
            self._said = f"A project learns from one table: “{one_line(tables[0].name)}” was taken."
            self._window.banner.show_message(self._said, "warning")

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        with QPainter(self) as painter:
            veil = now.window
            veil = type(veil)(veil)
            veil.setAlphaF(0.86)
            painter.fillRect(self.rect(), veil)
            color = now.accent if self._welcome else now.bad
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine))
            frame = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
            painter.drawRoundedRect(frame, 12, 12)
            font = self.font()
            font.setPixelSize(20)
            painter.setFont(font)
            painter.setPen(now.text if self._welcome else now.bad)
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)


def _take(event: QDropEvent) -> None:
    # A copy: the file manager must never move the file away.
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _files(dragged: QMimeData) -> list[Path]:
    return (
        [Path(url.toLocalFile()) for url in dragged.urls() if url.isLocalFile()] if dragged.hasUrls() else []
    )


def _words(paths: list[Path]) -> tuple[str, bool]:
    """Return what dropping ``paths`` will do, and whether that is anything."""
    first = paths[0]
    name = one_line(first.name)
    if len(paths) > 1:
        return f"Drop to open {len(paths)} files", True
    if first.suffix.lower() == SUFFIX:
        return f"Drop to open “{name}”", True
    if first.suffix.lower() in TABLES:
        return f"Drop to learn from “{name}”", True
    return _refusal(first), False


def _refusal(path: Path) -> str:
    return f"“{one_line(path.name)}” cannot be opened: drop a {SUFFIX} project, or a table ({', '.join(TABLES)})."


__all__ = ["DropHint"]
