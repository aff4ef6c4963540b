"""What stands in a project file, field by field, and the way from a project to it and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, TypeAlias

import msgspec
import numpy as np

from backprop_gui import __version__
from backprop_gui.data import DataSettings, Task
from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Curve
from backprop_gui.engine.run import Best, Run
from backprop_gui.engine.settings import Reduction, TrainingSettings, check_settings
from backprop_gui.errors import UserError
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron
from backprop_gui.project.limits import check_limits
from backprop_gui.project.project import Project

FORMAT = 1

LARGEST_WHOLE = 2**53
"""Every whole number up to this one is a float64 too, and JSON readers elsewhere keep it as it is."""

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_WHOLE)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_WHOLE)]
Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]


class ProjectFileError(UserError):
    """A project file that cannot be read or written; the message names the place."""


class _Record(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pass


class _Layer(_Record, frozen=True):
    id: Id
    name: str


class _Neuron(_Record, frozen=True):
    id: Id
    layer: Id
    kind: Kind
    name: str
    activation: str
    bias: float | None
    position: tuple[float, float]
    frozen: bool = False


class _Edge(_Record, frozen=True, array_like=True):
    source: Id
    target: Id
    weight: float
    frozen: bool = False


class _Network(_Record, frozen=True):
    next_id: Id
    layers: list[_Layer]
    neurons: list[_Neuron]
    edges: list[_Edge]


class _Data(_Record, frozen=True):
    source: str
    examples: Whole
    noise: float
    test_share: float
    seed: Whole
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
    batch_size: Whole
    l1: float
    l2: float
    clip_norm: float
    schedule: str
    schedule_epochs: Whole
    schedule_factor: float
    initializer: str
    patience: Whole
    precision: str
    seed: Whole


class _Curve(_Record, frozen=True):
    epochs: list[float]
    train: list[float | None]
    test: list[float | None]
    train_accuracy: list[float | None]
    test_accuracy: list[float | None]


class _Best(_Record, frozen=True):
    loss: float
    epoch: Count
    parameters: list[float]


class _Run(_Record, frozen=True):
    step: Count
    epoch: Count
    position: Count
    parameters: list[float]
    memory: dict[str, list[float]]
    memory_count: Count
    curve: _Curve | None = None
    best: _Best | None = None


class _Conventions(_Record, frozen=True):
    delta: Delta = Delta.BY_Z
    sign: Sign = Sign.GRADIENT


class TemplateRecord(_Record, frozen=True):
    """What a template says about itself, in the part ``template`` of its file."""

    title: str
    about: str
    order: Whole
    epochs: Count


class ProjectRecord(_Record, frozen=True, kw_only=True):
    """A whole project file."""

    format: int
    program: str = ""
    name: str
    network: _Network
    data: _Data
    training: _Training
    run: _Run | None = None
    conventions: _Conventions = _Conventions()
    template: TemplateRecord | msgspec.UnsetType = msgspec.UNSET


def record_of(project: Project, source: str) -> ProjectRecord:
    """Return what is written for ``project``; ``source`` is what the file calls its data.

    Raises
    ------
    UserError
        If it could not be read again: a setting is out of range, or a number of the run is not finite.
    """
    network, run, data = project.network, project.run, project.data.validated()
    check_settings(project.training)
    check_limits(project.name, network)
    return ProjectRecord(
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
        data=_Data(**{**asdict(data), "source": source}),
        training=_Training(**asdict(project.training)),
        run=None if run is None else _run_record(run, network),
        conventions=_Conventions(**asdict(project.conventions)),
    )


def project_of(record: ProjectRecord, source: str) -> Project:
    """Return the project that ``record`` describes; ``source`` is what the program calls its data.

    Raises
    ------
    UserError
        If parts contradict each other, or a name or a setting is not possible.
    """
    check_limits(record.name, record.network)
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
    data = DataSettings(**{**_fields(record.data), "source": source}).validated()
    run = None if record.run is None else _run(record.run, network)
    conventions = Conventions(**_fields(record.conventions))
    return Project(network, data, training, record.name, run, conventions)


def _run_record(run: Run, network: Network) -> _Run:
    curve, best = run.curve, run.best
    _check_lengths(_vectors(run), network)
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
                # JSON has no word for infinity; on the curve it is a gap, as NaN is.
                [x if math.isfinite(x) else None for x in array.tolist()]
                for array in (curve.train, curve.test, curve.train_accuracy, curve.test_accuracy)
            ),
        ),
        # Weights whose loss is no number are not the best of anything.
        best=_Best(best.loss, best.epoch, _finite("the best parameters", best.parameters))
        if best is not None and math.isfinite(best.loss)
        else None,
    )


def _finite(what: str, vector: Array) -> list[float]:
    if not np.isfinite(vector).all():
        raise ProjectFileError(f"Not all of {what} are finite numbers: go back in time first.")
    numbers: list[float] = vector.tolist()
    return numbers


def _fields(record: _Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def _run(record: _Run, network: Network) -> Run:
    best = record.best
    run = Run(
        step=record.step,
        epoch=record.epoch,
        position=record.position,
        parameters=_vector(record.parameters),
        memory={name: _vector(vector) for name, vector in record.memory.items()},
        memory_count=record.memory_count,
        curve=None if record.curve is None else _curve(record.curve),
        best=None if best is None else Best(best.loss, best.epoch, _vector(best.parameters)),
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
