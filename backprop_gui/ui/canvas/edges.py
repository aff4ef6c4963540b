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
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.engine.edge_arrays import EdgeArrays
from backprop_gui.ui.canvas.bundles import Bundles
from backprop_gui.ui.canvas.lines import LEFT_OUT, LineSet
from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.routes import nearest
from backprop_gui.ui.canvas.shades import SIGNS, Shades
from backprop_gui.ui.canvas.views import Values

Floats = NDArray[np.float64]

HALO_PX = 6.0
MOST_MARKED = 200
"""Of more selected edges, only so many get a halo."""
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
    held : bool
        Whether something is lifted: a picture that takes long is then kept as it is, so that the drag stays smooth.
    patient : bool
        The same while any other gesture is under way.
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
        self.patient = False
        self.seconds, self.spent, self.drawn = 0.0, 0.0, 0
        self._later, self._draw_texts = later, draw_texts
        self.shades = Shades(look, 0)
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
        self._sets = line_sets(picture, picture.single, picture.points)
        self.bundles = Bundles(picture, look)
        threshold, self.shades = self.shades.threshold, Shades(look, len(picture.single))
        self.shades.threshold = threshold
        self._lifted = np.zeros(0, np.intp)
        self.held = False
        self.set_selected(np.zeros(0, np.intp), np.zeros(0, np.intp))
        self.renew()

    def set_values(self, values: Values, limits: float | Floats, symlog: bool) -> None:
        """Show ``values.weight`` on scales that end at ``limits``, one for all edges or one each."""
        self.shades.values, self.shades.limits, self.shades.symlog = values, limits, symlog
        self.stale = True

    def set_selected(self, edges: NDArray[np.intp], beside: NDArray[np.intp]) -> None:
        """Mark ``edges`` and draw those ``beside`` the selected neurons stronger than the others."""
        self.shades.selected, self.shades.beside = edges, beside
        if self._key and (self.patient or self.seconds > SLOW_SECONDS):
            # While a rubber band is drawn, the selection changes with every movement.
            self.stale = True
        else:
            self.renew()

    def set_waiting(self, edges: NDArray[np.intp]) -> None:
        """Draw ``edges`` pale: their turn is still to come."""
        if not np.array_equal(edges, self.shades.waiting):
            self.shades.waiting = edges
            self.renew()

    def set_threshold(self, share: float) -> None:
        """Hide edges whose size is below ``share`` of their scale's end, unless they are selected."""
        self.shades.threshold = share
        self.renew()

    @property
    def hidden(self) -> int:
        """How many edges the threshold hides at present."""
        return int(np.count_nonzero(self.shades.hidden(self.picture.single)))

    def lift(self, edges: NDArray[np.intp], strands: NDArray[np.bool_]) -> None:
        """Leave ``edges`` of the network and ``strands`` out: something else draws them."""
        self._lifted = edges
        self.held = bool(len(edges) or strands.any())
        self.bundles.lift(strands)
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
        if (self.held or self.patient) and self.seconds > SLOW_SECONDS:
            return False
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
        """Return the drawn edge of the network that passes a point of the scene within ``tolerance``."""
        found = None
        for lines in self._sets:
            seen = np.flatnonzero(~self.shades.hidden(lines.edges) & ~np.isin(lines.edges, self._lifted))
            place, distance = nearest(lines.points[seen], x, y)
            if distance < tolerance:
                found, tolerance = int(lines.edges[seen[place]]), distance
        return found

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
        draw_marked(painter, self._sets, self.shades, self.look)

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
        shades = self.shades
        if shades.values is None:
            return False
        changed = False
        for lines in self._sets:
            buckets = shades.buckets(lines.edges)
            if len(self._lifted):
                buckets[np.isin(lines.edges, self._lifted)] = LEFT_OUT
            changed |= lines.set_buckets(buckets, mixed=SIGNS)
        return self.bundles.set_values(shades.values, shades.limits) or changed

    def _draw(self, painter: QPainter, *, whole: bool) -> None:
        self.bundles.draw(painter)
        for lines in self._sets:
            lines.draw(painter, self.shades.pen)
        self._draw_texts(painter, whole)


def line_sets(picture: Picture, edges: NDArray[np.intp], points: Floats) -> list[LineSet]:
    """Return the ways of ``edges``, indices of edges of the network, as lines: whole ones, and dashed if frozen."""
    frozen = EdgeArrays.of(picture.network.edges).frozen[edges]
    return [
        LineSet(edges[~frozen], points[~frozen]),
        LineSet(edges[frozen], points[frozen], dashed=True),
    ]


def draw_marked(painter: QPainter, sets: list[LineSet], shades: Shades, look: Look) -> None:
    """Draw the selected edges among ``sets`` once more, on a halo."""
    for edge in shades.selected[:MOST_MARKED].tolist():
        for lines in sets:
            found = lines.way(edge)
            if found is not None:
                bucket, way = found
                pen = shades.pen(bucket)
                halo = look.pen(look.halo, pen.widthF() / look.ratio + HALO_PX)
                halo.setCapStyle(Qt.PenCapStyle.RoundCap)
                halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for one in (halo, pen):
                    painter.setPen(one)
                    painter.drawPolyline(way)


__all__ = ["EdgeItem", "draw_marked", "line_sets"]
