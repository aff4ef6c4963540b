"""The main job on a machine without a screen: train XOR, check the gradient, and leave everything in a folder."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from backprop_gui.data import Prepared, prepare
from backprop_gui.engine.gradient_check import check_gradient
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.formats import export
from backprop_gui.formats.model import Model, model_of
from backprop_gui.numerals import counted
from backprop_gui.project import Project, files, trainer_of
from backprop_gui.project.templates import templates

TEMPLATE = "xor"
LINES = 10


def demo(folder: Path) -> int:
    """Train the template ``xor``, print its progress and the gradient check, and write project, ONNX and picture.

    Returns the exit code: 0 if the check passed and everything that can be written here was. The picture needs
    Qt's system libraries; without them a sentence says so, and the rest is written all the same.

    Raises
    ------
    UserError
        If ``folder`` cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder “{folder}” could not be made ({error.strerror}): start in another one."
        ) from error
    template = templates()[TEMPLATE]
    project = template.load()
    prepared = prepare(project.data)
    trainer = trainer_of(project, prepared)
    _train(trainer, template.epochs)
    project = replace(project, run=trainer.run())
    model = model_of(project, prepared)
    _print_answers(model, prepared)
    passed = _passes_check(trainer)

    path = folder / f"{TEMPLATE}{files.SUFFIX}"
    files.save(project, path)
    print(f"Wrote {path.name}: the project, where its training stands.")
    print(export(model, folder / f"{TEMPLATE}.onnx").sentence)
    _draw(project, folder / f"{TEMPLATE}.png")
    return 0 if passed else 1


def _train(trainer: Trainer, epochs: int) -> None:
    for line in range(LINES):
        while trainer.epoch < epochs * (line + 1) // LINES and trainer.note is None:
            trainer.advance_epoch()
        trainer.score()
        print(f"epoch {trainer.epoch:6,.0f}   training loss {trainer.train.loss:.6f}", flush=True)


def _print_answers(model: Model, prepared: Prepared) -> None:
    raw = prepared.scaling.undo(prepared.x_train)
    for example, target, answer in zip(raw, prepared.t_train, model.predict(raw), strict=True):
        inputs = ", ".join(f"{value:g}" for value in example)
        print(f"xor({inputs}) = {answer[0]:.4f}   wanted {target[0]:g}")


def _passes_check(trainer: Trainer) -> bool:
    settings, examples = trainer.settings, trainer.examples
    check = check_gradient(
        trainer.plan,
        trainer.theta,
        examples.x_train,
        examples.t_train,
        LOSSES[settings.loss],
        mean=settings.reduction is Reduction.MEAN,
    )
    # Nobody can cancel it here.
    assert check is not None
    count = check.plan.network.parameter_count
    print(
        f"Gradient check {'passed' if check.passed else 'FAILED'}: {counted(count, 'parameter')} against the "
        f"{check.method.label}, largest relative error {check.max_relative_error:.1e} "
        f"(allowed {check.method.tolerance:.0e})."
    )
    return check.passed


def _draw(project: Project, path: Path) -> None:
    try:
        from backprop_gui.ui.picture import save_picture
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # a system library of Qt is missing
        print(f"{path.name} was not drawn, because Qt cannot be loaded here: {error}.", file=sys.stderr)
        return
    save_picture(project, path)
    print(f"Wrote {path.name}: the window on this project.")
