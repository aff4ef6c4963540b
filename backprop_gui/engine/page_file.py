"""A file without a name, for what does not fit into the memory: it is given bytes and gives them back.

It lives as long as its owner, whatever becomes of the program: the system itself forgets it. Bytes are kept in pages
of one size, so what is let go of makes room for anything else. Where no file can be made, or the disk has no room,
less is kept and nothing fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from typing import IO

PAGE = 65_536
"""Bytes of a page."""
FREE_SHARE = 4
"""One part in so many of what is free on the disk may be taken: other programs, and our own saving, need some too."""
ASK_PAGES = 256
"""After so many new ones it is asked again how much is free, since others fill the disk too."""
LASTING = "/var/tmp"
"""A folder for temporary files that is on a disk. The usual one is memory itself on many systems."""

Pages = tuple[int, ...]


class PageFile:
    """Keeps bytes in pages of a temporary file, which is made when the first ones come.

    Parameters
    ----------
    budget : int
        Bytes that the file may take.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._file: IO[bytes] | None = None
        self._free: list[int] = []
        """Pages that can be written again, in falling order: the first of the file is the next to be taken."""
        self._end = 0
        """Pages that have been written."""
        self._most = self._budget // PAGE
        self._place, self._asked = "", 0

    @property
    def used(self) -> int:
        """Bytes of the pages in use."""
        return (self._end - len(self._free)) * PAGE

    def write(self, data: bytes) -> Pages | None:
        """Keep ``data`` and return its pages, or None if there is no room."""
        end, needed = self._end, -(-len(data) // PAGE)
        grown = max(0, needed - len(self._free))
        file = self._opened()
        if file is None or end + grown > self._most:
            return None
        if grown and not self._may_grow_to(end + grown):
            return None
        pages = *(self._free.pop() for _ in range(needed - grown)), *range(end, end + grown)
        self._end, view = end + grown, memoryview(data)
        try:
            for place, page in enumerate(pages):
                part = view[place * PAGE : (place + 1) * PAGE]
                file.seek(page * PAGE)
                if file.write(part) < len(part):
                    raise OSError("The disk is full.")
        except OSError:
            # From now on it gets by with the room that it has.
            self._end = self._most = end
            self._free = sorted({*self._free, *(page for page in pages if page < end)}, reverse=True)
            return None
        return pages

    def read(self, pages: Pages) -> bytes:
        """Return what was kept in ``pages``, and whatever follows it on the last of them.

        Raises
        ------
        OSError
            If the disk does not give it back.
        """
        assert self._file is not None  # pages come from a file that is there
        parts = []
        for page in pages:
            self._file.seek(page * PAGE)
            parts.append(self._file.read(PAGE))
        return b"".join(parts)

    def keep_only(self, pages: Iterable[int]) -> None:
        """Let go of all pages but these; without any, the file is closed."""
        used = set(pages)
        if self._file is None:
            return
        if not used:
            self._close()
            self._begin_anew()
            return
        self._end = max(used) + 1
        self._file.truncate(self._end * PAGE)
        self._free = [page for page in reversed(range(self._end)) if page not in used]

    def _may_grow_to(self, end: int) -> bool:
        """Return whether the disk still has room for so many pages."""
        if end > self._asked:
            try:
                room = shutil.disk_usage(self._place).free
            except OSError:
                room = 0
            self._most = min(self._most, self._end + room // FREE_SHARE // PAGE)
            self._asked = end + ASK_PAGES
        return end <= self._most

    def _opened(self) -> IO[bytes] | None:
        if self._file is None and self._most:
            self._file, self._place = _made()
            if self._file is None:
                self._most = 0
            if self._file is not None:
                self._close = weakref.finalize(self, self._file.close)
        return self._file


def _made() -> tuple[IO[bytes] | None, str]:
    """Return a new file and the folder that it is in; None and nothing where none can be made."""
    # Who has named a folder means it.
    folders = [None] if os.environ.get("TMPDIR") else [LASTING, None]
    for folder in folders:
        try:
            place = folder or tempfile.gettempdir()
            return tempfile.TemporaryFile(buffering=0, dir=place), place
        except OSError:
            continue
    return None, ""


__all__ = ["PAGE", "PageFile", "Pages"]
