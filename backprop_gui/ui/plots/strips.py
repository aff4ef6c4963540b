"""Several low plots over the same time, each with its numbers, and one crosshair through all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Span
from backprop_gui.ui import theme
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.plots.curve_plot import MARGIN_BOTTOM
from backprop_gui.ui.plots.strip import BARE_PX, Strip
from backprop_gui.ui.plots.timeline import KEYS
from backprop_gui.ui.plots.value_axis import Scale

BESIDE_PX, STACKED_PX = 860, 300
"""From this width on strips that are less high than this together stand beside each other."""
HEAD_PX, NARROW_PX = 214, 600
"""Width of the numbers beside a strip; below this width of all they stand above it."""
LEAST_PX = 44
"""Strips that are less high would say nothing: the last ones give way."""
LINE_PX, LOWEST_LINE_PX, SAMPLE_PX, HEAD_TOP_PX = 17, 14, 10, 4
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


class Strips(QWidget):
    """Strips above each other on one axis of time, or beside each other where there is no height for that.

    Attributes
    ----------
    heads, strips : lists
        Of each number that is shown over time.
    index : int
        The record under the crosshair; -1 for none.

    Signals
    -------
    reading(int)
        The record under the crosshair, or -1 when there is none.
    picked(int)
        A record was clicked, or chosen with Enter.
    sought(float), stepped(bool)
        As those of :class:`TimelinePlot`.
    """

    reading = Signal(int)
    picked = Signal(int)
    sought = Signal(float)
    stepped = Signal(bool)

    def __init__(self, count: int, colors: Sequence[tuple[str, bool]]) -> None:
        """Make ``count`` strips with a curve of each (name of a theme colour, whether it is dashed)."""
        super().__init__()
        self.heads = [StripHead(colors) for _ in range(count)]
        self.strips = [Strip(list(colors)) for _ in range(count)]
        self.index = -1
        for head, strip in zip(self.heads, self.strips, strict=True):
            head.setParent(self)
            strip.setParent(self)
            strip.reading.connect(self._read)
            strip.picked.connect(self.picked)
            strip.sought.connect(self.sought)
            strip.stepped.connect(self.stepped)
            strip.setAccessibleDescription(
                "The left and right arrow keys move a crosshair from moment to moment; Esc removes it, Enter goes to "
                f"the moment there. {KEYS}"
            )
        for strip in self.strips[1:]:
            # One crosshair goes through all of them.
            strip.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    # ---- what it shows

    def show_curves(self, epochs: Array, series: Sequence[Sequence[Array]]) -> None:
        """Draw the curves of each strip, (moments,) each."""
        for strip, curves in zip(self.strips, series, strict=True):
            strip.show_curves(epochs, curves, Scale.LINEAR)

    def show_words(self, words: Sequence[Words], names: Sequence[str], values: Array) -> None:
        """Name the strips, and show their numbers, (strips, curves)."""
        for head, strip, each, numbers in zip(self.heads, self.strips, words, values.tolist(), strict=True):
            head.show_words(each, names, numbers)
            strip.setAccessibleName(f"{each.title} over time")

    def show_moment(self, span: Span, epoch: float, text: str, *, past: bool) -> None:
        """Mark the moment that is shown, which is called ``text``, and what can be gone to."""
        for strip in self.strips:
            strip.show_span(span, epoch if past else None)
            strip.show_now(epoch, text)

    @property
    def allows(self) -> bool:
        """Whether the last picture has been paid for by waiting."""
        return all(strip.budget.allows() for strip in self.strips)

    def _read(self, index: int) -> None:
        if index == self.index:
            return
        self.index = index
        for strip in self.strips:
            strip.read(index)
        self.reading.emit(index)

    # ---- where they stand

    @property
    def stacked(self) -> bool:
        """Whether they stand above each other."""
        return self.width() < BESIDE_PX or self.height() >= STACKED_PX

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        stacked, height = self.stacked, self.height()
        # The last one has the axis of all above it, and the same height for its curves as they have.
        axis = MARGIN_BOTTOM - BARE_PX if stacked else 0
        room = min(len(self.strips), max(1, (height - axis) // LEAST_PX)) if stacked else len(self.strips)
        for place, (head, strip) in enumerate(zip(self.heads, self.strips, strict=True)):
            head.setVisible(place < room)
            strip.setVisible(place < room)
            strip.stand(stacked=stacked, last=place == room - 1)
            if stacked:
                self._stack(head, strip, place, (height - axis) // room, axis if place == room - 1 else 0)
            else:
                each = (self.width() + GAP_PX) // room
                head.setGeometry(place * each, 0, each - GAP_PX, LINE_PX)
                strip.setGeometry(place * each, LINE_PX, each - GAP_PX, height - LINE_PX)

    def _stack(self, head: StripHead, strip: Strip, place: int, each: int, below: int) -> None:
        """Put the strip at ``place`` below those before it, with its numbers beside or above it."""
        width, top = self.width(), place * each
        if width < NARROW_PX:
            head.setGeometry(0, top, width, LINE_PX)
            strip.setGeometry(0, top + LINE_PX, width, each - LINE_PX + below)
        else:
            head.setGeometry(0, top + HEAD_TOP_PX, HEAD_PX - GAP_PX, each - HEAD_TOP_PX)
            strip.setGeometry(HEAD_PX, top, width - HEAD_PX, each + below)


__all__ = ["NO_NUMBER", "StripHead", "Strips", "Words"]
