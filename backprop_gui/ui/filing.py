"""What the File menu does with one window: new, save, export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from backprop_gui.errors import UserError
from backprop_gui.formats import FORMATS, export
from backprop_gui.formats.model import model_of
from backprop_gui.project import templates
from backprop_gui.project.files import SUFFIX, save
from backprop_gui.ui.autosave import Autosave
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.names import one_line
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.recent import remember
from backprop_gui.ui.writing import Writing


class Filing:
    """Saves and exports; every failure becomes a message in the banner and leaves what is open untouched.

    Attributes
    ----------
    writing : Writing
        The files that are being exported.
    """

    def __init__(
        self,
        lab: Lab,
        banner: Banner,
        window: QWidget,
        autosave: Autosave,
        elsewhere: Callable[[Path], bool],
    ) -> None:
        """Work for ``window``; ``elsewhere`` says whether a file is open in another one."""
        self._elsewhere = elsewhere
        self._lab, self._banner, self._window, self._autosave = lab, banner, window, autosave
        self.writing = Writing(banner, window)
        self._saved_step = 0
        self._note_step()
        lab.document.opened.connect(self._note_step)

    def _note_step(self) -> None:
        run = self._lab.document.project.run
        self._saved_step = run.step if run else 0
        self._saved_kept = self._lab.document.project.kept

    def new(self, template: str = templates.FIRST) -> None:
        """Begin with a template."""
        if self.may_discard():
            self._lab.document.open(templates.load(template), None)

    def ask_open(self, open_path: Callable[[Path], object]) -> None:
        """Choose a project and open it by ``open_path``."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a project", self.folder(), f"Projects (*{SUFFIX});;All files (*)"
        )
        if name:
            open_path(Path(name))

    def opened(self, path: Path) -> None:
        """Note that the file at ``path`` was opened: next time people look for files there."""
        self.remember_folder(path)
        remember(path)

    def save(self) -> bool:
        """Save where the project came from, or ask where to; return whether it is saved."""
        path = self._lab.document.path
        return self._write(path) if path else self.save_as()

    def save_as(self) -> bool:
        """Ask where to save; return whether it is saved."""
        suggestion = str(Path(self.folder()) / f"{self._lab.document.project.name}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the project", suggestion, f"Projects (*{SUFFIX})"
        )
        if not name:
            return False
        path = self.with_suffix(Path(name), SUFFIX)
        return path is not None and self._write(path)

    def export(self) -> None:
        """Ask for a file and write the trained network in the format of its ending."""
        document = self._lab.document
        kinds = [
            f"{entry.label} ({' '.join('*' + suffix for suffix in entry.suffixes)})"
            for entry in FORMATS.values()
        ]
        suggestion = str(Path(self.folder()) / f"{document.project.name}.onnx")
        onnx = next((kind for kind in kinds if "*.onnx" in kind), kinds[0])
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Export weights", suggestion, ";;".join(kinds), onnx
        )
        if not name:
            return
        path = self.with_suffix(Path(name), _suffix(kind) if kind in kinds else ".onnx")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the trained network to ``path`` in the background, and then say how exactly the file reproduces it."""
        model = model_of(self._lab.player.project_now(), self._lab.document.prepared)

        self.writing.begin(path, ", and reading it again to check it", lambda: export(model, path).sentence)
        self.remember_folder(path)

    def may_discard(self) -> bool:
        """Ask what to do with unsaved work; return whether to go on."""
        document = self._lab.document
        if not self.unsaved:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Unsaved changes",
            f"“{one_line(document.project.name)}” has changes that are not saved. Save them?",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        return answer == buttons.Discard or (answer == buttons.Save and self.save())

    @property
    def unsaved(self) -> bool:
        """Whether there are edits, or updates of a project of the person's own, that no file has.

        What comes from a template, and was only trained, can be had again bit for bit at any time; not so once an
        edit may have changed how it trained, be it taken back.
        """
        document = self._lab.document
        own = document.path is not None or document.edited
        return not document.stack.is_clean or (own and (self._trained or self._kept))

    @property
    def changed(self) -> bool:
        """Whether there is anything that no file has, be it only the training of a template: what is kept safe."""
        return not self._lab.document.stack.is_clean or self._trained or self._kept

    @property
    def pristine(self) -> bool:
        """Whether there is nothing of the person's own in the window: another project may take its place."""
        return self._lab.document.path is None and not self.unsaved

    @property
    def _trained(self) -> bool:
        frame = self._lab.player.last
        return frame is not None and frame.step != self._saved_step

    @property
    def _kept(self) -> bool:
        return self._lab.document.project.kept != self._saved_kept

    def with_suffix(self, path: Path, suffix: str) -> Path | None:
        """Add the ending that a person left out; None if that names a file which is to be kept."""
        if path.suffix:
            return path
        path = path.with_suffix(suffix)
        buttons = QMessageBox.StandardButton
        if path.exists():
            answer = QMessageBox.question(
                self._window,
                "Replace the file?",
                f"“{path.name}” is there already. Replace it?",
                buttons.Yes | buttons.No,
            )
            if answer != buttons.Yes:
                return None
        return path

    def _write(self, path: Path) -> bool:
        document = self._lab.document
        if self._elsewhere(path):
            # Each would overwrite what the other has saved.
            self._banner.show_message(
                f"“{path.name}” is open in another window, and was not replaced: save under another name, or close "
                "that window first."
            )
            return False
        try:
            project = replace(self._lab.player.project_now(), name=path.stem)
            save(project, path)
        except UserError as error:
            self._banner.show_message(str(error))
            return False
        self._saved_step = project.run.step if project.run else 0
        self._saved_kept = project.kept
        document.saved(path)
        # At once, lest the program ends now and offers what is older than the file.
        self._autosave.forget()
        self.opened(path)
        return True

    def folder(self) -> str:
        """Return where people last looked for files."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return str(QSettings().value("folder", documents or str(Path.home())))

    def remember_folder(self, path: Path) -> None:
        """Note that a file was written to ``path``: next time people look for files there."""
        QSettings().setValue("folder", str(path.absolute().parent))


def _suffix(kind: str) -> str:
    """Return the ending in a file dialog's kind, such as ``.npz`` of ``NumPy archive (*.npz)``."""
    return kind[kind.rindex("(*") + 2 :].rstrip(")").split(" ")[0]
