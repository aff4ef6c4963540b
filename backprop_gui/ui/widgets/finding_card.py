"""One finding as a card: what was found, why it is so, what to do, and a button that shows it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from backprop_gui.engine.findings import Finding, Severity
from backprop_gui.network import Network
from backprop_gui.ui import theme
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.wrapped import Wrapped

ICON_PX = 16
TONES = {Severity.STOPS: "bad", Severity.HINDERS: "warning"}
WORDS = {Severity.STOPS: "stops learning", Severity.HINDERS: "hinders learning"}


class FindingCard(QFrame):
    """Shows one finding at a time.

    Signals
    -------
    asked(Finding)
        "Show me" was pressed.
    """

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.finding: Finding | None = None
        self._icon = QLabel()
        self.title = QLabel()
        self.title.setProperty("role", "value")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        # A long name of a layer must not keep the panel from becoming narrow.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._severity = muted()
        self.why = QPushButton("Why?")
        self.why.setCheckable(True)
        self.show_me = QPushButton("Show me")
        self.show_me.setToolTip("Select it in the picture, in the view and for the example that show it best")
        for button in (self.why, self.show_me):
            # A click leaves the keyboard where it was, so that Space still plays and pauses.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.text, self.reason, self.remedy = Wrapped(), Wrapped(), Wrapped()
        self.reason.setProperty("role", "muted")
        for label in (self.text, self.reason, self.remedy):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.why.toggled.connect(self._unfold)
        self.show_me.clicked.connect(self._ask)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self.title, 1)
        head.addWidget(self._severity)
        head.addWidget(self.why)
        head.addWidget(self.show_me)
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 8, 10, 10)
        body.setSpacing(5)
        body.addLayout(head)
        for label in (self.text, self.reason, self.remedy):
            body.addWidget(label)
        self._unfold(False)
        theme.notifier.changed.connect(self._dress)

    def show_finding(self, finding: Finding, network: Network) -> None:
        """Show ``finding``, with the names of neurons as they are drawn."""
        same_kind = self.finding is not None and self.finding.kind == finding.kind
        self.finding = finding
        self.title.setText(as_drawn(finding.title, network))
        self.title.setToolTip(self.title.text())
        self._severity.setText(WORDS[finding.severity])
        self.text.setText(as_drawn(finding.text, network))
        self.reason.setText(f"Why: {finding.why}")
        self.remedy.setText(f"What to do: {finding.remedy}")
        self.setAccessibleName(f"{self.title.text()}, {WORDS[finding.severity]}")
        self.setAccessibleDescription(self.text.text())
        self.show_me.setAccessibleName(f"Show me: {self.title.text()}")
        if not same_kind:
            self.why.setChecked(False)
        self._unfold(self.why.isChecked())
        self._dress()

    def _unfold(self, unfolded: bool) -> None:
        self.reason.setVisible(unfolded)
        self.why.setAccessibleName(f"Why: {self.title.text()}")
        self.why.setToolTip("Hide the reason" if unfolded else "Say why that is so")

    def _ask(self) -> None:
        self.asked.emit(self.finding)

    def _dress(self) -> None:
        if self.finding is not None:
            icon = theme.icon("triangle-alert", TONES[self.finding.severity])
            self._icon.setPixmap(icon.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))


__all__ = ["FindingCard"]
