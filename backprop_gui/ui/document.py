"""The document: the only mutable pointer to the project, with undo, and the news of every change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from backprop_gui.data import Prepared, prepare
from backprop_gui.engine.carry import NOTHING_SPECIAL, Carry, new_number
from backprop_gui.engine.settings import check_settings
from backprop_gui.errors import UserError
from backprop_gui.project import Project, obstacle, trainer_of
from backprop_gui.project.kept import Kept, check_kept
from backprop_gui.ui.undo import Step, UndoStack

UNDO_LIMIT = 300
"""Steps of undo that are kept."""


class Document(QObject):
    """Holds the project a person works on and the data prepared for it.

    The drawing may be one that cannot be trained, because it is empty or half drawn.

    Attributes
    ----------
    project : Project
        Its ``run`` is only what was opened; where training stands now is known to the player. Its name and the
        runs that are kept are no part of undo.
    prepared : Prepared
        The data of ``project.data``, always up to date.
    obstacle : UserError or None
        Why the drawing cannot be trained as it is.
    carry : Carry
        What the last change means for what was learned.
    reason : str
        What the last change is called.
    stack : UndoStack
    path : Path or None
        Where the project was last saved or opened.
    edited : bool
        Whether there was an edit since then, be it taken back.

    Signals
    -------
    followed(old: Project, new: Project)
        After every edit, undo and redo, before ``changed``: for whoever needs each step of a long way.
    changed(old: Project, new: Project)
        After every edit, undo and redo; after ``go_to`` once for all steps on the way.
    opened()
        After the whole project was exchanged, which cannot be undone.
    history_changed()
        What can be undone or done again, or whether it is saved, has changed.
    """

    followed = Signal(object, object)
    changed = Signal(object, object)
    opened = Signal()
    history_changed = Signal()

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        """Hold ``project``.

        Raises
        ------
        UserError
            If its data cannot be had, or its settings are out of range.
        """
        super().__init__(parent)
        self.stack = UndoStack(UNDO_LIMIT, self.history_changed.emit)
        self.prepared, self.obstacle = _checked(project)
        self.project = project
        self.carry = NOTHING_SPECIAL
        self.reason = ""
        self.path = path
        self.edited = False
        self._on_the_way = False

    def edit(
        self,
        text: str,
        new: Project,
        merge: str = "",
        carry: Carry = NOTHING_SPECIAL,
        prepared: Prepared | None = None,
    ) -> None:
        """Make ``new`` the project, as one step of undo called ``text``.

        Steps with the same ``merge`` key that follow each other become one, as when a slider is dragged. The data is
        ``prepared`` here, unless it has been already.

        Raises
        ------
        UserError
            If the settings are out of range or the data cannot be had; nothing has changed then.
        """
        if new == self.project and not carry.touched:
            return
        check_settings(new.training)
        if prepared is None:
            prepared = self.prepared if new.data == self.project.data else prepare(new.data)
        self.edited = True
        self.stack.push(_Edit(self, text, (self.project, self.prepared), (new, prepared), merge, carry))

    def open(self, project: Project, path: Path | None) -> None:
        """Exchange the whole project and forget all undo steps.

        Raises
        ------
        UserError
            If its data cannot be had, or its settings are out of range; nothing has changed then.
        """
        self.prepared, self.obstacle = _checked(project)
        self.project, self.path, self.edited = project, path, False
        self.stack.clear()
        self.opened.emit()

    def saved(self, path: Path) -> None:
        """Note that the project is now in the file at ``path``, whose name becomes its own."""
        self.path, self.edited = path, False
        old, self.project = self.project, replace(self.project, name=path.stem)
        self.stack.set_clean()
        self.carry = NOTHING_SPECIAL
        self._tell(old)

    def keep(self, kept: Kept, *, by_hand: bool) -> None:
        """Have other runs kept; ``by_hand`` says that the person has done so, and would miss it.

        Raises
        ------
        KeptRunsError
            If a file with these runs could not be opened again; nothing has changed then.
        """
        check_kept(kept)
        self.edited = self.edited or by_hand
        old, self.project = self.project, replace(self.project, kept=kept)
        self.carry = NOTHING_SPECIAL
        self._tell(old)
        self.history_changed.emit()

    def go_to(self, index: int) -> None:
        """Undo or redo until ``index`` steps are done; it is drawn only once, however many steps that takes."""
        first, self._on_the_way = self.project, True
        try:
            while self.stack.index > max(0, index):
                self.stack.undo()
            while self.stack.index < min(index, self.stack.count):
                self.stack.redo()
        finally:
            self._on_the_way = False
        if self.project is not first:
            self.changed.emit(first, self.project)
            self._shelve(first)

    def show(self, project: Project, prepared: Prepared, carry: Carry, reason: str) -> None:
        """Make ``project`` the one that is shown, and tell everyone; for undo steps."""
        self.reason = reason
        old, self.prepared, self.carry = self.project, prepared, carry
        self.obstacle = obstacle(project, prepared)
        # A name is given by saving, and runs are kept as training goes: neither is a step of undo.
        if (project.name, project.kept) != (old.name, old.kept):
            project = replace(project, name=old.name, kept=old.kept)
        self.project = project
        self._tell(old)

    def _tell(self, old: Project) -> None:
        self.followed.emit(old, self.project)
        if not self._on_the_way:
            self.changed.emit(old, self.project)
        self._shelve(old)

    def _shelve(self, old: Project) -> None:
        """Make ``old`` small, if it is kept for undo only: of 100,000 edges there would be a table in each step."""
        if old.network is not self.project.network:
            old.network.forget()


def _checked(project: Project) -> tuple[Prepared, UserError | None]:
    """Return the data of ``project`` and what keeps it from being trained; raise what keeps it from being shown."""
    check_settings(project.training)
    prepared = prepare(project.data)
    problem = obstacle(project, prepared)
    if problem is None:
        _ = trainer_of(project, prepared)
    return prepared, problem


class _Edit:
    """Before and after: right by construction, whatever was edited."""

    def __init__(
        self,
        document: Document,
        text: str,
        before: tuple[Project, Prepared],
        after: tuple[Project, Prepared],
        merge: str,
        carry: Carry,
    ) -> None:
        self.text = text
        self._document, self._before, self._after, self._merge = document, before, after, merge
        self._carry = carry
        self._away: tuple[int, ...] = ()
        """The changes that undo takes back."""
        self._back: tuple[int, ...] = ()
        """The change that redo takes back: the last undo."""

    def do(self) -> None:
        """Do it, for the first time or again."""
        number = new_number()
        self._away, takes = (number,), self._back
        self._document.show(*self._after, replace(self._carry, takes=takes, leaves=number), self.text)

    def take_back(self) -> None:
        """Undo it."""
        number = new_number()
        self._back, takes = (number,), self._away
        carry = Carry(self._carry.touched, takes=takes, leaves=number)
        self._document.show(*self._before, carry, f"Undo: {self.text}")

    def absorb(self, other: Step) -> bool:
        """Become one with a step of the same merge key."""
        if not self._merge or not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self.text, self._after = other.text, other._after
        self._carry = Carry(
            self._carry.touched | other._carry.touched, {**self._carry.inherits, **other._carry.inherits}
        )
        self._away += other._away
        return True
