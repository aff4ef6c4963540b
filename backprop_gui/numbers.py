"""How a number is written for people: short, and with a real minus sign."""

from __future__ import annotations

import math

MINUS = "\u2212"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SMALLEST_PLAIN = 1e-4
"""Below this a number is written with a power of ten."""
LARGEST_PLAIN = 1e5
"""From this on a number is written with a power of ten."""


def format_number(value: float, digits: int = 3, *, sign: bool = False) -> str:
    """Return ``value`` with ``digits`` significant digits, such as ``−0.553`` or ``1.20·10⁻⁷``.

    Parameters
    ----------
    value : float
        Anything, non-finite too: ``∞``, ``−∞`` and ``not a number``.
    digits : int
        Significant digits, at least 1. A whole part longer than that is written out, up to ``LARGEST_PLAIN``.
    sign : bool
        Whether a positive number carries a plus sign.
    """
    value = float(value)
    if math.isnan(value):
        return "not a number"
    prefix = MINUS if value < 0 else "+" if sign and value > 0 else ""
    if math.isinf(value):
        return prefix + "∞"
    if value == 0:
        return "0"
    # Rounding comes first: 9.9996 has one more digit before the point than it seems to have.
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power = int(exponent)
    if not SMALLEST_PLAIN <= float(f"{mantissa}e{power}") < LARGEST_PLAIN:
        return f"{prefix}{mantissa}·10{str(power).translate(SUPERSCRIPTS)}"
    return f"{prefix}{abs(value):.{max(0, digits - 1 - power)}f}"


def format_exact(value: float) -> str:
    """Return all digits of ``value``, as many as tell it from every other float, for tooltips."""
    value = float(value)
    if not math.isfinite(value):
        return format_number(value)
    return repr(value).replace("-", MINUS)


__all__ = ["LARGEST_PLAIN", "MINUS", "SMALLEST_PLAIN", "SUPERSCRIPTS", "format_exact", "format_number"]
