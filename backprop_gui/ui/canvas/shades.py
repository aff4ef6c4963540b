"""How each edge looks: which bucket of sign, size and strength it is in, and with which pen a bucket is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from backprop_gui.ui.canvas.lines import LEFT_OUT
from backprop_gui.ui.canvas.look import Look, scaled_by
from backprop_gui.ui.canvas.views import Values
from backprop_gui.ui.colors import blended

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LEVELS = 14
"""Steps of width and colour from 0 to the limit."""
SIGNS = 3
STRENGTHS = 4
WAITING, PLAIN, WEAKER, STRONGER = range(STRENGTHS)
"""Edges whose turn is still to come, edges as they are, and those beside a selection and at it."""
UNKNOWN, BAD = SIGNS * STRENGTHS * (LEVELS + 1), SIGNS * STRENGTHS * (LEVELS + 1) + 1
"""Buckets of edges that the frame does not have, and of weights that are not finite."""
LEAST_LIT_PX = 2.6
"""How thick an edge is at least while it is lit, so that its colour can be told between the lines of the light."""
PALEST = {False: 0.16, True: 0.26}
"""Least strength of the colour of an edge whose turn is still to come, on a light and on a dark ground."""
WIDTHS = ((60, (1.0, 4.8)), (400, (0.6, 2.6)), (1500, (0.7, 2.2)), (10**9, (0.6, 1.4)))
"""Thinnest and thickest line in pixels, for up to so many edges."""


class Shades:
    """Buckets and pens of the edges of one picture.

    Attributes
    ----------
    values : Values or None
        What is shown; None before the first values.
    limits : float or (edges,) array
        The ends of the scales.
    selected : (count,) int array
        Edges that are selected.
    beside : (count,) int array
        Edges of selected neurons.
    waiting : (count,) int array
        Edges whose turn is still to come while a step is looked at operation by operation.
    threshold : float
        Edges whose size is below this share of their limit are left out, unless they are selected.
    """

    def __init__(self, look: Look, count: int) -> None:
        """Dress a picture with ``count`` edges that are drawn by themselves."""
        self._look = look
        self._widths = next(widths for most, widths in WIDTHS if count <= most)
        self._colors = _colors(look)
        self.values: Values | None = None
        self.limits: float | Floats = 0.0
        self.symlog = False
        self.selected = self.beside = self.waiting = np.zeros(0, np.intp)
        self.threshold = 0.0

    def buckets(self, edges: Indices) -> Indices:
        """Return the present bucket of each of ``edges``, indices of edges of the network; there must be values."""
        bucket = self._looks(edges)
        bucket[self.hidden(edges)] = LEFT_OUT
        return bucket

    def _looks(self, edges: Indices) -> Indices:
        """Return the bucket of each of ``edges`` as if none were hidden."""
        values, limits = self.values, self.limits
        assert values is not None
        weight, known = values.weight[edges], values.known[edges]
        if isinstance(limits, np.ndarray):
            limits = limits[edges]
        finite = np.isfinite(weight)
        safe = np.where(finite, weight, 0.0)
        place = scaled_by(safe, limits, self.symlog)
        level = np.rint(np.abs(place) * LEVELS).astype(np.intp)
        sign = np.where(safe > 0, 1, np.where(safe < 0, 2, 0))
        strength = np.full(len(edges), PLAIN, np.intp)
        selected = np.isin(edges, self.selected)
        if len(self.selected) or len(self.beside):
            strength[:] = WEAKER
            strength[selected | np.isin(edges, self.beside)] = STRONGER
        if len(self.waiting):
            strength[np.isin(edges, self.waiting)] = WAITING
        bucket = (strength * (LEVELS + 1) + level) * SIGNS + sign
        bucket[~finite] = BAD
        bucket[~known] = UNKNOWN
        return bucket

    def hidden(self, edges: Indices) -> NDArray[np.bool_]:
        """Return which of ``edges`` are too weak to be drawn."""
        values = self.values
        if values is None or self.threshold <= 0:
            return np.zeros(len(edges), np.bool_)
        limits = self.limits[edges] if isinstance(self.limits, np.ndarray) else self.limits
        # What is not a number is not weak: the comparison is false.
        weak = values.known[edges] & (np.abs(values.weight[edges]) < self.threshold * limits)
        return np.asarray(weak & ~np.isin(edges, self.selected), np.bool_)

    def lit_pens(self, edges: Indices) -> list[QPen]:
        """Return the pen of each of ``edges`` while it is lit: in the strong colour of its sign, hidden or not."""
        if self.values is None:
            return [self.pen(UNKNOWN)] * len(edges)
        bucket = self._looks(edges)
        signed = bucket < UNKNOWN
        each = SIGNS * (LEVELS + 1)
        bucket[signed] = STRONGER * each + bucket[signed] % each
        pens = [self.pen(one) for one in bucket.tolist()]
        for pen in pens:
            pen.setWidthF(max(pen.widthF(), LEAST_LIT_PX * self._look.ratio))
        return pens

    def pen(self, bucket: int) -> QPen:
        """Return the pen of a bucket at the present zoom."""
        thin, thick = self._widths
        level = (
            bucket // SIGNS % (LEVELS + 1) / LEVELS
            if bucket < UNKNOWN
            else 0.15
            if bucket == UNKNOWN
            else 0.5
        )
        zoom = min(1.6, max(0.55, self._look.zoom)) ** 0.7
        return self._look.pen(self._colors[bucket], (thin + (thick - thin) * level) * zoom)


def _colors(look: Look) -> list[QColor]:
    """Return the colour of each bucket: pale while it waits, as it is, weaker beside a selection, stronger at it."""
    theme = look.theme
    colors: list[QColor] = []
    for strength in range(STRENGTHS):
        for level in range(LEVELS + 1):
            for sign in range(SIGNS):
                share = level / LEVELS
                end = theme.positive if sign == 1 else theme.negative
                if sign == 0:
                    colors.append(theme.border)
                elif strength == WAITING:
                    # On a dark ground the same share of a colour is seen less.
                    least = PALEST[theme.dark]
                    colors.append(blended(end, theme.surface, least + 0.12 * share))
                elif strength == PLAIN:
                    colors.append(theme.weight_color(max(share, 0.02) * (1 if sign == 1 else -1), 1.0))
                elif strength == WEAKER:
                    colors.append(blended(end, theme.surface, 0.22 + 0.38 * share))
                else:
                    colors.append(blended(end, theme.surface, 0.5 + 0.5 * share))
    return [*colors, theme.border, theme.bad]


__all__ = ["Shades"]
