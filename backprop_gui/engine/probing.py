"""What a probe stands for in numbers: the examples it names, and their trace as one row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backprop_gui.engine.arrays import Array, averaged, frozen
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Indices
from backprop_gui.errors import UserError
from backprop_gui.network import Network


class ProbeError(UserError):
    """What was typed does not fit the network."""


def check_probe(probe: Probe, network: Network) -> None:
    """Raise a :class:`ProbeError` if typed numbers are not as many as the network has inputs and outputs."""
    if probe.part is not Part.TYPED:
        return
    for numbers, neurons, what in (
        (probe.x, len(network.inputs), "input"),
        (probe.t, len(network.outputs), "target"),
    ):
        if len(numbers) != neurons:
            wanted = f"{neurons} {what}{'s' * (neurons != 1)}"
            raise ProbeError(
                f"The network needs {wanted}, but {len(numbers) or 'none'} "
                f"{'was' if len(numbers) == 1 else 'were'} typed: type {wanted}, or choose an example of the data."
            )


def settled(probe: Probe, examples: Examples) -> Probe:
    """Return ``probe`` as it can be shown: an example beyond the end of its part is the last one there.

    One on an empty test part is moved to the training part.
    """
    if probe.part not in (Part.TRAIN, Part.TEST):
        return replace(probe, index=0)
    part = Part.TEST if probe.part is Part.TEST and len(examples.x_test) else Part.TRAIN
    count = len(examples.x_test if part is Part.TEST else examples.x_train)
    return Probe(part, min(max(probe.index, 0), count - 1))


def looked_at(probe: Probe, examples: Examples, batch: Indices) -> tuple[Array, Array]:
    """Return x, (examples, inputs), and t, (examples, outputs), of a settled probe; ``batch`` is the next one."""
    match probe.part:
        case Part.TYPED:
            return np.array([probe.x]), np.array([probe.t])
        case Part.BATCH:
            return examples.x_train[batch], examples.t_train[batch]
        case Part.ALL:
            return examples.x_train, examples.t_train
        case Part.TEST:
            one = slice(probe.index, probe.index + 1)
            return examples.x_test[one], examples.t_test[one]
    one = slice(probe.index, probe.index + 1)
    return examples.x_train[one], examples.t_train[one]


def mean_of(rows: Trace) -> Trace:
    """Return a trace of one row with the means over the examples; the gradient is reduced already and stays."""
    means = {
        name: frozen(averaged(getattr(rows, name)))
        for name in ("x", "t", "z", "a", "slope", "delta", "losses", "predictions")
    }
    return Trace(grad=rows.grad, **means)


__all__ = ["ProbeError", "check_probe", "looked_at", "mean_of", "settled"]
