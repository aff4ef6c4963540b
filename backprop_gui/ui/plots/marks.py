"""What stands out in a plot of curves: dots, and a line with a chip under it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from backprop_gui.ui import theme

DOT_PX = 3.5
VALUE_PX = 16


def draw_dot(painter: QPainter, at: QPointF, color: QColor) -> None:
    """Draw a dot, unless ``at`` has no place."""
    if math.isfinite(at.y()):
        painter.setPen(QPen(theme.current().window, 1))
        painter.setBrush(color)
        painter.drawEllipse(at, DOT_PX, DOT_PX)


def draw_mark(
    painter: QPainter,
    area: QRectF,
    x: float,
    text: str,
    font: QFont,
    colors: tuple[QColor, QColor, QColor],
    covered: Iterable[QRectF],
) -> None:
    """Draw a vertical line at ``x`` of a plot's ``area``, and ``text`` in a rounded chip under it.

    Parameters
    ----------
    colors : (line, ground of the chip, text)
    covered : rectangles
        Labels, of which none may be covered in part only: what the chip touches is painted over.
    """
    line, ground, ink = colors
    x = round(x) + 0.5
    painter.setPen(QPen(line, 1))
    painter.drawLine(QPointF(x, area.top() - 4), QPointF(x, area.bottom() + 4))
    width = QFontMetricsF(font).horizontalAdvance(text) + 18
    left = min(max(x - width / 2, 2.0), area.right() + 12 - width)
    chip = QRectF(left, area.bottom() + 3, width, font.pixelSize() + 7)
    around = chip.adjusted(-4, 0, 4, 0)
    for label in covered:
        if label.intersects(around):
            painter.fillRect(label, theme.current().window)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
    painter.setPen(ink)
    painter.setFont(font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


def draw_values(
    painter: QPainter, area: QRectF, read: Iterable[tuple[QPointF, str, QColor]], font: QFont
) -> None:
    """Draw a dot at each place and what it is worth beside it; places that are not finite are left out."""
    there = sorted((one for one in read if math.isfinite(one[0].y())), key=lambda one: one[0].y())
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    free = 0.0
    # From the top down, so that a number too near to the one above it moves below it.
    for rank, (at, text, color) in enumerate(there):
        draw_dot(painter, at, color)
        width = metrics.horizontalAdvance(text) + 8
        left = at.x() + 7 if at.x() + 7 + width <= area.right() else at.x() - 7 - width
        lowest = area.bottom() + 2 - VALUE_PX * (len(there) - rank)
        rect = QRectF(left, min(max(at.y() - VALUE_PX / 2, free), lowest), width, VALUE_PX)
        free = rect.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().window)
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


__all__ = ["draw_dot", "draw_mark", "draw_values"]
