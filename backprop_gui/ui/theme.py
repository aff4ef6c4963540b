"""Colours, fonts and icons: a light and a dark theme, and what the whole application looks like in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QIcon,
    QPalette,
)
from PySide6.QtWidgets import QApplication

from backprop_gui.paths import resource
from backprop_gui.ui.colors import blended, contrast, ramp, rgb_of, scaled
from backprop_gui.ui.style import stylesheet
from backprop_gui.ui.svg_engine import SvgEngine

FINE = 511
"""Entries of the tables behind single colours; odd, so that the middle is an entry."""
EDGE_STRENGTH = {False: (0.25, 0.85), True: (0.36, 0.88)}
"""Opacity of the colour of a weight next to 0, so that its edge can still be seen and clicked, and at the limit: on a
light ground, and on a dark one, where the same share of a colour is seen less."""
BASE_FONT_PX = 13
# What a bare X server offers when no desktop has chosen a font, and what is nicer to read if it is there.
PLAIN_FONTS = {"DejaVu Sans", "Sans Serif", "Sans", "Bitstream Vera Sans", "Liberation Sans"}
NICER_FONTS = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans")


@dataclass(frozen=True)
class Theme:
    """Named colours, and the scales that turn numbers into colours.

    Attributes
    ----------
    window, surface : QColor
        Bars and side panels; the canvas and other pictures.
    raised, tile : QColor
        What stands on the surface, such as an input neuron; the ground of cards, tiles and segmented controls.
    border, outline : QColor
        Thin lines between panels; outlines of neurons and other shapes.
    text, muted : QColor
    accent, accent_text : QColor
        The one strong colour, for selection and for what is to be pressed, and the text on it.
    train, test : QColor
        Training and test data in curves.
    good, bad, warning, good_tint, bad_tint, warning_tint : QColor
        Texts that judge, and the grounds of such texts.
    negative, positive : QColor
        The ends of the diverging scale, whose middle is ``surface``.
    """

    name: str
    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    tile: QColor
    border: QColor
    outline: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_text: QColor
    train: QColor
    test: QColor
    good: QColor
    bad: QColor
    warning: QColor
    good_tint: QColor
    bad_tint: QColor
    warning_tint: QColor
    negative: QColor
    positive: QColor

    @cached_property
    def diverging_table(self) -> NDArray[np.uint8]:
        """The diverging scale in ``FINE`` steps from -limit to +limit, (FINE, 3); its middle is ``surface``."""
        return ramp([self.negative, self.surface, self.positive], FINE)

    @cached_property
    def sequential_lut(self) -> NDArray[np.uint8]:
        """From nothing (``surface``) to much (``accent``), for shares and counts, (256, 3)."""
        return ramp([self.surface, self.accent], 256)

    @cached_property
    def white_text(self) -> list[bool]:
        """Whether ``text_on`` is the light one, for each of ``diverging_table``."""
        light = self.text_on(QColor("#000000"))
        return [self.text_on(QColor(*rgb)) == light for rgb in self.diverging_table.tolist()]

    @cached_property
    def weight_table(self) -> NDArray[np.uint8]:
        """Colours of weights from -limit to +limit, (FINE, 3): never as weak as the surface, except at 0."""
        return np.array([rgb_of(self._weight(2 * index / (FINE - 1) - 1)) for index in range(FINE)], np.uint8)

    def diverging(self, value: float, limit: float, symlog: bool = False) -> QColor:
        """Return the colour of ``value`` on a scale from ``-limit`` to ``limit``; what is not finite is ``bad``."""
        return self._from(self.diverging_table, value, limit, symlog)

    def weight_color(self, value: float, limit: float, symlog: bool = False) -> QColor:
        """Return the colour of an edge whose weight, or whose step, is ``value``: it tells a sign however small."""
        least = 2 / (FINE - 1)
        place = float(scaled(value, limit, symlog)) if math.isfinite(value) else value
        if value and abs(place) < least:
            place = math.copysign(least, value)
        return self._from(self.weight_table, place, 1.0, symlog=False)

    def sequential(self, value: float, low: float = 0.0, high: float = 1.0) -> QColor:
        """Return the colour of ``value`` on a scale from ``low`` to ``high``; what is not finite is ``bad``."""
        if not math.isfinite(value):
            return self.bad
        share = (value - low) / (high - low) if high > low else 0.0
        return QColor(*self.sequential_lut[round(255 * min(1.0, max(0.0, share)))].tolist())

    def text_on(self, fill: QColor) -> QColor:
        """Return black or white, near enough to ``text``, whichever is easier to read on ``fill``."""
        dark, light = QColor("#030405"), QColor("#ffffff")
        return dark if contrast(dark, fill) >= contrast(light, fill) else light

    def _from(self, table: NDArray[np.uint8], value: float, limit: float, symlog: bool) -> QColor:
        if not math.isfinite(value):
            return self.bad
        place = float(scaled(value, limit, symlog))
        return QColor(*table[round((place + 1) / 2 * (FINE - 1))].tolist())

    def _weight(self, place: float) -> QColor:
        if place == 0:
            return self.border
        end = self.negative if place < 0 else self.positive
        weakest, strongest = EDGE_STRENGTH[self.dark]
        return blended(end, self.surface, weakest + (strongest - weakest) * abs(place))


def _theme(name: str, dark: bool, **colors: str) -> Theme:
    return Theme(name, dark, **{key: QColor(value) for key, value in colors.items()})


LIGHT = _theme(
    "light",
    dark=False,
    window="#ffffff",
    surface="#fbfbfc",
    raised="#ffffff",
    tile="#f1f3f5",
    border="#e3e6ea",
    outline="#8791a1",
    text="#16181d",
    muted="#646c7a",
    accent="#2f6fec",
    accent_text="#ffffff",
    train="#2f6fec",
    test="#d9640d",
    good="#12784a",
    bad="#c4314b",
    warning="#8f5f00",
    good_tint="#e3f6ec",
    bad_tint="#fdebee",
    warning_tint="#fcf2dc",
    negative="#2f6fdc",
    positive="#e06b12",
)
DARK = _theme(
    "dark",
    dark=True,
    window="#1d2026",
    surface="#14161a",
    raised="#22262e",
    tile="#262a32",
    border="#2c313a",
    outline="#5d6573",
    text="#e9ebef",
    muted="#979fad",
    accent="#5b8def",
    accent_text="#0d1016",
    train="#5b8def",
    test="#ff8f47",
    good="#58c894",
    bad="#ff7286",
    warning="#e3b341",
    good_tint="#15382a",
    bad_tint="#43212a",
    warning_tint="#3a3016",
    negative="#4d8bff",
    positive="#ff8a3b",
)


class Notifier(QObject):
    """Tells widgets that paint themselves that the theme is another one.

    Signals
    -------
    changed(Theme)
    """

    changed = Signal(object)


notifier = Notifier()


class _State:
    """What is applied now. ``follows`` is whether the system's scheme decides, ``connected`` to which application."""

    theme = LIGHT
    follows = False
    connected: QApplication | None = None


