"""The edits of a drawing: each gesture is one pure function from a project to an :class:`Edit`, one step of undo.

An edit that is not possible raises a :class:`~backprop_gui.network.NetworkError`, a sentence for the person.
"""

from __future__ import annotations

from backprop_gui.network.fragments import fragment
from backprop_gui.network.reach import problem_with_connect, problem_with_insert
from backprop_gui.project.edits.changing import (
    draw_layer,
    move,
    remove,
    rename,
    rename_layer,
    set_activation,
    set_bias,
    set_frozen,
    set_has_bias,
    set_weight,
    tidy,
)
from backprop_gui.project.edits.clipboard import as_text, duplicate, from_text, paste
from backprop_gui.project.edits.edit import Edit, Starts, together
from backprop_gui.project.edits.growing import add_layer, add_neuron, connect, resize_layer
from backprop_gui.project.edits.inserting import insert_layer, split_edge

__all__ = [
    "Edit",
    "Starts",
    "add_layer",
    "add_neuron",
    "as_text",
    "connect",
    "draw_layer",
    "duplicate",
    "fragment",
    "from_text",
    "insert_layer",
    "move",
    "paste",
    "problem_with_connect",
    "problem_with_insert",
    "remove",
    "rename",
    "rename_layer",
    "resize_layer",
    "set_activation",
    "set_bias",
    "set_frozen",
    "set_has_bias",
    "set_weight",
    "split_edge",
    "tidy",
    "together",
]
