"""The panel "Conventions": how a book writes backpropagation, and whether its numbers are these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLayout

from backprop_gui.engine import LOSSES
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.questions import Asked, Question
from backprop_gui.engine.reading import deltas, names
from backprop_gui.engine.readings import SQUARES, scale_of
from backprop_gui.engine.reconcile import name_of
from backprop_gui.engine.settings import Reduction
from backprop_gui.network import Key, Kind, Network
from backprop_gui.numerals import counted, format_exact, format_number
from backprop_gui.project import Project
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.reconciler import Reconciler
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.widgets.column import MARGIN, SPACING, Column, muted
from backprop_gui.ui.widgets.message import Message, attempt

NUMBERS, WRITING = "The numbers change", "Only the writing changes"
LABELS = {"half-squared": "½ Σ", "sum-squared": "Σ", "mean-squared": "1/n Σ"}
DIGITS = 4
LABEL_WIDTH, SWITCH_WIDTH = 40, 200
WIDE = 620
"""From this width on, switches stand beside what they change, and the book's numbers beside them."""


class ConventionsPanel(PanelWidget):
    """Switches conventions, each as one undo step, and reconciles a book's numbers with the program's."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.message = Message()
        self.loss = Segmented(
            [
                (name, LABELS[name], f"{SQUARES[name].capitalize()}: L = {LOSSES[name].formula}")
                for name in LABELS
            ],
            "Squared loss",
        )
        self.reduction = Segmented(
            [
                (Reduction.MEAN, "mean", "The gradient is the mean over the batch"),
                (Reduction.SUM, "sum", "The gradient is the sum over the batch"),
            ],
            "Over the batch",
        )
        self.delta = Segmented(
            [
                (Delta.BY_Z, "∂L/∂z", "δ is the derivative by the weighted sum: f′(z) is in it"),
                (Delta.BY_A, "∂L/∂a", "e is the derivative by the activation: f′(z) is not in it"),
            ],
            "Which derivative comes back from neuron to neuron",
        )
        self.sign = Segmented(
            [
                (
                    Sign.GRADIENT,
                    "a − t",
                    "Gradient: what comes back begins with (output − target) and points uphill: a step goes against it",
                ),
                (
                    Sign.ERROR,
                    "t − a",
                    "Error: what comes back begins with (target − output) and points downhill: a step adds it",
                ),
            ],
            "Sign",
        )
        self.captions = {name: muted(role="caption") for name in ("loss", "reduction", "delta", "sign")}
        self.example, self.factor = QLabel(), muted(role="caption")
        self.example.setProperty("role", "value")
        self.reconciler = Reconciler(lab)
        self.letter = muted()
        self._rows: list[tuple[QBoxLayout, QLabel | None]] = []
        self.loss.chosen.connect(self._set_loss)
        self.reduction.chosen.connect(self._set_reduction)
        self.delta.chosen.connect(self._set_delta)
        self.sign.chosen.connect(self._set_sign)
        lab.selection.changed.connect(self._follow)
        self._arrange()

    def _arrange(self) -> None:
        outside = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        switches, book = Column(top=0, bottom=SPACING), Column(top=0, bottom=SPACING)
        outside.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._outside = outside
        outside.addWidget(switches, 1)
        outside.addWidget(book, 1)
        switches.body.addWidget(self.message)
        for name, label, switch in (
            ("loss", muted("loss"), self.loss),
            ("reduction", muted("batch"), self.reduction),
            ("delta", self.letter, self.delta),
            ("sign", muted("sign"), self.sign),
        ):
            label.setBuddy(switch)
            label.setFixedWidth(LABEL_WIDTH)
            label.setVisible(False)
            switch.setFixedWidth(SWITCH_WIDTH)
            line = QHBoxLayout()
            line.addWidget(label)
            line.addWidget(switch)
            line.addStretch()
            row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
            row.addLayout(line)
            row.addWidget(self.captions[name], 1)
            switches.body.addLayout(row)
            self._rows.append((row, label))
        switches.body.addStretch(1)
        above = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        above.addWidget(self.example)
        above.addWidget(self.factor, 1)
        self._rows.append((above, None))
        book.body.addLayout(above)
        book.body.addWidget(self.reconciler)
        book.body.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        # As it is when narrow: otherwise it could never become narrow again.
        return QSize(SWITCH_WIDTH + 2 * MARGIN, 80)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Wide below the canvas, or narrow where somebody has put it beside it.
        wide, direction = event.size().width() >= WIDE, QBoxLayout.Direction
        across = direction.LeftToRight if wide else direction.TopToBottom
        if across != self._outside.direction():
            self._outside.setDirection(across)
            for row, label in self._rows:
                row.setDirection(across)
                if label is not None:
                    label.setVisible(wide)
            self.reconciler.set_wide(wide)

    # ---- being told

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the conventions of ``new``."""
        if (
            old is not None
            and (new.training, new.data) == (old.training, old.data)
            and new.conventions == old.conventions
            and new.network is old.network
        ):
            return
        training, conventions = new.training, new.conventions
        if training.loss in SQUARES:
            self.loss.set_value(training.loss)
        else:
            self.loss.clear()
        self.reduction.set_value(training.reduction)
        self.delta.set_value(conventions.delta)
        self.sign.set_value(conventions.sign)
        self.letter.setText(names(conventions).delta)
        self.reconciler.set_conventions(conventions)
        for name, text in self._explained(new).items():
            self.captions[name].setText(text)
        self._follow()

    def show_frame(self, frame: Frame) -> None:
        """Show the example at this moment."""
        if self.isVisible():
            self._show_example()
            self.reconciler.show_frame(frame)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def reconcile(self) -> None:
        """Take the keyboard to where the book's number is typed."""
        self.reconciler.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.reconciler.box.selectAll()

    def _follow(self) -> None:
        if self.isVisible():
            self._show_example()
            self.reconciler.look_at(self._key)
            self.reconciler.ask_again()

    @property
    def _key(self) -> Key | None:
        """What is selected, or else the first hidden neuron, or else the first output."""
        network, current = self.lab.document.project.network, self.lab.selection.current
        if current is not None and (current in network.edge_of or current in network.neuron_of):
            return current
        return _first(network)

    # ---- saying

    def _explained(self, project: Project) -> dict[str, str]:
        training, conventions, network = project.training, project.conventions, project.network
        outputs, letter = len(network.outputs), names(conventions).delta
        examples = len(self.lab.document.prepared.x_train)
        count = min(training.batch_size or examples, examples)
        every = f"{NUMBERS}: every {letter}, gradient and step is"
        losses = {
            "half-squared": f"{NUMBERS}: the derivative of ½ (a − t)² is a − t, without a factor.",
            "sum-squared": f"{every} twice that of ½ Σ.",
            "mean-squared": f"{every} 2/n = {format_number(2 / max(1, outputs))} "
            f"times that of ½ Σ, with n = {counted(outputs, 'output')}.",
        }
        other = f"This project learns with {LOSSES[training.loss].label}: choosing one of these exchanges it."
        return {
            "loss": losses.get(training.loss, other),
            "reduction": f"{NUMBERS}: a step does not grow with the batch."
            if training.reduction is Reduction.MEAN
            else f"{NUMBERS}: gradients and steps are {count:,} times those of the mean, for {count:,} examples."
            if count > 1
            else "The sum over a batch of one example is its mean.",
            "delta": f"{WRITING}: f′(z) is in a neuron's δ, and a gradient is δ a."
            if conventions.delta is Delta.BY_Z
            else f"{WRITING}: f′(z) is not in a neuron's e, and a gradient is e f′(z) a.",
            "sign": f"{WRITING}: {letter} begins with a − t, and a step is w − η ∂L/∂w."
            if conventions.sign is Sign.GRADIENT
            else f"{WRITING}: {letter} begins with t − a, the error, and a step adds.",
        }

    def _show_example(self) -> None:
        frame, key = self.lab.player.frame, self._key
        neuron = key[1] if isinstance(key, tuple) else key
        if frame is None or neuron is None or neuron not in frame.plan.column:
            self.example.setText("")
            self.factor.setText("")
            return
        network, conventions = frame.plan.network, self.lab.document.project.conventions
        name = name_of(network, Question(Asked.DELTA, neuron), conventions)
        value = delta_of(frame, neuron, conventions)
        text = as_drawn(f"{name} = {format_number(value, DIGITS)}", network)
        if text != self.example.text():
            self.example.setText(text)
            self.example.setToolTip(format_exact(value))
        text = _compared(frame, neuron, value)
        if text != self.factor.text():
            self.factor.setText(text)

    # ---- what people do

    def _set_loss(self, name: str) -> None:
        self._edit(
            f"Take {SQUARES[name]} as the loss",
            lambda project: replace(project, training=replace(project.training, loss=name)),
        )

    def _set_reduction(self, reduction: Reduction) -> None:
        self._edit(
            f"Take the {reduction.value} over the batch",
            lambda project: replace(project, training=replace(project.training, reduction=reduction)),
        )

    def _set_delta(self, delta: Delta) -> None:
        self._edit(
            f"Write {names(Conventions(delta)).delta} for ∂L/∂{delta.value}",
            lambda project: replace(project, conventions=replace(project.conventions, delta=delta)),
        )

    def _set_sign(self, sign: Sign) -> None:
        self._edit(
            "Write gradients" if sign is Sign.GRADIENT else "Write errors (target − output)",
            lambda project: replace(project, conventions=replace(project.conventions, sign=sign)),
        )

    def _edit(self, text: str, change: Callable[[Project], Project]) -> None:
        if not attempt(self.lab.document, self.message, text, change):
            self.sync(None, self.lab.document.project)


