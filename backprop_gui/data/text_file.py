"""From a file of unknown content to lines of text, or a sentence that says why it is not a table."""

from __future__ import annotations

import codecs
import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backprop_gui.data.errors import DataError

MAX_BYTES = 200_000_000
"""The largest file that is read."""
MAX_LINE = 1_000_000
"""The longest line, in characters: ten thousand columns of the longest numbers need a quarter of it."""

MAX_LINES = 5_000_000
"""The most lines that are read."""

_CONTROL = bytes({*range(32)} - set(b"\t\n\v\f\r"))
_MAGIC = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x93NUMPY": "a NumPy array",
}


@dataclass(frozen=True)
class TextFile:
    """A file known to be text.

    Attributes
    ----------
    path : Path
    data : bytes
    encoding : str
        One in which ``data`` is known to decode.
    notes : tuple[str, ...]
        What was assumed.
    """

    path: Path
    data: bytes
    encoding: str
    notes: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield the lines with their ends, as the csv module wants them.

        Raises
        ------
        DataError
            At a line longer than `MAX_LINE`.
        """
        for number, line in enumerate(io.TextIOWrapper(io.BytesIO(self.data), self.encoding, newline=""), 1):
            if len(line) > MAX_LINE:
                raise DataError(
                    f"Line {number} of {self.path.name} is {len(line):,} characters long, too long for a table. "
                    "Check that the file has one example a line."
                )
            yield line


def read_text_file(path: Path) -> TextFile:
    """Read ``path`` and find its encoding: UTF-8, UTF-16 with a byte order mark, or else Windows-1252 with a note.

    Raises
    ------
    DataError
        If there is no such file, it is no regular file, it cannot be read, is empty, too large, or is not text.
    """
    data = _read(path)
    name = path.name
    if not data.strip():
        raise DataError(f"{name} is empty: there is no table in it.")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise DataError(f"{name} is {what}, not a text table. Save the table as CSV and open that file.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError:
            raise DataError(
                f"{name} begins like UTF-16 text but is damaged. Save it again as CSV in UTF-8."
            ) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    count = _line(data, len(data))
    if count > MAX_LINES:
        raise DataError(
            f"{name} has {count:,} lines, and at most {MAX_LINES:,} are read. Take a part of its rows."
        )
    # Deleting is the fastest way to search for many bytes at once.
    if len(data.translate(None, delete=_CONTROL)) < len(data):
        position = min(at for byte in _CONTROL if (at := data.find(byte)) >= 0)
        raise DataError(
            f"{name} is not a text table: line {_line(data, position)} holds a control character "
            f"(code {data[position]}). Save the table as CSV in UTF-8."
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
    else:
        return TextFile(path, data, "utf-8", ())
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(
            f"The encoding of {name} is unknown: line {line} is not UTF-8. Save the table as CSV in UTF-8."
        ) from None
    note = f"Line {line} is not UTF-8, so the file was read as Windows-1252: check the letters with accents."
    return TextFile(path, data, "cp1252", (note,))


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError(f"{path} is a folder. Choose a CSV file in it.")
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device could wait for ever.
            raise DataError(f"{path} is not a regular file. Choose a CSV file.")
        _check_size(path, status.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Check the name and the folder.") from None
    except PermissionError:
        raise DataError(f"The file {path} may not be read: its permissions forbid it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(f"The file {path} cannot be read: {reason}.") from None
    _check_size(path, len(data))
    return data


def _check_size(path: Path, size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(
            f"{path.name} has {size / 1e6:,.0f} MB, and at most {MAX_BYTES / 1e6:,.0f} MB are read. "
            "Take a part of its rows, or leave out columns."
        )


def _line(data: bytes, position: int) -> int:
    """Return the line, counted from 1, in which the byte at ``position`` stands, for any style of line ends."""
    line_feeds, returns = data.count(b"\n", 0, position), data.count(b"\r", 0, position)
    return 1 + line_feeds + returns - data.count(b"\r\n", 0, position)
