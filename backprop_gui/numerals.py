"""Numbers as people read and write them: short with a real minus sign, exact, and as they are typed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from backprop_gui.errors import UserError

MINUS = "\u2212"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile(r"[·×*]10\^?\(?([-+]?\d+)\)?")
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
    digits, e, power = repr(value).replace("-", MINUS).partition("e")
    return f"{digits}·10{str(int(power.replace(MINUS, '-'))).translate(SUPERSCRIPTS)}" if e else digits


def read_number(text: str, *, whole: bool = False) -> float:
    """Return the number that ``text`` means: ``0.5``, ``0,5``, ``1/3``, ``−2e-3``, ``1.2·10⁻⁷``, ``5 %``.

    ``whole`` says that a whole number is wanted, of which the complaint then gives an example.

    Raises
    ------
    UserError
        If it means none, or one that is not finite.
    """
    plain = _plain(text)
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


@dataclass(frozen=True, slots=True)
class BookNumber:
    """A number as it is printed, which is known only as exactly as it has digits.

    Attributes
    ----------
    text : str
        As it was typed.
    value : float
    unit : float
        The worth of its last digit: the number meant is within half of it. 0 for whole numbers and fractions, which
        are meant exactly.
    digits : int
        How many significant digits it has; those of a fraction count as all there are.
    """

    text: str
    value: float
    unit: float
    digits: int


FEWEST_DIGITS, EXACT_DIGITS = 2, 17
"""Significant digits that people can choose: at least two, and at most as many as a float can hold."""


def read_book_number(text: str) -> BookNumber:
    """Return the number that ``text`` means, and how exactly it is said: ``0.0088`` is right to 0.00005.

    Raises
    ------
    UserError
        As :func:`read_number` does.
    """
    value = read_number(text)
    plain = _plain(text)
    mantissa, _, power = plain.removesuffix("%").lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    if "/" in mantissa or not point:
        return BookNumber(text.strip(), value, 0.0, EXACT_DIGITS)
    exponent = int(power or 0) - len(decimals) - (2 if plain.endswith("%") else 0)
    digits = len(mantissa.lstrip("+-0.").replace(".", ""))
    return BookNumber(text.strip(), value, float(f"1e{exponent}"), digits)


def _plain(text: str) -> str:
    """Return a number as Python writes it, but for a slash and a percent sign."""
    plain = "".join(text.split()).translate(PLAIN).replace(MINUS, "-").replace(",", ".")
    return _POWER.sub(r"e\1", plain)


def write_number(value: float) -> str:
    """Return ``value`` with all its digits, as the field shows it; nothing if there is none."""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def counted(count: int, what: str) -> str:
    """Return ``1 neuron``, ``3 neurons``."""
    return f"{count:,} {what}{'s' * (count != 1)}"


__all__ = [
    "EXACT_DIGITS",
    "FEWEST_DIGITS",
    "MINUS",
    "BookNumber",
    "counted",
    "format_exact",
    "format_number",
    "read_book_number",
    "read_number",
    "write_number",
]
