"""Formulas: what is set says the expression, and each term knows where it stands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from backprop_gui.engine.operations.expression import (
    Call,
    Expression,
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
)
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.ui import theme
from backprop_gui.ui.colors import contrast
from backprop_gui.ui.typeset.box import Box
from backprop_gui.ui.typeset.page import FORMS, WORDLESS, lay_out, one_line_page
from backprop_gui.ui.typeset.setting import Setter
from backprop_gui.ui.typeset.type import READABLE, Role, Style, ink

STYLE = Style(18)


def quantity(letter: str, index: str, value: float, key: object = None) -> Quantity:
    return Quantity(Symbol(letter, index), value, key)  # type: ignore[arg-type]


W1, W2 = quantity("w", "h1→o1", 0.4, (3, 5)), quantity("w", "h1→o2", 0.5, (3, 6))
D1, D2 = quantity("δ", "o1", 0.138498562, 5), quantity("δ", "o2", -0.0381, 6)
SLOPE = Quantity(Symbol("f", prime=True, argument=Symbol("z", "h1")), 0.2413, 3)
DELTA = Equation(
    quantity("δ", "h1", 0.0, 3),
    Product((SLOPE, Sum((Product((W1, D1)), Product((W2, D2))), "Σ w δ"))),
    0.008771354,
)
MANY = Equation(
    quantity("z", "h1", 0.0, 3),
    Sum(
        tuple(
            Product((quantity("w", f"x{n}→h1", 0.1, (n, 99)), quantity("a", f"x{n}", 0.5, n)))
            for n in range(40)
        ),
        "Σ w a",
    ),
    2.0,
)


def words(box: Box) -> str:
    """Return everything that a box writes, in the order in which it is drawn."""
    return box.text + "".join(words(part) for part, _, _ in box.parts)


def numbers(expression: Expression) -> str:
    return words(Setter(STYLE).set(expression, numbers=True))


def symbols(expression: Expression) -> str:
    return words(Setter(STYLE).set(expression, numbers=False))


@pytest.mark.usefixtures("qapp")
def test_symbols_and_numbers_say_the_same_tree() -> None:
    assert symbols(DELTA.right) == "f′(zh1)·(wh1→o1δo1+wh1→o2δo2)"
    assert numbers(DELTA.right) == "0.2413·(0.4·0.1385+0.5·(−0.0381))"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Sum((D2, Negative(W1))), "−0.0381−0.4"),
        (Sum((W1, Negative(D2))), "0.4−(−0.0381)"),
        (Sum((W1, Negative(Sum((W2, D2))))), "0.4−(0.5+(−0.0381))"),
        (Negative(D2), "−(−0.0381)"),
        (Product((Number(0.5, "½"), Power(D2, 2))), "½·(−0.0381)2"),
        (Sum((Number(1.0), Negative(Power(W1, 12)))), "1−0.412"),
        (Fraction(W1, Sum((Root(W2), Number(1e-8)))), "0.40.5+1.000·10⁻⁸"),
        (Size(D2), "−0.0381"),
        (Call("sigmoid", D2, abs), "sigmoid(−0.0381)"),
        (Sum((W1, Product((D2, W2)))), "0.4+(−0.0381)·0.5"),
        (Product((Sum((W1, W2)), W1)), "(0.4+0.5)·0.4"),
    ],
)
def test_brackets_stand_where_the_reader_needs_them(expression: Expression, expected: str) -> None:
    assert numbers(expression) == expected


@pytest.mark.usefixtures("qapp")
def test_one_line_if_it_fits_and_three_if_not() -> None:
    wide, narrow = lay_out([DELTA], 1200, STYLE), lay_out([DELTA], 420, STYLE)
    assert wide.width <= 1200
    assert narrow.width <= 420
    assert narrow.height > 2 * wide.height
    # Nothing is lost: symbols, numbers and both ends are in either.
    assert len(wide.marks) == len(narrow.marks) == 12


@pytest.mark.usefixtures("qapp")
def test_long_sums_are_folded_and_say_how_much_is_left_out() -> None:
    page = lay_out([MANY], 700, STYLE)
    text = words(page.box)
    assert page.width <= 700
    assert "Σwa" in text
    assert "more" in text
    shown = sum(mark.quantity.symbol.letter == "w" for mark in page.marks)
    assert f"{40 - shown} more" in text


@pytest.mark.usefixtures("qapp")
def test_every_form_of_the_strip_keeps_the_result() -> None:
    widths = []
    for form in range(len(FORMS)):
        page, used = one_line_page([MANY], 1e6, STYLE, form)
        assert used == form
        assert words(page.box).endswith("=2")
        widths.append(page.width)
    assert max(widths) == widths[0]
    assert min(widths) == widths[-1]
    for width in widths:
        page, used = one_line_page([MANY], width, STYLE)
        assert page.width <= width
        # The first that fits: those before are wider.
        assert all(wider > width for wider in widths[:used])


@pytest.mark.usefixtures("qapp")
def test_a_point_tells_its_term() -> None:
    page = lay_out([DELTA], 420, STYLE)
    for mark in page.marks:
        found = page.mark_at(mark.rect.center().x(), mark.rect.center().y())
        assert found is mark
    assert page.mark_at(-50, -50) is None
    keys = {mark.quantity.key for mark in page.marks}
    assert keys == {3, 5, 6, (3, 5), (3, 6)}


@pytest.mark.usefixtures("qapp")
def test_a_lit_term_is_drawn_on_another_ground() -> None:
    page, colors = lay_out([DELTA], 420, STYLE), ink()

    def ground_of(mark_key: object) -> set[str]:
        pixmap = QPixmap(340, round(page.height) + 10)
        pixmap.fill(theme.current().surface)
        painter = QPainter(pixmap)
        page.draw(painter, 4, 4, colors, lit={(3, 5)})
        painter.end()
        image = pixmap.toImage()
        return {
            image.pixelColor(round(mark.x + 4 + mark.width / 2), round(mark.y + 4 - 1)).name()
            for mark in page.marks
            if mark.quantity.key == mark_key
        }

    assert ground_of((3, 5)) == {colors.lit.name()}
    assert colors.lit.name() not in ground_of((3, 6))


def test_signs_can_be_read_on_both_grounds(qapp: QApplication) -> None:
    for shade in (theme.LIGHT, theme.DARK):
        colors = ink(shade).colors
        for role in (Role.POSITIVE, Role.NEGATIVE, Role.TEXT):
            assert contrast(colors[role], shade.surface) >= READABLE


@pytest.mark.usefixtures("qapp")
def test_any_painter_can_be_drawn_with() -> None:
    pixmap = QPixmap(400, 200)
    pixmap.fill("white")
    page = lay_out([DELTA, MANY], 380, Style(12))
    with QPainter(pixmap) as painter:
        page.draw(painter, 10, 10, ink(theme.LIGHT))
    place = QRectF(10, 10, page.width, page.height)
    assert place.width() <= 380
    middle = pixmap.toImage().copy(place.toAlignedRect())
    assert any(
        middle.pixelColor(x, y).lightness() < 100
        for x in range(middle.width())
        for y in range(middle.height())
    )


@pytest.mark.usefixtures("qapp")
def test_numbers_that_do_not_fit_on_a_line_stand_above_the_result() -> None:
    style = Style(17, compact=True)
    letters = [
        Quantity(Symbol(letter), value) for letter, value in (("f", 0.2413), ("w", 0.4123), ("v", 0.5321))
    ]
    inner = Sum((Product((letters[1], letters[2])), Product((letters[2], letters[0]))))
    equation = Equation(Quantity(Symbol("δ"), 0.1), Product((letters[0], inner)), 0.1)
    width = one_line_page([equation], 1e6, style)[0].width
    while one_line_page([equation], width, style)[1] < WORDLESS:
        width -= 5
    page, _ = one_line_page([equation], width, style, height=52)
    assert "0.4123·0.5321" in words(page.box)
    assert "0.4123·0.5321" not in words(one_line_page([equation], width, style)[0].box)
    assert page.width <= width
    assert page.height <= 52
