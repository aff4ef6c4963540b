"""Dead ReLUs: neurons whose weighted sum is not above 0 for any example of the training data."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import listed, number
from backprop_gui.network import Kind, Network, Neuron
from backprop_gui.numerals import counted


def find(checkup: Checkup) -> list[Finding]:
    """Return a finding for each layer with dead neurons."""
    network, seen = checkup.plan.network, checkup.trace
    suspects = [
        n
        for n in network.neurons
        if n.activation == "relu" and n.kind is not Kind.INPUT and (seen.z[:, checkup.column(n)] <= 0).all()
    ]
    if not suspects:
        return []
    highest, example = _highest(checkup, [checkup.column(n) for n in suspects])
    dead = [i for i in range(len(suspects)) if highest[i] <= 0]
    found = []
    for layer in network.layers:
        mine = [i for i in dead if suspects[i].layer == layer.id]
        if mine:
            nearest = max(mine, key=lambda i: float(highest[i]))
            found.append(
                _finding(
                    checkup,
                    layer.name,
                    [suspects[i] for i in mine],
                    suspects[nearest],
                    float(highest[nearest]),
                    int(example[nearest]),
                )
            )
    return found


def _highest(checkup: Checkup, columns: list[int]) -> tuple[Array, Array]:
    """Return the largest z of each column over all the training data, and its example."""
    if checkup.whole:
        z = checkup.trace.z[:, columns]
        return z.max(axis=0), z.argmax(axis=0)
    highest, example = np.full(len(columns), -np.inf), np.zeros(len(columns))
    for start, seen in checkup.chunks():
        z = seen.z[:, columns]
        above = z.max(axis=0) > highest
        highest = np.maximum(highest, z.max(axis=0))
        example = np.where(above, start + z.argmax(axis=0), example)
    return highest, example


def _finding(
    checkup: Checkup, layer: str, neurons: list[Neuron], nearest: Neuron, highest: float, example: int
) -> Finding:
    network, count = checkup.plan.network, len(neurons)
    they_are, are = ("it is", "is") if count == 1 else ("they are", "are")
    everyone = network.members[neurons[0].layer]
    mine = [n for n in everyone if n.activation == "relu"]
    return Finding(
        "dead",
        Severity.STOPS if count == len(everyone) else Severity.HINDERS,
        f"{counted(count, 'dead ReLU')} in {layer}",
        f"{listed([n.name for n in neurons])}: z is not above 0 for any of the {len(checkup.x):,} training examples, "
        f"so {they_are} 0 for all of them. The nearest to 0 is {nearest.name} with z = {number(highest)} for "
        f"example {example + 1:,}. {count} of the {len(mine)} ReLUs of the layer {are} dead.",
        "A ReLU is max(0, z), and f'(z) is 0 where z is not above 0. If that is so for every example, the delta is 0 "
        f"every time, and so is the gradient of the bias and of every weight into it. {_way_back(network, neurons)}",
        "Raise the bias by hand, draw new weights (He), or choose leaky ReLU, whose slope is never 0. A learning rate "
        "that is too high is what kills ReLUs most often: lower it.",
        tuple(neuron.id for neuron in neurons),
        Look.ACTIVATIONS,
        example,
    )


def _way_back(network: Network, neurons: list[Neuron]) -> str:
    """Return whether anything but the neurons' own parameters can make them live again."""
    incoming = [network.incoming[neuron.id] for neuron in neurons]
    if not any(incoming):
        return "Nothing comes in, so no gradient can bring it back."
    if any(network.neuron_of[edge.source].kind is not Kind.INPUT for edges in incoming for edge in edges):
        return "Only what comes in can still change, if the layers before it learn along other ways."
    anything = "" if all(incoming) else ", if anything does,"
    return f"What comes in{anything} is the data, which never changes, so no gradient can bring it back."


FINDERS.add("dead", Finder("dead", "dead ReLUs", find))
