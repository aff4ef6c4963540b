"""The speed of playing: updates a second while it trains, or operations a second while these are the unit of a step."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider

from backprop_gui.ui.microscope import SPEEDS

NOTCHES = 100
FASTEST_SLOW = 1e5
"""Updates a second one notch below the end of the slider, where there is no limit any more."""
FIRST_SPEED = 200.0
"""Updates a second to begin with: fast enough not to wait, slow enough to see the deltas of XOR fade."""


class SpeedSlider(QSlider):
    """One slider for both; each speed is kept while the other one is shown.

    Signals
    -------
    updates_chosen(float)
        Updates a second; infinite at the end.
    operations_chosen(float)
        Operations a second, one of :data:`SPEEDS`.
    """

    updates_chosen = Signal(float)
    operations_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._by_operation = False
        self._place = round((NOTCHES - 1) * math.log(FIRST_SPEED) / math.log(FASTEST_SLOW))
        self._operations = SPEEDS.index(1.0)
        self.setAccessibleName("Speed")
        self.valueChanged.connect(self._moved)
        self._show()

    @property
    def updates_a_second(self) -> float:
        """How fast it trains."""
        if self._place == NOTCHES:
            return math.inf
        # Two significant digits, as a person would choose them.
        return float(f"{FASTEST_SLOW ** (self._place / (NOTCHES - 1)):.1e}")

    @property
    def words(self) -> str:
        """The speed that is shown."""
        return self._written(" updates/s")

    @property
    def short_words(self) -> str:
        """The same where there is little room."""
        return self._written("/s")

    def set_by_operation(self, by_operation: bool) -> None:
        """Show how many operations a second are stepped through, or how many updates are made."""
        self._by_operation = by_operation
        self._show()

    def set_operations(self, a_second: float) -> None:
        """Show another speed of operations, which was chosen elsewhere."""
        self._operations = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - a_second))
        self._show()

    def _show(self) -> None:
        with QSignalBlocker(self):
            self.setRange(0, len(SPEEDS) - 1 if self._by_operation else NOTCHES)
            self.setPageStep(1 if self._by_operation else 10)
            self.setValue(self._operations if self._by_operation else self._place)
        slowest, fastest = f"{SPEEDS[0]:g}", f"{SPEEDS[-1]:g}"
        self.setToolTip(
            f"Speed: from {slowest} to {fastest} operations a second"
            if self._by_operation
            else "Speed: from one update a second to as fast as possible; for operations choose op beside it"
        )

    def _written(self, updates: str) -> str:
        if self._by_operation:
            return f"{SPEEDS[self._operations]:g} op/s"
        speed = self.updates_a_second
        return "full speed" if math.isinf(speed) else f"{speed:,.0f}{updates}"

    def _moved(self, place: int) -> None:
        if self._by_operation:
            self._operations = place
            self.operations_chosen.emit(SPEEDS[place])
        else:
            self._place = place
            self.updates_chosen.emit(self.updates_a_second)


__all__ = ["FASTEST_SLOW", "FIRST_SPEED", "NOTCHES", "SpeedSlider"]
