"""How a number fits on the screen, and what people mean by the ones they type."""

from __future__ import annotations

import math

from PySide6.QtGui import QFontMetrics

from backprop_gui.errors import UserError
from backprop_gui.numbers import MINUS, format_exact, format_number


def fitting_number(value: float, digits: int, metrics: QFontMetrics, room: int) -> str:
    """Return ``value`` with ``digits`` significant digits, or with as many fewer as fit into ``room`` pixels."""
    texts = (format_number(value, count) for count in range(digits, 0, -1))
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), format_number(value, 1))


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


__all__ = ["MINUS", "fitting_number", "format_exact", "format_number", "read_number", "write_number"]
