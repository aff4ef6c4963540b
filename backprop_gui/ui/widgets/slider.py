"""A slider under its caption and value, as in the sketch of the window."""

from __future__ import annotations

import itertools
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from backprop_gui.ui import theme

MOVED_MS = 100
"""How often a drag is told of at most: what follows from a value, such as other data, can take that long."""
PAUSE_SECONDS = 1.0
"""After so long without a key, the next one begins another gesture."""

_gestures = itertools.count()


class StillSlider(QSlider):
    """A horizontal slider that a turning wheel scrolls past instead of moving."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class LabelledSlider(QWidget):
    """A number out of a row of stops.

    Signals
    -------
    moved(float, str)
        The value a person moved it to, and a key that is the same throughout one gesture, to merge undo steps by.
    """

    moved = Signal(float, str)

    def __init__(
        self,
        caption: str,
        stops: Sequence[float],
        tip: str,
        write: Callable[[float], str],
        *,
        editor: QWidget | None = None,
    ) -> None:
        """``stops`` ascend; ``write`` makes the text of the value, unless an ``editor`` shows it instead."""
        super().__init__()
        self._stops, self._write = stops, write
        self._gesture, self._last_change, self._silent = "", 0.0, False
        label = QLabel(caption)
        label.setProperty("role", "muted")
        label.setToolTip(tip)
        self.slider = StillSlider()
        self.slider.setRange(0, len(stops) - 1)
        self.slider.setPageStep(max(1, len(stops) // 10))
        self.slider.setAccessibleName(caption)
        self.slider.setToolTip(tip)
        # With an editor it is never laid out: as a child it goes all the same when the slider does.
        self._text = QLabel(self)
        self._text.setVisible(editor is None)
        self._text.setFont(theme.digits(self._text.font()))
        self._text.setProperty("role", "muted")
        label.setBuddy(self.slider)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.addWidget(label, 0, 0)
        grid.addWidget(editor or self._text, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        self._timer = QTimer(self, singleShot=True, interval=MOVED_MS)
        self._timer.timeout.connect(self._tell)
        self.slider.sliderPressed.connect(self._new_gesture)
        self.slider.sliderReleased.connect(self._flush)
        self.slider.valueChanged.connect(self._changed)

    def set_value(self, value: float) -> None:
        """Show ``value`` without a signal; the handle stands at the nearest stop."""
        self._show(value)
        if self.slider.isSliderDown():
            return
        after = min(bisect_left(self._stops, value), len(self._stops) - 1)
        before = max(0, after - 1)
        nearest = min(after, before, key=lambda index: abs(self._stops[index] - value))
        self._silent = True
        self.slider.setValue(nearest)
        self._silent = False

    def _show(self, value: float) -> None:
        text = self._write(value)
        if text != self._text.text():
            self._text.setText(text)

    def _new_gesture(self) -> None:
        self._gesture = f"{next(_gestures)}"

    def _changed(self, index: int) -> None:
        if self._silent:
            return
        self._show(self._stops[index])
        if self.slider.isSliderDown():
            if not self._timer.isActive():
                self._timer.start()
            return
        now = time.monotonic()
        if now - self._last_change > PAUSE_SECONDS:
            self._new_gesture()
        self._last_change = now
        self._tell()

    def _flush(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._tell()

    def _tell(self) -> None:
        self.moved.emit(self._stops[self.slider.value()], self._gesture)


__all__ = ["LabelledSlider"]
