"""Properties that the style sheet reads: Qt looks at them again only when it is told to."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_look(widget: QWidget, name: str, value: str | bool) -> None:
    """Give ``widget`` a property of the style sheet, such as its tone, and dress it anew if that changes it."""
    if value != (widget.property(name) or type(value)()):
        widget.setProperty(name, value)
        dress_anew(widget)


def dress_anew(widget: QWidget) -> None:
    """Let the style sheet be read again for ``widget``: something that it depends on has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


__all__ = ["dress_anew", "set_look"]
