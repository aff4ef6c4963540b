"""Kept runs: what was trained before in the same document, with what made it, to be compared and taken up again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from backprop_gui.data import DATASETS, DataSettings
from backprop_gui.engine import LOSSES, OPTIMIZERS, SCHEDULES
from backprop_gui.engine.arrays import Array, frozen
from backprop_gui.engine.frame import Curve, Score
from backprop_gui.engine.run import Run
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network
from backprop_gui.numerals import write_number

MOST_KEPT = 20
MOST_SHOWN = 8
"""More curves in one plot could not be told apart."""
MOST_POINTS = 512
"""Records of the curve of each."""
MOST_NUMBERS = 500_000
"""Parameters and optimiser state of all together: what a file and the memory can carry without being felt."""


LONGEST_TITLE = 80
"""Characters."""


class KeptRunsError(UserError):
    """Runs that cannot be kept, or that nothing has kept."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run as it was when another one began.

    Attributes
    ----------
    number : int
        Its number in the document, from 1; never given again while the document is open.
    title : str
        What the person calls it; empty until they do.
    network, data, training : Network, DataSettings, TrainingSettings
        What it was made with.
    run : Run
        Where it stood, with its curve, which ends there.
    shown : bool
        Whether its curve is drawn.
    by_hand : bool
        Whether the person kept it, and not the program when another one began.
    """

    number: int
    title: str
    network: Network
    data: DataSettings
    training: TrainingSettings
    run: Run
    shown: bool = True
    by_hand: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.title or f"run {self.number}"

    @property
    def words(self) -> str:
        """What made it, in a few words: ``SGD 0.1 · tanh 2-4-1``."""
        return words_of(self.network, self.training)

    @property
    def numbers(self) -> int:
        """How many numbers its state is made of."""
        return len(self.run.parameters) * (1 + len(self.run.memory) + (self.run.best is not None))


Kept = tuple[KeptRun, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a run; NaN for what there is not.

    Attributes
    ----------
    train, test, train_accuracy, test_accuracy : float
        At its end.
    best_train, best_test : float
        The lowest recorded losses.
    """

    train: float
    test: float
    train_accuracy: float
    test_accuracy: float
    best_train: float
    best_test: float


# ---- making


def kept_from(trainer: Trainer, number: int, data: DataSettings) -> KeptRun | None:
    """Return where ``trainer`` stands as a run to keep; None if it has not moved or is not finite.

    After numerical trouble, that is the last good moment.

    Raises
    ------
    KeptRunsError
        If it is too large.
    """
    run = trainer.run()
    if not run.step or not np.isfinite(run.parameters).all():
        return None
    curve = run.curve
    assert curve is not None  # a trainer always has a record
    if np.isfinite(trainer.theta).all():
        trainer.score()
        curve = _ended(curve, trainer.epoch, trainer.train, trainer.test)
    memory = run.memory if all(np.isfinite(vector).all() for vector in run.memory.values()) else {}
    run = replace(run, memory=memory, curve=thinned(curve))
    kept = KeptRun(number, "", trainer.plan.network, data, trainer.settings, run)
    if kept.numbers > MOST_NUMBERS:
        raise KeptRunsError(
            f"The run was not kept: its parameters and what the optimiser remembers are {kept.numbers:,} numbers, and "
            f"all kept runs together may hold {MOST_NUMBERS:,}. Save the project to keep it."
        )
    return kept


def _ended(curve: Curve, epoch: float, train: Score, test: Score | None) -> Curve:
    """Return ``curve`` with these scores at its end."""
    end = (
        epoch,
        train.loss,
        math.nan if test is None else test.loss,
        math.nan if train.accuracy is None else train.accuracy,
        math.nan if test is None or test.accuracy is None else test.accuracy,
    )
    earlier = curve.epochs < epoch
    columns = (getattr(curve, field.name) for field in fields(curve))
    return Curve(
        *(frozen(np.append(column[earlier], last)) for column, last in zip(columns, end, strict=True))
    )


def thinned(curve: Curve) -> Curve:
    """Return at most ``MOST_POINTS`` records of ``curve``: evenly chosen, with the best ones and the last."""
    count = len(curve.epochs)
    if count <= MOST_POINTS:
        return curve
    best = [place for column in (curve.train, curve.test) if (place := _lowest(column)) is not None]
    chosen = np.linspace(0, count - 1, MOST_POINTS - len(best)).round().astype(int)
    chosen = np.unique(np.append(chosen, np.array(best, int)))
    return Curve(*(frozen(getattr(curve, field.name)[chosen]) for field in fields(curve)))


def _lowest(column: Array) -> int | None:
    finite = np.isfinite(column)
    return int(np.where(finite, column, np.inf).argmin()) if finite.any() else None


# ---- the row of them


def is_known(kept: Kept, new: KeptRun) -> bool:
    """Return whether the run that was kept last stands where ``new`` does."""
    if not kept:
        return False
    one = kept[-1]
    return (
        (one.network, one.data, one.training) == (new.network, new.data, new.training)
        and one.run.step == new.run.step
        and one.run.parameters.tobytes() == new.run.parameters.tobytes()
    )


