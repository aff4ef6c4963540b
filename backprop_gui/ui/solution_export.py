"""Writing the worked solution of what is shown, solved or as an exercise, in the kind of document that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.errors import UserError
from backprop_gui.numerals import EXACT_DIGITS, FEWEST_DIGITS, counted
from backprop_gui.project import files
from backprop_gui.solutions import WRITERS, Solution, Style, Writer, check_length, solution_of
from backprop_gui.ui.filing import Filing
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.past import worked_of
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.solution_pdf import write_pdf
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.number_field import NumberRow

LARGEST = QSize(470, 280)
SETTING = "solution"
"""Where the last choices are remembered."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: what people call it, its suffix, and what writes it to a path."""

    label: str
    suffix: str
    write: Callable[[Solution, Style, Path], None]


def _as_text(writer: Writer) -> Kind:
    def write(solution: Solution, style: Style, path: Path) -> None:
        files.write_atomically(path, writer.write(solution, style).encode("utf-8"))

    return Kind(writer.label, writer.suffix, write)


KINDS = {
    "pdf": Kind("PDF", ".pdf", write_pdf),
    **{name: _as_text(writer) for name, writer in WRITERS.items()},
}
SHEETS = {
    "solved": (False, False, "Every equation in symbols and in numbers, with its result"),
    "exercise": (True, False, "Equations in symbols, with blanks for what is to be worked out"),
    "with answers": (True, True, "The exercise, and all results on a sheet of their own at the end"),
}


class SolutionSheet(Overlay):
    """Asks what kind of document it shall be.

    Signals
    -------
    chosen(str, Style)
        The name of the kind, and the style.
    """

    chosen = Signal(str, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Export worked solution", LARGEST)
        settings = QSettings()
        title = QLabel("Export worked solution")
        title.setProperty("role", "number")
        says = muted("The next step of the example that is shown, operation by operation.", role="caption")
        self.kind = Segmented(
            [(name, kind.label, f"{kind.label}: *{kind.suffix}") for name, kind in KINDS.items()],
            "Kind of document",
        )
        self.kind.set_value(_known(settings.value(f"{SETTING}/kind"), KINDS, "pdf"))
        self.sheet_kind = Segmented([(name, name, tip) for name, (_, _, tip) in SHEETS.items()], "Sheet")
        self.sheet_kind.set_value(_known(settings.value(f"{SETTING}/sheet"), SHEETS, "solved"))
        self.digits = NumberRow(
            "significant digits", FEWEST_DIGITS, EXACT_DIGITS, "How exactly results are written", whole=True
        )
        self.digits.field.set_value(_digits(settings.value(f"{SETTING}/digits")))
        choose, cancel = QPushButton("Choose file…"), QPushButton("Cancel")
        choose.setProperty("role", "primary")
        choose.setToolTip("Choose where to write it")
        cancel.setToolTip("Write nothing (Esc)")
        choose.clicked.connect(self._choose)
        cancel.clicked.connect(self.leave)
        self.choose = choose
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(choose)
        self.body.setContentsMargins(24, 22, 24, 20)
        self.body.setSpacing(12)
        for widget in (title, says, self.kind, self.sheet_kind, self.digits):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.body.addLayout(buttons)

    def _choose(self) -> None:
        kind, sheet, digits = self.kind.value, self.sheet_kind.value, int(self.digits.field.value)
        settings = QSettings()
        for name, value in (("kind", kind), ("sheet", sheet), ("digits", digits)):
            settings.setValue(f"{SETTING}/{name}", value)
        blanks, answers, _ = SHEETS[sheet]
        self.leave()
        self.chosen.emit(kind, Style(digits, blanks, answers))


class SolutionExport:
    """Asks for a file and writes the next step of the example that is shown into it."""

    def __init__(self, lab: Lab, window: QWidget, filing: Filing) -> None:
        self._lab, self._window, self._filing = lab, window, filing

    def sheet(self) -> SolutionSheet:
        """Return the sheet that asks what to write.

        Raises
        ------
        UserError
            If there is nothing to write out, or too much.
        """
        frame = self._frame()
        sheet = SolutionSheet(self._window)
        sheet.chosen.connect(lambda kind, style: self._ask_where(frame, kind, style))
        return sheet

    def _ask_where(self, frame: Frame, kind: str, style: Style) -> None:
        wanted = KINDS[kind]
        suggestion = str(Path(self._filing.folder()) / f"{self._lab.document.project.name}{wanted.suffix}")
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export worked solution", suggestion, f"{wanted.label} (*{wanted.suffix})"
        )
        path = self._filing.with_suffix(Path(name), wanted.suffix) if name else None
        if path is not None:
            self.write(frame, _kind_of(path, kind), style, path)
            self._filing.remember_folder(path)

    def write(self, frame: Frame, kind: str, style: Style, path: Path) -> None:
        """Write the worked solution of ``frame`` to ``path`` in the background, and then say so."""
        name, worked = self._lab.document.project.name, worked_of(frame, self._lab.document)

        def work() -> str:
            KINDS[kind].write(solution_of(worked, name), style, path)
            return f"Wrote {counted(len(worked.operations), 'operation')} to “{path.name}”."

        self._filing.writing.begin(path, "", work)

    def _frame(self) -> Frame:
        frame = self._lab.player.frame
        if frame is None:
            raise UserError("There is nothing to write out: the drawing cannot be trained as it is.")
        check_length(frame.plan.network)
        return frame


def _kind_of(path: Path, chosen: str) -> str:
    """Return the kind that the suffix of ``path`` names, or else the one that was chosen."""
    return next((name for name, kind in KINDS.items() if kind.suffix == path.suffix.lower()), chosen)


def _known(value: object, names: dict, usual: str) -> str:
    return str(value) if value in names else usual


def _digits(value: object) -> int:
    """Return the digits that were chosen last; the settings may hold anything."""
    text = str(value)
    return int(text) if text.isdecimal() and FEWEST_DIGITS <= int(text) <= EXACT_DIGITS else Style().digits


__all__ = ["KINDS", "SHEETS", "SolutionExport", "SolutionSheet"]
