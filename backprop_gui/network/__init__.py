"""What is drawn: the immutable network and the edits that turn one drawing into another. No Qt, no NumPy."""

from __future__ import annotations

from backprop_gui.network.errors import NetworkError
from backprop_gui.network.layout import in_columns
from backprop_gui.network.network import Draw, Edge, Kind, Layer, Network, Neuron, check_trainable
from backprop_gui.network.templates import dense, parse_shape, reshaped

__all__ = [
    "Draw",
    "Edge",
    "Kind",
    "Layer",
    "Network",
    "NetworkError",
    "Neuron",
    "check_trainable",
    "dense",
    "in_columns",
    "parse_shape",
    "reshaped",
]
