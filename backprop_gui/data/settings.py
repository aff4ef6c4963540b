"""What a person chooses about the data: which, how much, how noisy, and how it is divided."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backprop_gui.data.dataset import Task
from backprop_gui.data.errors import DataError

BOUNDS: dict[str, tuple[float, float]] = {
    "examples": (10, 20_000),
    "noise": (0.0, 1.0),
    "test_share": (0.0, 0.9),
    "seed": (0, 2**31 - 1),
}
"""The lowest and highest value of every setting that is a number; both ends are allowed."""

_WORDS = {
    "examples": "The number of examples",
    "noise": "The noise",
    "test_share": "The test share",
    "seed": "The seed of the data",
}


@dataclass(frozen=True, slots=True)
class DataSettings:
    """The choices from which the same data can be made again, bit for bit.

    Attributes
    ----------
    source : str
        A name in `DATASETS`, or the path of a CSV file. A name wins over a file that is called the same.
    examples : int
        How many examples to draw; fixed data (truth tables, files) ignore it.
    noise : float
        Standard deviation of the Gaussian noise, in the data's own units: added to the position of points that have
        a class, to the target of functions. Data without a noise setting ignore it.
    test_share : float
        Share of the examples kept apart for testing.
    seed : int
        Seed of the drawing and of the division into training and test parts.
    standardize : bool
        Whether inputs are shifted and scaled to mean 0 and standard deviation 1 of the training part.
    targets : tuple[str, ...]
        Columns of a table that are the answer; none means the last one.
    task : Task | None
        What the target of a table means; None decides by the column (see `conversion`).
    """

    source: str = "xor"
    examples: int = 200
    noise: float = 0.0
    test_share: float = 0.0
    seed: int = 0
    standardize: bool = False
    targets: tuple[str, ...] = ()
    task: Task | None = None

    def validated(self) -> DataSettings:
        """Return these settings, or raise a `DataError` that says which one is out of range."""
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # also catches NaN, which compares false with everything
                raise DataError(f"{_WORDS[name]} must be from {low:g} to {high:.10g}, not {value!r}.")
        if not self.source:
            raise DataError("No data are chosen: name a data set or a CSV file.")
        if len(set(self.targets)) < len(self.targets):
            raise DataError("A target column is named twice: name each column once.")
        # Zero may come with a minus sign, which NumPy refuses for a noise.
        return replace(self, noise=abs(self.noise), test_share=abs(self.test_share))
