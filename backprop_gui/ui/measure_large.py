"""What large networks cost in the window: opening one, editing it, watching it learn, dragging a neuron of it."""

from __future__ import annotations

import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer

from backprop_gui.network import Kind, Network
from backprop_gui.project import Project
from backprop_gui.project.files import load, save
from backprop_gui.ui.app import application, open_window
from backprop_gui.ui.large import pictures, thousand_neurons
from backprop_gui.ui.window import Window

OPENINGS = 3
DRAG_MS = 16
DRAG_SECONDS = 4.0
PLAY_SECONDS = 4.0
SETTLE_SECONDS = 0.6
SMOOTH_SECONDS = 0.034
"""A gap between two pictures that nobody sees."""
LIFTED = (1, 50)

Row = dict[str, Any]


class _Paints(QObject):
    """Notes when the picture of the network was painted."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.at: list[float] = []
        window.canvas.graphics.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # The time after the paint event, when the loop gets back to us.
            QTimer.singleShot(0, lambda: self.at.append(time.perf_counter()))
        return False


def large_rows(progress: Callable[[str], None]) -> list[Row]:
    """Return rows for ``backprop-gui bench``: ``case``, ``what`` was measured, ``value`` and its ``unit``."""
    application()
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_file_rows(pictures(Path(folder)), Path(folder), progress)]
        rows += _drag_rows(thousand_neurons(Path(folder)), progress)
    return rows


def _file_rows(project: Project, folder: Path, progress: Callable[[str], None]) -> Iterator[Row]:
    """Open a project from its file, edit it, and let it learn."""
    case = f"{project.network.shape}, {len(project.network.edges):,} edges"
    path = folder / "large.backprop"
    save(project, path)
    progress(f"Opening {case}.")
    seconds = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        with _opened(load(path)) as (_, paints):
            seconds.append(paints.at[0] - began)
    yield _row(case, "opening until it is painted", statistics.median(seconds) * 1000, "ms")
    progress(f"Editing {case}.")
    with _opened(load(path)) as (window, paints):
        _wait(SETTLE_SECONDS)
        for name, edit in EDITS.items():
            yield _row(case, f"edit: {name}", _edit_seconds(window, paints, name, edit) * 1000, "ms")
        progress(f"Watching {case} learn.")
        shown: list[float] = []
        player = window.lab.player
        player.pictures.connect(lambda frame: shown.append(time.perf_counter()))
        player.set_speed(math.inf)
        player.play()
        _wait(SETTLE_SECONDS)
        shown.clear()
        _wait(PLAY_SECONDS)
        player.pause()
        yield _row(case, "while training", (len(shown) - 1) / (shown[-1] - shown[0]), "frames a second")


def _move(network: Network) -> Network:
    neuron = _hidden(network)
    x, y = neuron.position
    return network.with_neurons([replace(neuron, position=(x + 15, y + 10))])


def _connect(network: Network) -> Network:
    return network.connect(network.inputs[0].id, network.outputs[0].id)


EDITS: dict[str, Callable[[Network], Network]] = {
    "move a neuron": _move,
    "freeze a bias": lambda network: network.with_neurons([replace(_hidden(network), frozen=True)]),
    "delete a neuron": lambda network: network.without([_hidden(network).id]),
    "connect two neurons": _connect,
}


def _hidden(network: Network) -> Any:
    return next(neuron for neuron in network.neurons if neuron.kind is Kind.HIDDEN)


def _edit_seconds(window: Window, paints: _Paints, name: str, edit: Callable[[Network], Network]) -> float:
    """Return the median time from an edit to its picture; each is undone again."""
    document, seconds = window.lab.document, []
    for _ in range(OPENINGS):
        changed = replace(document.project, network=edit(document.project.network))
        paints.at.clear()
        began = time.perf_counter()
        document.edit(name, changed)
        _wait_until(lambda: bool(paints.at))
        seconds.append(paints.at[0] - began)
        _wait(SETTLE_SECONDS)
        document.stack.undo()
        _wait(SETTLE_SECONDS)
    return statistics.median(seconds)


def _drag_rows(project: Project, progress: Callable[[str], None]) -> Iterator[Row]:
    """Drag neurons around, while nothing else happens and while the network learns."""
    network = project.network
    case = f"{len(network.neurons):,} neurons, {len(network.edges):,} edges"
    hidden = [neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN]
    with _opened(project) as (window, paints):
        for learning, count in itertools.product((False, True), LIFTED):
            what = f"dragging {count}{' while training' if learning else ''}"
            progress(f"{what.capitalize()} of {case}.")
            if learning:
                window.lab.player.set_speed(math.inf)
                window.lab.player.play()
            _wait(SETTLE_SECONDS)
            gaps = _drag_gaps(window, paints, hidden[200 : 200 + count])
            window.lab.player.pause()
            smooth = sum(gap < SMOOTH_SECONDS for gap in gaps) / len(gaps)
            yield _row(case, f"{what}: gaps under {SMOOTH_SECONDS * 1000:.0f} ms", 100 * smooth, "%")


def _drag_gaps(window: Window, paints: _Paints, ids: list[int]) -> list[float]:
    scene, moves = window.canvas.scene, itertools.count()
    timer = QTimer(window, interval=DRAG_MS, timerType=Qt.TimerType.PreciseTimer)

    def move() -> None:
        angle = next(moves) / 15
        scene.drag_lifted(90 * math.cos(angle), 90 * math.sin(angle))

    scene.lift(ids)
    timer.timeout.connect(move)
    timer.start()
    # The first picture is drawn without what was lifted.
    _wait(0.3)
    paints.at.clear()
    _wait(DRAG_SECONDS)
    timer.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(paints.at)]
    scene.drop_lifted()
    timer.deleteLater()
    return gaps


@contextmanager
def _opened(project: Project) -> Iterator[tuple[Window, _Paints]]:
    """Show a window that has been painted; close it afterwards, whatever was edited."""
    window = open_window(project)
    paints = _Paints(window)
    window.resize(1440, 900)
    window.show()
    _wait_until(lambda: bool(paints.at))
    try:
        yield window, paints
    finally:
        window.lab.document.stack.set_clean()
        window.close()
        _wait(0.05)


def _row(case: str, what: str, value: float, unit: str) -> Row:
    return {"case": case, "what": what, "value": round(value, 1), "unit": unit}


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _wait_until(done: Callable[[], bool]) -> None:
    loop, timer = QEventLoop(), QTimer(interval=1)
    timer.timeout.connect(lambda: loop.quit() if done() else None)
    timer.start()
    loop.exec()


__all__ = ["large_rows"]
