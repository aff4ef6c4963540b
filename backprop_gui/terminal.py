"""Talking to the person at the terminal, apart from the results that a command prints."""

from __future__ import annotations

import contextlib
import sys

PROGRAM = "backprop-gui"


def say(sentence: str) -> None:
    """Print a sentence on standard error; if nobody can read it there, that is no reason to stop."""
    if sys.stderr is None:
        return
    # A line break in a name must not make two lines of one message.
    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: {' '.join(sentence.split())}", file=sys.stderr, flush=True)
