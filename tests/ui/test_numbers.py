from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.engine.operations.expression import Symbol
from backprop_gui.network import dense
from backprop_gui.ui.names import as_drawn, display_name, symbol_name
from backprop_gui.ui.numbers import format_exact, format_number, read_number


@pytest.mark.parametrize(
    ("value", "digits", "sign", "text"),
    [
        (-0.55276, 3, False, "−0.553"),
        (3.17, 4, True, "+3.170"),
        (0.00419, 3, True, "+0.00419"),
        (9.9996, 3, False, "10.0"),
        (12345.6, 3, False, "12346"),
        (1.2e-7, 3, False, "1.20·10⁻⁷"),
        (-3.4e21, 2, True, "−3.4·10²¹"),
        (99999.9, 3, False, "1.00·10⁵"),
        (0.00009999, 2, False, "0.00010"),
        (0.0, 3, True, "0"),
        (-0.0, 3, True, "0"),
        (math.inf, 3, True, "+∞"),
        (-math.inf, 3, False, "−∞"),
        (math.nan, 3, True, "not a number"),
    ],
)
def test_a_number_is_short_and_has_a_real_minus_sign(
    value: float, digits: int, sign: bool, text: str
) -> None:
    assert format_number(value, digits, sign=sign) == text


@given(st.floats(-1e307, 1e307), st.integers(1, 8))
def test_no_number_is_rounded_further_than_its_digits_say(value: float, digits: int) -> None:
    text = format_number(value, digits).translate(str.maketrans("−⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "-0123456789-"))
    mantissa, _, power = text.partition("·10")
    assert float(mantissa + (f"e{power}" if power else "")) == pytest.approx(
        value, rel=0.5 * 10 ** (1 - digits) + 1e-9
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_exact_form_gives_the_same_float_back(value: float) -> None:
    assert read_number(format_exact(value)) == value
    assert "e" not in format_exact(value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x1", "x₁"),
        ("h3.12", "h₃,₁₂"),
        ("ŷ", "ŷ"),
        ("ŷ2", "ŷ₂"),
        ("y\u03022", "y\u0302₂"),
        ("hue", "hue"),
        ("a 1", "a 1"),
        ("petal2", "petal2"),
    ],
)
def test_only_the_number_of_a_letter_becomes_an_index(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_a_sentence_has_the_names_of_the_canvas_and_nothing_else_changed() -> None:
    network = dense([2, 3, 1])
    sentence = "The path h1 → x1 in “x1.csv”, h12 and L1 stays; x2."
    assert as_drawn(sentence, network) == "The path h₁ → x₁ in “x1.csv”, h12 and L1 stays; x₂."


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        (Symbol("δ", "ŷ"), "δ of ŷ"),
        (Symbol("w", "h1→o2"), "w h₁ → o₂"),
        (Symbol("f", prime=True, argument=Symbol("z", "h1")), "f′(z of h₁)"),
        (Symbol("b", "h1", derivative_of=Symbol("L")), "∂L/∂b of h₁"),
        (Symbol("η"), "η"),
    ],
)
def test_names_of_quantities_are_written_as_everywhere_on_the_window(symbol: Symbol, name: str) -> None:
    assert symbol_name(symbol) == name
