"""A sheet over the window: what a small dialog would be, without a window of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from backprop_gui.ui.actions import COMMANDS

DIMMED = 96
"""Opacity, of 255, of the shade that lies over everything else."""
MARGIN = 40
"""Least room between the sheet and the window's edge, in pixels."""


class Overlay(QWidget):
    """Covers its window until it is left with Esc or a click beside the sheet, and is deleted then.

    While it is there all keys are its own, except those that quit: a letter typed into it plays nothing and fits
    nothing.

    Attributes
    ----------
    sheet : QFrame
        What stands in the middle.
    body : QVBoxLayout
        The sheet's layout.

    Signals
    -------
    left()
        After it went, whatever the reason.
    """

    left = Signal()

    def __init__(self, window: QWidget, title: str, size: QSize, *, high: bool = False) -> None:
        """Prepare a sheet of at most ``size``, in the middle of ``window`` or, if ``high``, near its top."""
        super().__init__(window)
        self._under = window
        self._largest, self._high, self._gone = size, high, False
        self._height = size.height()
        self.sheet = QFrame(self)
        self.sheet.setProperty("role", "sheet")
        self.sheet.setAccessibleName(title)
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self.sheet)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.hide()

    def open(self) -> None:
        """Show the sheet, in the place of any other, and give it the keyboard."""
        for other in self._under.findChildren(Overlay, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if other is not self:
                other.leave()
        self._under.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        stops = self._stops()
        (stops[0] if stops else self).setFocus()

    def set_height(self, height: int) -> None:
        """Make the sheet as high as what it shows, but no higher than it was made for."""
        self._height = height
        self._place()

    def leave(self) -> None:
        """Close the sheet; it cannot be opened again."""
        if self._gone:
            return
        self._gone = True
        self._under.removeEventFilter(self)
        self.hide()
        self.left.emit()
        self.deleteLater()

    # ---- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._under:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and not _quits(event)
        ):
            # Otherwise the window's shortcuts would come first.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        # What nobody in the sheet wanted is not for the window below it either.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.leave()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        stops = self._stops()
        if stops:
            here = self.window().focusWidget()
            step = 1 if forward else -1
            place = stops.index(here) + step if here in stops else 0
            stops[place % len(stops)].setFocus(
                Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            )
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(0, 0, 0, DIMMED))

    def _stops(self) -> list[QWidget]:
        """Return what Tab goes through, in the order in which it was made."""
        return [
            widget
            for widget in self.sheet.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisibleTo(self)
            and widget.isEnabled()
            and widget.focusProxy() is None
        ]

    def _place(self) -> None:
        room = self._under.rect()
        self.setGeometry(room)
        wanted = QSize(self._largest.width(), min(self._height, self._largest.height()))
        size = wanted.boundedTo(room.size() - QSize(2 * MARGIN, 2 * MARGIN))
        top = min(96, room.height() // 8) if self._high else (room.height() - size.height()) // 2
        self.sheet.setGeometry((room.width() - size.width()) // 2, top, size.width(), size.height())


def _quits(event: QKeyEvent) -> bool:
    pressed = QKeySequence(event.keyCombination())
    return any(QKeySequence(keys) == pressed for keys in COMMANDS["quit"].shortcuts)


__all__ = ["Overlay"]
