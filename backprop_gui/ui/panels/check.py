"""The gradient check: its verdict, every derivative with its error, and one derivative checked by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton

from backprop_gui.engine.frame import Frame
from backprop_gui.network import Key
from backprop_gui.project import Project
from backprop_gui.ui.gradient_chip import summary_of, worst_of
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.nudge_view import NudgeView
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.widgets.column import Column, muted
from backprop_gui.ui.widgets.derivatives import DerivativesTable
from backprop_gui.ui.widgets.looks import set_look

VERDICT_PX, NUDGE_PX = 250, 470
NARROW_PX = 1150
NARROW_VERDICT_PX, NARROW_NUDGE_PX = 236, 390
FINE_STEPS = 1000
NOT_YET = (
    "Compares every derivative on the screen with one found from the loss alone, without backpropagation, for the "
    "example that is shown."
)


class CheckPanel(PanelWidget):
    """Shows the window's check (see :class:`Checking`) and starts it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Gradient check")
        self.verdict = QLabel()
        self.verdict.setProperty("role", "chip")
        self.words = muted(NOT_YET, "caption")
        self.button = QPushButton("Check now")
        self.button.clicked.connect(lab.checking.toggle)
        self.on_picture = QPushButton("Show on the picture")
        self.on_picture.setToolTip(
            "Colour every edge and neuron by the error of its derivative, or no longer (4)"
        )
        self.on_picture.setAccessibleName("Show the errors on the picture")
        self.on_picture.clicked.connect(lab.checking.picture_wanted)
        self.progress = QProgressBar()
        self.progress.setRange(0, FINE_STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Share of the derivatives that are checked")
        self._left = Column(top=8, bottom=6)
        body = self._left.body
        head = QHBoxLayout()
        head.addWidget(self.verdict)
        head.addStretch(1)
        head.addWidget(self.button)
        body.addLayout(head)
        body.addWidget(self.progress)
        body.addWidget(self.on_picture)
        body.addWidget(self.words)
        body.addStretch(1)
        self.table = DerivativesTable()
        self.table.picked.connect(self._pick)
        self.nudge = NudgeView()
        self._right = Column(top=8, bottom=6)
        self._right.body.addWidget(self.nudge, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        # The panel may be narrower than its parts: it is the window that says how narrow.
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self._left)
        row.addWidget(self.table, 1)
        row.addWidget(self._right)
        self.setMinimumSize(210, 100)
        self._share_room()
        self._left.arranged.connect(self._share_room)
        lab.checking.changed.connect(self._report)
        lab.checking.progressed.connect(self._progress)
        lab.selection.changed.connect(self._select)
        self._report()

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        if self.lab.document.obstacle is not None:
            self.nudge.follow(None, None)
        elif old is not None and old.conventions != new.conventions:
            self._report()
            self._select()

    def show_frame(self, frame: Frame) -> None:
        if self.isVisible():
            self.lab.checking.follow(frame)
            self._word()
            self.nudge.follow(frame, self.lab.selection.current, self.lab.document.project.conventions)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._report()
        self._select()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    # ---- inside

    def _share_room(self) -> None:
        narrow = self.width() < NARROW_PX
        # Never so narrow that the button is cut off.
        least = self._left.minimumSizeHint().width()
        self._left.setFixedWidth(max(least, NARROW_VERDICT_PX if narrow else VERDICT_PX))
        self._right.setFixedWidth(NARROW_NUDGE_PX if narrow else NUDGE_PX)

    def _pick(self, key: Key) -> None:
        self.lab.selection.set(frozenset([key]), key)

    def _select(self) -> None:
        if self.isVisible():
            key = self.lab.selection.current
            self.table.mark(key)
            self.nudge.follow(self.lab.player.frame, key, self.lab.document.project.conventions)

    def _progress(self, share: float) -> None:
        self.progress.setValue(round(share * FINE_STEPS))

    def _report(self) -> None:
        """Show what is known of the check now."""
        checking = self.lab.checking
        self.progress.setVisible(checking.busy)
        self.progress.setValue(0)
        self.button.setText("Cancel" if checking.busy else "Check now")
        self.button.setToolTip("Give up the check" if checking.busy else "Check all derivatives (Ctrl+G)")
        shown = checking.on_picture
        self.on_picture.setText("Hide on the picture" if shown else "Show on the picture")
        if not self.isVisible():
            return
        self._word()
        if not checking.busy:
            factor = self.lab.document.project.conventions.factor
            self.table.show_check(None if checking.found is None else checking.found.check, factor)
            self.table.mark(self.lab.selection.current)

    def _word(self) -> None:
        checking, found = self.lab.checking, self.lab.checking.found
        if checking.busy:
            verdict, tone, words = "Checking …", "", NOT_YET
        elif checking.trouble:
            verdict, tone, words = "✗ No check", "bad", checking.trouble
        elif found is None:
            verdict, tone, words = "Not checked", "", NOT_YET
        else:
            passed = found.check.passed
            verdict, tone = ("✓ Passed", "good") if passed else ("✗ Failed", "bad")
            words = as_drawn(f"{summary_of(found)} {worst_of(found)}", found.frame.plan.network)
            if not checking.holds:
                tone, words = "", f"The numbers have changed since. {words}"
        if (verdict, words) != (self.verdict.text(), self.words.text()):
            self.verdict.setText(verdict)
            self.words.setText(words)
        set_look(self.verdict, "tone", tone)


add_panel(
    Panel(
        "check",
        "Check",
        CheckPanel,
        area=Qt.DockWidgetArea.BottomDockWidgetArea,
        order=2,
        pace=Pace.NUMBERS,
        tab_with="loss",
    )
)
