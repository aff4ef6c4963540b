"""What the program is, in which version, and whose it is."""

from __future__ import annotations

import platform

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from backprop_gui import __version__
from backprop_gui.paths import resource
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.widgets.column import muted

LARGEST = QSize(400, 280)


class About(Overlay):
    """A small sheet with the name, the version and the licence."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "About Backprop Lab", LARGEST)
        logo, name = QLabel(), QLabel("Backprop Lab")
        logo.setPixmap(QIcon(str(resource("icons/app.svg"))).pixmap(QSize(56, 56)))
        name.setProperty("role", "number")
        self.version = muted(f"Version {__version__}")
        says = QLabel(
            "Draw a network, watch every delta while it learns,\nand check that the numbers are right."
        )
        made = muted(f"Qt {qt_version}, Python {platform.python_version()}. MIT licence.")
        close = QPushButton("Close")
        close.setToolTip("Close (Esc)")
        close.clicked.connect(self.leave)
        self.body.setContentsMargins(24, 26, 24, 20)
        self.body.setSpacing(8)
        for label in (logo, name, self.version, says, made):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.body.addWidget(label)
        self.body.addStretch(1)
        self.body.addWidget(close, 0, Qt.AlignmentFlag.AlignCenter)


__all__ = ["About"]
