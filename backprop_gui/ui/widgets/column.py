"""The column that a side panel is: sections below each other, scrolled only when there is no room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from backprop_gui.ui.widgets.wrapped import Wrapped

MARGIN = 14
SPACING = 8
SECTION_GAP = 12
"""Extra room above a heading."""


def heading(text: str) -> QLabel:
    """Return the heading of a section, in capitals."""
    label = QLabel(text.upper())
    label.setProperty("role", "heading")
    label.setAccessibleName(text)
    return label


def muted(text: str = "", role: str = "muted") -> QLabel:
    """Return grey text; ``role`` ``caption`` makes it small and lets it wrap."""
    label = Wrapped(text) if role == "caption" else QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


class _Inside(QWidget):
    """Tells when something in it came, went or changed its size."""

    arranged = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.arranged.emit()
        return super().event(event)


class Column(QScrollArea):
    """A vertical layout with the panel's margins that scrolls when it is higher than its place.

    ``fitting`` makes it ask for exactly the height of its content, so that something else can take the rest.

    Signals
    -------
    arranged()
        Something in it came, went or changed its size.
    """

    arranged = Signal()

    def __init__(self, *, fitting: bool = False, top: int = MARGIN // 2, bottom: int = MARGIN) -> None:
        super().__init__()
        self._fitting = fitting
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = _Inside()
        inside.arranged.connect(self._arranged)
        inside.arranged.connect(self.arranged)
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(MARGIN, top, MARGIN, bottom)
        self.body.setSpacing(SPACING)
        self.setWidget(inside)
        if fitting:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)

    def section(self, text: str) -> None:
        """Begin a section."""
        if self.body.count():
            self.body.addSpacing(SECTION_GAP)
        self.body.addWidget(heading(text))

    def _arranged(self) -> None:
        # A scroll area does not ask for another height when its content does.
        if self._fitting:
            self.updateGeometry()

    def _make_room(self, low: int, high: int) -> None:
        # The bar stands in the margin, so that nothing moves when it comes or goes.
        bar = self.verticalScrollBar().sizeHint().width() if high > low else 0
        margins = self.body.contentsMargins()
        margins.setRight(max(2, MARGIN - bar))
        self.body.setContentsMargins(margins)

    def sizeHint(self) -> QSize:
        inside = self.widget()
        layout = None if inside is None else inside.layout()
        if not self._fitting or layout is None:
            # Little, so that it is the first to give way and takes what is left over.
            return QSize(240, 160)
        width = max(self.viewport().width(), layout.minimumSize().width())
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        return QSize(width, max(height, layout.minimumSize().height()))

    def minimumSizeHint(self) -> QSize:
        inside = self.widget()
        width = inside.minimumSizeHint().width() if inside is not None else 0
        # As much as without the bar, which takes its room from the margin.
        return QSize(width + MARGIN - self.body.contentsMargins().right(), 80)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arranged()


__all__ = ["MARGIN", "SECTION_GAP", "SPACING", "Column", "heading", "muted"]
