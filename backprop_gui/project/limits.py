"""What no project is: bounds that no person reaches, and beyond which a file would only stop the program.

They hold for reading and writing alike, so that whatever was saved can be opened again.
"""

from __future__ import annotations

from typing import Any

from backprop_gui.errors import UserError

LONGEST_NAME = 1000
"""Characters."""
MOST_LAYERS = 256
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
    for what, count, most in (
        ("layers", len(network.layers), MOST_LAYERS),
        ("neurons", len(network.neurons), MOST_NEURONS),
        ("edges", len(network.edges), MOST_EDGES),
    ):
        if count > most:
            raise BeyondLimits(f"The network has {count:,} {what}; at most {most:,} are possible.")
    _check_name("the project", name)
    for layer in network.layers:
        _check_name("a layer", layer.name)
    for neuron in network.neurons:
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
