"""``predict``: answers for the rows of a table."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np

from backprop_gui.commands.command import COMMANDS, Command
from backprop_gui.commands.output import check_destinations
from backprop_gui.commands.subject import existing
from backprop_gui.data import Dataset, Task, inputs_from_table, read_table
from backprop_gui.engine.arrays import Array
from backprop_gui.errors import UserError
from backprop_gui.formats.model import model_of
from backprop_gui.numerals import counted
from backprop_gui.project import files
from backprop_gui.terminal import say


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="WHAT", help="a trained project, or the name of a template")
    parser.add_argument("inputs", metavar="INPUTS.csv", help="a table with a column for each input")
    parser.add_argument(
        "-o", "--output", metavar="OUT.csv", help="where to write; standard output unless given"
    )


def run(args: argparse.Namespace) -> int:
    """Predict, and write one row for each row of the inputs."""
    if args.output is not None:
        check_destinations([args.output], formats=False)
    subject = existing(args.what, {"training": {}, "data": {}})
    dataset = subject.prepared.dataset
    x = inputs_from_table(read_table(args.inputs), dataset.input_names)
    if subject.project.run is None:
        say("This network has not been trained: these are the answers of its starting weights.")
    outputs = model_of(subject.project, subject.prepared).predict(x)
    if not np.isfinite(outputs).all():
        row = int(np.flatnonzero(~np.isfinite(outputs).all(axis=1))[0])
        raise UserError(
            f"The answer to row {row + 1} of {args.inputs} is not a finite number: its inputs are too large."
        )
    text = answers(outputs, dataset)
    if args.output is None:
        print(text, end="")
    else:
        files.write_atomically(Path(args.output), text.encode("utf-8", "surrogateescape"))
        say(f"Wrote {counted(len(x), 'answer')} to {args.output}.")
    return 0


def answers(outputs: Array, dataset: Dataset) -> str:
    """Return the answers as a table: what the network says, and where there are classes first the most likely one.

    Parameters
    ----------
    outputs : (examples, outputs) array
    """
    names = list(dataset.target_names)
    rows = [[repr(value) for value in row] for row in outputs.tolist()]
    if dataset.task is not Task.REGRESSION:
        winners = outputs[:, 0] > 0.5 if dataset.task is Task.BINARY else outputs.argmax(axis=1)
        rows = [[dataset.class_names[int(winner)], *row] for winner, row in zip(winners, rows, strict=True)]
        names = ["prediction", *names]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    return text.getvalue()


COMMANDS.add(
    "predict",
    Command(
        "predict",
        "Ask a trained network about new examples.",
        """
        INPUTS.csv needs a column for each input of the network, found by name in any order and among others; a table
        without names must have just the inputs, in their order. They are standardised as the training data were.

        The answers are a CSV table with one row for each row of INPUTS.csv. Where the targets are classes, its first
        column, “prediction”, names the class. The others hold the outputs, called as the target columns are: for
        cross-entropy the probability of each class, for two classes that of the second one.
        """,
        (
            "backprop-gui predict houses.backprop new_houses.csv -o prices.csv",
            "backprop-gui predict iris.backprop flowers.csv",
        ),
        _arguments,
        run,
    ),
)
