"""``new``: writes a project file to begin with."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from backprop_gui.commands.command import COMMANDS, Command, UsageError
from backprop_gui.commands.output import check_project_path
from backprop_gui.commands.subject import add_subject, is_project_file, subject_of
from backprop_gui.project import files
from backprop_gui.project.templates import FIRST
from backprop_gui.terminal import say


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.backprop", help="the project file to write")
    parser.add_argument(
        "--template", metavar="NAME", help=f"the template to begin with; {FIRST} unless given"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    add_subject(parser, what="")


def run(args: argparse.Namespace) -> int:
    """Write the project."""
    check_project_path(args.file)
    path = Path(args.file)
    if path.exists() and not args.force:
        raise UsageError(f"“{path}” is there already: choose another name, or replace it with --force.")
    if args.template is not None and args.layers is not None:
        raise UsageError("Begin either with --template or with --layers, not with both.")
    if args.template is not None and is_project_file(args.template):
        raise UsageError(
            f"“{args.template}” is not the name of a template: “backprop-gui examples” lists them."
        )
    args.what = (args.template or FIRST) if args.layers is None else None
    project = replace(subject_of(args).project, name=path.stem)
    files.save(project, path)
    say(
        f"Wrote {path}: a {project.network.shape} network on {project.data.source}. Open it with: backprop-gui {path}"
    )
    return 0


COMMANDS.add(
    "new",
    Command(
        "new",
        "Write a project file.",
        """
        It holds a network with its starting weights, the choice of data and the training settings. A table is named
        relative to the project's folder if it lies inside it, so that the folder can be moved.
        """,
        (
            "backprop-gui new lesson.backprop",
            "backprop-gui new flowers.backprop --template iris --set training.optimizer=momentum",
            "backprop-gui new houses.backprop --layers 4-16-1 --data houses.csv --target price",
        ),
        _arguments,
        run,
    ),
)
