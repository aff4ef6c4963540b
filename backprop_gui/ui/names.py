"""How names look on the screen."""

from __future__ import annotations

import re
import unicodedata

_NUMBERED = re.compile(r"([^\W\d_]\u0302?)(\d+)(?:\.(\d+))?")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def display_name(name: str) -> str:
    """Return ``name`` with the number behind a single letter as an index: ``h2`` as h₂, ``h3.2`` as h₃,₂."""
    match = _NUMBERED.fullmatch(name)
    if not match:
        return name
    letter, first, second = match.groups()
    index = first.translate(_SUBSCRIPTS)
    return f"{letter}{index}" + (f",{second.translate(_SUBSCRIPTS)}" if second else "")


def one_line(name: str, longest: int = 60) -> str:
    """Return ``name`` as it can stand in a sentence or a title, whatever is in it.

    Line breaks and characters that steer the terminal or turn the direction of what follows become �, and what is
    too long is cut: a window's title of a megabyte ends the connection to the screen.
    """
    shown = name if len(name) <= longest else f"{name[: longest - 1]}…"
    return "".join("�" if unicodedata.category(letter) in _UNSEEN else letter for letter in shown)


__all__ = ["display_name", "one_line"]
