"""Backprop Lab: a desktop laboratory for understanding, teaching and debugging backpropagation."""

from __future__ import annotations

import os

__version__ = "0.1.0"

# One thread for NumPy's matrix products, said before NumPy is loaded: those of the usual sizes are faster without
# waiting for a second one, and in the window the other core draws. `engine/threads.py` knows the exception.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
