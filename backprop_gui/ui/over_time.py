"""What is shown over time: which of what is selected, under which names, and as text for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence, Set
from itertools import chain, islice

import numpy as np

from backprop_gui.engine.reading import Names
from backprop_gui.engine.trails import Track, Trails
from backprop_gui.network import Key, Network
from backprop_gui.ui.inspection import DELTA_TIPS
from backprop_gui.ui.names import display_name
from backprop_gui.ui.plots.strip_head import Words

LINES = (("train", False), ("test", True), ("good", False), ("muted", True))
"""The curves: names of theme colours, and whether they are dashed."""


def shown_of(network: Network, keys: Set[Key], current: Key | None) -> tuple[Key, ...]:
    """Return as many of the selected ``keys`` as there are curves: the current one, then those drawn first."""
    edges = ((edge.source, edge.target) for edge in network.edges)
    drawn: chain[Key] = chain((neuron.id for neuron in network.neurons), edges)
    first = [current] if current in keys and current is not None else []
    others = islice((key for key in drawn if key in keys and key != current), len(LINES) - len(first))
    return (*first, *others)


def name_of(network: Network, key: Key) -> str:
    """Return what people call an edge or a neuron, as the canvas shows it."""
    ends = key if isinstance(key, tuple) else (key,)
    return " → ".join(display_name(network.neuron_of[end].name) for end in ends)


def words_of(network: Network, keys: Sequence[Key], called: Names) -> list[Words]:
    """Return what each track of ``keys`` is called."""
    edges = [key for key in keys if isinstance(key, tuple)]
    one = edges[0] if len(keys) == 1 and edges else None
    of_target, of_source = ("", "") if one is None else (f" of {name_of(network, end)}" for end in one[::-1])
    tip = DELTA_TIPS[called.delta_meaning]
    ends = (" Of an edge: that of the neuron it leads to.", " Of an edge: that of the neuron it comes from.")
    if not edges:
        value, letter, ends = "bias b", "b", ("", "")
    else:
        value, letter = ("weight w", "w") if len(edges) == len(keys) else ("weight or bias", "w")
    gradient = called.gradient_by(letter)
    effect = "How the loss of what is looked at changes with it"
    delta, activation = f"{called.delta}{of_target}", f"a{of_source}"
    return [
        Words(value, letter, "What was learned until then."),
        Words(gradient if called.is_opposite else f"gradient {gradient}", gradient, f"{effect}: {gradient}."),
        Words(delta, delta, f"{called.delta_meaning}. {tip}.{ends[0]}"),
        Words(f"activation {activation}", activation, f"What the neuron passes on.{ends[1]}"),
    ]


def csv_of(network: Network, trails: Trails) -> str:
    """Return all numbers of ``trails`` as CSV, a row a moment, with all their digits; what is not there is empty."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    names = []
    for key in trails.keys:
        ends = key if isinstance(key, tuple) else (key,)
        names.append(" -> ".join(network.neuron_of[end].name for end in ends))
    table.writerow(["update", "epoch", *(f"{track.value} {name}" for name in names for track in Track)])
    numbers = np.stack([trails.tracks[track] for track in Track], axis=1).reshape(-1, len(trails.steps))
    for step, epoch, row in zip(
        trails.steps.tolist(), trails.epochs.tolist(), numbers.T.tolist(), strict=True
    ):
        table.writerow([step, epoch, *("" if value != value else value for value in row)])
    return text.getvalue()


__all__ = ["LINES", "csv_of", "name_of", "shown_of", "words_of"]
