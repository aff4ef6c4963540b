"""The hint: one sentence over the picture about what is being done, what was done, or what is missing."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QFontInfo, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.legend import paint_plate
from backprop_gui.ui.speech import say
from backprop_gui.ui.widgets.looks import set_look

NOTE_MS = 9000
"""How long a note about what was done stays."""
WIDEST_PX = 560
MARGINS = QMargins(12, 6, 12, 6)


class Hint(QWidget):
    """Shows the most urgent of three texts: of the gesture under way, of the last edit, of what keeps training away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._gesture = self._note = self._note_tone = self._obstacle = ""
        self._room, self._below = QRect(), True
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setProperty("role", "message")
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGINS)
        row.addWidget(self._label)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(NOTE_MS)
        self._over.timeout.connect(lambda: self.set_note(""))
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty when it is hidden."""
        return "" if self.isHidden() else self._label.text()

    def set_gesture(self, text: str, *, refused: bool = False) -> None:
        """Say what letting go would do, or why it would do nothing; empty when no gesture is under way."""
        known, self._gesture = self._gesture, text
        self._show("bad" if refused else "")
        if text != known:
            say(self, text, urgent=refused)

    def set_note(self, text: str, tone: str = "") -> None:
        """Say for a while what the last edit did beyond what can be seen, or, with tone bad, why there was none."""
        self._note, self._note_tone = text, tone
        if text:
            self._over.start()
        else:
            self._over.stop()
        self._show()
        say(self, text, urgent=tone == "bad")

    def set_obstacle(self, text: str) -> None:
        """Say why the drawing cannot be trained, for as long as it is so."""
        known, self._obstacle = self._obstacle, text
        self._show()
        if text != known:
            say(self, text)

    def _show(self, tone: str = "") -> None:
        text = self._gesture or self._note or self._obstacle
        if not self._gesture:
            tone = self._note_tone if self._note else "warning" if self._obstacle else ""
        set_look(self._label, "tone", tone)
        if text != self._label.text():
            self._label.setText(text)
            self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._place()

    def fit(self, room: QRect, *, below: bool) -> None:
        """Stand in the middle of the lower or, without ``below``, the upper edge of ``room``."""
        self._room, self._below = room, below
        self._place()

    def _place(self) -> None:
        if self.isHidden():
            return
        edge = MARGINS.left() + MARGINS.right()
        most = max(120, min(WIDEST_PX, self._room.width()) - edge)
        # A label that wraps would rather be narrow and tall than as wide as its text.
        width = min(most, self._label.fontMetrics().horizontalAdvance(self._label.text()) + 4)
        height = self._label.heightForWidth(width)
        size = (width + edge, height + MARGINS.top() + MARGINS.bottom())
        top = self._room.bottom() - size[1] + 1 if self._below else self._room.top()
        self.setGeometry(self._room.center().x() - size[0] // 2, top, *size)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_plate(painter, themes.current(), QRectF(self.rect()))


class EmptyGround(QWidget):
    """What stands on an empty canvas: how to begin."""

    LINES = (
        ("Draw a network", 6, 600),
        ("Drag neurons and layers from the palette to here, or press N, L, I or O.", 0, 400),
        (
            "Drag from a neuron’s rim to another to connect them, or press C. Ctrl+N offers ready-made ones.",
            0,
            400,
        ),
    )

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(" ".join(text for text, _, _ in self.LINES))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = themes.current()
        with QPainter(self) as painter:
            base = QFontInfo(self.font()).pixelSize()
            y = self.height() / 2 - 46
            for text, larger, weight in self.LINES:
                font = QFont(self.font())
                font.setPixelSize(base + larger)
                font.setWeight(QFont.Weight(weight))
                painter.setFont(font)
                painter.setPen(theme.text if larger else theme.muted)
                room = QRectF(24, y, self.width() - 48, 60)
                flags = int(
                    Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
                )
                taken = painter.boundingRect(room, flags, text)
                painter.drawText(room, flags, text)
                y = taken.bottom() + 8


__all__ = ["EmptyGround", "Hint"]
