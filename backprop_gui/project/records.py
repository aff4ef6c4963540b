"""What stands in a project file, field by field, and the way from a project to it and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeAlias

import msgspec

from backprop_gui import __version__
from backprop_gui.data import DataSettings, Task
from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.settings import Reduction, TrainingSettings, check_settings
from backprop_gui.errors import UserError
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron
from backprop_gui.project.kept import MOST_KEPT, KeptRun, check_kept
from backprop_gui.project.limits import check_limits
from backprop_gui.project.project import Project
from backprop_gui.project.run_records import (
    LARGEST_WHOLE,
    Count,
    ProjectFileError,
    Record,
    RunRecord,
    record_of_run,
    run_of,
)

FORMAT = 1

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_WHOLE)]
Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]


class _Layer(Record, frozen=True):
    id: Id
    name: str


class _Neuron(Record, frozen=True):
    id: Id
    layer: Id
    kind: Kind
    name: str
    activation: str
    bias: float | None
    position: tuple[float, float]
    frozen: bool = False


class _Edge(Record, frozen=True, array_like=True):
    source: Id
    target: Id
    weight: float
    frozen: bool = False


class _Network(Record, frozen=True):
    next_id: Id
    layers: list[_Layer]
    neurons: list[_Neuron]
    edges: list[_Edge]


class _Data(Record, frozen=True):
    source: str
    examples: Whole
    noise: float
    test_share: float
    seed: Whole
    standardize: bool
    targets: tuple[str, ...] = ()
    task: Task | None = None


class _Training(Record, frozen=True):
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


class _Conventions(Record, frozen=True):
    delta: Delta = Delta.BY_Z
    sign: Sign = Sign.GRADIENT


class _Kept(Record, frozen=True):
    """``network`` is left out where it is the one of the project."""

    number: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_WHOLE)]
    title: str
    shown: bool
    data: _Data
    training: _Training
    run: RunRecord
    network: _Network | None = None
    by_hand: bool = False


class TemplateRecord(Record, frozen=True):
    """What a template says about itself, in the part ``template`` of its file."""

    title: str
    about: str
    order: Whole
    epochs: Count


class ProjectRecord(Record, frozen=True, kw_only=True):
    """A whole project file."""

    format: int
    program: str = ""
    name: str
    network: _Network
    data: _Data
    training: _Training
    run: RunRecord | None = None
    conventions: _Conventions = _Conventions()
    kept: Annotated[tuple[_Kept, ...], msgspec.Meta(max_length=MOST_KEPT)] = ()
    template: TemplateRecord | msgspec.UnsetType = msgspec.UNSET


def record_of(project: Project, stored: Callable[[str], str]) -> ProjectRecord:
    """Return what is written for ``project``; ``stored`` gives what the file calls its data.

    Raises
    ------
    UserError
        If it could not be read again: a setting is out of range, or a number of a run is not finite.
    """
    network, run = project.network, project.run
    check_limits(project.name, network)
    return ProjectRecord(
        format=FORMAT,
        program=f"Backprop Lab {__version__}",
        name=project.name,
        network=_network_record(network),
        data=_data_record(project.data, stored),
        training=_training_record(project.training),
        run=None if run is None else record_of_run(run, network),
        conventions=_Conventions(**asdict(project.conventions)),
        kept=tuple(
            _Kept(
                one.number,
                one.title,
                one.shown,
                _data_record(one.data, stored),
                _training_record(one.training),
                record_of_run(one.run, one.network),
                None if one.network == network else _network_record(one.network),
                one.by_hand,
            )
            for one in project.kept
        ),
    )


def project_of(record: ProjectRecord, found: Callable[[str], str]) -> Project:
    """Return the project that ``record`` describes; ``found`` gives what the program calls its data.

    Raises
    ------
    UserError
        If parts contradict each other, or a name or a setting is not possible.
    """
    network = _network(record.name, record.network)
    run = None if record.run is None else run_of(record.run, network)
    conventions = Conventions(**_fields(record.conventions))
    data, training = _data(record.data, found), _training(record.training)
    kept = tuple(_kept_run(one, network, found) for one in record.kept)
    check_kept(kept)
    return Project(network, data, training, record.name, run, conventions, kept)


def _kept_run(record: _Kept, network: Network, found: Callable[[str], str]) -> KeptRun:
    try:
        # Its own network is the one of the project where that has not changed since.
        own = network if record.network is None else _network(record.title, record.network)
        data, training = _data(record.data, found), _training(record.training)
        run = run_of(record.run, own)
        return KeptRun(record.number, record.title, own, data, training, run, record.shown, record.by_hand)
    except UserError as error:
        raise ProjectFileError(f"In the kept run {record.number}: {error}") from None


def _network_record(network: Network) -> _Network:
    return _Network(
        network.next_id,
        [_Layer(layer.id, layer.name) for layer in network.layers],
        [
            _Neuron(n.id, n.layer, n.kind, n.name, n.activation, n.bias, n.position, n.frozen)
            for n in network.neurons
        ],
        [_Edge(edge.source, edge.target, edge.weight, edge.frozen) for edge in network.edges],
    )


def _network(name: str, record: _Network) -> Network:
    """Return the network of ``record``, which belongs to what is called ``name``."""
    check_limits(name, record)
    network = Network(
        tuple(
            Neuron(n.id, n.layer, n.kind, n.name, n.activation, n.bias, n.frozen, n.position)
            for n in record.neurons
        ),
        tuple(Edge(edge.source, edge.target, edge.weight, edge.frozen) for edge in record.edges),
        tuple(Layer(layer.id, layer.name) for layer in record.layers),
        record.next_id,
    )
    for neuron in network.neurons:
        _ = ACTIVATIONS[neuron.activation]
    return network


def _data_record(data: DataSettings, stored: Callable[[str], str]) -> _Data:
    return _Data(**{**asdict(data.validated()), "source": stored(data.source)})


def _data(record: _Data, found: Callable[[str], str]) -> DataSettings:
    return DataSettings(**{**_fields(record), "source": found(record.source)}).validated()


def _training_record(training: TrainingSettings) -> _Training:
    check_settings(training)
    return _Training(**asdict(training))


def _training(record: _Training) -> TrainingSettings:
    training = TrainingSettings(**_fields(record))
    check_settings(training)
    return training


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}
