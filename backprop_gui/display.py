"""Whether there is a screen to open a window on, asked before Qt, which would end the process over it."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping

TIMEOUT_SECONDS = 3.0


def display_problem(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return a sentence that says why no window can be opened, or None if one can."""
    if (
        not sys.platform.startswith("linux")
        or environ.get("QT_QPA_PLATFORM")
        or environ.get("WAYLAND_DISPLAY")
    ):
        return None
    display = environ.get("DISPLAY")
    if not display:
        return "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set."
    if not _answers(display):
        return f"The display {display} does not answer."
    return None


def _answers(display: str) -> bool:
    """Try to reach an X server; what cannot be understood is left to Qt."""
    match = re.fullmatch(r"([^:/]*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return True
    host, number = match[1], int(match[2])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _listens(path) or _listens(f"\0{path}")
    try:
        socket.create_connection((host, 6000 + number), TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def _listens(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
    except OSError:
        return False
    return True
