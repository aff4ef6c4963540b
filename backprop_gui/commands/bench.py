"""``bench``: measures how fast a training step is."""

from __future__ import annotations

import argparse
import os

from backprop_gui import bench, bench_timeline
from backprop_gui.commands.command import COMMANDS, Command, whole_number
from backprop_gui.commands.output import print_json
from backprop_gui.display import display_problem
from backprop_gui.terminal import say

LONG_RUN, MOST_UPDATES = 1_000_000, 1_000_000_000
UNSEEN_PLATFORMS = ("offscreen", "minimal")
"""Platforms of Qt on which pictures cost less than on a screen."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    parser.add_argument(
        "--timeline",
        type=whole_number("--timeline", 1, MOST_UPDATES),
        nargs="?",
        const=LONG_RUN,
        metavar="UPDATES",
        help=f"measure the timeline alone, after so many updates ({LONG_RUN:,} take about two minutes)",
    )


def run(args: argparse.Namespace) -> int:
    """Measure, and print a table; the window too, where there is a screen."""
    if args.timeline is not None:
        return _print([], bench_timeline.timeline_rows(args.timeline, say), as_json=args.json)
    rows = bench.run(progress=say)
    measures = bench.check_rows(progress=say)
    unseen = display_problem()
    if unseen is None and os.environ.get("QT_QPA_PLATFORM") in UNSEEN_PLATFORMS:
        unseen = "Qt is told to draw where nobody can look."
    if unseen is None:
        from backprop_gui.ui.measure import window_rows

        rows += window_rows(say)
        from backprop_gui.ui.measure_large import large_rows

        measures += large_rows(say)
    else:
        say(f"The window is not measured. {unseen}")
    return _print(rows, measures, as_json=args.json)


def _print(rows: list[bench.Row], measures: list[bench.Row], *, as_json: bool) -> int:
    if as_json:
        print_json(rows + measures)
    else:
        tables = [bench.format_table(rows)] * bool(rows) + [bench.format_measures(measures)] * bool(measures)
        print("\n\n".join(tables))
    return 0


COMMANDS.add(
    "bench",
    Command(
        "bench",
        "Measure the speed of training steps side by side with other programs, and beside the open window.",
        """
        PyTorch and scikit-learn are compared with where they are installed. With a screen, two more rows say what an
        open window that plays at full speed leaves of the speed without one; frames a second are said on standard
        error.

        With --json it prints a list of objects such as {"case": "2-4-2-1 tanh, batch 10, float64",
        "peer": "PyTorch 2.13.0", "ours_us": 20.1, "peer_us": 270.2, "ratio": 13.4}. Times are microseconds a step, and
        ratio is how many times faster we are; where no peer is installed, peer, peer_us and ratio are null. In the
        window's rows the peer is "no window".

        It also says how long the gradient check of some 10,000 and 100,000 parameters takes.

        With a screen it also says what large networks cost in the window: opening 784-128-10, each edit of it and its
        undo until it is painted, frames a second while it learns, and the share of smooth steps while the mouse drags,
        connects, selects and cuts in a network of 1,000 neurons. In the list these are objects such as
        {"case": "784-128-10, 101,632 edges", "what": "edit: move a neuron", "value": 98.2, "unit": "ms"}.

        With --timeline it measures what the timeline of a long run takes instead: memory, disk, and how soon a moment
        is shown.
        """,
        ("backprop-gui bench", "backprop-gui bench --json", "backprop-gui bench --timeline 100000"),
        _arguments,
        run,
    ),
)
