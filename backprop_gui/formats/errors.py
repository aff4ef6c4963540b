"""What can go wrong when a model is exported, in sentences for the person who wanted the file."""

from __future__ import annotations

from backprop_gui.errors import UserError


class ExportError(UserError):
    """A model that could not be exported; nothing was written, and a file that was there before is unchanged."""
