"""What can be wrong with a drawing; every message is a sentence for a person."""

from __future__ import annotations

from backprop_gui.errors import UserError


class NetworkError(UserError):
    """A network that cannot be drawn, or cannot be trained as it is drawn."""


class CycleError(NetworkError):
    """An edge would let a neuron's output come back to its own input."""


class DuplicateEdgeError(NetworkError):
    """Two neurons are connected twice in the same direction."""


class DuplicateIdError(NetworkError):
    """Two neurons or two layers carry the same id."""


class SelfEdgeError(NetworkError):
    """An edge starts and ends at the same neuron."""


class EdgeIntoInputError(NetworkError):
    """An edge ends at an input neuron, whose value comes from the data."""


class UnknownNeuronError(NetworkError):
    """An edge, an edit or a question names a neuron or layer that the network does not have."""


class InvalidNeuronError(NetworkError):
    """A neuron's own settings contradict each other, such as an input with a bias."""


class NotFiniteError(NetworkError):
    """A weight, a bias or a position is infinite or not a number."""


class MissingInputError(NetworkError):
    """The network has no input neuron."""


class MissingOutputError(NetworkError):
    """The network has no output neuron."""


class UnreachableInputError(NetworkError):
    """No path leads from an input neuron to any output."""


class UnreachableOutputError(NetworkError):
    """No path leads from any input to an output neuron."""


class ShapeError(NetworkError):
    """A list of layer sizes, or its text such as ``2-4-1``, cannot be read as a network."""
