"""Findings: what is wrong with a network that does not learn, in words. One file a finder, found by looking here."""

from __future__ import annotations

import importlib
import pkgutil

from backprop_gui.engine.findings.checkup import Checkup, checkup_of
from backprop_gui.engine.findings.finding import FINDERS, Finder, Finding, Look, Severity, find_all

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["FINDERS", "Checkup", "Finder", "Finding", "Look", "Severity", "checkup_of", "find_all"]
