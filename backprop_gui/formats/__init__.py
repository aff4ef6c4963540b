"""Other programs' files: every trained network, of any shape, in formats that others read.

One file a format, found by looking into this folder; what they share is the calculation that a model is.
"""

from __future__ import annotations

import importlib
import pkgutil

from backprop_gui.formats.errors import ExportError
from backprop_gui.formats.export import ExportReport, export
from backprop_gui.formats.format import FORMATS, Check, Format, format_of
from backprop_gui.formats.model import Model

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["FORMATS", "Check", "ExportError", "ExportReport", "Format", "Model", "export", "format_of"]
