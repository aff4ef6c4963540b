"""Finding the first number that was not finite: the step, the layer and the parameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Note, NoteKind
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.network import Key, Neuron

GO_BACK = "Go back, and lower the learning rate or clip the gradient."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the first number of a pass that is not finite stands: ``example`` is its row in the trace."""

    operation: str
    neuron: Neuron
    example: int


def first_not_finite(plan: Plan, seen: Trace) -> Origin | None:
    """Return the first number that is not finite, in the order of the pass; None if there is none.

    Forwards, a neuron's weighted sum comes before its activation and before all of the next rank; then the deltas
    come, backwards.
    """
    ranks = plan.network.ranks
    forwards = sorted(plan.network.neurons, key=lambda neuron: ranks[neuron.id])
    bad = {
        operation: ~np.isfinite(numbers)
        for operation, numbers in (("weighted sum", seen.z), ("activation", seen.a), ("delta", seen.delta))
    }
    columns = {operation: set(np.flatnonzero(rows.any(axis=0)).tolist()) for operation, rows in bad.items()}
    order = [(neuron, operation) for neuron in forwards for operation in ("weighted sum", "activation")]
    order += [(neuron, "delta") for neuron in reversed(forwards)]
    for neuron, operation in order:
        column = plan.column[neuron.id]
        if column in columns[operation]:
            return Origin(operation, neuron, int(bad[operation][:, column].argmax()))
    return None


def explain(
    plan: Plan,
    before: Array,
    after: Array,
    x: Array,
    t: Array,
    loss: Loss,
    step: int,
    epoch: float,
    batch: Indices | None = None,
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
    batch : int array, optional
        Which training examples the batch holds.
    """
    origin = first_not_finite(plan, trace(plan, before, x, t, loss))
    network = plan.network
    slot = _first_parameter(plan, before, after, None if origin is None else origin.neuron.id)
    name, key, example = plan.parameter_name(slot), _key_at(plan, slot), None
    if origin is None:
        neuron = network.neuron_of[_target(key)]
        happened = f"{name} went from {before[slot]:.3g} to {after[slot]:.3g}"
    else:
        neuron = origin.neuron
        which = ""
        if batch is not None:
            example = int(batch[origin.example])
            which = f" for training example {example + 1:,}"
        happened = (
            f"the {origin.operation} of {neuron.name} was no longer finite{which}, and {name} stood at "
            f"{before[slot]:.3g}"
        )
    layer = network.layer_of[neuron.layer].name
    text = (
        f"Training stopped at step {step:,} (epoch {epoch:.6g}) because a number became too large: in layer "
        f"“{layer}”, {happened}. {GO_BACK}"
    )
    return Note(NoteKind.NOT_FINITE, text, step, layer, name, neuron.id, weight=key, example=example)


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
    return Note(
        NoteKind.NOT_FINITE,
        text,
        step,
        layer,
        name,
        neuron.id,
        can_go_back=not first,
        weight=_key_at(plan, slot),
    )


def _first_parameter(plan: Plan, before: Array, after: Array, neuron: int | None) -> int:
    """Return the slot of the parameter to name: of those that are no longer finite, the largest before.

    Those that lead into the neuron where it began come first.
    """
    broken = ~np.isfinite(after[plan.slots])
    candidates = np.flatnonzero(broken) if broken.any() else np.arange(len(plan.slots))
    near = [i for i in candidates if _target(plan.keys[i]) == neuron]
    pool = np.array(near) if near else candidates
    return int(plan.slots[pool[np.abs(before[plan.slots[pool]]).argmax()]])


def _key_at(plan: Plan, slot: int) -> Key:
    return plan.keys[int(np.flatnonzero(plan.slots == slot)[0])]


def _target(key: int | tuple[int, int]) -> int:
    return key[1] if isinstance(key, tuple) else key
