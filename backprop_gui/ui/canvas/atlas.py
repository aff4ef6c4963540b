"""Atlases: small pictures drawn once into one large one, from which Qt copies all that are seen in a single call.

While training runs, every call from Python into Qt is time that the trainer does not have; fifty neurons drawn one
by one take some fifty times as long as fifty fragments of an atlas.
"""

from __future__ import annotations

import math

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from backprop_gui.ui.canvas.look import BAD, NEUTRAL, WAITING, Look, Text

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

COLUMNS = 16
RIM_PX = 2
"""Room around a disc for its outline."""
NUMBER_HEIGHT_PX = 22
MOST_BYTES = 6_000_000
"""Memory for the discs of one size."""


class Atlas:
    """Cells of equal size in one transparent picture, and the places where they are to be drawn.

    Attributes
    ----------
    fragments : (count, 10) array
        One row for each copy: x, y (of its middle, in pixels), source left and top, width, height, scale in both
        directions, rotation, opacity; as in Qt's ``QPainter::PixmapFragment``.
    """

    def __init__(self, cells: int, copies: int, width: int, height: int, ratio: float) -> None:
        self._ratio = ratio
        self._cell = round(width * ratio), round(height * ratio)
        self._size = width, height
        rows = -(-max(1, cells) // COLUMNS)
        self.pixmap = QPixmap(COLUMNS * self._cell[0], rows * self._cell[1])
        self.clear()
        self.fragments = np.zeros((copies, 10))
        self.fragments[:, 4:6] = self._cell
        self.fragments[:, 6:8] = 1 / ratio
        self.fragments[:, 9] = 1.0

    def clear(self) -> None:
        """Make all cells transparent."""
        self.pixmap.fill(Qt.GlobalColor.transparent)

    def painter(self, cell: int) -> QPainter:
        """Return a painter on an emptied cell, with its origin in the middle; ``end`` it."""
        left, top = cell % COLUMNS * self._cell[0], cell // COLUMNS * self._cell[1]
        painter = QPainter(self.pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.setClipRect(left, top, *self._cell)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(left, top, *self._cell, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.translate(left, top)
        painter.scale(self._ratio, self._ratio)
        painter.translate(self._size[0] / 2, self._size[1] / 2)
        return painter

    def choose(self, cells: Indices) -> None:
        """Let each copy show the cell given for it."""
        self.fragments[:, 2] = cells % COLUMNS * self._cell[0]
        self.fragments[:, 3] = cells // COLUMNS * self._cell[1]

    def draw(self, painter: QPainter, which: Indices | None = None) -> None:
        """Draw all copies, or those of ``which``, at their places."""
        fragments = self.fragments if which is None else self.fragments[which]
        if len(fragments):
            first = shiboken6.Shiboken.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
            painter.drawPixmapFragments(first, len(fragments), self.pixmap)  # type: ignore[arg-type]


class Discs:
    """The discs of neurons of one size, each in its colour.

    Attributes
    ----------
    members : (count,) int array
        The neurons' places in the list of all that are shown.
    radius : float
        In pixels.
    """

    def __init__(self, members: Indices, radius_px: float, look: Look) -> None:
        self.members, self.radius, self._look = members, radius_px, look
        side = 2 * (math.ceil(radius_px) + RIM_PX)
        # Every colour if they are small enough, else as many as fit; at the very least one for each neuron.
        fitting = MOST_BYTES // round(4 * (side * look.ratio) ** 2)
        self._capacity = max(2 * len(members), min(WAITING + 1, fitting))
        self.atlas = Atlas(self._capacity, len(members), side, side, look.ratio)
        self._cell_of = np.full(WAITING + 1, -1, np.intp)
        self._used = 0

    def draw(self, painter: QPainter, fills: Indices, which: Indices | None = None) -> None:
        """Draw all discs, or those of ``which``, in ``fills``, (count,)."""
        missing = np.unique(fills[self._cell_of[fills] < 0]).tolist()
        if self._used + len(missing) > self._capacity:
            self._cell_of[:], self._used = -1, 0
            missing = np.unique(fills).tolist()
        for fill in missing:
            cell = self.atlas.painter(self._used)
            draw_disc(cell, self.radius, fill, self._look)
            cell.end()
            self._cell_of[fill] = self._used
            self._used += 1
        self.atlas.choose(self._cell_of[fills])
        self.atlas.draw(painter, which)


class Numbers:
    """The numbers inside neurons: one cell for each neuron, drawn anew when its text or its ink changes."""

    def __init__(self, count: int, radius_px: float, look: Look) -> None:
        self._look = look
        self.atlas = Atlas(count, count, 2 * math.ceil(radius_px) + 2, NUMBER_HEIGHT_PX, look.ratio)
        self.atlas.choose(np.arange(count))
        self.texts: list[Text | None] = [None] * count
        self._inks = np.full(count, -1, np.intp)
        self._seen = np.zeros(0, np.intp)

    def set_texts(self, texts: list[Text | None], inks: Indices) -> None:
        """Show ``texts``, each in its ink."""
        changed = [n for n, (old, new) in enumerate(zip(self.texts, texts, strict=True)) if old is not new]
        self.texts = texts
        self._write(changed, inks)
        self._seen = np.array([n for n, text in enumerate(texts) if text is not None], np.intp)

    def set_inks(self, inks: Indices) -> None:
        """Draw those texts anew whose ink is another one."""
        self._write(self._seen[inks[self._seen] != self._inks[self._seen]].tolist(), inks)

    def _write(self, places: list[int], inks: Indices) -> None:
        for place in places:
            text = self.texts[place]
            if text is not None:
                cell = self.atlas.painter(place)
                cell.setPen(self._look.inks[inks[place]])
                text.draw(cell, 0, 0)
                cell.end()
                self._inks[place] = inks[place]

    def draw(self, painter: QPainter, which: NDArray[np.bool_]) -> None:
        """Draw the numbers of ``which``, (count,)."""
        self.atlas.draw(painter, self._seen[which[self._seen]])


def draw_disc(painter: QPainter, radius: float, fill: int, look: Look) -> None:
    """Draw a disc around the painter's origin."""
    circle = QRectF(-radius, -radius, 2 * radius, 2 * radius)
    if fill == BAD:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.bad_ground)
        painter.drawEllipse(circle)
        painter.setPen(look.bad_outline)
        painter.setBrush(look.hatched)
    else:
        painter.setPen(look.waiting_outline if fill == WAITING else look.outline)
        painter.setBrush(look.neutral if fill in (NEUTRAL, WAITING) else look.fills[fill])
    painter.drawEllipse(circle)


__all__ = ["Discs", "Numbers", "draw_disc"]
