"""Qt's system libraries on Linux: which are missing, which package has them, and how to get them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from backprop_gui.errors import UserError

# By the name the loader asks for; the package names are those of Debian and Ubuntu.
OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11 = OFFSCREEN | {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def needed(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return library and package of all that Qt needs on this machine's screen, or to draw without one."""
    if not sys.platform.startswith("linux"):
        return {}
    platform = environ.get("QT_QPA_PLATFORM") or ("wayland" if environ.get("WAYLAND_DISPLAY") else "xcb")
    on_x11 = platform.startswith("xcb") and bool(environ.get("DISPLAY"))
    return X11 if on_x11 else OFFSCREEN


def missing(libraries: Iterable[str]) -> list[str]:
    """Return those of ``libraries`` that the loader does not find."""
    import ctypes

    absent = []
    for library in libraries:
        try:
            ctypes.CDLL(library)
        except OSError:
            absent.append(library)
    return absent


def provide(libraries: Mapping[str, str]) -> None:
    """Make sure that all of ``libraries`` (library: package) are there, installing them where this is allowed.

    Raises
    ------
    UserError
        If some are missing and cannot be installed; the sentence names them and the command.
    """
    absent = missing(libraries)
    if not absent:
        return
    from backprop_gui.bootstrap import apt

    packages = [libraries[library] for library in absent]
    names = ", ".join(absent)
    if not apt.available():
        raise UserError(
            f"Qt needs system libraries that are missing: {names}. "
            "Install them with your system's package manager and start again."
        )
    if not apt.is_root():
        raise UserError(
            f"Qt needs system libraries that are missing: {names}. "
            f"Install them and start again: {apt.command(packages)}"
        )
    apt.install(packages)
    still = missing(absent)
    if still:
        raise UserError(
            f"Qt's system libraries {', '.join(still)} are still missing after installing {' '.join(packages)}."
        )
