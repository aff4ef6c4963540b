"""Everything that can be wrong with a file gets one sentence that says what, where, and what to do."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from backprop_gui.data import DataError, DataSettings, load, read_table
from backprop_gui.data import rows as rows_module
from backprop_gui.data.text_file import MAX_BYTES

BAD: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "people.csv is empty"),
    "blank": (" \n\n\t\n", "is empty"),
    "only separators": (",,,\n,,,\n", "no row with anything in it"),
    "header only": ("x,y,species\n", "no rows below it"),
    "empty cell": ("x,y\n1,2\n3,\n", "Line 3, column “y”, is empty. Fill it in, or delete the line."),
    "NA": ("x,y\n1,2\n\nNA,3\n", "Line 4, column “x”, holds “NA”, a missing value"),
    "NaN": ("x,y\n1,nan\n", "Line 2, column “y”, holds “nan”, a missing value"),
    "question mark": ("x,y\n1,2\n3,4\n?,5\n", "Line 4, column “x”, holds “?”, a missing value"),
    "null in a text": ("x,y\n1,a\n2,NULL\n", "Line 3, column “y”, holds “NULL”, a missing value"),
    "empty text": ("x,y\n1,a\n2,b\n3,\n", "Line 4, column “y”, is empty"),
    "no header": ("1,2\n3,\n", "Line 2, column “column 2”, is empty"),
    "infinite": ("x,y\n1,2\n3,-inf\n", "Line 3, column “y”, holds “-inf”, which is too large"),
    "1e999": ("x,y\n1e999,2\n", "Line 2, column “x”, holds “1e999”, which is too large"),
    "large": ("x,y\n1,1e101\n", "which is too large to calculate with"),
    "odd text": ("x,y\n1,2\n3,4\n5,six\n", "Line 4, column “y”, holds “six”, which is not a number"),
    "underscore": ("x,y\n1,2\n3,4\n5,6_000\n", "Line 4, column “y”, holds “6_000”, which is not a number"),
    "two decimal signs": ("x;y\n1,5;2\n1,5;2.5\n", "Line 3, column “y”, holds “2.5”, but other numbers have"),
    "thousands": ("x;y\n1,5;2\n1.000,5;2\n1,5;3\n", "holds “1.000,5”, which is not a number"),
    "thousands in quotation marks": (
        'name,price\na,"1,000"\nb,"2,500"\nc,900\n',
        "a number with commas between its thousands. Write the column without them, as 1000.",
    ),
    "thousands among plain numbers": (
        'x,y\n1,2\n"1,250,000.5",3\n7,4\n8,5\n',
        "Line 3, column “x”, holds “1,250,000.5”, a number with commas between its thousands",
    ),
    "short row": ("x,y,z\n1,2,3\n4,5\n6,7,8\n", "Line 3 of people.csv has 2 columns, but line 1 has 3"),
    "long row": ("x,y\n1,2\n4,5,6\n", "Line 3 of people.csv has 3 columns, but line 1 has 2"),
    "one column short": ("x,y\n1,2\n4\n", "Line 3 of people.csv has 1 column, but line 1 has 2"),
    "after a text of two lines": ('x,y\n1,"a\nb"\n4\n', "Line 4 of people.csv has 1 column"),
    "same name twice": ("x,y,x\n1,2,3\n", "Columns 1 and 3 of people.csv are both called “x” (line 1)"),
    "never closed": ('x,y\n1,2\n3,"4\n5,6\n', "begins on line 3 does not end"),
    "never closed, long": ('x,y\n1,2\n3,"' + "4,5\n" * 50_000, "begins on line 3 does not end"),
    "stray quotation mark": ('x,y\n1,"a" b\n', "Line 2 of people.csv has a quotation mark inside"),
    "many columns": ("1," * 200_000 + "1\n", "has 200,001 columns (line 1), and at most 10,000"),
    "many lines": ("\n" * 5_000_000 + "x,y\r\n1,2", "has 5,000,002 lines, and at most 5,000,000 are read"),
    "long line": ("1," * 800_000 + "1\n", "Line 1 of people.csv is 1,600,002 characters long"),
    "NUL": (b"x,y\n1,2\n3,\x00\n", "line 3 holds a control character (code 0)"),
    "binary": (bytes(range(256)) * 4, "line 1 holds a control character (code 0)"),
    "UTF-16 without a mark": ("x,y\n1,2\n".encode("utf-16-le"), "control character"),
    "UTF-32": ("x,y\n1,2\n".encode("utf-32"), "control character"),
    "damaged UTF-16": (b"\xff\xfex\x00,\x00\x00\xd8y\x00", "begins like UTF-16 text but is damaged"),
    "unknown encoding": (b"x,y\n1,2\n3,\x81\n", "line 3 is not UTF-8"),
    "Excel": (b"PK\x03\x04 and so on", "is an Excel workbook or a zip archive"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gets_its_sentence(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError, match=re.escape(sentence)) as caught:
        read_table(path)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_slip_deep_in_a_long_file_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    lines = [f"{row},0.5" for row in range(80_000)]
    lines[70_000] = "70000,o.5"
    path.write_text("x,y\n" + "\n".join(lines))
    with pytest.raises(DataError, match=r"Line 70002, column “y”, holds “o\.5”"):
        read_table(path)


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_CELLS", 1000)
    monkeypatch.setattr(rows_module, "_BLOCK_CELLS", 200)
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n" * 498)
    assert len(read_table(path).lines) == 498
    path.write_text("x,y\n" + "1,2\n" * 2000)
    with pytest.raises(DataError, match="more than 500 rows of 2 columns"):
        read_table(path)


def test_a_gigabyte_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(10**9)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(DataError, match=r"large\.csv has 1,000 MB, and at most 200 MB are read"):
        read_table(path)
    assert MAX_BYTES == 200e6


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(DataError, match="There is no file"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="There is no file"):
        load(DataSettings(source=str(tmp_path / "absent.csv")))
    with pytest.raises(DataError, match="cannot be read"):
        read_table("a\0b.csv")
    with pytest.raises(DataError, match="cannot be read"):
        load(DataSettings(source="x" * 5000 + ".csv"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="not a regular file"):
        read_table(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="not a regular file"):
        read_table("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("x,y\n1,2\n")
    path.chmod(0)
    with pytest.raises(DataError, match="permissions forbid it"):
        read_table(path)
