"""The panel "Training": every training setting; each change takes effect while training goes on."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from backprop_gui.engine import CHOICES, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.settings import BOUNDS, Reduction, TrainingSettings
from backprop_gui.network import Network
from backprop_gui.project import Project
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.column import Column, muted
from backprop_gui.ui.widgets.message import Message, attempt
from backprop_gui.ui.widgets.number_field import FIELD_WIDTH, NumberField, NumberRow
from backprop_gui.ui.widgets.slider import LabelledSlider

RATES = (*(float(f"{digit}e{power}") for power in range(-5, 1) for digit in (1, 1.5, 2, 3, 5, 7)), 10.0)
"""Stops of the learning rate's slider; any other number can be typed."""
USUAL_BATCH = 10
NUMBERS = {
    "momentum": ("momentum μ", "How much of the previous step is kept"),
    "rho": ("decay ρ", "How much of the mean square of past gradients is kept at every step"),
    "beta1": ("decay β₁", "How much of the mean of past gradients is kept at every step"),
    "beta2": ("decay β₂", "How much of the mean square of past gradients is kept at every step"),
    "weight_decay": (
        "weight decay λ",
        "Share of each parameter, times the learning rate, taken off at every step",
    ),
    "schedule_epochs": ("epochs", "Step: epochs between two steps. Cosine: epochs until the rate reaches 0"),
    "schedule_factor": ("factor", "What the learning rate is multiplied by at every step"),
    "l1": ("L1 penalty", "Adds this times Σ|w| to what is minimised: weights become exactly 0 more often"),
    "l2": ("L2 penalty", "Adds half of this times Σw² to what is minimised: weights stay small"),
    "clip_norm": ("clip gradient at", "A longer gradient is shortened to this length; 0 leaves it as it is"),
    "patience": (
        "stop early after",
        "Epochs without a better test loss before training stops and the best weights return; 0 never stops",
    ),
    "seed": ("seed", "Of the order of the examples and of new starting weights"),
}
"""Caption and tooltip of every number but the learning rate and the batch size."""
WHOLE = ("schedule_epochs", "patience", "seed")
WORDS = {
    "optimizer": "optimiser",
    "initializer": "initialiser",
    "l1": "L1 penalty",
    "l2": "L2 penalty",
    "clip_norm": "clipping norm",
}
"""What a setting is called in a sentence, where that is not its name."""
PENALTIES = ("l1", "l2", "clip_norm", "patience")
HYPER_PARAMETERS = ("momentum", "rho", "beta1", "beta2", "weight_decay")
SCHEDULE_NUMBERS = ("schedule_epochs", "schedule_factor")


