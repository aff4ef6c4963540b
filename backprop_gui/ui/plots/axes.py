"""Two axes around a picture: from data to pixels and back, with round numbers and names at the edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from backprop_gui.ui import theme
from backprop_gui.ui.plots.ticks import linear_ticks, nice_step, tick_label

Floats = NDArray[np.float64]
Range = tuple[float, float]

LABEL_PX = 11
BELOW_PX = LABEL_PX + 8
"""Room for the numbers under a picture."""
NAME_PX = 64
"""Most room that the name of an axis takes beside a picture."""
PADDING = 0.08
"""Room around the data, as a share of their span."""


def label_font(font: QFont, *, bold: bool = False) -> QFont:
    """Return the font of numbers and words in pictures."""
    return theme.digits(font, pixel_size=LABEL_PX, bold=bold)


def range_of(values: ArrayLike, padding: float = PADDING) -> Range:
    """Return the range of ``values`` with some room around it; never empty."""
    array = np.asarray(values, np.float64)
    low, high = float(array.min()), float(array.max())
    room = (high - low) * padding if high > low else max(abs(high) * 0.1, 1.0)
    return low - room, high + room


def alike(first: Range, second: Range) -> tuple[Range, Range]:
    """Return both ranges with the same span around their middles, if they are of about the same size anyway."""
    spans = first[1] - first[0], second[1] - second[0]
    if max(spans) > 2 * min(spans):
        return first, second
    half = max(spans) / 2
    middles = (first[0] + first[1]) / 2, (second[0] + second[1]) / 2
    return (middles[0] - half, middles[0] + half), (middles[1] - half, middles[1] + half)


def room_beside(font: QFont, y: Range, height: float, name: str = "") -> float:
    """Return the width that the numbers on the left need, and the name of their axis unless it is very long."""
    metrics = QFontMetricsF(label_font(font))
    numbers = max(metrics.horizontalAdvance(label) for _, label in _ticks(y, height, 40))
    return max(numbers, min(metrics.horizontalAdvance(name), NAME_PX)) + 7


def fitting_name(metrics: QFontMetricsF, name: str, room: float) -> str:
    """Return the name of an axis with dots in its middle where all of it needs more than ``room`` pixels."""
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)


@dataclass(frozen=True, slots=True)
class Axes:
    """A rectangle on the screen and the ranges it shows."""

    rect: QRectF
    x: Range
    y: Range

    def place(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Return the pixels of points, (points, 2)."""
        rect = self.rect
        across = (np.asarray(x, np.float64) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.asarray(y, np.float64) - self.y[0]) / (self.y[1] - self.y[0])
        return np.stack([rect.left() + across * rect.width(), rect.bottom() - up * rect.height()], axis=-1)

    def value_at(self, point: QPointF) -> tuple[float, float]:
        """Return what is at a pixel."""
        rect = self.rect
        across = (point.x() - rect.left()) / rect.width()
        up = (rect.bottom() - point.y()) / rect.height()
        return self.x[0] + across * (self.x[1] - self.x[0]), self.y[0] + up * (self.y[1] - self.y[0])

    def paint(self, painter: QPainter, x_name: str, y_name: str, *, grid: bool) -> None:
        """Write the numbers and names, and draw grid lines if asked to."""
        now, rect = theme.current(), self.rect
        font = label_font(painter.font())
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        x_name = fitting_name(metrics, x_name, 0.7 * rect.width())
        y_name = fitting_name(metrics, y_name, rect.left() - 5)
        name_width = metrics.horizontalAdvance(x_name)
        name_left = rect.right() - name_width
        for value, label in _ticks(self.x, rect.width(), 52):
            at = float(self.place(value, 0)[0])
            if grid:
                painter.fillRect(QRectF(round(at), rect.top(), 1, rect.height()), now.border)
            half = metrics.horizontalAdvance(label) / 2
            left = min(max(at - half, rect.left()), rect.right() - 2 * half)
            if not x_name or left + 2 * half + 5 < name_left:
                painter.setPen(now.muted)
                painter.drawText(QRectF(left, rect.bottom() + 3, 2 * half + 2, LABEL_PX + 3), _MIDDLE, label)
        painter.setPen(now.muted)
        painter.drawText(QRectF(name_left, rect.bottom() + 3, name_width + 2, LABEL_PX + 3), _MIDDLE, x_name)
        for value, label in _ticks(self.y, rect.height(), 40):
            at = float(self.place(0, value)[1])
            if grid:
                painter.fillRect(QRectF(rect.left(), round(at), rect.width(), 1), now.border)
            top = min(max(at - 8, rect.top() - 2), rect.bottom() - 14)
            if not y_name or top > rect.top() + 14:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, top, rect.left() - 5, 16), right, label)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(0, rect.top(), rect.left() - 5, 16), right, y_name)


_MIDDLE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def _ticks(limits: Range, pixels: float, spacing: float) -> list[tuple[float, str]]:
    most = max(2, int(pixels / spacing))
    step = nice_step(limits[1] - limits[0], most)
    return [(value, tick_label(value, step)) for value in linear_ticks(*limits, most)]


__all__ = ["BELOW_PX", "LABEL_PX", "Axes", "alike", "fitting_name", "label_font", "range_of", "room_beside"]
