"""How an edit treats what was learned: which parameters it touches, which inherit from others, and undo."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from backprop_gui.network import Key, Network


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
    takes : tuple of int
        For a step of undo or redo: the numbers of the changes that it takes back. What they took away comes back as it
        was then; of a parameter that several of them took away, as it was before the first.
    leaves : int
        The number under which what this change takes away can be brought back; 0: it cannot.
    """

    touched: frozenset[Key] = frozenset()
    inherits: Mapping[Key, Key] = field(default_factory=dict)
    takes: tuple[int, ...] = ()
    leaves: int = 0


NOTHING_SPECIAL = Carry()

_numbers = itertools.count(1)


def new_number() -> int:
    """Return a number that no change has had."""
    return next(_numbers)


def keys_of(network: Network) -> tuple[Key, ...]:
    """Return the keys of all parameters in drawing order: biases first, then edges."""
    biases = [neuron.id for neuron in network.neurons if neuron.bias is not None]
    return (*biases, *((edge.source, edge.target) for edge in network.edges))


__all__ = ["NOTHING_SPECIAL", "Carry", "Key", "keys_of", "new_number"]
