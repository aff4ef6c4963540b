"""What can be wrong with data, in sentences for the person who brought it."""

from __future__ import annotations

from backprop_gui.errors import UserError


class DataError(UserError):
    """Data that cannot be learned from; the message names the line and the column where there is one."""
