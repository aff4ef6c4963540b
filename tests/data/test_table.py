"""Reading good tables, however they were written."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.data import Table, read_table


def read(folder: Path, content: str | bytes) -> Table:
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def cells(table: Table) -> list[list[float | str]]:
    """Return the rows of a table, with texts for the codes."""
    columns = [
        [column.labels[int(value)] if column.labels else float(value) for value in column.values]
        for column in table.columns
    ]
    return [list(row) for row in zip(*columns, strict=True)]


EXPECTED = [[1.5, -2.0, "red"], [1000.0, 0.25, "dark blue"]]
WRITTEN = {
    "commas": "x,y,colour\n1.5,-2,red\n1e3,.25,dark blue\n",
    "spaces after commas": 'x, y, colour\n1.5, -2, red\n1e3, .25, "dark blue"\n',
    "semicolons": "x;y;colour\n1.5;-2;red\n1e3;.25;dark blue\n",
    "semicolons and decimal commas": "x;y;colour\n1,5;-2,0;red\n1E3;,25;dark blue\n",
    "tabs and decimal commas": "x\ty\tcolour\n1,5\t-2\tred\n1000\t0,25\tdark blue\n",
    "tabs": "x\ty\tcolour\n1.5\t-2.0\tred\n1000\t0.25\tdark blue\n",
    "bars": "x|y|colour\n1.5|-2.0|red\n1000|0.25|dark blue\n",
    "spaces": '  x    y  colour\n 1.5   -2  red\n 1e3  .25  "dark blue"\n',
    "spaces and decimal commas": 'x y colour\n1,5 -2,0 red\n1000,0 0,25 "dark blue"\n',
    "quotes": '"x","y","colour"\n"1.5","-2","red"\n"1000","0.25","dark blue"\n',
    "windows line ends": "x,y,colour\r\n1.5,-2,red\r\n1000,.25,dark blue\r\n",
    "old line ends": "x,y,colour\r1.5,-2,red\r1000,.25,dark blue\r",
    "no end of the last line": "x,y,colour\n1.5,-2,red\n1e3,.25,dark blue",
    "empty lines": "\n\nx,y,colour\n\n1.5,-2,red\n,,\n\n1e3,.25,dark blue\n \n\n",
    "spaces around cells": "x ,y , colour\n1.5 , -2 ,red \n 1e3, .25 , dark blue\n",
}


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN.keys())
def test_ways_to_write_the_same_table(tmp_path: Path, content: str) -> None:
    table = read(tmp_path, content)
    assert table.names == ("x", "y", "colour")
    assert cells(table) == EXPECTED
    assert table.has_header
    assert table.title == "people"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, mark: bytes) -> None:
    content = "größe,farbe\n1,café\n2,naïve\n"
    table = read(tmp_path, mark + content.encode(encoding))
    assert table.names == ("größe", "farbe")
    assert cells(table) == [[1.0, "café"], [2.0, "naïve"]]
    assert any("Windows-1252" in note for note in table.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("content", "names", "has_header"),
    [
        ("1,2\n3,4\n", ("column 1", "column 2"), False),
        ("5.1,setosa\n4.9,setosa\n", ("column 1", "column 2"), False),
        ("length,species\n5.1,setosa\n", ("length", "species"), True),
        # A number may name a column if there is a text above numbers elsewhere in the line.
        ("0,1,target\n5.1,3,1\n4.9,3,0\n", ("0", "1", "target"), True),
        # All is text: by custom the first line has the names, unless two are alike.
        ("outlook,play\nsunny,no\nrain,yes\n", ("outlook", "play"), True),
        ("no,no\nsunny,no\nrain,yes\n", ("column 1", "column 2"), False),
        (",x\n1,2\n3,4\n", ("column 1", "x"), True),
        ("x\n1\n2\n", ("x",), True),
    ],
)
def test_header(tmp_path: Path, content: str, names: tuple[str, ...], has_header: bool) -> None:
    table = read(tmp_path, content)
    assert table.names == names
    assert table.has_header is has_header


def test_rows_know_their_lines(tmp_path: Path) -> None:
    table = read(tmp_path, 'x,text\n\n1,"two\nlines"\n2,b\n\n3,c\n')
    assert table.lines.tolist() == [3, 5, 7]
    assert table.columns[1].labels == ("b", "c", "two\nlines")


def test_how_it_was_read_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, "x;y\n1,5;2\n")
    assert table.notes == (
        "Columns are separated by semicolons; the first line holds their names, and numbers have a decimal comma.",
    )
    assert read(tmp_path, "1\n2\n").notes == ("There is no line of names.",)


def test_thousands_of_columns(tmp_path: Path) -> None:
    header = ",".join(f"pixel {number}" for number in range(5000))
    table = read(tmp_path, header + "\n" + ",".join(["7"] * 5000) + "\n")
    assert len(table.columns) == 5000


def test_a_table_of_many_blocks(tmp_path: Path) -> None:
    """A hundred thousand cells are read at a time; what comes later must be found and placed all the same."""
    rows = 60_000
    lines = [f"{row},{row % 7},{'even' if row % 2 == 0 else 'odd'}" for row in range(rows)]
    table = read(tmp_path, "x,y,parity\n" + "\n".join(lines) + "\n")
    x, y, parity = table.columns
    assert np.array_equal(x.values, np.arange(rows))
    assert np.array_equal(y.values, np.arange(rows) % 7)
    assert np.array_equal(parity.values, np.arange(rows) % 2)
    assert parity.labels == ("even", "odd")
    assert np.array_equal(table.lines, np.arange(rows) + 2)


numbers = st.floats(-1e100, 1e100)


@given(data=st.data(), delimiter=st.sampled_from([",", ";", "\t", "|", " "]), comma=st.booleans())
def test_numbers_survive_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, delimiter: str, comma: bool
) -> None:
    width = data.draw(st.integers(2, 5))
    rows = data.draw(st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1, max_size=8))
    comma = comma and delimiter != ","
    lines = [delimiter.join("abcde"[:width])]
    for row in rows:
        line = delimiter.join(map(repr, row))
        lines.append(line.replace(".", ",") if comma else line)
    table = read(tmp_path_factory.mktemp("table"), "\n".join(lines) + "\n")
    assert np.array_equal(np.column_stack([column.values for column in table.columns]), np.array(rows))