def delta_of(frame: Frame, neuron: int, conventions: Conventions) -> float:
    """Return a neuron's delta, of a batch the mean over its examples, as the conventions write it."""
    return float(deltas(frame, conventions)[0, frame.plan.column[neuron]])


def _compared(frame: Frame, neuron: int, value: float) -> str:
    """Return how a delta is written by the standard, and by what factor ``value`` differs from it."""
    outputs = len(frame.plan.network.outputs)
    squared = frame.loss.name in SQUARES
    scale = scale_of(frame.loss.name, outputs) if squared else 1.0
    usual = delta_of(frame, neuron, Conventions()) / scale
    what = f"∂L/∂z of {LOSSES['half-squared'].formula}" if squared else "∂L/∂z"
    if value == usual:
        return f"the standard, {what}"
    if not usual:
        return f"by the standard, {what}, it is 0"
    return f"{format_number(value / usual)} times the standard, {what}: {format_number(usual, DIGITS)}"


def _first(network: Network) -> Key | None:
    """Return the first hidden neuron, or else the first output."""
    hidden = (neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN)
    return next(hidden, None) or next((neuron.id for neuron in network.outputs), None)


add_panel(
    Panel(
        "conventions",
        "Conventions",
        ConventionsPanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        8,
        tab_with="loss",
        shown=False,
    )
)

__all__ = ["ConventionsPanel", "delta_of"]
