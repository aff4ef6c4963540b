"""Edges from and to heat maps, gathered into strands and bands: grey, because a mean of sizes has no sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from backprop_gui.ui.canvas.lines import LineSet
from backprop_gui.ui.canvas.look import Look, scaled_by
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.routes import flattened, nearest
from backprop_gui.ui.canvas.views import Values
from backprop_gui.ui.colors import blended

Floats = NDArray[np.float64]

LEVELS = 8
WIDTHS_PX = (0.8, 3.2)


class Bundles:
    """The strands of a picture.

    Attributes
    ----------
    mean_size : (strands,) array
        The mean absolute value of the edges in each strand.
    """

    def __init__(self, picture: Picture, look: Look) -> None:
        strands = picture.strands
        self._look, self._strands = look, strands
        self._gathered = np.flatnonzero(strands.strand_of >= 0)
        self._strand = strands.strand_of[self._gathered]
        self.points = flattened(strands.start, strands.end, np.zeros(len(strands.start)), 14)
        thin = np.flatnonzero(~strands.band)
        self._lines = LineSet(thin, self.points[thin])
        self._bands = np.flatnonzero(strands.band)
        self._band_levels = np.zeros(len(self._bands), np.intp)
        self.mean_size = np.zeros(len(strands.size))
        theme = look.theme
        self._colors = [
            blended(theme.muted, theme.surface, 0.22 + 0.6 * n / LEVELS) for n in range(LEVELS + 1)
        ]
        self._colors.append(theme.bad)
        self._grounds = [
            blended(theme.muted, theme.surface, 0.06 + 0.34 * n / LEVELS) for n in range(LEVELS + 1)
        ]
        self._grounds.append(blended(theme.bad, theme.surface, 0.3))

    def set_values(self, values: Values, limits: float | Floats) -> bool:
        """Take new weights or steps; return whether that changes what is seen."""
        if not len(self._strands.size):
            return False
        known = values.known[self._gathered]
        sizes = np.where(known, np.abs(values.weight[self._gathered]), 0.0)
        count = len(self._strands.size)
        self.mean_size = np.bincount(self._strand, sizes, count) / np.maximum(
            1, np.bincount(self._strand, known, count)
        )
        if np.ndim(limits):
            limits = np.bincount(self._strand, np.asarray(limits)[self._gathered], count) / self._strands.size
        finite = np.isfinite(self.mean_size)
        place = scaled_by(np.where(finite, self.mean_size, 0.0), limits, symlog=False)
        # A mean of many sizes is small beside the largest one: a root keeps it visible and in order.
        level = np.where(finite, np.rint(np.sqrt(place) * LEVELS), LEVELS + 1).astype(np.intp)
        changed = not np.array_equal(level[self._bands], self._band_levels)
        self._band_levels = level[self._bands]
        return self._lines.set_buckets(level[self._lines.edges]) or changed

    def draw(self, painter: QPainter) -> None:
        """Draw bands, then strands."""
        painter.setPen(Qt.PenStyle.NoPen)
        for band, level in zip(self._bands.tolist(), self._band_levels.tolist(), strict=True):
            painter.setBrush(self._grounds[level])
            painter.drawPath(self._outline(band))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._lines.draw(painter, self._pen)

    def _pen(self, level: int) -> QPen:
        thin, thick = WIDTHS_PX
        return self._look.pen(self._colors[level], thin + (thick - thin) * min(level, LEVELS) / LEVELS)

    def _outline(self, band: int) -> QPainterPath:
        (x1, y1), (x2, y2) = self._strands.start[band].tolist(), self._strands.end[band].tolist()
        left, right = self._strands.half_heights[band].tolist()
        middle = (x1 + x2) / 2
        path = QPainterPath(QPointF(x1, y1 - left))
        path.cubicTo(middle, y1 - left, middle, y2 - right, x2, y2 - right)
        path.lineTo(x2, y2 + right)
        path.cubicTo(middle, y2 + right, middle, y1 + left, x1, y1 + left)
        path.closeSubpath()
        return path

    def strand_at(self, x: float, y: float, tolerance: float) -> int | None:
        """Return the strand at a point of the scene."""
        strand, distance = nearest(self.points[self._lines.edges], x, y)
        if distance <= tolerance:
            return int(self._lines.edges[strand])
        for band in self._bands.tolist():
            if self._outline(band).contains(QPointF(x, y)):
                return band
        return None


__all__ = ["Bundles"]
