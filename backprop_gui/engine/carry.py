"""How an edit treats what was learned: which parameters it touches, which inherit from others, and undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backprop_gui.network import Network

Key = int | tuple[int, int]
"""What a parameter belongs to: a neuron's id for its bias, (source, target) for a weight."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What a change of the drawing means for the live values.

    Without any of this, a parameter that both drawings have keeps its value if its drawn starting value is the same.

    Attributes
    ----------
    touched : frozenset of keys
        Parameters that take their drawn value although it may be the one that was drawn before.
    inherits : mapping of keys
        New parameters that take over the value and the optimiser state of an old one.
    restore : bool
        Whether the change is a step of undo or redo: what it brings back comes with what it had learned.
    """

    touched: frozenset[Key] = frozenset()
    inherits: Mapping[Key, Key] = field(default_factory=dict)
    restore: bool = False

    def followed_by(self, later: Carry) -> Carry:
        """Return this change and a later one as a single change."""
        if later.restore:
            return later
        inherits = dict(self.inherits)
        inherits.update({new: self.inherits.get(old, old) for new, old in later.inherits.items()})
        return Carry(self.touched | later.touched, inherits, self.restore)


NOTHING_SPECIAL = Carry()


def keys_of(network: Network) -> tuple[Key, ...]:
    """Return the keys of all parameters in drawing order: biases first, then edges."""
    biases = [neuron.id for neuron in network.neurons if neuron.bias is not None]
    return (*biases, *((edge.source, edge.target) for edge in network.edges))
