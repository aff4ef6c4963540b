"""The curves of kept runs: thin lines under the present one, each with its name at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from backprop_gui.engine.arrays import Array
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import run_color
from backprop_gui.ui.colors import blended
from backprop_gui.ui.plots.value_axis import ValueAxis

STRENGTH = 0.75
"""Of the lines, blended with the ground: what happens now stands out."""
LABEL_HEIGHT = 14
LONGEST_LABEL_PX = 120
DASHES = [5.0, 3.5]


@dataclass(frozen=True, slots=True, eq=False)
class KeptCurve:
    """One kept run as it is drawn.

    Attributes
    ----------
    name : str
    number : int
        Decides the colour.
    epochs : (records,) array
    series : sequence of (records,) arrays
        Of the training data, drawn as a line, and of the test data, dashed; NaN is left out.
    """

    name: str
    number: int
    epochs: Array
    series: Sequence[Array]


def paint_kept(
    painter: QPainter, curves: Sequence[KeptCurve], axis: ValueAxis, area: QRectF, limit: float, font: QFont
) -> None:
    """Draw ``curves`` in ``area``, whose right edge is the epoch ``limit``."""
    now = theme.current()
    ends: list[tuple[QPointF, KeptCurve]] = []
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for curve in curves:
        x = area.left() + curve.epochs * (area.width() / limit)
        color = blended(run_color(curve.number), now.window, STRENGTH)
        end = None
        for values, dashed in zip(curve.series, (False, True), strict=True):
            y = area.bottom() - axis.heights(values) * area.height()
            pen = QPen(color, 1)
            if dashed:
                pen.setDashPattern(DASHES)
            painter.setPen(pen)
            for points in _stretches(x, y):
                painter.drawPolyline(points)
            there = np.flatnonzero(np.isfinite(y))
            if end is None and len(there):
                end = QPointF(x[there[-1]], y[there[-1]])
        if end is not None:
            ends.append((end, curve))
    _write_names(painter, ends, area, font)


def _stretches(x: Array, y: Array) -> list[QPolygonF]:
    """Return the parts of a line between its gaps."""
    finite = np.isfinite(y)
    if not finite.any():
        return []
    parts = np.split(np.flatnonzero(finite), np.flatnonzero(np.diff(np.flatnonzero(finite)) > 1) + 1)
    return [QPolygonF([QPointF(x[i], y[i]) for i in part.tolist()]) for part in parts]


def _write_names(
    painter: QPainter, ends: Sequence[tuple[QPointF, KeptCurve]], area: QRectF, font: QFont
) -> None:
    """Write each name beside the end of its line; those that would meet are moved apart."""
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    free = -math.inf
    for end, curve in sorted(ends, key=lambda one: one[0].y()):
        text = metrics.elidedText(curve.name, Qt.TextElideMode.ElideRight, LONGEST_LABEL_PX)
        width = metrics.horizontalAdvance(text) + 2
        left = end.x() + 6 if end.x() + 6 + width <= area.right() else end.x() - 6 - width
        # Above the line, which falls and then lies flat.
        top = max(free, min(end.y() - LABEL_HEIGHT - 1, area.bottom() - LABEL_HEIGHT), area.top() - 4)
        free = top + LABEL_HEIGHT - 1
        place = QRectF(max(left, area.left()), top, width, LABEL_HEIGHT)
        # Other lines may run where the name stands.
        painter.fillRect(place.adjusted(-2, 1, 1, -1), theme.current().window)
        painter.setPen(run_color(curve.number))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


__all__ = ["KeptCurve", "paint_kept"]
