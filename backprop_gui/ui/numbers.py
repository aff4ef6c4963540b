"""How a number looks on the screen: as :mod:`backprop_gui.numerals` writes it, and with the digits that fit."""

from __future__ import annotations

import math

from PySide6.QtGui import QFontMetrics

from backprop_gui.numerals import MINUS, SUPERSCRIPTS, format_exact, format_number, read_number, write_number


def fitting_number(value: float, digits: int, metrics: QFontMetrics, room: int) -> str:
    """Return ``value`` with ``digits`` significant digits, or with as many fewer as fit into ``room`` pixels."""
    texts = (format_number(value, count) for count in range(digits, 0, -1))
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), format_number(value, 1))


def power_of_ten(value: float) -> str:
    """Return the power of ten next to ``value`` > 0, such as ``10⁻⁵``."""
    return f"10{str(round(math.log10(value))).translate(SUPERSCRIPTS)}"


__all__ = [
    "MINUS",
    "fitting_number",
    "format_exact",
    "format_number",
    "power_of_ten",
    "read_number",
    "write_number",
]
