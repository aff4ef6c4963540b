"""The strip under the picture: the equation of what is selected or stepped, and the check of its numbers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QWidget

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.reading import names
from backprop_gui.network import Kind
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.gradient_chip import GradientChip
from backprop_gui.ui.names import display_name
from backprop_gui.ui.operation_words import equations_at, short_form
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.past import worked_of
from backprop_gui.ui.selection import Key
from backprop_gui.ui.typeset.type import Style
from backprop_gui.ui.typeset.view import EquationView
from backprop_gui.ui.widgets.elided import ElidedLabel

HEIGHT = 52
MARGIN = 14
PX = 17
NARROW_PX = 560
"""Below this width the chip says what it says in fewer words."""


class EquationStrip(QWidget):
    """Shows one equation, as much of it as there is room for, and a chip that checks the gradient."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._subject: tuple[Plan, object, View] | None = None
        self.view = EquationView(Style(PX, compact=True), single=True)
        self.view.pointed.connect(lab.microscope.point)
        lab.microscope.pointed.connect(self.view.set_lit)
        lab.microscope.dressed.connect(self._follow_digits)
        self._hint = ElidedLabel()
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = QStackedLayout()
        self._place.addWidget(self._hint)
        self._place.addWidget(self.view)
        self.chip = GradientChip(lab.checking)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 1, MARGIN, 0)
        row.setSpacing(MARGIN)
        row.addLayout(self._place, 1)
        row.addWidget(self.chip)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Equation of the selection")
        theme.notifier.changed.connect(self._dress)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.chip.set_short(self.width() < NARROW_PX)

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return self.view.text() if self._place.currentWidget() is self.view else self._hint.text()

    def show_equation(self, frame: Frame, key: Key | None, view: View) -> None:
        """Show the operation that is stepped, or else what ``view`` shows at ``key`` with the numbers of ``frame``."""
        self._lab.checking.follow(frame)
        self.chip.follow(key, self._lab.document.project.conventions.factor)
        scope = self._lab.microscope
        # Who looks at no operation has none listed.
        operation = scope.operation
        worked = None if operation is None else scope.worked
        if operation is not None and worked is not None:
            equations = short_form(operation, worked.equations(operation))
            self._show(equations, (worked.frame.plan, (operation.kind, operation.subject), view))
            return
        worked = worked_of(frame, self._lab.document)
        equations = equations_at(worked, key, view)
        if equations:
            self._show(equations, (frame.plan, key, view))
        else:
            self._say(self._words(worked, key, view))

    def clear(self) -> None:
        """Show no equation: there is nothing whose numbers could be put in."""
        self._say("")
        self._lab.checking.forget()

    # ---- inside

    def _show(self, equations: tuple[Equation, ...], subject: tuple[Plan, object, View]) -> None:
        # Only another subject unfolds again: a number that is now and then a digit longer must not make it jump.
        self.view.show_equations(equations, anew=subject != self._subject)
        self._subject = subject
        self._place.setCurrentWidget(self.view)

    def _say(self, words: str) -> None:
        self._subject = None
        self.view.show_equations(())
        self._hint.setText(words)
        self._place.setCurrentWidget(self._hint)

    def _words(self, worked: WorkedExample, key: Key | None, view: View) -> str:
        """Return what to say where there is nothing to be calculated."""
        network = worked.frame.plan.network
        if key is None:
            if view is View.UPDATE:
                formula = OPTIMIZERS[worked.settings.optimizer].formula.rpartition(";  ")[2]
                return f"{formula}     select a weight to see its step"
            letter = names(worked.conventions).delta
            return (
                f"{letter} = f′(z) · Σ w {letter}     select a neuron to see its numbers"
                if letter == "δ"
                else (
                    f"{letter} = {names(worked.conventions).delta_meaning}     select a neuron to see its numbers"
                )
            )
        neuron = network.neuron_of.get(key) if isinstance(key, int) else None
        if neuron is None:
            return ""
        if neuron.kind is Kind.INPUT:
            return f"{display_name(neuron.name)} is an input: it comes from the data"
        return "no bias here: select an edge to see a step"

    def _follow_digits(self) -> None:
        self.view.set_digits(self._lab.microscope.digits)

    def _dress(self) -> None:
        self.update()

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), look.window)
            painter.fillRect(0, 0, self.width(), 1, look.border)


__all__ = ["EquationStrip"]
