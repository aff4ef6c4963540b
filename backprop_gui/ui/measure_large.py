"""What large networks cost in the window: opening one, editing it, watching it learn, dragging a neuron of it."""

from __future__ import annotations

import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from backprop_gui.network import Kind, Network
from backprop_gui.project import Project, edits
from backprop_gui.project.edits import Edit, Starts
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
DRAG_PX = 90.0

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
        yield from _edit_rows(case, window, paints, "")
        progress(f"Watching {case} learn.")
        shown: list[float] = []
        player = window.lab.player
        player.pictures.connect(lambda frame: shown.append(time.perf_counter()))
        player.set_speed(math.inf)
        player.play()
        _wait(SETTLE_SECONDS)
        shown.clear()
        _wait(PLAY_SECONDS)
        yield _row(case, "while training", (len(shown) - 1) / (shown[-1] - shown[0]), "frames a second")
        progress(f"Editing {case} while it learns.")
        yield from _edit_rows(case, window, paints, " while training")
        player.pause()


def _first(network: Network) -> tuple[int, int, int]:
    """Return the first input, hidden neuron and output."""
    first = {neuron.kind: neuron.id for neuron in reversed(network.neurons)}
    return first[Kind.INPUT], first[Kind.HIDDEN], first[Kind.OUTPUT]


def _larger(project: Project, starts: Starts) -> Edit:
    network = project.network
    layer = network.neuron_of[_first(network)[1]].layer
    return edits.resize_layer(project, layer, len(network.members[layer]) + 1, starts)


def _on(
    edit: Callable[[Project, int, int, int, Starts], Edit],
) -> Callable[[Project, Starts], Edit]:
    """Let ``edit`` work on the first input, hidden neuron and output."""
    return lambda project, starts: edit(project, *_first(project.network), starts)


EDITS: dict[str, Callable[[Project, Starts], Edit]] = {
    "move a neuron": _on(lambda p, i, h, o, starts: edits.move(p, [h], 15, 10)),
    "freeze a bias": _on(lambda p, i, h, o, starts: edits.set_frozen(p, [h], True)),
    "rename a neuron": _on(lambda p, i, h, o, starts: edits.rename(p, h, "renamed")),
    "set an activation": _on(lambda p, i, h, o, starts: edits.set_activation(p, [h], "tanh")),
    "set a bias": _on(lambda p, i, h, o, starts: edits.set_bias(p, h, 0.25)),
    "set a weight": _on(lambda p, i, h, o, starts: edits.set_weight(p, (i, h), 0.5)),
    "delete an edge": _on(lambda p, i, h, o, starts: edits.remove(p, [(i, h)])),
    "delete a neuron": _on(lambda p, i, h, o, starts: edits.remove(p, [h])),
    "connect two neurons": _on(lambda p, i, h, o, starts: edits.connect(p, [i], [o], starts)),
    "add a neuron": _larger,
    "split an edge": _on(lambda p, i, h, o, starts: edits.split_edge(p, (i, h), starts)),
}


def _edit_rows(case: str, window: Window, paints: _Paints, when: str) -> Iterator[Row]:
    for name, edit in EDITS.items():
        done, undone = _edit_seconds(window, paints, edit)
        yield _row(case, f"edit{when}: {name}", done * 1000, "ms")
        yield _row(case, f"undo{when}: {name}", undone * 1000, "ms")


def _edit_seconds(
    window: Window, paints: _Paints, edit: Callable[[Project, Starts], Edit]
) -> tuple[float, float]:
    """Return the median times from the end of a gesture, and from the wish to undo it, until it is painted."""
    editor, stack = window.lab.editor, window.lab.document.stack
    done, undone = [], []
    for _ in range(OPENINGS):
        done.append(_painted(paints, lambda: editor.attempt(lambda project: edit(project, editor.starts))))
        undone.append(_painted(paints, stack.undo))
    return statistics.median(done), statistics.median(undone)


def _painted(paints: _Paints, do: Callable[[], object]) -> float:
    _wait(SETTLE_SECONDS)
    paints.at.clear()
    began = time.perf_counter()
    do()
    _wait_until(lambda: bool(paints.at))
    return paints.at[0] - began


def _drag_rows(project: Project, progress: Callable[[str], None]) -> Iterator[Row]:
    """Drag neurons around, while nothing else happens and while the network learns."""
    network = project.network
    case = f"{len(network.neurons):,} neurons, {len(network.edges):,} edges"
    hidden = [neuron.id for neuron in network.neurons if neuron.kind is Kind.HIDDEN]
    with _opened(project) as (window, paints):
        for learning, (what, press) in itertools.product((False, True), PRESSES.items()):
            what = f"{what}{' while training' if learning else ''}"
            progress(f"{what.capitalize()}: {case}.")
            if learning:
                window.lab.player.set_speed(math.inf)
                window.lab.player.play()
            _wait(SETTLE_SECONDS)
            gaps = _drag_gaps(window, paints, hidden[200:], press)
            window.lab.player.pause()
            smooth = sum(gap < SMOOTH_SECONDS for gap in gaps) / len(gaps)
            yield _row(case, f"{what}: gaps under {SMOOTH_SECONDS * 1000:.0f} ms", 100 * smooth, "%")


@dataclass(frozen=True, slots=True)
class _Press:
    """Where a drag begins, in radii beside a neuron, with how many of them selected, and with which key."""

    selected: int
    beside: float = 0.0
    key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    below: bool = False
    """Whether it begins on the ground below the network instead."""


PRESSES = {
    "dragging 1": _Press(1),
    "dragging 50": _Press(50),
    "connecting": _Press(0, beside=1.2),
    "a rubber band": _Press(0, below=True),
    "the knife": _Press(0, beside=6.0, key=Qt.KeyboardModifier.ShiftModifier),
}
"""What is dragged with the mouse; real events, so that whatever follows the pointer is measured too."""


def _drag_gaps(window: Window, paints: _Paints, ids: list[int], press: _Press) -> list[float]:
    view, picture = window.canvas.graphics, window.canvas.scene.picture
    window.lab.selection.set(frozenset(ids[: press.selected]))
    row = picture.index[ids[0]]
    (x, y), radius = picture.position[row].tolist(), float(picture.radius[row])
    if press.below:
        y = picture.bounds[3] + DRAG_PX / 2 / view.zoom
    start, moves = view.viewportTransform().map(QPointF(x + press.beside * radius, y)), itertools.count()
    timer = QTimer(window, interval=DRAG_MS, timerType=Qt.TimerType.PreciseTimer)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton

    def send(type: QEvent.Type, way: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = start + way
        everywhere = QPointF(view.viewport().mapToGlobal(place.toPoint()))
        event = QMouseEvent(type, place, everywhere, button, held, press.key)
        QCoreApplication.sendEvent(view.viewport(), event)

    def move() -> None:
        angle = next(moves) / 15
        send(QEvent.Type.MouseMove, QPointF(DRAG_PX * math.cos(angle), DRAG_PX * math.sin(angle)), none, left)

    send(QEvent.Type.MouseButtonPress, QPointF(), left, left)
    timer.timeout.connect(move)
    timer.start()
    # The first picture is drawn without what was lifted.
    _wait(SETTLE_SECONDS)
    paints.at.clear()
    _wait(DRAG_SECONDS)
    timer.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(paints.at)]
    window.canvas.hands.cancel()
    send(QEvent.Type.MouseButtonRelease, QPointF(), left, none)
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
        window.lab.document.edited = False
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
