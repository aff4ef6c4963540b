"""The equation behind a number: in symbols, then with the frame's numbers, then the model's own result.

Every number comes from the frame; nothing is trained or differentiated here. Where the last line of arithmetic
would not give the model's result, as when numbers overflow, only the result is shown.
"""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network import Edge, Kind, Neuron
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.inspection import function_name
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import MINUS, format_number
from backprop_gui.ui.selection import Key

DIGITS = 4
EQUALS = "&nbsp;&nbsp;=&nbsp;&nbsp;"
LONGEST_NAME = 14
SUBSCRIPT_PX = 19
"""Qt makes a subscript two thirds of that."""
TERMS = (4, 4, 2, 0)
"""How many terms of a sum are written out, from the widest form of the numbers to the narrowest."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of rich text in parts, each empty if there is nothing to say.

    Attributes
    ----------
    left : str
        What is calculated.
    symbols : str
    numbers : tuple of str
        The same in numbers: once for each of ``TERMS``.
    result : float or None
        The model's own number.
    relation : str
        The sign behind ``left``.
    note : str
        Plain grey text behind it all.
    """

    left: str = ""
    symbols: str = ""
    numbers: tuple[str, ...] = ("",) * len(TERMS)
    result: float | None = None
    relation: str = "="
    note: str = ""
    digits: int = DIGITS


def equation_of(frame: Frame, key: Key | None, view: View, settings: TrainingSettings) -> Equation:
    """Return the equation of a neuron, an edge or (None) the whole network in a view; empty if ``frame`` lacks it."""
    network = frame.plan.network
    if key is None:
        return _general(frame, view, settings)
    if isinstance(key, tuple):
        edge = network.edge_of.get(key)
        return _edge(frame, edge, view, settings) if edge else Equation()
    neuron = network.neuron_of.get(key)
    if neuron is None:
        return Equation()
    if view is View.FORWARD:
        return _forward(frame, neuron)
    if view is View.UPDATE:
        return _bias_update(frame, neuron, settings)
    return _backward(frame, neuron)


# ---- the network


def _general(frame: Frame, view: View, settings: TrainingSettings) -> Equation:
    if view is View.FORWARD:
        result = float(frame.trace.losses[0])
        return Equation("L", html.escape(frame.loss.formula), result=result, note="of this example")
    if view is View.UPDATE:
        formula = OPTIMIZERS[settings.optimizer].formula.rpartition(";  ")[2]
        left, arrow, right = formula.partition(" ← ")
        return Equation(
            left, html.escape(right), relation="←" if arrow else "", note="select a weight to see its step"
        )
    return Equation("δ", "f′(z) · Σ w δ", note="select a neuron to see its numbers")


# ---- neurons


def _forward(frame: Frame, neuron: Neuron) -> Equation:
    plan, trace = frame.plan, frame.trace
    result = float(trace.a[0, plan.column[neuron.id]])
    if neuron.kind is Kind.INPUT:
        return Equation(_named("a", neuron), result=result, note="an input: it comes from the data")
    edges = plan.network.incoming[neuron.id]
    products = [
        (float(frame.theta[plan.slot[edge.source, edge.target]]), float(trace.a[0, plan.column[edge.source]]))
        for edge in edges
    ]
    bias = [] if neuron.bias is None else [float(frame.theta[plan.slot[neuron.id]])]
    symbols = "b" if bias else ""
    if edges:
        one = f"w a{_sub(_name(frame, edges[0].source))}" if len(edges) == 1 else "Σ w a"
        symbols += f" + {one}" if bias else one
    z = float(trace.z[0, plan.column[neuron.id]])
    function = "" if neuron.activation == "identity" else function_name(neuron.activation)
    numbers = []
    for form, terms in enumerate(TERMS):
        written = _sum(bias, products, terms) if terms else _number(z)
        if function:
            written = f"{function}({written})"
            if form == 0 and len(bias) + len(products) > 1:
                written += f"{EQUALS}{function}({_number(z)})"
        numbers.append("" if not function and not terms else written)
    return Equation(
        _named("a", neuron), f"{function}({symbols})" if function else symbols, tuple(numbers), result
    )


