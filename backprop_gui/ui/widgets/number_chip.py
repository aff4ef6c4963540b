"""A number on a tile, under the small caption that says what it is."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from backprop_gui.ui import theme
from backprop_gui.ui.numbers import fitting_number, format_exact, format_number

DIGITS = 5
FEWEST_DIGITS = 3
"""With fewer, the number is written smaller first."""
SMALLER_PX = 2
MARGINS = (8, 6, 3, 6)


class NumberChip(QFrame):
    """Shows five digits, or as many as fit; the tooltip has all. A signed one takes the colour of its sign."""

    def __init__(self, *, signed: bool = False) -> None:
        super().__init__()
        self._signed, self._sign, self._value = signed, 0, math.nan
        self._long_caption = ""
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._caption, self._number = QLabel(), QLabel("–")
        self._caption.setProperty("role", "caption")
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._number.setTextFormat(Qt.TextFormat.PlainText)
        usual = self._number.font()
        small = QFontInfo(usual).pixelSize() - SMALLER_PX
        self._fonts = theme.digits(usual, bold=True), theme.digits(usual, pixel_size=small, bold=True)
        self._number.setFont(self._fonts[0])
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._caption, self._number):
            # A digit more must not make the panel wider.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(1)
        column.addWidget(self._caption)
        column.addWidget(self._number)
        theme.notifier.changed.connect(self._recolor)

    def describe(self, caption: str, tip: str) -> None:
        """Say what the number is."""
        if caption != self._long_caption:
            self._long_caption = caption
            self._caption.setToolTip(tip)
            self.setAccessibleName(caption)
            self._fit()

    def show_number(self, value: float) -> None:
        """Show ``value``; NaN, which is what there is before the first frame, shows as a dash."""
        if value == self._value:
            return
        self._value = value
        self._fit_number()
        self._number.setToolTip(format_exact(value))
        sign = 0 if not self._signed or value == 0 or math.isnan(value) else 1 if value > 0 else -1
        if sign != self._sign:
            self._sign = sign
            self._recolor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def _room(self) -> int:
        return self.width() - MARGINS[0] - MARGINS[2]

    def _fit(self) -> None:
        caption = self._long_caption
        # "δ = ∂L/∂z" is δ where there is no room to say more.
        fits = self._caption.fontMetrics().horizontalAdvance(caption) <= self._room
        self._caption.setText(caption if fits else caption.partition(" = ")[0])
        self._fit_number()

    def _fit_number(self) -> None:
        text, font, room = "–", self._fonts[0], self._room
        if not math.isnan(self._value):
            fewest = QFontMetrics(font).horizontalAdvance(format_number(self._value, FEWEST_DIGITS))
            font = self._fonts[fewest > room]
            text = fitting_number(self._value, DIGITS, QFontMetrics(font), room)
        if font != self._number.font():
            # The height stays, so that nothing below moves.
            self._number.setMinimumHeight(QFontMetrics(self._fonts[0]).height())
            self._number.setFont(font)
        if text != self._number.text():
            self._number.setText(text)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._number.text()

    def _recolor(self) -> None:
        look = theme.current()
        color = {0: look.text, 1: look.positive, -1: look.negative}[self._sign]
        palette = self._number.palette()
        palette.setColor(palette.ColorRole.WindowText, color)
        self._number.setPalette(palette)


__all__ = ["NumberChip"]
