"""The project file ``.backprop``: JSON with a format number, read strictly and written atomically.

    {"format": 1,
     "program": "Backprop Lab 0.1.0",
     "name": "xor",
     "network": {"next_id": 11,
                 "layers":  [{"id": 1, "name": "input"}, ...],
                 "neurons": [{"id": 5, "layer": 4, "kind": "hidden", "name": "h1", "activation": "tanh", "bias": 0.0,
                              "position": [220.0, -180.0], "frozen": false}, ...],
                 "edges":   [[source, target, weight, frozen], ...]},
     "data":     the fields of DataSettings,
     "training": the fields of TrainingSettings,
     "run":      null, or where training stands: see Run,
     "conventions": how deltas and gradients are written, the fields of Conventions; may be left out,
     "kept": runs that were kept, which may be left out: each with number, title, shown, data, training and run as
              above, and network unless it is the one of the project,
     "template": only in templates: title, about, order and epochs}

Numbers are written with as many digits as it takes to read back the same bits. Unknown fields are refused, because
ignoring one would silently change what a person saved.

The data's ``source`` is the name of a data set or the path of a table. A table in the project's folder, or below it,
is written relative to that folder and begins with ``./``, so that folder can be moved or sent away with both in it.
"""

from __future__ import annotations

import codecs
import os
import stat
from functools import partial
from pathlib import Path

import msgspec

from backprop_gui.data import DATASETS, is_file_path
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.project.atomic import appearing
from backprop_gui.project.limits import MOST_VALUES
from backprop_gui.project.project import Project
from backprop_gui.project.records import FORMAT, ProjectRecord, project_of, record_of
from backprop_gui.project.run_records import Count, ProjectFileError

__all__ = ["FORMAT", "SUFFIX", "ProjectFileError", "decode", "encode", "load", "save", "write_atomically"]

SUFFIX = ".backprop"
LARGEST_FILE = 256 * 2**20
"""Bytes; a project of two million edges is smaller."""
LONGEST_SENTENCE = 700
"""Characters of what is quoted from elsewhere in a message."""


class _Header(msgspec.Struct, frozen=True):
    """The one field that is read before everything else, so that a newer file is recognised as such."""

    format: Count


def load(path: Path) -> Project:
    """Read a project file; a table of the person's own is found from the folder that ``path`` is in.

    Raises
    ------
    ProjectFileError
        If the file cannot be read, is too large, is of a newer format, or says something impossible; the
        sentence names the place.
    """
    return decode(read(path), path.name, folder=_folder(path))