def _backward(frame: Frame, neuron: Neuron) -> Equation:
    plan, trace = frame.plan, frame.trace
    column = plan.column[neuron.id]
    result = float(trace.delta[0, column])
    edges = plan.network.outgoing[neuron.id]
    products = [
        (
            float(frame.theta[plan.slot[edge.source, edge.target]]),
            float(trace.delta[0, plan.column[edge.target]]),
        )
        for edge in edges
    ]
    total = sum(w * delta for w, delta in products)
    if len(edges) == 1:
        target = _name(frame, edges[0].target)
        back = f"w{_sub(f'{display(neuron.name)}→{target}')} δ{_sub(target)}"
    else:
        back = "Σ w δ"
    if neuron.kind is Kind.INPUT:
        numbers = tuple(_sum([], products, terms) if terms else "" for terms in TERMS)
        return Equation(f"∂L/∂{display(neuron.name)}", back, numbers, result)
    slope = float(trace.slope[0, column])
    symbol = f"f′(z{_sub(display(neuron.name))})"
    parts: list[str] = [f"{symbol} · {back}"] if edges else []
    written = [
        f"{_number(slope)} · ({_sum([], products, terms)})"
        if terms
        else f"{_number(slope)} · {_number(total)}"
        for terms in TERMS
    ]
    if neuron.kind is not Kind.OUTPUT:
        return Equation(_named("δ", neuron), " + ".join(parts), tuple(written), result)
    own = _own_delta(frame, neuron, slope, symbol)
    value = own[2] + (slope * total if edges else 0.0)
    if not math.isclose(value, result, rel_tol=1e-4, abs_tol=1e-7):
        return Equation(_named("δ", neuron), result=result)
    symbols, numbers_own = " + ".join([own[0], *parts]), own[1]
    numbers = tuple(f"{numbers_own} + {text}" if edges else numbers_own for text in written)
    return Equation(_named("δ", neuron), symbols, numbers, result, note=own[3])


def _own_delta(frame: Frame, neuron: Neuron, slope: float, symbol: str) -> tuple[str, str, float, str]:
    """Return what the loss itself says to an output: in symbols, in numbers, its value, and a remark."""
    plan, trace, loss = frame.plan, frame.trace, frame.loss
    outputs = [output.id for output in plan.network.outputs]
    place = outputs.index(neuron.id)
    a, t = float(trace.a[0, plan.column[neuron.id]]), float(trace.t[0, place])
    if loss.fused is not None and loss.fused.activation == neuron.activation:
        name = f"a{_sub(display(neuron.name))}"
        return (
            f"{name} − t",
            f"{_number(a)} − {_enclosed(t)}",
            a - t,
            f"f′ cancels: {loss.label} with {neuron.activation}",
        )
    answers = np.array([[trace.a[0, plan.column[id]]] for id in outputs], np.float64)
    slopes = np.empty_like(answers)
    with np.errstate(all="ignore"):
        loss.slope(answers, trace.t.T.astype(np.float64), slopes)
    symbols = loss.slope_formula.replace("softmax(a)", "p")
    values = {"a": a, "t": t, "n": len(outputs), "p": float(trace.predictions[0, place])}
    numbers = re.sub(r"\b[atnp]\b", lambda letter: _enclosed(values[letter[0]]), symbols)
    value = float(slopes[place, 0])
    if neuron.activation == "identity":
        return html.escape(symbols), html.escape(numbers), value, ""
    return (
        f"({html.escape(symbols)}) · {symbol}", f"({html.escape(numbers)}) · {_number(slope)}", value * slope, ""
    )  # fmt: skip


