"""Edges from and to heat maps, gathered into strands and bands: grey, because a mean of sizes has no sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from backprop_gui.ui.canvas.lines import LEFT_OUT, LineSet
from backprop_gui.ui.canvas.look import Look, scaled_by
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.routes import flattened, nearest
from backprop_gui.ui.canvas.views import Values
from backprop_gui.ui.colors import blended

Floats = NDArray[np.float64]

LEVELS = 8
WIDTHS_PX = (0.8, 3.2)
STEPS = 14
"""Straight pieces of a strand."""


class Bundles:
    """The strands of a picture.

    Attributes
    ----------
    mean_size : (strands,) array
        The mean absolute value of the edges in each strand; of a check, the share of those that are wrong.
    """

    def __init__(self, picture: Picture, look: Look) -> None:
        strands = picture.strands
        self._look, self._strands = look, strands
        self._gathered = np.flatnonzero(strands.strand_of >= 0)
        self._strand = strands.strand_of[self._gathered]
        self.points = flattened(strands.start, strands.end, np.zeros(len(strands.start)), STEPS)
        thin = np.flatnonzero(~strands.band)
        self._lines = LineSet(thin, self.points[thin])
        self._bands = np.flatnonzero(strands.band)
        self._lifted = np.zeros(len(strands.size), np.bool_)
        self._level = np.full(len(strands.size), LEFT_OUT, np.intp)
        self.lift(self._lifted)
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
        # Of a check, what matters is how many derivatives are wrong.
        shown = values.weight if values.failing_edges is None else values.failing_edges.astype(np.float64)
        sizes = np.where(known, np.abs(shown[self._gathered]), 0.0)
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
        changed = not np.array_equal(level, self._level)
        self._level = level
        self._show_levels()
        return changed

    def _show_levels(self) -> None:
        level, thin = self._level, self._lines.edges
        self._lines.set_buckets(np.where(self._lifted[thin], LEFT_OUT, level[thin]))
        self._lifted_lines.set_buckets(level[self._lifted_lines.edges])

    def lift(self, strands: NDArray[np.bool_]) -> None:
        """Leave ``strands``, (strands,), out of ``draw`` and draw them in ``draw_lifted``."""
        self._lifted = strands
        thin = np.flatnonzero(strands & ~self._strands.band)
        self._start, self._end = self._strands.start, self._strands.end
        self._lifted_lines = LineSet(thin, self.points[thin])
        self._show_levels()

    def move_lifted(self, start: Floats, end: Floats) -> None:
        """Take other ends of all strands; only those that are lifted may have others."""
        self._start, self._end = start, end
        thin = self._lifted_lines.edges
        self._lifted_lines.move(flattened(start[thin], end[thin], np.zeros(len(thin)), STEPS))

    def draw(self, painter: QPainter) -> None:
        """Draw bands, then strands, without those that are lifted."""
        self._draw_bands(painter, self._bands[~self._lifted[self._bands]])
        self._lines.draw(painter, self._pen)

    def draw_lifted(self, painter: QPainter) -> None:
        """Draw those that are lifted."""
        self._draw_bands(painter, self._bands[self._lifted[self._bands]])
        self._lifted_lines.draw(painter, self._pen)

    def _draw_bands(self, painter: QPainter, bands: NDArray[np.intp]) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for band in bands.tolist():
            # Before the first values there is no level: as good as none.
            painter.setBrush(self._grounds[max(0, int(self._level[band]))])
            painter.drawPath(self._outline(band))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _pen(self, level: int) -> QPen:
        thin, thick = WIDTHS_PX
        return self._look.pen(self._colors[level], thin + (thick - thin) * min(level, LEVELS) / LEVELS)

    def _outline(self, band: int) -> QPainterPath:
        (x1, y1), (x2, y2) = self._start[band].tolist(), self._end[band].tolist()
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
