"""Finding the first number that was not finite: the step, the layer and the parameter."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Note, NoteKind
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import Plan


def explain(
    plan: Plan, before: Array, after: Array, x: Array, t: Array, loss: Loss, step: int, epoch: float
) -> Note:
    """Say what first became infinite or not a number in one training step.

    Parameters
    ----------
    before, after : (plan.size,) arrays
        The parameters before and after the step.
    x, t : (examples, inputs), (examples, outputs) arrays
        The batch of the step.
    step : int
        The number of the step, from 1.
    """
    seen = trace(plan, before, x, t, loss)
    network = plan.network
    ranked = sorted(network.neurons, key=lambda neuron: network.ranks[neuron.id])
    neuron, what = None, ""
    for what, numbers, order in (  # noqa: B007 (read after the loop)
        ("weighted sum", seen.z, ranked),
        ("activation", seen.a, ranked),
        ("delta", seen.delta, ranked[::-1]),
    ):
        bad = [n for n in order if not np.isfinite(numbers[:, plan.column[n.id]]).all()]
        if bad:
            neuron = bad[0]
            break
    slot = _first_parameter(plan, before, after, None if neuron is None else neuron.id)
    name = plan.parameter_name(slot)
    if neuron is None:
        key = plan.keys[int(np.flatnonzero(plan.slots == slot)[0])]
        neuron = network.neuron_of[key[1] if isinstance(key, tuple) else key]
        happened = f"{name} went from {before[slot]:.3g} to {after[slot]:.3g}"
    else:
        happened = f"the {what} of {neuron.name} was no longer finite, and {name} stood at {before[slot]:.3g}"
    layer = network.layer_of[neuron.layer].name
    text = (
        f"Training stopped at step {step:,} (epoch {epoch:.6g}) because a number became too large: in layer "
        f"“{layer}”, {happened}. Go back, and lower the learning rate or clip the gradient."
    )
    return Note(NoteKind.NOT_FINITE, text, step, layer, name, neuron.id)


def explain_loss(plan: Plan, theta: Array, step: int, epoch: float, part: str, *, first: bool) -> Note:
    """Say that a loss over a part of the data is not finite although every parameter is.

    Parameters
    ----------
    part : str
        "training" or "test".
    first : bool
        Whether it was so from the first: then there is nothing to go back to.
    """
    slot = _first_parameter(plan, theta, theta, None)
    name = plan.parameter_name(slot)
    neuron = plan.network.outputs[0]
    layer = plan.network.layer_of[neuron.layer].name
    largest = f"the largest parameter is {name} with {theta[slot]:.3g}"
    if first:
        text = (
            f"Training cannot {'go on' if step else 'begin'}, because the {part} loss is not a finite number; "
            f"{largest}. Change the loss, the data or the weights."
        )
    else:
        text = (
            f"Training stopped at step {step:,} (epoch {epoch:.6g}) because the {part} loss is no longer a finite "
            f"number; {largest}. Go back, and lower the learning rate, or choose a loss that suits the outputs."
        )
    return Note(NoteKind.NOT_FINITE, text, step, layer, name, neuron.id, can_go_back=not first)


def _first_parameter(plan: Plan, before: Array, after: Array, neuron: int | None) -> int:
    """Return the slot of the parameter to name: of those that are no longer finite, the largest before.

    Those that lead into the neuron where it began come first.
    """
    broken = ~np.isfinite(after[plan.slots])
    candidates = np.flatnonzero(broken) if broken.any() else np.arange(len(plan.slots))
    near = [i for i in candidates if _target(plan.keys[i]) == neuron]
    pool = np.array(near) if near else candidates
    return int(plan.slots[pool[np.abs(before[plan.slots[pool]]).argmax()]])


def _target(key: int | tuple[int, int]) -> int:
    return key[1] if isinstance(key, tuple) else key
