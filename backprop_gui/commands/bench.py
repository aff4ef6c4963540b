"""``bench``: measures how fast a training step is.

With ``--json`` it prints a list of objects: {"case": "2-4-2-1 tanh, batch 10, float64", "peer": "PyTorch 2.13.0",
"ours_us": 20.1, "peer_us": 270.2, "ratio": 13.4}. Times are microseconds a step, and ratio is how many times faster we
are; where no peer is installed, peer, peer_us and ratio are null.
"""

from __future__ import annotations

import argparse

from backprop_gui import bench
from backprop_gui.commands.command import COMMANDS, Command
from backprop_gui.commands.output import print_json
from backprop_gui.terminal import say


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")


def run(args: argparse.Namespace) -> int:
    """Measure, and print a table."""
    rows = bench.run(progress=say)
    if args.json:
        print_json(rows)
    else:
        print(bench.format_table(rows))
    return 0


COMMANDS.add(
    "bench",
    Command(
        "bench",
        "Measure the speed of training steps side by side with other programs.",
        'PyTorch and scikit-learn are compared with where they are installed. With --json it prints a list of {"case", '
        '"peer", "ours_us", "peer_us", "ratio"}: microseconds a step, and how many times faster we are.',
        ("backprop-gui bench", "backprop-gui bench --json"),
        _arguments,
        run,
    ),
)
