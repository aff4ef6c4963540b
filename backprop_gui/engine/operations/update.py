"""The equations of one parameter's update: gradient, penalties, clipping, moments, step, new value."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.frame import Frame, NoteKind, Part
from backprop_gui.engine.operations.building import negated
from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Fraction,
    Product,
    Quantity,
    Size,
    Sum,
    Symbol,
)
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.quantities import BATCH_LOSS, LOSS, Example
from backprop_gui.engine.operations.update_formulas import Descent
from backprop_gui.engine.optimizers import OPTIMIZERS
from backprop_gui.engine.schedules import SCHEDULES
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.network import Key
from backprop_gui.numerals import counted


def update(example: Example, key: Key, settings: TrainingSettings) -> tuple[Equation, ...]:
    """Return how a parameter's new value comes about; the last equation with the parameter on its left gives it."""
    frame = example.frame
    w = example.parameter(key)
    if frame.plan.network.is_frozen(key):
        return (Equation(w, w, w.value, "←", "frozen: it stands still"),)
    if frame.note is not None and frame.note.kind is NoteKind.NOT_FINITE:
        return (Equation(w, w, w.value, "←", "no step is taken while there is numerical trouble"),)
    slot, coming = frame.plan.slot[key], frame.coming
    g, equations = _given(example, key, settings)
    rate = Quantity(Symbol("η"), coming.rate)
    equations = [*_rate(rate, settings), *equations]
    step = float(coming.step[slot])
    optimizer = OPTIMIZERS[settings.optimizer]
    vectors = {name: float(vector[slot]) for name, vector in coming.vectors.items()}
    moved = Quantity(Symbol(f"Δ{w.symbol.letter}", w.symbol.index), step, key)
    if optimizer.written is not None:
        factor = example.conventions.factor
        equations += optimizer.written(Descent(w, g, rate, vectors, coming.count, settings, factor, step))
    new = new_value(frame, key)
    equations.append(Equation(w, Sum((w, moved)), new, "←", "the new value"))
    if w.value:
        ratio = Fraction(Size(moved), Size(w))
        remark = "how large the step is beside the value"
        equations.append(Equation(ratio, ratio, abs(step) / abs(w.value), remark=remark, aside=True))
    return tuple(equations)


def new_value(frame: Frame, key: Key) -> float:
    """Return a parameter's value after the coming update."""
    slot = frame.plan.slot[key]
    with np.errstate(all="ignore"):
        return float(frame.theta[slot] + frame.coming.step[slot])


def _rate(rate: Quantity, settings: TrainingSettings) -> list[Equation]:
    """Return where the learning rate comes from, if a schedule changes it."""
    if settings.schedule == "constant" or not settings.learning_rate:
        return []
    first = Quantity(Symbol("η", "0"), settings.learning_rate)
    factor = Quantity(Symbol("c", "η"), rate.value / settings.learning_rate)
    remark = f"the schedule “{SCHEDULES[settings.schedule].label}” in this epoch"
    return [Equation(rate, Product((first, factor)), rate.value, remark=remark)]


def _given(example: Example, key: Key, settings: TrainingSettings) -> tuple[Quantity, list[Equation]]:
    """Return what the optimiser is given, g, and how it is made of the batch's gradient."""
    frame = example.frame
    slot, coming, factor = frame.plan.slot[key], frame.coming, example.conventions.factor
    w = example.parameter(key)
    symbol = Symbol("g", w.symbol.index)
    # Of one example it is another number than the one above, and must not have the same name.
    is_other = len(coming.batch) > 1 and frame.probe.part is not Part.BATCH
    bare = example.gradient(key, float(coming.gradient[slot]), BATCH_LOSS if is_other else LOSS)
    right: Expression = bare if factor == 1 else negated(bare)
    g = Quantity(symbol, factor * bare.value, key)
    equations = [Equation(g, right, g.value, remark=_of_batch(frame, settings))]
    penalties: list[Expression] = []
    if isinstance(key, tuple) and settings.l2:
        penalties.append(Product((Quantity(Symbol("λ", "2"), settings.l2), w)))
    if isinstance(key, tuple) and settings.l1:
        penalties.append(Product((Quantity(Symbol("λ", "1"), settings.l1), Call("sign", w, _sign))))
    if penalties:
        signed = [term if factor == 1 else negated(term) for term in penalties]
        right = Sum((g, *signed))
        # What was clipped after it tells what it was.
        value = factor * _penalised(frame, slot, settings)
        g = Quantity(symbol, value, key)
        equations.append(Equation(g, right, value, "←", "with the penalty on large weights"))
    if coming.clip < 1:
        length = Quantity(Symbol("c", "clip"), coming.clip)
        right = Product((length, g))
        value = factor * float(coming.used[slot])
        remark = f"clipped: the whole gradient was longer than {settings.clip_norm:g}"
        g = Quantity(symbol, value, key)
        equations.append(Equation(g, right, value, "←", remark))
    return g, equations


def _penalised(frame: Frame, slot: int, settings: TrainingSettings) -> float:
    coming = frame.coming
    if coming.clip == 1:
        return float(coming.used[slot])
    w = frame.theta[slot]
    return float(coming.gradient[slot] + settings.l2 * w + settings.l1 * np.sign(w))


def _of_batch(frame: Frame, settings: TrainingSettings) -> str:
    count = len(frame.coming.batch)
    if count == 1:
        return f"the gradient of training example {int(frame.coming.batch[0]) + 1:,}, the next one"
    how = "mean" if settings.reduction is Reduction.MEAN else "sum"
    see = "" if frame.probe.part is Part.BATCH else "; look at the batch to see each of them"
    return f"the {how} over the {counted(count, 'example')} of the next batch{see}"


def _sign(value: float) -> float:
    return float((value > 0) - (value < 0))


__all__ = ["new_value", "update"]
