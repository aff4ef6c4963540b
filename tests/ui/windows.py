"""What tests of the whole window share: one that is open and has numbers, and one that is closed again."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from backprop_gui.project import templates
from backprop_gui.ui import theme
from backprop_gui.ui.window import Window


def open_window(qtbot: QtBot, qapp: QApplication) -> Window:
    """Return a shown window on the first template, in the light theme, with a first frame."""
    theme.apply(qapp, False)
    window = Window(templates.load(templates.FIRST))
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.lab.player.frame is not None)
    return window


def shut(window: Window) -> None:
    """Close a window, unless the test has."""
    if isValid(window):
        window.lab.document.stack.set_clean()
        window.lab.document.edited = False
        window.lab.document.path = None
        window.close()
