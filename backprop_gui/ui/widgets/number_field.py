"""A field for one number, written as people write numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from backprop_gui.errors import UserError
from backprop_gui.ui import theme
from backprop_gui.ui.numbers import read_number, write_number
from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.typing_box import TypingBox

FIELD_WIDTH = 92
ELSEWHERE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The keyboard is only away for a moment: in another window, or in a menu."""
PASSING_MS = 6000
"""How long it is said why a number was refused once the field shows the one in use again."""


class NumberField(TypingBox):
    """Shows a number with all its digits and takes another one on Enter or when it is left; Escape takes it back.

    What is refused stays to be corrected as long as the keyboard does; then the number in use is shown again.

    Signals
    -------
    entered(float)
        A valid number, different from the one that was shown.
    problem(str)
        Why what was typed is not taken; empty once that has passed.
    """

    entered = Signal(float)
    problem = Signal(str)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        tip: str,
        *,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._whole = low, high, whole
        self._value = math.nan
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._passing.timeout.connect(lambda: self._mark(""))
        self.set_name(name)
        self.setFont(theme.digits(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setToolTip(tip)
        self.editingFinished.connect(self._finish)
        self.textEdited.connect(self._edited)

    def set_name(self, name: str) -> None:
        """Say what the number is, for complaints and for screen readers."""
        self._name = name
        self.setAccessibleName(name)

    @property
    def value(self) -> float:
        """The number last set or entered."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show ``value``; what is just being typed stays if it is the number that was shown already."""
        if value == self._value:
            return
        self._value = value
        self._restore()

    def written(self) -> str:
        """Return what stands in the field while nobody types."""
        return write_number(self._value)

    def take_back(self) -> None:
        if self.text() != self.written():
            self._restore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in ELSEWHERE:
            self.leave()

    def leave(self) -> None:
        """Show the number in use, whatever was typed, now that the keyboard has gone."""
        if self.property("invalid"):
            self._dress(invalid=False)
            self.show_written()
            self._passing.start()

    def show_written(self) -> None:
        """Show the number as nobody types."""
        self.setText(self.written())
        self.setCursorPosition(0)

    def _restore(self) -> None:
        self.show_written()
        if not self._passing.isActive():
            self._mark("")

    def _edited(self) -> None:
        # A mark goes as soon as what stands there is right; it comes only when somebody is done typing.
        if self.property("invalid"):
            try:
                self._read()
            except UserError:
                return
            self._mark("")

    def _read(self) -> float:
        value = read_number(self.text(), whole=self._whole)
        if not self._low <= value <= self._high:
            raise UserError(f"{self._name.capitalize()} must be from {self._low:g} to {self._high:,.10g}.")
        if self._whole and value != int(value):
            raise UserError(f"{self._name.capitalize()} must be a whole number.")
        return value

    def _finish(self) -> None:
        if self.text() == self.written():
            if not self._passing.isActive():
                self._mark("")
            return
        try:
            value = self._read()
        except UserError as error:
            self._mark(str(error))
            return
        self._mark("")
        if value == self._value:
            self._restore()
            return
        self._value = value
        self._restore()
        self.entered.emit(value)

    def _mark(self, problem: str) -> None:
        self._passing.stop()
        self._dress(invalid=bool(problem))
        self.problem.emit(problem)

    def _dress(self, *, invalid: bool) -> None:
        set_look(self, "invalid", invalid)


class NumberRow(QWidget):
    """A caption, a number field at the right, and below them what is wrong with the number, if anything is."""

    def __init__(
        self, caption: str, low: float, high: float, tip: str, *, whole: bool = False, name: str = ""
    ) -> None:
        super().__init__()
        self.field = NumberField(name or caption, low, high, tip, whole=whole)
        self.field.setFixedWidth(FIELD_WIDTH)
        label = QLabel(caption)
        label.setProperty("role", "muted")
        label.setBuddy(self.field)
        label.setToolTip(tip)
        message = Message()
        self.field.problem.connect(message.say)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(message, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)


__all__ = ["ELSEWHERE", "FIELD_WIDTH", "NumberField", "NumberRow"]
