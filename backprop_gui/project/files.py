"""The project file ``.backprop``: JSON with a format number, read strictly and written atomically.

    {"format": 1,
     "program": "Backprop Lab 0.1.0",
     "name": "xor",
     "network": {"next_id": 11,
                 "layers":  [{"id": 1, "name": "input"}, ...],
                 "neurons": [{"id": 5, "layer": 4, "kind": "hidden", "name": "h1", "activation": "tanh", "bias": 0.0,
                              "position": [220.0, -180.0], "frozen": false}, ...],
                 "edges":   [[source, target, weight], [source, target, weight, frozen], ...]},
     "data":     the fields of DataSettings,
     "training": the fields of TrainingSettings,
     "run":      null, or where training stands: see Run}

Numbers are written with as many digits as it takes to read back the same bits. Unknown fields are refused, because
ignoring one would silently change what a person saved.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np

from backprop_gui import __version__
from backprop_gui.data import DataSettings, Task
from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.frame import Curve
from backprop_gui.engine.run import Best, Run
from backprop_gui.engine.settings import Reduction, TrainingSettings, check_settings
from backprop_gui.errors import UserError
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron
from backprop_gui.project.project import Project

FORMAT = 1
SUFFIX = ".backprop"
LARGEST_FILE = 256 * 2**20
"""Bytes; a project of two million edges is smaller."""


class ProjectFileError(UserError):
    """A project file that cannot be read or written; the message names the place."""


class _Record(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pass


class _Layer(_Record, frozen=True):
    id: int
    name: str


class _Neuron(_Record, frozen=True):
    id: int
    layer: int
    kind: Kind
    name: str
    activation: str
    bias: float | None
    position: tuple[float, float]
    frozen: bool = False


class _Edge(_Record, frozen=True, array_like=True, omit_defaults=True):
    source: int
    target: int
    weight: float
    frozen: bool = False


class _Network(_Record, frozen=True):
    next_id: int
    layers: list[_Layer]
    neurons: list[_Neuron]
    edges: list[_Edge]


class _Data(_Record, frozen=True):
    source: str
    examples: int
    noise: float
    test_share: float
    seed: int
    standardize: bool
    targets: tuple[str, ...] = ()
    task: Task | None = None


class _Training(_Record, frozen=True):
    loss: str
    reduction: Reduction
    optimizer: str
    learning_rate: float
    momentum: float
    beta1: float
    beta2: float
    rho: float
    weight_decay: float
    batch_size: int
    l1: float
    l2: float
    clip_norm: float
    schedule: str
    schedule_epochs: int
    schedule_factor: float
    initializer: str
    patience: int
    precision: str
    seed: int


class _Curve(_Record, frozen=True):
    epochs: list[float]
    train: list[float | None]
    test: list[float | None]
    train_accuracy: list[float | None]
    test_accuracy: list[float | None]


class _Best(_Record, frozen=True):
    loss: float
    epoch: int
    parameters: list[float]


class _Run(_Record, frozen=True):
    step: int
    epoch: int
    position: int
    parameters: list[float]
    memory: dict[str, list[float]]
    memory_count: int
    curve: _Curve | None = None
    best: _Best | None = None


class _Project(_Record, frozen=True):
    format: int
    name: str
    network: _Network
    data: _Data
    training: _Training
    program: str = ""
    run: _Run | None = None


class _Header(msgspec.Struct, frozen=True):
    """The one field that is read before everything else, so that a newer file is recognised as such."""

    format: int


def load(path: Path) -> Project:
    """Read a project file.

    Raises
    ------
    ProjectFileError
        If the file cannot be read, is too large, is of a newer format, or says something impossible; the
        sentence names the place.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ProjectFileError(
                f"“{path.name}” is larger than {LARGEST_FILE // 2**20} MB: no project is. Choose a {SUFFIX} file."
            )
        content = path.read_bytes()
    except OSError as error:
        raise ProjectFileError(f"“{path}” could not be read: {_reason(error)}.") from None
    return decode(content, path.name)


def save(project: Project, path: Path) -> None:
    """Write a project file so that at every moment the old or the new one is there, whole.

    A data file of the person's own is named relative to the project's folder where it lies inside it.

    Raises
    ------
    ProjectFileError
        If the file cannot be written.
    """
    write_atomically(path, encode(project))


