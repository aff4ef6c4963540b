"""A file appears complete, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from backprop_gui.errors import UserError


@contextlib.contextmanager
def appearing(path: Path, refusal: type[UserError]) -> Iterator[Path]:
    """Give a temporary path beside ``path``; when the block ends well, what was written there becomes ``path``.

    It is on disk before it takes the old file's place. A link stays a link; the file that it leads to is replaced,
    and keeps its permissions. If the block raises, the temporary file goes and ``path`` stays as it was.

    Parameters
    ----------
    path : Path
    refusal : type of UserError
        What is raised if the system refuses, in a sentence that says why.
    """
    try:
        target = Path(os.path.realpath(path))
    except (OSError, ValueError) as error:  # a loop of links, or a character that no name can have
        raise refusal(f"“{path}” could not be written ({error}): choose another place.") from error
    # A name of its own: the file's with something added could be too long. The suffix stays, because some libraries
    # look at it.
    temporary = target.parent / f".{secrets.token_hex(8)}.part{target.suffix}"
    try:
        if target.is_dir():
            raise refusal(f"“{path}” is a folder: choose a file name in it.")
        if not target.parent.is_dir():
            raise refusal(f"The folder “{path.parent}” does not exist: create it, or choose another one.")
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise refusal(_sentence(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sentence(path: Path, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"You may not write to “{path.parent}”: choose another folder, or ask for the permission."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room for “{path.name}” in “{path.parent}”: free some space, or choose another folder."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name “{path.name[:40]}…” is too long for this system: choose a shorter one."
    return f"“{path}” could not be written ({error.strerror or error}): choose another place."
