"""Safetensors: every array under the name that :mod:`backprop_gui.formats.arrays` explains.

The format's metadata are strings: ``model`` is a JSON object with each text of that table as a list under its name. It
is a single one because the library shuffles several, and the same model would be another file each time. The weights
have the precision of training.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from backprop_gui.engine.arrays import Array
from backprop_gui.formats.arrays import arrays_of, calculation_of, texts_of
from backprop_gui.formats.format import Check, Format, register
from backprop_gui.formats.model import Model


def write(model: Model, path: Path) -> None:
    """Write a safetensors file."""
    from safetensors.numpy import save

    metadata = {"model": json.dumps(texts_of(model), ensure_ascii=False)}
    # arrays_of gives contiguous arrays, which matters: the library writes the memory as it lies.
    path.write_bytes(save(arrays_of(model), metadata))


def verify(path: Path, x: Array) -> Check:
    """Answer for raw inputs from the file."""
    # Its type stubs lack what is used here.
    safetensors: Any = importlib.import_module("safetensors")
    with safetensors.safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        texts = json.loads(file.metadata()["model"])
    return Check(calculation_of(arrays, texts).predict(x), f"safetensors {safetensors.__version__}")


register(
    Format(
        "safetensors",
        "Safetensors",
        (".safetensors",),
        "Weights, biases and scaling as named tensors, for PyTorch, JAX and others.",
        write,
        verify,
    )
)
