"""The light of the microscope: what an operation reads and writes, what is still to come, and the signal on its way.

It is drawn in the ink of texts: every hue of the picture says something about a number, its sign above all.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.network import Key, Network
from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.canvas.routes import points_at
from backprop_gui.ui.canvas.tag import Tag, words_of
from backprop_gui.ui.colors import blended

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_LIT = 400
"""Of more edges that an operation reads, only so many are lit: no eye follows more."""
RING_PX = 4.0
"""Distance of the light around a neuron from its rim."""
READ_PX, WRITTEN_PX, POINTED_PX = 2.0, 3.6, 5.0
"""Width of the rings around neurons."""
READ_CASING_PX, CASING_PX = 1.2, 2.2
"""Width of the lines at both sides of an edge."""
SOFT = 0.6
"""Strength of the ink around what is only read."""
DOT_PX = 4.6


class Way(enum.Enum):
    """Which way a signal runs along the edges that are read."""

    NONE = "none"
    FORWARD = "forward"
    BACKWARD = "backward"
    MEETING = "meeting"


@dataclass(frozen=True, eq=False)
class Lights:
    """What one operation lights, in the drawing of one network.

    Attributes
    ----------
    reads, writes : frozenset of keys
        The neurons and edges whose numbers it takes, and whose number it makes.
    waiting : (neurons,) bool array or None
        Neurons, in drawing order, whose number is still to come; None: none.
    waiting_edges : (edges,) bool array or None
        Edges whose turn is still to come.
    way : Way
        Which way the signal runs.
    tag : str
        The number that it makes, as it is written beside what it is written to; empty for none.
    """

    reads: frozenset[Key] = frozenset()
    writes: frozenset[Key] = frozenset()
    waiting: Mask | None = None
    waiting_edges: Mask | None = None
    way: Way = Way.NONE
    tag: str = ""


@dataclass(slots=True)
class _Lit:
    """What is drawn for one set of lights: neurons' places in the picture, and rows of its edges."""

    read: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    read_edges: list[int] = field(default_factory=list)
    written_edges: list[int] = field(default_factory=list)
    ways: Floats = field(default_factory=lambda: np.zeros((0, 2, 2)))


