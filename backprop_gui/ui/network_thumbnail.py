"""A small picture of a network: its real geometry, with its starting weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from backprop_gui.network import Kind, Network
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.bundles import Bundles
from backprop_gui.ui.canvas.grid import Cells
from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.picture import Picture, picture_of
from backprop_gui.ui.canvas.views import drawn_values
from backprop_gui.ui.theme import Theme

MARGIN_PX = 10.0
LARGEST_ZOOM = 0.36
"""Pixels a scene unit; a network of one neuron is not blown up to fill its picture."""
SMALLEST_RADIUS_PX = 1.6
WIDTHS_PX = ((40, (0.7, 2.4)), (100, (0.4, 1.3)), (10**9, (0.3, 0.9)))
"""Thinnest and thickest line in pixels, for up to so many edges."""


def draw_network(network: Network, size: QSize, ratio: float, look: Theme, font: QFont) -> QPixmap:
    """Return a transparent picture of ``network`` that fills ``size``; ``ratio`` is the screen's pixel ratio."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if network.neurons:
            _draw(painter, picture_of(network), size, Look(look, font, ratio))
        else:
            _draw_nothing(painter, QRectF(QPointF(0, 0), size), look)
    return pixmap


def _draw(painter: QPainter, picture: Picture, size: QSize, look: Look) -> None:
    left, top, right, bottom = picture.bounds
    zoom = min(
        LARGEST_ZOOM,
        (size.width() - 2 * MARGIN_PX) / (right - left),
        (size.height() - 2 * MARGIN_PX) / (bottom - top),
    )
    painter.translate(size.width() / 2, size.height() / 2)
    painter.scale(zoom, zoom)
    painter.translate(-(left + right) / 2, -(top + bottom) / 2)
    values = drawn_values(picture.network)
    limit = float(np.abs(values.weight).max(initial=0.0)) or 1.0
    bundles = Bundles(picture, look)
    bundles.set_values(values, limit)
    bundles.draw(painter)
    _draw_edges(painter, picture, values.weight, limit, look)
    for cells in picture.cells:
        _draw_cells(painter, cells, look)
    painter.setPen(look.outline)
    least = SMALLEST_RADIUS_PX / zoom
    for neuron, (x, y), radius, shown in zip(
        picture.network.neurons,
        picture.position.tolist(),
        picture.radius.tolist(),
        picture.shown,
        strict=True,
    ):
        if shown:
            painter.setBrush(look.neutral if neuron.kind is Kind.INPUT else look.empty)
            painter.drawEllipse(QPointF(x, y), max(radius, least), max(radius, least))


def _draw_edges(painter: QPainter, picture: Picture, weight: Any, limit: float, look: Look) -> None:
    thin, thick = next(widths for most, widths in WIDTHS_PX if len(picture.single) <= most)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # The strongest last, so that they lie on top.
    for place in np.argsort(np.abs(weight[picture.single]), kind="stable").tolist():
        value = float(weight[picture.single[place]])
        width = thin + (thick - thin) * abs(value) / limit
        painter.setPen(look.pen(look.theme.weight_color(value, limit), width))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in picture.points[place].tolist()]))


def _draw_cells(painter: QPainter, cells: Cells, look: Look) -> None:
    frame = QRectF(cells.left, cells.top, cells.width, cells.height)
    painter.fillRect(frame, look.neutral)
    painter.setPen(look.pen(look.theme.border, 1))
    lines = [
        QLineF(x, frame.top(), x, frame.bottom()) for x in _between(frame.left(), cells.cell, cells.columns)
    ]
    lines += [
        QLineF(frame.left(), y, frame.right(), y) for y in _between(frame.top(), cells.cell, cells.rows)
    ]
    painter.drawLines(lines)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.outline)
    painter.drawRect(frame)


def _between(start: float, step: float, count: int) -> list[float]:
    return [start + step * number for number in range(1, count)]


def _draw_nothing(painter: QPainter, room: QRectF, look: Theme) -> None:
    """Draw the place of a neuron that is still to come."""
    pen = QPen(QColor(look.outline), 1.4)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle, radius = room.center(), 20.0
    painter.drawEllipse(middle, radius, radius)
    side = 16
    theme.icon("plus", "muted").paint(
        painter, QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side).toRect()
    )


__all__ = ["draw_network"]
