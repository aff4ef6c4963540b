"""The step of each optimiser for one parameter, taken apart: moments, their bias correction, and Δw.

The letters are those of :mod:`backprop_gui.engine.optimizers`. Where a gradient is written as an error, −∂L/∂w, the
same equations hold with g, v and m of the opposite sign, and the step goes along them instead of against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backprop_gui.engine.operations.building import ONE, minus, product
from backprop_gui.engine.operations.expression import (
    Expression,
    Fraction,
    Negative,
    Power,
    Product,
    Quantity,
    Root,
    Sum,
    Symbol,
    evaluate,
)
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class Descent:
    """What one parameter's step is made of.

    Attributes
    ----------
    w, g : Quantity
        The parameter, and what the optimiser is given for it.
    rate : Quantity
        The learning rate of this update.
    vectors : dict
        The optimiser's memory of this parameter before the update, by name.
    count : int
        The number of the update, from 1.
    settings : TrainingSettings
    sign : int
        1 where g points uphill; -1 where it is written as an error and points downhill.
    step : float
        What the model adds to w.
    """

    w: Quantity
    g: Quantity
    rate: Quantity
    vectors: Mapping[str, float]
    count: int
    settings: TrainingSettings
    sign: int
    step: float

    def quantity(self, letter: str, value: float, *, hat: bool = False) -> Quantity:
        """Return a quantity that belongs to this parameter."""
        return Quantity(Symbol(letter, self.w.symbol.index, hat=hat), value, self.w.key)

    def remembered(self, letter: str, name: str, *, signed: bool) -> Quantity:
        """Return what is remembered as ``name``; ``signed`` says that it has the sign of gradients."""
        return self.quantity(letter, (self.sign if signed else 1) * float(self.vectors[name]))

    def moved(self, direction: Expression) -> Equation:
        """Return Δw = −η · direction."""
        along = product(self.rate, direction)
        return self.stepped(Negative(along) if self.sign == 1 else along)

    def stepped(self, right: Expression) -> Equation:
        """Return the equation of Δw."""
        left = self.quantity(f"Δ{self.w.symbol.letter}", self.step)
        return Equation(left, right, self.step)


def _changed(old: Quantity, right: Expression, remark: str = "") -> tuple[Quantity, Equation]:
    """Return a quantity's new value and the equation that gives it."""
    new = Quantity(old.symbol, evaluate(right), old.key)
    return new, Equation(new, right, new.value, "←", remark)


def _constant(letter: str, value: float) -> Quantity:
    return Quantity(Symbol(letter), value)


def sgd(of: Descent) -> tuple[Equation, ...]:
    """Return Δw = −η g."""
    return (of.moved(of.g),)


def _velocity(of: Descent) -> tuple[Quantity, Quantity, Equation]:
    old, momentum = of.remembered("v", "velocity", signed=True), _constant("μ", of.settings.momentum)
    v, equation = _changed(old, Sum((Product((momentum, old)), of.g)), "the velocity keeps a part of itself")
    return momentum, v, equation


def momentum(of: Descent) -> tuple[Equation, ...]:
    """Return v ← μ v + g;  Δw = −η v."""
    _, v, equation = _velocity(of)
    return equation, of.moved(v)


def nesterov(of: Descent) -> tuple[Equation, ...]:
    """Return v ← μ v + g;  Δw = −η (g + μ v)."""
    factor, v, equation = _velocity(of)
    return equation, of.moved(Sum((of.g, Product((factor, v)))))


def _decayed(old: Quantity, decay: Quantity, value: Expression, remark: str) -> tuple[Quantity, Equation]:
    return _changed(old, Sum((Product((decay, old)), Product((minus(ONE, decay), value)))), remark)


def _over_root(top: Expression, square: Quantity, epsilon: float) -> Expression:
    return Fraction(top, Sum((Root(square), _constant("ε", epsilon))))


def adagrad(epsilon: float, of: Descent) -> tuple[Equation, ...]:
    """Return s ← s + g²;  Δw = −η g / (√s + ε)."""
    old = of.remembered("s", "total", signed=False)
    s, equation = _changed(old, Sum((old, Power(of.g, 2))), "all squared gradients so far")
    return equation, of.moved(_over_root(of.g, s, epsilon))


def rmsprop(epsilon: float, of: Descent) -> tuple[Equation, ...]:
    """Return s ← ρ s + (1 − ρ) g²;  Δw = −η g / (√s + ε)."""
    old, decay = of.remembered("s", "square", signed=False), _constant("ρ", of.settings.rho)
    s, equation = _decayed(old, decay, Power(of.g, 2), "a running mean of the squared gradients")
    return equation, of.moved(_over_root(of.g, s, epsilon))


def _adam_direction(epsilon: float, of: Descent) -> tuple[list[Equation], Expression]:
    beta1, beta2 = _constant("β₁", of.settings.beta1), _constant("β₂", of.settings.beta2)
    m, first = _decayed(
        of.remembered("m", "mean", signed=True), beta1, of.g, "a running mean of the gradients"
    )
    s, second = _decayed(
        of.remembered("s", "square", signed=False),
        beta2,
        Power(of.g, 2),
        "a running mean of the squared gradients",
    )
    equations = [first, second]
    corrected: list[Quantity] = []
    for moment, beta in ((m, beta1), (s, beta2)):
        right = Fraction(moment, minus(ONE, Power(beta, of.count)))
        hat = of.quantity(moment.symbol.letter, evaluate(right), hat=True)
        remark = f"bias correction: the means began at 0, and this is update {of.count:,}"
        equations.append(Equation(hat, right, hat.value, remark=remark))
        corrected.append(hat)
    return equations, _over_root(corrected[0], corrected[1], epsilon)


def adam(epsilon: float, of: Descent) -> tuple[Equation, ...]:
    """Return both moments, their bias correction, and Δw = −η m̂ / (√ŝ + ε)."""
    equations, direction = _adam_direction(epsilon, of)
    return *equations, of.moved(direction)


def adamw(epsilon: float, of: Descent) -> tuple[Equation, ...]:
    """Return Adam's equations with the weight's own decay: Δw = −η λ w − η m̂ / (√ŝ + ε)."""
    equations, direction = _adam_direction(epsilon, of)
    decay = Product((of.rate, _constant("λ", of.settings.weight_decay), of.w))
    moved = of.moved(direction).right
    return *equations, of.stepped(Sum((Negative(decay), moved)))


__all__ = ["Descent", "adagrad", "adam", "adamw", "momentum", "nesterov", "rmsprop", "sgd"]
