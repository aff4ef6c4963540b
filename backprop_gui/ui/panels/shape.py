"""The panel "Network": how many layers, how large, and with which activations."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from backprop_gui.engine import INITIALIZERS
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network, parse_shape
from backprop_gui.numerals import counted
from backprop_gui.project import Project, with_new_weights, with_shape
from backprop_gui.ui import theme
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.widgets.column import MARGIN, SPACING, Column, muted
from backprop_gui.ui.widgets.layer_row import LayerRow, activation_choice
from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.message import Message, attempt
from backprop_gui.ui.widgets.stepper import Stepper
from backprop_gui.ui.widgets.typing_box import TypingBox

DRAWN_BY_HAND = "The layers of this network were drawn by hand: change them in the picture."


def is_layered(network: Network) -> bool:
    """Return whether the first layer holds the inputs, the last one the outputs, and hidden layers lie between."""
    kinds = [{neuron.kind for neuron in network.members[layer.id]} for layer in network.layers]
    wanted = [{Kind.INPUT}, *[{Kind.HIDDEN}] * (len(kinds) - 2), {Kind.OUTPUT}]
    return len(kinds) >= 2 and kinds == wanted


def hidden_sizes(network: Network) -> tuple[int, ...]:
    """Return the sizes of the hidden layers of a layered network."""
    return tuple(len(network.members[layer.id]) for layer in network.layers[1:-1])


class ShapeBox(TypingBox):
    """The box for "2-8-8-1"; Escape takes back what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""
        self.setFont(theme.digits(self.font()))
        self.setAccessibleName("Shape of the network")
        self.setToolTip(
            "Sizes of all layers from the inputs to the outputs, such as 2-8-8-1; Enter applies them"
        )

    def show_shape(self, shape: str) -> None:
        """Show ``shape`` in place of what was there before."""
        if shape != self.shown:
            self.shown = shape
            self.setText(shape)
            self.setCursorPosition(0)

    def take_back(self) -> None:
        if self.text() != self.shown:
            self.setText(self.shown)
            self.editingFinished.emit()


