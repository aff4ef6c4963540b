"""A row of buttons of which one is chosen: the grey trough with the white segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from backprop_gui.ui.widgets.looks import dress_anew


class Segmented(QFrame):
    """One choice out of a few, each with a label.

    Signals
    -------
    chosen(object)
        The value of the segment that a person clicked or reached with the arrow keys.
    """

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[Any, str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        """Make a segment of each (value, label, tooltip); ``name`` is what a screen reader calls the control."""
        super().__init__(parent)
        self.setProperty("role", "segmented")
        self.setAccessibleName(name)
        self._values = [value for value, _, _ in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (_, label, tip) in enumerate(choices):
            button = _Segment(label)
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {label}")
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._toggled)
        self._silent = False

    @property
    def value(self) -> Any:
        """The chosen value; None while nothing is."""
        place = self._group.checkedId()
        return self._values[place] if place >= 0 else None

    def set_value(self, value: Any) -> None:
        """Choose ``value`` without a signal."""
        self._silent = True
        self._group.button(self._values.index(value)).setChecked(True)
        self._silent = False

    def set_tight(self, tight: bool) -> None:
        """Stand with less room around the labels, or with the usual."""
        if tight != bool(self.property("tight")):
            self.setProperty("tight", tight)
            for widget in (self, *self._group.buttons()):
                dress_anew(widget)
                widget.updateGeometry()
            self.adjustSize()

    def clear(self) -> None:
        """Choose nothing, without a signal: what holds is none of these."""
        self._silent = True
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)
        self._silent = False

    def button(self, value: Any) -> QAbstractButton:
        """Return the button of ``value``, to disable it or to give it another tooltip."""
        return self._group.button(self._values.index(value))

    def _toggled(self, index: int, checked: bool) -> None:
        if checked and not self._silent:
            self.chosen.emit(self._values[index])


class _Segment(QToolButton):
    """A segment as wide as its label in bold, so that the row stands still when another is chosen."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.setText(label)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        plain, bold = QFont(self.font()), QFont(self.font())
        plain.setWeight(QFont.Weight.Normal)
        bold.setWeight(QFont.Weight.DemiBold)
        own = QFontMetrics(self.font()).horizontalAdvance(self.text())
        widest = max(QFontMetrics(font).horizontalAdvance(self.text()) for font in (plain, bold))
        return QSize(hint.width() + widest - own, hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()


__all__ = ["Segmented"]
