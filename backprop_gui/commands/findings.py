"""``findings``: says what is wrong with a network that does not learn."""

from __future__ import annotations

import argparse
import textwrap

from backprop_gui.commands.command import COMMANDS, Command
from backprop_gui.commands.output import print_json
from backprop_gui.commands.subject import add_subject, subject_of
from backprop_gui.engine.findings import FINDERS, Checkup, Finding, checkup_of, find_all

FOUND = 1
WIDTH = 88


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")


def run(args: argparse.Namespace) -> int:
    """Look for trouble where the project stands."""
    trainer = subject_of(args).trainer()
    frame, data = trainer.frame(), trainer.examples
    checkup = checkup_of(
        frame.plan,
        frame.theta,
        data.x_train,
        data.t_train,
        frame.loss,
        frame.update,
        frame.losses,
        trainer.settings,
        frame.epoch,
        frame.note,
    )
    found = find_all(checkup)
    if args.json:
        print_json({"examples": len(checkup.chosen), "findings": [_record(checkup, one) for one in found]})
    elif found:
        print("\n\n".join(_paragraphs(one) for one in found))
    else:
        print(f"Nothing wrong found on {checkup.examples}. Looked for:")
        print("\n".join(f"  {finder.looks_for}" for finder in FINDERS.values()))
    return FOUND if found else 0


def _record(checkup: Checkup, finding: Finding) -> dict[str, object]:
    network = checkup.plan.network
    return {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "title": finding.title,
        "text": finding.text,
        "why": finding.why,
        "remedy": finding.remedy,
        "where": [
            network.edge_name(*key) if isinstance(key, tuple) else network.neuron_of[key].name
            for key in finding.keys
        ],
        "example": None if finding.example is None else finding.example + 1,
    }


def _paragraphs(finding: Finding) -> str:
    said = (finding.text, f"Why: {finding.why}", f"What to do: {finding.remedy}")
    indented = (textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ") for text in said)
    return "\n".join([f"{finding.title} ({finding.severity.value} learning)", *indented])


COMMANDS.add(
    "findings",
    Command(
        "findings",
        "Say what is wrong with a network that does not learn.",
        """
        It looks at the present weights over the training data for saturated neurons, dead ReLUs, clones, vanishing and
        exploding deltas, a learning rate that is too high or too low, and numbers that are not finite. Each finding
        comes with its numbers, why it is so, and what can be done. Of large data, evenly chosen examples are looked at,
        and it says so. The learning rate is judged by the recorded loss, so of a network that has not been trained
        nothing is said about it.

        It ends with 0 when nothing is found, 1 when something is, 2 after an error.

        With --json it prints one object: "examples", how many were looked at, and "findings", a list of objects with
        "kind", "severity" ("stops" or "hinders"), "title", "text", "why", "remedy", "where", a list of neurons and
        edges, and "example", a number from 1 or null.
        """,
        (
            "backprop-gui findings deep-sigmoid",
            "backprop-gui findings my.backprop --json",
        ),
        _arguments,
        run,
    ),
)