class ShapePanel(PanelWidget):
    """Edits the layers of the network; everything that stays keeps what it has learned."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._message = Message()
        self.shape_box = ShapeBox()
        self.shape_box.editingFinished.connect(self._apply_shape)
        self.shape_box.textEdited.connect(lambda text: self._message.say(""))
        self.new_weights = QPushButton("New weights")
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.new_weights.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.new_weights.clicked.connect(self._draw_weights)
        self._count = muted(role="caption")
        self.layer_count = Stepper(
            "hidden layers", "Remove the last hidden layer", "Add a hidden layer before the outputs"
        )
        self.layer_count.stepped.connect(self._change_layer_count)
        self.activation = activation_choice(
            "Activation of all hidden layers", "What all hidden neurons apply to z"
        )
        self.activation.chosen.connect(self._set_all_activations)
        self.rows: list[LayerRow] = []
        self._arrange()

    def _arrange(self) -> None:
        column = Column()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(column)
        hidden = QHBoxLayout()
        hidden.setSpacing(6)
        label = muted("hidden layers")
        hidden.addWidget(label, 1)
        hidden.addWidget(self.layer_count)
        activation = QHBoxLayout()
        activation.setSpacing(6)
        label = muted("activation")
        label.setBuddy(self.activation)
        activation.addWidget(label)
        activation.addWidget(self.activation, 1)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._list.setContentsMargins(0, MARGIN // 3, 0, 0)
        body = column.body
        body.addWidget(self.shape_box)
        body.addWidget(self._message)
        body.addWidget(self._count)
        body.addLayout(hidden)
        body.addLayout(activation)
        body.addLayout(self._list)
        body.addSpacing(SPACING)
        body.addWidget(self.new_weights)
        body.addStretch(1)

    # ---- being told

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the layers of ``new``."""
        initializer = INITIALIZERS[new.training.initializer]
        self.new_weights.setToolTip(
            f"Draw other starting weights ({initializer.label}, seed {new.training.seed + 1}) and begin again"
        )
        if old is not None and new.network is old.network:
            return
        network = new.network
        self.shape_box.show_shape(network.shape)
        count = network.parameter_count
        biases = count - len(network.edges)
        self._count.setText(f"{counted(count, 'parameter')}: {counted(len(network.edges), 'weight')} and "
                            f"{biases:,} bias{'es' * (biases != 1)}")  # fmt: skip
        layered = is_layered(network)
        for widget in (self.shape_box, self.layer_count):
            widget.setEnabled(layered)
        self._message.say("" if layered else DRAWN_BY_HAND, "muted")
        hidden = [neuron for neuron in network.neurons if neuron.kind is Kind.HIDDEN]
        self.layer_count.show_count(len(network.layers) - 2, low=0)
        self.activation.setEnabled(bool(hidden))
        names = {neuron.activation for neuron in hidden}
        self.activation.set_value(names.pop() if len(names) == 1 else None)
        self._sync_rows(network, layered)

    def _sync_rows(self, network: Network, layered: bool) -> None:
        while len(self.rows) > len(network.layers):
            self.rows.pop().deleteLater()
        while len(self.rows) < len(network.layers):
            row = LayerRow()
            row.resized.connect(self._resize)
            row.activation_chosen.connect(self._set_activation)
            self.rows.append(row)
            self._list.addWidget(row)
        for row, layer in zip(self.rows, network.layers, strict=True):
            row.show_layer(layer, network.members[layer.id], resizable=layered)

    # ---- what people do

    def _edit_shape(self, text: str, hidden: tuple[int, ...]) -> bool:
        return attempt(self.lab.document, self._message, text, lambda project: with_shape(project, hidden))

    def _apply_shape(self) -> None:
        box, network = self.shape_box, self.lab.document.project.network
        if box.text() == box.shown:
            self._mark(False)
            return
        try:
            sizes = parse_shape(box.text())
        except UserError as error:
            self._message.say(str(error))
            self._mark(True)
            return
        ends = (len(network.inputs), len(network.outputs))
        if (sizes[0], sizes[-1]) != ends:
            inputs, outputs = (counted(n, what) for n, what in zip(ends, ("input", "output"), strict=True))
            example = "-".join(map(str, (ends[0], *sizes[1:-1], ends[1])))
            self._message.say(
                f"The data give {inputs} and {outputs}, so the shape must begin with {ends[0]} and end with {ends[1]}: "
                f"write {example}, or choose other data."
            )
            self._mark(True)
            return
        shape = "-".join(map(str, sizes))
        done = self._edit_shape(f"Change the network to {shape}", tuple(sizes[1:-1]))
        if done:
            # The same sizes in other words are no edit, of which there would be news.
            box.shown = ""
            box.show_shape(shape)
        self._mark(not done)

    def _mark(self, invalid: bool) -> None:
        if not invalid:
            self._message.say("" if is_layered(self.lab.document.project.network) else DRAWN_BY_HAND, "muted")
        set_look(self.shape_box, "invalid", invalid)

    def _change_layer_count(self, by: int) -> None:
        hidden = hidden_sizes(self.lab.document.project.network)
        if by < 0:
            name = self.lab.document.project.network.layers[-2].name
            self._edit_shape(f"Remove {name}", hidden[:-1])
        else:
            # Another layer like the last one is the least surprising; the first one is as the templates have it.
            self._edit_shape("Add a hidden layer", (*hidden, hidden[-1] if hidden else 4))

    def _resize(self, layer_id: int, by: int) -> None:
        network = self.lab.document.project.network
        index = [layer.id for layer in network.layers].index(layer_id) - 1
        hidden = list(hidden_sizes(network))
        hidden[index] += by
        self._edit_shape(f"Resize {network.layer_of[layer_id].name} to {hidden[index]}", tuple(hidden))

    def _set_activation(self, layer_id: int, activation: str) -> None:
        network = self.lab.document.project.network
        ids = [neuron.id for neuron in network.members[layer_id] if neuron.kind is not Kind.INPUT]
        self._edit_activation(f"Set {network.layer_of[layer_id].name} to {activation}", ids, activation)

    def _set_all_activations(self, activation: str) -> None:
        network = self.lab.document.project.network
        ids = [neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN]
        self._edit_activation(f"Set all hidden layers to {activation}", ids, activation)

    def _edit_activation(self, text: str, ids: list[int], activation: str) -> None:
        def change(project: Project) -> Project:
            return replace(project, network=project.network.with_activation(ids, activation))

        attempt(self.lab.document, self._message, text, change)

    def _draw_weights(self) -> None:
        self.lab.runs.keep()
        if attempt(self.lab.document, self._message, "Draw new weights", with_new_weights):
            # Biases start at the same number as before; without this they would keep what they have learned.
            self.lab.player.reset()


add_panel(
    Panel(
        "network",
        "Network",
        ShapePanel,
        Qt.DockWidgetArea.LeftDockWidgetArea,
        1,
        pace=Pace.NUMBERS,
        tab_with="data",
    )
)
