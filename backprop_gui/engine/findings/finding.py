"""What a finding is, and the registry of those who find."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from backprop_gui.engine.findings.checkup import Checkup
from backprop_gui.network import Key
from backprop_gui.registry import Registry


class Severity(enum.Enum):
    """How much it matters, the worst first."""

    STOPS = "stops"
    """Nothing can be learned before it is mended."""
    HINDERS = "hinders"
    """It learns less, or more slowly, than it could."""


class Look(enum.Enum):
    """Where the finding can be seen."""

    ACTIVATIONS = "activations"
    DELTAS = "deltas"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, said to a person.

    Attributes
    ----------
    kind : str
        The name of its finder.
    title : str
        A few words.
    text : str
        What was found, with its numbers and with the examples it was found on.
    why, remedy : str
        Why that is so, and what can be done.
    keys : tuple of keys
        Neurons and edges to be shown.
    look : Look
    example : int or None
        The training example that shows it best, from 0.
    """

    kind: str
    severity: Severity
    title: str
    text: str
    why: str
    remedy: str
    keys: tuple[Key, ...] = ()
    look: Look = Look.DELTAS
    example: int | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for one kind of trouble; ``looks_for`` says in a few words for which."""

    name: str
    looks_for: str
    find: Callable[[Checkup], list[Finding]]


FINDERS: Registry[Finder] = Registry("finder")


def find_all(checkup: Checkup) -> list[Finding]:
    """Return what all finders find, the worst first."""
    found = [finding for finder in FINDERS.values() for finding in finder.find(checkup)]
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


__all__ = ["FINDERS", "Finder", "Finding", "Look", "Severity", "find_all"]
