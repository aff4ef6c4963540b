"""What mouse and keyboard do on the canvas, in words: the rows that the shortcut sheet adds to the commands.

The canvas understands these gestures by itself, without a command, so they are declared here: one row each.
"""

from __future__ import annotations

from dataclasses import dataclass

MOUSE, KEYBOARD = "Mouse on the canvas", "Keyboard on the canvas"


@dataclass(frozen=True, slots=True)
class Gesture:
    """One gesture: what it does, the ways to do it, one alternative each, and the group in which it is shown."""

    does: str
    how: tuple[str, ...]
    group: str = MOUSE


GESTURES = (
    Gesture("Select a neuron or an edge", ("Click",)),
    Gesture("Select a layer", ("Click its name",)),
    Gesture("Select one more, or one less", ("Shift+click", "Ctrl+click")),
    Gesture("Select everything in a rectangle", ("Drag on empty canvas",)),
    Gesture("Add a rectangle to the selection", ("Ctrl+drag",)),
    Gesture("Move all that is selected", ("Drag a neuron",)),
    Gesture("Move without guides", ("Ctrl while dragging",)),
    Gesture("Connect to a neuron or a layer", ("Drag from a neuron’s rim",)),
    Gesture("Cut edges", ("Shift+drag across them",)),
    Gesture("Add a neuron, a layer or a net", ("Drag from the palette",)),
    Gesture("Edit, or open a heat map", ("Double click",)),
    Gesture("Show a menu of what applies", ("Right click",)),
    Gesture("Zoom at the pointer", ("Wheel",)),
    Gesture("Move the view", ("Middle drag", "Space+drag")),
    Gesture("Go through neurons and edges", ("Tab", "Shift+Tab"), KEYBOARD),
    Gesture("Go from neuron to neuron", ("Arrow keys",), KEYBOARD),
    Gesture("Select one more on the way", ("Shift+arrow keys",), KEYBOARD),
    Gesture("Move all that is selected", ("Ctrl+arrow keys",), KEYBOARD),
    Gesture("After C: choose a neuron", ("Arrow keys, Enter",), KEYBOARD),
    Gesture("After C: choose a whole layer", ("Shift+arrow keys, Enter",), KEYBOARD),
    Gesture("After C: next possible target", ("Tab, Enter",), KEYBOARD),
    Gesture("Edit, or open a heat map", ("Enter",), KEYBOARD),
    Gesture("Cancel a gesture, or select nothing", ("Esc",), KEYBOARD),
)
"""In the order in which the sheet shows them."""

__all__ = ["GESTURES", "KEYBOARD", "MOUSE", "Gesture"]
