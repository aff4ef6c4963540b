"""``faults``: trains with known bugs from many starting weights, and shows that only the check finds them."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from backprop_gui.commands.command import COMMANDS, Command, whole_number
from backprop_gui.commands.output import percent, print_json, print_table
from backprop_gui.commands.subject import add_subject, names_subject, subject_of
from backprop_gui.data import DataSettings, divide, load
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.faults import FAULTS
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.survey import Survey, drawn_starts, survey
from backprop_gui.network import Network, dense
from backprop_gui.project import examples_of
from backprop_gui.terminal import say

STARTS, EPOCHS = 40, 8000
MOST_STARTS, MOST_EPOCHS = 1000, 1_000_000
CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class _Trial:
    network: Network
    examples: Examples
    settings: TrainingSettings
    epochs: int
    draws_biases: bool


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument(
        "--starts",
        type=whole_number("--starts", 1, MOST_STARTS),
        default=STARTS,
        metavar="N",
        help=f"how many starting weights to try; {STARTS} unless given",
    )
    parser.add_argument(
        "--epochs",
        type=whole_number("--epochs", 1, MOST_EPOCHS),
        metavar="N",
        help=f"how long to train; {EPOCHS:,} for XOR, else what suits WHAT",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace) -> int:
    """Print what became of each bug."""
    trial = _of_subject(args) if names_subject(args) else _xor()
    starts, epochs = args.starts, args.epochs or trial.epochs
    drawn = drawn_starts(trial.network, trial.settings, starts, biases=trial.draws_biases)
    surveys = []
    for number, fault in enumerate((None, *FAULTS.values())):
        label = CORRECT if fault is None else fault.label
        say(f"{number + 1} of {len(FAULTS) + 1}: {label}, {epochs:,} epochs from {starts} starting weights")
        surveys.append(survey(trial.network, drawn, trial.examples, trial.settings, fault, epochs))
    if args.json:
        print_json({"starts": starts, "epochs": epochs, "bugs": [_object(item) for item in surveys]})
    else:
        print_table(_rows(surveys))
        _print_reasons(trial.network)
    return 0


def _xor() -> _Trial:
    """Return what textbooks begin with: XOR, 2-3-1 sigmoid, half squared error, all examples at once, rate 1."""
    data = DataSettings("xor")
    network = dense([2, 3, 1], activation="sigmoid", output_activation="sigmoid")
    settings = TrainingSettings(loss="half-squared", learning_rate=1.0, batch_size=0, initializer="normal")
    return _Trial(network, examples_of(divide(load(data), data)), settings, EPOCHS, draws_biases=True)


def _of_subject(args: argparse.Namespace) -> _Trial:
    subject = subject_of(args)
    project = subject.project
    return _Trial(
        project.network, examples_of(subject.prepared), project.training, subject.epochs, draws_biases=False
    )


def _rows(surveys: list[Survey]) -> list[tuple[str, ...]]:
    head = (
        "backpropagation",
        "solved",
        "right answers",
        "loss went down",
        "check: largest",
        "whole gradient",
    )
    return [
        head,
        *(
            (
                CORRECT if item.fault is None else item.fault.label,
                "–" if item.solved is None else f"{item.solved}/{item.starts}",
                "–" if item.right is None else percent(item.right),
                f"{item.went_down}/{item.starts}",
                f"{item.largest_error:.2g}",
                f"{item.whole_error:.3g}",
            )
            for item in surveys
        ),
    ]


def _print_reasons(network: Network) -> None:
    for fault in FAULTS.values():
        reason = fault.spares(network)
        if reason:
            print(f"“{fault.label}” changes nothing in this network, because {reason}.")


def _object(item: Survey) -> dict[str, object]:
    return {
        "name": CORRECT if item.fault is None else item.fault.name,
        "solved": item.solved,
        "accuracy": item.right,
        "loss_went_down": item.went_down,
        "max_relative_error": item.largest_error,
        "relative_error_of_whole_gradient": item.whole_error,
    }


COMMANDS.add(
    "faults",
    Command(
        "faults",
        "Train with known bugs in backpropagation: most still learn, and only the check tells.",
        f"""
        Each of the {len(FAULTS)} bugs of the window's fault lab trains a copy of the network from many starting
        weights, and so does backpropagation as it should be. Without WHAT, the network is 2-3-1 with sigmoids on XOR,
        half squared error, all examples at once, learning rate 1, weights and biases drawn from N(0, 1). Of WHAT the
        starting weights are drawn anew by its initializer; its optimiser, learning rate, schedule and batches are
        used, its penalties and its limit of the gradient's length are not. Nothing is saved.

        Solved means that every answer ends within 0.4 of its target. The check compares the gradient that the bug
        claims at the starting weights with an independent one: “largest” is the median of the largest relative error
        of a parameter, “whole gradient” that of |claimed − true| / (|claimed| + |true|).

        With --json it prints one object: {{"starts", "epochs", "bugs": [{{"name", "solved", "accuracy",
        "loss_went_down", "max_relative_error", "relative_error_of_whole_gradient"}}]}}; counts are of starting weights,
        accuracy is their mean share of right answers, and both are null where no answer is right or wrong.
        """,
        (
            "backprop-gui faults",
            "backprop-gui faults iris --starts 5 --epochs 50",
            "backprop-gui faults --layers 2-8-1 --data circle --json",
        ),
        _arguments,
        run,
    ),
)
