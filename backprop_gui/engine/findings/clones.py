"""Clones: hidden neurons that are alike in everything, and so stay alike for ever.

Two hidden neurons with the same sources, targets, activation, bias and weights have the same z and a. Their deltas are
the same sums, so their gradients are the same numbers, and every optimiser here moves each parameter by its own
gradient and its own memory of gradients: what was alike stays alike. Neurons that differ in one outgoing weight have
different deltas, part at the next step, and are not reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import listed, number
from backprop_gui.network import Kind, Neuron
from backprop_gui.numerals import counted

ALIKE = {"float64": 1e-9, "float32": 1e-5}
"""Relative difference up to which parameters count as the same, by precision: a matrix product may round two equal rows
differently, and so they drift apart by what is lost in rounding."""
STEPS = 1000.0
"""So many times more for steps and sums, in which a difference of rounding is magnified."""


def find(checkup: Checkup) -> list[Finding]:
    """Return a finding for each group of clones."""
    return [
        _finding(checkup, group)
        for suspects in _same_sums(checkup)
        for group in _same_parameters(checkup, suspects)
    ]


def _same_sums(checkup: Checkup) -> Iterator[list[Neuron]]:
    """Yield groups of hidden neurons with the same z for every example: the few that are worth a closer look."""
    hidden = [n for n in checkup.plan.network.neurons if n.kind is Kind.HIDDEN]
    if not hidden:
        return
    z = checkup.trace.z[:, [checkup.column(n) for n in hidden]].astype(np.float64)
    alike = STEPS * ALIKE[checkup.theta.dtype.name]
    with np.errstate(all="ignore"):
        # One number a neuron, in which those of different examples cannot cancel each other but by chance.
        mixed = np.random.default_rng(0).normal(size=len(z)) @ z
    order = [int(i) for i in np.argsort(mixed, kind="stable") if np.isfinite(z[:, i]).all()]
    group: list[int] = []
    for i in order:
        if group and not np.allclose(z[:, i], z[:, group[0]], rtol=alike, atol=1e-3 * alike):
            if len(group) > 1:
                yield [hidden[j] for j in group]
            group = []
        group.append(i)
    if len(group) > 1:
        yield [hidden[j] for j in group]


def _same_parameters(checkup: Checkup, suspects: list[Neuron]) -> Iterator[list[Neuron]]:
    """Yield groups of neurons that have the same parameters and are about to make the same step."""
    built_alike = defaultdict(list)
    for neuron in suspects:
        built_alike[_build(checkup, neuron)].append(neuron)
    alike = ALIKE[checkup.theta.dtype.name]
    for neurons in built_alike.values():
        numbers = [_numbers(checkup, neuron) for neuron in neurons]
        theta, step = (np.array(rows) for rows in zip(*numbers, strict=True))
        left = np.arange(len(neurons))
        while len(left) > 1:
            first = left[0]
            largest = float(np.abs(step[first]).max(initial=0.0))
            same = np.isclose(theta[left], theta[first], rtol=alike, atol=0.0).all(axis=1) & np.isclose(
                step[left], step[first], rtol=STEPS * alike, atol=STEPS * alike * largest
            ).all(axis=1)
            same[0] = True
            if same.sum() > 1:
                yield [neurons[i] for i in left[same]]
            left = left[~same]


def _build(checkup: Checkup, neuron: Neuron) -> object:
    network = checkup.plan.network
    return (
        neuron.activation,
        neuron.bias is None,
        neuron.frozen,
        frozenset((edge.source, edge.frozen) for edge in network.incoming[neuron.id]),
        frozenset((edge.target, edge.frozen) for edge in network.outgoing[neuron.id]),
    )


def _numbers(checkup: Checkup, neuron: Neuron) -> tuple[Array, Array]:
    """Return a neuron's parameters and their next steps, in an order that is the same for all built like it."""
    plan, network = checkup.plan, checkup.plan.network
    into = sorted(network.incoming[neuron.id], key=lambda edge: edge.source)
    out = sorted(network.outgoing[neuron.id], key=lambda edge: edge.target)
    slots = [plan.slot[edge.source, edge.target] for edge in (*into, *out)]
    if neuron.bias is not None:
        slots.append(plan.slot[neuron.id])
    return checkup.theta[slots], checkup.update[slots]


def _finding(checkup: Checkup, neurons: list[Neuron]) -> Finding:
    network = checkup.plan.network
    theta, _ = _numbers(checkup, neurons[0])
    if not theta.any():
        numbers = "All their weights and biases are 0."
    elif np.ptp(theta) == 0:
        numbers = f"All their weights and biases are {number(float(theta[0]))}."
    else:
        a = checkup.trace.a[0, checkup.column(neurons[0])]
        numbers = f"For training example 1, each has a = {number(float(a))} and the same delta."
    zero = (
        " Weights that are all 0 are the extreme case: no delta can come back through them, and nothing tells one "
        "neuron from another."
        if not theta.any()
        else ""
    )
    return Finding(
        "clones",
        Severity.HINDERS,
        f"{counted(len(neurons), 'clone')} in {network.layer_of[neurons[0].layer].name}",
        f"{listed([n.name for n in neurons])} have the same inputs, the same activation, and the same weights in and "
        f"out. {numbers}",
        "They compute the same a for every example, get the same delta, and so the same gradient and the same step, "
        f"with every optimiser. They can never part, and together can do no more than one neuron.{zero}",
        "Draw new weights at random: that is what random starting weights are for. Changing one weight of each by hand "
        "parts them too.",
        tuple(neuron.id for neuron in neurons),
        Look.DELTAS,
        int(checkup.chosen[0]),
    )


FINDERS.add("clones", Finder("clones", "clones: hidden neurons that can never part", find))
