"""What the tests of side panels share: a panel that is told of edits and frames, as the window tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSlider, QStyle, QStyleOptionSlider, QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.ui.document import Document
from backprop_gui.ui.panel import Lab, PanelWidget
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Selection
from backprop_gui.ui.widgets.slider import MOVED_MS

P = TypeVar("P", bound=PanelWidget)


def place(
    qtbot: QtBot,
    document: Document,
    player: Player,
    make: Callable[[Lab], P],
    size: tuple[int, int] = (260, 600),
) -> P:
    """Return a shown panel that follows ``document`` and ``player``, with a first frame."""
    panel = make(Lab(document, player, Selection()))
    qtbot.addWidget(panel)
    document.changed.connect(panel.sync)
    player.numbers.connect(panel.show_frame)
    panel.sync(None, document.project)
    panel.resize(*size)
    panel.show()
    qtbot.waitExposed(panel)
    qtbot.waitUntil(lambda: player.frame is not None)
    return panel


def type_into(field: QLineEdit, text: str, *, enter: bool = True) -> None:
    """Replace what a field holds by typing."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    if enter:
        QTest.keyClick(field, Qt.Key.Key_Return)


def drag(slider: QSlider, positions: Sequence[int], qtbot: QtBot) -> None:
    """Press on the handle of a slider, move it through ``positions``, staying long enough at each, and let go."""

    def at(position: int) -> QPoint:
        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        style, groove, handle = (
            slider.style(),
            QStyle.SubControl.SC_SliderGroove,
            QStyle.SubControl.SC_SliderHandle,
        )
        kind = QStyle.ComplexControl.CC_Slider
        room = style.subControlRect(kind, option, groove, slider)
        width = style.subControlRect(kind, option, handle, slider).width()
        share = (position - slider.minimum()) / (slider.maximum() - slider.minimum())
        return QPoint(room.x() + round(width / 2 + share * (room.width() - width)), room.center().y())

    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(slider.value()))
    assert slider.isSliderDown(), "the handle was missed"
    for position in positions:
        QTest.mouseMove(slider, at(position))
        qtbot.wait(MOVED_MS + 30)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(positions[-1]))


def turn_wheel(over: QWidget, angle: int = -120) -> None:
    """Turn the wheel by one notch over a widget; as on a real screen, what it does not want goes to its parents."""
    widget: QWidget | None = over
    while widget is not None:
        middle = QPointF(widget.rect().center())
        none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(
            middle,
            widget.mapToGlobal(middle),
            QPoint(0, 0),
            QPoint(0, angle),
            none,
            Qt.KeyboardModifier.NoModifier,
            phase,
            False,
        )
        QApplication.sendEvent(widget, event)
        widget = None if event.isAccepted() else widget.parentWidget()


def undo_texts(document: Document) -> list[str]:
    """Return the texts of all undo steps, the oldest first."""
    return [document.stack.text(index) for index in range(document.stack.count)]