class TrainingPanel(PanelWidget):
    """Edits the training settings, one undo step a gesture."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.message = Message()
        self._hint = Message()
        self.choices = {
            "loss": self._choice("loss", "What is minimised"),
            "optimizer": self._choice("optimizer", "How a gradient becomes a step"),
            "schedule": self._choice("schedule", "How the learning rate changes with the epochs"),
            "initializer": self._choice("initializer", "Where new starting weights are drawn from"),
        }
        self.formulas = {name: muted(role="caption") for name in ("loss", "optimizer", "initializer")}
        self.rows = {name: self._row(name) for name in NUMBERS}
        self.reduction = Segmented(
            [(Reduction.MEAN, "mean", "The gradient is the mean over the batch: it does not grow with the batch"),
             (Reduction.SUM, "sum", "The gradient is the sum over the batch, as in many textbooks")],
            "Reduction over the batch",
        )  # fmt: skip
        self.precision = Segmented(
            [
                ("float64", "64", "Double precision: float64"),
                ("float32", "32", "Single precision, as usual on GPUs: float32"),
            ],
            "Precision",
        )
        self.reduction.chosen.connect(
            lambda value: self._set(f"Take the {value.value} over the batch", reduction=value)
        )
        self.precision.chosen.connect(lambda value: self._set(f"Calculate in {value}", precision=value))
        self.rate = NumberField(
            "learning rate", *BOUNDS["learning_rate"], "The factor η of every step: 0.1, 1/3, 2e-3"
        )
        self.rate.setFixedWidth(FIELD_WIDTH)
        self.rate.entered.connect(lambda value: self._set_number("learning_rate", value))
        self._rate_problem = Message()
        self.rate.problem.connect(self._rate_problem.say)
        self.rate_slider = LabelledSlider(
            "learning rate η",
            RATES,
            "The factor of every step, on a logarithmic scale",
            write=str,
            editor=self.rate,
        )
        self.rate_slider.moved.connect(self._slide_rate)
        self._rate_now = muted(role="caption")
        self.batch = NumberField("batch size", 1, BOUNDS["batch_size"][1], "Examples an update", whole=True)
        self.batch.entered.connect(lambda value: self._set_number("batch_size", value))
        self.batch.setFixedWidth(56)
        self._batch_problem = Message()
        self.batch.problem.connect(self._batch_problem.say)
        self.all_examples = QCheckBox("all")
        self.all_examples.setToolTip("Use all training examples for every update")
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.all_examples.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all_examples.clicked.connect(self._toggle_all)
        self._arrange()

    # ---- building

    def _choice(self, name: str, tip: str) -> Choice:
        entries, words = CHOICES[name].items(), WORDS.get(name, name)
        options = [(key, entry.label, getattr(entry, "formula", "")) for key, entry in entries]
        choice = Choice(options, words.capitalize(), tip)
        choice.chosen.connect(
            lambda key: self._set(f"Set the {words} to {CHOICES[name][key].label}", **{name: key})
        )
        return choice

    def _row(self, name: str) -> NumberRow:
        caption, tip = NUMBERS[name]
        row = NumberRow(
            caption, *BOUNDS[name], tip, whole=name in WHOLE, name=WORDS.get(name, name.replace("_", " "))
        )
        row.field.entered.connect(lambda value: self._set_number(name, value))
        return row

    def _arrange(self) -> None:
        column = Column()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(column)
        body = column.body
        body.addWidget(self.message)
        column.section("Loss")
        body.addWidget(self.choices["loss"])
        body.addWidget(self.formulas["loss"])
        body.addWidget(self._hint)
        body.addLayout(_line("batch", self.reduction))
        column.section("Optimiser")
        body.addWidget(self.choices["optimizer"])
        body.addWidget(self.formulas["optimizer"])
        body.addWidget(self.rate_slider)
        body.addWidget(self._rate_problem)
        for name in HYPER_PARAMETERS:
            body.addWidget(self.rows[name])
        batch = _line("batch size", self.all_examples)
        batch.insertWidget(1, self.batch)
        body.addLayout(batch)
        body.addWidget(self._batch_problem)
        column.section("Schedule")
        body.addWidget(self.choices["schedule"])
        for name in SCHEDULE_NUMBERS:
            body.addWidget(self.rows[name])
        body.addWidget(self._rate_now)
        column.section("Regularisation")
        for name in PENALTIES:
            body.addWidget(self.rows[name])
        column.section("Starting weights")
        body.addWidget(self.choices["initializer"])
        body.addWidget(self.formulas["initializer"])
        body.addWidget(self.rows["seed"])
        body.addLayout(_line("precision", self.precision))
        body.addStretch(1)

    # ---- being told

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the settings of ``new``."""
        settings = new.training
        if old is None or settings.loss != old.training.loss or new.network is not old.network:
            self._hint.say(_doubt(settings, new.network), "warning")
        if old is not None and settings == old.training and new.data == old.data:
            return
        for name, choice in self.choices.items():
            choice.set_value(getattr(settings, name))
        loss, optimizer = LOSSES[settings.loss], OPTIMIZERS[settings.optimizer]
        self.formulas["loss"].setText(f"L = {loss.formula}")
        self.formulas["optimizer"].setText(optimizer.formula.replace(";  ", "\n"))
        self.formulas["initializer"].setText(
            f"{INITIALIZERS[settings.initializer].formula}. “New weights” draws from it."
        )
        for name, row in self.rows.items():
            row.field.set_value(getattr(settings, name))
        for name in HYPER_PARAMETERS:
            self.rows[name].setVisible(name in optimizer.uses)
        for name in SCHEDULE_NUMBERS:
            self.rows[name].setVisible(name in SCHEDULES[settings.schedule].uses)
        self.reduction.set_value(settings.reduction)
        self.precision.set_value(settings.precision)
        self.rate.set_value(settings.learning_rate)
        self.rate_slider.set_value(settings.learning_rate)
        self.all_examples.setChecked(settings.batch_size == 0)
        self.batch.setEnabled(settings.batch_size != 0)
        self.batch.set_value(settings.batch_size or len(self.lab.document.prepared.x_train))
        frame = self.lab.player.frame
        self._show_rate(frame.epoch if frame is not None else 0.0, settings)

    def show_frame(self, frame: Frame) -> None:
        """Show the learning rate that the schedule has come to."""
        self._show_rate(frame.epoch, made_with(frame, self.lab.document).project.training)

    def _show_rate(self, epoch: float, settings: TrainingSettings) -> None:
        schedule = SCHEDULES[settings.schedule]
        changes = bool(schedule.uses)
        if changes != self._rate_now.isVisibleTo(self):
            self._rate_now.setVisible(changes)
        if not changes:
            return
        rate = settings.learning_rate * schedule.factor(settings, int(epoch))
        text = f"η is {format_number(rate)} in this epoch"
        if text != self._rate_now.text():
            self._rate_now.setText(text)
            self._rate_now.setToolTip(format_exact(rate))

    # ---- what people do

    def _set(self, text: str, merge: str = "", **changes: object) -> None:
        document = self.lab.document

        def change(project: Project) -> Project:
            return replace(project, training=replace(project.training, **changes))  # type: ignore[arg-type]

        if not attempt(document, self.message, text, change, merge):
            self.sync(None, document.project)

    def _set_number(self, name: str, value: float, merge: str = "") -> None:
        whole = name in WHOLE or name == "batch_size"
        words = WORDS.get(name, name.replace("_", " "))
        text = f"Set the {words} to {value:{',.0f' if whole else '.4g'}}"
        self._set(text, merge, **{name: int(value) if whole else value})

    def _slide_rate(self, value: float, gesture: str) -> None:
        self._set_number("learning_rate", value, merge=f"learning rate {gesture}")

    def _toggle_all(self, on: bool) -> None:
        usual = min(USUAL_BATCH, len(self.lab.document.prepared.x_train))
        self._set("Use all examples" if on else "Use batches", batch_size=0 if on else usual)


def _line(caption: str, widget: Segmented | QCheckBox) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(6)
    label = muted(caption)
    label.setBuddy(widget)
    line.addWidget(label, 1)
    line.addWidget(widget)
    return line


def _doubt(settings: TrainingSettings, network: Network) -> str:
    """Return a sentence if the loss and the outputs do not suit each other, though they can be trained."""
    loss, outputs = LOSSES[settings.loss], network.outputs
    if loss.for_classes and len(outputs) == 1:
        return (
            "With a single output its softmax is always 1, so there is nothing to learn: choose another loss."
        )
    activations = {neuron.activation for neuron in outputs}
    if loss.fused and activations - {loss.fused.activation}:
        return (
            f"This loss wants outputs between 0 and 1, as {loss.fused.activation} gives them: "
            "elsewhere its logarithm has no value."
        )
    return ""


add_panel(
    Panel("training", "Training", TrainingPanel, Qt.DockWidgetArea.LeftDockWidgetArea, 2, tab_with="data")
)
