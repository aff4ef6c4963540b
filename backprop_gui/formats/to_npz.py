"""NumPy archives: every array and every text under the name that :mod:`backprop_gui.formats.arrays` explains.

Texts are arrays of strings, so that ``np.load(path)`` needs no pickle. The weights have the precision of training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.formats.arrays import arrays_of, calculation_of, texts_of
from backprop_gui.formats.format import Check, Format, register
from backprop_gui.formats.model import Model


def write(model: Model, path: Path) -> None:
    """Write a NumPy archive."""
    texts = {name: np.array(words, dtype=np.str_) for name, words in texts_of(model).items()}
    with path.open("xb") as file:
        np.savez(file, allow_pickle=False, **arrays_of(model), **texts)


def verify(path: Path, x: Array) -> Check:
    """Answer for raw inputs from the archive."""
    # Opened here, because np.load leaves a file open that it finds damaged.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return Check(calculation_of(arrays, arrays).predict(x), f"NumPy {np.__version__}")


register(
    Format(
        "npz",
        "NumPy archive",
        (".npz",),
        "Weights, biases and scaling as named arrays, for NumPy.",
        write,
        verify,
    )
)
