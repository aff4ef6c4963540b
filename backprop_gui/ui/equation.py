"""The strip under the picture: the equation of what is selected, and the check that its numbers are right."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.plan import Plan
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.equations import EQUALS, Equation, equation_of
from backprop_gui.ui.gradient_chip import GradientChip
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.selection import Key

HEIGHT = 52
MARGIN = 14
FAMILIES = ("STIX Two Text", "Cambria", "Georgia", "DejaVu Serif", "Noto Serif", "serif")
LARGER_PX = 3
"""How much larger an equation is than other text."""
FORMS = ((0, True), (1, True), (1, False), (2, True), (3, True), (3, False), (None, False))
"""From the widest to the narrowest: which form of the numbers, and whether with the symbols."""


class EquationStrip(QWidget):
    """Shows one equation, as much of it as there is room for, and a chip that checks the gradient."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._shown: tuple[Frame, Key | None, View] | None = None
        self._subject: tuple[Plan, Key | None, View] | None = None
        self._form = 0
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = QFont(self._label.font())
        font.setFamilies(list(FAMILIES))
        self._small = QFontInfo(self._label.font()).pixelSize()
        font.setPixelSize(self._small + LARGER_PX)
        self._label.setFont(theme.digits(font))
        self.chip = GradientChip(lab.checking)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 1, MARGIN, 0)
        row.setSpacing(MARGIN)
        row.addWidget(self._label, 1)
        row.addWidget(self.chip)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Equation of the selection")
        theme.notifier.changed.connect(self._dress)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    @property
    def text(self) -> str:
        """The rich text that is shown."""
        return self._label.text()

    def show_equation(self, frame: Frame, key: Key | None, view: View) -> None:
        """Show the equation of ``key`` in ``view`` with the numbers of ``frame``; nothing if the frame lacks it."""
        self._shown = frame, key, view
        self._lab.checking.follow(frame)
        self.chip.follow(key)
        subject = frame.plan, key, view
        if subject != self._subject:
            # Only another subject unfolds again: a number that is now and then a digit longer must not make it jump.
            self._subject, self._form = subject, 0
        self._write()

    def clear(self) -> None:
        """Show no equation: there is nothing whose numbers could be put in."""
        self._shown = self._subject = None
        self._label.clear()
        self._label.setToolTip("")
        self._lab.checking.forget()

    def _write(self) -> None:
        if self._shown is None:
            return
        frame, key, view = self._shown
        equation = equation_of(frame, key, view, self._lab.document.project.training)
        room = self._label.width()
        while True:
            text = _rich(equation, self._form, self._small)
            if text != self._label.text():
                self._label.setText(text)
            if self._form == len(FORMS) - 1 or self._label.sizeHint().width() <= room:
                break
            self._form += 1
        self._label.setToolTip("" if equation.result is None else f"{format_exact(equation.result)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.activate()
        self._form = 0
        self._write()

    def _dress(self) -> None:
        self._write()
        self.update()

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.window)
        painter.fillRect(0, 0, self.width(), 1, look.border)
        painter.end()


def _rich(equation: Equation, form: int, small: int) -> str:
    """Return the rich text of ``equation`` in one of its forms, 0 the widest; ``small`` is the note's size in px."""
    which, with_symbols = FORMS[form]
    symbols = equation.symbols if with_symbols or equation.result is None else ""
    numbers = "" if which is None else equation.numbers[which]
    note = equation.note if form == 0 or not equation.left + equation.symbols else ""
    parts = [part for part in (symbols, numbers) if part]
    if equation.result is not None:
        parts.append(f"<b>{format_number(equation.result, equation.digits)}</b>")
    text = EQUALS.join(parts)
    if equation.left:
        text = f"{equation.left} {equation.relation} {text}"
    if note:
        color = theme.current().muted.name()
        remark = f'<span style="color: {color}; font-size: {small}px">{html.escape(note)}</span>'
        text = f"{text}&nbsp;&nbsp;&nbsp; {remark}" if text else remark
    return text


__all__ = ["EquationStrip"]
