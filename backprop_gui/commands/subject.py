"""What a command works on: a project file, a template, or a network and data named on the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backprop_gui.commands.assignments import Changes, read_assignments
from backprop_gui.commands.command import UsageError
from backprop_gui.data import (
    DATASETS,
    Dataset,
    DataSettings,
    Prepared,
    default_settings,
    divide,
    is_file_path,
    load,
)
from backprop_gui.engine import ACTIVATIONS
from backprop_gui.engine.settings import TrainingSettings, check_settings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import dense, parse_shape
from backprop_gui.project import SUITS, Project, files, initialized, project_for, trainer_of, with_data
from backprop_gui.project.templates import templates
from backprop_gui.registry import UnknownNameError
from backprop_gui.terminal import say

DEFAULT_EPOCHS = 500
MOST_EPOCHS = 10_000
"""With patience set, training ends by itself; this is when it ends in any case."""

ONLY_FOR_NEW = {
    "data": "--data",
    "target": "--target",
    "activation": "--activation",
    "output_activation": "--output-activation",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What was asked for, with the settings of the command line in it.

    Attributes
    ----------
    began_with : TrainingSettings
        The settings of the project's run, if it has one; ``project.training`` are those from now on.
    epochs : int
        For how long to train unless the person says.
    """

    project: Project
    prepared: Prepared
    began_with: TrainingSettings
    epochs: int

    def trainer(self) -> Trainer:
        """Return a trainer that stands where the project stands, as if its settings had been changed in the window."""
        trainer = trainer_of(replace(self.project, training=self.began_with), self.prepared)
        if self.project.training != self.began_with:
            trainer.configure(self.project.training)
        return trainer


def add_subject(parser: argparse.ArgumentParser, what: str = "?") -> None:
    """Enter the arguments that say what to work on; ``what`` is empty where it cannot be named by itself."""
    if what:
        parser.add_argument(
            "what",
            metavar="WHAT",
            nargs=what,
            help="a project file, or the name of a template (see “backprop-gui examples”)",
        )
    new = parser.add_argument_group("a new network instead of WHAT")
    new.add_argument(
        "--layers",
        metavar="SIZES",
        help="neurons a layer, such as 2-4-1; the first and the last follow the data where they differ from it",
    )
    new.add_argument(
        "--data", metavar="NAME|FILE.csv", help="a data set (see “backprop-gui examples”) or a table"
    )
    new.add_argument(
        "--target",
        metavar="COLUMN",
        nargs="+",
        action="extend",
        help="the columns of the table to predict; the last one unless given",
    )
    new.add_argument("--activation", metavar="NAME", help="of the hidden neurons; tanh unless given")
    new.add_argument(
        "--output-activation", metavar="NAME", help="of the output neurons; what suits the data unless given"
    )
    settings = parser.add_argument_group("settings")
    settings.add_argument("--loss", metavar="NAME", help="the same as --set training.loss=NAME")
    settings.add_argument(
        "--seed",
        metavar="N",
        help="the same as --set training.seed=N: other starting weights, and another order of the examples",
    )
    settings.add_argument(
        "--set",
        metavar="SETTING=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="any field of the project file's training and data, such as training.learning_rate=0.1 or data.noise=0; "
        "decimal commas and fractions are understood; a new initializer or seed draws the starting weights anew",
    )


def subject_of(args: argparse.Namespace) -> Subject:
    """Return what the arguments of :func:`add_subject` name.

    Raises
    ------
    UserError
        If it is missing, cannot be read, or does not fit together.
    """
    changes = read_assignments(_all_assignments(args))
    _make_paths_absolute(changes)
    if args.layers is not None:
        if args.what is not None:
            raise UsageError(f"Name either “{args.what}” or --layers, not both.")
        return _new(args, changes)
    for name, option in ONLY_FOR_NEW.items():
        if getattr(args, name) is not None:
            raise UsageError(f"{option} belongs to a new network: add --layers, such as --layers 2-4-1.")
    if args.what is None:
        raise UsageError(
            "Say what to work on: a project file, the name of a template such as xor, or --layers 2-4-1 --data xor."
        )
    return existing(args.what, changes)


def names_subject(args: argparse.Namespace) -> bool:
    """Return whether anything at all was said about what to work on."""
    take_subject(args, args.set)
    given = (args.what, args.layers, args.loss, args.seed, *(getattr(args, name) for name in ONLY_FOR_NEW))
    return bool(args.set) or any(value is not None for value in given)


def take_subject(args: argparse.Namespace, values: list[str]) -> None:
    """Move WHAT from the end of an option's values to where it belongs.

    In "train --set training.seed=1 iris" the option reads iris as one more of its values. It can be none of them.
    """
    if args.what is not None or args.layers is not None or not values:
        return
    if values[-1] in templates() or Path(values[-1]).suffix == files.SUFFIX:
        args.what = values.pop()


