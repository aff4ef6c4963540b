"""A combo box that a turning wheel scrolls past instead of changing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter

TEXT_MARGIN = 2


class Choice(QComboBox):
    """One value out of several, each with a label and a tooltip.

    Signals
    -------
    chosen(object)
        The value that a person chose.
    """

    chosen = Signal(object)

    def __init__(self, options: Sequence[tuple[Any, str, str]], name: str, tip: str) -> None:
        """Offer each (value, label, tooltip); ``name`` is what a screen reader calls the control."""
        super().__init__()
        self._values = [value for value, _, _ in options]
        for index, (_, label, detail) in enumerate(options):
            self.addItem(label)
            self.setItemData(index, detail, Qt.ItemDataRole.ToolTipRole)
        self._tip = tip
        self.setToolTip(tip)
        self.setAccessibleName(name)
        self.setPlaceholderText("mixed")
        self.setMaxVisibleItems(16)
        # Without these, the longest label would set the width of the whole panel.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Neither the wheel nor a click takes the keyboard, so that Space still plays and pauses afterwards.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.activated.connect(self._activated)

    @property
    def value(self) -> Any:
        """The value shown, None if values are mixed."""
        return self._values[self.currentIndex()] if self.currentIndex() >= 0 else None

    def set_value(self, value: Any) -> None:
        """Show ``value`` without a signal; what is not offered, such as None for several, shows as mixed."""
        self._shown = self._values.index(value) if value in self._values else -1
        self.setCurrentIndex(self._shown)
        detail = self.itemData(self._shown, Qt.ItemDataRole.ToolTipRole) if self._shown >= 0 else ""
        self.setToolTip(f"{self._tip}\n{detail}" if detail else self._tip)

    def set_label(self, value: Any, label: str) -> None:
        """Offer ``value`` under another label from now on."""
        self.setItemText(self._values.index(value), label)

    def _activated(self, index: int) -> None:
        if index != self._shown:
            self._shown = index
            self.chosen.emit(self._values[index])

    _shown = -1

    def paintEvent(self, event: QPaintEvent) -> None:
        # As Qt paints it, but with an ellipsis where the text is too long, and grey where values are mixed.
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        kind, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(kind, option, field, self).width() - 2 * TEXT_MARGIN
        text = option.currentText if self.currentIndex() >= 0 else self.placeholderText()  # type: ignore[attr-defined]
        text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        option.currentText = text  # type: ignore[attr-defined]
        painter.drawComplexControl(kind, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


__all__ = ["Choice"]
