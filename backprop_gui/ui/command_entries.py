"""What the command palette and the shortcut sheet list: commands, panels and examples; keys and gestures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget

from backprop_gui.project import templates
from backprop_gui.ui.actions import COMMANDS, MENUS
from backprop_gui.ui.command_palette import Entry
from backprop_gui.ui.gestures_help import GESTURES
from backprop_gui.ui.menus import native
from backprop_gui.ui.names import one_line
from backprop_gui.ui.recent import recent
from backprop_gui.ui.shortcut_sheet import Line

ITSELF = "commands"
"""The command that opens the palette, which need not be found in it."""


def entries_of(
    actions: Mapping[str, QAction],
    docks: Mapping[str, QDockWidget],
    begin: Callable[[str], object],
    open_path: Callable[[Path], object],
) -> list[Entry]:
    """Return everything that a window with these actions and docks can do.

    Parameters
    ----------
    begin : callable
        ``begin(template)`` begins with a template.
    open_path : callable
        ``open_path(path)`` opens a file.
    """
    return [*_commands(actions), *_panels(docks), *_recent_files(open_path), *_examples(begin)]


def _commands(actions: Mapping[str, QAction]) -> Iterator[Entry]:
    for name, command in COMMANDS.items():
        if name == ITSELF:
            continue
        action = actions[name]
        keys = native(command.shortcuts[0]) if command.shortcuts else ""
        # Behind a tab stand keys that only a menu shows.
        text = action.text().partition("\t")[0]
        where = action.whatsThis() or command.menu
        yield Entry(name, text, where, action.trigger, keys, action.isEnabled(), command.tip)


def _panels(docks: Mapping[str, QDockWidget]) -> Iterator[Entry]:
    for name, dock in docks.items():
        # A tab that lies behind another one is there, but not to be seen.
        seen = dock.isVisible() and not dock.visibleRegion().isEmpty()
        text = f"{'Hide' if seen else 'Show'} the panel {dock.windowTitle()}"
        yield Entry(f"panel {name}", text, "View › Panels", dock.close if seen else partial(_show, dock))


def _show(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()


def _recent_files(open_path: Callable[[Path], object]) -> Iterator[Entry]:
    for path in recent():
        text, about = f"Open {one_line(path.stem)}", str(path)
        yield Entry(f"file {path}", text, "File › Open recent", partial(open_path, path), about=about)


def _examples(begin: Callable[[str], object]) -> Iterator[Entry]:
    for template in templates.templates().values():
        yield Entry(
            f"template {template.name}",
            f"Begin with {template.title}",
            "File › New",
            partial(begin, template.name),
            about=template.about,
        )


def shortcut_groups() -> list[tuple[str, list[Line]]]:
    """Return what has a key, by menu, and then what mouse and keyboard do on the canvas."""
    groups: dict[str, list[Line]] = {menu: [] for menu in MENUS}
    for command in COMMANDS.values():
        if command.shortcuts:
            keys = tuple(native(keys) for keys in command.shortcuts)
            groups[command.menu].append(Line(keys, command.text.rstrip("…")))
    for gesture in GESTURES:
        groups.setdefault(gesture.group, []).append(Line(gesture.how, gesture.does))
    return [(title, lines) for title, lines in groups.items() if lines]


__all__ = ["entries_of", "shortcut_groups"]
