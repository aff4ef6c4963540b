"""Numbers as people write them: which texts are numbers, which stand for a missing value, and reading many fast."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from backprop_gui.data.dataset import Array

MAX_NUMBER = 1e100
"""The largest size of a number: squares of it can still be added up without overflow."""

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})
_THOUSANDS = re.compile(r"\s*[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s*")
_NUMBER = re.compile(r"\s*[+-]?((\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?|inf(inity)?)\s*", re.IGNORECASE)


def is_missing(cell: str) -> bool:
    """Tell whether ``cell`` is one of the usual ways to say that a value is not known."""
    return cell.strip().lower() in _MISSING


def looks_numeric(cell: str, *, decimal_comma: bool) -> bool:
    """Tell whether ``cell`` is written like a number; with a comma only where ``decimal_comma`` allows it."""
    return _NUMBER.fullmatch(cell) is not None and (decimal_comma or "," not in cell)


def has_thousands(cell: str) -> bool:
    """Tell whether ``cell`` is a number with commas between its thousands, such as 1,250,000.5."""
    return _THOUSANDS.fullmatch(cell) is not None


def read_numbers(cells: Sequence[str], decimal: str) -> Array | None:
    """Return the value of every cell, shape (cells,), or None if any is not a finite number of `MAX_NUMBER` at most.

    ``decimal`` is "." or ","; the other one is not accepted.
    """
    if decimal == ",":
        if any("." in cell for cell in cells):
            return None
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    # Python reads 1_000 as a number, people do not write it; NaN compares false with everything.
    if not (np.abs(values) <= MAX_NUMBER).all() or "_" in "".join(cells):
        return None
    return values
