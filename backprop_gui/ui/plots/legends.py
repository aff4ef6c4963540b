"""What colours and dots mean, in numbers and words, under every picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from backprop_gui.ui import theme
from backprop_gui.ui.plots.axes import LABEL_PX, label_font
from backprop_gui.ui.plots.points import draw_hollow

ROW_PX = 17
BAR_PX = 7


def rgb32(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return (..., 3) colours as the pixels of an image."""
    parts = table.astype(np.uint32)
    weights = np.array([1 << 16, 1 << 8, 1], np.uint32)
    return (parts @ weights + np.uint32(0xFF000000)).astype(np.uint32)


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """Return an image of (height, width) pixels, of its own memory."""
    height, width = pixels.shape
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint_bar(
    painter: QPainter, left: float, top: float, width: float, table: NDArray[np.uint8], labels: Sequence[str]
) -> float:
    """Draw a scale with ``labels`` evenly along it, and return where the next row begins."""
    now = theme.current()
    bar = QRectF(left, top + 2, width, BAR_PX)
    image = image_of(rgb32(table)[None, :])
    scaled = image.scaled(max(1, int(width)), 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawImage(bar, scaled)
    round_corners(painter, bar, BAR_PX / 2)
    painter.setPen(QPen(now.border, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)
    font = label_font(painter.font())
    painter.setFont(font)
    painter.setPen(now.muted)
    metrics = QFontMetricsF(font)
    last = len(labels) - 1
    widths = [metrics.horizontalAdvance(label) for label in labels]
    room = (width - 8 * last) / max(1, len(labels))
    for index, (label, size) in enumerate(zip(labels, widths, strict=True)):
        if sum(widths) > width - 8 * last:
            label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room)
            size = metrics.horizontalAdvance(label)
        share = index / last
        at = left + share * (width - size)
        painter.drawText(QPointF(at, bar.bottom() + LABEL_PX + 2), label)
    painter.restore()
    return top + BAR_PX + ROW_PX + 2


def round_corners(painter: QPainter, rect: QRectF, radius: float, color: QColor | None = None) -> None:
    """Paint over the corners of a picture, so that they look round on a ground of ``color`` (that of panels)."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    path.addRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
    path.addRoundedRect(rect, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color or theme.current().window)
    painter.drawPath(path)
    painter.restore()


def paint_words(
    painter: QPainter, left: float, top: float, width: float, text: str, *, right: bool = False
) -> None:
    """Write one line of grey text, shortened where it must be."""
    painter.save()
    font = label_font(painter.font())
    painter.setFont(font)
    painter.setPen(theme.current().muted)
    short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(QRectF(left, top, width, ROW_PX), side | Qt.AlignmentFlag.AlignVCenter, short)
    painter.restore()


Entry = tuple[QColor, str, str]
"""A colour, a sign (``dot``, ``ring`` or ``line``) and what it means."""


def entries_height(font: QFont, width: float, entries: Sequence[Entry]) -> float:
    """Return the room that a key needs in a given width."""
    *_, last = _flow(QFontMetricsF(label_font(font)), width, entries)
    return last[1] + ROW_PX


def paint_entries(
    painter: QPainter, left: float, top: float, width: float, entries: Sequence[Entry]
) -> float:
    """Draw a key, broken into as many rows as it needs, and return where the next row begins."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = label_font(painter.font())
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    y = 0.0
    for (color, sign, _), (x, y, sample, label) in zip(entries, _flow(metrics, width, entries), strict=True):
        middle = QPointF(left + x + sample / 2, top + y + ROW_PX / 2)
        if sign == "line":
            painter.setPen(QPen(color, 2))
            painter.drawLine(middle - QPointF(7, 0), middle + QPointF(7, 0))
        elif sign == "ring":
            draw_hollow(painter, middle, 4.4, color, theme.current().window)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, 4, 4)
        painter.setPen(theme.current().muted)
        painter.drawText(middle + QPointF(sample / 2 + 5, metrics.capHeight() / 2), label)
    painter.restore()
    return top + y + ROW_PX


def _flow(
    metrics: QFontMetricsF, width: float, entries: Sequence[Entry]
) -> Iterator[tuple[float, float, float, str]]:
    """Yield where each entry of a key is: its left, its top, the width of its sign, and its words."""
    x = y = 0.0
    for _, sign, label in entries:
        sample = 14.0 if sign == "line" else 8.0
        short = metrics.elidedText(label, Qt.TextElideMode.ElideRight, max(20.0, width - sample - 5))
        size = sample + 5 + metrics.horizontalAdvance(short)
        if x > 0 and x + size > width:
            x, y = 0.0, y + ROW_PX
        yield x, y, sample, short
        x += size + 12


__all__ = [
    "BAR_PX",
    "ROW_PX",
    "Entry",
    "entries_height",
    "image_of",
    "paint_bar",
    "paint_entries",
    "paint_words",
    "rgb32",
    "round_corners",
]
