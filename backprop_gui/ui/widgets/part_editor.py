"""Changing what is selected: a neuron, an edge, a layer, or several parts at once, in a line or two of controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from backprop_gui.engine import INITIALIZERS
from backprop_gui.network import Edge, Kind, Neuron
from backprop_gui.network.templates import LARGEST_LAYER
from backprop_gui.project import edits
from backprop_gui.ui.canvas.picture import LARGEST_DRAWN, LARGEST_OPEN
from backprop_gui.ui.editor import Editor, Make
from backprop_gui.ui.names import display_name
from backprop_gui.ui.selection import Key
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.layer_row import activation_choice
from backprop_gui.ui.widgets.live_field import LiveField
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.name_box import NameBox
from backprop_gui.ui.widgets.number_field import NumberField

SIZE_WIDTH, ACTIVATION_WIDTH = 44, 106
FROZEN_TIP = (
    "A frozen edge does not train, nor does a frozen neuron with its bias and the weights into it (Z)"
)
BIAS_TIP = "Whether a bias is added to the weighted sum (B)"
TYPED = "a number such as 0.5, 1/3 or −2e-3; Enter takes it, Escape takes it back"


class PartEditor(QWidget):
    """Shows only the controls that apply to what is selected; every change is one step of undo.

    Signals
    -------
    fold_wanted(int)
        Draw a large layer neuron by neuron, or fold it into a heat map.
    left()
        Enter or Escape was pressed: the keyboard is to go back to the picture.
    """

    fold_wanted = Signal(int)
    left = Signal()

    def __init__(self, editor: Editor, title: ElidedLabel) -> None:
        """Edit by ``editor``; ``title`` stands in the first line, and says what is selected."""
        super().__init__()
        self._editor, self._title = editor, title
        self._keys: frozenset[Key] = frozenset()
        self._busy = False
        self.frozen = _check("frozen", FROZEN_TIP)
        self.name = NameBox("name", "What it is called")
        self.count = NumberField("number of neurons", 1, LARGEST_LAYER, SIZE_TIP, whole=True)
        self.activation = activation_choice("activation", "What is applied to the weighted sum z")
        self.activation.setProperty("role", "compact")
        self.bias = _check("b", BIAS_TIP)
        self.bias.setAccessibleName("bias")
        self.caption = muted("weight w")
        self.value = LiveField("weight", TYPED)
        self.draw = Choice(
            [(name, initializer.label, "") for name, initializer in INITIALIZERS.items()],
            "Draw the weights of the layer anew",
            "Draw all weights that lead into the layer anew; frozen ones stay",
        )
        self.draw.setPlaceholderText("new weights…")
        self.draw.set_value(None)
        self.draw.setProperty("role", "compact")
        self.fold = QPushButton("fold / open")
        self.fold.setProperty("role", "flat")
        self.fold.setAccessibleName("Fold or open the layer")
        self.fold.setToolTip("Draw this large layer neuron by neuron, or fold it into a heat map")
        self.fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.message = Message()
        self._arrange()
        self._listen()
        self.refresh()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.count.setFixedWidth(SIZE_WIDTH)
        self.activation.setFixedWidth(ACTIVATION_WIDTH)
        # Without these, what is not even shown together would set the width of the whole panel.
        for box, least in ((self.name, 40), (self.value, 76), (self.draw, 80)):
            box.setMinimumWidth(least)
        # A number needs more room than the short names that most neurons have.
        stretch: dict[QWidget, int] = {self._title: 1, self.name: 2, self.value: 3, self.draw: 1}
        lines: tuple[tuple[QWidget, ...], ...] = (
            (self._title, self.activation),
            (self.name, self.count, self.bias, self.caption, self.value, self.frozen),
            (self.draw, self.fold),
        )
        for widgets in lines:
            row = QHBoxLayout()
            row.setSpacing(4)
            for widget in widgets:
                row.addWidget(widget, stretch.get(widget, 0))
            column.addLayout(row)
        column.addWidget(self.message)

    def _listen(self) -> None:
        editor = self._editor
        self.frozen.clicked.connect(lambda: self._do(self._freeze))
        self.bias.clicked.connect(lambda: self._do(editor.toggle_bias))
        self.activation.chosen.connect(lambda name: self._do(lambda: editor.set_activation(name)))
        self.name.entered.connect(self._rename)
        self.count.entered.connect(self._resize)
        self.value.entered.connect(self._set_value)
        self.value.left.connect(self.show_value)
        self.draw.chosen.connect(self._draw_weights)
        self.fold.clicked.connect(self._fold)
        for field in (self.count, self.value):
            field.problem.connect(self.message.say)
        for box in (self.name, self.count, self.value):
            box.given_up.connect(self.left)
        editor.refused.connect(self._refused)

    def take_keyboard(self) -> None:
        """Give the keyboard to the first thing that can be changed."""
        for control in (self.name, self.value, self.activation, self.frozen):
            if control.isVisible():
                control.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What boxes and lists leave over comes here.
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # ---- what is shown

    @property
    def subject(self) -> str:
        """What is selected, if it is more than one part, such as ``3 NEURONS``; empty for one part or none."""
        editor = self._editor
        if editor.layer is not None:
            return f"LAYER  {editor.network.layer_of[editor.layer].name}"
        neurons, edges = len(editor.neurons), len(editor.edges)
        if neurons + edges < 2:
            return ""
        if not edges:
            return f"{neurons:,} NEURONS"
        return f"{edges:,} WEIGHTS" if not neurons else f"{neurons + edges:,} PARTS"

    def refresh(self) -> None:
        """Show what is selected as the drawing has it; what is being typed about the same part stays."""
        editor, network = self._editor, self._editor.network
        keys = frozenset(
            key for key in editor.selection.keys if key in network.neuron_of or key in network.edge_of
        )
        other = keys != self._keys
        self._keys = keys
        if other:
            self.message.say("")
        neurons = [network.neuron_of[key] for key in keys if isinstance(key, int)]
        computing = [neuron for neuron in neurons if neuron.kind is not Kind.INPUT]
        layer = editor.layer if neurons else None
        one = next(iter(keys)) if len(keys) == 1 else None
        self._show_names(one, layer, other=other)
        self.activation.setVisible(bool(computing))
        if computing:
            names = {neuron.activation for neuron in computing}
            self.activation.set_value(names.pop() if len(names) == 1 else None)
        self.bias.setVisible(bool(computing))
        has = _state(neuron.bias is not None for neuron in computing)
        _show_state(self.bias, has, BIAS_TIP)
        with_value = isinstance(one, tuple) or (one is not None and network.neuron_of[one].bias is not None)
        self.bias.setText("b" if with_value or layer is not None else "bias")
        self.caption.setVisible(isinstance(one, tuple))
        self.value.setVisible(with_value)
        if with_value and one is not None:
            self._show_parameter(one, other=other)
        large = layer is not None and LARGEST_DRAWN < len(neurons) <= LARGEST_OPEN
        self.draw.setVisible(layer is not None and bool(computing))
        self.fold.setVisible(large)
        parameters = self._parameters(layer)
        self.frozen.setVisible(next(parameters, None) is not None)
        state = _state(part.frozen for part in self._parameters(layer))
        _show_state(self.frozen, state, self._frozen_tip(layer))

    def _parameters(self, layer: int | None) -> Iterator[Neuron | Edge]:
        """Give what can be frozen: of the layer, or of what is selected. There may be a hundred thousand."""
        network = self._editor.network
        keys: Iterable[Key] = self._keys
        if layer is not None:
            keys = [neuron.id for neuron in network.members[layer]]
        for key in keys:
            if isinstance(key, tuple):
                yield network.edge_of[key]
                continue
            if network.neuron_of[key].bias is not None:
                yield network.neuron_of[key]
            yield from network.incoming[key]

    def _show_names(self, one: Key | None, layer: int | None, *, other: bool) -> None:
        network = self._editor.network
        self.name.setVisible(isinstance(one, int) or layer is not None)
        self.count.setVisible(layer is not None)
        if layer is not None:
            name, what = network.layer_of[layer].name, "layer"
            self.count.set_value(len(network.members[layer]))
        elif isinstance(one, int):
            name, what = network.neuron_of[one].name, "neuron"
        else:
            return
        if other:
            self.count.take_back()
            self.name.take_back()
        self.name.setAccessibleName(f"name of the {what}")
        self.name.setToolTip(f"What the {what} is called; Enter takes it, Escape takes it back")
        self.name.show_name(name)

    def _show_parameter(self, key: Key, *, other: bool) -> None:
        network = self._editor.network
        if isinstance(key, tuple):
            ends = " to ".join(display_name(network.neuron_of[id].name) for id in key)
            what, tip = "weight", f"The weight from {ends}"
        else:
            what, tip = "bias", f"The bias of {display_name(network.neuron_of[key].name)}"
        self.value.set_name(what)
        self.value.setToolTip(f"{tip}: {TYPED}")
        show = self.value.begin if other else self.value.follow
        show(self._editor.value(key))

    def _frozen_tip(self, layer: int | None) -> str:
        if layer is not None:
            return "The weights that lead into the layer, and its biases, do not train"
        return FROZEN_TIP

    def show_value(self) -> None:
        """Bring the weight or bias that is shown up to date."""
        if len(self._keys) == 1 and self.value.isVisibleTo(self):
            self.value.follow(self._editor.value(next(iter(self._keys))))

    # ---- what people do

    def _do(self, act: Callable[[], object]) -> None:
        """Act, and show how things stand then, also if it was refused."""
        self.message.say("")
        self._busy = True
        try:
            act()
        finally:
            self._busy = False
        self.refresh()

    def _freeze(self) -> None:
        self._editor.toggle_frozen(self._keys)

    def _attempt(self, make: Make) -> bool:
        self._do(lambda: self._editor.attempt(make))
        return not self.message.text()

    def _refused(self, sentence: str) -> None:
        if self._busy:
            self.message.say(sentence)

    def _rename(self, text: str) -> None:
        layer = self._editor.layer
        if layer is not None:
            done = self._attempt(lambda project: edits.rename_layer(project, layer, text))
        else:
            id = next(key for key in self._keys if isinstance(key, int))
            done = self._attempt(lambda project: edits.rename(project, id, text))
        if done:
            # The same name with other spaces is no edit, of which there would be news.
            self.name.take_back()
        else:
            self.name.mark(True)

    def _resize(self, size: float) -> None:
        editor, layer = self._editor, self._editor.layer
        if layer is None:
            return
        if self._attempt(lambda project: edits.resize_layer(project, layer, int(size), editor.starts)):
            # With neurons more or less it still is the layer that is looked at.
            editor.select_layer(layer)

    def _set_value(self, value: float) -> None:
        key = next(iter(self._keys))
        if isinstance(key, tuple):
            self._attempt(lambda project: edits.set_weight(project, key, value))
        else:
            self._attempt(lambda project: edits.set_bias(project, key, value))

    def _draw_weights(self, initializer: str) -> None:
        layer = self._editor.layer
        self.draw.set_value(None)
        if layer is not None:
            self._attempt(lambda project: edits.draw_layer(project, layer, initializer))

    def _fold(self) -> None:
        layer = self._editor.layer
        if layer is not None:
            self.fold_wanted.emit(layer)


SIZE_TIP = "How many neurons the layer has; the last ones go first. Enter takes it, Escape takes it back"


def _check(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    # A click leaves the keyboard where it was, so that Space still plays and pauses.
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return box


def _state(values: Iterable[bool]) -> Qt.CheckState:
    """Return the state of a box that stands for several switches."""
    found = set(values)
    if len(found) == 2:
        return Qt.CheckState.PartiallyChecked
    return Qt.CheckState.Checked if found == {True} else Qt.CheckState.Unchecked


def _show_state(box: QCheckBox, state: Qt.CheckState, tip: str) -> None:
    mixed = state is Qt.CheckState.PartiallyChecked
    # A click on a mixed box switches all on; one on any other box never makes it mixed.
    box.setTristate(mixed)
    box.setCheckState(state)
    box.setToolTip(f"{tip}. Mixed now: a click switches all on." if mixed else tip)
    box.setAccessibleDescription("mixed" if mixed else "")


__all__ = ["PartEditor"]
