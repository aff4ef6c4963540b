"""Lights the picture for those who look at one operation, and tells them what is pointed at in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from backprop_gui.ui.canvas.gestures.spots import TOLERANCE_PX
from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.spotlight import Lights, Way
from backprop_gui.ui.selection import Key

TICK_MS = 16


class Lighting(QObject):
    """What of the picture is lit, and the signal that runs along its edges.

    Signals
    -------
    pointed(frozenset of keys)
        The pointer is over this neuron or edge of the picture; empty: no longer over one.
    """

    pointed = Signal(object)

    def __init__(self, scene: NetworkScene, view: NetworkView, repaint: Callable[[], None]) -> None:
        super().__init__(view)
        self._scene, self._view, self._repaint = scene, view, repaint
        self._over: Key | None = None
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._step = 1.0
        view.hovered.connect(self._hovered)
        view.left.connect(lambda: self._tell(None))

    def show(self, lights: Lights | None, signal_ms: int = 0) -> None:
        """Light what an operation reads and writes; None lights nothing.

        Parameters
        ----------
        signal_ms : int
            How long its signal runs along the edges; 0: it is not shown.
        """
        spotlight = self._scene.spotlight
        runs = lights is not None and lights.way is not Way.NONE and signal_ms > 0
        spotlight.progress = 0.0 if runs else 1.0
        self._step = TICK_MS / max(1, signal_ms)
        if runs:
            self._clock.start()
        else:
            self._clock.stop()
        self._scene.light(lights)

    def point_at(self, keys: frozenset[Key]) -> None:
        """Light neurons and edges that somebody points at elsewhere."""
        if keys != self._scene.spotlight.pointed:
            self._scene.spotlight.set_pointed(keys)
            self._repaint()

    def _tick(self) -> None:
        spotlight = self._scene.spotlight
        spotlight.progress = min(1.0, spotlight.progress + self._step)
        if spotlight.progress >= 1 or spotlight.lights is None:
            self._clock.stop()
        self._repaint()

    def _hovered(self, point: QPointF) -> None:
        self._tell(self._scene.key_at(point.x(), point.y(), TOLERANCE_PX / self._view.zoom))

    def _tell(self, key: Key | None) -> None:
        if key != self._over:
            self._over = key
            self.pointed.emit(frozenset() if key is None else frozenset({key}))


__all__ = ["Lighting"]
