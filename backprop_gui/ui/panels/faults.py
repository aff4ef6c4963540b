"""The fault lab: a copy of the network learns with a known bug, and only the gradient check tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QFontInfo, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from backprop_gui.engine.sandbox import Course
from backprop_gui.project import Project, examples_of
from backprop_gui.ui import theme
from backprop_gui.ui.fault_runs import CORRECT, ROWS, FaultRuns, fault_of
from backprop_gui.ui.fault_table import FaultTable
from backprop_gui.ui.fault_words import described, lesson, of_loss, rich_formula, where_wrong
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.past import changes_training
from backprop_gui.ui.plots.keys import LineKey, Yielding
from backprop_gui.ui.plots.value_axis import Scale
from backprop_gui.ui.typeset.type import FAMILIES
from backprop_gui.ui.widgets.column import SPACING
from backprop_gui.ui.widgets.hazard import TAPE_PX, HazardBar
from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.number_field import NumberField
from backprop_gui.ui.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from backprop_gui.ui.plots.curve_plot import CurvePlot

MARGIN = 14
BESIDE_PX = 720
"""From this width on the table stands beside the curves."""
LOW_PX, HIGH_PX = 260, 440
"""Heights from which there is room for the description of a bug: beside each other, and below each other."""
TABLE_SHARE = (6, 7)
LINES = (("correct", "train", False), ("with the bug", "bad", True))
USUAL_UPDATES, QUICK_NEURONS = 8000, 8
"""So many updates are enough to learn XOR; larger networks than that make fewer, so that it takes a second or two."""
LONGEST = 1_000_000
CHIP_PX = 23
"""A rounded ground must be higher than its rounding."""
STALE = "These results are of the drawing, data and settings as they were when it ran. Run again for those of now."


class FaultLab(PanelWidget):
    """Lets people choose a bug and watch it learn, and says what the check makes of it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Fault lab")
        self.runs = FaultRuns(self)
        self.runs.changed.connect(self._show)
        self.runs.failed.connect(self._trouble_with)
        self.plot: CurvePlot | None = None
        self.table = FaultTable()
        self.table.chosen.connect(self._show)
        self._ran: tuple[Project, float] | None = None
        """What the results are of: the project, and for how many epochs."""
        self._typed = False
        self._trouble = ""
        """What went wrong last; empty once something else is begun."""
        self._head = self._make_head()
        self.message = Message()
        self._make_verdict()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setContentsMargins(MARGIN, SPACING // 2, MARGIN, 4)
        self._columns.setSpacing(2 * MARGIN)
        self._columns.addWidget(self.table, TABLE_SHARE[0])
        self._columns.addLayout(self._right, TABLE_SHARE[1])
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._head)
        body.addWidget(self.message)
        body.addLayout(self._columns, 1)
        body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.message.setContentsMargins(MARGIN, 4, MARGIN, 0)
        self.setMinimumSize(210, 100)
        theme.notifier.changed.connect(self._show)
        self._show()

    def _make_head(self) -> HazardBar:
        head = HazardBar()
        sign = QLabel("SANDBOX")
        sign.setProperty("role", "chip")
        sign.setProperty("tone", "warning")
        self.safe = Yielding()
        self.safe.set_text("your network is not touched")
        self.epochs = NumberField(
            "Epochs", 1, LONGEST, "How long each copy is trained, in epochs", whole=True
        )
        self.epochs.setFixedWidth(76)
        self.epochs.entered.connect(self._entered)
        self.epochs.problem.connect(self._trouble_with)
        unit = QLabel("epochs")
        unit.setProperty("role", "muted")
        self.run = QPushButton("Run")
        self.run.setProperty("role", "primary")
        self.run.clicked.connect(self._run_or_stop)
        self.run_all = QPushButton("Try all seven")
        self.run_all.setToolTip("Train a copy with each of the bugs, one after the other")
        self.run_all.clicked.connect(self._run_all)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        for control in (self.run, self.run_all, self.table):
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(head)
        row.setContentsMargins(MARGIN, TAPE_PX + 3, MARGIN, 4)
        row.setSpacing(SPACING)
        row.addWidget(sign)
        row.addWidget(self.safe, 1)
        for widget in (self.epochs, unit, self.run, self.run_all):
            row.addWidget(widget)
        return head

    def _make_verdict(self) -> None:
        self.formula = QLabel()
        self.formula.setTextFormat(Qt.TextFormat.RichText)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = QFont(self.formula.font())
        font.setFamilies(list(FAMILIES))
        font.setPixelSize(QFontInfo(self.formula.font()).pixelSize() + 3)
        self.formula.setFont(font)
        self.about = Wrapped()
        self.about.setProperty("role", "caption")
        self.loss, self.check = QLabel(), QLabel()
        chips = QHBoxLayout()
        chips.setSpacing(SPACING)
        for chip in (self.loss, self.check):
            chip.setProperty("role", "chip")
            chip.setFixedHeight(CHIP_PX)
            chip.setMinimumWidth(1)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.key = LineKey(LINES)
        top = QHBoxLayout()
        top.addWidget(self.formula, 1)
        top.addWidget(self.key)
        self.lesson = Wrapped()
        self.lesson.setProperty("role", "value")
        self._right = QVBoxLayout()
        self._right.setSpacing(4)
        self._right.addLayout(top)
        self._right.addWidget(self.about)
        self._right.addLayout(chips)
        self._right.addWidget(self.lesson)
        self._right.addStretch(1)

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        if old is None:
            self._typed = False
            self._ran = None
            self.runs.forget()
        if not self._typed:
            self.epochs.set_value(_usual_epochs(new, len(self.lab.document.prepared.x_train)))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # pyqtgraph takes a third of a second to import: the panel comes first.
        QTimer.singleShot(0, self, self._make_plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= BESIDE_PX
        directions = QBoxLayout.Direction
        self._columns.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._columns.setSpacing(2 * MARGIN if beside else SPACING)
        self.about.setVisible(self.height() >= (LOW_PX if beside else HIGH_PX))
        self._show()

    # ---- what people do

    def _run_or_stop(self) -> None:
        if self.runs.running:
            self.runs.stop()
        else:
            self._begin([self.table.name])

    def _run_all(self) -> None:
        self._begin([name for name in ROWS if name != CORRECT])

    def _begin(self, names: list[str]) -> None:
        document = self.lab.document
        if document.obstacle is not None:
            return
        project, epochs = document.project, self.epochs.value
        if self._ran is None or changes_training(self._ran[0], project) or self._ran[1] != epochs:
            self.runs.forget()
        self._ran, self._trouble = (project, epochs), ""
        known = self.runs.courses.get(CORRECT)
        if CORRECT not in names and (known is None or not _whole(known)):
            names = [CORRECT, *names]
        self.runs.begin(project.network, examples_of(document.prepared), project.training, names, int(epochs))

    def _entered(self, value: float) -> None:
        self._typed = True
        self._show()

    def _trouble_with(self, text: str) -> None:
        self._trouble = text
        self._show()

    # ---- showing

    def _make_plot(self) -> None:
        if self.plot is None:
            from backprop_gui.ui.plots.curve_plot import CurvePlot

            plot = self.plot = CurvePlot([(color, dashed) for _, color, dashed in LINES])
            plot.setAccessibleName("Training loss of the copies over epochs")
            plot.setAccessibleDescription(
                "The left and right arrow keys move a crosshair from record to record; Esc removes it."
            )
            last = self._right.count() - 1
            self._right.takeAt(last)
            self._right.addWidget(plot, 1)
            self._show()

    def _show(self) -> None:
        courses, running, name = self.runs.courses, self.runs.running, self.table.name
        self.table.show_courses(courses, running)
        obstacle = self.lab.document.obstacle
        stale = (
            self._ran is not None
            and bool(courses)
            and changes_training(self._ran[0], self.lab.document.project)
        )
        if obstacle is not None:
            self.message.say(f"A copy of this drawing cannot be trained. {obstacle}", "warning")
        elif self._trouble:
            self.message.say(self._trouble)
        else:
            self.message.say(STALE if stale else "", "muted")
        self._show_buttons(name, running, able=obstacle is None)
        self._show_bug(name)
        course, correct = courses.get(name), courses.get(CORRECT)
        self._show_verdict(course, correct)
        if self.plot is not None:
            self._show_curves(self.plot, None if name == CORRECT else course, correct)

    def _show_buttons(self, name: str, running: str, *, able: bool) -> None:
        self.run.setText("Stop" if running else "Run")
        self.run.setToolTip(
            "End the run where it is" if running else "Train a copy with the chosen bug, and one without it"
        )
        self.run.setEnabled(bool(running) or able)
        self.run_all.setEnabled(able and not running)
        self.epochs.setEnabled(not running)
        fault = fault_of(running) if running else None
        course = self.runs.courses.get(running)
        if running:
            what = "correct" if fault is None else fault.label
            so_far = "" if course is None else f", epoch {course.reached:,.0f} of {self.epochs.value:,.0f}"
            self.safe.set_text(f"your network is not touched  ·  {what}{so_far}")
        else:
            self.safe.set_text("your network is not touched")

    def _show_bug(self, name: str) -> None:
        fault, now = fault_of(name), theme.current()
        if fault is None:
            text = rich_formula("δ = ∂L/∂z") + ":&nbsp; " + rich_formula("∂L/∂w = δ · a,   ∂L/∂b = δ")
        else:
            small = QFontInfo(self.about.font()).pixelSize()
            instead = f'<span style="color: {now.muted.name()}; font-size: {small}px"> &nbsp; instead of &nbsp; </span>'
            wrong = f'<b style="color: {now.bad.name()}">{rich_formula(fault.formula)}</b>'
            text = f"{wrong}{instead}{rich_formula(fault.right)}"
        if text != self.formula.text():
            self.formula.setText(text)
        about = described(fault)
        self.about.setText(about)
        self.formula.setToolTip(about)

    def _show_verdict(self, course: Course | None, correct: Course | None) -> None:
        for chip in (self.loss, self.check):
            chip.setVisible(course is not None)
        ran = self._ran[0] if self._ran is not None else self.lab.document.project
        self.lesson.setText(lesson(course, correct, ran.network))
        if course is None:
            return
        loss = of_loss(course, correct)
        right = "" if course.accuracy is None else f"  ·  {self.table.cell(self.table.name, 2).text} right"
        _chip(self.loss, f"loss {loss.text}{right}", good=loss.good, tip=loss.tip)
        check = self.table.cell(self.table.name, 3)
        _chip(self.check, f"check {where_wrong(course)}", good=check.good, tip=check.tip)
        room = self.lesson.width() - self.loss.sizeHint().width() - SPACING
        if self.check.sizeHint().width() > room:
            self.check.setText(f"check {check.text}")

    def _show_curves(self, plot: CurvePlot, wrong: Course | None, correct: Course | None) -> None:
        known = correct or wrong
        if known is None:
            plot.clear()
            return
        nothing = np.full(len(known.epochs), np.nan)
        series = [nothing if course is None else course.losses for course in (correct, wrong)]
        plot.show_curves(known.epochs, series, Scale.LOG)


def _chip(label: QLabel, text: str, *, good: bool | None, tip: str) -> None:
    set_look(label, "tone", {True: "good", False: "bad", None: ""}[good])
    label.setText(text)
    label.setToolTip(tip)


def _whole(course: Course) -> bool:
    return course.broke or course.reached == float(course.epochs[-1])


def _usual_epochs(project: Project, examples: int) -> float:
    """Return a round number of epochs that shows something and does not take long."""
    batch = project.training.batch_size or examples
    updates = USUAL_UPDATES * min(1.0, QUICK_NEURONS / max(1, len(project.network.neurons)))
    wanted = max(20.0, updates / max(1, math.ceil(examples / max(1, batch))))
    power = 10.0 ** math.floor(math.log10(wanted))
    return power * max(step for step in (1, 2, 5, 8) if step * power <= wanted)


add_panel(
    Panel(
        "faults",
        "Fault lab",
        FaultLab,
        area=Qt.DockWidgetArea.BottomDockWidgetArea,
        order=8,
        tab_with="loss",
        shown=False,
    )
)

__all__ = ["STALE", "FaultLab"]
