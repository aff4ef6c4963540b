"""Texts of the picture that change rarely: names of neurons, headings of layers, labels of bundles."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from backprop_gui.ui.canvas.look import Look, Text
from backprop_gui.ui.names import display_name

PLATE_PX = (18.0, 8.0)
"""How much broader and higher a plate is than its text."""

ABOVE_PX, BESIDE_PX = 5.0, 8.0
"""Room between a neuron and its name."""


@dataclass
class Name:
    """The name of a neuron, and where it stands.

    Attributes
    ----------
    x, y : float
        The neuron's middle, in scene units.
    side : str
        ``above``, ``left``, ``right``, or empty for nowhere.
    """

    x: float
    y: float
    side: str = ""
    text: Text | None = None

    def lay_out(self, name: str, side: str, room_px: float, look: Look) -> None:
        """Fit ``name`` into ``room_px``."""
        self.side, self.text = side, None
        if side and room_px > 16:
            elided = look.name_metrics.elidedText(display_name(name), Qt.TextElideMode.ElideRight, room_px)
            self.text = Text(elided, look.name_font, look.name_metrics)

    @property
    def width_px(self) -> float:
        """Width as it is drawn."""
        return self.text.width if self.text else 0.0

    def holds(self, x: float, y: float, radius_px: float) -> bool:
        """Return whether a point is on it, in pixels from the neuron's middle."""
        if self.text is None:
            return False
        half = self.text.height / 2
        if self.side == "above":
            return abs(x) <= self.text.width / 2 and abs(y + radius_px + ABOVE_PX + half) <= half
        along = -x if self.side == "left" else x
        return 0 <= along - radius_px - BESIDE_PX <= self.text.width and abs(y) <= half

    def draw(self, painter: QPainter, radius_px: float) -> None:
        """Draw around the painter's origin, which is the neuron's middle, in pixels."""
        if self.text is None:
            return
        if self.side == "above":
            self.text.draw(painter, 0, -radius_px - ABOVE_PX - self.text.height / 2)
        else:
            way = -1 if self.side == "left" else 1
            self.text.draw(painter, way * (radius_px + BESIDE_PX), 0, align=0.5 - way / 2)


@dataclass
class Block:
    """Lines of small text at a place, of the same size at every zoom.

    Attributes
    ----------
    x, y : float
        The middle of its lower edge, or of all of it if it has a plate, in scene units.
    plate : bool
        Whether it stands on a ground of its own.
    room : float
        Width in pixels that lines should not exceed.
    lift : float
        How far above its place it stands, in pixels.
    """

    x: float
    y: float
    plate: bool = False
    room: float = 1e4
    lift: float = 0.0
    visible: bool = True
    texts: list[Text] = field(default_factory=list)

    def write(self, lines: list[str], look: Look) -> None:
        """Take other lines."""
        self.texts = [Text(line, look.heading_font, look.heading_metrics) for line in lines]

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return [text.text for text in self.texts]

    @property
    def height_px(self) -> float:
        """Height of all lines."""
        return sum(text.height for text in self.texts)

    @property
    def width_px(self) -> float:
        """Width of the longest line."""
        return max((text.width for text in self.texts), default=0.0)

    def draw(self, painter: QPainter, look: Look) -> None:
        """Draw around the painter's origin, in pixels."""
        if not (self.texts and self.visible):
            return
        width, height = self.width_px + PLATE_PX[0], self.height_px + PLATE_PX[1]
        top = -height / 2 if self.plate else -height - self.lift
        if self.plate:
            rect = QRectF(-width / 2, top, width, height).adjusted(1, 1, -1, -1)
            painter.setPen(look.pen(look.theme.border, 1))
            painter.setBrush(look.empty)
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setPen(look.muted)
        y = top + PLATE_PX[1] / 2
        for text in self.texts:
            text.draw(painter, 0, y + text.height / 2)
            y += text.height


def at(view: QTransform, x: float, y: float, zoom: float, *, whole: bool) -> QTransform:
    """Return the transform in which pixels of a widget are drawn around a point of the scene.

    Parameters
    ----------
    view : QTransform
        From the scene to where it is drawn.
    zoom : float
        Pixels a scene unit on the screen; a picture drawn at another scale keeps the proportions.
    whole : bool
        Whether the point is moved to a whole pixel.
    """
    middle = view.map(QPointF(x, y))
    if whole:
        return QTransform.fromTranslate(round(middle.x()), round(middle.y()))
    scale = view.m11() / zoom
    return QTransform(scale, 0, 0, scale, middle.x(), middle.y())


__all__ = ["Block", "Name", "at"]