def decode(content: bytes, name: str = "the text") -> Project:
    """Turn the bytes of a project file into a project; ``name`` is what messages call it."""
    try:
        header = msgspec.json.decode(content, type=_Header)
        if header.format != FORMAT:
            raise ProjectFileError(
                f"“{name}” has the format {header.format}, and this version of Backprop Lab reads format {FORMAT}: "
                "use the version that wrote it."
            )
        record = msgspec.json.decode(content, type=_Project)
        return _project(record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectFileError(f"“{name}” is not a project of Backprop Lab, or is damaged: {_where(error)}.") from None
    except RecursionError:
        raise ProjectFileError(f"“{name}” is not a project of Backprop Lab: it is nested too deeply.") from None
    except ProjectFileError:
        raise
    except UserError as error:
        raise ProjectFileError(f"“{name}” cannot be opened. {error}") from None


def encode(project: Project) -> bytes:
    """Turn a project into the bytes of its file.

    Raises
    ------
    ProjectFileError
        If it holds a number that is not finite, which JSON cannot say.
    """
    network, run = project.network, project.run
    record = _Project(
        format=FORMAT,
        program=f"Backprop Lab {__version__}",
        name=project.name,
        network=_Network(
            network.next_id,
            [_Layer(layer.id, layer.name) for layer in network.layers],
            [
                _Neuron(n.id, n.layer, n.kind, n.name, n.activation, n.bias, n.position, n.frozen)
                for n in network.neurons
            ],
            [_Edge(edge.source, edge.target, edge.weight, edge.frozen) for edge in network.edges],
        ),
        data=_Data(**asdict(project.data)),
        training=_Training(**asdict(project.training)),
        run=None if run is None else _run_record(run),
    )
    return msgspec.json.format(msgspec.json.encode(record), indent=1) if _small(network) else msgspec.json.encode(record)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file at ``path`` by ``content``: on disk before it takes the old one's place."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes files that only their owner can read; a saved file has the usual rights.
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise ProjectFileError(f"“{path}” could not be written: {_reason(error)}.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _small(network: Network) -> bool:
    """Return whether the file is worth indenting: one number a line is readable only while there are few."""
    return len(network.edges) <= 2000


def _run_record(run: Run) -> _Run:
    curve = run.curve
    return _Run(
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
                [x if math.isfinite(x) else None for x in array.tolist()]
                for array in (curve.train, curve.test, curve.train_accuracy, curve.test_accuracy)
            ),
        ),
        best=None
        if run.best is None
        else _Best(run.best.loss, run.best.epoch, _finite("the best parameters", run.best.parameters)),
    )


def _finite(what: str, vector: Array) -> list[float]:
    if not np.isfinite(vector).all():
        raise ProjectFileError(f"The project was not saved, because {what} are not all finite: go back in time first.")
    numbers: list[float] = vector.tolist()
    return numbers


def _project(record: _Project) -> Project:
    network = Network(
        tuple(
            Neuron(n.id, n.layer, n.kind, n.name, n.activation, n.bias, n.frozen, n.position)
            for n in record.network.neurons
        ),
        tuple(Edge(edge.source, edge.target, edge.weight, edge.frozen) for edge in record.network.edges),
        tuple(Layer(layer.id, layer.name) for layer in record.network.layers),
        record.network.next_id,
    )
    for neuron in network.neurons:
        _ = ACTIVATIONS[neuron.activation]
    training = TrainingSettings(**_fields(record.training))
    check_settings(training)
    run = None if record.run is None else _run(record.run, network)
    return Project(network, DataSettings(**_fields(record.data)), training, record.name, run)


def _fields(record: _Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def _run(record: _Run, network: Network) -> Run:
    count = network.parameter_count
    vectors: Mapping[str, list[float]] = {"parameters": record.parameters, **record.memory}
    if record.best is not None:
        vectors = {**vectors, "best.parameters": record.best.parameters}
    for name, vector in vectors.items():
        if len(vector) != count:
            raise ProjectFileError(
                f"In “run”, “{name}” has {len(vector)} numbers, but the network has {count} parameters."
            )
    if min(record.step, record.epoch, record.position, record.memory_count) < 0:
        raise ProjectFileError("In “run”, a count is negative.")
    return Run(
        step=record.step,
        epoch=record.epoch,
        position=record.position,
        parameters=_vector(record.parameters),
        memory={name: _vector(vector) for name, vector in record.memory.items()},
        memory_count=record.memory_count,
        curve=None if record.curve is None else _curve(record.curve),
        best=None
        if record.best is None
        else Best(record.best.loss, record.best.epoch, _vector(record.best.parameters)),
    )


def _curve(record: _Curve) -> Curve:
    columns = [record.epochs, record.train, record.test, record.train_accuracy, record.test_accuracy]
    if len({len(column) for column in columns}) != 1:
        raise ProjectFileError("In “run.curve”, the columns are not equally long.")
    vectors = [_vector(column) for column in columns]
    if (np.diff(vectors[0]) <= 0).any() or (vectors[0] < 0).any():
        raise ProjectFileError("In “run.curve”, the epochs do not ascend.")
    return Curve(*vectors)


def _vector(numbers: list[float] | list[float | None]) -> Array:
    return frozen(np.array(numbers, dtype=np.float64))


def _where(error: Exception) -> str:
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