def with_kept(kept: Kept, new: KeptRun) -> Kept:
    """Return ``kept`` with ``new`` at its end; if that is too much, the oldest go that nobody has named.

    Those that were kept by hand go last, and only for another one that was. If there is no room even so, ``kept`` comes
    back as it is.
    """
    runs = [*kept, new]
    may_go = [one for one in kept if not one.title and (new.by_hand or not one.by_hand)]
    for one in sorted(may_go, key=lambda one: one.by_hand):
        if not _is_too_much(runs):
            break
        runs.remove(one)
    if _is_too_much(runs):
        return kept
    shown = [one for one in runs if one.shown]
    for one in shown[: max(0, len(shown) - MOST_SHOWN)]:
        runs[runs.index(one)] = replace(one, shown=False)
    return tuple(runs)


def _is_too_much(runs: Sequence[KeptRun]) -> bool:
    return len(runs) > MOST_KEPT or sum(one.numbers for one in runs) > MOST_NUMBERS


def check_kept(kept: Kept) -> None:
    """Raise a :class:`KeptRunsError` unless ``kept`` could have been kept by the program."""
    if len({one.number for one in kept}) < len(kept):
        raise KeptRunsError("Two of the kept runs have the same number.")
    if any(len(one.title) > LONGEST_TITLE for one in kept):
        raise KeptRunsError(f"The name of a kept run is longer than {LONGEST_TITLE} characters.")
    if sum(one.numbers for one in kept) > MOST_NUMBERS:
        raise KeptRunsError(f"The kept runs hold more than {MOST_NUMBERS:,} numbers.")


def changed(kept: Kept, new: KeptRun) -> Kept:
    """Return ``kept`` with ``new`` in the place of the one of the same number."""
    return tuple(new if one.number == new.number else one for one in kept)


# ---- words


def words_of(network: Network, training: TrainingSettings) -> str:
    """Return what makes a run, in a few words: ``SGD 0.1 · tanh 2-4-1``."""
    optimizer = OPTIMIZERS[training.optimizer].label
    activations = _activations(network, Kind.HIDDEN)
    shape = f"{activations} {network.shape}" if activations else network.shape
    return f"{optimizer} {training.learning_rate:g} · {shape}"


def settings_of(network: Network, data: DataSettings, training: TrainingSettings) -> Mapping[str, str]:
    """Return everything that makes a run, each setting with its name; different values are different texts."""
    optimizer = OPTIMIZERS[training.optimizer]
    uses = optimizer.uses + SCHEDULES[training.schedule].uses
    table = None if data.source in DATASETS else Path(data.source)
    found = {
        "network": network.shape,
        "hidden": _activations(network, Kind.HIDDEN),
        "outputs": _activations(network, Kind.OUTPUT),
        "loss": LOSSES[training.loss].label,
        "optimiser": optimizer.label,
        "learning rate": write_number(training.learning_rate),
        **{name.replace("_", " "): write_number(getattr(training, name)) for name in uses},
        "batch": f"{training.batch_size:,}" if training.batch_size else "all",
        "reduction": training.reduction.value,
        "schedule": SCHEDULES[training.schedule].label,
        "L1": write_number(training.l1),
        "L2": write_number(training.l2),
        "clip at": write_number(training.clip_norm),
        "stop early": f"{training.patience:,}",
        "precision": training.precision,
        "seed": str(training.seed),
        "initialiser": training.initializer,
        "data": data.source if table is None else table.name,
        "folder": "" if table is None else str(table.parent),
        "targets": ", ".join(data.targets),
        "task": "" if data.task is None else data.task.value,
        "examples": f"{data.examples:,}",
        "noise": write_number(data.noise),
        "test share": f"{100 * data.test_share:.15g} %",
        "data seed": str(data.seed),
        "standardised": "yes" if data.standardize else "no",
    }
    return {name: text or "–" for name, text in found.items()}


def differing(settings: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the names of those settings that are not the same in all of ``settings``, in their order."""
    names = list(dict.fromkeys(name for one in settings for name in one))
    return [name for name in names if len({one.get(name, "–") for one in settings}) > 1]


def results_of(curve: Curve | None) -> Results:
    """Return what came of a run with this curve."""
    if curve is None or not len(curve.epochs):
        return Results(*[math.nan] * 6)
    ends = [float(getattr(curve, name)[-1]) for name in ("train", "test", "train_accuracy", "test_accuracy")]
    best = [
        math.nan if (place := _lowest(column)) is None else float(column[place])
        for column in (curve.train, curve.test)
    ]
    return Results(*ends, *best)


def _activations(network: Network, kind: Kind) -> str:
    names = dict.fromkeys(neuron.activation for neuron in network.neurons if neuron.kind is kind)
    return ", ".join(names)


__all__ = [
    "LONGEST_TITLE",
    "MOST_KEPT",
    "MOST_SHOWN",
    "Kept",
    "KeptRun",
    "KeptRunsError",
    "Results",
    "changed",
    "check_kept",
    "differing",
    "is_known",
    "kept_from",
    "results_of",
    "settings_of",
    "thinned",
    "with_kept",
    "words_of",
]
