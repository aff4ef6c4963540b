"""How the name of a neuron looks on the screen."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"([^\W\d_]\u0302?)(\d+)(?:\.(\d+))?")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def display_name(name: str) -> str:
    """Return ``name`` with the number behind a single letter as an index: ``h2`` as h₂, ``h3.2`` as h₃,₂."""
    match = _NUMBERED.fullmatch(name)
    if not match:
        return name
    letter, first, second = match.groups()
    index = first.translate(_SUBSCRIPTS)
    return f"{letter}{index}" + (f",{second.translate(_SUBSCRIPTS)}" if second else "")


__all__ = ["display_name"]
