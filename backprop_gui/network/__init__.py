"""What is drawn: the immutable network and the edits that turn one drawing into another. No Qt, no NumPy."""

from __future__ import annotations

from backprop_gui.network.errors import NetworkError
from backprop_gui.network.fragments import fragment
from backprop_gui.network.layout import in_columns
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Draw, Edge, Key, Kind, Layer, Neuron
from backprop_gui.network.templates import dense, parse_shape, reshaped
from backprop_gui.network.tidy import tidied
from backprop_gui.network.trainable import check_trainable

__all__ = [
    "Draw",
    "Edge",
    "Key",
    "Kind",
    "Layer",
    "Network",
    "NetworkError",
    "Neuron",
    "check_trainable",
    "dense",
    "fragment",
    "in_columns",
    "parse_shape",
    "reshaped",
    "tidied",
]