def read(path: Path) -> bytes:
    """Return what stands in a file of reasonable size.

    Raises
    ------
    ProjectFileError
        If it cannot be read, is too large or is not a file.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ProjectFileError(f"“{path}” is a folder: choose a {SUFFIX} file in it.")
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device could wait for ever.
            raise ProjectFileError(f"“{path}” is not a regular file: choose a {SUFFIX} file.")
        if status.st_size > LARGEST_FILE:
            raise ProjectFileError(
                f"“{path.name}” is larger than {LARGEST_FILE // 2**20} MB: no project is. Choose a {SUFFIX} file."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ProjectFileError(f"There is no file “{path}”: check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise ProjectFileError(f"“{path}” could not be read: {_reason(error)}.") from None


def save(project: Project, path: Path) -> None:
    """Write a project file so that at every moment the old or the new one is there, whole.

    A data file of the person's own is named relative to the project's folder where it lies inside it.

    Raises
    ------
    ProjectFileError
        If the file cannot be written, or the project could not be read again.
    """
    write_atomically(path, encode(project, folder=_folder(path)))


def decode(content: bytes, name: str = "the text", *, folder: str | None = None) -> Project:
    """Turn the bytes of a project file into a project.

    Parameters
    ----------
    name : str
        What messages call the file.
    folder : str, optional
        The absolute path from which a table's relative one counts; without it, that stays relative.

    Raises
    ------
    ProjectFileError
        If it is no project, is damaged, is of a newer format, or says something impossible.
    """
    if not content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        # To say where such a file is not JSON would help nobody: most likely it is a table.
        raise ProjectFileError(
            f"“{name}” is not a project of Backprop Lab: choose a {SUFFIX} file. "
            "A table is opened with “Open CSV…” in the Data panel."
        )
    if content.count(b",") > MOST_VALUES:
        # Counted before they are read: each takes many times the room of its letters.
        raise ProjectFileError(f"“{name}” holds more than {MOST_VALUES:,} values: no project does.")
    try:
        header = msgspec.json.decode(content, type=_Header)
        if header.format == FORMAT:
            record = msgspec.json.decode(content, type=ProjectRecord)
            return project_of(record, partial(_found, folder=folder))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectFileError(
            f"“{name}” is not a project of Backprop Lab, or is damaged: {_cut(_where(error))}."
        ) from None
    except RecursionError:
        raise ProjectFileError(
            f"“{name}” is not a project of Backprop Lab: it is nested too deeply."
        ) from None
    except UserError as error:
        raise ProjectFileError(f"“{name}” cannot be opened. {_cut(str(error))}") from None
    raise ProjectFileError(
        f"“{name}” has the format {header.format}, and this version of Backprop Lab reads format {FORMAT}: "
        "use the version that wrote it."
    )


def encode(
    project: Project, *, folder: str | None = None, failed: str = "The project was not saved."
) -> bytes:
    """Turn a project into the bytes of its file.

    Parameters
    ----------
    folder : str, optional
        The absolute path of the folder that the file will be in; without it, a table's path stays as it is.
    failed : str
        What it means if that does not work: the sentence that a message begins with.

    Raises
    ------
    ProjectFileError
        If it could not be read again: a number is not finite, which JSON cannot say, or a setting is out of range.
    """
    try:
        record = record_of(project, partial(_stored, folder=folder))
        content = msgspec.json.encode(record)
    except UnicodeEncodeError:
        raise ProjectFileError(
            f"{failed} A name or the path of its data holds bytes that are no text: rename it first."
        ) from None
    except UserError as error:
        raise ProjectFileError(f"{failed} {error}") from None
    return msgspec.json.format(content, indent=1) if _small(project.network) else content


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file at ``path`` by ``content``: on disk before it takes the old one's place.

    A link stays a link; the file that it leads to is replaced, and keeps its permissions.

    Raises
    ------
    ProjectFileError
        If the system refuses; what was there before is unchanged then.
    """
    with appearing(path, ProjectFileError) as temporary:
        temporary.write_bytes(content)


def _folder(path: Path) -> str:
    return os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - Path would not resolve the dots in it


def _stored(source: str, folder: str | None) -> str:
    """Return what the file calls the data that the program calls ``source``."""
    if folder is None or source in DATASETS or not is_file_path(source):
        return source
    absolute = Path(os.path.abspath(source))  # noqa: PTH100
    try:
        # The dot tells a table called "iris" from the data set.
        return f"./{absolute.relative_to(folder).as_posix()}"
    except ValueError:
        return str(absolute)


def _found(source: str, folder: str | None) -> str:
    """Return what the program calls the data that the file calls ``source``."""
    if folder is None or source in DATASETS or not is_file_path(source):
        return source
    return os.path.normpath(Path(folder, source))


def _small(network: Network) -> bool:
    """Return whether the file is worth indenting: one number a line is readable only while there are few."""
    return len(network.edges) <= 2000


def _where(error: Exception) -> str:
    """Word the reader's complaint: its first letter small, and the place in quotation marks without its dollar."""
    text = str(error).rstrip(".")
    what, _, place = text.partition(" - at `$")
    if not what[1:2].isupper():
        what = what[:1].lower() + what[1:]
    place = place.rstrip("`").lstrip(".")
    return f"{what}, at “{place}”" if place else what


def _cut(sentence: str) -> str:
    """Return a sentence of a length that can be shown, whatever names the file has put into it."""
    return sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[:LONGEST_SENTENCE]}…"


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.lower()
