"""Hiding weak edges: a slider that floats up, and the line above the legend that says how many are hidden."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from backprop_gui.ui.numbers import format_number
from backprop_gui.ui.widgets.slider import LabelledSlider

PERCENT = (*range(7), 8, 10, 12, 15, 18, 21, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
SHARES = tuple(n / 100 for n in PERCENT)
"""Stops of the slider, as shares of the scale; finer where most weights are."""


class WeakEdges(QPushButton):
    """Says on the canvas that edges are hidden; pressed, it leads to the slider.

    Signals
    -------
    chosen(float)
        Edges whose size is below this share of the scale are to be hidden.
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._share, self._limit = 0.0, 0.0
        self.setFlat(True)
        self.setAccessibleName("Hidden edges")
        self.setToolTip(
            "Weak edges are hidden from the picture, but the network computes with them. Click to choose."
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.popup = QFrame(self, Qt.WindowType.Popup)
        self.popup.setAccessibleName("Hide weak edges")
        self.popup.setFrameShape(QFrame.Shape.StyledPanel)
        self.slider = LabelledSlider(
            "Hide edges", SHARES, "Edges below this size are left out, unless they are selected.", self._words
        )
        self.slider.setMinimumWidth(230)
        QVBoxLayout(self.popup).addWidget(self.slider)
        self.slider.moved.connect(lambda share, _: self.chosen.emit(share))
        self.hide()

    def tell(self, hidden: int, count: int, share: float, limit: float) -> bool:
        """Say that ``hidden`` of ``count`` edges are; return whether it appeared or went.

        Parameters
        ----------
        share, limit : float
            Which share of the scale's end hides them, and that end; 0 where each layer has its own.
        """
        self._share, self._limit = share, limit
        self.slider.set_value(share)
        self.setAccessibleDescription(f"Edges hidden: {self._words(share)}")
        text = f"{hidden:,} of {count:,} edges hidden"
        if text != self.text():
            self.setText(text)
            self.adjustSize()
        seen = share > 0 and count > 0
        changed = seen == self.isHidden()
        self.setVisible(seen)
        return changed

    def _words(self, share: float) -> str:
        if share <= 0:
            return "none"
        if self._limit <= 0:
            return f"with |w| below {share:.0%} of the scale"
        return f"with |w| below {format_number(share * self._limit, 2)}"

    def open(self, at: QPoint) -> None:
        """Show the slider at a place of the screen."""
        self.popup.move(at)
        self.popup.show()
        self.slider.slider.setFocus()


__all__ = ["WeakEdges"]
