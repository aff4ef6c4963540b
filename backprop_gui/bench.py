"""How fast a training step is, side by side with PyTorch and scikit-learn in one run.

A step is everything an update takes: taking the batch from shuffled data, forward, backward, and plain SGD, with the
same network, batch size and precision on both sides. What is compared:

- ours is :meth:`Stepper.update`, as the window and the command line run it;
- PyTorch is its usual eager loop over ``nn.Sequential`` with ``torch.optim.SGD``, on one thread or on as many as it
  takes by itself, whichever is faster here (on a busy machine many threads wait for each other);
- scikit-learn is the loop inside ``MLPRegressor.fit`` or ``MLPClassifier.fit``, without momentum and without
  regularisation. It also adds up the loss of every batch. ``fit`` is called with so many updates that what it does
  once, about a millisecond of checking the data, is at most a few hundredths of the figure. Its products, which are
  NumPy's too, get as many threads as ours.

The two sides take turns in many short rounds, and each figure is the median of its rounds: whatever else the machine
does meanwhile disturbs both alike.
"""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from backprop_gui.engine.arrays import PRECISIONS, Array
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.gradient_check import check_gradient
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.stepper import Stepper
from backprop_gui.engine.threads import threads_for, with_threads
from backprop_gui.network import dense

REPEATS = 25
"""Rounds of a comparison; each figure is the median over them."""
ROUND_SECONDS = 0.04
"""How long either side runs in one round, at least."""
SHORTEST_ROUND = 5
"""Epochs that a round has at least."""
CHECKED = ((64, 128, 10), (784, 128, 10))
"""Networks whose gradient is checked."""
CHECKS = 5
"""How often each is; the figure is the median."""
BATCHES = 20
"""Batches in the data of a case."""
RATE = 0.01

