"""Trainers whose timelines keep little, what a moment of theirs is compared by, and disks that are full."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Beginning, Frame
from backprop_gui.engine.page_file import PAGE
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.timeline import FILE_BUDGET, SPARSE, Timeline
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Network
from tests.strategies import random_examples, random_network

BASE = TrainingSettings(loss="half-squared", learning_rate=0.05, batch_size=4, seed=3)

VARIANTS = [
    {},
    {"precision": "float32", "optimizer": "adam"},
    {"schedule": "cosine", "schedule_epochs": 10, "optimizer": "momentum"},
    {"schedule": "step", "schedule_epochs": 2, "l2": 0.01, "l1": 0.001},
    {"clip_norm": 0.1, "optimizer": "rmsprop"},
    {"batch_size": 0},
    {"patience": 3, "learning_rate": 0.1, "optimizer": "nesterov"},
]


def examples(network: Network, count: int = 11, test: int = 3, seed: int = 0) -> Examples:
    x, t = random_examples(network, count + test, seed)
    return Examples(x[:count], t[:count], x[count:], t[count:])


def begin(
    most: int = 4,
    budget: int = 10**9,
    file_budget: int = FILE_BUDGET,
    sparse: int = SPARSE,
    **changes: object,
) -> Trainer:
    """A trainer whose timeline keeps few moments, so that nearly everything is replayed."""
    network = random_network(4, hidden=5, outputs=2)
    trainer = Trainer(network, examples(network), replace(BASE, **changes))  # type: ignore[arg-type]
    trainer.timeline = Timeline(budget, most, file_budget, sparse)
    trainer.timeline.begin(trainer.stepper, None, "", Beginning(trainer.epoch, trainer.train.loss))
    return trainer


def bits(trainer: Trainer) -> tuple[object, ...]:
    """Everything that decides how training goes on."""
    moment = trainer.stepper.moment()
    vectors = {name: vector.tobytes() for name, vector in moment.vectors.items()}
    where = moment.step, moment.epoch, moment.position, moment.count
    network = trainer.plan.network
    return where, moment.theta.tobytes(), vectors, trainer.settings, network, trainer.stepper.rate


def live(trainer: Trainer, updates: int) -> dict[int, tuple[object, ...]]:
    """Train by single updates and return the bits at each step."""
    found = {trainer.step: bits(trainer)}
    for _ in range(updates):
        trainer.go_on()
        trainer.advance(1)
        found[trainer.step] = bits(trainer)
    return found


def numbers(frame: Frame) -> tuple[object, ...]:
    """Everything that a frame says about its moment."""
    arrays = (frame.theta, frame.trace.z, frame.trace.a, frame.trace.delta, frame.trace.grad)
    coming = frame.coming
    update = coming.batch, coming.gradient, coming.used, coming.step, *coming.vectors.values()
    return (
        (frame.step, frame.epoch, frame.penalty, frame.train, frame.test, frame.scored_at, frame.probe),
        tuple(array.tobytes() for array in (*arrays, *update)),
        (coming.clip, coming.count, coming.rate, frame.loss, frame.plan.network),
    )


def edited(trainer: Trainer, kind: str, number: int) -> None:
    """Change something about what is trained."""
    trainer.comes_from(kind, f"{kind} {number}")
    network, training = trainer.plan.network, trainer.settings
    if kind == "rate":
        trainer.configure(replace(training, learning_rate=0.01 * (1 + number % 7)))
    elif kind == "optimizer":
        trainer.configure(replace(training, optimizer=list(OPTIMIZERS)[number % len(OPTIMIZERS)]))
    elif kind == "data":
        trainer.set_examples(examples(network, 9 + number % 4, seed=number))
    elif kind == "edge":
        edge = network.edges[number % len(network.edges)]
        trainer.rebase(network.with_edges([replace(edge, weight=edge.weight + 0.1)]))
    elif kind == "drawing":
        pairs = [(a.id, b.id) for a in network.inputs for b in network.neurons]
        free = [ends for ends in pairs if network.problem_with_edge(*ends) is None]
        if free and number % 2:
            trainer.rebase(network.connect(*free[number % len(free)], 0.3))
        else:
            edge = network.edges[number % len(network.edges)]
            trainer.rebase(network.without([(edge.source, edge.target)]) if number < 40 else network)
    elif kind == "back":
        trainer.continue_from(trainer.step * (number % 5) // 5)
    elif kind == "better":
        trainer.go_back()


KINDS = ["rate", "optimizer", "data", "edge", "drawing", "back", "better"]


# ---- disks


@dataclass
class Disk:
    """Where temporary files are made, with room for so many pages in each.

    ``short`` says whether what does not fit is written in part, as some systems do first.
    """

    pages: int = 10**6
    short: bool = False
    files: list[DiskFile] = field(default_factory=list)

    def make(self, **named: Any) -> DiskFile:
        self.files.append(DiskFile(self))
        return self.files[-1]


class DiskFile(io.BytesIO):
    """A file on a :class:`Disk`."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk

    def write(self, data: Any) -> int:
        room = self._disk.pages * PAGE - self.tell()
        if len(data) > room:
            if not self._disk.short:
                raise OSError(28, "No space left on device")
            data = data[: max(0, room)]
        return super().write(data)


def use_disk(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> Disk:
    """Let all temporary files be made on ``disk``."""
    monkeypatch.setattr(tempfile, "TemporaryFile", disk.make)
    return disk
