"""The menu bar, made from the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from backprop_gui.project import templates
from backprop_gui.ui import theme
from backprop_gui.ui.actions import COMMANDS, MENUS, Command
from backprop_gui.ui.recent import RecentMenu


def make_action(command: Command, run: Callable[[], object], parent: QWidget) -> QAction:
    """Return the action of ``command``, which calls ``run``."""
    action = QAction(command.text, parent)
    keys = [QKeySequence(text) for text in command.shortcuts]
    action.setShortcuts(keys)
    set_reason(action, command, "")
    if command.icon:
        action.setIcon(theme.icon(command.icon))
    action.triggered.connect(lambda checked=False: run())
    return action


def set_reason(action: QAction, command: Command, why: str) -> None:
    """Say in the tooltip what ``action`` does, and ``why`` it cannot be done now; nothing if it can."""
    keys = f" ({native(command.shortcuts[0])})" if command.shortcuts else ""
    tip = f"{command.tip or command.text.rstrip('…')}{keys}"
    action.setToolTip(f"{tip}\n{why}" if why else tip)
    # What the command palette says beside the name.
    action.setWhatsThis(why)


def native(keys: str) -> str:
    """Return a key sequence as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def fill_menus(
    window: QMainWindow,
    actions: Mapping[str, QAction],
    begin: Callable[[str], object],
    open_file: Callable[[Path], object],
) -> QMenu:
    """Fill the menu bar of ``window`` and return the menu for its panels.

    Parameters
    ----------
    begin : callable
        Begins with a template, by its name.
    open_file : callable
        Opens a project.
    """
    menus = {name: window.menuBar().addMenu(name) for name in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    group: dict[str, int] = {}
    for command in COMMANDS.values():
        menu = menus[command.menu]
        if group.get(command.menu, command.group) != command.group:
            menu.addSeparator()
        group[command.menu] = command.group
        menu.addAction(actions[command.name])
        if command.name == "new":
            _fill_examples(menu.addMenu("Examples"), begin)
        if command.name == "open":
            recent = RecentMenu(open_file)
            recent.setParent(menu, recent.windowFlags())
            menu.addMenu(recent)
    menus["View"].addSeparator()
    return menus["View"].addMenu("Panels")


def _fill_examples(menu: QMenu, begin: Callable[[str], object]) -> None:
    menu.setToolTipsVisible(True)
    for template in templates.templates().values():
        action = menu.addAction(template.title)
        action.setToolTip(template.about)
        action.triggered.connect(partial(_begin, begin, template.name))


def _begin(begin: Callable[[str], object], name: str, checked: bool = False) -> None:
    begin(name)


__all__ = ["fill_menus", "make_action", "native", "set_reason"]
