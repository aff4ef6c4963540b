"""Several low plots over the same time, each with its numbers, and one crosshair through all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Span
from backprop_gui.ui.plots.curve_plot import MARGIN_BOTTOM
from backprop_gui.ui.plots.strip import BARE_PX, Strip
from backprop_gui.ui.plots.strip_head import GAP_PX, LINE_PX, StripHead, Words
from backprop_gui.ui.plots.timeline import KEYS
from backprop_gui.ui.plots.value_axis import Scale

BESIDE_PX, STACKED_PX = 860, 300
"""From this width on strips that are less high than this together stand beside each other."""
HEAD_PX, NARROW_PX = 214, 600
"""Width of the numbers beside a strip; below this width of all they stand above it."""
LEAST_PX = 44
"""Strips that are less high would say nothing: the last ones give way."""
HEAD_TOP_PX = 4


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


__all__ = ["Strips"]
