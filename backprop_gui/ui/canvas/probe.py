"""The label that says which example is looked at, with arrows to its neighbours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.legend import paint_plate


class ProbeLabel(QWidget):
    """A text such as ``example 98 of 140``, which leads to the list of examples, and two arrows.

    Signals
    -------
    stepped(int)
        -1 or +1.
    asked()
        The person wants to choose what is looked at.
    """

    stepped = Signal(int)
    asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 2, 0)
        row.setSpacing(0)
        self._text = QPushButton()
        self._text.setProperty("role", "flat")
        self._text.setAccessibleName("Choose what is looked at")
        self._text.clicked.connect(self.asked)
        row.addWidget(self._text)
        row.addSpacing(2)
        for name, step, tip in (
            ("chevron-left", -1, "Look at the example before"),
            ("chevron-right", 1, "Look at the next example"),
        ):
            button = QToolButton()
            button.setProperty("role", "flat")
            button.setIcon(themes.icon(name, "muted"))
            button.setIconSize(QSize(15, 15))
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self.stepped.emit(step))
            row.addWidget(button)
        self._plate = False
        self._whole = self._short = ""
        self.hide()

    def set_plate(self, plate: bool) -> None:
        """Stand on a ground of its own, or on the picture's."""
        if plate != self._plate:
            self._plate = plate
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plate:
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_plate(painter, themes.current(), QRectF(self.rect()))

    def set_text(self, text: str, short: str = "") -> None:
        """Say ``text``, or where there is little room ``short``, or else its numbers; empty hides everything."""
        self._whole, self._short = text, short or text.split(" ", 1)[-1]
        self._text.setText(text)
        self._text.setToolTip(f"{text}: choose another one, the mean of many, or type numbers (G)")
        self.setVisible(bool(text))

    def fit(self, width: int) -> None:
        """Say as much as fits into ``width`` pixels: everything, little, or nothing beside the arrows."""
        for text in (self._whole, self._short, ""):
            self._text.setText(text)
            self.adjustSize()
            if self.width() <= width:
                break
        self.setToolTip(self._whole)


__all__ = ["ProbeLabel"]
