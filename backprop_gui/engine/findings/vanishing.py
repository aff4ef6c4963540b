"""Vanishing and exploding deltas: layers that learn a hundred times more slowly than others, or far faster."""

from __future__ import annotations

import math

from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import number
from backprop_gui.engine.flow import LayerFlow, Measure

VANISHED = 100.0
"""How many times larger the median |δ| of the last hidden layer is than that of the first. With plain gradient descent,
what the last one learns in an epoch then takes the first one a hundred. Between layers that learn well it is 0.01 to 2:
the templates with two hidden layers, with several seeds, while they train."""
EXPLODED = 1000.0
"""How many times larger that of the first is; more, because it is small in a last layer that is nearly done."""

ALIKE = 1.5
"""Factor below which two layers are said to be alike."""


def find(checkup: Checkup) -> list[Finding]:
    """Return at most one finding: that the deltas vanish, or that they explode."""
    ends = checkup.flow.shrinkage()
    if ends is None or checkup.settled:
        return []
    first, last, ratio = ends
    if ratio >= VANISHED:
        return [_vanishing(checkup, first, last, ratio)]
    if ratio * EXPLODED <= 1:
        return [_exploding(checkup, first, last, ratio)]
    return []


def how_much(first: LayerFlow, last: LayerFlow, ratio: float, noun: str = "deltas") -> str:
    """Say in a clause how the deltas of two layers compare; ``ratio`` is that of the last to the first."""
    if 1 / ALIKE < ratio < ALIKE:
        return f"the {noun} of {first.name} are about as large as those of {last.name}"
    if ratio >= 1:
        return f"the {noun} of {first.name} are 1/{factor(ratio)} of those of {last.name}"
    return f"the {noun} of {first.name} are {factor(1 / ratio)} times those of {last.name}"


def factor(ratio: float) -> str:
    """Return a large factor as people write it, with two digits: ``3,400``, ``1.2·10⁷``."""
    if not math.isfinite(ratio) or ratio >= 1e6:
        return number(ratio, 2)
    if ratio < 10:
        return f"{ratio:.1f}"
    rounded = round(ratio, 1 - math.floor(math.log10(ratio)))
    return f"{rounded:,.0f}"


def _numbers(checkup: Checkup, first: LayerFlow, last: LayerFlow, ratio: float) -> str:
    sentence = how_much(first, last, ratio)
    lower, upper = (number(layer.spread(Measure.DELTA).median) for layer in (first, last))
    return (
        f"{sentence[0].upper()}{sentence[1:]}: the median |δ| over {checkup.examples} is {lower} and {upper}."
    )


def _keys(checkup: Checkup, layer: LayerFlow) -> tuple[int, ...]:
    return tuple(neuron.id for neuron in checkup.plan.network.members[layer.layer])


def _vanishing(checkup: Checkup, first: LayerFlow, last: LayerFlow, ratio: float) -> Finding:
    squashing = any(n.activation == "sigmoid" for n in checkup.plan.network.neurons)
    most = " Of a sigmoid f' is at most 1/4." if squashing else ""
    return Finding(
        "vanishing",
        Severity.HINDERS,
        f"Deltas vanish before {first.name}",
        _numbers(checkup, first, last, ratio),
        "On its way back through a layer every delta is multiplied by the weights and by f'(z). Where these products "
        f"are below 1, layer after layer takes its share, and the first layers hardly learn.{most}",
        "Choose tanh or ReLU, weights drawn for the activation (Xavier, He), fewer layers, or skip connections past "
        "some of them. Adam gives every weight a step of about the same size, whatever its gradient.",
        _keys(checkup, first),
        Look.DELTAS,
        int(checkup.chosen[0]),
    )


def _exploding(checkup: Checkup, first: LayerFlow, last: LayerFlow, ratio: float) -> Finding:
    return Finding(
        "exploding",
        Severity.HINDERS,
        f"Deltas explode towards {first.name}",
        _numbers(checkup, first, last, ratio),
        "On its way back through a layer every delta is multiplied by the weights and by f'(z). Where these products "
        "are above 1, they grow from layer to layer, and a step that suits the last layers throws the first ones far "
        "out.",
        "Begin with smaller weights (Xavier, He), clip the gradient, or lower the learning rate.",
        _keys(checkup, first),
        Look.DELTAS,
        int(checkup.chosen[0]),
    )


FINDERS.add("vanishing", Finder("vanishing", "vanishing and exploding deltas", find))

__all__ = ["EXPLODED", "VANISHED", "factor", "how_much"]
