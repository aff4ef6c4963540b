"""The application: makes the parts and starts Qt; the only place that knows them all."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from backprop_gui import __version__
from backprop_gui.paths import resource, state_folder
from backprop_gui.project import Project, templates
from backprop_gui.project.files import load
from backprop_gui.project.recovery import left_behind
from backprop_gui.ui import theme
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.gallery import is_first_start
from backprop_gui.ui.garbage import GarbageCollector
from backprop_gui.ui.window import AUTOSAVES, Window
from backprop_gui.ui.windows import Windows

SWITCH_SECONDS = 0.0005
"""How soon the worker gives way to the window: ten times sooner than by default, which costs training nothing."""


def run(path: Path | None = None) -> int:
    """Open the window, on the project at ``path`` or on XOR, and return the exit code when it is closed.

    Raises
    ------
    UserError
        If the project cannot be opened; there is no window then.
    """
    app = application()
    window = open_window(templates.load(templates.FIRST) if path is None else load(path), path)
    if path is not None:
        window.files.opened(path)
    sys.excepthook = _show_in(window.windows)
    GarbageCollector(lambda: not any(one.lab.player.is_running for one in window.windows.open), app)
    window.offers.offer(left_behind(state_folder() / AUTOSAVES))
    window.show()
    if path is None and is_first_start():
        window.choose_template("Welcome to Backprop Lab")
    return int(app.exec())


def application() -> QApplication:
    """Return the application, made and dressed if it is not there yet."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    QCoreApplication.setOrganizationName("backprop-lab")
    QCoreApplication.setApplicationName("backprop-lab")
    app = QApplication(sys.argv[:1])
    app.setApplicationDisplayName("Backprop Lab")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("backprop-lab")
    app.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    chosen = QSettings().value("theme", "system")
    theme.apply(app, {"light": False, "dark": True}.get(str(chosen)))
    return app


def open_window(project: Project, path: Path | None = None) -> Window:
    """Return a window on ``project``, not shown yet."""
    return Window(project, path)


def _show_in(windows: Windows) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """Return an exception hook that words what nobody foresaw in the window that is used, and logs the rest."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            windows.quit()
        elif isinstance(error, Exception) and windows.open:
            active = QApplication.activeWindow()
            window = active if isinstance(active, Window) else windows.open[-1]
            window.banner.show_message(unexpected(error))
        else:
            logging.getLogger("backprop_gui").critical("fatal", exc_info=(kind, error, trace))

    return hook
