"""The offers at the start: work that was not saved when the program ended, until a person decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from backprop_gui.errors import UserError
from backprop_gui.project.recovery import About, Slot
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.names import one_line

SHOWN = 3
"""So many are offered at a time; each that is answered makes room for the next."""


class Offers(QWidget):
    """A line for each; closing one decides nothing, and it is offered again the next time."""

    def __init__(self, open_it: Callable[[Slot], object]) -> None:
        """Offer nothing yet; ``open_it`` opens what is wanted, or raises a :class:`UserError`."""
        super().__init__()
        self._open_it = open_it
        self._waiting: list[Slot] = []
        self._offered: list[Slot] = []
        self.banners: list[Banner] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def offer(self, slots: Sequence[Slot]) -> None:
        """Offer what is in ``slots``."""
        self._waiting += slots
        self._fill()

    def release(self) -> None:
        """Leave everything that was not decided to the next start."""
        for slot in self._offered + self._waiting:
            slot.release()
        self._offered, self._waiting = [], []

    def _fill(self) -> None:
        while self._waiting and len(self._offered) < SHOWN:
            slot = self._waiting.pop(0)
            self._offered.append(slot)
            banner = Banner()
            self.banners.append(banner)
            self._column.addWidget(banner)
            self._say(banner, slot)
        self.setVisible(bool(self._offered))

    def _say(self, banner: Banner, slot: Slot, trouble: str = "") -> None:
        about = slot.about()
        name = f"“{one_line(about.name)}”" if about.name else "A project"
        when = _moment(about.when)
        text = f"{name} was not saved when Backprop Lab ended{f' {when}' if when else ''}."
        if is_newer(about):
            text = f"{name} was kept{f' {when}' if when else ''}, but its file was written after that and is newer."
        if trouble:
            text = f"{trouble} It is still kept in “{slot.path}”."
        banner.setToolTip(_origin(about.path))
        answers = [
            ("Try again" if trouble else "Open it", lambda: self._open(banner, slot)),
            ("Discard", lambda: self._discard(banner, slot)),
        ]
        banner.show_message(text, "bad" if trouble else "warning", answers)

    def _open(self, banner: Banner, slot: Slot) -> None:
        try:
            self._open_it(slot)
        except UserError as error:
            self._say(banner, slot, str(error))
        except Exception as error:
            self._say(banner, slot, unexpected(error))
        else:
            self._decided(banner, slot)

    def _discard(self, banner: Banner, slot: Slot) -> None:
        slot.discard()
        self._decided(banner, slot)

    def _decided(self, banner: Banner, slot: Slot) -> None:
        self._offered.remove(slot)
        self.banners.remove(banner)
        banner.hide()
        banner.deleteLater()
        self._fill()


def _moment(when: float) -> str:
    """Word a time: today's only by its hour."""
    try:
        then = datetime.fromtimestamp(when)
    except (OverflowError, OSError, ValueError):
        return ""
    if then.date() == datetime.now().date():
        return f"today at {then:%H:%M}"
    return f"on {then.day} {then:%B %Y} at {then:%H:%M}"


def is_newer(about: About) -> bool:
    """Return whether the file was written later: the program ended right after a save, or somebody else wrote."""
    try:
        return bool(about.path) and Path(about.path).stat().st_mtime > about.when
    except (OSError, ValueError):
        return False


def _origin(path: str) -> str:
    if not path:
        return "It was never saved in a file."
    return f"It was opened from “{one_line(str(Path(path)), 300)}”, which stays as it is until you save."


__all__ = ["Offers", "is_newer"]
