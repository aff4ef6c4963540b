"""Where the program's files are: its own, in a checkout, a package or a frozen application, and what it keeps."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def resource(name: str) -> Path:
    """Return the path of ``name`` below ``resources/``, for example ``resource("datasets/iris.csv")``.

    In a checkout the folder stands beside the package, in a wheel it is installed inside it, and a frozen
    application unpacks it beside its bundle.
    """
    return _resources() / name


def state_folder() -> Path:
    """Return the folder for what the program keeps between two starts and nobody looks at, made or not.

    Each system has its own custom; that of the free desktops names it in ``XDG_STATE_HOME``.
    """
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    if sys.platform == "win32":
        named, usual = os.environ.get("LOCALAPPDATA", ""), home / "AppData" / "Local"
    elif sys.platform == "darwin":
        named, usual = "", home / "Library" / "Application Support"
    else:
        named, usual = os.environ.get("XDG_STATE_HOME", ""), home / ".local" / "state"
    # A relative one means another place in every folder, and is to be ignored.
    return (Path(named) if Path(named).is_absolute() else usual) / "backprop-lab"


def _resources() -> Path:
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    for place in (package, package.parent, Path(frozen or package)):
        folder = place / "resources"
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder 'resources' is missing beside {package}: install Backprop Lab again")
