"""What the numbers of a frame are of, in the few words that labels have room for: one example, or many."""

from __future__ import annotations

from backprop_gui.engine.frame import Frame, Part
from backprop_gui.numerals import counted

MEANS = {Part.BATCH: "batch mean", Part.ALL: "mean of all"}
TOGETHER = {Part.BATCH: "the batch", Part.ALL: "all examples"}


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


__all__ = ["gradient_of_what", "of_what", "over_what"]
