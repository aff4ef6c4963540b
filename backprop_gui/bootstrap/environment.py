"""The program's own Python environment: ``.venv`` beside ``main.py``, made once from a lock file with hashes.

A note inside the folder says what it is good for. It says "preparing" from the folder's first moment and "ready"
only when the last package is in, so a preparation that was killed is noticed and made again; a ``.venv`` without a
note is somebody else's and is never touched. One preparation runs at a time, guarded by a file lock that the
installing child inherits: if its parent is killed, the next start still waits until the child is done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backprop_gui.errors import UserError

NOTE = "backprop-lab.json"
PREPARING, READY = "preparing", "ready"
_OFFLINE = ("NameResolutionError", "NewConnectionError", "ConnectTimeout", "ConnectionError", "ReadTimeout")


class Purpose(NamedTuple):
    """What an environment is for: a sentence's word for it, its lock file, and its dependency groups."""

    name: str
    lock: str
    groups: tuple[str, ...]


RUN = Purpose("the program", "requirements.lock", ())
# Its lock holds everything of the other, in the same versions.
TEST = Purpose("the tests", "requirements-test.lock", ("test",))


class Environment:
    """The folder ``.venv`` in ``root``, the checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def is_running(self) -> bool:
        """Whether this very process runs in the environment."""
        return os.path.realpath(sys.prefix) == os.path.realpath(self.folder)

    def is_ours(self) -> bool:
        """Whether the program made the folder, or began to."""
        return bool(self._note())

    def is_ready(self, purpose: Purpose) -> bool:
        """Whether nothing is missing: same lock, same interpreter, and the preparation came to its end."""
        note = self._note()
        return (
            note.get("state") == READY
            and note.get("locks", {}).get(purpose.lock) == self._digest(purpose)
            and note.get("python") == os.path.realpath(self.python)
            and self.python.exists()
        )

    def checked_libraries(self) -> set[str]:
        """Return the system libraries that were found when they were looked for."""
        return set(self._note().get("libraries", ()))

    def remember_libraries(self, libraries: Sequence[str]) -> None:
        """Note that these system libraries are there, so that later starts need not look."""
        note = self._note()
        if note.get("state") == READY:
            note["libraries"] = sorted({*note.get("libraries", ()), *libraries})
            # Not worth an error: a checkout that cannot be written only looks again next time.
            with contextlib.suppress(OSError):
                self._write(note)

    def prepare(self, purpose: Purpose) -> None:
        """Make the environment, or add to it what ``purpose`` needs besides; another start's work is waited for.

        Raises
        ------
        UserError
            If it cannot be made; the sentence says why and what to do.
        """
        try:
            with _locked(self.root / ".venv.lock") as lock:
                if not self.is_ready(purpose):
                    self._prepare(purpose, lock)
        except OSError as error:
            raise UserError(
                f"{self.folder} could not be prepared ({error.strerror or error}). "
                "Backprop Lab must stand in a folder where you may write, with about 1 GB of free space."
            ) from error

    def _prepare(self, purpose: Purpose, lock: int) -> None:
        note = self._note()
        if not note and self.folder.exists() and any(self.folder.iterdir()):
            raise UserError(
                f"{self.folder} was not made by Backprop Lab and lacks packages for {purpose.name}. "
                f"Start the program with that environment's Python after "
                f"'python -m pip install -r {purpose.lock}', or remove the folder and start again."
            )
        print(f"Preparing {purpose.name} in {self.folder}: this happens once.", file=sys.stderr, flush=True)
        locks = {}
        if self.is_ready(RUN):
            locks[RUN.lock] = self._digest(RUN)
            self._write({"state": PREPARING})
        else:
            self._make_anew(lock)
        self._install(purpose, lock)
        locks[purpose.lock] = self._digest(purpose)
        locks.setdefault(RUN.lock, self._digest(RUN))
        self._write({"state": READY, "python": os.path.realpath(self.python), "locks": locks})

    def _make_anew(self, lock: int) -> None:
        import shutil

        _require_venv()
        if self.folder.is_symlink():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir()
        self._write({"state": PREPARING})
        # Seen from inside a virtual environment, the interpreter it was made from.
        base: str = getattr(sys, "_base_executable", None) or sys.executable
        code, errors = _run([base, "-m", "venv", str(self.folder)], lock)
        if code:
            raise UserError(f"Python could not make a virtual environment in {self.folder}: {_last(errors)}")

    def _install(self, purpose: Purpose, lock: int) -> None:
        arguments = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        # The lock is complete, so pip need not look for more; and what would have to be compiled is not wanted.
        arguments += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--retries", "3"]
        code, errors = _run([*arguments, "-r", str(self.root / purpose.lock)], lock)
        if code == 0:
            return
        if any(sign in errors for sign in _OFFLINE):
            raise UserError(
                "The packages could not be downloaded, because the package index cannot be reached. "
                "Connect to the internet (behind a proxy set HTTPS_PROXY) and type the same command again."
            )
        version = ".".join(map(str, sys.version_info[:2]))
        if "No matching distribution found" in errors:
            raise UserError(
                f"There is no ready-made package for Python {version} on this machine: {_last(errors)}. "
                "Start main.py with another Python version, 3.11 to 3.13 are the safest."
            )
        raise UserError(f"The packages could not be installed: {_last(errors)}")

    def _note(self) -> dict[str, Any]:
        """Return what the note says, nothing if there is none; an unreadable one was cut off while written."""
        try:
            content = json.loads((self.folder / NOTE).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except ValueError:
            return {"state": PREPARING}
        return content if isinstance(content, dict) else {"state": PREPARING}

    def _write(self, note: dict[str, Any]) -> None:
        temporary = self.folder / f"{NOTE}.{os.getpid()}"
        temporary.write_text(json.dumps(note, indent=1), encoding="utf-8")
        temporary.replace(self.folder / NOTE)

    def _digest(self, purpose: Purpose) -> str:
        return hashlib.sha256((self.root / purpose.lock).read_bytes()).hexdigest()


def _require_venv() -> None:
    """Make sure that Python can make virtual environments; Debian keeps that part in a package of its own."""
    import importlib.util

    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    from backprop_gui.bootstrap import apt

    package = f"python3.{sys.version_info[1]}-venv"
    if not apt.available():
        raise UserError(
            "This Python cannot make virtual environments: its modules venv and ensurepip are missing. "
            "Install them with your system's package manager, or install Python from python.org."
        )
    if not apt.is_root():
        raise UserError(
            f"This Python cannot make virtual environments. Install that part of it and start again: "
            f"{apt.command([package])}"
        )
    apt.install([package])


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold an exclusive lock on ``path``, waiting for it if need be; yield its file descriptor."""
    with path.open("a+b") as file:
        try:
            _lock(file.fileno(), wait=False)
        except OSError:
            print("Another start is preparing the environment; waiting for it.", file=sys.stderr, flush=True)
            _lock(file.fileno(), wait=True)
        yield file.fileno()


if sys.platform == "win32":

    def _lock(descriptor: int, *, wait: bool) -> None:
        import msvcrt
        import time

        while True:
            try:
                os.lseek(descriptor, 0, os.SEEK_SET)
                return msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    raise
                time.sleep(0.2)

else:

    def _lock(descriptor: int, *, wait: bool) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _run(arguments: Sequence[str], lock: int) -> tuple[int, str]:
    """Run a child that holds the lock too; show its progress on standard error, return its exit code and errors."""
    import subprocess

    # These settings of pip would carry the packages past the environment.
    environment = {key: value for key, value in os.environ.items() if key not in ("PIP_TARGET", "PIP_PREFIX")}
    environment["PIP_USER"] = "0"
    result = subprocess.run(
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.__stderr__,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        pass_fds=() if os.name == "nt" else (lock,),
    )
    return result.returncode, result.stderr


def _last(text: str) -> str:
    """Return the last error a program reported, without its mark, or its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.partition("ERROR:")[2].strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no reason was given"])[-1].rstrip(".")
