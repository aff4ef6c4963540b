"""A table read from a CSV file, before it is decided what is to be learned from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backprop_gui.data.columns import Column, ColumnBuilder, find_kinds, shorten
from backprop_gui.data.dataset import read_only
from backprop_gui.data.errors import DataError
from backprop_gui.data.numbers import is_missing, looks_numeric
from backprop_gui.data.rows import DELIMITERS, Block, find_delimiter, read_blocks
from backprop_gui.data.text_file import read_text_file

_HEADER_SAMPLE = 1000


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, without a missing value.

    Attributes
    ----------
    title : str
        The file's name without its ending.
    columns : tuple[Column, ...]
    lines : (rows,) integers
        The line of the file, counted from 1, on which each row begins.
    has_header : bool
        Whether the names of the columns come from the file.
    notes : tuple[str, ...]
        Sentences about how the file was read.
    """

    title: str
    columns: tuple[Column, ...]
    lines: NDArray[np.intp]
    has_header: bool
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", read_only(self.lines))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a CSV file: encoding, delimiter, header, decimal sign and the kind of each column are found out.

    The first line holds names if in any column a text stands above numbers, or if all columns are text. A column
    is one of numbers if most of its cells are, in the first hundred thousand cells of the table.

    Raises
    ------
    DataError
        If the file is not a table of which every cell is known; the message names the line and the column.
    """
    text = read_text_file(Path(path))
    delimiter = find_delimiter(text)
    decimal_comma = delimiter != ","
    lines: list[NDArray[np.intp]] = []
    builders: list[ColumnBuilder] = []
    has_header = False
    for block in read_blocks(text, delimiter):
        if not builders:
            has_header = _has_header(block.rows, decimal_comma=decimal_comma)
            names = _names(text.path.name, block) if has_header else _numbered(len(block.rows[0]))
            if has_header:
                block = Block(block.lines[1:], block.rows[1:])
            if not block.rows:
                raise DataError(f"{text.path.name} has a line of column names and no rows below it.")
            kinds = find_kinds(list(zip(*block.rows, strict=True)), decimal_comma=decimal_comma)
            builders = [ColumnBuilder(name, kind) for name, kind in zip(names, kinds, strict=True)]
        for builder, cells in zip(builders, zip(*block.rows, strict=True), strict=True):
            builder.add(cells, block.lines)
        lines.append(np.array(block.lines, dtype=np.intp))
    if not builders:
        raise DataError(f"{text.path.name} has no row with anything in it.")
    how = f"Columns are separated by {DELIMITERS[delimiter]}; " if len(builders) > 1 else ""
    how += "the first line holds their names" if has_header else "there is no line of names"
    how += (
        ", and numbers have a decimal comma." if any(builder.decimal == "," for builder in builders) else "."
    )
    return Table(
        title=text.path.stem or text.path.name,
        columns=tuple(builder.column() for builder in builders),
        lines=np.concatenate(lines),
        has_header=has_header,
        notes=(how[0].upper() + how[1:], *text.notes),
    )


def _has_header(rows: Sequence[Sequence[str]], *, decimal_comma: bool) -> bool:
    """Tell whether the first of ``rows`` names the columns."""

    def numeric(cell: str) -> bool:
        return looks_numeric(cell, decimal_comma=decimal_comma)

    first, below = rows[0], list(zip(*rows[1 : 1 + _HEADER_SAMPLE], strict=True))
    texts = [not numeric(cell) and not is_missing(cell) for cell in first]
    if not below:
        return all(texts)
    numbers_below = [2 * sum(map(numeric, cells)) > len(cells) for cells in below]
    if any(numbers_below):
        return any(text and numbers for text, numbers in zip(texts, numbers_below, strict=True))
    # All is text: by custom the first line names the columns, if it can.
    return all(texts) and len({cell.strip() for cell in first}) == len(first)


def _numbered(count: int) -> list[str]:
    return [f"column {number}" for number in range(1, count + 1)]


def _names(file: str, header: Block) -> list[str]:
    """Return the names of the columns from the first row; a column without one is called by its number."""
    given = (" ".join(cell.split()) for cell in header.rows[0])
    names = [name or number for name, number in zip(given, _numbered(len(header.rows[0])), strict=True)]
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name in seen:
            raise DataError(
                f"Columns {seen[name]} and {number} of {file} are both called {shorten(name)} "
                f"(line {header.lines[0]}). Give each its own name."
            )
        seen[name] = number
    return names
