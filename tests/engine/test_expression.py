import math

from backprop_gui.engine.operations.expression import (
    Call,
    Fraction,
    Negative,
    Number,
    Power,
    Product,
    Quantity,
    Root,
    Size,
    Sum,
    Symbol,
    evaluate,
    quantities,
)


def q(letter: str, value: float) -> Quantity:
    return Quantity(Symbol(letter), value)


def test_the_value_is_that_of_the_arithmetic() -> None:
    # 0.5 · (3 − 1)² / √4 + |−2| + exp(0) = 1 + 2 + 1
    expression = Sum(
        (
            Fraction(
                Product((Number(0.5, "½"), Power(Sum((q("a", 3), Negative(q("t", 1)))), 2))),
                Root(Number(4)),
            ),
            Size(q("w", -2)),
            Call("exp", Number(0), math.exp),
        )
    )
    assert evaluate(expression) == 4
    assert [quantity.symbol.letter for quantity in quantities(expression)] == ["a", "t", "w"]


def test_a_sum_is_rounded_once() -> None:
    assert evaluate(Sum((Number(1e16), Number(1.0), Negative(Number(1e16))))) == 1


def test_what_has_no_value_is_not_an_error() -> None:
    assert evaluate(Fraction(Number(-1), Number(0.0))) == -math.inf
    assert math.isnan(evaluate(Fraction(Number(0), Number(0))))
    assert math.isnan(evaluate(Root(Number(-1))))
    assert evaluate(Sum((Number(math.inf), Number(1)))) == math.inf
