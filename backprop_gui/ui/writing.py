"""Files that are written in the background, and what is said of each, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from backprop_gui.errors import UserError
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.errors import unexpected


class Writing:
    """Writes files, and says so in the banner; what came of one stays there until those beside it are written too."""

    def __init__(self, banner: Banner, window: QObject) -> None:
        self._banner, self._window = banner, window
        self._under_way: list[str] = []
        """What is said of each file that is being written."""
        self._came_of: list[tuple[str, bool]] = []
        """What came of those that were written since nothing was under way, and whether it is good."""

    def begin(self, path: Path, how: str, work: Callable[[], str]) -> None:
        """Have ``work`` write ``path``, which returns a sentence about that; ``how`` may add what it does besides."""
        says = f"Writing “{path.name}”{how} …"
        self._under_way.append(says)
        waiting = Waiting(self._window)
        waiting.for_(in_background(work), partial(self._done, waiting, says))
        self._show()

    def _done(self, waiting: Waiting, says: str, future: Future[Any]) -> None:
        waiting.deleteLater()
        self._under_way.remove(says)
        error = future.exception()
        if error is None:
            self._came_of.append((future.result(), True))
        else:
            text = str(error) if isinstance(error, UserError) else unexpected(error)
            self._came_of.append((text, False))
        self._show()

    def _show(self) -> None:
        texts = [*(text for text, _ in self._came_of), *self._under_way]
        good = all(good for _, good in self._came_of)
        tone = "bad" if not good else "warning" if self._under_way else "good"
        self._banner.show_message("\n".join(texts), tone)
        if not self._under_way:
            self._came_of.clear()


__all__ = ["Writing"]
