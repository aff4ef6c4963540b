"""The keys that move the crosshair of a plot from one record to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt


def moved(key: int, index: int, last: int, *, begin: int = -1) -> int | None:
    """Return the record that a key leads to, -1 for none; None if it means nothing here.

    Parameters
    ----------
    index, last : int
        The record under the crosshair, -1 for none, and the last one that there is.
    begin : int
        Where the arrows begin when there is no crosshair yet.
    """
    at = index if index >= 0 else begin
    move = {
        Qt.Key.Key_Left: max(0, at - 1),
        Qt.Key.Key_Right: min(last, at + 1),
        Qt.Key.Key_Home: 0,
        Qt.Key.Key_End: last,
        Qt.Key.Key_Escape: -1,
    }.get(Qt.Key(key))
    nothing = move is None or last < 0 or (move < 0 and index < 0)
    return None if nothing else move


__all__ = ["moved"]
