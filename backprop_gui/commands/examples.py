"""``examples``: lists what there is to begin with."""

from __future__ import annotations

import argparse

from backprop_gui.commands.command import COMMANDS, Command
from backprop_gui.commands.output import print_json, print_table
from backprop_gui.data import DATASETS
from backprop_gui.project.templates import templates


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of two tables")


def run(args: argparse.Namespace) -> int:
    """Print the templates and the data sets."""
    if args.json:
        print_json(
            {
                "templates": [
                    {"name": t.name, "title": t.title, "about": t.about, "epochs": t.epochs}
                    for t in templates().values()
                ],
                "datasets": [
                    {
                        "name": name,
                        "title": source.title,
                        "about": source.description,
                        "group": source.group,
                        "citation": source.citation,
                    }
                    for name, source in DATASETS.items()
                ],
            }
        )
        return 0
    print("Templates: backprop-gui train NAME, backprop-gui new FILE.backprop --template NAME\n")
    print_table((f"  {t.name}", t.about) for t in templates().values())
    print("\nData sets: backprop-gui train --layers SIZES --data NAME\n")
    print_table((f"  {name}", source.description) for name, source in DATASETS.items())
    return 0


COMMANDS.add(
    "examples",
    Command(
        "examples",
        "List the templates and the data sets that come with the program.",
        'With --json it prints {"templates": [{"name", "title", "about", "epochs"}], "datasets": [{"name", "title", '
        '"about", "group", "citation"}]}.',
        ("backprop-gui examples", "backprop-gui examples --json"),
        _arguments,
        run,
    ),
)
