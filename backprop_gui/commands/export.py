"""``export``: writes a network for other programs."""

from __future__ import annotations

import argparse

from backprop_gui.commands.command import COMMANDS, Command, UsageError
from backprop_gui.commands.output import check_destinations, export_all, export_object, print_json
from backprop_gui.commands.subject import add_subject, subject_of
from backprop_gui.formats import FORMATS
from backprop_gui.formats.model import model_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words", metavar="WHAT FILE", nargs="*", help="a project file or template, then the files to write"
    )
    add_subject(parser, what="")
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of sentences")


def run(args: argparse.Namespace) -> int:
    """Write every file, each checked by reading it again."""
    words = list(args.words)
    args.what = words.pop(0) if words and args.layers is None else None
    if not words:
        raise UsageError("Say which files to write, such as model.onnx; their suffixes name the formats.")
    check_destinations(words, formats=True)
    subject = subject_of(args)
    reports, errors = export_all(model_of(subject.project, subject.prepared), words)
    if args.json:
        print_json([export_object(report) for report in reports])
    else:
        for report in reports:
            print(report.sentence)
    for error in errors[:1]:
        raise error
    return 0


COMMANDS.add(
    "export",
    Command(
        "export",
        "Write a network for other programs, and prove that each file computes the same.",
        "The formats are:\n\n"
        + "\n\n".join(f"{' '.join(format.suffixes)}: {format.description}" for format in FORMATS.values()),
        (
            "backprop-gui export iris.backprop iris.onnx iris.safetensors",
            "backprop-gui export iris.backprop predict_iris.py --json",
        ),
        _arguments,
        run,
    ),
)
