"""The examples as dots: training filled, test hollow, the one looked at ringed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from backprop_gui.data import Prepared
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.ui import theme
from backprop_gui.ui.plots.axes import Floats

MOST_DOTS = 1500
"""More dots than this are a carpet; of larger data an even selection is drawn, and that is said."""
REACH_PX = 10.0
USUAL_SIDE_PX = 230.0


class Points:
    """Where the examples of both parts of the data are in a picture.

    Examples are numbered training part first, then test part.

    Attributes
    ----------
    shown : (dots,) integers
        The examples that are drawn.
    rows : (examples,) integers
        Where each example stands in the data set.
    side : float
        The shorter side of the picture in pixels; dots are smaller in a small one.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.train = len(prepared.train_rows)
        self.rows = np.concatenate([prepared.train_rows, prepared.test_rows])
        count = len(self.rows)
        self.side = USUAL_SIDE_PX
        self.shown = evenly_chosen(count, MOST_DOTS)

    def number(self, probe: Probe) -> int:
        """Return the number of an example."""
        number = probe.index + (self.train if probe.part is Part.TEST else 0)
        return min(number, len(self.rows) - 1)

    def row(self, probe: Probe | None) -> int | None:
        """Return where an example stands in the data set; None for typed numbers and means of many."""
        if probe is None or probe.part not in (Part.TRAIN, Part.TEST):
            return None
        return int(self.rows[self.number(probe)])

    def probe(self, number: int) -> Probe:
        """Return the example called ``number``."""
        if number < self.train:
            return Probe(Part.TRAIN, number)
        return Probe(Part.TEST, number - self.train)

    def name(self, number: int) -> str:
        """Return what people call the example."""
        probe = self.probe(number)
        return f"{'test' if probe.part is Part.TEST else 'training'} example {probe.index + 1:,}"

    @property
    def note(self) -> str:
        """What to say where not all examples are drawn; otherwise empty."""
        if len(self.shown) == len(self.rows):
            return ""
        return f"{len(self.shown):,} of {len(self.rows):,} examples drawn"

    @property
    def radius(self) -> float:
        """The size of a dot in pixels."""
        count = len(self.shown)
        usual = 6.0 if count <= 10 else 3.6 if count <= 400 else 2.8 if count <= 800 else 2.2
        return usual * min(1.0, max(0.65, self.side / USUAL_SIDE_PX))

    def nearest(self, pixels: Floats, point: QPointF) -> int | None:
        """Return the number of the example nearest to ``point``, if one of ``pixels``, (dots, 2), is near."""
        if not len(pixels):
            return None
        squares = ((pixels - (point.x(), point.y())) ** 2).sum(axis=1)
        squares[~np.isfinite(squares)] = np.inf
        near = int(squares.argmin())
        reach = max(REACH_PX, self.radius + 4)
        return int(self.shown[near]) if squares[near] <= reach * reach else None

    def paint(self, painter: QPainter, pixels: Floats, colors: Sequence[QColor], edge: QColor) -> None:
        """Draw the examples shown at ``pixels``, (dots, 2), in ``colors``, with an ``edge`` around each."""
        radius = self.radius
        outline = QPen(edge, 1.2)
        for number, (x, y), color in zip(self.shown.tolist(), pixels.tolist(), colors, strict=True):
            if not (abs(x) < 1e6 and abs(y) < 1e6):  # not finite, or far away
                continue
            painter.setPen(outline)
            painter.setBrush(color)
            if number < self.train:
                painter.drawEllipse(QPointF(x, y), radius, radius)
            else:
                draw_hollow(painter, QPointF(x, y), radius, color, edge)


def draw_hollow(painter: QPainter, at: QPointF, radius: float, color: QColor, edge: QColor) -> None:
    """Draw a test example: a ring around nothing, with an edge that stands out from any ground."""
    painter.setPen(QPen(edge, 1.0))
    painter.setBrush(theme.current().surface)
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QPen(color, 1.5))
    painter.drawEllipse(at, radius - 1.2, radius - 1.2)


def stamp(radius: float, color: QColor, edge: QColor, ratio: float, *, hollow: bool) -> QPixmap:
    """Return a dot to be drawn many times: a copied picture takes a fifth of the time of a circle."""
    size = 2 * int(radius + 3)
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    middle = QPointF(size / 2, size / 2)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hollow:
            draw_hollow(painter, middle, radius, color, edge)
        else:
            painter.setPen(QPen(edge, 1))
            painter.setBrush(color)
            painter.drawEllipse(middle, radius, radius)
    return picture


def draw_probe(painter: QPainter, at: QPointF, radius: float) -> None:
    """Draw the ring around the example that is looked at."""
    now = theme.current()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((now.surface, 4.0), (now.text, 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(at, radius + 3, radius + 3)


__all__ = ["Points", "draw_hollow", "draw_probe", "stamp"]
