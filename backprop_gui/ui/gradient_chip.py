"""The chip that checks the gradient: one click, and what was found, for as long as it is still true."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from backprop_gui.engine.checked import Checked
from backprop_gui.engine.gradient_check import GradientCheck
from backprop_gui.numerals import counted
from backprop_gui.ui import theme
from backprop_gui.ui.checking import Checking
from backprop_gui.ui.numbers import format_number
from backprop_gui.ui.probe_words import probe_name
from backprop_gui.ui.selection import Key

HEIGHT, PADDING = 24, 11
ASK, ASK_SHORT = "check gradient", "check"
TIP = (
    "Check every derivative on the screen against one found without backpropagation, "
    "from the loss alone, for the example that is shown"
)


class GradientChip(QAbstractButton):
    """Asks for a check and says in a few words what it found."""

    def __init__(self, checking: Checking) -> None:
        super().__init__()
        self._checking = checking
        self._key: Key | None = None
        self._short = False
        self._factor = 1
        self.tone = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(checking.toggle)
        checking.changed.connect(self._report)
        theme.notifier.changed.connect(self.update)
        self._report()

    @property
    def check(self) -> GradientCheck | None:
        """The last check, whether it is still of the frame shown or not."""
        found = self._checking.found
        return None if found is None else found.check

    def follow(self, key: Key | None, factor: int = 1) -> None:
        """Say something about the parameter ``key`` too, its derivative multiplied with ``factor``."""
        self._key, self._factor = key, factor
        self._report()

    def set_short(self, short: bool) -> None:
        """Say it in fewer words, where the equation needs the room, or as usual."""
        if short != self._short:
            self._short = short
            self._report()

    # ---- saying

    def _report(self) -> None:
        checking, found = self._checking, self._checking.found
        ask = ASK_SHORT if self._short else ASK
        if checking.busy:
            self._say("checking …", "", "Click to give up")
        elif checking.trouble:
            self._say("✗ check failed", "bad", checking.trouble)
        elif found is None or checking.frame is None:
            self._say(ask, "", TIP)
        elif checking.holds:
            check = found.check
            error = format_number(check.max_relative_error, 1)
            sign, words = ("✓", "checked, ") if check.passed else ("✗", "wrong by ")
            verdict = f"{sign} {error}" if self._short else f"{sign} {words}{error}"
            self._say(verdict, "good" if check.passed else "bad", self._details(found))
        elif checking.frame.step == found.frame.step or checking.frame.probe != found.frame.probe:
            self._say(ask, "", TIP)
        else:
            tip = f"{self._details(found)}\nSince then the numbers have changed: click to check those that are shown."
            sign = "✓" if found.check.passed else "✗"
            words = "step" if self._short else "checked at step"
            self._say(f"{sign} {words} {found.frame.step:,}", "", tip)

    def _details(self, found: Checked) -> str:
        check = found.check
        lines = [summary_of(found), worst_of(found)]
        row = found.row_of(self._key)
        if row is not None:
            ours, reference = (
                format_number(self._factor * found[row], 9) for found in (check.claimed, check.measured)
            )
            name = check.name(row).capitalize()
            lines.append(f"{name}: {ours} by backpropagation, {reference} by {check.method.label}.")
        return "\n".join(lines)

    def _say(self, text: str, tone: str, tip: str) -> None:
        if text != self.text() or tone != self.tone:
            self.tone = tone
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()
        self.setToolTip(tip)

    # ---- Qt

    def _font(self) -> QFont:
        small = QFontInfo(self.font()).pixelSize() - 2
        return theme.digits(self.font(), pixel_size=small, bold=bool(self.tone))

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self._font()).horizontalAdvance(self.text()) + 2 * PADDING, HEIGHT)

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        grounds = {"good": look.good_tint, "bad": look.bad_tint, "": look.tile}
        inks = {"good": look.good, "bad": look.bad, "": look.muted}
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(grounds[self.tone])
            if self.hasFocus() or self.underMouse():
                painter.setPen(QPen(look.accent if self.hasFocus() else look.outline, 1))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
            place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
            painter.setPen(look.text if self.underMouse() and not self.tone else inks[self.tone])
            painter.setFont(self._font())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


def summary_of(found: Checked) -> str:
    """Say in a sentence what was checked, and how."""
    count = len(found.check.errors)
    what = f"{counted(count, 'derivative')} of {probe_name(found.frame)} at step {found.frame.step:,}"
    return f"{what}, checked by {found.check.method.label}."


def worst_of(found: Checked) -> str:
    """Say in a sentence how large the errors are, and what the largest one is of."""
    check = found.check
    allowed = format_number(check.method.tolerance, 1)
    if not check.max_relative_error:
        return f"No relative error at all, allowed {allowed}."
    error = format_number(check.max_relative_error, 3)
    return f"Largest relative error {error}, allowed {allowed}; it is that of {check.worst}."


__all__ = ["GradientChip", "summary_of", "worst_of"]
