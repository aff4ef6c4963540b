"""The numbers beside a strip: its name and, exactly, what each of its curves is worth at one moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_exact

LINE_PX, LOWEST_LINE_PX, SAMPLE_PX = 17, 14, 10
GAP_PX = 12
MIDDLE = Qt.AlignmentFlag.AlignVCenter
NO_NUMBER = "—"


@dataclass(frozen=True, slots=True)
class Words:
    """What a strip is called, in words and where there is no room for them, and what it shows in a sentence."""

    title: str
    short: str
    tip: str


class StripHead(QWidget):
    """The name of a strip and, as far as there is room, the exact number of each of its curves."""

    def __init__(self, colors: Sequence[tuple[str, bool]]) -> None:
        super().__init__()
        self._colors = colors
        self._words = Words("", "", "")
        self._names: Sequence[str] = ()
        self._numbers: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        theme.notifier.changed.connect(self.update)

    @property
    def title(self) -> str:
        """What the strip is called."""
        return self._words.title

    @property
    def numbers(self) -> tuple[str, ...]:
        """The exact numbers of its curves."""
        return tuple(self._numbers)

    def show_words(self, words: Words, names: Sequence[str], values: Sequence[float]) -> None:
        """Show ``values``, one for each of ``names``; NaN is none."""
        numbers = [NO_NUMBER if math.isnan(value) else format_exact(value) for value in values]
        if (words, names, numbers) == (self._words, self._names, self._numbers):
            return
        self._words, self._names, self._numbers = words, names, numbers
        read = [f"{name}: {number}" for name, number in zip(names, numbers, strict=True)]
        self.setAccessibleName(f"{words.title}, {', '.join(read)}")
        self.setToolTip("\n".join([words.tip, *read]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setPen(theme.current().text)
        painter.setFont(theme.digits(self.font(), bold=True))
        # One line: the number of a single curve stands behind the name.
        one_line = self.height() < 2 * LINE_PX
        number = self._numbers[0] if one_line and len(self._numbers) == 1 else ""
        needed = self.fontMetrics().horizontalAdvance(number) + GAP_PX
        title, metrics = self.title, painter.fontMetrics()
        if metrics.horizontalAdvance(title) + needed > self.width():
            title = self._words.short
        painter.drawText(QRectF(0, 0, self.width(), LINE_PX), MIDDLE, title)
        painter.setFont(theme.digits(self.font()))
        painter.setPen(theme.current().muted)
        if one_line:
            left = metrics.horizontalAdvance(title) + GAP_PX
            shown = painter.fontMetrics().elidedText(
                number, Qt.TextElideMode.ElideRight, max(0, self.width() - left)
            )
            painter.drawText(QRectF(left, 0, self.width() - left, LINE_PX), MIDDLE, shown)
        else:
            self._paint_numbers(painter)

    def _paint_numbers(self, painter: QPainter) -> None:
        """Write the numbers below each other, behind a piece of their lines where there are several."""
        left = SAMPLE_PX + 6 if len(self._numbers) > 1 else 0
        line = max(LOWEST_LINE_PX, min(LINE_PX, (self.height() - LINE_PX) // max(1, len(self._numbers))))
        y = LINE_PX
        for number, (color, _) in zip(self._numbers, self._colors, strict=False):
            if y + line > self.height():
                return
            if left:
                painter.fillRect(QRectF(0, y + line // 2 - 1, SAMPLE_PX, 2), getattr(theme.current(), color))
            painter.drawText(QRectF(left, y, self.width() - left, line), MIDDLE, number)
            y += line


__all__ = ["GAP_PX", "LINE_PX", "NO_NUMBER", "StripHead", "Words"]
