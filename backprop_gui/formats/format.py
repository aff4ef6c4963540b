"""The registry of formats: what a file format has to bring along."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.formats.errors import ExportError
from backprop_gui.formats.model import Model
from backprop_gui.registry import Registry

FLOAT64: np.dtype[np.floating] = np.dtype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What a written file answers when it is read again.

    Attributes
    ----------
    outputs : (examples, outputs) array
    tool : str
        What read and computed it, such as ``ONNX Runtime 1.22``.
    precision : dtype
        What the file's own arithmetic is done in.
    """

    outputs: Array
    tool: str
    precision: np.dtype[np.floating] = FLOAT64


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that models can be exported to.

    Attributes
    ----------
    name, label : str
        Its name in the registry, and what people call it.
    suffixes : tuple of str
        Lower case, with the dot; the first is the one to offer.
    description : str
        One sentence about what such a file is good for.
    write : callable
        ``write(model, path)`` writes a file; the same model always gives the same bytes.
    verify : callable
        ``verify(path, x)`` reads such a file with the format's own library and answers for raw inputs ``x``,
        (examples, inputs), from what it read alone.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    description: str
    write: Callable[[Model, Path], None]
    verify: Callable[[Path, Array], Check]


FORMATS: Registry[Format] = Registry("export format")


def register(format: Format) -> Format:
    """Enter a format into the registry under its name."""
    return FORMATS.add(format.name, format)


def format_of(path: Path) -> Format:
    """Return the format that the suffix of ``path`` names.

    Raises
    ------
    ExportError
        If it names none.
    """
    by_suffix = {suffix: format for format in FORMATS.values() for suffix in format.suffixes}
    suffix = path.suffix.lower()
    if suffix in by_suffix:
        return by_suffix[suffix]
    there_are = ", ".join(by_suffix)
    if not suffix:
        raise ExportError(
            f"The name “{path.name}” does not say which format to export to: end it with one of {there_are}."
        )
    near = difflib.get_close_matches(suffix, by_suffix, n=1, cutoff=0.7)
    offer = f"Did you mean “{path.stem}{near[0]}”?" if near else f"There are: {there_are}."
    raise ExportError(f"There is no export format with the suffix “{suffix}”. {offer}")
