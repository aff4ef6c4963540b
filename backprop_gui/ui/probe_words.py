"""What the numbers of a frame are of: one example, or many; in whole, or in the few words that labels have room for."""

from __future__ import annotations

from backprop_gui.engine.frame import Frame, Part
from backprop_gui.numerals import counted

MEANS = {Part.BATCH: "batch mean", Part.ALL: "mean of all"}
TOGETHER = {Part.BATCH: "the batch", Part.ALL: "all examples"}


def probe_name(frame: Frame) -> str:
    """Return what people call the example or examples that the frame's trace is about."""
    match frame.probe.part:
        case Part.BATCH:
            return f"the mean of the next batch of {len(frame.coming.batch):,}"
        case Part.ALL:
            return "the mean of all training examples"
        case Part.TYPED:
            return "the typed example"
    part = "test" if frame.probe.part is Part.TEST else "training"
    return f"{part} example {frame.probe.index + 1:,}"


def of_what(frame: Frame | None) -> str:
    """Return of what the numbers at neurons are."""
    return "one example" if frame is None else MEANS.get(frame.probe.part, "one example")


def gradient_of_what(frame: Frame) -> str:
    """Return of what the gradients at parameters are, which training may add up without dividing."""
    many = TOGETHER.get(frame.probe.part)
    if many is None:
        return "this example"
    return f"mean of {many}" if frame.mean else f"sum over {many}"


def over_what(frame: Frame) -> str:
    """Return over which examples a number is taken, to be said behind its name."""
    return "of this example" if frame.rows is None else f"over {counted(len(frame.rows.x), 'example')}"


def tracks_of_what(frame: Frame) -> str:
    """Return of what gradients, deltas and activations are where all three are beside each other."""
    if frame.rows is None:
        return f"gradient, delta and activation of {probe_name(frame)}"
    return f"gradient: {gradient_of_what(frame)}, delta and activation: {of_what(frame)}"


__all__ = ["gradient_of_what", "of_what", "over_what", "probe_name", "tracks_of_what"]
