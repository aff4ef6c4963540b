"""Writing the worked solution of what is shown, solved or as an exercise, in the kind of document that is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.errors import UserError
from backprop_gui.project import files
from backprop_gui.solutions import WRITERS, Style, Writer, solution_of
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.panel import Lab

STYLES = {
    "solved": Style(),
    "exercise": Style(blanks=True),
    "exercise with answers": Style(blanks=True, answers=True),
}
MOST_PARAMETERS = 20_000


class SolutionExport:
    """Asks for a file and writes the next step of the example that is shown into it."""

    def __init__(self, lab: Lab, banner: Banner, window: QWidget) -> None:
        self._lab, self._banner, self._window = lab, banner, window
        self._waiting = Waiting(window)
        self.kinds: dict[str, tuple[Writer, Style]] = {
            f"{writer.label}, {name} (*{writer.suffix})": (writer, style)
            for writer in WRITERS.values()
            for name, style in STYLES.items()
        }

    def ask(self) -> None:
        """Ask for a file, and write it."""
        frame = self._frame()
        suggestion = str(Path.home() / f"{self._lab.document.project.name}.md")
        first = next(kind for kind in self.kinds if kind.startswith("Markdown"))
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Export worked solution", suggestion, ";;".join(self.kinds), first
        )
        if name:
            path = Path(name)
            writer, style = self.kinds.get(kind, self.kinds[first])
            by_suffix = [one for one in WRITERS.values() if one.suffix == path.suffix]
            self.write(frame, by_suffix[0] if by_suffix else writer, style, path)

    def write(self, frame: Frame, writer: Writer, style: Style, path: Path) -> None:
        """Write the worked solution of ``frame`` to ``path`` in the background, and then say so."""
        project = self._lab.document.project

        def work() -> int:
            worked = worked_example(frame, project.training, project.conventions)
            text = writer.write(solution_of(worked, project.name), style)
            target = path if path.suffix else path.with_suffix(writer.suffix)
            files.write_atomically(target, text.encode("utf-8"))
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
        count = frame.plan.network.parameter_count
        if count > MOST_PARAMETERS:
            raise UserError(
                f"This network has {count:,} parameters: a step of more than {MOST_PARAMETERS:,} is not written out. "
                "Choose a smaller network."
            )
        return frame


__all__ = ["SolutionExport"]
