"""What the program needs, and whether the Python that runs has it: a look at folder names, not at packages.

``importlib.metadata`` would answer too, but importing it and reading every package's file takes ten times as
long as listing the folders, and this question is asked at every start.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

_CLAUSE = re.compile(r"(>=|<=|==|!=|<|>)\s*([0-9][^\s,]*)")


def satisfied(pyproject: Path, groups: Iterable[str] = (), folders: Iterable[str] | None = None) -> bool:
    """Whether everything that ``pyproject`` asks for is installed, in versions it allows.

    Parameters
    ----------
    pyproject : Path
        The ``pyproject.toml`` with ``project.dependencies`` and ``dependency-groups``.
    groups : iterable of str
        Dependency groups that are needed besides.
    folders : iterable of str, optional
        Where packages are installed; by default where this Python looks for them.
    """
    found = installed(sys.path if folders is None else folders)
    return all(
        name in found and allows(ranges, found[name]) for name, ranges in required(pyproject, groups).items()
    )


def required(pyproject: Path, groups: Iterable[str] = ()) -> dict[str, str]:
    """Return the ranges asked for, such as ``">=6.11.3,<6.12"``, by normalized package name."""
    import tomllib

    content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    lines = list(content["project"]["dependencies"])
    for group in groups:
        lines += content["dependency-groups"][group]
    found: dict[str, str] = {}
    for line in lines:
        name = re.match(r"[A-Za-z0-9._-]+", line)
        if name is None:
            raise ValueError(f"pyproject.toml asks for {line!r}, which is no package name")
        found[normalized(name[0])] = line[name.end() :].strip()
    return found


def installed(folders: Iterable[str]) -> dict[str, str]:
    """Return the version of every package in ``folders``, by normalized name; the first folder wins, as in imports."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            entries = os.listdir(folder or ".")
        except OSError:  # a zip file, or a folder that does not exist: both are usual on sys.path
            continue
        for entry in entries:
            stem, suffix = os.path.splitext(entry)
            if suffix in (".dist-info", ".egg-info"):
                name, _, version = stem.partition("-")
                found.setdefault(normalized(name), version.partition("-")[0])
    return found


def allows(ranges: str, version: str) -> bool:
    """Whether ``version`` lies within ``ranges``; a version that cannot be read does not."""
    number = _number(version)
    if number is None:
        return False
    for operator, bound_text in _CLAUSE.findall(ranges):
        bound = _number(bound_text)
        if bound is None:
            return False
        # The sign of the comparison: -1, 0 or 1.
        sign = (number > bound) - (number < bound)
        if not {
            ">=": sign >= 0,
            "<=": sign <= 0,
            "==": sign == 0,
            "!=": sign != 0,
            "<": sign < 0,
            ">": sign > 0,
        }[operator]:
            return False
    return True


def normalized(name: str) -> str:
    """Write a package name the way that makes ``PySide6-Essentials`` and ``pyside6_essentials`` the same."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _number(version: str) -> tuple[int, ...] | None:
    """Return the release part without trailing zeros: ``"2.10.0+cpu"`` is (2, 10); a pre-release is refused."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)(?:\.?post\d+)?(?:\+.*)?", version)
    if match is None:
        return None
    parts = [int(part) for part in match[1].split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
