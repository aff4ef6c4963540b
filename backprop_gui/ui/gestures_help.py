"""What mouse and keyboard do on the canvas, in words: the rows that the shortcut sheet adds to the commands.

The canvas understands these gestures by itself, without a command, so they are declared here: one row each.
"""

from __future__ import annotations

from dataclasses import dataclass

MOUSE, KEYBOARD = "Mouse on the canvas", "Keyboard on the canvas"


@dataclass(frozen=True, slots=True)
class Gesture:
    """One gesture: the keys or the movement, what that does, and the group in which it is shown."""

    how: str
    does: str
    group: str = MOUSE


GESTURES = (
    Gesture("Click", "Select a neuron or an edge"),
    Gesture("Shift+click", "Select one more, or one less"),
    Gesture("Drag on empty canvas", "Select everything in a rectangle"),
    Gesture("Drag a neuron", "Move all that is selected"),
    Gesture("Drag from a neuron’s rim", "Connect to a neuron or a layer"),
    Gesture("Shift+drag across edges", "Cut edges"),
    Gesture("Drag from the palette", "Add a neuron, a layer or a template"),
    Gesture("Double click", "Edit a name, bias or weight in place"),
    Gesture("Right click", "Open a menu with what applies"),
    Gesture("Wheel", "Zoom at the pointer"),
    Gesture("Middle drag, Space+drag", "Move the view"),
    Gesture("Tab, arrow keys", "Walk through neurons and edges", KEYBOARD),
    Gesture("Shift+arrow keys", "Select more neurons; after C, aim at a whole layer", KEYBOARD),
    Gesture("Ctrl+arrow keys", "Move what is selected", KEYBOARD),
    Gesture("C, then arrow keys or Tab, Enter", "Connect what is selected with a target", KEYBOARD),
    Gesture("Enter", "Edit what is selected", KEYBOARD),
    Gesture("Delete", "Remove what is selected", KEYBOARD),
    Gesture("Esc", "Cancel a gesture, or select nothing", KEYBOARD),
)
"""In the order in which the sheet shows them."""

__all__ = ["GESTURES", "KEYBOARD", "MOUSE", "Gesture"]
