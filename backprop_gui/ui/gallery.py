"""The gallery: what a new project can begin with, as pictures. It stands under File > New and at the first start."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from backprop_gui.project import templates
from backprop_gui.ui import theme
from backprop_gui.ui.network_thumbnail import draw_network
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.widgets.cards import GAP, Card, Cards
from backprop_gui.ui.widgets.column import muted

LARGEST = QSize(940, 740)
EDGE = 22
WELCOMED = "welcomed"
"""The setting that says that somebody has seen the gallery."""


class Gallery(Overlay):
    """Chooses a template.

    Signals
    -------
    chosen(str)
        The template's name, after the gallery has gone.
    """

    chosen = Signal(str)

    def __init__(self, window: QWidget, title: str = "New project") -> None:
        super().__init__(window, title, LARGEST)
        heading = QLabel(title)
        heading.setProperty("role", "number")
        found = templates.templates().values()
        self.cards = Cards([Card(t.name, t.title, t.about) for t in found], self._picture)
        self.cards.setAccessibleName("Templates")
        self.cards.mark(templates.FIRST)
        self.cards.chosen.connect(self._choose)
        cancel = QPushButton("Cancel")
        cancel.setToolTip("Keep what is open (Esc)")
        cancel.clicked.connect(self.leave)
        self.begin = QPushButton("Begin")
        self.begin.setProperty("role", "primary")
        self.begin.setToolTip("Begin with what is marked (Enter)")
        self.begin.clicked.connect(lambda: self._choose(self.cards.current))
        top = QVBoxLayout()
        top.setContentsMargins(EDGE, EDGE - 4, EDGE, 12)
        top.setSpacing(2)
        top.addWidget(heading)
        top.addWidget(muted("Begin with one of these. Everything in it can be changed."))
        middle = QHBoxLayout()
        # Each card brings the gap on its right.
        middle.setContentsMargins(EDGE, 0, max(0, EDGE - GAP), 0)
        middle.addWidget(self.cards)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(EDGE, 12, EDGE, EDGE - 6)
        bottom.setSpacing(8)
        bottom.addWidget(
            muted("Arrow keys or the first letters move, Enter begins, Esc cancels", "caption"), 1
        )
        bottom.addWidget(cancel)
        bottom.addWidget(self.begin)
        self.body.addLayout(top)
        self.body.addLayout(middle, 1)
        self.body.addLayout(bottom)

    def _picture(self, name: str, size: QSize, ratio: float) -> QPixmap:
        return draw_network(templates.load(name).network, size, ratio, theme.current(), self.font())

    def _choose(self, name: str) -> None:
        self.leave()
        if name:
            self.chosen.emit(name)


def is_first_start() -> bool:
    """Return whether nobody has seen the gallery yet, and note that somebody has now."""
    settings = QSettings()
    # Geometry is what closing a window leaves behind.
    first = not (settings.contains(WELCOMED) or settings.contains("geometry"))
    settings.setValue(WELCOMED, True)
    return first


__all__ = ["Gallery", "is_first_start"]
