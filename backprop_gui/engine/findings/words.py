"""Numbers and lists as the findings write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MOST_NAMES = 4
"""Of more neurons than this, the others are counted."""


def number(value: float, digits: int = 3) -> str:
    """Return ``value`` with so many significant digits, such as ``−0.553`` or ``1.2·10⁻⁷``."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}".replace("-", "−", 1) if value < 0 else f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def listed(names: Sequence[str]) -> str:
    """Return ``h1``, ``h1 and h2``, ``h1, h2 and 7 others``."""
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1:,} others"]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def counted(count: int, what: str) -> str:
    """Return ``1 neuron``, ``3 neurons``."""
    return f"{count:,} {what}{'s' * (count != 1)}"


__all__ = ["counted", "listed", "number"]
