"""What the command line can do: one file a command, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from backprop_gui.commands.command import COMMANDS, Command, Parser, UsageError

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["COMMANDS", "Command", "Parser", "UsageError"]
