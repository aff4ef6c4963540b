"""What the open window costs: frames a second, gaps between frames, and training speed beside no window at all."""

from __future__ import annotations

import itertools
import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from backprop_gui.data import default_settings, load, prepare
from backprop_gui.engine.frame import Frame
from backprop_gui.project import Project, project_for, trainer_of

ROUNDS = 3
WARM_UP_SECONDS = 1.0
WINDOW_SECONDS = 4.0
HEADLESS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The window while it trains at full speed.

    Attributes
    ----------
    frames_a_second : float
        Pictures shown a second.
    gap_99_ms : float
        The gap between two pictures that 99 of 100 gaps stay below.
    window_us, headless_us : float
        Wall time an update takes with the window open, and without a window; medians of interleaved rounds.
    """

    case: str
    frames_a_second: float
    gap_99_ms: float
    window_us: float
    headless_us: float


CASES = (("xor-clouds", (8, 8, 8, 8, 8, 8)), ("digits", (64, 32)))
"""A data set and hidden layers: 2-8-8-8-8-8-8-1 and 64-64-32-10, which has 6,464 edges."""


def case_projects() -> list[Project]:
    """Return the projects that the window is measured with."""
    projects = []
    for source, hidden in CASES:
        data = default_settings(source)
        project = project_for(load(data), data, hidden, name=source)
        # A small rate: the deltas stay alive, and nothing ends training during the measurement.
        projects.append(replace(project, training=replace(project.training, learning_rate=0.01)))
    return projects


def window_rows(progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return rows for ``backprop-gui bench``; ``progress`` is told the frames a second.

    Each has ``case``, ``peer``, ``ours_us`` and ``peer_us`` (wall time an update, with and without the window), and
    ``ratio``, the share of the speed that the window leaves.
    """
    rows = []
    for project in case_projects():
        progress(f"Measuring the window on {project.network.shape}.")
        seen = measure(project)
        progress(
            f"{seen.frames_a_second:.0f} frames a second, 99 of 100 gaps between them under {seen.gap_99_ms:.0f} ms."
        )
        rows.append(
            {
                "case": f"window open, {seen.case}",
                "peer": "no window",
                "ours_us": seen.window_us,
                "peer_us": seen.headless_us,
                "ratio": seen.headless_us / seen.window_us,
            }
        )
    return rows


def measure(project: Project) -> Measured:
    """Play ``project`` in a window of 1440 x 900 pixels and without one, in turns."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Only now, so that the platform is chosen before Qt looks for a display.
    from backprop_gui.ui.app import application, open_window

    application()
    gaps: list[float] = []
    frames_a_second: list[float] = []
    window_us: list[float] = []
    headless_us: list[float] = []
    for _ in range(ROUNDS):
        headless_us.append(_headless(project))
        window = open_window(project)
        window.resize(1440, 900)
        window.show()
        shown: list[tuple[float, int]] = []

        def note(frame: Frame, shown: list[tuple[float, int]] = shown) -> None:
            shown.append((time.perf_counter(), frame.step))

        window.lab.player.pictures.connect(note)
        window.lab.player.set_speed(math.inf)
        window.lab.player.play()
        _wait(WARM_UP_SECONDS)
        shown.clear()
        _wait(WINDOW_SECONDS)
        window.lab.player.pause()
        times = [moment for moment, _ in shown]
        gaps += [later - earlier for earlier, later in itertools.pairwise(times)]
        seconds = times[-1] - times[0]
        frames_a_second.append((len(times) - 1) / seconds)
        window_us.append(seconds / (shown[-1][1] - shown[0][1]) * 1e6)
        window.lab.document.stack.set_clean()
        window.lab.document.edited = False
        window.close()
        _wait(0.05)
    gaps.sort()
    return Measured(
        f"{project.network.shape}, batch {project.training.batch_size}",
        statistics.median(frames_a_second),
        gaps[int(0.99 * (len(gaps) - 1))] * 1000,
        statistics.median(window_us),
        statistics.median(headless_us),
    )


def _headless(project: Project) -> float:
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(2**40, WARM_UP_SECONDS)
    start = time.perf_counter()
    updates = trainer.advance(2**40, HEADLESS_SECONDS)
    return (time.perf_counter() - start) / updates * 1e6


def _wait(seconds: float) -> None:
    """Let the event loop run for ``seconds``, as it does when a person watches."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
