"""The chip that says that the picture shows one operation of a step, where nothing else on the screen says so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from backprop_gui.ui import theme as themes


class SteppingChip(QWidget):
    """A text such as ``operation 17 of 37``, which leads to the microscope, and a cross that ends it.

    Signals
    -------
    asked()
        The person wants to see the operation with its arithmetic.
    left()
        The person wants to see the whole picture again.
    """

    asked = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 2, 0)
        row.setSpacing(0)
        self._text = QPushButton()
        self._text.setProperty("role", "flat")
        self._text.setToolTip(
            "The picture shows this operation of one training step: what is still to come is pale and empty. "
            "Click to see it in the microscope."
        )
        self._text.clicked.connect(self.asked)
        row.addWidget(self._text)
        self.cross = QToolButton()
        self.cross.setProperty("role", "flat")
        self.cross.setIcon(themes.icon("x", "muted"))
        self.cross.setIconSize(QSize(14, 14))
        self.cross.setToolTip("Leave: show the whole picture again")
        self.cross.setAccessibleName("Leave the operation: show the whole picture again")
        self.cross.clicked.connect(self.left)
        row.addWidget(self.cross)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def set_text(self, text: str) -> bool:
        """Say ``text``, nothing if it is empty; return whether the chip came, went or takes other room."""
        before = self.isHidden(), self.size()
        if text:
            self._text.setText(text)
            self._text.setAccessibleName(f"{text}: show it in the microscope")
            self.adjustSize()
        self.setVisible(bool(text))
        return (self.isHidden(), self.size()) != before

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = themes.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.text)
            painter.setBrush(theme.surface)
            place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)


__all__ = ["SteppingChip"]
