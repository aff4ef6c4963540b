"""One document: network, data, training settings and where training stands, and the file it is kept in."""

from __future__ import annotations

from backprop_gui.project.project import (
    SUITS,
    Project,
    examples_of,
    initialized,
    obstacle,
    project_for,
    trainer_of,
    with_data,
    with_new_weights,
    with_shape,
)

__all__ = [
    "SUITS",
    "Project",
    "examples_of",
    "initialized",
    "obstacle",
    "project_for",
    "trainer_of",
    "with_data",
    "with_new_weights",
    "with_shape",
]
