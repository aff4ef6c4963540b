"""The items of the picture: neurons, headings of layers, labels of bundles."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.network import Neuron
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.look import Look, Text
from backprop_gui.ui.names import display_name

RING_PX = 5.0
"""Distance of the selection ring from the neuron."""
LOCK_PX = 11
MOST_DISCS = 1500
"""Drawn circles that are kept, a few kilobytes each."""
MARGIN = 60.0
"""How far texts may reach beyond a neuron, in pixels."""


class NeuronItem(QGraphicsItem):
    """One neuron: a filled circle with its number inside and its name above or beside it.

    Attributes
    ----------
    neuron : Neuron
    name_side : str
        Where the name stands: ``above``, ``left``, ``right`` or nowhere (empty).
    """

    def __init__(self, neuron: Neuron, look: Look) -> None:
        super().__init__()
        self.neuron = neuron
        self.look = look
        self.radius = 1.0
        self.selected = False
        self.name_side = "above"
        self.name_room = math.inf
        self._fill: QBrush = look.neutral
        self._ink: QColor = look.text_color
        self._bad = False
        self._value = math.nan
        self._number: Text | None = None
        self._name: Text | None = None
        self.setZValue(2)

    def place(self, neuron: Neuron, x: float, y: float, radius: float) -> None:
        """Stand at (x, y) as ``neuron``."""
        self.prepareGeometryChange()
        self.neuron, self.radius = neuron, radius
        self.setPos(x, y)

    def boundingRect(self) -> QRectF:
        reach = self.radius + MARGIN / self.look.zoom
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(QRectF(-self.radius, -self.radius, 2 * self.radius, 2 * self.radius))
        return path

    def set_fill(self, brush: QBrush, ink: QColor, bad: bool) -> None:
        """Take a colour; ``ink`` is that of the number, ``bad`` marks what is not finite."""
        self._fill, self._ink, self._bad = brush, ink, bad

    @property
    def bad(self) -> bool:
        """Whether it is marked as not finite."""
        return self._bad

    @property
    def fill(self) -> QColor:
        """The colour inside."""
        return self._fill.color()

    @property
    def number(self) -> str:
        """The text inside; empty where there is no number or no room."""
        return self._number.text if self._number else ""

    def set_number(self, value: float | None) -> None:
        """Show ``value`` inside, as exactly as there is room; None shows nothing."""
        self._number = None if value is None else self.look.number(value, self.radius * self.look.zoom)

    def lay_out_name(self) -> None:
        """Fit the name, for the look's zoom, into ``name_room`` pixels."""
        look = self.look
        self._name = None
        if self.name_side and self.name_room > 16:
            name = display_name(self.neuron.name)
            elided = look.name_metrics.elidedText(name, Qt.TextElideMode.ElideRight, min(self.name_room, 1e4))
            self._name = Text(elided, look.name_font, look.name_metrics)

    @property
    def name_width(self) -> float:
        """Width of the name as it is drawn, in pixels."""
        return self._name.width if self._name else 0.0

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        look, radius, zoom = self.look, self.radius, self.look.zoom
        if widget is None:
            self._draw_disc(painter, radius)
            painter.scale(1 / zoom, 1 / zoom)
        else:
            # On the screen everything is laid out in whole pixels, whatever the zoom, and discs are drawn once.
            place = painter.worldTransform()
            painter.setWorldTransform(QTransform.fromTranslate(round(place.dx()), round(place.dy())))
            self._draw_cached_disc(painter, radius * zoom, widget.devicePixelRatioF())
        radius *= zoom
        if self.selected:
            painter.setPen(look.ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = radius + min(RING_PX, max(2.5, radius * 0.2))
            painter.drawEllipse(QRectF(-ring, -ring, 2 * ring, 2 * ring))
        if self._number is not None:
            painter.setPen(look.text_color if self._bad else self._ink)
            self._number.draw(painter, 0, 0)
        if self._name is not None:
            painter.setPen(look.name_color)
            if self.name_side == "above":
                self._name.draw(painter, 0, -radius - 5 - self._name.height / 2 - (3 if self.selected else 0))
            else:
                side = -1 if self.name_side == "left" else 1
                self._name.draw(painter, side * (radius + 8), 0, align=0.5 - side / 2)
        if self.neuron.frozen and radius > LOCK_PX:
            _draw_lock(painter, radius, look)

    def _draw_disc(self, painter: QPainter, radius: float) -> None:
        look, circle = self.look, QRectF(-radius, -radius, 2 * radius, 2 * radius)
        if self._bad:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.bad_ground)
            painter.drawEllipse(circle)
            painter.setPen(look.bad_outline)
            painter.setBrush(look.hatched)
        else:
            painter.setPen(look.outline)
            painter.setBrush(self._fill)
        painter.drawEllipse(circle)

    def _draw_cached_disc(self, painter: QPainter, radius: float, ratio: float) -> None:
        discs = self.look.discs
        key = (-1 if self._bad else self._fill.color().rgb(), radius, ratio)
        disc = discs.get(key)
        # A disc's own middle is a whole pixel, so that it stands where the number does.
        half = math.ceil(radius) + 2
        if disc is None:
            if len(discs) >= MOST_DISCS:
                discs.clear()
            disc = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
            disc.setDevicePixelRatio(ratio)
            disc.fill(Qt.GlobalColor.transparent)
            layer = QPainter(disc)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            layer.translate(half, half)
            self._draw_disc(layer, radius)
            layer.end()
            discs[key] = disc
        painter.drawPixmap(-half, -half, disc)


