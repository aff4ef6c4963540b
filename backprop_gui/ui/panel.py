"""What a panel is: a widget in a dock that is told what changed and shown what happens."""

from __future__ import annotations

import enum
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.project import Project
from backprop_gui.registry import Registry
from backprop_gui.ui.checking import Checking
from backprop_gui.ui.document import Document
from backprop_gui.ui.editor import Editor
from backprop_gui.ui.microscope import Microscope
from backprop_gui.ui.player import Player
from backprop_gui.ui.runs import Runs
from backprop_gui.ui.selection import Selection


class Pace(enum.Enum):
    """How often a panel wants to be shown a frame while training runs: 60, 15 or 8 times a second."""

    PICTURES = "pictures"
    CURVES = "curves"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Lab:
    """What panels work with."""

    document: Document
    player: Player
    selection: Selection
    editor: Editor = field(init=False)
    runs: Runs = field(init=False)
    checking: Checking = field(init=False)
    microscope: Microscope = field(init=False)

    def __post_init__(self) -> None:
        # With a parent, what is connected to its signals goes with the window: Python sees no cycle through Qt.
        editor = Editor(self.document, self.player, self.selection, self.document)
        object.__setattr__(self, "editor", editor)
        object.__setattr__(self, "runs", Runs(self.document, self.player, self.document))
        object.__setattr__(self, "checking", Checking(self.document))
        object.__setattr__(self, "microscope", Microscope(self.document, self.player, self.document))


class PanelWidget(QWidget):
    """Base of all panels. A view is told, and never decides: it edits only through ``lab.document.edit``."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab

    def sync(self, old: Project | None, new: Project) -> None:
        """Show ``new``; ``old`` is what was shown before, None at first and after another file was opened."""

    def show_frame(self, frame: Frame) -> None:
        """Show a moment of training."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: one file in ``ui/panels`` that adds one of these.

    Attributes
    ----------
    area : Qt.DockWidgetArea
        Where it is docked until somebody moves it.
    order : int
        Its place among the panels there, from the top or the left.
    tab_with : str
        The name of a panel before it that it shares a place with, as a tab; empty for none.
    shown : bool
        Whether it is there until somebody closes it, and not only once somebody opens it.
    """

    name: str
    title: str
    make: Callable[[Lab], PanelWidget]
    area: Qt.DockWidgetArea
    order: int
    pace: Pace = Pace.NUMBERS
    tab_with: str = ""
    shown: bool = True


PANELS: Registry[Panel] = Registry("panel")


def add_panel(panel: Panel) -> None:
    """Enter a panel into the registry."""
    PANELS.add(panel.name, panel)


def load_panels() -> None:
    """Import every file in ``ui/panels``, each of which adds its panel."""
    import backprop_gui.ui.panels as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