def current() -> Theme:
    """Return the theme that is applied."""
    return _State.theme


def apply(app: QApplication, dark: bool | None = None) -> Theme:
    """Dress the whole application, tell all widgets, and return the theme; None follows the system."""
    hints = app.styleHints()
    _State.follows = dark is None
    schemes = Qt.ColorScheme
    hints.setColorScheme(schemes.Unknown if dark is None else schemes.Dark if dark else schemes.Light)
    if _State.connected is not app:
        hints.colorSchemeChanged.connect(lambda scheme: _follow(app))
        _State.connected = app
    return _dress(app, hints.colorScheme() == schemes.Dark if dark is None else dark)


def _follow(app: QApplication) -> None:
    dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    if _State.follows and dark != _State.theme.dark:
        _dress(app, dark)


def _dress(app: QApplication, dark: bool) -> Theme:
    theme = _State.theme = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setFont(base_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme, app.font().pixelSize()))
    notifier.changed.emit(theme)
    return theme


def palette(theme: Theme) -> QPalette:
    """Return the palette that Fusion and plain Qt widgets use."""
    role, disabled = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    result = QPalette(theme.tile, theme.window)
    for where, color in (
        (role.Window, theme.window),
        (role.Base, theme.window),
        (role.AlternateBase, theme.tile),
        (role.Button, theme.window),
        (role.ToolTipBase, theme.raised),
        (role.Light, theme.raised),
        (role.Midlight, theme.tile),
        (role.Mid, theme.border),
        (role.Dark, theme.outline),
        (role.Shadow, theme.border),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.accent_text),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.Accent, theme.accent),
        (role.PlaceholderText, theme.muted),
    ):
        result.setColor(where, color)
    for where in (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText):
        result.setColor(where, theme.text)
        result.setColor(disabled, where, blended(theme.muted, theme.window, 0.6))
    result.setColor(disabled, role.Highlight, theme.border)
    return result


def base_font() -> QFont:
    """Return the system's own font at the size that everything is laid out for, larger where the system's is large."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    size = max(BASE_FONT_PX, round(0.87 * QFontInfo(font).pixelSize()))
    if QFontInfo(font).family() in PLAIN_FONTS:
        present = set(QFontDatabase.families())
        nicer = next((family for family in NICER_FONTS if family in present), None)
        if nicer:
            font = QFont(nicer)
    font.setPixelSize(size)
    return font


def digits(font: QFont, *, pixel_size: int | None = None, bold: bool = False) -> QFont:
    """Return ``font`` with digits of equal width, so that a changing number stands still."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    if pixel_size is not None:
        result.setPixelSize(pixel_size)
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    return result


def icon(name: str, color: str = "text", *, filled: bool = False) -> QIcon:
    """Return the drawing ``resources/icons/NAME.svg`` in a colour of the theme, sharp at every size.

    It is drawn in the theme of the moment, so an icon need not be set again when the theme changes.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    color : str
        The attribute of :class:`Theme` to draw it in, such as ``accent_text`` on a accent button.
    filled : bool
        Whether the shape is filled, which reads better for a play or a pause sign.
    """
    drawing = _drawing(name)
    if filled:
        drawing = drawing.replace('fill="none"', 'fill="currentColor"')

    def tint(mode: QIcon.Mode) -> QColor:
        theme = current()
        if mode == QIcon.Mode.Disabled:
            return blended(theme.muted, theme.window, 0.5)
        chosen: QColor = getattr(theme, color)
        return chosen

    return QIcon(SvgEngine(drawing, tint))


@lru_cache
def _drawing(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


__all__ = [
    "DARK",
    "LIGHT",
    "Theme",
    "apply",
    "base_font",
    "current",
    "digits",
    "icon",
    "notifier",
    "palette",
]