def _draw_lock(painter: QPainter, radius: float, look: Look) -> None:
    """Draw a small lock on a round ground at the lower right rim of a neuron, smaller where the neuron is."""
    middle = QPointF(radius * 0.76, radius * 0.76)
    size = LOCK_PX * min(1.0, max(0.65, radius / 26))
    painter.setPen(look.outline)
    painter.setBrush(look.neutral)
    painter.drawEllipse(middle, size * 0.74, size * 0.74)
    place = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
    themes.icon("lock", "muted").paint(painter, place.toAlignedRect())


class TextItem(QGraphicsItem):
    """Lines of small text at a place, of the same size at every zoom: a layer's heading, a bundle's label.

    Attributes
    ----------
    lines : list of str
    room : float
        Width in pixels that lines should not exceed.
    lift : float
        How far above its place it stands, in pixels.
    """

    def __init__(self, look: Look, *, plate: bool = False) -> None:
        super().__init__()
        self.look = look
        self.lines: list[str] = []
        self.room = math.inf
        self.lift = 0.0
        self._plate = plate
        self._texts: list[Text] = []
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(3)

    def lay_out(self) -> None:
        """Take the lines as they are now."""
        self.prepareGeometryChange()
        look = self.look
        self._texts = [Text(line, look.heading_font, look.heading_metrics) for line in self.lines]

    @property
    def height_px(self) -> float:
        """Height of all lines."""
        return sum(text.height for text in self._texts)

    @property
    def width_px(self) -> float:
        """Width of the longest line."""
        return max((text.width for text in self._texts), default=0.0)

    def boundingRect(self) -> QRectF:
        width, height = self.width_px + 18, self.height_px + 8
        top = -height / 2 if self._plate else -height - self.lift
        return QRectF(-width / 2, top, width, height)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        rect = self.boundingRect()
        if self._plate and self._texts:
            painter.setPen(QPen(self.look.theme.border, 1))
            painter.setBrush(self.look.empty)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), rect.height() / 2 - 1, rect.height() / 2 - 1)
        painter.setPen(self.look.muted)
        y = rect.top() + 4
        for text in self._texts:
            text.draw(painter, 0, y + text.height / 2)
            y += text.height


__all__ = ["NeuronItem", "TextItem"]
