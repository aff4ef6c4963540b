"""What floats above the picture: the choice of view, the legend, the example shown, the map, hints."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from backprop_gui.ui.canvas.hint import EmptyGround, Hint
from backprop_gui.ui.canvas.legend import Content, Legend
from backprop_gui.ui.canvas.minimap import Minimap
from backprop_gui.ui.canvas.picture import Floats, Picture
from backprop_gui.ui.canvas.probe import ProbeLabel
from backprop_gui.ui.canvas.stepping import SteppingChip
from backprop_gui.ui.canvas.strands import Strands
from backprop_gui.ui.canvas.views import LABELS, View
from backprop_gui.ui.canvas.weak import WeakEdges
from backprop_gui.ui.segmented import Segmented

GAP_PX = 14
"""Distance of what floats from the rim."""
TOP_PX = 20.0
"""Room between the controls and the headings."""
LABEL_PX = 40.0
"""Half of the width that the label of a bundle takes."""
CELL = 0.25
"""How much a covered cell of a heat map counts, of which there are others beside it."""
HINT_PX = 300
"""Room beside the controls that is enough for hints."""

ROOMY_PX = 560
"""Width of the canvas from which on the views and the example have room beside each other."""


class Overlays:
    """Makes the widgets and puts them in their places.

    Attributes
    ----------
    segments, legend, weak, minimap, probe, stepping, hint, ground
        The widgets, children of the canvas.
    """

    def __init__(self, canvas: QWidget, content: Content) -> None:
        self._canvas, self._below = canvas, False
        self.segments = Segmented([(view, *LABELS[view]) for view in View], "View", canvas)
        self.segments.set_value(View.BACKWARD)
        self.legend = Legend(content, canvas)
        self.weak = WeakEdges(canvas)
        self.minimap = Minimap(canvas)
        self.probe = ProbeLabel(canvas)
        self.stepping = SteppingChip(canvas)
        self.hint = Hint(canvas)
        self.ground = EmptyGround(canvas)

    def place(self, *, plates: bool) -> None:
        """Put everything but the map in its place; ``plates``: the network can be below, so texts need a ground."""
        width, height = self._canvas.width(), self._canvas.height()
        self.legend.set_plate(plates)
        self.probe.set_plate(plates)
        self.segments.set_tight(width < ROOMY_PX)
        self.segments.adjustSize()
        self.segments.move(GAP_PX, GAP_PX - 2)
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(GAP_PX - 4, height - self.legend.height() - GAP_PX + 4)
        self._place_probe(width, height)
        self.weak.move(GAP_PX - 4, self.legend.y() - self.weak.height())
        self.ground.setGeometry(self._canvas.rect())
        self._place_hint(width, height)

    def _place_probe(self, width: int, height: int) -> None:
        """Put the example and the chip beside the views; beside the legend where there is no room for them above."""
        probe, chip = self.probe, self.stepping
        top, left = GAP_PX, self.segments.geometry().right() + GAP_PX
        probe.fit(width - left - GAP_PX)
        self._below = probe.width() > width - left - GAP_PX
        if self._below:
            # Not even its arrows have room beside the views.
            probe.fit(width - self.legend.geometry().right() - GAP_PX)
            top = height - probe.height() - GAP_PX + 4
        probe.move(width - probe.width() - GAP_PX, top)
        if not self._below and left + chip.width() + GAP_PX <= probe.x():
            chip.move(left, self.segments.geometry().center().y() - chip.height() // 2)
        else:
            chip.move(width - chip.width() - GAP_PX, top + (-1 if self._below else 1) * (chip.height() + 4))

    def _place_hint(self, width: int, height: int) -> None:
        """Put the hint between the controls above, where no neuron is, or below where there is no room for it."""
        left = self.segments.geometry().right() + GAP_PX
        if self.stepping.isVisible() and self.stepping.y() < self.segments.geometry().bottom():
            left = self.stepping.geometry().right() + GAP_PX
        right = (self.probe.x() if self.probe.isVisible() and not self._below else width) - GAP_PX
        if right - left >= HINT_PX:
            self.hint.fit(QRect(left, GAP_PX - 4, right - left, 60), below=False)
        else:
            left = self.legend.geometry().right() + GAP_PX
            self.hint.fit(QRect(left, 0, width - left - GAP_PX, height - GAP_PX), below=True)

    def place_map(self, picture: Picture, seen: QRectF) -> None:
        """Show on the map which part of the scene is ``seen``, if it is not all of it."""
        self.minimap.show_part(picture, seen)
        if not self.minimap.isHidden():
            self.minimap.move(self.clear_place(self.minimap.size(), picture, seen))

    def clear_place(self, size: QSize, picture: Picture, seen: QRectF, *, left: bool = False) -> QPoint:
        """Return where something of this size covers least of the network, in a corner or beside a control.

        Parameters
        ----------
        seen : QRectF
            What of the scene the canvas shows.
        left : bool
            Whether, of places that are as good, it stands at the left, above the legend, and not at the right.
        """
        width, height = self._canvas.width() - size.width(), self._canvas.height() - size.height()
        corner = self.weak.geometry() if self.weak.isVisible() else self.legend.geometry()
        below = self.probe.geometry().bottom() if self.probe.isVisible() else 0
        places = [
            QPoint(width - GAP_PX, height - GAP_PX),
            QPoint(width - GAP_PX, below + GAP_PX),
            QPoint(GAP_PX - 4, corner.top() - size.height() - 4),
            QPoint(self.legend.geometry().right() + GAP_PX, height - GAP_PX),
            QPoint(GAP_PX, self.segments.geometry().bottom() + GAP_PX),
        ]
        order = (2, 3, 4, 0, 1) if left else (0, 1, 3, 4, 2)
        zoom = self._canvas.width() / max(1e-9, seen.width())
        labels = _label_places(picture.strands)
        points = (np.concatenate([picture.position, labels]) - (seen.left(), seen.top())) * zoom
        radius = np.where(picture.shown, picture.radius, 0.0) * zoom
        reach = np.concatenate([radius, np.full(len(labels), LABEL_PX)])
        weight = np.concatenate([np.where(picture.shown, 1.0, CELL), np.ones(len(labels))])

        def covered(place: QPoint) -> float:
            away = np.abs(points - (place.x() + size.width() / 2, place.y() + size.height() / 2))
            hit = (away[:, 0] < size.width() / 2 + reach) & (away[:, 1] < size.height() / 2 + reach)
            return float(weight[hit].sum())

        return places[min(order, key=lambda number: covered(places[number]))]

    def room(self) -> tuple[QRectF, float, QRectF]:
        """Return the canvas, what the controls above take of it in pixels, and the corner that the legend takes."""
        corner = self.legend.geometry()
        for one in (self.weak, *((self.probe, self.stepping) if self._below else ())):
            if not one.isHidden():
                corner |= one.geometry()
        top = self.segments.geometry().bottom()
        if not self._below and not self.stepping.isHidden():
            top = max(top, self.stepping.geometry().bottom())
        return QRectF(self._canvas.rect()), top + TOP_PX, QRectF(corner)

    def region(self) -> QRegion:
        """Return what is covered by widgets below which nothing is while the picture fits."""
        region = QRegion()
        for overlay in (self.segments, self.legend, self.probe, self.stepping, self.weak):
            if overlay.isVisible():
                region += QRegion(overlay.geometry())
        return region


def _label_places(strands: Strands) -> Floats:
    """Return where the labels of bundles stand, (bundles, 2), in scene units."""
    middle, sizes = (strands.start + strands.end) / 2, np.bincount(strands.bundle)
    return np.stack([np.bincount(strands.bundle, axis) / sizes for axis in middle.T], axis=1)


__all__ = ["Overlays"]
