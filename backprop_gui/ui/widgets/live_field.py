"""A field for a number that training changes all the time."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent

from backprop_gui.ui.numbers import fitting_number
from backprop_gui.ui.widgets.number_field import ELSEWHERE, NumberField

FRAME_PX = 21
"""What of the width of a field is border, padding and the place of the cursor."""


class LiveField(NumberField):
    """Shows a number short as it changes, with as many digits as fit, so that no power of ten is cut off.

    With the keyboard it stands still, and shows all digits to be typed over.

    Signals
    -------
    left()
        The keyboard has gone: the number may change again.
    """

    left = Signal()

    def __init__(self, name: str, tip: str, digits: int = 4) -> None:
        super().__init__(name, -LARGEST, LARGEST, tip)
        self._digits, self._typing = digits, False

    def follow(self, value: float) -> None:
        """Show ``value``, unless somebody is typing or has to correct what was typed."""
        if not self._typing and not self.property("invalid"):
            self.set_value(value)

    def begin(self, value: float) -> None:
        """Show ``value`` of something else, whatever stands there."""
        self._mark("")
        self.set_value(math.nan)
        self.set_value(value)

    def written(self) -> str:
        if self._typing:
            return super().written()
        if math.isnan(self.value):
            return ""
        return fitting_number(self.value, self._digits, self.fontMetrics(), self.width() - FRAME_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._typing and not self.property("invalid"):
            self.show_written()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self._typing:
            self._typing = True
            if not self.property("invalid"):
                self._restore()
        super().focusInEvent(event)
        if event.reason() not in ELSEWHERE:
            self.selectAll()

    def leave(self) -> None:
        """Show the number short again, and let it change."""
        self._typing = False
        super().leave()
        self.show_written()
        self.left.emit()


LARGEST = 1e300

__all__ = ["LiveField"]
