"""The equations of forward and backward, built for one operation when somebody looks at it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import PRECISIONS, Array
from backprop_gui.engine.conventions import Delta
from backprop_gui.engine.operations.building import CLOSE, leads_to, negated, product, total
from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
    Fraction,
    Negative,
    Number,
    Product,
    Quantity,
    Sum,
)
from backprop_gui.engine.operations.loss_formulas import Answer, probability
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.quantities import Example, Examples
from backprop_gui.network import Key, Neuron
from backprop_gui.network import Kind as Role
from backprop_gui.numerals import counted

SINGLE_CLOSE = 1e-5
"""As ``CLOSE``, in single precision."""

STABLE = "written so that nothing is lost where an output is next to 0 or 1"
AS_DELTA = "δ is written for f′(z) e, which as a product would lose its digits"

Equations = tuple[Equation, ...]


def weighted_sum(examples: Examples, neuron: Neuron) -> Equations:
    """Return z = Σ w a + b."""
    whole = examples.whole
    z = whole.z(neuron.id)
    if examples.is_batch:
        return (_mean(z, examples, lambda example: example.z(neuron.id)),)
    edges = whole.frame.plan.network.incoming[neuron.id]
    terms: list[Expression] = [Product((whole.weight(edge), whole.a(edge.source))) for edge in edges]
    if neuron.bias is not None:
        terms.append(whole.parameter(neuron.id))
    short = " + ".join([*(["Σ w a"] if edges else []), *(["b"] if neuron.bias is not None else [])])
    remark = "" if terms else "nothing comes in"
    return (Equation(z, total(terms, short), z.value, remark=remark),)


def activation(examples: Examples, neuron: Neuron) -> Equations:
    """Return a = f(z)."""
    whole, entry = examples.whole, ACTIVATIONS[neuron.activation]
    a = whole.a(neuron.id)
    if examples.is_batch:
        return (_mean(a, examples, lambda example: example.a(neuron.id)),)
    z = whole.z(neuron.id)
    if neuron.activation == "identity":
        return (Equation(a, z, a.value, remark="identity: a is z itself"),)
    call = Call(entry.name, z, _scalar(entry.function, whole.trace.z.dtype))
    return (Equation(a, call, a.value, remark=f"{entry.label}: f(z) = {entry.formula}"),)


def loss(examples: Examples) -> Equations:
    """Return L of the outputs and targets; for classes, their probabilities first."""
    whole = examples.whole
    left = whole.loss()
    if examples.is_batch:
        return (_mean(left, examples, lambda example: example.loss()),)
    entry, answers = whole.frame.loss, whole.answers
    if entry.written is None:
        return (Equation(left, left, left.value, remark=f"{entry.label}: {entry.formula}"),)
    before: list[Equation] = []
    if entry.for_classes:
        before = [
            Equation(answer.p, probability(answers, k), answer.p.value, remark="softmax of the outputs")
            for k, answer in enumerate(answers)
        ]
    right = entry.written.value(answers)
    remark = f"{entry.label}: {entry.formula}"
    if entry.written.stable is not None and not leads_to(right, left.value, closeness(whole)):
        right = _stable(whole, answers)
        remark = STABLE
    return (*before, Equation(left, right, left.value, remark=remark))


def _stable(whole: Example, answers: tuple[Answer, ...]) -> Expression:
    """Return the loss written on z for the outputs that the loss is fused with, and as usual for the others."""
    entry = whole.frame.loss
    assert entry.written is not None
    assert entry.written.stable is not None
    if entry.fused is None:
        return entry.written.stable(answers)
    outputs = whole.frame.plan.network.outputs
    is_fused = [neuron.activation == entry.fused.activation for neuron in outputs]
    parts = [
        form([answer for answer, mine in zip(answers, is_fused, strict=True) if mine is wanted])
        for form, wanted in ((entry.written.stable, True), (entry.written.value, False))
        if wanted in is_fused
    ]
    return total(parts)


def delta(examples: Examples, neuron: Neuron) -> Equations:
    """δ of any neuron: what the loss says to it, and what comes back along its edges."""
    whole = examples.whole
    left = whole.delta(neuron.id)
    if examples.is_batch:
        return (_mean(left, examples, lambda example: example.delta(neuron.id)),)
    if whole.conventions.delta is Delta.BY_A:
        parts = [_own_slope(whole, neuron)] if neuron.kind is Role.OUTPUT else []
        parts += _coming_back(whole, neuron)
        return (Equation(left, total(parts), left.value, remark=_by_a_remark(whole, neuron)),)
    slope = whole.slope(neuron.id)
    back = _coming_back(whole, neuron)
    if is_fused(whole, neuron):
        own = _own_delta(whole, neuron)
        entry = whole.frame.loss
        remark = f"{entry.label} with {neuron.activation}: f′(z) cancels"
        if not back:
            return (Equation(left, own, left.value, remark=remark),)
        right = Sum((own, product(slope, total(back))))
        return (*slope_equation(whole, neuron), Equation(left, right, left.value, remark=remark))
    parts = [_own_slope(whole, neuron)] if neuron.kind is Role.OUTPUT else []
    inner = total([*parts, *back])
    product_of = inner.factors if isinstance(inner, Product) else (inner,)
    # At outputs f′ is written last, as ∂L/∂a · f′; at hidden neurons first, as f′ · Σ w δ.
    factors = (*product_of, slope) if neuron.kind is Role.OUTPUT else (slope, *product_of)
    equation = Equation(left, Product(factors), left.value, remark=_dead_end(whole, neuron))
    return (*slope_equation(whole, neuron), equation)


def _dead_end(whole: Example, neuron: Neuron) -> str:
    dead = neuron.kind is Role.HIDDEN and not whole.frame.plan.network.outgoing[neuron.id]
    return "nothing leads on from it, so it does not matter to the loss" if dead else ""


def _by_a_remark(whole: Example, neuron: Neuron) -> str:
    """Return what is to be said of ∂L/∂a: how it was kept right where digits are lost."""
    if _stable_slope(whole, neuron) is not None:
        infinite = math.isinf(whole.loss_slope(neuron.id).value)
        return STABLE + "; larger than the largest number of this precision" * infinite
    edges = whole.frame.plan.network.outgoing[neuron.id]
    return AS_DELTA if any(_loses_digits(whole, edge.target) for edge in edges) else _dead_end(whole, neuron)


def _coming_back(whole: Example, neuron: Neuron) -> list[Expression]:
    """Σ w δ over the edges out of a neuron, as one expression; none without edges. By a, Σ w f′(z) e."""
    edges = whole.frame.plan.network.outgoing[neuron.id]
    by_a = whole.conventions.delta is Delta.BY_A
    terms = [Product((whole.weight(edge), *through(whole, edge.target))) for edge in edges]
    return [total(terms, "Σ w f′ e" if by_a else "Σ w δ")] if terms else []


def _loses_digits(example: Example, id: int) -> bool:
    """Return whether f′ · e is no longer δ: where f′ is next to 0 and e infinite, or where large parts of e cancel."""
    if example.conventions.delta is Delta.BY_Z:
        return False
    by_a = product(example.slope(id), example.delta(id))
    return not leads_to(by_a, example.delta_by_z(id).value, closeness(example))


def through(example: Example, id: int) -> tuple[Quantity, ...]:
    """Return the factors of what comes back through a neuron: its δ, or f′(z) and e where their product is as good."""
    if example.conventions.delta is Delta.BY_Z or _loses_digits(example, id):
        return (example.delta_by_z(id),)
    return example.slope(id), example.delta(id)


def is_fused(whole: Example, neuron: Neuron) -> bool:
    """Return whether the loss and this output's activation are differentiated in one go."""
    fused = whole.frame.loss.fused
    return neuron.kind is Role.OUTPUT and fused is not None and fused.activation == neuron.activation


