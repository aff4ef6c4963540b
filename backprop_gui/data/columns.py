"""From rows of cells to columns: of numbers, or of texts from a list of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.data.dataset import Array, read_only
from backprop_gui.data.errors import DataError
from backprop_gui.data.numbers import has_thousands, is_missing, looks_numeric, read_numbers


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    values : (rows,) float64
        The numbers; in a column of text, the index of each row's text in ``labels``.
    labels : tuple[str, ...]
        The different texts in alphabetical order; empty for a column of numbers.
    """

    name: str
    values: Array
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values))


class ColumnBuilder:
    """Collects the cells of one column, block by block, once it is known what kind of column it is.

    Parameters
    ----------
    name : str
    decimal : str | None
        "." or "," for a column of numbers, None for one of text.
    """

    def __init__(self, name: str, decimal: str | None) -> None:
        self.name = name
        self.decimal = decimal
        self._parts: list[Array] = []
        self._codes: dict[str, int] = {}

    def add(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Take the cells of some more rows, which begin on ``lines``.

        Raises
        ------
        DataError
            At the first cell that is missing, or is not a number in a column of numbers.
        """
        if self.decimal is None:
            self._add_text(cells, lines)
            return
        values = read_numbers(cells, self.decimal)
        if values is None:
            raise self._bad_number(cells, lines, self.decimal)
        self._parts.append(values)

    def column(self) -> Column:
        """Return the whole column."""
        values = np.concatenate(self._parts)
        self._parts.clear()
        if self.decimal is not None:
            return Column(self.name, values)
        # Alphabetical order does not depend on the order of the rows, and puts no before yes.
        labels = sorted(self._codes)
        rank = np.empty(len(labels))
        rank[[self._codes[label] for label in labels]] = np.arange(len(labels))
        return Column(self.name, rank[values.astype(np.intp)], tuple(labels))

    def _add_text(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        codes, known = self._codes, len(self._codes)
        texts = [cell.strip() for cell in cells]
        self._check_thousands(texts, lines)
        part = [codes.setdefault(text, len(codes)) for text in texts]
        if any(is_missing(label) for label in list(codes)[known:]):
            row = next(row for row, text in enumerate(texts) if is_missing(text))
            raise self._missing(texts[row], lines[row])
        self._parts.append(np.array(part, dtype=np.float64))

    def _check_thousands(self, texts: Sequence[str], lines: Sequence[int]) -> None:
        """Refuse a column in which most cells are numbers but for commas between their thousands."""
        if not any(has_thousands(text) for text in texts):
            return
        if 2 * sum(has_thousands(text) or looks_numeric(text, decimal_comma=False) for text in texts) > len(
            texts
        ):
            row = next(row for row, text in enumerate(texts) if has_thousands(text))
            raise self._thousands(texts[row], lines[row])

    def _thousands(self, cell: str, line: int) -> DataError:
        return DataError(
            f"{self._place(line)} holds {shorten(cell)}, a number with commas between its thousands. "
            f"Write the column without them, as {cell.replace(',', '')}."
        )

    def _bad_number(self, cells: Sequence[str], lines: Sequence[int], decimal: str) -> DataError:
        row = next(row for row, cell in enumerate(cells) if read_numbers([cell], decimal) is None)
        cell, place = cells[row].strip(), self._place(lines[row])
        if is_missing(cell):
            return self._missing(cell, lines[row])
        if decimal == "." and has_thousands(cell):
            return self._thousands(cell, lines[row])
        if looks_numeric(cell, decimal_comma=decimal == ","):
            if decimal == "," and "." in cell:
                return DataError(
                    f"{place} holds {shorten(cell)}, but other numbers have a decimal comma. "
                    "Write all numbers the same way."
                )
            return DataError(
                f"{place} holds {shorten(cell)}, which is too large to calculate with. Correct it, or delete the line."
            )
        return DataError(
            f"{place} holds {shorten(cell)}, which is not a number as most of the column is. "
            "Correct it, or delete the line."
        )

    def _missing(self, cell: str, line: int) -> DataError:
        what = f"holds {shorten(cell)}, a missing value" if cell else "is empty"
        return DataError(f"{self._place(line)} {what}. Fill it in, or delete the line.")

    def _place(self, line: int) -> str:
        return f"Line {line}, column {shorten(self.name)},"


def shorten(text: str) -> str:
    """Return ``text`` in quotation marks, on one line and cut to a length that fits a sentence."""
    text = " ".join(text.split())
    return f"“{text}”" if len(text) <= 40 else f"“{text[:37]}…”"


def find_kinds(columns: Sequence[Sequence[str]], *, decimal_comma: bool) -> list[str | None]:
    """Return for each column "." or "," if it is one of numbers, and None if it is text.

    A column is one of numbers if more than half of its cells that are not missing are: an odd text among numbers
    is a slip to be told, not a reason to take the numbers for names. The decimal sign is the same in all columns.

    Parameters
    ----------
    columns : sequence of columns
        Their cells, or those of the first rows.
    decimal_comma : bool
        Whether a comma may be a decimal sign at all.
    """
    readable = [read_numbers(cells, ".") is not None for cells in columns]
    numeric = [
        ok or _mostly_numbers(cells, decimal_comma) for ok, cells in zip(readable, columns, strict=True)
    ]
    doubtful = [
        cells for cells, is_number, ok in zip(columns, numeric, readable, strict=True) if is_number and not ok
    ]
    commas = sum("," in cell for cells in doubtful for cell in cells) if decimal_comma else 0
    decimal = "."
    if commas:
        points = sum("." in cell for cells, ok in zip(columns, numeric, strict=True) if ok for cell in cells)
        decimal = "," if commas > points else "."
    return [decimal if is_number else None for is_number in numeric]


def _mostly_numbers(cells: Sequence[str], decimal_comma: bool) -> bool:
    present = [cell for cell in cells if not is_missing(cell)]
    return sum(looks_numeric(cell, decimal_comma=decimal_comma) for cell in present) * 2 > len(present)
