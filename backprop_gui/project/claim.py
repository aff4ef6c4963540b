"""A claim: a file that one process holds, and that the system lets go when that process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Claim:
    """Holds the file at ``path`` until :meth:`release`, :meth:`remove` or the end of the process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor

    def release(self) -> None:
        """Let somebody else claim it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def remove(self) -> None:
        """Remove the file and let it go."""
        if sys.platform == "win32":
            self.release()  # an open file cannot be removed there
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self.release()


def claim(path: Path) -> Claim | None:
    """Claim ``path``, which is made if it is missing; None if somebody else holds it.

    Raises
    ------
    OSError
        If the file cannot be made or opened.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        _lock(descriptor)
        # Who held it before may have removed the file in between: this claim would then be on nothing.
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return Claim(path, descriptor)
    except OSError:
        pass
    os.close(descriptor)
    return None
