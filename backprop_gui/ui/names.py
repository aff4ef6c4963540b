"""How names look on the screen."""

from __future__ import annotations

import re
import unicodedata

_NUMBERED = re.compile(r"([^\W\d_]\u0302?)(\d+)(?:\.(\d+))?")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
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

    What looks like the beginning of markup is made not to. Line breaks and characters that steer a terminal or turn
    the direction of what follows become �. What is too long is cut: a title of a megabyte could end the program.
    """
    shown = name if len(name) <= longest else f"{name[: longest - 1]}…"
    shown = "".join("�" if unicodedata.category(letter) in _UNSEEN else letter for letter in shown)
    return _MARKUP.sub("‹", shown)


__all__ = ["display_name", "one_line"]
