"""``train``: trains a project, a template or a new network."""

from __future__ import annotations

import argparse
import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

from backprop_gui.commands.assignments import setting_names
from backprop_gui.commands.command import COMMANDS, Command, whole_number
from backprop_gui.commands.output import (
    check_destinations,
    check_project_path,
    export_all,
    export_object,
    print_json,
    score_object,
    score_text,
)
from backprop_gui.commands.progress import Progress
from backprop_gui.commands.subject import DEFAULT_EPOCHS, MOST_EPOCHS, add_subject, subject_of, take_subject
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.trainer import Trainer
from backprop_gui.formats import FORMATS
from backprop_gui.formats.model import model_of
from backprop_gui.numerals import counted
from backprop_gui.project import files
from backprop_gui.terminal import say

NOT_FINITE = 1
INTERRUPTED = 130
LONGEST = 1_000_000_000
"""Epochs."""
SLICE_SECONDS = 0.1
"""How long to train between two looks at the progress."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser)
    work = parser.add_argument_group("training")
    work.add_argument(
        "--epochs",
        type=whole_number("--epochs", 0, LONGEST),
        metavar="N",
        help=f"how many epochs from where it stands; unless given, a template knows, else {DEFAULT_EPOCHS}, or with "
        f"training.patience until it stops by itself, at most {MOST_EPOCHS:,}",
    )
    work.add_argument(
        "--export",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help=f"write the trained network: {', '.join(s for f in FORMATS.values() for s in f.suffixes)}",
    )
    work.add_argument(
        "--save", metavar="FILE.backprop", help="write the project with where its training stands"
    )
    work.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")


def run(args: argparse.Namespace) -> int:
    """Train, then save, export and report whatever there is."""
    take_subject(args, args.export)
    check_destinations(args.export, formats=True)
    if args.save is not None:
        check_project_path(args.save)
    subject = subject_of(args)
    trainer = subject.trainer()
    goal = math.floor(trainer.epoch) + (subject.epochs if args.epochs is None else args.epochs)
    seconds, interrupted = _train(trainer, goal)
    report = {
        "epoch": int(trainer.epoch) if trainer.epoch.is_integer() else trainer.epoch,
        "step": trainer.step,
        "train": score_object(trainer.train),
        "test": score_object(trainer.test),
        "seconds": seconds,
    }
    lines = _lines(trainer, seconds)
    failed = trainer.note is not None and trainer.note.kind is NoteKind.NOT_FINITE
    if trainer.note is not None:
        say(trainer.note.text)
    if failed:
        trainer.go_back()
        # A note that is still there says that nothing came before.
        if trainer.note is None and (args.save or args.export):
            say(f"What is written stands at epoch {trainer.epoch:g}, the best moment before that.")
    project = replace(subject.project, run=trainer.run())
    if args.save is not None:
        files.save(project, Path(args.save))
    exports, errors = export_all(model_of(project, subject.prepared), args.export)
    if args.json:
        print_json({**report, "exports": [export_object(export) for export in exports]})
    else:
        saved = [f"Saved {args.save}."] if args.save is not None else []
        print("\n".join([*lines, *saved, *(export.sentence for export in exports)]))
    for error in errors[:1]:
        raise error
    return INTERRUPTED if interrupted else NOT_FINITE if failed else 0


def _train(trainer: Trainer, goal: int) -> tuple[float, bool]:
    """Train to the end of epoch ``goal``; return how long it took and whether the person stopped it."""
    progress = Progress(trainer.epoch, goal)
    batches = trainer.stepper.batches
    began = time.perf_counter()
    with _stop_button() as stopped:
        while batches.epoch < goal and trainer.note is None and not stopped():
            left = math.ceil((batches.count - batches.position) / batches.size)
            left += (goal - batches.epoch - 1) * math.ceil(batches.count / batches.size)
            trainer.advance(left, SLICE_SECONDS, until=stopped)
            progress.show(trainer)
        seconds = time.perf_counter() - began
        trainer.score()
    progress.end()
    return seconds, stopped()


@contextlib.contextmanager
def _stop_button() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl+C be asked for between two updates; a second one ends the program as usual."""
    pressed = False

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    # A shell may have started the program with Ctrl+C ignored; and only the main thread may be asked.
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _lines(trainer: Trainer, seconds: float) -> list[str]:
    network = trainer.plan.network
    what = f"{network.shape}, {counted(network.parameter_count, 'parameter')}"
    lines = [
        f"{what}: epoch {trainer.epoch:,.6g}, step {trainer.step:,}, after {seconds:.2f} s.",
        f"Training: {score_text(trainer.train)}",
    ]
    if trainer.test is not None:
        lines.append(f"Test:     {score_text(trainer.test)}")
    return lines


COMMANDS.add(
    "train",
    Command(
        "train",
        "Train a network, without a window.",
        f"""
        A project that has been trained before goes on from where it stands, as if it had never stopped. Progress is
        told on standard error. Ctrl+C ends training early; what there is by then is still saved, exported and
        printed.

        It ends with 0 when all went well, 1 when a loss became infinite or not a number (what is saved is then the
        best moment before), 2 after an error and 130 after Ctrl+C.

        With --json it prints one object, whose fields stay as they are: {{"epoch", "step", "train": {{"loss",
        "accuracy"}}, "test": the same or null, "seconds", "exports": [{{"path", "format", "max_difference",
        "examples", "bytes", "checked_with"}}]}}. Epochs, with a fraction if training was interrupted, and steps
        (updates) count from the project's beginning, not from that of the command. Losses are without
        penalties. Accuracy is a share from 0 to 1, or null where there are no classes; “test” is null without a
        test part. “seconds” is what training took. “exports” lists each file that was written, and by how much
        its outputs differ from the network's. A number that is not finite is null: after numerical trouble the
        numbers are those of the moment that went wrong.

        What can be set: {", ".join(setting_names())}.
        """,
        (
            "backprop-gui train xor",
            "backprop-gui train iris --epochs 50 --export iris.onnx iris.py --json",
            "backprop-gui train --layers 2-8-8-1 --data circle --set training.optimizer=adam data.noise=0.1",
            "backprop-gui train --layers 4-16-1 --data houses.csv --target price --save houses.backprop",
            "backprop-gui train houses.backprop --epochs 200 --save houses.backprop",
        ),
        _arguments,
        run,
    ),
)
