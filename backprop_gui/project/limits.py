"""What no project is: bounds that no person reaches, and beyond which a file would only stop the program.

They hold for reading and writing alike, so that whatever was saved can be opened again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backprop_gui.errors import UserError
from backprop_gui.network import Network

LONGEST_NAME = 1000
"""Characters."""
MOST_LAYERS = 2000
"""A neuron that is dropped on empty ground has a layer of its own, so there may be as many as can be drawn by hand."""
MOST_NEURONS = 100_000
MOST_EDGES = 2_500_000
FARTHEST = 1e7
"""Scene units from the middle; beyond, the canvas runs out of digits."""
MOST_VALUES = 30_000_000
"""In a whole file: where its most edges have an optimiser's memory, there are fewer."""


class BeyondLimits(UserError):
    """A project that is larger than any; the sentence says in what."""


def check_limits(name: str, network: Any) -> None:
    """Check the project called ``name``; ``network`` is a Network, or its record, whose parts are called the same.

    Raises
    ------
    BeyondLimits
        If it is larger than any project.
    """
    _check_name("the project", name)
    _check_counts(network)
    _check_parts(network.layers, network.neurons)


def check_edited(old: Network, new: Network) -> None:
    """Check what an edit has made of ``old``: only what has changed, so that an edit costs what it does.

    Raises
    ------
    BeyondLimits
        If it is larger than any project.
    """
    _check_counts(new)
    layers, neurons = old.layer_of, old.neuron_of
    _check_parts(
        () if new.layers is old.layers else [one for one in new.layers if layers.get(one.id) is not one],
        () if new.neurons is old.neurons else [one for one in new.neurons if neurons.get(one.id) is not one],
    )


def _check_counts(network: Any) -> None:
    for what, count, most in (
        ("layers", len(network.layers), MOST_LAYERS),
        ("neurons", len(network.neurons), MOST_NEURONS),
        ("edges", len(network.edges), MOST_EDGES),
    ):
        if count > most:
            raise BeyondLimits(f"The network has {count:,} {what}; at most {most:,} are possible.")


def _check_parts(layers: Iterable[Any], neurons: Iterable[Any]) -> None:
    for layer in layers:
        _check_name("a layer", layer.name)
    for neuron in neurons:
        _check_name("a neuron", neuron.name)
        if not all(abs(place) <= FARTHEST for place in neuron.position):
            raise BeyondLimits(
                f"The neuron “{neuron.name}” stands at {neuron.position}; places reach from -{FARTHEST:,.0f} to "
                f"{FARTHEST:,.0f}."
            )


def _check_name(whose: str, name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise BeyondLimits(
            f"The name of {whose}, “{name[:20]}…”, has {len(name):,} characters; at most {LONGEST_NAME:,} are possible."
        )
