"""From lines of text to rows of cells: which character separates them, and whether every row has as many."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from backprop_gui.data.errors import DataError
from backprop_gui.data.numbers import looks_numeric
from backprop_gui.data.text_file import TextFile

MAX_COLUMNS = 10_000
"""The widest table that is read."""
MAX_CELLS = 50_000_000
"""The most cells that are read, rows times columns: they take 400 MB as numbers."""

DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "vertical bars", ",": "commas", " ": "spaces"}
"""What may separate columns, with its name. Of two that divide a file equally well the first here is taken: commas
come late because they also stand in decimal numbers and in prose."""

_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 500_000
_BLOCK_CELLS = 100_000
_BLOCK_ROWS = 100


@dataclass(frozen=True)
class Block:
    """Some rows that follow each other.

    Attributes
    ----------
    lines : list[int]
        The line of the file, counted from 1, on which each row begins.
    rows : list[list[str]]
        The cells; all rows of a file have the same number.
    """

    lines: list[int]
    rows: list[list[str]]


def find_delimiter(text: TextFile) -> str:
    """Return the delimiter that divides the first lines into the most equal rows with the most numbers in them."""
    sample, size = [], 0
    for line in text.lines():
        if line.strip():
            sample.append(line)
            size += len(line)
        if len(sample) == _SAMPLE_LINES or size > _SAMPLE_CHARACTERS:
            break
    scores = {delimiter: _score(sample, delimiter) for delimiter in DELIMITERS}
    # Spaces stand inside cells more often than between them: they are taken only if they divide every line, and
    # nothing else does it as well with more numbers.
    spaces = scores.pop(" ")
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if spaces[0] == 1.0 and (scores[best][0] < 0.5 or spaces[1] > scores[best][1]):
        return " "
    return best if scores[best][0] > 0 else ","


def _score(sample: list[str], delimiter: str) -> tuple[float, float]:
    """Return the share of rows with the commonest width above 1, and the share of cells that are numbers."""
    try:
        rows = [row for row in _reader(sample, delimiter, strict=False) if row]
    except csv.Error:
        return 0.0, 0.0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0.0
    ((_, count),) = widths.most_common(1)
    # The first row may hold names, which would hide how well the others divide into numbers.
    cells = [cell for row in rows[1:] or rows for cell in row]
    numbers = sum(looks_numeric(cell, decimal_comma=delimiter != ",") for cell in cells)
    return count / len(rows), numbers / len(cells)


def read_blocks(text: TextFile, delimiter: str) -> Iterator[Block]:
    """Yield the rows in blocks of about a hundred thousand cells, without lines on which every cell is empty.

    Raises
    ------
    DataError
        At the first row that has more or fewer cells than the first one, at a quotation mark that is never closed,
        and when the table is larger than the limits.
    """
    name = text.path.name
    reader = _reader(text.lines(), delimiter, strict=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    first_line = width = count = end = 0
    while True:
        begin = end + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise DataError(_quotes(name, begin, reader.line_num, str(error))) from None
        if row is None:
            break
        end = reader.line_num
        if len(row) != width:
            if not any(row):
                continue
            if width:
                raise DataError(_ragged(name, begin, len(row), first_line, width))
            first_line, width = begin, len(row)
            if width > MAX_COLUMNS:
                raise DataError(
                    f"{name} has {width:,} columns (line {begin}), and at most {MAX_COLUMNS:,} are read. "
                    "Leave columns out, or check that rows and columns are not exchanged."
                )
        elif not any(row):
            continue
        lines.append(begin)
        rows.append(row)
        if len(rows) * width >= _BLOCK_CELLS and len(rows) >= _BLOCK_ROWS:
            count += len(rows)
            if count * width > MAX_CELLS:
                raise DataError(
                    f"{name} has more than {MAX_CELLS // width:,} rows of {width:,} columns, "
                    f"and at most {MAX_CELLS:,} cells are read. Take a part of its rows, or leave out columns."
                )
            yield Block(lines, rows)
            lines, rows = [], []
    if rows:
        yield Block(lines, rows)


class _Reader(Protocol):
    """What `csv.reader` returns, which the csv module has no public name for."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def _reader(lines: Iterable[str], delimiter: str, *, strict: bool) -> _Reader:
    if delimiter == " ":
        lines = (" ".join(line.split()) + "\n" for line in lines)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _ragged(name: str, line: int, width: int, first_line: int, first_width: int) -> str:
    return (
        f"Line {line} of {name} has {_columns(width)}, but line {first_line} has {first_width}. "
        "Give every line the same number, and put quotation marks around texts that hold the separator."
    )


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count:,} columns"


def _quotes(name: str, begin: int, end: int, reason: str) -> str:
    """Word what the csv module cannot read between the lines ``begin`` and ``end``."""
    if "expected after" in reason:
        return (
            f"Line {end} of {name} has a quotation mark inside a quoted text. "
            "Double it, or take the quotation marks away."
        )
    return (
        f"A text in the row of {name} that begins on line {begin} does not end: "
        "a quotation mark is probably opened and never closed."
    )
