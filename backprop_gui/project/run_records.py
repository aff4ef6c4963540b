"""What stands in a project file about a run: its state, number by number, and the way to it and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, TypeAlias

import msgspec
import numpy as np

from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.frame import Beginning, Curve
from backprop_gui.engine.run import Best, Run
from backprop_gui.errors import UserError
from backprop_gui.network import Network

LARGEST_WHOLE = 2**53
"""Every whole number up to this one is a float64 too, and JSON readers elsewhere keep it as it is."""

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_WHOLE)]


class ProjectFileError(UserError):
    """A project file that cannot be read or written; the message names the place."""


class Record(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A part of a project file, in which every field is known."""


class _Curve(Record, frozen=True):
    epochs: list[float]
    train: list[float | None]
    test: list[float | None]
    train_accuracy: list[float | None]
    test_accuracy: list[float | None]


class _Beginning(Record, frozen=True):
    epoch: Annotated[float, msgspec.Meta(ge=0)]
    loss: float | None


class _Best(Record, frozen=True):
    loss: float
    epoch: Count
    parameters: list[float]


class RunRecord(Record, frozen=True):
    """The fields of a Run."""

    step: Count
    epoch: Count
    position: Count
    parameters: list[float]
    memory: dict[str, list[float]]
    memory_count: Count
    curve: _Curve | None = None
    best: _Best | None = None
    beginning: _Beginning | None = None


def record_of_run(run: Run, network: Network) -> RunRecord:
    """Return what is written for ``run``, which is one of ``network``.

    Raises
    ------
    ProjectFileError
        If a number of its state is not finite, which JSON cannot say.
    """
    curve, best = run.curve, run.best
    _check_lengths(_vectors(run), network)
    return RunRecord(
        step=run.step,
        epoch=run.epoch,
        position=run.position,
        parameters=_finite("the parameters", run.parameters),
        memory={name: _finite(f"the optimiser's {name}", vector) for name, vector in run.memory.items()},
        memory_count=run.memory_count,
        curve=None
        if curve is None
        else _Curve(
            curve.epochs.tolist(),
            *(
                [_or_gap(x) for x in array.tolist()]
                for array in (curve.train, curve.test, curve.train_accuracy, curve.test_accuracy)
            ),
        ),
        # Weights whose loss is no number are not the best of anything.
        best=_Best(best.loss, best.epoch, _finite("the best parameters", best.parameters))
        if best is not None and math.isfinite(best.loss)
        else None,
        beginning=None
        if run.beginning is None
        else _Beginning(run.beginning.epoch, _or_gap(run.beginning.loss)),
    )


def _or_gap(loss: float) -> float | None:
    """JSON has no word for infinity; on the curve it is a gap, as NaN is."""
    return loss if math.isfinite(loss) else None


def _finite(what: str, vector: Array) -> list[float]:
    if not np.isfinite(vector).all():
        raise ProjectFileError(f"Not all of {what} are finite numbers: go back in time first.")
    numbers: list[float] = vector.tolist()
    return numbers


def run_of(record: RunRecord, network: Network) -> Run:
    """Return the run that ``record`` describes, one of ``network``.

    Raises
    ------
    ProjectFileError
        If it cannot be one of it, or contradicts itself.
    """
    best, beginning = record.best, record.beginning
    run = Run(
        step=record.step,
        epoch=record.epoch,
        position=record.position,
        parameters=_vector(record.parameters),
        memory={name: _vector(vector) for name, vector in record.memory.items()},
        memory_count=record.memory_count,
        curve=None if record.curve is None else _curve(record.curve),
        best=None if best is None else Best(best.loss, best.epoch, _vector(best.parameters)),
        beginning=None
        if beginning is None
        else Beginning(beginning.epoch, math.nan if beginning.loss is None else beginning.loss),
    )
    _check_lengths(_vectors(run), network)
    return run


def _vectors(run: Run) -> Mapping[str, Array]:
    best = {} if run.best is None else {"best.parameters": run.best.parameters}
    memory = {f"memory.{name}": vector for name, vector in run.memory.items()}
    return {"parameters": run.parameters, **memory, **best}


def _check_lengths(vectors: Mapping[str, Array], network: Network) -> None:
    count = network.parameter_count
    for name, vector in vectors.items():
        if len(vector) != count:
            raise ProjectFileError(
                f"In “run”, “{name}” has {len(vector)} numbers, but the network has {count} parameters."
            )


def _curve(record: _Curve) -> Curve:
    losses = (record.train, record.test, record.train_accuracy, record.test_accuracy)
    if {len(column) for column in losses} != {len(record.epochs)}:
        raise ProjectFileError("In “run.curve”, the columns are not equally long.")
    epochs = _vector(record.epochs)
    if (np.diff(epochs) <= 0).any() or (epochs < 0).any() or (epochs > LARGEST_WHOLE).any():
        raise ProjectFileError("In “run.curve”, the epochs do not ascend from 0.")
    return Curve(epochs, *map(_vector, losses))


def _vector(numbers: list[float] | list[float | None]) -> Array:
    return frozen(np.array(numbers, dtype=np.float64))


__all__ = ["LARGEST_WHOLE", "Count", "ProjectFileError", "Record", "RunRecord", "record_of_run", "run_of"]