def is_project_file(what: str) -> bool:
    """Tell a project file from the name of a template: it is written like a path, or it is there."""
    return what not in templates() and is_file_path(what)


def _all_assignments(args: argparse.Namespace) -> list[str]:
    take_subject(args, args.set)
    texts = list(args.set)
    for option in ("loss", "seed"):
        if getattr(args, option) is not None:
            texts.append(f"training.{option}={getattr(args, option)}")
    return texts


def _make_paths_absolute(changes: Changes) -> None:
    source = changes["data"].get("source")
    if source is not None:
        changes["data"]["source"] = _source(source)


def _source(text: str) -> str:
    """Return a table's path so that it means the same in another folder; a data set's name stays."""
    if text in DATASETS or not is_file_path(text):
        return text
    return os.path.abspath(text)  # noqa: PTH100 - Path would keep the dots


def _new(args: argparse.Namespace, changes: Changes) -> Subject:
    sizes = parse_shape(args.layers)
    if args.data is None:
        raise UsageError("Say what to learn from: add --data with the name of a data set or a CSV file.")
    for name in (args.activation, args.output_activation):
        if name is not None:
            _ = ACTIVATIONS[name]
    data = _changed_data(
        DataSettings(""),
        {"source": _source(args.data), "targets": tuple(args.target or ()), **changes["data"]},
    )
    dataset = load(data)
    hidden = tuple(sizes[1:-1])
    training = _changed_training(
        replace(TrainingSettings(), loss=SUITS[dataset.task].loss), changes["training"]
    )
    name = data.source if data.source in DATASETS else Path(data.source).stem
    project = project_for(dataset, data, hidden, training, activation=args.activation or "tanh", name=name)
    if args.output_activation is not None:
        outputs = [neuron.id for neuron in project.network.outputs]
        project = replace(project, network=project.network.with_activation(outputs, args.output_activation))
    _say_notes(dataset)
    if project.network.shape != dense(sizes).shape:
        say(f"The network became {project.network.shape}, because that is what the data needs.")
    return Subject(project, divide(dataset, data), training, _default_epochs(training))


def existing(what: str, changes: Changes) -> Subject:
    """Return the project file or template ``what`` with ``changes`` made to it.

    Raises
    ------
    UserError
        If it cannot be read, or does not fit together.
    """
    template = None if is_project_file(what) else _template(what)
    project = files.load(Path(what)) if template is None else template.load()
    began_with = project.training
    if changes["data"]:
        project = _with_changed_data(project, changes["data"])
    try:
        dataset = load(project.data)
    except UserError as error:
        raise UsageError(
            f"The data of “{what}” cannot be had. {error} Another table is named with --set data.source=FILE.csv."
        ) from None
    training = _changed_training(project.training, changes["training"])
    project = replace(project, training=training)
    if {"initializer", "seed"} & changes["training"].keys():
        project = initialized(project)
    if project.run is None:
        began_with = training
    epochs = _default_epochs(training) if template is None else template.epochs
    return Subject(project, divide(dataset, project.data), began_with, epochs)


def _template(what: str) -> Any:
    try:
        return templates()[what]
    except UnknownNameError as error:
        raise UsageError(f"{error} A project is named by its file, which ends in {files.SUFFIX}.") from None


def _changed_data(data: DataSettings, changes: Mapping[str, Any]) -> DataSettings:
    """Return other data settings; another source brings its own defaults."""
    source = changes.get("source", data.source)
    base = data if source == data.source else default_settings(source)
    return replace(base, **changes).validated()


def _changed_training(training: TrainingSettings, changes: Mapping[str, Any]) -> TrainingSettings:
    changed = replace(training, **changes)
    check_settings(changed)
    return changed


def _with_changed_data(project: Project, changes: Mapping[str, Any]) -> Project:
    """Exchange the data; where every parameter still has its place, the run goes on with what it has learned."""
    data = _changed_data(project.data, changes)
    dataset = load(data)
    changed = with_data(project, dataset, data)
    if changed.network.shape != project.network.shape:
        say(f"The network became {changed.network.shape}, because that is what the data needs.")
    if data.source != project.data.source:
        _say_notes(dataset)
    if project.run is None or _anatomy(changed) != _anatomy(project):
        return changed
    # The epoch that had begun was one of the old examples, and so was the best moment.
    return replace(changed, run=replace(project.run, position=0, best=None))


def _anatomy(project: Project) -> object:
    """Return everything that a run depends on besides the data and the numbers."""
    network = project.network
    neurons = [(neuron.id, neuron.activation, neuron.bias is None) for neuron in network.neurons]
    return neurons, [(edge.source, edge.target) for edge in network.edges], project.training.loss


def _say_notes(dataset: Dataset) -> None:
    for note in dataset.notes:
        say(note)


def _default_epochs(training: TrainingSettings) -> int:
    return MOST_EPOCHS if training.patience else DEFAULT_EPOCHS
