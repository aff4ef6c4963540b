"""A label whose sentences wrap, and that asks for exactly the height they need."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


class Wrapped(QLabel):
    """Plain text as wide as its place."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        # Qt would ask for the height of a column one word wide, and leave a gap where the place is wider.
        return QSize(0, self.fontMetrics().height())


__all__ = ["Wrapped"]
