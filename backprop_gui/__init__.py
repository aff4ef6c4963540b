"""Backprop Lab: a desktop laboratory for understanding, teaching and debugging backpropagation."""

from __future__ import annotations

__version__ = "0.1.0"
