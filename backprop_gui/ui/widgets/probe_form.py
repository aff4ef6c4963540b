"""A form for inputs and targets of one's own, to be looked at like an example of the data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from backprop_gui.data import Prepared, Task
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.ui.names import display_name, one_line
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.number_field import NumberField

LARGEST = 1e12


class ProbeForm(QWidget):
    """Fields for inputs and targets, in the units of the data.

    Signals
    -------
    entered(Probe)
    left()
        Back to the list.
    """

    entered = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Prepared | None = None
        self.inputs: list[NumberField] = []
        self.targets: list[NumberField] = []
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._message = Message()
        back = QPushButton("Back")
        back.clicked.connect(self.left)
        self.look = QPushButton("Look at it")
        self.look.setProperty("role", "primary")
        self.look.clicked.connect(self._enter)
        foot = QHBoxLayout()
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(self.look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            muted("Inputs and targets in the units of the data: 0.5, 0,5 or 1/3", role="caption")
        )
        column.addWidget(self._scroll, 1)
        column.addWidget(self._message)
        column.addLayout(foot)

    def take(self, prepared: Prepared, frame: Frame) -> None:
        """Ask for the inputs and targets of ``prepared``, beginning with those of ``frame``."""
        dataset = prepared.dataset
        if (
            self._prepared is None
            or self._prepared.dataset.input_names != dataset.input_names
            or (self._prepared.dataset.target_names != dataset.target_names)
        ):
            self._make(prepared)
        self._prepared = prepared
        x = prepared.scaling.undo(frame.trace.x[:1].astype(np.float64))[0]
        values = (*x.tolist(), *frame.trace.t[0].astype(np.float64).tolist())
        for field, value in zip((*self.inputs, *self.targets), values, strict=False):
            field.set_value(float(f"{value:.12g}"))

    def begin(self) -> None:
        """Take the keyboard."""
        if self.inputs:
            self.inputs[0].setFocus()
            self.inputs[0].selectAll()

    def _make(self, prepared: Prepared) -> None:
        dataset = prepared.dataset
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(2, 2, 8, 2)
        low, high = (0.0, 1.0) if dataset.task is not Task.REGRESSION else (-LARGEST, LARGEST)
        self.inputs = [_field(name, -LARGEST, LARGEST, "Input") for name in dataset.input_names]
        self.targets = [_field(name, low, high, "Target") for name in dataset.target_names]
        for what, names, fields in (
            ("", dataset.input_names, self.inputs),
            ("target ", dataset.target_names, self.targets),
        ):
            for name, field in zip(names, fields, strict=True):
                field.problem.connect(self._message.say)
                # The field takes the number after Enter has been told.
                field.returnPressed.connect(self._enter_later)
                form.addRow(f"{what}{display_name(one_line(name, 28))}", field)
        self._scroll.setWidget(inside)

    def _enter_later(self) -> None:
        QTimer.singleShot(0, self, self._enter)

    def _enter(self) -> None:
        fields = (*self.inputs, *self.targets)
        if self._prepared is None or any(field.property("invalid") for field in fields):
            return
        x = np.array([[field.value for field in self.inputs]])
        scaled = self._prepared.scaling.apply(x)[0]
        t = tuple(field.value for field in self.targets)
        self.entered.emit(Probe(Part.TYPED, 0, tuple(scaled.tolist()), t))


def _field(name: str, low: float, high: float, what: str) -> NumberField:
    return NumberField(f"{what.lower()} {one_line(name, 28)}", low, high, f"{what} {one_line(name, 60)}")


__all__ = ["ProbeForm"]