def _own_delta(whole: Example, neuron: Neuron) -> Expression:
    """Return a − t of an output for which f′ cancels."""
    answer = whole.answers[whole.place(neuron.id)]
    return _signed(whole, Sum((answer.a, Negative(answer.t))))


def _own_slope(whole: Example, neuron: Neuron) -> Expression:
    """Return ∂L/∂a of an output, without what comes back along edges."""
    written = whole.frame.loss.written
    if written is None:
        return _signed(whole, whole.loss_slope(neuron.id))
    stable = _stable_slope(whole, neuron)
    usual = written.slope(whole.answers, whole.place(neuron.id))
    return _signed(whole, usual if stable is None else stable)


def _stable_slope(whole: Example, neuron: Neuron) -> Expression | None:
    """Return ∂L/∂a written on z, where it can be and where the usual way has lost its digits."""
    written = whole.frame.loss.written
    if written is None or written.stable_slope is None or not is_fused(whole, neuron):
        return None
    answers, place = whole.answers, whole.place(neuron.id)
    said = whole.loss_slope(neuron.id).value
    if math.isfinite(said) and leads_to(written.slope(answers, place), said, closeness(whole)):
        return None
    return written.stable_slope(answers[place])


def slope_equation(whole: Example, neuron: Neuron) -> Equations:
    """Return f′(z) as arithmetic; nothing where the activation has no written slope."""
    entry = ACTIVATIONS[neuron.activation]
    if entry.written is None:
        return ()
    left = whole.slope(neuron.id)
    right = entry.written(whole.z(neuron.id), whole.a(neuron.id))
    return (Equation(left, right, left.value, remark=f"{entry.label}: f′(z) = {entry.slope_formula}"),)


