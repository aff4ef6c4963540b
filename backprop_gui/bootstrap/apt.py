"""Packages of Debian and its relatives: the one command a person would type, or the same done by root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from backprop_gui.errors import UserError

# Since the change to 64-bit times, newer releases call some packages differently.
_RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}


def available() -> bool:
    """Whether this machine installs its packages with apt."""
    return shutil.which("apt-get") is not None


def is_root() -> bool:
    """Whether packages can be installed without asking for a password."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def command(packages: Sequence[str]) -> str:
    """Return the command that installs ``packages``, as a person would type it."""
    sudo = "" if is_root() else "sudo "
    return f"{sudo}apt-get install {' '.join(_names(packages))}"


def install(packages: Sequence[str]) -> None:
    """Install ``packages`` as root, asking nothing.

    Raises
    ------
    UserError
        If apt fails; the sentence holds the command to type and apt's own last words.
    """
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing system packages: {' '.join(packages)}", file=sys.stderr, flush=True)
    _run(["apt-get", "update", "-qq"], packages, environment)
    arguments = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_names(packages)]
    _run(arguments, packages, environment)


def _run(arguments: list[str], packages: Sequence[str], environment: dict[str, str]) -> None:
    result = subprocess.run(
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if result.returncode:
        lines = result.stderr.strip().splitlines() or [f"it exited with {result.returncode}"]
        raise UserError(
            f"System packages could not be installed ({lines[-1].strip()}). "
            f"Type this and start again: {command(packages)}"
        )


def _names(packages: Sequence[str]) -> list[str]:
    """Return the names under which this release has the packages."""
    return [_RENAMED[name] if name in _RENAMED and _exists(_RENAMED[name]) else name for name in packages]


def _exists(package: str) -> bool:
    if shutil.which("apt-cache") is None:
        return False
    result = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return result.returncode == 0
