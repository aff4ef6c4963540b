"""The panel "Breakpoints": at what training stops by itself, each condition with its bound."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from backprop_gui.engine.breakpoints import BREAKPOINTS, Breakpoint, BreakpointKind
from backprop_gui.project import Project
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.widgets.column import MARGIN, Column, muted
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.number_field import NumberField

FIELD_PX, INDENT_PX = 72, 24
NO_CLASSES = "This data has no classes, so that no answer is right or wrong."
ALWAYS = "This always stops training: there would be nothing to go on with."
ABOUT = (
    "Training stops at exactly the update that meets a condition. Going on does not stop for it again before it has "
    "been over. Breakpoints are not saved, and another project begins without any."
)
NONE_HERE = "The breakpoints are off: they were those of the project that was open before."


class _Row(QWidget):
    """One condition: whether it is watched for, and its bound.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, kind: BreakpointKind) -> None:
        super().__init__()
        self.kind = kind
        tip = f"{kind.about}\nIt is looked at {kind.when.value}."
        self.box = QCheckBox(kind.label)
        self.box.setToolTip(tip)
        self.box.setAccessibleDescription(kind.about)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.box.pressed.connect(self._pressed)
        self.box.toggled.connect(self.changed)
        name = f"{kind.label.lower()}: bound"
        self.field = NumberField(name, kind.low, kind.high, tip, whole=kind.whole)
        self.field.setFixedWidth(FIELD_PX)
        self.field.set_value(kind.default)
        self.field.entered.connect(self._enter)
        message = Message()
        self.field.problem.connect(message.say)
        sentence = QHBoxLayout()
        sentence.setSpacing(6)
        before, behind = kind.words
        if before:
            sentence.addWidget(muted(before))
        sentence.addWidget(self.field)
        if behind:
            sentence.addWidget(muted(behind))
        sentence.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, INDENT_PX)
        grid.setHorizontalSpacing(0)
        grid.addWidget(self.box, 0, 0, 1, 2)
        grid.addLayout(sentence, 1, 1)
        grid.addWidget(message, 2, 1)
        grid.setColumnStretch(1, 1)

    def _pressed(self) -> None:
        # Of two boxes Space must not mean the one that was not clicked.
        focus = QApplication.focusWidget()
        if isinstance(focus, QCheckBox) and focus is not self.box:
            focus.clearFocus()

    @property
    def breakpoint(self) -> Breakpoint:
        """What the row says."""
        return Breakpoint(self.kind.name, self.field.value, self.box.isChecked())

    def _enter(self, bound: float) -> None:
        # Whoever writes a bound wants it watched for.
        if self.box.isChecked():
            self.changed.emit()
        else:
            self.box.setChecked(True)


class BreakpointsPanel(PanelWidget):
    """Switches conditions on and off; they hold for the project that is open, whatever is drawn in it.

    Signals
    -------
    dropped()
        Some were on, and are not because another project was opened.
    """

    dropped = Signal()

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.rows = {kind.name: _Row(kind) for kind in BREAKPOINTS.values()}
        always = QCheckBox("A number is not finite")
        always.setChecked(True)
        always.setEnabled(False)
        always.setToolTip(ALWAYS)
        always.setAccessibleDescription(ALWAYS)
        column = Column()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(column)
        column.section("Stop training when")
        for row in self.rows.values():
            column.body.addWidget(row)
            row.changed.connect(self._choose)
        column.body.addWidget(always)
        there = muted("always", role="caption")
        there.setContentsMargins(INDENT_PX, 0, 0, 0)
        column.body.addWidget(there)
        column.body.addSpacing(MARGIN // 2)
        column.body.addWidget(muted(ABOUT, role="caption"))
        column.body.addStretch(1)
        self.setFocusProxy(next(iter(self.rows.values())).box)

    def sync(self, old: Project | None, new: Project) -> None:
        """Offer what has a meaning with the data there is; none is on in another project."""
        if old is None:
            self._drop()
        classes = bool(self.lab.document.prepared.dataset.class_names)
        for row in self.rows.values():
            possible = classes or not row.kind.needs_classes
            row.setEnabled(possible)
            row.setToolTip("" if possible else NO_CLASSES)

    def _drop(self) -> None:
        boxes = [row.box for row in self.rows.values() if row.box.isChecked()]
        for box in boxes:
            # The player knows already.
            with QSignalBlocker(box):
                box.setChecked(False)
        if boxes:
            self.dropped.emit()

    def _choose(self) -> None:
        self.lab.player.watch_for([row.breakpoint for row in self.rows.values()])


add_panel(
    Panel(
        "breakpoints",
        "Breakpoints",
        BreakpointsPanel,
        Qt.DockWidgetArea.RightDockWidgetArea,
        5,
        tab_with="learned",
        shown=False,
    )
)

__all__ = ["ALWAYS", "NONE_HERE", "NO_CLASSES", "BreakpointsPanel"]
