"""What is selected, shared by the canvas and the panels."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from backprop_gui.network import Key, Network


def layer_of(network: Network, keys: Collection[Key]) -> int | None:
    """Return the layer whose neurons, of which there are several, are exactly ``keys``; None if there is none."""
    one = next(iter(keys), None)
    if len(keys) < 2 or not isinstance(one, int) or one not in network.neuron_of:
        return None
    layer = network.neuron_of[one].layer
    members = network.members[layer]
    return layer if len(members) == len(keys) and all(n.id in keys for n in members) else None


def still_there(keys: frozenset[Key], network: Network) -> frozenset[Key]:
    """Return those of ``keys`` that ``network`` has."""
    # Neurons are far fewer than edges can be.
    neurons = keys.intersection(network.neuron_of)
    if len(neurons) == len(keys):
        return keys
    left = neurons | keys.intersection(network.edge_of)
    return keys if len(left) == len(keys) else left


class Selection(QObject):
    """A set of neurons and edges; ``current`` is the one that was selected last.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keys: frozenset[Key] = frozenset()
        self.current: Key | None = None

    def set(self, keys: frozenset[Key], current: Key | None = None) -> None:
        """Select exactly ``keys``."""
        if current is None and keys:
            current = self.current if self.current in keys else next(iter(keys))
        if keys == self.keys and current == self.current:
            return
        self.keys, self.current = keys, current if keys else None
        self.changed.emit()

    def keep(self, network: Network) -> None:
        """Drop what ``network`` does not have."""
        self.set(still_there(self.keys, network))


__all__ = ["Key", "Selection", "layer_of", "still_there"]
