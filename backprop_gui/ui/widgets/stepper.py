"""Whole numbers between a minus and a plus button."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from backprop_gui.ui import theme
from backprop_gui.ui.widgets.number_field import NumberField

NOTCH = 120
"""What a wheel turns by at least, as Qt counts."""


class Buttons(QWidget):
    """A minus button, something that shows a number, a plus button.

    Signals
    -------
    stepped(int)
        -1 or 1, when a person presses a button.
    """

    stepped = Signal(int)

    def __init__(self, number: QWidget, name: str, less_tip: str, more_tip: str) -> None:
        super().__init__()
        self.less, self.more = _button("minus", less_tip), _button("plus", more_tip)
        self.less.clicked.connect(lambda: self.stepped.emit(-1))
        self.more.clicked.connect(lambda: self.stepped.emit(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.less, number, self.more):
            row.addWidget(widget)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Say what is counted, for screen readers."""
        self.setAccessibleName(name)
        self.less.setAccessibleName(f"Fewer: {name}")
        self.more.setAccessibleName(f"More: {name}")


class Stepper(Buttons):
    """A number that only the buttons change, one press at a time: each is an edit."""

    def __init__(self, name: str, less_tip: str, more_tip: str) -> None:
        self._number = QLabel()
        self._number.setFont(theme.digits(self._number.font(), bold=True))
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setFixedWidth(25)
        super().__init__(self._number, name, less_tip, more_tip)

    def show_count(self, count: int, low: int) -> None:
        """Show ``count``, which cannot become less than ``low``."""
        self._number.setText(f"{count:,}")
        self.less.setEnabled(count > low)

    def show_buttons(self, visible: bool) -> None:
        """Show the buttons, or only their place and the number."""
        for button in (self.less, self.more):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.setVisible(visible)


class TypedStepper(Buttons):
    """A number that can be typed, turned by the wheel, and run through by holding a button.

    Attributes
    ----------
    field : NumberField
        Where it is typed.
    """

    def __init__(self, name: str, less_tip: str, more_tip: str, tip: str, low: int, high: int) -> None:
        self._low, self._high = low, high
        self.field = NumberField(name, low, high, tip, whole=True)
        self.field.setProperty("role", "count")
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setFixedWidth(38)
        super().__init__(self.field, name, less_tip, more_tip)
        for button in (self.less, self.more):
            button.setAutoRepeat(True)

    def show_count(self, count: int) -> None:
        """Show ``count``."""
        self.field.set_value(count)
        self.less.setEnabled(count > self._low)
        self.more.setEnabled(count < self._high)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turned += event.angleDelta().y()
        # Touchpads turn by a little at a time.
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        for _ in range(abs(notches)):
            self.stepped.emit(1 if notches > 0 else -1)
        event.accept()

    _turned = 0


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "step")
    button.setIcon(theme.icon(icon, "muted"))
    button.setIconSize(QSize(11, 11))
    button.setFixedSize(20, 20)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


__all__ = ["Stepper", "TypedStepper"]
