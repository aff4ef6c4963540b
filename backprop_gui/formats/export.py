"""Export: write, read again, compare, and only then let the file appear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.formats.errors import ExportError
from backprop_gui.formats.format import Check, Format, format_of
from backprop_gui.formats.model import Model
from backprop_gui.numerals import counted
from backprop_gui.project.atomic import appearing

ALLOWED = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 1e-6}
"""The allowed difference of an output, relative to the larger of 1 and the output's largest size."""

OUR_FAULT = "This is a fault of Backprop Lab; please report it with the project."

ROUNDINGS = 16
"""How many units in the last place of every parameter and input a long sum of rounded products may be worth."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written and how near its answers are.

    Attributes
    ----------
    path : Path
    format : Format
    bytes : int
    examples : int
        The number of examples that were compared.
    largest_difference : float
        Between any output of the file and the model's own.
    checked_with : str
        What read the file and computed the outputs.
    """

    path: Path
    format: Format
    bytes: int
    examples: int
    largest_difference: float
    checked_with: str

    @property
    def sentence(self) -> str:
        """The report for a person."""
        return (
            f"Wrote {self.path.name} ({_size(self.bytes)}). {self.checked_with} reproduces the outputs of "
            f"{counted(self.examples, 'example')}; the largest difference is {self.largest_difference:.2g}."
        )


def export(model: Model, path: Path | str) -> ExportReport:
    """Write ``model`` to ``path`` in the format that its suffix names, and prove that the file says the same.

    The file is written beside its place, read again with the format's own library, and asked for the outputs of
    ``model.examples``. It takes its place only when they are those of ``model.predict``, to rounding.

    Raises
    ------
    ExportError
        If the suffix is unknown, the parameters or outputs are not finite, the system refuses to write, or the
        file computes something else. Then nothing is left behind.
    """
    path = Path(path)
    format = format_of(path)
    expected = expected_outputs(model)
    with appearing(path, ExportError) as temporary:
        format.write(model, temporary)
        check = _read_again(format, temporary, model, path.name)
        difference = np.abs(check.outputs - expected)
        # Written so that a NaN is refused too.
        if not (difference <= allowed_difference(model, check.precision)).all():
            raise ExportError(
                f"“{path.name}” was not kept: read again with {check.tool}, its outputs differ from the network's by "
                f"up to {difference.max():.2g}. {OUR_FAULT}"
            )
        size = temporary.stat().st_size
    return ExportReport(path, format, size, len(expected), float(difference.max()), check.tool)


def _read_again(format: Format, file: Path, model: Model, name: str) -> Check:
    """Return what ``file`` answers for the model's examples; a file that cannot be read is an ExportError."""
    try:
        check = format.verify(file, model.examples)
        if check.outputs.shape != (len(model.examples), len(model.output_names)):
            raise ValueError(f"outputs of the shape {check.outputs.shape}")
    except OSError:
        raise
    except Exception as error:
        # Whatever a library finds wrong with a file, it is for us to mend and not for the person who exports.
        raise ExportError(
            f"“{name}” was not kept: it could not be read again ({type(error).__name__}: {error}). {OUR_FAULT}"
        ) from error
    return check


def expected_outputs(model: Model) -> Array:
    """Return what ``model`` predicts for its examples, (examples, outputs).

    Raises
    ------
    ExportError
        If a parameter or an output is not finite, which no reader of a file could reproduce.
    """
    wrong = np.flatnonzero(~np.isfinite(model.theta))
    if len(wrong):
        name, value = model.plan.parameter_name(int(wrong[0])), model.theta[wrong[0]]
        raise ExportError(f"The network cannot be exported: {name} is {value}. Go back to before it blew up.")
    outputs = model.predict(model.examples)
    if not np.isfinite(outputs).all():
        raise ExportError(
            "The network cannot be exported: its outputs overflow for ordinary inputs, because its weights are too "
            "large. Go back to before they grew, or start again."
        )
    return outputs


def allowed_difference(model: Model, precision: np.dtype[np.floating]) -> Array:
    """Return by how much each output may differ on ``model.examples``, (outputs,).

    Sums in another order differ by rounding, which is as if each weight and input had been a few units in the last
    place larger or smaller. How much that does to the outputs depends on the network, so it is tried: what a
    network amplifies is allowed, what a wrong sign would do is not.
    """
    x, theta = model.examples, model.theta.astype(np.float64)
    step = ROUNDINGS * float(np.finfo(precision).eps)
    signs = np.random.default_rng(1).choice([-step, step], len(theta) + x.size)
    nudged = replace(model, theta=theta * (1 + signs[: len(theta)]))
    nudged_x = x * (1 + signs[len(theta) :].reshape(x.shape))
    outputs = model.predict(x)
    rounding: Array = np.abs(nudged.predict(nudged_x) - outputs).max(axis=0)
    size: Array = np.maximum(1, np.abs(outputs).max(axis=0))
    return ALLOWED[precision] * size + rounding


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
