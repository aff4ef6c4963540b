"""A curve as it is drawn: pyqtgraph's, made wide without Qt's slow way to do so."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtGui import QPainter


class Stroke(pg.PlotCurveItem):
    """A line about two pixels wide for the price of a thin one, in pixels of the view.

    Qt strokes antialiased lines wider than a pixel some thirty times slower than thin ones: some thin ones beside each
    other look the same. They are set off upwards to the right, across the way a loss falls.
    """

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        ratio = painter.device().devicePixelRatioF()
        count = 2 * math.ceil(ratio)
        step = 0.7 / ratio
        first = -step * (count - 1) / 2
        painter.translate(-first, first)
        for _ in range(count):
            super().paint(painter, option, widget)
            painter.translate(-step, step)


__all__ = ["Stroke"]
