"""A whole number between a minus and a plus button."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from backprop_gui.ui import theme


class Stepper(QWidget):
    """A minus button, the number, a plus button.

    Signals
    -------
    stepped(int)
        -1 or 1, when a person presses a button.
    """

    stepped = Signal(int)

    def __init__(self, name: str, less_tip: str, more_tip: str) -> None:
        super().__init__()
        self.less, self.more = _button("minus", less_tip), _button("plus", more_tip)
        self.less.clicked.connect(lambda: self.stepped.emit(-1))
        self.more.clicked.connect(lambda: self.stepped.emit(1))
        self._number = QLabel()
        self._number.setFont(theme.digits(self._number.font(), bold=True))
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setFixedWidth(25)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.less, self._number, self.more):
            row.addWidget(widget)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Say what is counted, for screen readers."""
        self.setAccessibleName(name)
        self.less.setAccessibleName(f"Fewer: {name}")
        self.more.setAccessibleName(f"More: {name}")

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


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "step")
    button.setIcon(theme.icon(icon, "muted"))
    button.setIconSize(QSize(11, 11))
    button.setFixedSize(20, 20)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


__all__ = ["Stepper"]
