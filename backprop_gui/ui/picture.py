"""A picture of the window, for machines without a screen."""

from __future__ import annotations

import os
import time
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from backprop_gui.errors import UserError
from backprop_gui.project import Project


def save_picture(
    project: Project, path: Path, *, dark: bool = False, size: tuple[int, int] = (1440, 900)
) -> None:
    """Draw the window on ``project``, where its training stands, into a PNG file.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from backprop_gui.ui import theme
    from backprop_gui.ui.app import application, open_window

    app = application()
    theme.apply(app, dark)
    window = open_window(project)
    window.resize(QSize(*size))
    window.show()
    # The worker answers within milliseconds; the panels then need a round of events to lay themselves out.
    end = time.monotonic() + 10
    while window.lab.player.frame is None and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.01)
    hidden = next((n.id for n in project.network.neurons if n not in project.network.inputs), None)
    if hidden is not None:
        window.lab.selection.set(frozenset([hidden]))
    for _ in range(5):
        app.processEvents()
    image = window.grab()
    window.lab.document.stack.set_clean()
    window.lab.document.edited = False
    window.close()
    if not image.save(str(path), "PNG"):
        raise UserError(
            f"The picture “{path}” could not be written: check that its folder exists and may be written to."
        )
