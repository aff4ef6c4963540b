"""The bar over the picture while the past is looked at: which moment it is, and the ways out."""

from __future__ import annotations

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Network
from backprop_gui.ui import theme
from backprop_gui.ui.speech import say
from backprop_gui.ui.widgets.elided import ElidedLabel

ELSEWHERE = (
    "What is drawn here was another drawing than the present one; it can be looked at, but not edited."
)


class _Words(ElidedLabel):
    """A text, or a shorter one where there is no room for it."""

    def __init__(self) -> None:
        super().__init__()
        self.long = self._short = self._tip = ""

    def set_texts(self, long: str, short: str, tip: str) -> None:
        self.long, self._short, self._tip = long, short, tip
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.long) <= self.width()
        self.setText(self.long if fits else self._short)
        self.setToolTip(self._tip)


class PastBar(QFrame):
    """Says that what is shown is past, on a ground of its own."""

    def __init__(self, continue_: QAction, now: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("past")
        self._text = _Words()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        for action, role in ((continue_, "primary"), (now, "")):
            button = QPushButton(action.text())
            button.setProperty("role", role)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        theme.notifier.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty when it is hidden."""
        return "" if self.isHidden() else self._text.long

    def show_frame(self, frame: Frame, present: Network) -> None:
        """Say which moment ``frame`` is, if it is one of the past; ``present`` is what is drawn now."""
        if not frame.past:
            self.hide()
            return
        span = frame.span
        epoch = f"{frame.epoch:,.0f}" if frame.epoch == int(frame.epoch) else f"{frame.epoch:,.2f}"
        step, more = f"step {frame.step:,} of {span.last_step:,}", ""
        if frame.step == span.first_step and span.first_step > 0:
            more = " · the timeline begins here"
        if frame.plan.network is not present:
            more += " · another drawing"
        text = f"Looking at {step} (epoch {epoch}){more}"
        tip = f"{text}\n{ELSEWHERE}" if frame.plan.network is not present else text
        self._text.set_texts(text, f"{step.capitalize()}{more}", tip)
        self.setAccessibleName(text)
        if self.isHidden():
            self.show()
            say(self, f"{text}. Training stands still.")

    def _dress(self) -> None:
        now = theme.current()
        self.setStyleSheet(
            f"#past {{ background: {now.warning_tint.name()}; border: none; "
            f"border-bottom: 1px solid {now.warning.name()}; }} #past QLabel {{ color: {now.warning.name()}; "
            "font-weight: 600; }"
        )


__all__ = ["ELSEWHERE", "PastBar"]
