"""What a gesture is: an object that lives from the press to the release, and ends in at most one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF

from backprop_gui.ui.canvas.gestures.ghost import Ghost
from backprop_gui.ui.canvas.gestures.spots import Spot
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.selection import Key

if TYPE_CHECKING:
    from backprop_gui.ui.editor import Editor


class Stage(Protocol):
    """What a gesture works on."""

    scene: NetworkScene
    editor: Editor | None

    @property
    def zoom(self) -> float:
        """Pixels a scene unit."""

    def spot(self, point: QPointF) -> Spot:
        """Return what is at a point of the scene."""

    def show(self, ghost: Ghost, text: str = "") -> None:
        """Draw what would happen, and say it."""

    def select(self, keys: frozenset[Key], current: Key | None = None) -> None:
        """Select exactly ``keys``."""


class Gesture:
    """A press that has not been released yet.

    Points are in scene units. ``move`` is called only once the pointer has left the place of the press; ``moved`` says
    so. A gesture that was cancelled leaves everything as it was.
    """

    def __init__(self, stage: Stage, start: QPointF, spot: Spot) -> None:
        self.stage, self.start, self.spot = stage, start, spot

    def move(self, point: QPointF, free: bool) -> None:
        """Follow the pointer; ``free`` says that nothing is snapped to."""

    def release(self, point: QPointF) -> None:
        """Do what the ghost showed."""

    def click(self) -> None:
        """The press was released where it began."""

    def cancel(self) -> None:
        """Put back what was moved for the time of the gesture."""


__all__ = ["Gesture", "Stage"]
