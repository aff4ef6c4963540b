"""How names look on the screen."""

from __future__ import annotations

import re
import unicodedata

from backprop_gui.engine.operations.expression import Symbol
from backprop_gui.network import Network

_NUMBERED = re.compile(r"([^\W\d_]\u0302?)(\d+)(?:\.(\d+))?")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_WORD = re.compile(r"(?<![\w.])[^\W\d_]\u0302?\d+(?:\.\d+)?(?!\.?\w)")
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


def as_drawn(sentence: str, network: Network) -> str:
    """Return ``sentence`` with the names of the network's neurons as the canvas shows them."""
    names = {neuron.name for neuron in network.neurons}
    return _WORD.sub(lambda word: display_name(word[0]) if word[0] in names else word[0], sentence)


def symbol_name(symbol: Symbol) -> str:
    """Return the name of a quantity where it cannot be set: ``δ of h₁``, ``w h₁ → o₂``, ``f′(z of h₁)``."""
    letter = (
        f"{symbol.letter}{'̂' if symbol.hat else ''}{'̄' if symbol.bar else ''}{'′' if symbol.prime else ''}"
    )
    ends = [display_name(end) for end in symbol.index.split("→")]
    index = f" of {ends[0]}" if len(ends) == 1 else " " + " → ".join(ends)
    name = f"{letter}{index if symbol.index else ''}"
    if symbol.above:
        name += f", {symbol.above}"
    if symbol.argument is not None:
        name = f"{letter}({symbol_name(symbol.argument)})"
    return f"∂{symbol_name(symbol.derivative_of)}/∂{name}" if symbol.derivative_of else name


def one_line(name: str, longest: int = 60) -> str:
    """Return ``name`` as it can stand in a sentence or a title, whatever is in it.

    What looks like the beginning of markup is made not to. Line breaks and characters that steer a terminal or turn
    the direction of what follows become �. What is too long is cut: a title of a megabyte could end the program.
    """
    shown = name if len(name) <= longest else f"{name[: longest - 1]}…"
    shown = "".join("�" if unicodedata.category(letter) in _UNSEEN else letter for letter in shown)
    return _MARKUP.sub("‹", shown)


__all__ = ["as_drawn", "display_name", "one_line", "symbol_name"]
