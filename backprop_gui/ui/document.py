"""The document: the only mutable pointer to the project, with undo, and the news of every change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from backprop_gui.data import Prepared, prepare
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import check_settings
from backprop_gui.engine.stepper import check_fit
from backprop_gui.project import Project, examples_of, trainer_of

UNDO_LIMIT = 300
"""Steps of undo that are kept."""


class Document(QObject):
    """Holds the project a person works on and the data prepared for it.

    Attributes
    ----------
    project : Project
        Its ``run`` is only what was opened; where training stands now is known to the player.
    prepared : Prepared
        The data of ``project.data``, always up to date.
    stack : QUndoStack
    path : Path or None
        Where the project was last saved or opened.

    Signals
    -------
    changed(old: Project, new: Project)
        After every edit, undo and redo.
    opened()
        After the whole project was exchanged, which cannot be undone.
    """

    changed = Signal(object, object)
    opened = Signal()

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        """Hold ``project``.

        Raises
        ------
        UserError
            If its data cannot be had, or do not fit its network, settings and run.
        """
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(UNDO_LIMIT)
        self.prepared = prepare(project.data)
        _ = trainer_of(project, self.prepared)
        self.project = project
        self.path = path

    def edit(self, text: str, new: Project, merge: str = "") -> None:
        """Make ``new`` the project, as one step of undo called ``text``.

        Steps with the same ``merge`` key that follow each other become one, as when a slider is dragged.

        Raises
        ------
        UserError
            If the new project cannot be trained or its data cannot be had; nothing has changed then.
        """
        if new == self.project:
            return
        check_settings(new.training)
        prepared = self.prepared if new.data == self.project.data else prepare(new.data)
        if new.network is not self.project.network or prepared is not self.prepared:
            check_fit(compile_network(new.network), examples_of(prepared))
        self.stack.push(_Edit(self, text, (self.project, self.prepared), (new, prepared), merge))

    def open(self, project: Project, path: Path | None) -> None:
        """Exchange the whole project and forget all undo steps.

        Raises
        ------
        UserError
            If its data cannot be had, or do not fit its network, settings and run; nothing has changed then.
        """
        prepared = prepare(project.data)
        _ = trainer_of(project, prepared)
        self.project, self.prepared, self.path = project, prepared, path
        self.stack.clear()
        self.opened.emit()

    def saved(self, path: Path) -> None:
        """Note that the project is now in the file at ``path``, whose name becomes its own."""
        self.path = path
        old, self.project = self.project, replace(self.project, name=path.stem)
        self.stack.setClean()
        self.changed.emit(old, self.project)

    def show(self, project: Project, prepared: Prepared) -> None:
        """Make ``project`` the one that is shown, and tell everyone; for undo steps."""
        old, self.prepared = self.project, prepared
        # A name is given by saving, which is no step of undo.
        self.project = project if project.name == old.name else replace(project, name=old.name)
        self.changed.emit(old, self.project)


class _Edit(QUndoCommand):
    """Before and after: right by construction, whatever was edited."""

    def __init__(
        self,
        document: Document,
        text: str,
        before: tuple[Project, Prepared],
        after: tuple[Project, Prepared],
        merge: str,
    ) -> None:
        super().__init__(text)
        self._document, self._before, self._after, self._merge = document, before, after, merge

    def redo(self) -> None:
        self._document.show(*self._after)

    def undo(self) -> None:
        self._document.show(*self._before)

    def id(self) -> int:
        # Qt asks mergeWith only of neighbours with the same id, and of none with -1.
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        return True
