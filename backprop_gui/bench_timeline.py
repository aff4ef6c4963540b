"""What the timeline costs: memory for a long run, and how long it takes to show a moment of it."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from backprop_gui.bench import RATE, Row
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import dense

SIZES = (10, 96, 88, 1)
"""About 10,000 parameters."""
EXAMPLES, BATCH = 200, 10
LOOKS = 200
OPTIMIZERS = ("sgd", "adam")


def timeline_rows(updates: int, progress: Callable[[str], None] = lambda text: None) -> list[Row]:
    """Train a network of about 10,000 parameters for ``updates`` updates and look at random moments of that.

    Returns
    -------
    list of dict
        ``case``, ``what``, ``value`` and ``unit``. What the kept moments take in memory and in the file, and by how
        much the peak of the whole process has grown, are in MB; showing a moment is measured for steps chosen at
        random, and for kept ones, which dragging leads to.
    """
    rows: list[Row] = []
    rng = np.random.default_rng(0)
    for optimizer in OPTIMIZERS:
        trainer = _trainer(optimizer)
        case = f"timeline, {trainer.plan.size:,} parameters, {optimizer}, {updates:,} updates"
        progress(f"Measuring {case}.")
        before = _peak_mb()
        trainer.advance(updates)
        kept = trainer.timeline
        found = {
            "kept moments, in memory": (kept.bytes / 1e6, "MB"),
            "kept moments, in the file": (kept.file_bytes / 1e6, "MB"),
            "growth of the process": (_peak_mb() - before, "MB"),
        }
        steps = rng.integers(0, trainer.step, LOOKS).tolist()
        near = [kept.kept_beside(step + 1, ahead=False) or 0 for step in steps]
        for what, asked in (("any moment", steps), ("a kept moment", near)):
            times = [_seconds(trainer, step) * 1000 for step in asked]
            found[f"showing {what}, median"] = statistics.median(times), "ms"
            found[f"showing {what}, worst of {LOOKS}"] = max(times), "ms"
        rows += [
            {"case": case, "what": what, "value": value, "unit": unit}
            for what, (value, unit) in found.items()
        ]
    return rows


def _trainer(optimizer: str) -> Trainer:
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(EXAMPLES, SIZES[0])), rng.normal(size=(EXAMPLES, SIZES[-1]))
    network = dense(SIZES, activation="tanh", output_activation="identity", draw=drawer("xavier-uniform", 0))
    settings = TrainingSettings(
        loss="half-squared", optimizer=optimizer, learning_rate=RATE / 10, batch_size=BATCH
    )
    return Trainer(network, Examples(x, t, x[:0], t[:0]), settings)


def _seconds(trainer: Trainer, step: int) -> float:
    start = time.perf_counter()
    trainer.frame_at(step)
    return time.perf_counter() - start


def _peak_mb() -> float:
    """Return the peak memory of this process; 0 where the system does not tell it this way."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


__all__ = ["timeline_rows"]
