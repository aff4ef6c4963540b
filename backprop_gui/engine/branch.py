"""Branches: which moments of training lie on one way, and up to when two of them do."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A way that training goes, until it begins anew or goes on from an earlier moment; each is only itself.

    Attributes
    ----------
    parent : Branch or None
        What it went off from; None for one that begins anew, or where a run is taken up.
    since : float
        The epoch at which it went off.
    """

    parent: Branch | None = None
    since: float = -math.inf

    def common_with(self, earlier: Branch) -> float:
        """Return the epoch up to which this branch and ``earlier``, which it may come from, are one.

        It is infinite for the branch itself, and minus infinity where nothing is common.
        """
        branch: Branch | None = self
        until = math.inf
        while branch is not None and branch is not earlier:
            until = min(until, branch.since)
            branch = branch.parent
        return until if branch is earlier else -math.inf


__all__ = ["Branch"]