def _bias_update(frame: Frame, neuron: Neuron, settings: TrainingSettings) -> Equation:
    if neuron.bias is None:
        return Equation(note="no bias here: select an edge to see a step")
    slot = frame.plan.slot[neuron.id]
    return _step(frame, slot, _named("b", neuron), "b + Δb", settings, neuron.frozen)


# ---- edges


def _edge(frame: Frame, edge: Edge, view: View, settings: TrainingSettings) -> Equation:
    plan, trace = frame.plan, frame.trace
    slot = plan.slot[edge.source, edge.target]
    source, target = _name(frame, edge.source), _name(frame, edge.target)
    w, a = float(frame.theta[slot]), float(trace.a[0, plan.column[edge.source]])
    weight = f"w{_sub(f'{source}→{target}')}"
    if view is View.UPDATE:
        return _step(frame, slot, weight, "w + Δw", settings, edge.frozen)
    if view is View.FORWARD:
        numbers = (f"{_number(w)} · {_number(a)}",) * len(TERMS)
        return Equation(
            "", f"{weight} a{_sub(source)}", numbers, w * a, note=f"what it adds to z of {target}"
        )
    delta = float(trace.delta[0, plan.column[edge.target]])
    numbers = (f"{_number(delta)} · {_number(a)}",) * len(TERMS)
    return Equation(
        f"∂L/∂{weight}",
        f"δ{_sub(target)} · a{_sub(source)}",
        numbers,
        float(trace.grad[slot]),
        note="frozen: no step is taken" if edge.frozen else "",
    )


def _step(
    frame: Frame, slot: int, left: str, symbols: str, settings: TrainingSettings, frozen: bool
) -> Equation:
    before, step = float(frame.theta[slot]), float(frame.update[slot])
    with np.errstate(all="ignore"):
        after = float(frame.theta[slot] + frame.update[slot])
    sign = MINUS if step < 0 else "+"
    numbers = (f"{_number(before, 5)} {sign} {_number(abs(step))}",) * len(TERMS)
    note = "frozen: it is not trained" if frozen else OPTIMIZERS[settings.optimizer].formula
    return Equation(left, symbols, numbers, after, "←", note, 5)


# ---- writing


def _number(value: float, digits: int = DIGITS) -> str:
    # A target of 1 is 1 and not 1.000.
    if math.isfinite(value) and value == round(value) and abs(value) < 10**digits:
        return f"{value:.0f}".replace("-", MINUS)
    return format_number(value, digits)


def _enclosed(value: float) -> str:
    """Write a number that stands behind a sign."""
    return f"({_number(value)})" if value < 0 else _number(value)


def _sum(first: list[float], products: list[tuple[float, float]], most: int) -> str:
    """Write numbers and products as a sum of at most ``most`` terms: the first ones, an ellipsis, and the last."""
    terms = [(value, "") for value in first] + [(w, f" · {_number(other)}") for w, other in products]
    if len(terms) > most:
        kept = [*terms[: most - 1], None, terms[-1]]
    else:
        kept = list(terms)
    text = ""
    for term in kept:
        if term is None:
            text += " + …"
            continue
        value, rest = term
        negative = value < 0
        sign = (MINUS if negative else "") if not text else f" {MINUS} " if negative else " + "
        text += f"{sign}{_number(abs(value))}{rest}"
    return text or "0"


def display(name: str) -> str:
    """Return a neuron's name for a subscript: short, and safe in rich text."""
    shown = display_name(name)
    return html.escape(shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…")


def _name(frame: Frame, id: int) -> str:
    return display(frame.plan.network.neuron_of[id].name)


def _named(letter: str, neuron: Neuron) -> str:
    return f"{letter}{_sub(display(neuron.name))}"


def _sub(text: str) -> str:
    return f'<sub style="font-size: {SUBSCRIPT_PX}px">{text}</sub>'


__all__ = ["EQUALS", "Equation", "equation_of"]
