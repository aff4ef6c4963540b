"""All edges in one item: bucketed by colour and width, drawn into a picture that is renewed within a budget.

Painting holds the interpreter's lock, so every millisecond of it is one without training. Lines are opaque (their
colours are blended with the surface beforehand), they are drawn in one call for each pen, and when a new frame
changes nothing that can be seen, nothing is drawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.ui.canvas.bundles import Bundles
from backprop_gui.ui.canvas.lines import LineSet
from backprop_gui.ui.canvas.look import Look, scaled_by
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.routes import nearest
from backprop_gui.ui.canvas.views import Values
from backprop_gui.ui.colors import blended

Floats = NDArray[np.float64]

LEVELS = 14
"""Steps of width and colour from 0 to the limit."""
SIGNS = 3
UNKNOWN, BAD = SIGNS * 3 * (LEVELS + 1), SIGNS * 3 * (LEVELS + 1) + 1
"""Buckets of edges that the frame does not have, and of weights that are not finite."""
WIDTHS = ((60, (1.0, 4.8)), (400, (0.6, 2.6)), (1500, (0.7, 2.2)), (10**9, (0.6, 1.4)))
"""Thinnest and thickest line in pixels, for up to so many edges."""
HALO_PX = 6.0
LEAST_PAUSE_SECONDS = 0.08
"""Colours and widths of edges need not change more often than this."""
SLOW_SECONDS = 0.012
"""Pictures that take longer are shown scaled while the person zooms, and renewed afterwards."""


class EdgeItem(QGraphicsItem):
    """Every edge of the network, and the bundles from and to heat maps.

    Attributes
    ----------
    share : float
        Share of the wall time that may go into drawing edges while frames keep coming.
    seconds : float
        How long the last picture took.
    spent : float
        How much of that was spent when it was painted last: 0 if the picture was still good.
    drawn : int
        How many pictures were drawn.
    stale : bool
        Whether the picture may be older than the values.
    """

    def __init__(
        self,
        picture: Picture,
        look: Look,
        later: Callable[[float], None],
        draw_texts: Callable[[QPainter, bool], None],
    ) -> None:
        """Draw ``picture``.

        Parameters
        ----------
        later : callable
            ``later(seconds)`` asks for another call of ``due`` after some time.
        draw_texts : callable
            ``draw_texts(painter, whole)`` draws what lies over the edges and changes no more often than they do.
        """
        super().__init__()
        self.share = 0.12
        self.seconds, self.spent, self.drawn = 0.0, 0.0, 0
        self._later, self._draw_texts = later, draw_texts
        self._emphasis = np.zeros(0, np.intp)
        self._selected: list[int] = []
        self._pixmap: QPixmap | None = None
        self._key: tuple[Any, ...] = ()
        self._changed = False
        self._transform = QTransform()
        self._ended = 0.0
        self.setZValue(0)
        self.set_picture(picture, look)

    def set_picture(self, picture: Picture, look: Look) -> None:
        """Take another geometry or another theme."""
        self.prepareGeometryChange()
        self.picture, self.look = picture, look
        edges = picture.network.edges
        frozen = np.array([edges[i].frozen for i in picture.single], np.bool_)
        self._whole = LineSet(picture.single[~frozen], picture.points[~frozen])
        self._dashed = LineSet(picture.single[frozen], picture.points[frozen], dashed=True)
        self.bundles = Bundles(picture, look)
        count = len(picture.single)
        self._widths = next(widths for most, widths in WIDTHS if count <= most)
        self._colors = _colors(look)
        self._values: Values | None = None
        self._limits: float | Floats = 0.0
        self._symlog = False
        self.set_selected([], np.zeros(0, np.intp))
        self.renew()

    def set_values(self, values: Values, limits: float | Floats, symlog: bool) -> None:
        """Show ``values.weight`` on scales that end at ``limits``, one for all edges or one each."""
        self._values, self._limits, self._symlog = values, limits, symlog
        self.stale = True

    def set_selected(self, edges: list[int], beside: NDArray[np.intp]) -> None:
        """Mark ``edges`` and draw those ``beside`` the selected neurons stronger than the others."""
        self._selected, self._emphasis = edges, np.concatenate([beside, np.array(edges, np.intp)])
        self.renew()

    def renew(self) -> None:
        """Draw a new picture at the next opportunity, whatever the budget."""
        self._key, self.stale = (), True

    def due(self) -> bool:
        """Take the newest values if the budget allows; return whether that asks for a new picture.

        Where the budget does not allow it yet, another call is asked for.
        """
        if not self._key:
            return True
        if self.stale:
            wait = self._ended + self._pause() - time.perf_counter()
            if wait > 0:
                self._later(wait)
                return False
            self.stale = False
            self._changed |= self._update_buckets()
        return self._changed

    def covers(self, view: QTransform, rect: QRectF) -> bool:
        """Return whether painting this item fills ``rect`` of the scene under ``view``, so that no ground shows."""
        return self._pixmap is not None and view == self._transform and self.boundingRect().contains(rect)

    def edge_at(self, x: float, y: float, tolerance: float) -> int | None:
        """Return the edge of the network that passes a point of the scene within ``tolerance``."""
        edge, distance = nearest(self.picture.points, x, y)
        return int(self.picture.single[edge]) if distance <= tolerance else None

    # ---- painting

    def boundingRect(self) -> QRectF:
        left, top, right, bottom = self.picture.bounds
        return QRectF(left, top, right - left, bottom - top).adjusted(-200, -200, 200, 200)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        if widget is None:
            self._update_buckets()
            self._draw(painter, whole=False)
        else:
            ratio = widget.devicePixelRatioF()
            self._refresh(painter, (widget.width(), widget.height(), ratio))
            view = painter.worldTransform()
            painter.setWorldTransform(self._transform.inverted()[0] * view)
            if self._pixmap is not None:
                painter.drawPixmap(0, 0, self._pixmap)
            painter.setWorldTransform(view)
        self._draw_selected(painter)

    def _refresh(self, painter: QPainter, size: tuple[int, int, float]) -> None:
        """Draw the picture anew if it has to be."""
        self.spent = 0.0
        view = painter.worldTransform()
        key = (*size, view.m11(), view.m22(), view.dx(), view.dy())
        now = time.perf_counter()
        if key == self._key:
            if not self._changed:
                return
        else:
            comparable = self._pixmap is not None and self._key and key[:3] == self._key[:3]
            wait = self._ended + self._pause() - now
            if comparable and self.seconds > SLOW_SECONDS and wait > 0:
                # While the person zooms, the old picture is shown at the new size.
                self._later(wait)
                return
            self._update_buckets()
            self.stale = False
        self._changed = False
        width, height, ratio = size
        if self._pixmap is None or self._pixmap.size().toTuple() != (
            round(width * ratio),
            round(height * ratio),
        ):
            self._pixmap = QPixmap(round(width * ratio), round(height * ratio))
            self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(self.look.theme.surface)
        # The viewport's own transform may contain the device pixel ratio; the pixmap's painter adds it by itself.
        layer = QPainter(self._pixmap)
        layer.setRenderHint(QPainter.RenderHint.Antialiasing)
        layer.setWorldTransform(view)
        self._draw(layer, whole=True)
        layer.end()
        self._key, self._transform = key, view
        self._ended = time.perf_counter()
        self.seconds = self.spent = self._ended - now
        self.drawn += 1

    def _pause(self) -> float:
        """Return how many seconds must lie between two pictures."""
        return max(self.seconds * (1 / self.share - 1), LEAST_PAUSE_SECONDS)

    def _update_buckets(self) -> bool:
        """Choose each edge's bucket from the present values; return whether any is another one."""
        values = self._values
        if values is None:
            return False
        singles = [self._whole, self._dashed]
        buckets = self._buckets(values)
        changed = [lines.set_buckets(buckets[lines.edges], mixed=SIGNS) for lines in singles]
        return self.bundles.set_values(values, self._limits) or any(changed)

    def _buckets(self, values: Values) -> NDArray[np.intp]:
        """Return the bucket of each edge of the network."""
        weight = values.weight
        finite = np.isfinite(weight)
        safe = np.where(finite, weight, 0.0)
        limits = self._limits
        place = scaled_by(safe, limits, self._symlog)
        level = np.rint(np.abs(place) * LEVELS).astype(np.intp)
        sign = np.where(safe > 0, 1, np.where(safe < 0, 2, 0))
        strength = np.zeros(len(weight), np.intp)
        if len(self._emphasis):
            strength[:] = 1
            strength[self._emphasis] = 2
        bucket = (strength * (LEVELS + 1) + level) * SIGNS + sign
        bucket[~finite] = BAD
        bucket[~values.known] = UNKNOWN
        return bucket

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
        zoom = min(1.6, max(0.55, self.look.zoom)) ** 0.7
        return self.look.pen(self._colors[bucket], (thin + (thick - thin) * level) * zoom)

    def _draw(self, painter: QPainter, *, whole: bool) -> None:
        self.bundles.draw(painter)
        for lines in (self._whole, self._dashed):
            lines.draw(painter, self.pen)
        self._draw_texts(painter, whole)

    def _draw_selected(self, painter: QPainter) -> None:
        for edge in self._selected[:200]:
            for lines in (self._whole, self._dashed):
                found = lines.way(edge)
                if found is not None:
                    bucket, way = found
                    pen = self.pen(bucket)
                    halo = self.look.pen(self.look.halo, pen.widthF() / self.look.ratio + HALO_PX)
                    halo.setCapStyle(Qt.PenCapStyle.RoundCap)
                    halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    for one in (halo, pen):
                        painter.setPen(one)
                        painter.drawPolyline(way)


def _colors(look: Look) -> list[QColor]:
    """Return the colour of each bucket: as they are, weaker beside a selection, stronger at it."""
    theme = look.theme
    colors: list[QColor] = []
    for strength in range(3):
        for level in range(LEVELS + 1):
            for sign in range(SIGNS):
                share = level / LEVELS
                end = theme.positive if sign == 1 else theme.negative
                if sign == 0:
                    colors.append(theme.border)
                elif strength == 0:
                    colors.append(theme.weight_color(max(share, 0.02) * (1 if sign == 1 else -1), 1.0))
                elif strength == 1:
                    colors.append(blended(end, theme.surface, 0.22 + 0.38 * share))
                else:
                    colors.append(blended(end, theme.surface, 0.5 + 0.5 * share))
    return [*colors, theme.border, theme.bad]


__all__ = ["EdgeItem"]
