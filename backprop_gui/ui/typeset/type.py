"""The type that formulas are set in: fonts by size and slant with their measures, and the colours of the ink."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from backprop_gui.ui import theme as themes
from backprop_gui.ui.colors import blended, contrast
from backprop_gui.ui.theme import Theme

FAMILIES = (
    "STIX Two Text",
    "Cambria",
    "Georgia",
    "DejaVu Serif Condensed",
    "DejaVu Serif",
    "Noto Serif",
    "serif",
)
SCRIPTS = (1.0, 0.74, 0.58)
"""Sizes of text, of what is an index, and of an index in an index."""
SMALLEST_PX = 8
READABLE = 4.5
"""Contrast that text needs with its ground."""


class Role(enum.Enum):
    """What a piece of a formula is, which decides its colour."""

    TEXT = "text"
    MUTED = "muted"
    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Style:
    """How formulas are set.

    Attributes
    ----------
    px : int
        Size of the letters in pixels.
    digits : int
        Significant digits of numbers.
    compact : bool
        Whether fractions are set small, where a line must not be high.
    tinted : bool
        Whether numbers have the colour of their sign.
    """

    px: int = 17
    digits: int = 4
    compact: bool = False
    tinted: bool = True


class Type:
    """One font at one size, with the measures of what is written in it."""

    def __init__(self, px: int, *, italic: bool = False, bold: bool = False) -> None:
        font = QFont()
        font.setFamilies(list(FAMILIES))
        font.setPixelSize(px)
        font.setItalic(italic)
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        self.px = px
        self.font = font if italic else themes.digits(font, bold=bold)
        self._metrics = QFontMetricsF(self.font)
        self._advance = lru_cache(4096)(self._metrics.horizontalAdvance)
        # Of capitals and digits, not of the line: boxes are to be as high as what is in them.
        self.ascent = self._metrics.capHeight() + 0.08 * px
        self.descent = 0.22 * px
        self.lower = self._metrics.xHeight()
        """How high letters without an upper length are."""
        self.axis = 0.5 * self._metrics.xHeight()
        """How high above the baseline fraction bars and minus signs are."""

    def advance(self, text: str) -> float:
        """Return how wide ``text`` is."""
        return self._advance(text)


@lru_cache(128)
def type_of(px: int, level: int = 0, *, italic: bool = False, bold: bool = False) -> Type:
    """Return the type for text of ``px`` pixels, at the level of an index (1) or of an index in an index (2)."""
    size = max(SMALLEST_PX, round(px * SCRIPTS[min(level, len(SCRIPTS) - 1)]))
    return Type(size, italic=italic, bold=bold)


@dataclass(frozen=True)
class Ink:
    """The colours of a formula on one ground.

    Attributes
    ----------
    colors : dict
        Of each role.
    lit, ring : QColor
        The ground of a term that is pointed at, and the ring around it.
    """

    colors: dict[Role, QColor]
    lit: QColor
    ring: QColor


@lru_cache(2)
def _ink(dark: bool) -> Ink:
    theme = themes.DARK if dark else themes.LIGHT
    return Ink(
        {
            Role.TEXT: theme.text,
            Role.MUTED: theme.muted,
            Role.POSITIVE: _readable(theme.positive, theme),
            Role.NEGATIVE: _readable(theme.negative, theme),
        },
        blended(theme.accent, theme.surface, 0.22),
        theme.accent,
    )


def ink(theme: Theme | None = None) -> Ink:
    """Return the colours of formulas in ``theme``; without one, in the present one."""
    return _ink((theme or themes.current()).dark)


def _readable(color: QColor, theme: Theme) -> QColor:
    """Return ``color``, nearer to that of text the less it stands out from the surface."""
    for share in (0.0, 0.15, 0.3, 0.45, 0.6):
        mixed = blended(theme.text, color, share)
        if contrast(mixed, theme.surface) >= READABLE and contrast(mixed, theme.window) >= READABLE:
            return mixed
    return theme.text


__all__ = ["Ink", "Role", "Style", "Type", "ink", "type_of"]
