"""What crosses from the worker to the window: frozen snapshots, and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.attic import Attic
from backprop_gui.engine.branch import Branch
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.passes import Trace
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.network import Key


class Part(enum.Enum):
    """Which part of the data is looked at: an example of one, all of a batch, or what somebody typed."""

    TRAIN = "train"
    TEST = "test"
    BATCH = "batch"
    ALL = "all"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Probe:
    """What the person looks at.

    Attributes
    ----------
    part : Part
        ``TRAIN`` and ``TEST``: one example; ``BATCH``: the mean over the next batch; ``ALL``: that over all training
        examples; ``TYPED``: one example that is not in the data.
    index : int
        The number of the example in its part, from 0; of no meaning for the others.
    x, t : tuples of float
        For ``TYPED``, the inputs as the network sees them (scaled) and the targets.
    """

    part: Part = Part.TRAIN
    index: int = 0
    x: tuple[float, ...] = ()
    t: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The data loss (without penalties) over one part of the data, and the share of right answers, 0 to 1.

    ``accuracy`` is None where the targets are not classes.
    """

    loss: float
    accuracy: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Coming:
    """The next update, which has not been made yet, with everything that it is made of.

    Attributes
    ----------
    batch : (examples,) array of int
        The training examples that it learns from, counted from 0.
    gradient : (plan.size,) array
        The gradient of the batch's data loss, reduced (mean or sum) as training reduces it.
    used : (plan.size,) array
        What the optimiser is given: ``gradient`` with the penalties, then clipped.
    clip : float
        The factor that clipping shortened it by; 1 if it did not.
    vectors : dict of (plan.size,) arrays
        The optimiser's memory before the update, by name.
    count : int
        Its number among the steps of this optimiser, from 1.
    rate : float
        The learning rate of this update.
    step : (plan.size,) array
        What is added to θ.
    """

    batch: Indices
    gradient: Array
    used: Array
    clip: float
    vectors: Mapping[str, Array]
    count: int
    rate: float
    step: Array


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The recorded losses up to now: read-only views, which stay valid and unchanged while training goes on.

    Attributes
    ----------
    epochs : (records,) array
        The time of each record, in epochs.
    train, test : (records,) arrays
        Data losses; ``test`` is NaN throughout where there is no test part.
    train_accuracy, test_accuracy : (records,) arrays
        Shares from 0 to 1; NaN where the targets are not classes.
    """

    epochs: Array
    train: Array
    test: Array
    train_accuracy: Array
    test_accuracy: Array


@dataclass(frozen=True, slots=True)
class Beginning:
    """From when on losses can be compared: the start, or where the loss or the data were exchanged last.

    Attributes
    ----------
    epoch : float
        The time, in epochs. Records up to then, that one included, may be of another kind.
    loss : float
        The training loss at that moment.
    """

    epoch: float
    loss: float


class NoteKind(enum.Enum):
    """What a note is about."""

    NOT_FINITE = "not finite"
    STOPPED_EARLY = "stopped early"
    BREAKPOINT = "breakpoint"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened in training and that a person must read.

    Attributes
    ----------
    text : str
        One or two sentences.
    step : int
        The update at which it happened, counted from 1.
    layer, parameter : str
        For numerical trouble, what first went wrong; otherwise empty.
    neuron : int or None
        For numerical trouble, the id of the neuron to look at.
    can_go_back : bool
        For numerical trouble, whether there is a moment before it.
    weight : key or None
        For numerical trouble, the parameter that is named.
    example : int or None
        For numerical trouble, the training example at which it began, from 0.
    keys : frozenset of keys
        For a breakpoint, the neurons and edges to look at.
    """

    kind: NoteKind
    text: str
    step: int
    layer: str = ""
    parameter: str = ""
    neuron: int | None = None
    can_go_back: bool = True
    weight: Key | None = None
    example: int | None = None
    keys: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A change on the way: at which step and time, in epochs, and what it is called."""

    step: int
    epoch: float
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """What can be gone to: every update from the first step to the newest one, and the changes between them."""

    first_step: int = 0
    first_epoch: float = 0.0
    last_step: int = 0
    last_epoch: float = 0.0
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment of training, complete in itself; every array is read-only.

    It carries the plan and the loss that made it, so a frame that arrives after an edit is merely older, never wrong.

    Attributes
    ----------
    plan : Plan
    loss : Loss
        What ``trace`` is the loss and gradient of, and what the scores are measured by.
    step, epoch : int, float
        Updates made so far, and passes over the training data; a fraction within an epoch.
    theta : (plan.size,) array
        All parameters at this moment.
    train, test : Score or None
        As last evaluated, at ``scored_at`` (in epochs), which is at most one recording interval old; ``test`` is
        None without a test part.
    penalty : float
        The L1 and L2 penalty at this moment, apart from the data loss.
    curve : Curve
    beginning : Beginning
        Since when the losses of the curve can be compared with that of this moment.
    probe : Probe
        The example that ``trace`` is about.
    trace : Trace
        Every number of the forward and backward pass of the probe at this moment: one row, which is that of the
        example, or holds the means over the examples of a batch.
    rows : Trace or None
        For a batch, the whole trace, a row an example; None where the probe is one example.
    mean : bool
        Whether the gradient of a batch is the mean over its examples, or their sum.
    coming : Coming
        The next update, with the next batch; its step is 0 while there is numerical trouble.
    batch : (position, size)
        How many examples of the current batch have been looked at in single steps, and how large it is.
    rate : float
        Updates a second, measured; 0 while paused.
    note : Note or None
    attic : Attic
        What edits had taken away until then; not to be changed.
    change : int
        The number of the last change of the drawing that it knows of.
    span : Span
        The timeline, which ends at the newest step.
    past : bool
        Whether this is a moment of the past, which is looked at while training stands elsewhere. ``curve`` goes on
        beyond it, ``attic`` and ``change`` are those of the present.
    branch : Branch
        The way that training is on at present: another one once it has begun anew or gone on from the past.
    origin : object
        What this moment's drawing, data and settings came from: whatever the trainer was told.
    """

    plan: Plan
    loss: Loss
    step: int
    epoch: float
    theta: Array
    train: Score
    test: Score | None
    scored_at: float
    penalty: float
    curve: Curve
    beginning: Beginning
    probe: Probe
    trace: Trace
    coming: Coming
    batch: tuple[int, int]
    rate: float = 0.0
    note: Note | None = None
    attic: Attic = field(default_factory=Attic)
    change: int = 0
    rows: Trace | None = None
    mean: bool = True
    span: Span = Span()
    past: bool = False
    branch: Branch = field(default_factory=Branch)
    origin: object = None

    @property
    def update(self) -> Array:
        """What the optimiser will add to ``theta`` in the next step, with the next batch: (plan.size,)."""
        return self.coming.step

    @property
    def losses(self) -> Array:
        """The recorded training losses up to this moment that can be compared, with the one they begin at."""
        times = self.curve.epochs
        return np.append(
            self.beginning.loss, self.curve.train[(times > self.beginning.epoch) & (times <= self.epoch)]
        )
