"""Writing the worked solution of what is shown, solved or as an exercise, in the kind of document that is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.errors import UserError
from backprop_gui.project import files
from backprop_gui.solutions import WRITERS, Style, Writer, check_length, solution_of
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.filing import Filing
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.past import worked_of

STYLES = {
    "solved": Style(),
    "exercise": Style(blanks=True),
    "exercise with answers": Style(blanks=True, answers=True),
}


class SolutionExport:
    """Asks for a file and writes the next step of the example that is shown into it."""

    def __init__(self, lab: Lab, banner: Banner, window: QWidget, filing: Filing) -> None:
        self._lab, self._banner, self._window, self._filing = lab, banner, window, filing
        self._waiting = Waiting(window)
        self.kinds: dict[str, tuple[Writer, Style]] = {
            f"{writer.label}, {name} (*{writer.suffix})": (writer, style)
            for writer in WRITERS.values()
            for name, style in STYLES.items()
        }

    def ask(self) -> None:
        """Ask for a file, and write it."""
        frame = self._frame()
        suggestion = str(Path(self._filing.folder()) / f"{self._lab.document.project.name}.md")
        first = next(kind for kind in self.kinds if kind.startswith("Markdown"))
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Export worked solution", suggestion, ";;".join(self.kinds), first
        )
        writer, style = self.kinds.get(kind, self.kinds[first])
        path = self._filing.with_suffix(Path(name), writer.suffix) if name else None
        if path is not None:
            by_suffix = [one for one in WRITERS.values() if one.suffix == path.suffix]
            self.write(frame, by_suffix[0] if by_suffix else writer, style, path)
            self._filing.remember_folder(path)

    def write(self, frame: Frame, writer: Writer, style: Style, path: Path) -> None:
        """Write the worked solution of ``frame`` to ``path`` in the background, and then say so."""
        name, worked = self._lab.document.project.name, worked_of(frame, self._lab.document)

        def work() -> int:
            text = writer.write(solution_of(worked, name), style)
            files.write_atomically(path, text.encode("utf-8"))
            return len(worked.operations)

        def done(future) -> None:
            error = future.exception()
            if error is not None:
                self._banner.show_message(str(error) if isinstance(error, UserError) else unexpected(error))
            else:
                self._banner.show_message(f"Wrote {future.result():,} operations to “{path.name}”.", "good")

        self._waiting.for_(in_background(work), done)

    def _frame(self) -> Frame:
        frame = self._lab.player.frame
        if frame is None:
            raise UserError("There is nothing to write out: the drawing cannot be trained as it is.")
        check_length(frame.plan.network)
        return frame


__all__ = ["SolutionExport"]
