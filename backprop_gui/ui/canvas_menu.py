"""The context menu of the picture: what can be done with what is under the pointer and selected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from backprop_gui.engine import ACTIVATIONS, INITIALIZERS
from backprop_gui.network import Kind
from backprop_gui.project import edits
from backprop_gui.ui.actions import COMMANDS
from backprop_gui.ui.canvas.gestures.placing import placement
from backprop_gui.ui.canvas.gestures.spots import Spot, Where
from backprop_gui.ui.canvas.picture import LARGEST_DRAWN, LARGEST_OPEN
from backprop_gui.ui.menus import native
from backprop_gui.ui.pieces import PIECES
from backprop_gui.ui.widgets.part_editor import FROZEN_TIP

if TYPE_CHECKING:
    from backprop_gui.ui.window import Window


class CanvasMenu(QMenu):
    """Made anew for each place; commands of the window keep their texts and shortcuts."""

    def __init__(self, window: Window, spot: Spot, point: QPointF) -> None:
        super().__init__(window.canvas)
        self._window, self._editor = window, window.drawing.editor
        self.setToolTipsVisible(True)
        if spot.where is Where.HEADING:
            self._add_layer(spot.layers[0])
        elif window.lab.selection.keys:
            self._add_selection()
        else:
            self._add_ground(point)

    def show_at(self, where: QPoint) -> None:
        """Open at a point of the screen, and delete itself afterwards."""
        self.aboutToHide.connect(self.deleteLater)
        self.popup(where)

    def _do(self, text: str, run: Callable[[], object], tip: str = "", like: str = "") -> QAction:
        """Add an entry; ``like`` names the command whose key does the same."""
        action = self.addAction(f"{text}\t{native(COMMANDS[like].shortcuts[0])}" if like else text)
        action.setToolTip(tip)
        action.triggered.connect(lambda checked=False: run())
        return action

    def _commands(self, *names: str) -> None:
        for name in names:
            self.addAction(self._window.commands[name])

    # ---- what is selected

    def _add_selection(self) -> None:
        editor, selection = self._editor, self._window.lab.selection
        current = selection.current
        if len(selection.keys) == 1 and current is not None:
            what = "Edit weight…" if isinstance(current, tuple) else "Edit name and bias…"
            if isinstance(current, int) and editor.network.neuron_of[current].kind is Kind.INPUT:
                what = "Edit name…"
            self._do(what, lambda: self._window.drawing.edit_in_place(current, 0), like="edit")
        self._commands("over-time")
        if editor.neurons:
            self._commands("connect")
        if editor.computing():
            self._add_activations(editor.computing(), editor.set_activation)
            has = all(editor.network.neuron_of[id].bias is not None for id in editor.computing())
            bias = self._do("Bias", editor.toggle_bias, "Whether a bias is added to the weighted sum", "bias")
            bias.setCheckable(True)
            bias.setChecked(has)
        wanted = editor.parameters_of(selection.keys)
        if wanted:
            frozen = self._do("Frozen", editor.toggle_frozen, FROZEN_TIP, "freeze")
            frozen.setCheckable(True)
            frozen.setChecked(all(editor.is_frozen(key) for key in wanted))
        if len(editor.edges) == 1 and not editor.neurons:
            edge = next(iter(editor.edges))
            self._do(
                "Split with a neuron",
                lambda: editor.attempt(lambda p: edits.split_edge(p, edge, editor.starts)),
            )
        self.addSeparator()
        if editor.neurons:
            self._commands("select-layer", "copy", "cut", "duplicate")
        self._commands("delete")

    def _add_activations(self, ids: list[int], choose: Callable[[str], object]) -> None:
        menu = self.addMenu("Activation")
        names = {self._editor.network.neuron_of[id].activation for id in ids}
        for name, activation in ACTIVATIONS.items():
            action = menu.addAction(activation.label)
            action.setCheckable(True)
            action.setChecked(names == {name})
            action.triggered.connect(lambda checked=False, name=name: choose(name))

    # ---- a layer

    def _add_layer(self, layer: int) -> None:
        editor, canvas = self._editor, self._window.canvas
        members = editor.network.members[layer]
        ids = [neuron.id for neuron in members]
        computing = [neuron.id for neuron in members if neuron.kind is not Kind.INPUT]
        self._do("Edit name and size…", lambda: self._window.drawing.edit_in_place(None, layer))
        self._do(
            "Add a neuron",
            lambda: editor.attempt(lambda p: edits.resize_layer(p, layer, len(ids) + 1, editor.starts)),
        )
        if any(editor.network.outgoing[id] for id in ids):
            size = self._window.drawing.piece(PIECES["layer"]).size
            self._do(
                f"Insert a layer of {size} behind this one", lambda: self._window.drawing.insert_behind(layer)
            )
        if LARGEST_DRAWN < len(ids) <= LARGEST_OPEN:
            is_open = layer in canvas.scene.opened
            text = "Fold into a heat map" if is_open else "Draw neuron by neuron"
            self._do(text, lambda: canvas.set_open(layer, not is_open))
        if computing:
            self.addSeparator()
            self._add_activations(
                computing,
                lambda name: editor.attempt(lambda p: edits.set_activation(p, computing, name)),
            )
            menu = self.addMenu("Draw its weights anew")
            menu.setToolTipsVisible(True)
            for name, initializer in INITIALIZERS.items():
                action = menu.addAction(initializer.label)
                action.triggered.connect(
                    lambda checked=False, name=name: editor.attempt(
                        lambda p: edits.draw_layer(p, layer, name)
                    )
                )
            keys = editor.parameters_of(ids)
            frozen = self._do(
                "Frozen",
                lambda: editor.toggle_frozen(ids),
                "The weights that lead into the layer, and its biases, do not train",
            )
            frozen.setCheckable(True)
            frozen.setChecked(bool(keys) and all(editor.is_frozen(key) for key in keys))
            frozen.setEnabled(bool(keys))
        self.addSeparator()
        self._commands("connect", "copy", "cut", "duplicate", "delete")

    # ---- the ground

    def _add_ground(self, point: QPointF) -> None:
        hands = self._window.canvas.hands
        for piece in map(self._window.drawing.piece, PIECES.values()):
            if piece.template:
                continue
            place = placement(hands, piece, point)
            if place.make is not None:
                self._do(f"Add {piece.title} here", partial(self._editor.attempt, place.make))
        self.addSeparator()
        self._do("Paste here", lambda: self._window.drawing.paste((point.x(), point.y())))
        self._commands("select-all", "tidy", "fit")


__all__ = ["CanvasMenu"]
