"""What a network learns from: data sets made from a seed, real ones, and tables that a person brings."""

from __future__ import annotations

# Importing these files enters their data sets into the registry; the gallery shows them in this order.
# isort: off
from backprop_gui.data import logic as _logic  # noqa: F401
from backprop_gui.data import worked as _worked  # noqa: F401
from backprop_gui.data import shapes as _shapes  # noqa: F401
from backprop_gui.data import functions as _functions  # noqa: F401
from backprop_gui.data import real as _real  # noqa: F401

# isort: on
from backprop_gui.data.columns import Column
from backprop_gui.data.conversion import column_names, dataset_from_table, inputs_from_table
from backprop_gui.data.dataset import Dataset, Task
from backprop_gui.data.errors import DataError
from backprop_gui.data.prepare import Prepared, default_settings, divide, is_file_path, load, prepare
from backprop_gui.data.preview import Preview, preview
from backprop_gui.data.scaling import Scaling
from backprop_gui.data.settings import BOUNDS, DataSettings
from backprop_gui.data.sources import DATASETS, Source
from backprop_gui.data.table import Table, read_table

__all__ = [
    "BOUNDS",
    "DATASETS",
    "Column",
    "DataError",
    "DataSettings",
    "Dataset",
    "Prepared",
    "Preview",
    "Scaling",
    "Source",
    "Table",
    "Task",
    "column_names",
    "dataset_from_table",
    "default_settings",
    "divide",
    "inputs_from_table",
    "is_file_path",
    "load",
    "prepare",
    "preview",
    "read_table",
]