def gradient(examples: Examples, key: Key, mean: bool) -> Equations:
    """∂L/∂w = δ a and ∂L/∂b = δ; over a batch, their mean or sum."""
    whole = examples.whole
    frame = whole.frame
    network = frame.plan.network
    value = float(frame.trace.grad[frame.plan.slot[key]])
    bare = whole.gradient(key, value)
    left = _signed(whole, bare)
    result = whole.conventions.factor * value
    neuron = network.neuron_of[key[1] if isinstance(key, tuple) else key]
    before: Equations = ()
    remark = ""
    if not examples.is_batch:
        right = _one_gradient(whole, neuron, key)
        if whole.conventions.delta is Delta.BY_A:
            before = slope_equation(whole, neuron)
            remark = AS_DELTA * _loses_digits(whole, neuron.id)
    else:
        terms = [_one_gradient(example, neuron, key) for example in examples.each]
        short = "Σ δ a" if isinstance(key, tuple) else "Σ δ"
        right = total(terms, short)
        remark = f"the {'mean' if mean else 'sum'} over {counted(len(terms), 'example')}"
        if mean:
            right = Fraction(right, Number(float(len(terms))))
    frozen = network.edge_of[key].frozen if isinstance(key, tuple) else neuron.frozen
    if frozen:
        remark = f"{remark}; " * bool(remark) + "frozen: no step is taken"
    return (*before, Equation(left, right, result, remark=remark))


def _one_gradient(example: Example, neuron: Neuron, key: Key) -> Expression:
    source = (example.a(key[0]),) if isinstance(key, tuple) else ()
    return product(*reversed(through(example, neuron.id)), *source)


def closeness(example: Example) -> float:
    """Return how far written arithmetic may be from the model's numbers in this precision."""
    return CLOSE if example.frame.theta.dtype == PRECISIONS["float64"] else SINGLE_CLOSE


def _mean(left: Quantity, examples: Examples, of: Callable[[Example], Quantity]) -> Equation:
    terms = [of(example) for example in examples.each]
    symbol = terms[0].symbol
    right = Fraction(total(terms, f"Σ {symbol.letter}"), Number(float(len(terms))))
    return Equation(left, right, left.value, remark=f"the mean over {counted(len(terms), 'example')}")


def _signed(whole: Example, expression: Expression) -> Expression:
    return expression if whole.conventions.factor == 1 else negated(expression)


def _scalar(
    function: Callable[[Array, Array], object], dtype: np.dtype[np.floating]
) -> Callable[[float], float]:
    def of(value: float) -> float:
        z = np.array([value], dtype)
        a = np.empty_like(z)
        with np.errstate(all="ignore"):
            function(z, a)
        return float(a[0])

    return of


__all__ = ["activation", "delta", "gradient", "loss", "slope_equation", "weighted_sum"]
