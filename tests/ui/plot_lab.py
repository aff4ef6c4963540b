"""What the tests of plots share: a lab without a thread, and real frames of a real trainer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from backprop_gui.engine.frame import Curve, Frame, Probe, Score
from backprop_gui.engine.trainer import Trainer
from backprop_gui.project import trainer_of
from backprop_gui.ui.document import Document
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.player import State
from backprop_gui.ui.selection import Selection
from tests.ui.conftest import a_project


class StillPlayer(QObject):
    """Stands where a player would, and remembers what it was asked for."""

    numbers, state_changed, waiting = Signal(object), Signal(object), Signal(object)
    state = State.PAUSED

    def __init__(self) -> None:
        super().__init__()
        self.frame: Frame | None = None
        self.last: Frame | None = None
        self.asked: list[Probe | int] = []

    def look_at(self, probe: Probe) -> None:
        self.asked.append(probe)

    def move_probe(self, steps: int) -> None:
        self.asked.append(steps)


def a_lab(source: str, hidden: tuple[int, ...] = (4,), **training: Any) -> tuple[Lab, Trainer]:
    """Return a lab on a built-in data set, and a trainer of its project."""
    document = Document(a_project(source, hidden, **training))
    player: Any = StillPlayer()
    return Lab(document, player, Selection()), trainer_of(document.project, document.prepared)


def with_curve(
    frame: Frame, train: list[float], test: list[float] | None = None, stride: float = 1.0
) -> Frame:
    """Return ``frame`` with another record of losses, which ends at its own."""
    count = len(train)
    nothing = np.full(count, np.nan)
    tested = nothing if test is None else np.array(test)
    curve = Curve(np.arange(count) * stride, np.array(train), tested, nothing, nothing)
    now = (count - 1) * stride
    score = None if np.isnan(tested[-1]) else Score(float(tested[-1]))
    return replace(frame, curve=curve, epoch=now, scored_at=now, train=Score(train[-1]), test=score)


def move_mouse(widget: QWidget, x: float, y: float) -> None:
    """Move the pointer over ``widget``."""
    send_mouse(widget, QEvent.Type.MouseMove, x, y)


def click(widget: QWidget, x: float, y: float) -> None:
    """Press and release the left button."""
    send_mouse(widget, QEvent.Type.MouseButtonPress, x, y)
    send_mouse(widget, QEvent.Type.MouseButtonRelease, x, y)


def send_mouse(widget: QWidget, kind: QEvent.Type, x: float, y: float) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    at = QPointF(x, y)
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def near(first: QColor, second: QColor, tolerance: int = 3) -> bool:
    """Return whether two colours are the same but for rounding."""
    return all(
        abs(a - b) <= tolerance
        for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    )


def shows(image: QImage, x: float, y: float, color: QColor, reach: int = 1, tolerance: int = 40) -> bool:
    """Return whether a pixel near (x, y) has about this colour."""
    ratio = image.devicePixelRatio()
    places = range(-reach, reach + 1)
    return any(
        near(image.pixelColor(round(x * ratio) + dx, round(y * ratio) + dy), color, tolerance)
        for dx in places
        for dy in places
    )
