"""The banner: what happened, in a sentence over the canvas, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from backprop_gui.ui import theme


class Banner(QFrame):
    """One message at a time; it stays until it is closed, answered, or replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._text = QLabel()
        self._text.setWordWrap(True)
        # What a file calls itself may look like markup.
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._icon = QLabel()
        self._close = QToolButton()
        self._close.setProperty("role", "flat")
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close this message")
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 8, 8)
        self._row.setSpacing(10)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._buttons: list[QPushButton] = []
        self._tone = "bad"
        theme.notifier.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """The message, empty when none is shown."""
        return "" if self.isHidden() else self._text.text()

    def show_message(
        self, text: str, tone: str = "bad", answers: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show ``text``; ``tone`` is good, warning or bad; each answer is a button's label and what it does."""
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for number, (label, act) in enumerate(answers):
            button = QPushButton(label)
            if number == 0:
                button.setProperty("role", "primary")
            # Hidden first: what the button does may show the next message.
            button.clicked.connect(self.hide)
            button.clicked.connect(act)
            self._row.insertWidget(2 + number, button, 0, Qt.AlignmentFlag.AlignTop)
            self._buttons.append(button)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._tone = tone
        self._dress()
        self.show()

    def _dress(self) -> None:
        now, tone = theme.current(), self._tone
        ground, color = getattr(now, f"{tone}_tint").name(), getattr(now, tone).name()
        self.setStyleSheet(
            f"#banner {{ background: {ground}; border: none; border-bottom: 1px solid {color}; }}"
        )
        icon = "check" if tone == "good" else "info" if tone == "warning" else "triangle-alert"
        self._icon.setPixmap(theme.icon(icon, tone).pixmap(QSize(18, 18)))
        self._close.setIcon(theme.icon("x"))