Row = dict[str, Any]
Steps = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One network to train: ``classes`` makes it a classification with a softmax, else it is a regression."""

    sizes: tuple[int, ...]
    activation: str
    batch: int
    precision: str = "float64"
    classes: bool = False

    @property
    def name(self) -> str:
        """What the case is called in the table, such as ``2-4-2-1 tanh, batch 10, float64``."""
        shape = "-".join(map(str, self.sizes))
        return f"{shape} {self.activation}, batch {self.batch}, {self.precision}"

    def data(self) -> tuple[Array, Array]:
        """Return x, (examples, inputs), and t, (examples, outputs), the same ones every time."""
        rng = np.random.default_rng(0)
        count, outputs, dtype = BATCHES * self.batch, self.sizes[-1], PRECISIONS[self.precision]
        x = rng.normal(size=(count, self.sizes[0])).astype(dtype)
        if self.classes:
            return x, np.eye(outputs, dtype=dtype)[rng.permutation(count) % outputs]
        return x, rng.normal(size=(count, outputs)).astype(dtype)


CASES = (
    Case((2, 4, 2, 1), "tanh", 10),
    Case((2, 8, 8, 8, 8, 8, 8, 1), "tanh", 10),
    Case((64, 128, 64, 1), "relu", 32),
    Case((784, 256, 128, 10), "relu", 128, "float32", classes=True),
)


def run(
    cases: Sequence[Case] | None = None,
    repeats: int = REPEATS,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Row]:
    """Measure the cases against every peer that is installed.

    Parameters
    ----------
    cases : sequence of Case, optional
        All of ``CASES`` without it.
    repeats : int
        Rounds of each comparison.
    progress : callable
        Told in a sentence what is being done and which peer is missing.

    Returns
    -------
    list of dict
        ``case``, ``peer``, ``ours_us`` and ``peer_us`` (microseconds a step), and ``ratio``, which is above 1 where
        we are faster. A peer that is not installed has no rows; a case without any peer has one row whose ``peer``,
        ``peer_us`` and ``ratio`` are None.
    """
    peers = {}
    for name, (module, prepare) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            progress(f"{name} is not installed, so there is no comparison with it.")
        else:
            peers[f"{name} {importlib.import_module(module).__version__}"] = prepare
    rows: list[Row] = []
    for case in CASES if cases is None else cases:
        if not peers:
            progress(f"Measuring {case.name}.")
            [ours] = _interleaved([_ours(case)], repeats)
            rows.append({"case": case.name, "peer": None, "ours_us": ours, "peer_us": None, "ratio": None})
        for peer, prepare in peers.items():
            progress(f"Measuring {case.name} against {peer}.")
            ours, theirs = _interleaved([_ours(case), prepare(case)], repeats)
            ratio = theirs / ours
            rows.append({"case": case.name, "peer": peer, "ours_us": ours, "peer_us": theirs, "ratio": ratio})
    return rows


def format_table(rows: Sequence[Row]) -> str:
    """Return the rows of :func:`run` as lines of text in columns."""
    table = [("network, batch, precision", "compared with", "ours µs", "theirs µs", "times faster")]
    for row in rows:
        theirs = ("-", "-") if row["peer"] is None else (f"{row['peer_us']:.1f}", f"{row['ratio']:.2f}")
        table.append((row["case"], row["peer"] or "nothing installed", f"{row['ours_us']:.1f}", *theirs))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in table)
    )


def format_measures(rows: Sequence[Row]) -> str:
    """Return rows with a ``value`` and its ``unit`` as lines of text in columns."""
    table = [(row["case"], row["what"], f"{row['value']:.1f} {row['unit']}") for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def check_rows(repeats: int = CHECKS, progress: Callable[[str], None] = lambda text: None) -> list[Row]:
    """Measure the gradient check of about 10,000 and 100,000 parameters on one example, as the window makes it.

    Returns
    -------
    list of dict
        ``case``, ``what``, ``value`` (the median) and ``unit``.
    """
    rows: list[Row] = []
    for sizes, activation in product(CHECKED, ("tanh", "relu")):
        case = Case(sizes, activation, 1, classes=True)
        progress(f"Measuring the gradient check of {case.name}.")
        x, t = (array[:1] for array in case.data())
        draw = drawer("xavier-uniform", 0)
        plan = compile_network(dense(sizes, activation=activation, output_activation="identity", draw=draw))
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            check_gradient(plan, plan.start, x, t, LOSSES["cross-entropy"])
            seconds.append(time.perf_counter() - start)
        value = statistics.median(seconds)
        what = f"gradient check of {len(plan.slots):,} parameters"
        rows.append({"case": case.name, "what": what, "value": 1000 * value, "unit": "ms"})
    return rows


def _interleaved(sides: Sequence[Steps], repeats: int) -> list[float]:
    """Return the median microseconds a step of each side, which take turns."""
    counts = [_round_length(steps) for steps in sides]
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(repeats):
        for steps, count, measured in zip(sides, counts, times, strict=True):
            measured.append(_seconds(steps, count) / count * 1e6)
    return [statistics.median(measured) for measured in times]


def _round_length(steps: Steps) -> int:
    """Return how many steps make a round: a whole number of epochs."""
    count = SHORTEST_ROUND * BATCHES
    steps(count)  # whatever is prepared once
    while _seconds(steps, count) < ROUND_SECONDS:
        count *= 2
    return count


def _seconds(steps: Steps, count: int) -> float:
    start = time.perf_counter()
    steps(count)
    return time.perf_counter() - start


# ---- the sides: each returns a function that makes so many updates


def _ours(case: Case) -> Steps:
    x, t = case.data()
    network = dense(
        case.sizes, activation=case.activation, output_activation="identity", draw=drawer("xavier-uniform", 0)
    )
    settings = TrainingSettings(
        loss="cross-entropy" if case.classes else "half-squared",
        learning_rate=RATE,
        batch_size=case.batch,
        precision=case.precision,
    )
    stepper = Stepper(compile_network(network), Examples(x, t, x[:0], t[:0]), settings)

    def steps(count: int) -> None:
        with np.errstate(all="ignore"):
            for _ in range(count):
                stepper.update()

    return steps


def _pytorch(case: Case) -> Steps:
    torch = importlib.import_module("torch")
    nn = torch.nn
    x, t = (torch.from_numpy(array) for array in case.data())
    if case.classes:
        t = t.argmax(1)
    torch.manual_seed(0)
    modules: list[Any] = []
    for fan_in, fan_out in zip(case.sizes, case.sizes[1:], strict=False):
        modules += [nn.Linear(fan_in, fan_out), {"tanh": nn.Tanh, "relu": nn.ReLU}[case.activation]()]
    model = nn.Sequential(*modules[:-1]).to(x.dtype)
    loss = nn.CrossEntropyLoss() if case.classes else nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def train(count: int) -> None:
        for step in range(count):
            if step % BATCHES == 0:
                order = torch.randperm(len(x))
            start = step % BATCHES * case.batch
            batch = order[start : start + case.batch]
            optimizer.zero_grad()
            loss(model(x[batch]), t[batch]).backward()
            optimizer.step()

    usual = torch.get_num_threads()

    def train_with(threads: int, count: int) -> None:
        torch.set_num_threads(threads)
        try:
            train(count)
        finally:
            torch.set_num_threads(usual)

    def seconds_with(threads: int) -> float:
        train_with(threads, BATCHES)  # whatever is prepared once
        return _seconds(partial(train_with, threads), BATCHES)

    return partial(train_with, min((1, usual), key=seconds_with))


def _scikit_learn(case: Case) -> Steps:
    networks = importlib.import_module("sklearn.neural_network")
    x, t = case.data()
    target = t.argmax(1) if case.classes else t.squeeze()
    model = (networks.MLPClassifier if case.classes else networks.MLPRegressor)(
        hidden_layer_sizes=case.sizes[1:-1],
        activation=case.activation,
        solver="sgd",
        alpha=0.0,
        batch_size=case.batch,
        learning_rate_init=RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=True,
        random_state=0,
        tol=0.0,
        n_iter_no_change=10**9,
        warm_start=True,
    )

    threads = threads_for(compile_network(dense(case.sizes)), case.batch)
    calls = with_threads(threads, (lambda: model.fit(x, target),))

    def steps(count: int) -> None:
        model.set_params(max_iter=count // BATCHES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that so many epochs were not enough to converge
            for call in calls:
                call()

    return steps


PEERS: dict[str, tuple[str, Callable[[Case], Steps]]] = {
    "PyTorch": ("torch", _pytorch),
    "scikit-learn": ("sklearn", _scikit_learn),
}
"""Whom we are compared with: the module to import and what prepares a case."""
