"""What the finders look at: one moment of training, traced over the training data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.flow import Flow, flow_in
from backprop_gui.engine.frame import Note
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace, trace
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network import Neuron

MOST_EXAMPLES = 2048
"""Shares over so many examples are known to about two percent (1 / √n)."""
MOST_NUMBERS = 131_072
"""Numbers in each array of a trace (examples times neurons): 1 MB, which a cache holds; larger ones take far longer."""
SETTLED = 0.05
"""A loss below this share of the first one is learned: that deltas are small then is the aim and no trouble."""


@dataclass(frozen=True, eq=False)
class Checkup:
    """One moment of training.

    Attributes
    ----------
    plan, theta, loss, settings
    x, t : (examples, inputs), (examples, outputs) arrays
        All the training data.
    chosen : (traced,) int array
        Which of the examples are in the trace: all, or as many as are enough, evenly chosen.
    trace : Trace
    update : (plan.size,) array
        What the optimiser will add to ``theta`` next.
    losses : (records,) array
        The recorded training losses, of one kind and of the same data, from the first to the last.
    epoch : float
    note : Note or None
    """

    plan: Plan
    theta: Array
    loss: Loss
    settings: TrainingSettings
    x: Array
    t: Array
    chosen: Indices
    trace: Trace
    update: Array
    losses: Array
    epoch: float
    note: Note | None

    @cached_property
    def flow(self) -> Flow:
        """The gradient flow in the trace."""
        return flow_in(self.plan, self.theta, self.update, self.trace)

    @property
    def whole(self) -> bool:
        """Whether every training example is in the trace."""
        return len(self.chosen) == len(self.x)

    @property
    def examples(self) -> str:
        """The examples of the trace in words, such as ``all 4 training examples``."""
        if not self.whole:
            return f"{len(self.chosen):,} of {len(self.x):,} training examples, evenly chosen"
        return f"all {len(self.x):,} training examples" if len(self.x) > 1 else "the one training example"

    @property
    def settled(self) -> bool:
        """Whether the loss has fallen so far that hardly anything is left to be learned."""
        now = float(self.trace.losses.mean())
        return now <= SETTLED * float(self.losses[0])

    def chunks(self) -> Iterator[tuple[int, Trace]]:
        """Yield (index of the first example, trace) of all training data, in pieces that fit into memory."""
        size = len(self.chosen)
        for start in range(0, len(self.x), size):
            part = slice(start, start + size)
            yield start, trace(self.plan, self.theta, self.x[part], self.t[part], self.loss)

    def column(self, neuron: Neuron) -> int:
        """Return the column of a neuron in the trace."""
        return self.plan.column[neuron.id]


def checkup_of(
    plan: Plan,
    theta: Array,
    x: Array,
    t: Array,
    loss: Loss,
    update: Array,
    losses: Array,
    settings: TrainingSettings,
    epoch: float = 0.0,
    note: Note | None = None,
    most: int = MOST_EXAMPLES,
) -> Checkup:
    """Return a checkup of one moment; at most ``most`` examples are traced, fewer of a large network."""
    room = max(32, MOST_NUMBERS // max(1, len(plan.network.neurons)))
    chosen = evenly_chosen(len(x), min(most, room))
    seen = trace(plan, theta, x[chosen], t[chosen], loss)
    return Checkup(plan, theta, loss, settings, x, t, chosen, seen, update, losses, epoch, note)


__all__ = ["Checkup", "checkup_of"]
