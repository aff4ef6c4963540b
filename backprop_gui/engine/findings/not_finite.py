"""The first operation whose result is not finite, with its example and the weight that leads to it."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity
from backprop_gui.engine.findings.words import number
from backprop_gui.engine.frame import Note, NoteKind
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.trouble import GO_BACK, Origin, first_not_finite
from backprop_gui.network import Key

REMEDY = (
    f"{GO_BACK} If it is so from the first, scale the inputs, make the "
    "weights smaller, or choose a loss that suits the outputs."
)


def find(checkup: Checkup) -> list[Finding]:
    """Return at most one finding: of the update that went wrong, or else of what is not finite now."""
    note = checkup.note
    if note is not None and note.kind is not NoteKind.NOT_FINITE:
        note = None
    if note is not None and note.weight is not None and not np.isfinite(checkup.theta).all():
        return [_of_note(checkup, note, note.weight)]
    traces = [(checkup.chosen, checkup.trace)] if checkup.whole or note is None else checkup.chunks()
    for start, seen in traces:
        origin = first_not_finite(checkup.plan, seen)
        row = origin.example if origin is not None else _bad_loss(seen)
        if row is not None:
            example = start + row if isinstance(start, int) else int(start[row])
            return [_of_pass(checkup, origin, seen, row, example)]
    return []


def _bad_loss(seen: Trace) -> int | None:
    bad = ~np.isfinite(seen.losses)
    return int(bad.argmax()) if bad.any() else None


def _of_note(checkup: Checkup, note: Note, weight: Key) -> Finding:
    keys = [weight] if note.neuron is None else [note.neuron, weight]
    return Finding(
        "not-finite",
        Severity.STOPS,
        f"A number became too large at step {note.step:,}",
        note.text.removesuffix(f" {GO_BACK}"),  # the remedy says so again
        _why(checkup),
        REMEDY,
        tuple(dict.fromkeys(keys)),
        Look.ACTIVATIONS,
        note.example,
    )


def _of_pass(checkup: Checkup, origin: Origin | None, seen: Trace, row: int, example: int) -> Finding:
    if origin is None:
        loss = number(float(seen.losses[row]))
        what = f"The loss of training example {example + 1:,} is {loss}, although its outputs are finite."
        keys: tuple[Key, ...] = tuple(neuron.id for neuron in checkup.plan.network.outputs)
    else:
        column, neuron = checkup.plan.column[origin.neuron.id], origin.neuron
        numbers = {"weighted sum": seen.z, "activation": seen.a, "delta": seen.delta}[origin.operation]
        what = (
            f"For training example {example + 1:,}, the {origin.operation} of {neuron.name} is "
            f"{number(float(numbers[row, column]))}, and it is the first number in the pass that is not finite."
        )
        keys = (neuron.id,)
        weight = _largest_into(checkup, neuron.id)
        if weight is not None:
            slot = checkup.plan.slot[weight]
            what += (
                f" The largest of what leads there is {checkup.plan.parameter_name(slot)} with "
                f"{number(float(checkup.theta[slot]))}."
            )
            keys = (neuron.id, weight) if weight != neuron.id else keys
    return Finding(
        "not-finite",
        Severity.STOPS,
        "A number is not finite",
        what,
        _why(checkup),
        REMEDY,
        keys,
        Look.ACTIVATIONS if origin is None or origin.operation != "delta" else Look.DELTAS,
        example,
    )


def _largest_into(checkup: Checkup, neuron: int) -> Key | None:
    """Return the largest parameter that leads into a neuron; what is not a number counts as the largest."""
    network = checkup.plan.network
    keys: list[Key] = [(edge.source, neuron) for edge in network.incoming[neuron]]
    if network.neuron_of[neuron].bias is not None:
        keys.append(neuron)
    if not keys:
        return None
    sizes = np.abs(checkup.theta[[checkup.plan.slot[key] for key in keys]])
    return keys[int(np.where(np.isnan(sizes), np.inf, sizes).argmax())]


def _why(checkup: Checkup) -> str:
    largest = np.finfo(checkup.theta.dtype).max
    return (
        f"Numbers in {checkup.theta.dtype} end at {number(float(largest), 2)}. What goes beyond becomes infinite, and "
        "∞ − ∞ or 0 · ∞ is not a number. From there it spreads to all that reads it, and every gradient is lost."
    )


FINDERS.add("not-finite", Finder("not-finite", "numbers that are not finite", find))
