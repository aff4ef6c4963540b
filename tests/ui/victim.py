"""A process that works as a person does, without pause, until it is killed: it edits, trains, saves, and tells a log.

    python -m tests.ui.victim FOLDER SEED

Each line of the log is written before what it announces can be lost: what was done, its number, and when.
"""

from __future__ import annotations

import math
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from backprop_gui.network import Edge
from backprop_gui.ui.app import application, open_window
from backprop_gui.ui.window import Window
from tests.ui.conftest import a_project

LOG, FILE = "log", "mine.backprop"


def main(folder: Path, seed: int) -> None:
    """Work in ``folder`` until killed; what is done, and how often it is saved, follows from ``seed``."""
    chance = random.Random(seed)
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(what: str, number: int) -> None:
        os.write(log, f"{what} {number} {time.time()}\n".encode())

    app = application()
    # The large one takes its time to be written: one in three spends most of it so.
    project = a_project("circle", (6,)) if seed % 3 == 1 else a_project("digits", (160,))
    window = open_window(project)
    window.show()
    window.files._write(folder / FILE)
    saves, longest_ms, count = (0.0, 0.05, 0.7)[seed % 3], (250, 250, 20)[seed % 3], 0

    def act() -> None:
        nonlocal count
        draw = chance.random()
        if draw < saves:
            tell("save", count)
            window.files._write(folder / FILE)
            tell("saved", count)
        elif draw < 0.8:
            count += 1
            tell("edit", count)
            rename(window, count)
        elif draw < 0.9:
            count += 1
            tell("edit", count)
            half_draw(window, count)
        else:
            window.lab.player.toggle()
        look()
        QTimer.singleShot(chance.randrange(10, longest_ms), act)

    def look() -> None:
        frame = window.lab.player.frame
        if frame is not None:
            tell("step", frame.step)

    window.lab.player.set_speed(math.inf)
    window.lab.player.play()
    QTimer.singleShot(0, act)
    tell("ready", 0)
    app.exec()


def rename(window: Window, number: int) -> None:
    """Make one edit, which bears its number."""
    project = window.lab.document.project
    output = replace(project.network.outputs[0], name=f"edit {number}")
    window.lab.document.edit("Rename", replace(project, network=project.network.with_neurons([output])))


def half_draw(window: Window, number: int) -> None:
    """Take the edges of the output away, so that nothing can be trained, or give them back; the step bears a number."""
    document = window.lab.document
    network = document.project.network
    output = network.outputs[0]
    ends = [edge for edge in TAKEN if (edge.source, edge.target) not in network.edge_of]
    if ends:
        network = network.grown(edges=ends)
    else:
        TAKEN[:] = network.incoming[output.id]
        network = network.without([(edge.source, edge.target) for edge in TAKEN])
    network = network.with_neurons([replace(output, name=f"edit {number}")])
    document.edit("Half draw", replace(document.project, network=network, run=None))
    assert (document.obstacle is None) == bool(ends)


TAKEN: list[Edge] = []
"""What :func:`half_draw` has taken away."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
