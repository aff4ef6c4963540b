"""Every control of the side panels can be reached by keyboard, has a name and a tooltip, and fits a narrow dock."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QSlider,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.equation import EquationStrip
from backprop_gui.ui.panel import Lab, PanelWidget
from backprop_gui.ui.panels.conventions import ConventionsPanel
from backprop_gui.ui.panels.data import DataPanel
from backprop_gui.ui.panels.faults import FaultLab
from backprop_gui.ui.panels.inspector import Inspector
from backprop_gui.ui.panels.shape import ShapePanel
from backprop_gui.ui.panels.training import TrainingPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Selection
from backprop_gui.ui.widgets.thumbnail import Thumbnail
from tests.ui.panel_lab import place, type_into

PANELS = (ShapePanel, DataPanel, TrainingPanel, Inspector, FaultLab, ConventionsPanel)


def controls_of(widget: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    found = [child for kind in kinds for child in widget.findChildren(kind)]
    return [child for child in found if not isinstance(child, QScrollBar) and not _inside_a_view(child)]


def _inside_a_view(child: QWidget) -> bool:
    parent = child.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea):
            return True
        parent = parent.parentWidget()
    return False


@pytest.mark.parametrize("make", PANELS)
def test_names_tooltips_and_focus(
    qtbot: QtBot, document: Document, player: Player, make: type[PanelWidget]
) -> None:
    panel = place(qtbot, document, player, make)
    for control in controls_of(panel):
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text, control
        assert control.toolTip(), control.accessibleName() or text
        if not isinstance(control, Thumbnail):  # one of a group, of which Tab reaches one
            group = control.group() if isinstance(control, QAbstractButton) else None
            one_of = [control] if group is None else group.buttons()
            assert any(one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in one_of), (
                control.accessibleName() or text
            )
    for table in panel.findChildren(QTableView):
        assert table.accessibleName()


@pytest.mark.parametrize("make", PANELS)
def test_a_click_leaves_the_keyboard_where_it_was(
    qtbot: QtBot, document: Document, player: Player, make: type[PanelWidget]
) -> None:
    panel = place(qtbot, document, player, make)
    for control in controls_of(panel):
        if isinstance(control, (QAbstractButton, QComboBox)):
            assert not control.focusPolicy() & Qt.FocusPolicy.ClickFocus, control.accessibleName()


def test_enter_in_the_shape_box_gives_the_keyboard_back(
    qtbot: QtBot, document: Document, player: Player
) -> None:
    panel = place(qtbot, document, player, ShapePanel)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    type_into(panel.shape_box, "2-four-1")
    assert panel.shape_box.hasFocus()
    type_into(panel.shape_box, "2-3-1")
    assert not panel.shape_box.hasFocus()


@pytest.mark.parametrize("width", [230, 400])
@pytest.mark.parametrize("make", PANELS)
def test_nothing_is_wider_than_the_dock(
    qtbot: QtBot, qapp: QApplication, document: Document, player: Player, make: type[PanelWidget], width: int
) -> None:
    theme.apply(qapp, False)
    panel = place(qtbot, document, player, make, (width, 420))
    qtbot.wait(20)
    assert panel.width() == width
    for area in panel.findChildren(QScrollArea):
        assert area.widget().width() <= area.viewport().width()


def test_the_strip_too(qtbot: QtBot, document: Document, player: Player) -> None:
    strip = EquationStrip(Lab(document, player, Selection()))
    qtbot.addWidget(strip)
    assert strip.chip.toolTip()
    assert strip.chip.accessibleName() == "check gradient"
    assert strip.chip.focusPolicy() & Qt.FocusPolicy.TabFocus
