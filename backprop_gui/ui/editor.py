"""The editor: turns gestures and commands into edits of the document, one step of undo each."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Signal

from backprop_gui.engine.carry import Carry
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network
from backprop_gui.project import Project, edits
from backprop_gui.project.edits import Edit, Starts
from backprop_gui.ui.document import Document
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Key, Selection, layer_of

Make = Callable[[Project], Edit]

NUDGE = 10.0
"""How far an arrow key moves what is selected, in scene units."""
PAST = "What is seen is a drawing of the past: return to now to edit the present one, or continue from here."
ASIDE = 40.0
"""How far a duplicate stands from its original, in scene units."""


class Editor(QObject):
    """Edits the document; everything that changes the drawing by hand goes through :meth:`attempt`.

    Attributes
    ----------
    keep : bool
        Whether what is added to a trained network begins so that the network computes what it did before.

    Signals
    -------
    made(str)
        An edit was made; what the step of undo is called.
    noted(str)
        What an edit did beyond what can be seen.
    refused(str)
        Why an edit could not be made; nothing has changed.
    """

    made = Signal(str)
    noted = Signal(str)
    refused = Signal(str)

    def __init__(
        self, document: Document, player: Player, selection: Selection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._player, self.selection = document, player, selection
        self.keep = True
        document.changed.connect(self._forget_note)

    # ---- what there is

    @property
    def project(self) -> Project:
        """The project that is edited."""
        return self._document.project

    @property
    def network(self) -> Network:
        """The drawing."""
        return self._document.project.network

    @property
    def trained(self) -> bool:
        """Whether there is anything that could be kept: training has begun."""
        frame = self._player.last
        if frame is not None:
            return frame.step > 0
        run = self.project.run
        return run is not None and run.step > 0

    @property
    def starts(self) -> Starts:
        """How new parameters begin."""
        return Starts(keep=self.keep and self.trained, value=self._player.value)

    @property
    def neurons(self) -> frozenset[int]:
        """The selected neurons."""
        return frozenset(key for key in self.selection.keys if isinstance(key, int))

    @property
    def edges(self) -> frozenset[tuple[int, int]]:
        """The selected edges."""
        return frozenset(key for key in self.selection.keys if isinstance(key, tuple))

    @property
    def layer(self) -> int | None:
        """The layer whose neurons, of which there are several, are exactly what is selected."""
        return layer_of(self.network, self.selection.keys)

    def value(self, key: Key) -> float:
        """Return the present value of a weight or a bias."""
        return self._player.value(key)

    # ---- one edit

    def attempt(self, make: Make, merge: str = "") -> bool:
        """Make an edit of the present project and apply it; what keeps it from being made is a signal."""
        if self.refuses():
            return False
        self._player.give_way()
        try:
            edit = make(self.project)
            carry = Carry(edit.touched, edit.inherits)
            self._document.edit(edit.text, edit.project, merge, carry)
        except UserError as error:
            self.refused.emit(as_drawn(str(error), self.network))
            return False
        if edit.selected is not None:
            self.selection.set(edit.selected)
        self.made.emit(edit.text)
        # What keeps the drawing from being trained is more urgent than how it was added to.
        whole = self._document.obstacle is None
        self.noted.emit(as_drawn(edit.note, self.network) if whole else "")
        return True

    def refuses(self) -> bool:
        """Return whether what is seen is another drawing, one of the past, and say so."""
        elsewhere = self._player.past.is_elsewhere
        if elsewhere:
            self.refused.emit(PAST)
        return elsewhere

    def _forget_note(self) -> None:
        self.noted.emit("")

    # ---- what people do with what is selected

    def delete(self) -> None:
        """Remove the selected neurons and edges."""
        keys = self.selection.keys
        if keys:
            self.attempt(lambda project: edits.remove(project, keys))

    def copy(self) -> str | None:
        """Return the selected part as text for the clipboard, with the weights that it has now; None without one."""
        keys = self.selection.keys
        if not keys:
            return None
        part = edits.fragment(self.network, keys)
        biases = {neuron.id: self.value(neuron.id) for neuron in part.neurons if neuron.bias is not None}
        weights = {pair: self.value(pair) for pair in part.edge_of}
        return edits.as_text(part.with_parameters(biases, weights), self.project)

    def cut(self) -> str | None:
        """Return the selected part as text and remove it."""
        text = self.copy()
        if text is not None:
            self.delete()
        return text

    def duplicate(self) -> None:
        """Draw the selected neurons once more, beside themselves."""
        keys = self.selection.keys
        if keys:
            self.attempt(lambda project: edits.duplicate(project, keys, ASIDE, ASIDE))

    def select_all(self) -> None:
        """Select every neuron."""
        self.selection.set(frozenset(neuron.id for neuron in self.network.neurons))

    def select_layer(self, layer: int | None = None) -> None:
        """Select all neurons of a layer; without one, of the layers of what is selected."""
        network = self.network
        layers = {network.neuron_of[id].layer for id in self.neurons} if layer is None else {layer}
        ids = frozenset(neuron.id for layer in layers for neuron in network.members[layer])
        if ids:
            self.selection.set(ids)

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected neurons a little; nudges of the same ones that follow each other are one step."""
        ids = self.neurons
        if ids:
            merge = f"nudge {sorted(ids)}"
            self.attempt(lambda project: edits.move(project, ids, dx * NUDGE, dy * NUDGE), merge)

    def tidy(self) -> None:
        """Lay the network out in ranks."""
        self.attempt(edits.tidy)

    def insert_behind(self, size: int, layer: int | None = None) -> None:
        """Insert a layer of ``size`` behind one, or that of what is selected: before the next that it leads to."""
        network = self.network
        layers = {network.neuron_of[id].layer for id in self.neurons} if layer is None else {layer}
        if len(layers) != 1:
            self.refused.emit("Select a layer, or neurons of one, to insert another behind it.")
            return
        (left,) = layers
        ends = [edge.target for neuron in network.members[left] for edge in network.outgoing[neuron.id]]
        outside = [id for id in ends if network.neuron_of[id].layer != left]
        if not outside:
            name = network.layer_of[left].name
            self.refused.emit(
                f"Nothing comes behind the layer {name}: connect it first, then a layer fits between."
            )
            return
        right = network.neuron_of[min(outside, key=network.ranks.__getitem__)].layer
        self.attempt(lambda project: edits.insert_layer(project, left, right, size, self.starts))

    def toggle_frozen(self, keys: Collection[Key] | None = None) -> None:
        """Freeze the parameters of ``keys``, or of what is selected; or free them if all of them are frozen."""
        keys = self.selection.keys if keys is None else keys
        wanted = self.parameters_of(keys)
        frozen = not all(self.is_frozen(key) for key in wanted)
        if wanted:
            self.attempt(lambda project: edits.set_frozen(project, wanted, frozen, keys))

    def toggle_bias(self) -> None:
        """Give the selected neurons a bias, or take it away if all of them have one."""
        ids = self.computing()
        has = not all(self.network.neuron_of[id].bias is not None for id in ids)
        if ids:
            self.attempt(lambda project: edits.set_has_bias(project, ids, has))

    def set_activation(self, activation: str) -> None:
        """Give the selected neurons another activation."""
        ids = self.computing()
        if ids:
            self.attempt(lambda project: edits.set_activation(project, ids, activation))

    # ---- what can be done

    def computing(self) -> list[int]:
        """Return the selected neurons that compute something: those that are no inputs."""
        return sorted(id for id in self.neurons if self.network.neuron_of[id].kind is not Kind.INPUT)

    def parameters_of(self, keys: Collection[Key]) -> frozenset[Key]:
        """Return the parameters of ``keys``: of an edge its weight, of a neuron its bias and all weights into it."""
        network = self.network
        found: set[Key] = set()
        for key in keys:
            if isinstance(key, tuple):
                found.add(key)
                continue
            if network.neuron_of[key].bias is not None:
                found.add(key)
            found.update((edge.source, key) for edge in network.incoming[key])
        return frozenset(found)

    def is_frozen(self, key: Key) -> bool:
        """Return whether a weight or bias does not train."""
        return self.network.is_frozen(key)


__all__ = ["Editor"]
