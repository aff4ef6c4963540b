"""``check``: compares backpropagation's gradient with an independent one."""

from __future__ import annotations

import argparse

from backprop_gui.commands.command import COMMANDS, Command, whole_number
from backprop_gui.commands.output import print_json, print_table
from backprop_gui.commands.subject import add_subject, subject_of
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.gradient_check import MOST_EXAMPLES, GradientCheck, check_gradient
from backprop_gui.engine.plan import Indices
from backprop_gui.engine.settings import Reduction
from backprop_gui.numerals import counted

FAILED = 1
MOST_ROWS = 1_000_000_000
COLUMNS = ("parameter", "backpropagation", "reference", "relative_error")


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--table",
        type=whole_number("--table", 1, MOST_ROWS),
        default=0,
        metavar="N",
        help="list the N parameters with the largest errors too",
    )
    which.add_argument("--all", action="store_true", help="list every parameter, the largest error first")


def run(args: argparse.Namespace) -> int:
    """Check the gradient where the project stands."""
    subject = subject_of(args)
    trainer, x, t = subject.trainer(), subject.prepared.x_train, subject.prepared.t_train
    chosen = evenly_chosen(len(x), MOST_EXAMPLES)
    mean = trainer.settings.reduction is Reduction.MEAN
    check = check_gradient(trainer.plan, trainer.theta, x[chosen], t[chosen], trainer.stepper.loss, mean=mean)
    assert check is not None  # nobody cancels it
    listed = check.worst_first if args.all else check.worst_first[: args.table]
    if args.json:
        answer: dict[str, object] = {
            "parameters": len(check.claimed),
            "max_relative_error": check.max_relative_error,
            "passed": check.passed,
        }
        if len(listed):
            answer["table"] = [dict(zip(COLUMNS, row, strict=True)) for row in _rows(check, listed)]
        print_json(answer)
    else:
        print("\n".join(_lines(check, len(chosen), len(x))))
        if len(listed):
            print()
            rows = ((name, f"{b:.17g}", f"{r:.17g}", f"{e:.2g}") for name, b, r, e in _rows(check, listed))
            print_table([tuple(column.replace("_", " ") for column in COLUMNS), *rows])
    return 0 if check.passed else FAILED


def _rows(check: GradientCheck, listed: Indices) -> list[tuple[str, float, float, float]]:
    """Return name, both derivatives and error of the entries ``listed``."""
    columns = (check.claimed[listed], check.measured[listed], check.errors[listed])
    names = [check.name(entry) for entry in listed.tolist()]
    return list(zip(names, *(column.tolist() for column in columns), strict=True))


def _lines(check: GradientCheck, used: int, examples: int) -> list[str]:
    worst = int(check.errors.argmax())
    both = f"backpropagation {check.claimed[worst]:.17g}, reference {check.measured[worst]:.17g}"
    largest = f"{check.max_relative_error:.2g}, that of {check.worst}"
    what, all_of_them = counted(len(check.claimed), "parameter"), counted(examples, "training example")
    which = f"{used} of {all_of_them}" if used < examples else f"{'all ' * (examples > 1)}{all_of_them}"
    return [
        f"Gradient of {what} on {which}, against {check.method.label}.",
        f"Largest relative error: {largest}; up to {check.method.tolerance:g} is rounding.",
        f"Worst parameter: {check.name(worst)}; {both}.",
        "Passed." if check.passed else "Failed: backpropagation and the independent gradient do not agree.",
    ]


COMMANDS.add(
    "check",
    Command(
        "check",
        "Check the gradient of every weight and bias by an independent method.",
        f"""
        The gradient that backpropagation computes, at the present weights, is compared with the limit of the loss
        itself: by a complex step where the functions are analytic (errors up to 1e-12 pass), by central differences
        elsewhere (up to 1e-6). The check uses at most {MOST_EXAMPLES} training examples, evenly chosen. The time it
        takes grows with the square of the number of parameters; Ctrl+C ends it.

        It ends with 0 when the check passes, 1 when it fails, 2 after an error.

        With --json it prints one object, such as {{"parameters": 17, "max_relative_error": 3e-16, "passed": true}}; an
        error that is not finite is null. With --table or --all it has a "table" as well, a list of objects such as
        {{"parameter": "the weight x1 → h2", "backpropagation": 0.1, "reference": 0.1, "relative_error": 2e-16}}.
        """,
        (
            "backprop-gui check xor",
            "backprop-gui check iris --table 10",
            "backprop-gui check --layers 4-8-3 --data iris --activation gelu --json",
        ),
        _arguments,
        run,
    ),
)
