"""Errors as people see them: a sentence in the window, never a traceback."""

from __future__ import annotations

import logging

log = logging.getLogger("backprop_gui")


def unexpected(error: BaseException) -> str:
    """Word an error that nobody foresaw, and leave the details in the log."""
    log.error("unexpected error", exc_info=error)
    return (
        f"Something went wrong inside Backprop Lab ({type(error).__name__}: {error}). Your work is still there: "
        "save it, and please report what you did."
    )
