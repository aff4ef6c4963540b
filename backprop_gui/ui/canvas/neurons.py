"""All neurons in one item: discs and numbers from atlases, selection rings and locks above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem

from backprop_gui.network import Neuron
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.atlas import Discs, Numbers, draw_disc
from backprop_gui.ui.canvas.look import BAD, NEUTRAL, Look
from backprop_gui.ui.canvas.picture import Picture

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

RING_PX = 5.0
"""Distance of the selection ring from the neuron."""
LOCK_PX = 11
MARGIN = 60.0


@dataclass(frozen=True)
class Shown:
    """How a neuron is drawn now.

    Attributes
    ----------
    fill : QColor
    number : str
        The text inside; empty where there is no number or no room.
    bad : bool
        Whether it is marked as not finite.
    """

    fill: QColor
    number: str
    bad: bool


class NeuronsItem(QGraphicsItem):
    """The neurons that are drawn by themselves.

    Attributes
    ----------
    indices : (count,) int array
        Where the neurons shown are in the network.
    neurons : list of Neuron
    radius_px : (count,) array
        At the look's zoom.
    """

    def __init__(self, picture: Picture, look: Look) -> None:
        super().__init__()
        self._selected: list[int] = []
        self.setZValue(2)
        self.set_picture(picture, look)

    def set_picture(self, picture: Picture, look: Look) -> None:
        """Take another geometry or another theme."""
        self.prepareGeometryChange()
        self._picture, self.look = picture, look
        self.indices = np.flatnonzero(picture.shown)
        self.neurons: list[Neuron] = [picture.network.neurons[i] for i in self.indices.tolist()]
        self._place_of = {neuron.id: place for place, neuron in enumerate(self.neurons)}
        self._position = picture.position[self.indices]
        self._fills = np.full(len(self.neurons), NEUTRAL, np.intp)
        self._frozen = [place for place, neuron in enumerate(self.neurons) if neuron.frozen]
        self._lifted = np.zeros(len(self.neurons), np.bool_)
        self._offset = (0.0, 0.0)
        self.lay_out()

    def lay_out(self) -> None:
        """Make discs and numbers of the size that the look's zoom asks for."""
        look, count = self.look, len(self.neurons)
        self.radius_px = self._picture.radius[self.indices] * look.zoom
        sizes, group = np.unique(self.radius_px, return_inverse=True)
        self._discs = [
            Discs(np.flatnonzero(group == number), radius, look)
            for number, radius in enumerate(sizes.tolist())
        ]
        self._numbers = Numbers(count, float(sizes.max(initial=1.0)), look)
        self._key: tuple[float, ...] = ()

    def set_selected(self, ids: set[int]) -> None:
        """Draw a ring around each of ``ids``."""
        self._selected = [self._place_of[id] for id in ids if id in self._place_of]

    def lift(self, neurons: NDArray[np.bool_], dx: float, dy: float) -> None:
        """Draw ``neurons``, a mask of those of the network, away from their place and above the others."""
        self.prepareGeometryChange()
        self._lifted, self._offset = neurons[self.indices], (dx, dy)
        self._key = ()

    # ---- what they show

    def set_fills(self, fills: Indices) -> bool:
        """Colour the neurons, (count,): a place in the look's scale, ``NEUTRAL`` or ``BAD``.

        Returns
        -------
        bool
            Whether other neurons than before are ``BAD``.
        """
        changed = not np.array_equal(fills == BAD, self._fills == BAD)
        self._fills = fills
        self._numbers.set_inks(self.look.ink_of[fills])
        return changed

    def set_numbers(self, values: Floats, numbered: NDArray[np.bool_]) -> None:
        """Write ``values``, (count,), where ``numbered``, as exactly as there is room."""
        look = self.look
        texts = np.full(len(values), None, np.object_)
        for discs in self._discs:
            members = discs.members[numbered[discs.members]]
            if look.only_sign(discs.radius):
                # Three texts are enough for however many of them.
                signs = np.sign(values[members])
                for sign in (-1.0, 0.0, 1.0):
                    texts[members[signs == sign]] = look.number(sign, discs.radius)
                members = members[~np.isfinite(values[members])]
            for place, value in zip(members.tolist(), values[members].tolist(), strict=True):
                texts[place] = look.number(value, discs.radius)
        self._numbers.set_texts(texts.tolist(), look.ink_of[self._fills])

    def shown(self, id: int) -> Shown | None:
        """Return how a neuron is drawn, or None if it is not drawn by itself."""
        place = self._place_of.get(id)
        if place is None:
            return None
        fill, text = int(self._fills[place]), self._numbers.texts[place]
        color = self.look.theme.bad if fill == BAD else self.look.fill_color(fill)
        return Shown(color, text.text if text else "", fill == BAD)

    # ---- painting

    def boundingRect(self) -> QRectF:
        left, top, right, bottom = self._picture.bounds
        x, y = (MARGIN + abs(way) for way in self._offset)
        return QRectF(left, top, right - left, bottom - top).adjusted(-x, -y, x, y)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        view = painter.worldTransform()
        if widget is None:
            self._draw_one_by_one(painter, view)
        else:
            middles = self._place(view)
            painter.setWorldTransform(QTransform())
            for which in (~self._lifted, self._lifted):
                if which.any():
                    self._draw_atlases(painter, which)
            for place in self._selected:
                painter.setWorldTransform(QTransform.fromTranslate(*middles[place].tolist()))
                self._draw_ring(painter, place)
            for place in self._frozen:
                painter.setWorldTransform(QTransform.fromTranslate(*middles[place].tolist()))
                self._draw_lock(painter, place)
        painter.setWorldTransform(view)

    def _draw_atlases(self, painter: QPainter, which: NDArray[np.bool_]) -> None:
        """Draw the discs and numbers of ``which``, (count,)."""
        for discs in self._discs:
            discs.draw(painter, self._fills[discs.members], np.flatnonzero(which[discs.members]))
        self._numbers.draw(painter, which)

    def _place(self, view: QTransform) -> Floats:
        """Put discs and numbers where the view shows their neurons, and return the middles, (count, 2), in pixels."""
        key = (view.m11(), view.m22(), view.dx(), view.dy())
        if key != self._key:
            self._key = key
            # Whole pixels: a disc drawn once is sharp wherever it is copied to, and numbers do not tremble.
            position = self._position + self._lifted[:, None] * self._offset
            self._middles = np.rint(position * key[:2] + key[2:])
            self._numbers.atlas.fragments[:, :2] = self._middles
            for discs in self._discs:
                discs.atlas.fragments[:, :2] = self._middles[discs.members]
        return self._middles

    def _draw_one_by_one(self, painter: QPainter, view: QTransform) -> None:
        """Draw without atlases: for pictures that are not made of pixels, or of others than the screen's."""
        look = self.look
        scale = view.m11() / look.zoom
        position = self._position + self._lifted[:, None] * self._offset
        for place, (x, y) in enumerate(position.tolist()):
            middle = view.map(QPointF(x, y))
            painter.setWorldTransform(QTransform(scale, 0, 0, scale, middle.x(), middle.y()))
            draw_disc(painter, float(self.radius_px[place]), int(self._fills[place]), look)
            text = self._numbers.texts[place]
            if text is not None:
                painter.setPen(look.inks[look.ink_of[self._fills[place]]])
                text.draw(painter, 0, 0)
            if place in self._selected:
                self._draw_ring(painter, place)
            if place in self._frozen:
                self._draw_lock(painter, place)

    def _draw_ring(self, painter: QPainter, place: int) -> None:
        radius = float(self.radius_px[place])
        ring = radius + min(RING_PX, max(2.5, radius * 0.2))
        painter.setPen(self.look.ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(-ring, -ring, 2 * ring, 2 * ring))

    def _draw_lock(self, painter: QPainter, place: int) -> None:
        """Draw a small lock on a round ground at the lower right rim, smaller where the neuron is."""
        radius = float(self.radius_px[place])
        if radius <= LOCK_PX:
            return
        middle = QPointF(radius * 0.76, radius * 0.76)
        size = LOCK_PX * min(1.0, max(0.65, radius / 26))
        painter.setPen(self.look.outline)
        painter.setBrush(self.look.neutral)
        painter.drawEllipse(middle, size * 0.74, size * 0.74)
        rect = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
        themes.icon("lock", "muted").paint(painter, rect.toAlignedRect())


__all__ = ["NeuronsItem", "Shown"]