class SpotlightItem(QGraphicsItem):
    """Rings, lines, dots and a tag over the neurons; invisible while nothing is stepped or pointed at.

    Attributes
    ----------
    lights : Lights or None
    pointed : frozenset of keys
        The neurons and edges that a person points at elsewhere.
    progress : float
        How far the signal has come, from 0 to 1; at 1 it is not drawn.
    """

    def __init__(
        self, picture: Picture, look: Look, pens_of: Callable[[NDArray[np.intp]], list[QPen]]
    ) -> None:
        """Light ``picture``; ``pens_of`` gives the pens of edges of the network while they are lit."""
        super().__init__()
        self._pens_of = pens_of
        self.lights: Lights | None = None
        self.pointed: frozenset[Key] = frozenset()
        self.progress = 1.0
        self.setZValue(4)
        self.hide()
        self.set_picture(picture, look)

    def set_picture(self, picture: Picture, look: Look) -> None:
        """Take another geometry or another theme."""
        self.prepareGeometryChange()
        self._picture, self._look = picture, look
        self._row = {int(edge): row for row, edge in enumerate(picture.single.tolist())}
        self._edge_at: dict[tuple[int, int], int] | None = None
        self._find()

    def set_lights(self, lights: Lights | None) -> None:
        """Light what an operation reads and writes; None: nothing is stepped."""
        self.lights = lights
        self._find()

    def set_pointed(self, keys: frozenset[Key]) -> None:
        """Light the neurons and edges that are pointed at elsewhere."""
        self.pointed = keys
        self._show()

    def _show(self) -> None:
        self.setVisible(self.lights is not None or bool(self.pointed))

    # ---- where it is

    def _find(self) -> None:
        self._lit = lit = _Lit()
        self._show()
        lights, index = self.lights, self._picture.index
        if lights is None:
            return
        lit.written = [index[key] for key in lights.writes if isinstance(key, int) and key in index]
        lit.read = [
            index[key] for key in lights.reads - lights.writes if isinstance(key, int) and key in index
        ]
        read = [key for key in lights.reads - lights.writes if isinstance(key, tuple)]
        lit.read_edges = self._rows(read[:MOST_LIT])
        lit.written_edges = self._rows([key for key in lights.writes if isinstance(key, tuple)])
        moving = lit.read_edges + (lit.written_edges if lights.way is Way.MEETING else [])
        if moving:
            lit.ways = self._picture.points[moving]

    def _rows(self, keys: Iterable[tuple[int, int]]) -> list[int]:
        """Return the rows in the picture of those edges that are drawn by themselves."""
        if self._edge_at is None:
            self._edge_at = {pair: place for place, pair in enumerate(self._picture.network.edge_of)}
        rows = (self._row.get(self._edge_at.get(key, -1)) for key in keys)
        return [row for row in rows if row is not None]

    # ---- painting

    def boundingRect(self) -> QRectF:
        left, top, right, bottom = self._picture.bounds
        return QRectF(left, top, right - left, bottom - top).adjusted(-200, -200, 200, 200)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        theme, lit = self._look.theme, self._lit
        ink, soft = theme.text, blended(theme.text, theme.surface, SOFT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pointed = self._rows([key for key in self.pointed if isinstance(key, tuple)])
        for rows, color, width in (
            (lit.read_edges, soft, READ_CASING_PX),
            (lit.written_edges, ink, CASING_PX),
            (pointed, ink, CASING_PX),
        ):
            self._draw_cased(painter, rows, color, width)
        for places, color, width in ((lit.read, soft, READ_PX), (lit.written, ink, WRITTEN_PX)):
            painter.setPen(self._look.pen(color, width))
            for place in places:
                self._ring(painter, place, RING_PX)
        painter.setPen(self._look.pen(ink, POINTED_PX))
        for key in self.pointed:
            if isinstance(key, int) and key in self._picture.index:
                self._ring(painter, self._picture.index[key], RING_PX + 1)
        self._draw_signal(painter)
        self._draw_tag(painter)

    def _draw_cased(self, painter: QPainter, rows: list[int], color: QColor, casing_px: float) -> None:
        """Draw edges in the colours of their signs, between two lines."""
        if not rows:
            return
        ways = [_polygon(way) for way in self._picture.points[rows]]
        pens = self._pens_of(self._picture.single[rows])
        for pen, way in zip(pens, ways, strict=True):
            painter.setPen(self._look.pen(color, pen.widthF() / self._look.ratio + 2 * casing_px))
            painter.drawPolyline(way)
        # All lines first, so that none crosses the colour of another edge.
        for pen, way in zip(pens, ways, strict=True):
            painter.setPen(pen)
            painter.drawPolyline(way)

    def _ring(self, painter: QPainter, place: int, gap_px: float) -> None:
        x, y = self._picture.position[place].tolist()
        if self._picture.shown[place]:
            reach = float(self._picture.radius[place]) + gap_px / self._look.zoom
            painter.drawEllipse(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))
            return
        cells = next(c for c in self._picture.cells if place in c.neurons)
        reach = cells.cell / 2
        painter.drawRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))

    def _draw_signal(self, painter: QPainter) -> None:
        lights, ways = self.lights, self._lit.ways
        if lights is None or lights.way is Way.NONE or self.progress >= 1 or not len(ways):
            return
        share = self.progress
        places = {
            Way.FORWARD: [share],
            Way.BACKWARD: [1 - share],
            Way.MEETING: [0.5 * share, 1 - 0.5 * share],
        }[lights.way]
        theme, reach = self._look.theme, DOT_PX / self._look.zoom
        painter.setPen(self._look.pen(theme.surface, 1.2))
        painter.setBrush(theme.text)
        for place in places:
            for x, y in points_at(ways, place).tolist():
                painter.drawEllipse(QPointF(x, y), reach, reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_tag(self, painter: QPainter) -> None:
        """Write the number that was made beside what it was made for."""
        lights = self.lights
        if lights is None or not lights.tag or len(lights.writes) != 1:
            return
        (key,) = lights.writes
        view, zoom = painter.worldTransform(), self._look.zoom
        tag = Tag(words_of(lights.tag, key, self._picture), self._look)
        if isinstance(key, tuple):
            rows = self._rows([key])
            if not rows:
                return
            way = self._picture.points[rows]
            if tag.width > float(np.ptp(way[0, :, 0])) * zoom:
                # The neurons at the ends of a short edge are not to be covered.
                tag = Tag(lights.tag.rpartition(" = ")[2], self._look)
            plate = tag.over(view.map(QPointF(*points_at(way, 0.5)[0].tolist())))
        else:
            place = self._picture.index.get(key)
            if place is None:
                return
            middle = view.map(QPointF(*self._picture.position[place].tolist()))
            plate = tag.beside(place, self._picture, zoom).translated(middle)
        painter.resetTransform()
        tag.draw(painter, plate)
        painter.setWorldTransform(view)


def waiting_mask(network: Network, lights: Lights | None) -> Mask:
    """Return which neurons, in drawing order, still wait for their number."""
    waiting = None if lights is None else lights.waiting
    if waiting is None or len(waiting) != len(network.neurons):
        return np.zeros(len(network.neurons), np.bool_)
    return waiting


def _polygon(way: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in way.tolist()])


__all__ = ["Lights", "SpotlightItem", "Way", "waiting_mask"]
