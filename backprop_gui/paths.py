"""Where the program's own data files are: in a checkout, in an installed package, in a frozen application."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(name: str) -> Path:
    """Return the path of ``name`` below ``resources/``, for example ``resource("datasets/iris.csv")``.

    In a checkout the folder stands beside the package, in a wheel it is installed inside it, and a frozen
    application unpacks it beside its bundle.
    """
    return _resources() / name


def _resources() -> Path:
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    for place in (package, package.parent, Path(frozen or package)):
        folder = place / "resources"
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder 'resources' is missing beside {package}: install Backprop Lab again")
