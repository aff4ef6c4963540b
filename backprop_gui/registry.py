"""Registries: the one place where activations, losses, data sets, formats and the like are listed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TypeVar

from backprop_gui.errors import UserError

T = TypeVar("T")


class UnknownNameError(UserError, KeyError):
    """A name that a registry does not hold; the message offers the nearest one."""

    def __str__(self) -> str:
        # KeyError would show the repr of the sentence, quotation marks and all.
        return str(self.args[0])


class Registry(Mapping[str, T]):
    """An ordered mapping from a name to a thing, which explains itself when asked for what it lacks.

    Parameters
    ----------
    kind : str
        What one entry is called in a sentence, such as ``"activation"``.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, name: str, item: T) -> T:
        """Enter ``item`` under ``name`` and return it; a name can be taken only once."""
        if name in self._items:
            raise ValueError(f"the {self.kind} {name!r} is registered twice")
        self._items[name] = item
        return item

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise UnknownNameError(self._explain(name)) from None

    def __contains__(self, name: object) -> bool:
        # Mapping's own version asks __getitem__, whose error is costly to word.
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def _explain(self, name: str) -> str:
        near = difflib.get_close_matches(str(name).lower(), self._items, n=1, cutoff=0.5)
        offer = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(self._items)}."
        return f"There is no {self.kind} called “{name}”. {offer}"
