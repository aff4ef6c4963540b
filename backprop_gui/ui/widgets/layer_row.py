"""One layer in a line: its name, its size and its activation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from backprop_gui.engine import ACTIVATIONS
from backprop_gui.network import Kind, Layer, Neuron
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.stepper import Stepper

CHOICE_WIDTH = 77


def activation_choice(name: str, tip: str) -> Choice:
    """Return a combo box of all activations, whose tooltips show the formulas."""
    options = [
        (activation.name, activation.label, f"a = {activation.formula}\nda/dz = {activation.slope_formula}")
        for activation in ACTIVATIONS.values()
    ]
    return Choice(options, name, tip)


class LayerRow(QWidget):
    """The name of a layer, a stepper for its size, and a combo box for its activation.

    Signals
    -------
    resized(int, int)
        The layer's id, and by how many neurons.
    activation_chosen(int, str)
        The layer's id and the activation's name.
    """

    resized = Signal(int, int)
    activation_chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._layer = 0
        self._name = ElidedLabel()
        self.count = Stepper(
            "", "Remove the last neuron", "Add a neuron, connected to the layers on both sides"
        )
        self.count.stepped.connect(lambda by: self.resized.emit(self._layer, by))
        self.activation = activation_choice("", "What the neurons of this layer apply to z")
        self.activation.chosen.connect(lambda name: self.activation_chosen.emit(self._layer, name))
        policy = self.activation.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.activation.setSizePolicy(policy)
        self.activation.setProperty("role", "compact")
        self.activation.setFixedWidth(CHOICE_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._name, 1)
        row.addWidget(self.count)
        row.addWidget(self.activation)

    def show_layer(self, layer: Layer, members: Sequence[Neuron], *, resizable: bool) -> None:
        """Show ``layer`` and its neurons; the data give the sizes of inputs and outputs."""
        self._layer = layer.id
        self._name.setText(layer.name)
        self.count.set_name(f"neurons of {layer.name}")
        self.count.show_count(len(members), low=1)
        hidden = all(neuron.kind is Kind.HIDDEN for neuron in members)
        self.count.show_buttons(hidden and resizable)
        self.count.setToolTip("" if hidden else "Given by the data")
        names = {neuron.activation for neuron in members if neuron.kind is not Kind.INPUT}
        self.activation.setVisible(bool(names))
        self.activation.setAccessibleName(f"Activation of {layer.name}")
        self.activation.set_value(names.pop() if len(names) == 1 else None)


__all__ = ["LayerRow", "activation_choice"]
