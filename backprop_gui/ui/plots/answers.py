"""The predictions for the examples of one part of the data, or for an even selection where they are many."""

from __future__ import annotations

from backprop_gui.data import Prepared
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.engine.plan import Plan
from backprop_gui.ui.plots.predictor import Predictor, part_of

PRODUCTS = 5e7
"""Most multiplications for one picture: some ten to fifty milliseconds."""


class Answers:
    """Sends the examples of one part of the data through the network of a frame.

    Attributes
    ----------
    targets : (examples, outputs) array
        Of the examples used.
    indices : (examples,) integers
        Which examples of the part these are.
    note : str
        What to say where not all examples are used; otherwise empty.
    """

    def __init__(self, prepared: Prepared, part: Part) -> None:
        self.part = part
        self._x, self._t = part_of(prepared, part)
        self._plan: Plan | None = None
        self._use(len(self._x))

    def _use(self, count: int) -> None:
        total = len(self._x)
        self.indices = evenly_chosen(total, count)
        self.targets = self._t[self.indices]
        self.note = "" if len(self.indices) == total else f"{len(self.indices):,} of {total:,} examples"
        self._predictor = Predictor(self._x[self.indices])

    def predict(self, frame: Frame) -> Array:
        """Return the predictions, (examples, outputs), in the precision of the network."""
        if frame.plan is not self._plan:
            self._plan = frame.plan
            affordable = max(50, int(PRODUCTS / (frame.plan.size + 20 * frame.plan.row_count)))
            if min(affordable, len(self._x)) != len(self.indices):
                self._use(affordable)
        return self._predictor.predict(frame).T


__all__ = ["Answers"]
