"""Backprop Lab: a desktop laboratory for understanding, teaching and debugging backpropagation."""

from __future__ import annotations

import os

__version__ = "0.1.0"

# One thread for NumPy's matrix products, said before NumPy is loaded. How a product is divided among threads changes
# its last bits, and a project shall give the same ones everywhere; products of the usual sizes are faster without
# waiting for a second thread, and in the window the other core is needed for drawing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
