"""What every item of the picture draws with: pens, brushes and fonts for one theme, one zoom and one scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from backprop_gui.ui.colors import blended, scaled
from backprop_gui.ui.numbers import MINUS, format_number
from backprop_gui.ui.theme import FINE, Theme, digits

NUMBER_SIZES = (15, 14, 13, 12, 11, 10, 9, 8, 7)
SMALLEST_NUMBER_PX, LAST_NUMBER_PX = 9, 8
"""Smallest size of numbers, and of those that would be no more than a sign otherwise."""
SMALLEST_SIGN_PX = 7
MOST_NUMBERS = 4000
"""Laid-out numbers that are kept."""
NEUTRAL, BAD, WAITING = FINE, FINE + 1, FINE + 2
"""Fills beside those of the scale: of neurons that a view leaves white, of what is not finite, and of neurons whose
number is still to come."""
_AS_ZEROS = str.maketrans("123456789", "000000000")
NAME_PX = (11, 13)
"""Smallest and largest size of names, in pixels."""


class Look:
    """Pens, brushes and fonts.

    Attributes
    ----------
    zoom : float
        Pixels a scene unit.
    ratio : float
        Pixels of the screen for each pixel of a widget.
    fills : list of QBrush
        The diverging scale in ``FINE`` steps.
    inks : list of QColor
        Colours of numbers.
    ink_of : (FINE + 3,) int array
        Which of ``inks`` can be read on each fill, those beside the scale included.
    """

    def __init__(self, theme: Theme, font: QFont, ratio: float = 1.0) -> None:
        self.theme, self.ratio = theme, ratio
        self.fills = [QBrush(QColor(*rgb)) for rgb in theme.diverging_table.tolist()]
        dark, light = theme.text_on(QColor("#ffffff")), theme.text_on(QColor("#000000"))
        self.inks = [dark, light, theme.text]
        self.ink_of = np.array([*theme.white_text, 2, 2, 2], np.intp)
        self.neutral = QBrush(theme.raised)
        self.empty = QBrush(theme.surface)
        self.bad_ground = QBrush(blended(theme.bad, theme.surface, 0.18))
        self.hatched = QBrush(blended(theme.bad, theme.surface, 0.6))
        self.hatched.setStyle(Qt.BrushStyle.BDiagPattern)
        self.outline = self.pen(theme.outline, 1.1)
        self.waiting_outline = self.pen(theme.border, 1.1)
        self.bad_outline = self.pen(theme.bad, 2.0)
        self.ring = self.pen(theme.accent, 2.0)
        self.halo = blended(theme.accent, theme.surface, 0.35)
        self.muted = theme.muted
        self._font = font
        self._number_fonts = {px: digits(font, pixel_size=px, bold=True) for px in NUMBER_SIZES}
        self._number_metrics = {px: QFontMetricsF(f) for px, f in self._number_fonts.items()}
        self.heading_font = QFont(font)
        self.heading_font.setPixelSize(max(11, font.pixelSize() - 1))
        self.heading_metrics = QFontMetricsF(self.heading_font)
        self._numbers: dict[tuple[str, int], Text] = {}
        self._widths: dict[tuple[str, int], float] = {}
        self._crowded: dict[float, bool] = {}
        self.set_zoom(1.0)

    def pen(self, color: QColor, width_px: float) -> QPen:
        """Return a pen of the same width at every zoom."""
        # Cosmetic pens count the pixels of the screen, of which a dense one has several for each of ours.
        pen = QPen(color, width_px * self.ratio)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def set_zoom(self, zoom: float) -> None:
        """Choose the size of names for a zoom in pixels a scene unit."""
        self.zoom = zoom
        px = round(min(NAME_PX[1], max(NAME_PX[0], 12.5 * zoom)))
        self.name_font = QFont(self._font)
        self.name_font.setPixelSize(px)
        self.name_metrics = QFontMetricsF(self.name_font)

    def indices(self, values: NDArray[np.float64], limits: Any, symlog: bool) -> NDArray[np.intp]:
        """Return where ``values`` are in ``fills``; ``BAD`` for what is not finite.

        Parameters
        ----------
        limits : float or (values,) array
        """
        place = scaled_by(values, limits, symlog)
        finite = np.isfinite(values)
        index = np.rint((np.where(finite, place, 0) + 1) / 2 * (FINE - 1))
        return np.where(finite, index, BAD).astype(np.intp)

    def fill_color(self, fill: int) -> QColor:
        """Return the colour of a place in the scale, or of a neuron without one."""
        return self.neutral.color() if fill in (NEUTRAL, WAITING) else self.fills[fill].color()

    def number(self, value: float, radius_px: float) -> Text | None:
        """Return ``value`` as the longest text that fits into a circle, or None if there is no room at all."""
        for text, px in self._candidates(value, radius_px, only_sign=self.only_sign(radius_px)):
            if self._number_width(text, px) <= self._chord(radius_px, px, len(text)):
                key = (text, px)
                found = self._numbers.get(key)
                if found is None:
                    if len(self._numbers) >= MOST_NUMBERS:
                        self._numbers.clear()
                    found = self._numbers[key] = Text(text, self._number_fonts[px], self._number_metrics[px])
                return found
        return None

    def only_sign(self, radius_px: float) -> bool:
        """Return whether a circle has room for nothing longer than a sign."""
        if radius_px not in self._crowded:
            px = SMALLEST_NUMBER_PX
            self._crowded[radius_px] = self._number_width("+0", px) > self._chord(radius_px, px, 2)
        return self._crowded[radius_px]

    def _number_width(self, text: str, px: int) -> float:
        # Digits have equal widths, so a text is as broad as every other one of its pattern.
        pattern = (text.translate(_AS_ZEROS), px)
        width = self._widths.get(pattern)
        if width is None:
            width = self._widths[pattern] = self._number_metrics[px].horizontalAdvance(pattern[0])
        return width

    @staticmethod
    def _chord(radius_px: float, px: int, length: int) -> float:
        """Return how broad a text of ``px`` pixels can be in a circle, with a margin for all but a single sign."""
        half_height = px * 0.36
        if half_height >= radius_px:
            return 0.0
        return 2 * ((radius_px**2 - half_height**2) ** 0.5 - (3 if length > 1 else 0))

    def _candidates(self, value: float, radius_px: float, *, only_sign: bool) -> Iterator[tuple[str, int]]:
        largest = min(NUMBER_SIZES[0], max(SMALLEST_NUMBER_PX, round(radius_px * 0.46)))
        sizes = range(largest, max(SMALLEST_NUMBER_PX, largest - 2) - 1, -1)
        if not math.isfinite(value):
            text = "NaN" if math.isnan(value) else format_number(value, sign=True)
            yield from ((text, px) for px in sizes)
            return
        for length in () if only_sign else (3, 2, 1):
            text = format_number(value, length, sign=True)
            yield from ((text, px) for px in sizes)
            # In a small circle another digit says more than the zero before the point.
            if length < 3 and text[1:3] == "0.":
                yield from ((text[0] + text[2:], px) for px in sizes)
        if not only_sign:
            text = format_number(value, 1, sign=True)
            yield text[0] + text[2:] if text[1:3] == "0." else text, LAST_NUMBER_PX
        # A sign is never left to colour alone.
        sign = "0" if value == 0 else "+" if value > 0 else MINUS
        yield sign, min(NUMBER_SIZES[0], max(SMALLEST_SIGN_PX, round(radius_px * 0.8)))


def scaled_by(values: NDArray[np.float64], limits: Any, symlog: bool) -> NDArray[np.float64]:
    """Return ``values`` on scales from -1 to 1, each with its own limit or all with one."""
    if np.ndim(limits) == 0:
        return scaled(values, float(limits), symlog)
    safe = np.where(limits > 0, limits, 1.0)
    return np.where(limits > 0, scaled(values / safe, 1.0, symlog), scaled(values, 0.0, symlog))


class Text:
    """A laid-out line of text that is drawn around a point."""

    def __init__(self, text: str, font: QFont, metrics: QFontMetricsF) -> None:
        self.text = text
        self.width, self.height = metrics.horizontalAdvance(text), metrics.height()
        self._font = font
        self._static = QStaticText(text)
        self._static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        self._static.prepare(font=font)
        self._middle = metrics.ascent() - metrics.capHeight() / 2

    def draw(self, painter: QPainter, x: float, y: float, align: float = 0.5) -> None:
        """Draw with the middle of capital letters at ``y``, and ``x`` at the share ``align`` of the width."""
        painter.setFont(self._font)
        painter.drawStaticText(QPointF(round(x - self.width * align), round(y - self._middle)), self._static)


__all__ = ["Look", "Text", "scaled_by"]
