"""Numbers as people type them: read generously, never guessed, never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.errors import UserError
from backprop_gui.ui.numbers import read_number, write_number
from backprop_gui.ui.widgets import number_field
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.number_field import NumberField, NumberRow
from tests.ui.panel_lab import type_into


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("1/3", 1 / 3),
        ("-2e-3", -0.002),
        ("−2e−3", -0.002),
        (" 1 000 ", 1000.0),
        ("30 %", 0.3),
        ("1,5/3", 0.5),
        (".25", 0.25),
    ],
)
def test_it_reads_what_people_write(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["", "a", "1/0", "1_000", "1.000,5", "1/2/3", "--1", "1e"])
def test_it_refuses_what_is_no_number_in_a_sentence(text: str) -> None:
    with pytest.raises(UserError, match=r"(is not a number|divides by zero).*write"):
        read_number(text)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "inf", "nan", "Infinity %", "1e308/1e-308"])
@pytest.mark.parametrize("whole", [False, True])
def test_it_refuses_what_is_not_finite(text: str, whole: bool) -> None:
    with pytest.raises(UserError, match=r"computed with: write a (whole )?number"):
        read_number(text, whole=whole)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_it_shows_it_reads_again_bit_for_bit(value: float) -> None:
    assert read_number(write_number(value)) == value


def a_field(qtbot: QtBot, *, whole: bool = False) -> tuple[NumberField, list[float], list[str]]:
    field = NumberField("learning rate", 0, 10, "", whole=whole)
    qtbot.addWidget(field)
    field.show()
    entered: list[float] = []
    problems: list[str] = []
    field.entered.connect(entered.append)
    field.problem.connect(problems.append)
    field.set_value(2)
    return field, entered, problems


def test_enter_takes_a_number_once(qtbot: QtBot) -> None:
    field, entered, _ = a_field(qtbot)
    type_into(field, "1/3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert entered == [1 / 3]
    assert field.text() == "0.3333333333333333"


def test_the_same_number_in_other_words_is_no_change(qtbot: QtBot) -> None:
    field, entered, _ = a_field(qtbot)
    type_into(field, "2,0")
    assert entered == []
    assert field.text() == "2"


@pytest.mark.parametrize(
    ("text", "why"), [("x", "not a number"), ("11", "from 0 to 10"), ("nan", "not a number")]
)
def test_a_wrong_number_is_marked_explained_and_not_taken(qtbot: QtBot, text: str, why: str) -> None:
    field, entered, problems = a_field(qtbot)
    type_into(field, text)
    assert entered == []
    assert why in problems[-1]
    assert field.property("invalid")
    assert field.text() == text
    field.set_value(2)  # news of something else must not take away what is being corrected
    assert field.text() == text
    type_into(field, "3")
    assert entered == [3]
    assert problems[-1] == ""
    assert not field.property("invalid")


def test_escape_takes_back_what_was_typed(qtbot: QtBot) -> None:
    field, entered, problems = a_field(qtbot)
    type_into(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "2"
    assert problems[-1] == ""
    assert entered == []


def test_what_is_refused_gives_way_to_the_number_in_use_when_the_field_is_left(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_field, "PASSING_MS", 50)
    row, other = NumberRow("learning rate", 0, 10, ""), QLineEdit()
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(row)
    column.addWidget(other)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    row.field.set_value(2)
    type_into(row.field, "1e9")
    assert row.field.text() == "1e9"
    other.setFocus()
    message = row.findChild(Message)
    assert row.field.text() == "2"
    assert not row.field.property("invalid")
    assert message.text() == "Learning rate must be from 0 to 10."
    qtbot.waitUntil(lambda: message.isHidden())
    row.field.set_value(3)
    assert row.field.text() == "3"


def test_the_keyboard_goes_back_to_the_window_once_nothing_is_left_to_correct(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    field = NumberField("learning rate", 0, 10, "")
    field.set_value(2)
    window.setCentralWidget(field)
    undone: list[bool] = []
    undo = window.addAction("Undo")
    undo.setShortcut("Ctrl+Z")
    undo.triggered.connect(lambda: undone.append(True))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    type_into(field, "x")
    assert field.hasFocus()
    type_into(field, "3")
    assert not field.hasFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]
    assert field.text() == "3"
    type_into(field, "4", enter=False)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.hasFocus()
    assert field.text() == "3"


def test_a_whole_number_is_asked_for_where_one_is_needed(qtbot: QtBot) -> None:
    field, entered, problems = a_field(qtbot, whole=True)
    type_into(field, "2,5")
    assert "whole number" in problems[-1]
    assert entered == []


def test_a_row_says_below_the_field_what_is_wrong(qtbot: QtBot) -> None:
    row = NumberRow("momentum", 0, 0.9999, "")
    qtbot.addWidget(row)
    row.show()
    type_into(row.field, "2")
    message = row.findChild(Message)
    assert message.isVisible()
    assert message.text() == "Momentum must be from 0 to 0.9999."
    type_into(row.field, "0.5")
    assert not message.isVisible()
