"""How a number looks on the screen, short and with a real minus sign, and what people mean by the ones they type."""

from __future__ import annotations

import math

from PySide6.QtGui import QFontMetrics

from backprop_gui.errors import UserError

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


def fitting_number(value: float, digits: int, metrics: QFontMetrics, room: int) -> str:
    """Return ``value`` with ``digits`` significant digits, or with as many fewer as fit into ``room`` pixels."""
    texts = (format_number(value, count) for count in range(digits, 0, -1))
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), format_number(value, 1))


def power_of_ten(value: float) -> str:
    """Return the power of ten next to ``value`` > 0, such as ``10⁻⁵``."""
    return f"10{str(round(math.log10(value))).translate(SUPERSCRIPTS)}"


def format_exact(value: float) -> str:
    """Return all digits of ``value``, as many as tell it from every other float, for tooltips."""
    value = float(value)
    if not math.isfinite(value):
        return format_number(value)
    return repr(value).replace("-", MINUS)


def read_number(text: str, *, whole: bool = False) -> float:
    """Return the number that ``text`` means: ``0.5``, ``0,5``, ``1/3``, ``−2e-3``, ``5 %``.

    ``whole`` says that a whole number is wanted, of which the complaint then gives an example.

    Raises
    ------
    UserError
        If it means none, or one that is not finite.
    """
    plain = "".join(text.split()).replace("−", "-").replace(",", ".")
    percent = plain.endswith("%")
    above, slash, below = plain.removesuffix("%").partition("/")
    example = "a whole number such as 10" if whole else "a number such as 0.1, 1/3 or 2e-3"
    try:
        if "_" in plain:  # Python reads 1_000 as a number, people do not write it
            raise ValueError
        value = float(above) / (float(below) if slash else 1.0)
    except ZeroDivisionError:
        raise UserError(f"“{text.strip()}” divides by zero: write {example}.") from None
    except ValueError:
        raise UserError(f"“{text.strip()}” is not a number: write {example}.") from None
    if not math.isfinite(value):
        # Python reads “inf” and “nan”, and 1e999 as the former.
        raise UserError(f"“{text.strip()}” is not a number that can be computed with: write {example}.")
    return value / 100 if percent else value


def write_number(value: float) -> str:
    """Return ``value`` with all its digits, as the field shows it; nothing if there is none."""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


__all__ = [
    "MINUS",
    "fitting_number",
    "format_exact",
    "format_number",
    "power_of_ten",
    "read_number",
    "write_number",
]
