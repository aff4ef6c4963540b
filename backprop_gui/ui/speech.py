"""What a screen reader is told at once, beside the names and descriptions that it asks for."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
"""Screen readers leave small digits out, and h₁ would be h."""


def say(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have ``text`` read aloud, if anybody listens; an ``urgent`` one interrupts what is being read."""
    if not text or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text.translate(SUBSCRIPTS))
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


__all__ = ["say"]
