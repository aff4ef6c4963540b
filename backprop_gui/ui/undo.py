"""The undo stack: steps that know how to be done and taken back, in a list, with a place in it.

Qt's own was used until it was found to crash: when Python collects a document together with its QUndoStack and its
commands, the commands may be deleted first, and the stack then deletes them again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Step(Protocol):
    """One step.

    Attributes
    ----------
    text : str
        What people call it.
    """

    text: str

    def do(self) -> None:
        """Do it, for the first time or again."""

    def take_back(self) -> None:
        """Undo it."""

    def absorb(self, later: Step) -> bool:
        """Become one with ``later``, which was done after this one; return False to stay two."""


class UndoStack:
    """Steps, of which the first ``index`` are done.

    Attributes
    ----------
    limit : int
        So many are kept; the oldest go first.
    index : int
    clean_index : int
        Where everything is saved; -1 if that cannot be gone to any more.
    """

    def __init__(self, limit: int, changed: Callable[[], None]) -> None:
        """Begin empty and saved; ``changed`` is called after anything above has changed."""
        self.limit, self.index, self.clean_index = limit, 0, 0
        self._steps: list[Step] = []
        self._changed = changed

    # ---- what there is

    @property
    def count(self) -> int:
        """How many steps there are, those that were taken back included."""
        return len(self._steps)

    def text(self, index: int) -> str:
        """Return what a step is called."""
        return self._steps[index].text

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.index > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self.index < len(self._steps)

    @property
    def undo_text(self) -> str:
        """What would be taken back; empty for nothing."""
        return self._steps[self.index - 1].text if self.can_undo else ""

    @property
    def redo_text(self) -> str:
        """What would be done again; empty for nothing."""
        return self._steps[self.index].text if self.can_redo else ""

    @property
    def is_clean(self) -> bool:
        """Whether everything is saved as it is."""
        return self.index == self.clean_index

    # ---- moving

    def push(self, step: Step) -> None:
        """Do a step and add it; what had been taken back can no longer be done again."""
        step.do()
        if self.clean_index > self.index:
            self.clean_index = -1
        del self._steps[self.index :]
        # What is saved stays a moment of its own.
        if not (self._steps and not self.is_clean and self._steps[-1].absorb(step)):
            self._steps.append(step)
            self.index += 1
        if len(self._steps) > self.limit:
            del self._steps[0]
            self.index -= 1
            self.clean_index = max(-1, self.clean_index - 1)
        self._changed()

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        if self.can_undo:
            self._steps[self.index - 1].take_back()
            self.index -= 1
            self._changed()

    def redo(self) -> None:
        """Do the step again that was taken back last, if there is one."""
        if self.can_redo:
            self._steps[self.index].do()
            self.index += 1
            self._changed()

    def clear(self) -> None:
        """Forget all steps; what is there now counts as saved."""
        self._steps.clear()
        self.index = self.clean_index = 0
        self._changed()

    # ---- what is saved

    def set_clean(self) -> None:
        """Note that everything is saved as it is."""
        self.clean_index = self.index
        self._changed()

    def reset_clean(self) -> None:
        """Note that nothing is saved as it is or was."""
        self.clean_index = -1
        self._changed()


__all__ = ["Step", "UndoStack"]
