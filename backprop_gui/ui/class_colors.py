"""The colours of classes and of kept runs: two as the ends of the diverging scale, more from a row that stays apart."""

from __future__ import annotations

from PySide6.QtGui import QColor

from backprop_gui.ui.theme import Theme

# After Okabe and Ito, "Color Universal Design" (2008), with the first two replaced by the theme's own blue and orange:
# they stay apart for people who see fewer hues. Grounds are light and dark, so all are of middling lightness.
_MORE = ("#1f9e77", "#c45aa0", "#3aa5c9", "#b08b00", "#8a6fd1", "#d0483e", "#6f7f2a", "#7b8494")


def class_color(theme: Theme, index: int) -> QColor:
    """Return the colour of the class number ``index``, from 0; after ten classes they begin again."""
    colors = (theme.negative, theme.positive, *map(QColor, _MORE))
    return colors[index % len(colors)]


def run_color(number: int) -> QColor:
    """Return the colour of the kept run ``number``, from 1: never one of those of the present run."""
    return QColor(_MORE[(number - 1) % len(_MORE)])


__all__ = ["class_color", "run_color"]
