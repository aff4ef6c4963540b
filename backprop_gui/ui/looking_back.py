"""Looking back: what the whole window shows and allows while a moment of the past is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from backprop_gui.engine.frame import Frame
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.past_bar import PastBar
from backprop_gui.ui.player import Player

IN_PRESENT = "This is the present: step back, or drag along the axis of the loss curve, to look at the past."
NO_PAST = "There is no past yet: nothing has been trained, or the timeline begins here."

Allow = Callable[[str, bool, str], None]
"""Says of a command whether it can be done now, and why not."""


class LookingBack(QObject):
    """Draws the network as it was, and opens the ways to and fro."""

    def __init__(self, player: Player, canvas: Canvas, bar: PastBar, allow: Allow) -> None:
        super().__init__(canvas)
        self._player, self._canvas, self._bar, self._allow = player, canvas, bar, allow
        self._known: tuple[bool, bool] | None = None
        # The drawing comes before its numbers: this is connected before the picture is.
        player.pictures.connect(self._draw)
        player.waiting.connect(self._wait)
        self._enable(past=False, back=False)

    def _draw(self, frame: Frame) -> None:
        drawn, present = self._canvas.scene.network, self._player.network
        network = frame.plan.network if frame.past else present
        if network is not drawn:
            self._canvas.sync(drawn, network)
        self._bar.show_frame(frame, present)
        self._enable(past=frame.past, back=frame.step > frame.span.first_step)

    def _wait(self, obstacle: object) -> None:
        """While nothing can be trained, there is nothing to look at either."""
        if obstacle is not None:
            self._bar.hide()
            self._enable(past=False, back=False)

    def _enable(self, *, past: bool, back: bool) -> None:
        if (past, back) == self._known:
            return
        self._known = past, back
        for name in ("continue-from-here", "return-to-now", "next-moment"):
            self._allow(name, past, IN_PRESENT)
        for name in ("step-back", "previous-moment", "first-moment"):
            self._allow(name, back, NO_PAST)


__all__ = ["LookingBack"]
