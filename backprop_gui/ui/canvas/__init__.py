"""The network picture of the window's centre: neurons, edges and what they are worth at one moment."""

from __future__ import annotations

from backprop_gui.ui.canvas.canvas import Canvas
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.views import View

__all__ = ["Canvas", "Form", "Reach", "View"]
