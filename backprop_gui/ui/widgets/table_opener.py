"""The button that opens a table of one's own, and beside it the name of the one that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from backprop_gui.ui.widgets.elided import ElidedLabel


class TableOpener(QWidget):
    """Asks for a file, beginning in the folder of the table that is open.

    Signals
    -------
    chosen(str)
        The path of the file that a person chose.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._folder = ""
        self.button = QPushButton("Open CSV…")
        self.button.setToolTip("Learn from a table of your own: any CSV file")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._ask)
        self.name = ElidedLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.name, 1)
        self.show_table(None)

    def show_table(self, path: Path | None) -> None:
        """Show which table is open, None if the data are not a table of one's own."""
        self._folder = str(path.parent) if path is not None else ""
        self.name.setVisible(path is not None)
        self.name.setText(path.name if path is not None else "")
        self.name.setToolTip(str(path) if path is not None else "")

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a table", self._folder, "Tables (*.csv *.tsv *.txt);;All files (*)"
        )
        if path:
            self.chosen.emit(path)


__all__ = ["TableOpener"]
