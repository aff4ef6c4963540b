"""Real data that come with the program, one table a data set; resources/datasets/SOURCES.md says whence they came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backprop_gui.data.conversion import load_table
from backprop_gui.data.dataset import Dataset
from backprop_gui.data.settings import DataSettings
from backprop_gui.data.sources import DATASETS, Source
from backprop_gui.paths import resource


def _real(name: str, title: str, description: str, citation: str) -> None:
    """Enter ``resources/datasets/<name>.csv``, whose last column is the target unless a person chooses another."""

    def make(settings: DataSettings, rng: np.random.Generator) -> Dataset:
        dataset = load_table(resource(f"datasets/{name}.csv"), settings.targets, settings.task)
        # What was assumed about the file is no news to the person, who did not bring it.
        return replace(dataset, title=title, notes=())

    licence = "UCI Machine Learning Repository, CC BY 4.0."
    DATASETS.add(
        name, Source(title, description, "Real data", make, None, None, citation=f"{citation} {licence}")
    )


_real(
    "iris",
    "Iris",
    "Three species of iris told apart by the length and width of sepals and petals: 150 flowers, 4 inputs.",
    "Fisher, R. A. (1936). Iris. https://doi.org/10.24432/C56C76.",
)
_real(
    "wine",
    "Wine",
    "Three cultivars told apart by chemical analysis: 178 wines, 13 inputs.",
    "Aeberhard, S. and Forina, M. (1992). Wine. https://doi.org/10.24432/C5PC7J.",
)
_real(
    "breast-cancer",
    "Breast cancer",
    "Benign or malignant, by 30 measures of the cell nuclei in a biopsy: 569 patients.",
    "Wolberg, W., Mangasarian, O., Street, N. and Street, W. (1993). Breast Cancer Wisconsin (Diagnostic). "
    "https://doi.org/10.24432/C5DW2B.",
)
_real(
    "digits",
    "Handwritten digits",
    "Pictures of digits, 8 x 8 pixels of 0 to 16: 1797 pictures, 64 inputs, 10 classes.",
    "Alpaydin, E. and Kaynak, C. (1998). Optical Recognition of Handwritten Digits. https://doi.org/10.24432/C50P49.",
)
