"""``trace``: writes one training step out, operation by operation, as by hand."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from backprop_gui.commands.command import COMMANDS, Command, UsageError, whole_number
from backprop_gui.commands.output import check_destinations
from backprop_gui.commands.subject import add_subject, subject_of, take_subject
from backprop_gui.data import Prepared
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.engine.probing import check_probe
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.numerals import EXACT_DIGITS, FEWEST_DIGITS, counted, read_number
from backprop_gui.project import files
from backprop_gui.solutions import WRITERS, Style, check_length, solution_of
from backprop_gui.terminal import say

MOST_EXAMPLES = 1_000_000_000


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--example",
        type=whole_number("--example", 1, MOST_EXAMPLES),
        metavar="K",
        help="the training example, from 1; 1 unless given",
    )
    which.add_argument(
        "--test",
        type=whole_number("--test", 1, MOST_EXAMPLES),
        metavar="K",
        help="an example of the test data instead, from 1",
    )
    which.add_argument("--batch", action="store_true", help="the mean of the next batch instead")
    which.add_argument(
        "--inputs",
        nargs="+",
        metavar="NUMBER",
        help="an example that is not in the data instead, in the units of the data; with --targets",
    )
    parser.add_argument("--targets", nargs="+", metavar="NUMBER", help="the targets that belong to --inputs")
    kind = parser.add_mutually_exclusive_group()
    for name, writer in WRITERS.items():
        if name != "text":
            kind.add_argument(
                f"--{name}", dest="kind", action="store_const", const=name, help=f"write {writer.label}"
            )
    parser.set_defaults(kind="text")
    parser.add_argument(
        "--digits",
        type=whole_number("--digits", FEWEST_DIGITS, EXACT_DIGITS),
        default=6,
        metavar="N",
        help=f"significant digits, {FEWEST_DIGITS} to {EXACT_DIGITS}; 6 unless given",
    )
    parser.add_argument(
        "--delta",
        choices=[delta.value for delta in Delta],
        help="call ∂L/∂z or ∂L/∂a a delta; as the project says unless given",
    )
    parser.add_argument(
        "--sign",
        choices=[sign.value for sign in Sign],
        help="write gradients, or errors (target − output); as the project says unless given",
    )
    parser.add_argument("--exercise", action="store_true", help="leave blanks for what is to be worked out")
    parser.add_argument("--answers", action="store_true", help="with --exercise: the results at the end")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output unless given")


def run(args: argparse.Namespace) -> int:
    """Write the step out that the project would take next."""
    if args.answers and not args.exercise:
        raise UsageError("--answers belongs to --exercise: without blanks the results stand in the text.")
    if args.output is not None:
        check_destinations([args.output], formats=False)
    for typed in (args.inputs, args.targets):
        take_subject(args, typed or [])
    subject = subject_of(args)
    trainer, project = subject.trainer(), subject.project
    check_length(project.network)
    if args.inputs is None and args.targets is None:
        probe = _probe(args, len(trainer.examples.x_train), len(trainer.examples.x_test))
    else:
        probe = _typed(args, subject.prepared, project.network)
    conventions = Conventions(
        Delta(args.delta) if args.delta else project.conventions.delta,
        Sign(args.sign) if args.sign else project.conventions.sign,
    )
    worked = worked_example(trainer.frame(probe), trainer.settings, conventions)
    style = Style(args.digits, args.exercise, args.answers)
    text = WRITERS[args.kind].write(solution_of(worked, project.name), style)
    if args.output is None:
        print(text, end="")
    else:
        files.write_atomically(Path(args.output), text.encode("utf-8"))
        say(f"Wrote {counted(len(worked.operations), 'operation')} to {args.output}.")
    return 0


def _typed(args: argparse.Namespace, prepared: Prepared, network: Network) -> Probe:
    """Return the example that was typed, as the network sees it."""
    x, t = _numbers("--inputs", args.inputs), _numbers("--targets", args.targets)
    probe = Probe(Part.TYPED, 0, x, t)
    check_probe(probe, network)
    return replace(probe, x=tuple(prepared.scaling.apply(np.array(x)).tolist()))


def _numbers(option: str, texts: list[str] | None) -> tuple[float, ...]:
    try:
        return tuple(read_number(text) for text in texts or ())
    except UserError as error:
        raise UsageError(f"{option}: {error} Several numbers have spaces between them.") from None


def _probe(args: argparse.Namespace, train: int, test: int) -> Probe:
    if args.batch:
        return Probe(Part.BATCH)
    part, number, count = (
        (Part.TEST, args.test, test) if args.test is not None else (Part.TRAIN, args.example or 1, train)
    )
    if number > count:
        kind = "training" if part is Part.TRAIN else "test"
        there = {0: "there are none", 1: "there is only one"}.get(count, f"choose one from 1 to {count:,}")
        raise UsageError(f"There is no {kind} example {number:,}: {there}.")
    return Probe(part, number - 1)


COMMANDS.add(
    "trace",
    Command(
        "trace",
        "Write one training step out, operation by operation, with every number.",
        """
        The step is the one that the project would take next: forward, loss, backward and update of one example, each
        operation with its equation in symbols and in numbers. The update is that of the next batch.

        --json has every number at full precision. It prints one object with title, facts (an object of words), given (a
        list of name, value and group) and operations (a list), each with number, phase, kind, subject (a neuron's id,
        [source, target], or null for the loss), title, why, value and equations (a list of left, relation, symbols,
        numbers, result and remark). What is not finite or left blank is null.

        --latex compiles with pdflatex; --markdown has its formulas between dollar signs. --exercise leaves blanks for
        what is to be worked out, and --answers puts the results at the end, or in JSON into a list called answers.
        """,
        (
            "backprop-gui trace mazur --digits 9",
            "backprop-gui trace xor-2-3-1 --example 2 --latex -o solution.tex",
            "backprop-gui trace mazur --inputs 0.1 0.2 --targets 0 1",
            "backprop-gui trace whole-numbers --exercise --answers --markdown -o sheet.md",
        ),
        _arguments,
        run,
    ),
)
