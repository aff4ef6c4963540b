"""How training gets on: a bar that moves on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import shutil
import sys
import time

from backprop_gui.commands.output import score_text
from backprop_gui.engine.trainer import Trainer
from backprop_gui.terminal import say

REDRAW_SECONDS = 0.1
LINE_SECONDS = 10.0
BAR_WIDTH = 24


class Progress:
    """Tells on standard error how far training has come from ``start`` to ``goal``, in epochs."""

    def __init__(self, start: float, goal: int) -> None:
        self._start, self._goal = start, goal
        self._began = time.monotonic()
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()
        # A quick run needs no lines at all; a bar may come at once.
        self._next = self._began + (0.0 if self._on_terminal else LINE_SECONDS)
        self._drawn = False

    def show(self, trainer: Trainer) -> None:
        """Tell about this moment, if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        share = min(1.0, (trainer.epoch - self._start) / max(1e-9, self._goal - self._start))
        counted = f"epoch {int(trainer.epoch):,} of {self._goal:,}"
        scores = score_text(trainer.train)
        if trainer.test is not None:
            scores += f"; test {score_text(trainer.test)}"
        left = f", {_duration((now - self._began) * (1 - share) / share)} left" if 0 < share < 1 else ""
        if self._on_terminal:
            filled = round(share * BAR_WIDTH)
            self._draw(f"[{'=' * filled}{' ' * (BAR_WIDTH - filled)}] {counted}{left}  {scores}")
            self._next = now + REDRAW_SECONDS
        else:
            say(f"{counted}{left}: {scores}")
            self._next = now + LINE_SECONDS

    def end(self) -> None:
        """Take the bar away, so that what follows begins on an empty line."""
        if self._drawn:
            self._draw("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _draw(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{text[:width].ljust(width)}")
        sys.stderr.flush()
        self._drawn = True


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
