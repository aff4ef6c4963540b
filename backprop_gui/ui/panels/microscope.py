"""The panel "Microscope": one training step operation by operation, with its arithmetic and the reasons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QSpinBox,
    QSplitter,
    QToolButton,
    QVBoxLayout,
)

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.order import Pace as Step
from backprop_gui.network import Key
from backprop_gui.numerals import EXACT_DIGITS, FEWEST_DIGITS, counted
from backprop_gui.project import Project
from backprop_gui.ui import theme
from backprop_gui.ui.microscope import SPEEDS
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.player import State
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.operation_list import OperationList
from backprop_gui.ui.widgets.operation_reader import OperationReader

LIST_PX, NARROW_LIST_PX = 264, 216
NARROW_PX = 640
"""Below this width the speed and the number of the operation step back."""
ROOMY_PX = 1100
"""Below this width the list gives way to what is read."""
INVITATION = "Look at one training step, number by number"
HOW = "Press ▶ to watch it, the arrows (F4, Shift+F4) to step through it, or click an operation in the list."
RUNNING = "Training runs. Pause it (Space) to look at one step of it."
LISTING = "The operations of this large network are being listed …"
WAITING = "There is nothing to calculate yet: the network has to be drawn to its end first."


class MicroscopePanel(PanelWidget):
    """Lists the operations of a training step, and shows one of them with all its arithmetic."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Microscope")
        scope = self.scope = lab.microscope
        self._shown: tuple[object, ...] | None = None
        self.list = OperationList()
        self.list.wanted.connect(scope.go)
        self.reader = OperationReader()
        self.reader.pointed.connect(scope.point)
        scope.pointed.connect(self._light)
        self._buttons = {
            "first": _button("skip-back", "First operation of the step"),
            "previous": _button("chevron-left", "Operation before (Shift+F4)"),
            "play": _button("play", "Play: go on by itself"),
            "next": _button("chevron-right", "Next operation (F4); after the last one the update is made"),
            "last": _button("skip-forward", "Last operation of the step"),
        }
        for name, button in self._buttons.items():
            button.clicked.connect(getattr(scope, "toggle" if name == "play" else name))
        self.pace = Segmented(
            [
                (Step.OPERATION, "operation", "One sum, activation, delta, gradient or update at a time"),
                (Step.NEURON, "neuron", "All operations of a neuron at a time"),
                (Step.LAYER, "layer", "All operations of a layer at a time"),
                (Step.PHASE, "phase", "Forward, loss, backward and update, each at a time"),
            ],
            "How far one step goes",
        )
        self.pace.chosen.connect(scope.set_pace)
        self.speed = QComboBox()
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} a second", speed)
        self.speed.setCurrentIndex(SPEEDS.index(scope.speed))
        self.speed.setAccessibleName("Steps a second while it plays")
        self.speed.setToolTip("How fast it goes on by itself")
        self.speed.activated.connect(lambda index: scope.set_speed(SPEEDS[index]))
        self.digits = QSpinBox()
        self.digits.setRange(FEWEST_DIGITS, EXACT_DIGITS)
        self.digits.setValue(scope.digits)
        self.digits.setSuffix(" digits")
        self.digits.setAccessibleName("Digits of numbers in equations")
        self.digits.setToolTip("How many digits numbers have in equations; tooltips always show all of them")
        self.digits.valueChanged.connect(scope.set_digits)
        self.where = ElidedLabel()
        self.where.setFont(theme.digits(self.where.font()))
        self.leave = _button("x", "Leave: show the whole picture again")
        self.leave.clicked.connect(scope.leave)
        controls = QHBoxLayout()
        controls.setSpacing(2)
        for button in self._buttons.values():
            controls.addWidget(button)
        controls.addSpacing(8)
        controls.addWidget(self.pace)
        controls.addSpacing(8)
        controls.addWidget(self.speed)
        controls.addSpacing(8)
        controls.addWidget(self.where, 1)
        controls.addWidget(self.digits)
        controls.addWidget(self.leave)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.list)
        self._split.addWidget(self.reader)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([LIST_PX, 3 * LIST_PX])
        self._split.splitterMoved.connect(self._keep_split)
        self._is_split_kept = False
        self.list.setMinimumWidth(150)
        self.reader.setMinimumWidth(150)
        body = QVBoxLayout(self)
        body.setContentsMargins(10, 2, 6, 0)
        body.setSpacing(3)
        # The layout would not let the panel become narrow enough.
        body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        body.addLayout(controls)
        body.addWidget(self._split, 1)
        self.setMinimumSize(320, 110)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        scope.rebuilt.connect(self._rebuild)
        scope.moved.connect(self._move)
        scope.dressed.connect(self._dress)
        scope.playing_changed.connect(self._show_playing)
        theme.notifier.changed.connect(self._recolor)
        self._show_playing(False)
        self._rebuild()

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        if old is None:
            self._rebuild()

    def show_frame(self, frame: Frame) -> None:
        """Nothing: the microscope says when there is something to be shown, which training frames are not."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rebuild()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.speed.setVisible(self.width() >= NARROW_PX)
        if not self._is_split_kept:
            listed = LIST_PX if self.width() >= ROOMY_PX else NARROW_LIST_PX
            self._split.setSizes([listed, max(1, self._split.width() - listed)])

    def sizeHint(self) -> QSize:
        return QSize(700, 210)

    # ---- inside

    def _keep_split(self) -> None:
        """Leave the list as wide as a person has made it."""
        self._is_split_kept = True

    def _rebuild(self) -> None:
        """Show another worked example, or why there is none."""
        if not self.isVisible():
            return
        if self.lab.player.state is not State.RUNNING:
            self.scope.wake()
        worked = self.scope.worked
        self.list.operations.take(worked)
        self._shown = None
        self._move()

    def _move(self) -> None:
        if not self.isVisible():
            return
        scope, worked = self.scope, self.scope.worked
        operation = scope.operation
        self.list.operations.digits = scope.digits
        self.list.show_place(scope.position)
        for button in (*self._buttons.values(), self.leave):
            button.setEnabled(True)
        self.leave.setEnabled(operation is not None)
        self._buttons["previous"].setEnabled(scope.can_go_back)
        self._buttons["first"].setEnabled(scope.can_go_back)
        if worked is None:
            running = self.lab.player.state is State.RUNNING
            self.where.setText("")
            why = RUNNING if running else LISTING if scope.is_listing else WAITING
            self.reader.show_words("" if running else INVITATION, why)
            return
        count = len(worked.operations)
        if operation is None:
            self.where.setText(counted(count, "operation"))
            self.reader.show_words(INVITATION, HOW)
            return
        where, step = f"{operation.number + 1:,} of {count:,}", worked.frame.step
        if step:
            # Going on from the last operation has made an update, which nothing else here would tell.
            made = operation.number == 0 and not worked.frame.past
            where += f"  ·  update {step:,} made" if made else f"  ·  step {step + 1:,}"
        self.where.setText(where)
        shown = (operation.kind, operation.subject)
        self.reader.show_operation(worked, operation, scope.digits, anew=shown != self._shown)
        self._shown = shown

    def _dress(self) -> None:
        self.pace.set_value(self.scope.pace)
        self.digits.setValue(self.scope.digits)
        self.speed.setCurrentIndex(self.speed.findData(self.scope.speed))
        self._shown = None
        self._move()

    def _show_playing(self, playing: bool) -> None:
        button = self._buttons["play"]
        words = "Pause: stay at this operation" if playing else "Play: go on by itself"
        button.setIcon(theme.icon("pause" if playing else "play", filled=True))
        button.setToolTip(words)
        button.setAccessibleName(words)

    def _recolor(self) -> None:
        self.list.viewport().update()

    def _light(self, keys: frozenset[Key]) -> None:
        self.reader.set_lit(keys)


def _button(icon: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "flat")
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(17, 17))
    button.setFixedSize(30, 28)
    button.setToolTip(words)
    button.setAccessibleName(words)
    # A click leaves the keyboard where it was, so that Space still plays and pauses.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


add_panel(
    Panel(
        "microscope",
        "Microscope",
        MicroscopePanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        2,
        pace=Pace.NUMBERS,
        tab_with="loss",
    )
)

__all__ = ["MicroscopePanel"]
