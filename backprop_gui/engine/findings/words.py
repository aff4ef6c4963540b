"""Numbers and lists as the findings write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from backprop_gui.numerals import LARGEST_PLAIN, MINUS, SMALLEST_PLAIN, SUPERSCRIPTS, format_number

MOST_NAMES = 4
"""Of more neurons than this, the others are counted."""


def number(value: float, digits: int = 3) -> str:
    """Return ``value`` with so many significant digits, at most, such as ``−0.553``, ``3,400`` or ``1.2·10⁻⁷``."""
    if not math.isfinite(value):
        return format_number(value)
    sign, size = MINUS if value < 0 else "", abs(value)
    mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
    if SMALLEST_PLAIN <= size < LARGEST_PLAIN or not size:
        text = f"{float(f'{mantissa}e{exponent}'):,.{max(0, digits - 1 - int(exponent))}f}"
        return sign + (text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{sign}{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def listed(names: Sequence[str]) -> str:
    """Return ``h1``, ``h1 and h2``, ``h1, h2 and 7 others``."""
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1:,} others"]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


__all__ = ["listed", "number"]
