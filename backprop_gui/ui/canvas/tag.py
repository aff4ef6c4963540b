"""The tag of an operation: the number that it makes, written beside what it is made for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from backprop_gui.network import Key
from backprop_gui.ui.canvas.look import Look
from backprop_gui.ui.canvas.picture import Picture
from backprop_gui.ui.names import display_name

TAG_PX = 12
PADDING_PX = (14.0, 5.0)
ABOVE_PX, BELOW_PX, EDGE_GAP_PX = 5.0, 8.0, 9.0
"""Room to a neuron's rim, so that the tag stands over all of the neuron's name, and to the middle of an edge."""


def words_of(text: str, key: Key, picture: Picture) -> str:
    """Return what the tag of ``key`` says: it stands where a neuron's name is, so it says that too."""
    if isinstance(key, tuple):
        return text
    return f"{display_name(picture.network.neuron_of[key].name)}:  {text}"


class Tag:
    """A tag, laid out in pixels of a picture that is drawn ``zoom`` pixels a scene unit."""

    def __init__(self, text: str, look: Look) -> None:
        self._text, self._look = text, look
        self._font = QFont(look.name_font)
        self._font.setPixelSize(TAG_PX)
        self._font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(self._font)
        self.width = metrics.horizontalAdvance(text) + PADDING_PX[0]
        self.height = metrics.height() + PADDING_PX[1]

    def over(self, middle: QPointF) -> QRectF:
        """Return its place over the middle of an edge."""
        return self._plate(middle.x(), middle.y() - EDGE_GAP_PX - self.height)

    def beside(self, place: int, picture: Picture, zoom: float) -> QRectF:
        """Return its place over a neuron, or under or beside it where it hides less of the others, around (0, 0).

        Parameters
        ----------
        place : int
            Of the neuron in the picture.
        """
        radius = zoom * np.where(picture.shown, picture.radius, 0.0)
        at = zoom * (picture.position - picture.position[place])
        near = picture.shown & (np.abs(at).max(axis=1) < self.width + self.height + 2 * radius)
        near[place] = False
        plates = (
            self._plate(0.0, -radius[place] - ABOVE_PX - self.height),
            self._plate(0.0, radius[place] + BELOW_PX),
            *(
                self._plate(side * (radius[place] + BELOW_PX + self.width / 2), -self.height / 2)
                for side in (-1, 1)
            ),
        )

        def hidden(plate: QRectF) -> float:
            shared = [
                plate.intersected(QRectF(x - r, y - r, 2 * r, 2 * r))
                for (x, y), r in zip(at[near].tolist(), radius[near].tolist(), strict=True)
            ]
            return sum(part.width() * part.height() for part in shared if not part.isEmpty())

        return min(plates, key=hidden)

    def draw(self, painter: QPainter, plate: QRectF) -> None:
        """Draw at a place that was found before, in pixels."""
        path = QPainterPath()
        path.addRoundedRect(plate, plate.height() / 2, plate.height() / 2)
        painter.fillPath(path, self._look.theme.text)
        painter.setPen(QPen(self._look.theme.surface))
        painter.setFont(self._font)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._text)

    def _plate(self, x: float, top: float) -> QRectF:
        return QRectF(x - self.width / 2, top, self.width, self.height)


__all__ = ["Tag", "words_of"]
