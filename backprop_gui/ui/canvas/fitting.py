"""Fitting the picture into the widget: as large as it can be, clear of what floats above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from backprop_gui.ui.canvas.graphics import NetworkView
from backprop_gui.ui.canvas.scene import NetworkScene

MARGIN_PX = 30.0
NEAR, ENOUGH = 0.8, 0.6
"""At this zoom, or filling this share of the room, a picture that can be seen whole is large enough."""

SHARES_BACK = (1.0, 0.75, 0.5, 0.25, 0.0)
"""How far from its place beside the legend back to the middle a picture may stand."""


def fit(view: NetworkView, scene: NetworkScene, area: QRectF, top: float, legend: QRectF) -> None:
    """Show the whole picture.

    Parameters
    ----------
    area, legend : QRectF
        The viewport, and the part of it that the legend covers.
    top : float
        What the controls above take, in pixels.
    """
    _fit_into(view, scene, area, MARGIN_PX, top, MARGIN_PX)
    if _hides_something(view, scene, legend):
        # The picture goes above the legend or to its right, wherever it becomes larger.
        above = MARGIN_PX, top, area.bottom() - legend.top() + 8.0
        beside = legend.right() + 16.0, top, MARGIN_PX
        largest = _fit_into(view, scene, area, *above)
        if largest >= (zoom := _fit_into(view, scene, area, *beside)):
            _fit_into(view, scene, area, *above)
        else:
            _move_back(view, scene, legend, zoom)


def _move_back(view: NetworkView, scene: NetworkScene, legend: QRectF, zoom: float) -> None:
    """Move the picture as far to the middle as it can be beside the legend: often only its lower edge is in the way."""
    edges = scene.picture.bounds
    middle = QPointF((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2)
    seen = view.viewportTransform().map(middle)
    across = view.viewport().rect().center().x() - seen.x()
    for share in SHARES_BACK:
        view.show_at(zoom, middle, QPointF(seen.x() + share * across, seen.y()))
        if not _hides_something(view, scene, legend):
            return


def fits_well(view: NetworkView, scene: NetworkScene, area: QRectF, top: float, legend: QRectF) -> bool:
    """Return whether the whole picture can be seen as it is, and is not much smaller than it could be.

    Then it is better left where it is: who is drawing does not want the ground to move under the pointer.
    """
    if not scene.network.neurons:
        return True
    left, up, right, down = scene.picture.bounds
    seen = view.viewportTransform().mapRect(QRectF(left, up, right - left, down - up))
    before, above, after = scene.headings.reach_px()
    seen = seen.adjusted(-before, -above, after, 0)
    room = area.adjusted(MARGIN_PX / 2, top - 4, -MARGIN_PX / 2, -MARGIN_PX / 2)
    if not room.contains(seen) or _hides_something(view, scene, legend):
        return False
    # A small network stands well anywhere; a large one deserves the room there is.
    share = max(seen.width() / room.width(), seen.height() / room.height())
    return view.zoom >= NEAR or share >= ENOUGH


def _fit_into(
    view: NetworkView, scene: NetworkScene, area: QRectF, left: float, top: float, bottom: float
) -> float:
    """Show everything within these margins in pixels, and return the zoom; 0 where they leave no room."""
    edges = scene.picture.bounds
    bounds = QRectF(edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1])
    # Texts keep their size, so how much they need depends on the zoom, and the zoom on what they need.
    for _ in range(3):
        before, up, after = scene.headings.reach_px()
        if left == MARGIN_PX:
            before = after = max(before, after)
        room = area.adjusted(left + before, top + up, -MARGIN_PX - after, -bottom)
        view.show_rect(bounds, room if room.isValid() else area)
        scene.set_zoom(view.zoom)
    return view.zoom if room.isValid() else 0.0


def _hides_something(view: NetworkView, scene: NetworkScene, legend: QRectF) -> bool:
    """Return whether a neuron, a cell, an edge or a name lies under the legend."""
    picture = scene.picture
    area = view.viewportTransform().inverted()[0].mapRect(legend)
    points = np.concatenate([picture.position, picture.points.reshape(-1, 2), scene.headings.name_ends()])
    reach = np.concatenate([picture.radius, np.zeros(len(points) - len(picture.radius))]) + 8 / view.zoom
    inside = (np.abs(points[:, 0] - area.center().x()) < area.width() / 2 + reach) & (
        np.abs(points[:, 1] - area.center().y()) < area.height() / 2 + reach
    )
    return bool(inside.any())


__all__ = ["fit", "fits_well"]
