"""Autosaves: what a window works on, kept beside its own file, and found again after the program was killed.

    autosaves/3f9c….autosave   a line of JSON that says what it is of, then a project file
    autosaves/3f9c….lock       held by the process whose window it is

One file holds everything, so that it can be replaced at one stroke. The lock is the system's: it goes with its
process, even with one that was killed, and a number that the system gives to another process later means nothing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

import msgspec

from backprop_gui.errors import UserError
from backprop_gui.project import files
from backprop_gui.project.atomic import appearing
from backprop_gui.project.claim import Claim, claim
from backprop_gui.project.project import Project

SUFFIX = ".autosave"
_LOCK = ".lock"
_LONGEST_HEADER = 100_000
"""Bytes; a name and a path are shorter."""
_NOT_KEPT = "Your work is not being kept safe."
_ATTEMPTS = 5
"""Somebody who sweeps up may take the first for a lock that was left behind."""


class RecoveryError(UserError):
    """An autosave that cannot be written or read; the sentence says why."""


class About(msgspec.Struct, frozen=True):
    """What an autosave says about itself.

    Attributes
    ----------
    name : str
        The project's.
    path : str
        The file it was opened from or saved in; empty if there is none.
    when : float
        Seconds since 1970, in the moment whose work it holds.
    pid : int
        The process that wrote it, for a person who looks.
    """

    name: str
    path: str = ""
    when: float = 0.0
    pid: int = 0


class Slot:
    """The place of one window's autosave, held as long as the window lives."""

    def __init__(self, path: Path, held: Claim) -> None:
        self.path, self._claim = path, held

    def write(self, project: Project, original: Path | None, when: float) -> None:
        """Replace what was kept by ``project``.

        Raises
        ------
        UserError
            If the project cannot be encoded, or the system refuses; what was kept is unchanged then.
        """
        origin = "" if original is None else os.path.abspath(original)  # noqa: PTH100
        content = files.encode(project, folder=str(self.path.parent), failed=_NOT_KEPT)
        try:
            header = msgspec.json.encode(About(project.name, origin, when, os.getpid()))
        except UnicodeEncodeError:  # a path of bytes that are no text
            header = msgspec.json.encode(About(project.name, "", when, os.getpid()))
        with appearing(self.path, RecoveryError) as temporary, temporary.open("wb") as file:
            file.write(header)
            file.write(b"\n")
            file.write(content)

    def about(self) -> About:
        """Return what it is of; of a damaged one, what can be known."""
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.readline(_LONGEST_HEADER), type=About)
        except (OSError, ValueError, RecursionError):
            when = 0.0
            with contextlib.suppress(OSError):
                when = self.path.stat().st_mtime
            return About("", when=when)

    def load(self) -> Project:
        """Return the project that is kept.

        Raises
        ------
        UserError
            If it is damaged, or cannot be read.
        """
        header, _, content = files.read(self.path).partition(b"\n")
        try:
            name = msgspec.json.decode(header, type=About).name
        except (ValueError, RecursionError):
            raise RecoveryError(f"What was kept in “{self.path}” is damaged.") from None
        return files.decode(content, name, folder=str(self.path.parent))

    def discard(self) -> None:
        """Forget what was kept, for ever."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._claim.remove()

    def release(self) -> None:
        """Leave what is kept to whoever looks for it next."""
        self._claim.release()


def new_slot(folder: Path) -> Slot:
    """Return a place for one more autosave in ``folder``, which is made if it is missing.

    Raises
    ------
    RecoveryError
        If the system refuses.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(_ATTEMPTS):
            name = secrets.token_hex(8)
            held = claim(folder / f"{name}{_LOCK}")
            if held is not None:
                return Slot(folder / f"{name}{SUFFIX}", held)
        reason = "files cannot be locked there"
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    raise RecoveryError(f"Your work cannot be kept safe in “{folder}”, because {reason}: save it often.")


def left_behind(folder: Path) -> list[Slot]:
    """Claim the autosaves in ``folder`` whose windows live no more, the newest first, and sweep up what is nothing."""
    found = []
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []
    for stem in sorted({name.rsplit(".", 1)[0] for name in names if name.endswith((SUFFIX, _LOCK))}):
        path = folder / f"{stem}{SUFFIX}"
        with contextlib.suppress(OSError):
            held = claim(folder / f"{stem}{_LOCK}")
            if held is None:
                continue
            # Looked for only now that it is held: its window may have ended well a moment ago.
            if path.is_file():
                found.append(Slot(path, held))
            else:
                held.remove()
    _sweep(folder, names)
    return sorted(found, key=lambda slot: slot.about().when, reverse=True)


def _sweep(folder: Path, names: list[str]) -> None:
    """Remove what writing left half done when it was killed, once it is certain that nobody writes it any more."""
    for name in names:
        if name.startswith(".") and name.endswith(f".part{SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - (folder / name).stat().st_mtime > 3600:
                    (folder / name).unlink()
