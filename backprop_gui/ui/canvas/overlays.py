"""What floats above the picture: the choice of view, the legend, the example shown, the map, hints."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from backprop_gui.ui.canvas.hint import EmptyGround, Hint
from backprop_gui.ui.canvas.legend import Content, Legend
from backprop_gui.ui.canvas.minimap import Minimap
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.probe import ProbeLabel
from backprop_gui.ui.canvas.views import LABELS, View
from backprop_gui.ui.canvas.weak import WeakEdges
from backprop_gui.ui.segmented import Segmented

GAP_PX = 14
"""Distance of what floats from the rim."""
TOP_PX = 20.0
"""Room between the controls and the headings."""
HINT_PX = 300
"""Room beside the controls that is enough for hints."""


class Overlays:
    """Makes the widgets and puts them in their places.

    Attributes
    ----------
    segments, legend, weak, minimap, probe, hint, ground
        The widgets, children of the canvas.
    """

    def __init__(self, canvas: QWidget, content: Content) -> None:
        self._canvas = canvas
        self.segments = Segmented([(view, *LABELS[view]) for view in View], "View", canvas)
        self.segments.set_value(View.BACKWARD)
        self.legend = Legend(content, canvas)
        self.weak = WeakEdges(canvas)
        self.minimap = Minimap(canvas)
        self.probe = ProbeLabel(canvas)
        self.hint = Hint(canvas)
        self.ground = EmptyGround(canvas)

    def place(self, *, plates: bool) -> None:
        """Put everything but the map in its place; ``plates``: the network can be below, so texts need a ground."""
        width, height = self._canvas.width(), self._canvas.height()
        self.legend.set_plate(plates)
        self.probe.set_plate(plates)
        self.segments.adjustSize()
        self.segments.move(GAP_PX, GAP_PX - 2)
        self.probe.fit(width - self.segments.geometry().right() - 2 * GAP_PX)
        self.probe.move(width - self.probe.width() - GAP_PX, GAP_PX)
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(GAP_PX - 4, height - self.legend.height() - GAP_PX + 4)
        self.weak.move(GAP_PX - 4, self.legend.y() - self.weak.height())
        self.ground.setGeometry(self._canvas.rect())
        self._place_hint(width, height)

    def _place_hint(self, width: int, height: int) -> None:
        """Put the hint between the controls above, where no neuron is, or below where there is no room for it."""
        left = self.segments.geometry().right() + GAP_PX
        right = (self.probe.x() if self.probe.isVisible() else width) - GAP_PX
        if right - left >= HINT_PX:
            self.hint.fit(QRect(left, GAP_PX - 4, right - left, 60), below=False)
        else:
            left = self.legend.geometry().right() + GAP_PX
            self.hint.fit(QRect(left, 0, width - left - GAP_PX, height - GAP_PX), below=True)

    def place_map(self, picture: Picture, seen: QRectF) -> None:
        """Show on the map which part of the scene is ``seen``, if it is not all of it."""
        self.minimap.show_part(picture, seen)
        corner = QPoint(self.minimap.width() + GAP_PX, self.minimap.height() + GAP_PX)
        self.minimap.move(self._canvas.rect().bottomRight() + QPoint(1, 1) - corner)

    def room(self) -> tuple[QRectF, float, QRectF]:
        """Return the canvas, what the controls above take of it in pixels, and the corner that the legend takes."""
        corner = self.legend.geometry()
        if not self.weak.isHidden():
            corner |= self.weak.geometry()
        return QRectF(self._canvas.rect()), self.segments.geometry().bottom() + TOP_PX, QRectF(corner)

    def region(self) -> QRegion:
        """Return what is covered by widgets below which nothing is while the picture fits."""
        region = QRegion()
        for overlay in (self.segments, self.legend, self.probe, self.weak):
            if overlay.isVisible():
                region += QRegion(overlay.geometry())
        return region


__all__ = ["Overlays"]
