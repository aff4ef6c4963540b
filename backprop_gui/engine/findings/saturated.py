"""Saturated neurons: sigmoids and tanhs that are flat wherever the data puts them."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import listed, number
from backprop_gui.network import Kind, Neuron
from backprop_gui.numerals import counted

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}
"""f'(0) of the activations that saturate at both ends."""
FLAT = 0.01
"""A neuron is flat where f' is below this share of its steepest: |z| above 6.0 for a sigmoid, 3.0 for a tanh."""
ALWAYS = 0.95
"""A hidden neuron must be flat for this share of the examples. A neuron that divides the data well is flat for many of
them, but not for those near its boundary."""
WRONG = 0.25
"""An output must be flat at the wrong end for this share of the examples: sharp answers are flat at the right one."""
FAR = 0.5
"""An output is at the wrong end where it is farther than this from its target."""


def find(checkup: Checkup) -> list[Finding]:
    """Return a finding for each layer with saturated hidden neurons, and one for each layer of saturated outputs."""
    if checkup.settled:
        return []
    network = checkup.plan.network
    found = []
    for layer in network.layers:
        neurons = [n for n in network.members[layer.id] if n.activation in STEEPEST]
        hidden = [n for n in neurons if n.kind is Kind.HIDDEN and _flat(checkup, n).mean() >= ALWAYS]
        if hidden:
            found.append(_hidden(checkup, layer.name, hidden))
        outputs = [n for n in neurons if n.kind is Kind.OUTPUT and _wrong(checkup, n).mean() >= WRONG]
        if outputs:
            found.append(_outputs(checkup, layer.name, outputs))
    return found


def _flat(checkup: Checkup, neuron: Neuron) -> np.ndarray:
    slope = checkup.trace.slope[:, checkup.column(neuron)]
    flat: np.ndarray = slope < FLAT * STEEPEST[neuron.activation]
    return flat


def _wrong(checkup: Checkup, neuron: Neuron) -> np.ndarray:
    """Return for which examples an output is flat at the wrong end and the loss does not make up for it."""
    fused = checkup.loss.fused
    if fused is not None and fused.activation == neuron.activation:
        # δ = a - t whatever the slope: being wrong is enough to move.
        return np.zeros(len(checkup.chosen), dtype=bool)
    place = [output.id for output in checkup.plan.network.outputs].index(neuron.id)
    a, t = checkup.trace.a[:, checkup.column(neuron)], checkup.trace.t[:, place]
    wrong: np.ndarray = _flat(checkup, neuron) & (np.abs(a - t) > FAR)
    return wrong


def _hidden(checkup: Checkup, layer: str, neurons: list[Neuron]) -> Finding:
    names = [neuron.name for neuron in neurons]
    worst = min(neurons, key=lambda neuron: float(checkup.trace.slope[:, checkup.column(neuron)].max()))
    column = checkup.column(worst)
    z, slope = checkup.trace.z[:, column], checkup.trace.slope[:, column]
    share = float(np.mean([_flat(checkup, neuron).mean() for neuron in neurons]))
    return Finding(
        "saturated",
        Severity.HINDERS,
        f"{counted(len(neurons), 'saturated neuron')} in {layer}",
        f"{listed(names)}: f'(z) is below {100 * FLAT:.0f} % of its largest value for {_percent(share)} of "
        f"{checkup.examples}. Of {worst.name}, the smallest |z| is {number(float(np.abs(z).min()))}, and the largest "
        f"f'(z) is {number(float(slope.max()))}.",
        f"A {worst.activation} is flat far from z = 0. Every delta is multiplied by f'(z) on its way back, so hardly "
        "anything is left for the weights into such a neuron and for all the layers before it, however large the "
        "error is. The neuron passes on nearly the same number whatever comes in.",
        "Begin with smaller weights (Xavier), scale the inputs, or lower the learning rate, which may have thrown the "
        "weights far out. A ReLU or a leaky ReLU does not saturate above 0.",
        tuple(neuron.id for neuron in neurons),
        Look.ACTIVATIONS,
        int(checkup.chosen[np.abs(z).argmin()]),
    )


def _outputs(checkup: Checkup, layer: str, neurons: list[Neuron]) -> Finding:
    names = [neuron.name for neuron in neurons]
    wrong = np.array([_wrong(checkup, neuron) for neuron in neurons])
    which, row = np.unravel_index(wrong.argmax(), wrong.shape)
    neuron, column = neurons[int(which)], checkup.column(neurons[int(which)])
    a, delta = checkup.trace.a[row, column], abs(checkup.trace.delta[row, column])
    example = int(checkup.chosen[row])
    return Finding(
        "saturated",
        Severity.HINDERS,
        f"{counted(len(neurons), 'output')} saturated at the wrong end in {layer}",
        f"{listed(names)}: flat, and more than {FAR} from the target, for {_percent(float(wrong.mean()))} of "
        f"{checkup.examples}. For example {example + 1:,}, {neuron.name} is {number(float(a))}, and |∂L/∂z| only "
        f"{number(float(delta))}.",
        "With this loss the delta of an output is (a − t) · f'(z) or a multiple of it. At the wrong end the first "
        "factor is largest, but f'(z) is nearly 0, so the larger the mistake, the less it is corrected.",
        "Choose binary cross-entropy with sigmoid outputs: its delta is a − t, without f'(z). Or begin with smaller "
        "weights and a lower learning rate.",
        tuple(neuron.id for neuron in neurons),
        Look.ACTIVATIONS,
        example,
    )


def _percent(share: float) -> str:
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.3g} %"


FINDERS.add("saturated", Finder("saturated", "saturated sigmoids and tanhs", find))
