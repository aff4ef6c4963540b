"""Changing a neuron, an edge or a layer where it is drawn: a small form beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFormLayout, QFrame, QLabel, QLineEdit, QWidget

from backprop_gui.errors import UserError
from backprop_gui.network import Kind, Network
from backprop_gui.project import Project, edits
from backprop_gui.project.edits import Edit
from backprop_gui.ui.editor import Editor, Make
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import read_number, write_number
from backprop_gui.ui.selection import Key
from backprop_gui.ui.widgets.message import Message

GAP_PX = 8
WIDTH_PX = 190


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the form: what is changed, as it is now, and the edit that what was typed stands for.

    ``edit`` raises a UserError if the text stands for none.
    """

    caption: str
    text: str
    tip: str
    edit: Callable[[str], Make]
    first: bool = False


class InPlace(QFrame):
    """The form; Enter takes what was typed, Escape takes it back, and so does a click elsewhere take it.

    Signals
    -------
    closed()
        The keyboard is free again.
    """

    closed = Signal()

    def __init__(self, editor: Editor, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor, self._canvas = editor, parent
        self.setObjectName("inplace")
        self.setProperty("role", "popup")
        self.setFixedWidth(WIDTH_PX)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._message = Message()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(12, 10, 12, 12)
        self._form.setSpacing(6)
        self._form.addRow(self._title)
        self._form.addRow(self._message)
        self._entries: list[tuple[Entry, QLineEdit]] = []
        self._open = False
        self._beside = QRectF()
        self._subject: tuple[Key | None, int] = (None, 0)
        self._said = ""
        editor.refused.connect(self._note_refusal)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)
        self.hide()

    def edit(self, key: Key | None, layer: int, beside: QRectF, *, naming: bool = False) -> None:
        """Open the form for a neuron, an edge, or, where ``key`` is None, a layer; ``naming`` begins at the name."""
        if not self.finish():
            return
        self._subject = key, layer
        if isinstance(key, tuple):
            title, entries = self._edge_entries(key)
        elif key is not None:
            title, entries = self._neuron_entries(key)
        else:
            title, entries = self._layer_entries(layer)
        self._title.setText(title)
        self.setAccessibleName(title)
        self._message.say("")
        self._fill(entries)
        self._place(beside)
        self._open = True
        self.show()
        self.raise_()
        wanted = (box for entry, box in self._entries if entry.first and not naming)
        first = next(wanted, self._entries[0][1])
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        first.selectAll()

    # ---- what can be changed

    def _edge_entries(self, key: tuple[int, int]) -> tuple[str, list[Entry]]:
        editor = self._editor
        names = " → ".join(display_name(editor.network.neuron_of[id].name) for id in key)

        def set_weight(text: str) -> Make:
            value = read_number(text)
            return lambda project: edits.set_weight(project, key, value)

        entry = Entry("weight w", write_number(editor.value(key)), NUMBERS, set_weight, first=True)
        return names, [entry]

    def _neuron_entries(self, id: int) -> tuple[str, list[Entry]]:
        editor = self._editor
        neuron = editor.network.neuron_of[id]

        def rename(text: str) -> Make:
            return lambda project: edits.rename(project, id, text)

        def set_bias(text: str) -> Make:
            value = read_number(text)
            return lambda project: edits.set_bias(project, id, value)

        is_input = neuron.kind is Kind.INPUT
        entries = [Entry("name", neuron.name, "What the neuron is called", rename, first=is_input)]
        if neuron.bias is not None:
            entries.append(Entry("bias b", write_number(editor.value(id)), NUMBERS, set_bias, first=True))
        return f"Neuron {display_name(neuron.name)}", entries

    def _layer_entries(self, layer: int) -> tuple[str, list[Entry]]:
        editor = self._editor
        name, size = editor.network.layer_of[layer].name, len(editor.network.members[layer])

        def rename(text: str) -> Make:
            return lambda project: edits.rename_layer(project, layer, text)

        def resize(text: str) -> Make:
            count = read_number(text, whole=True)
            if count != int(count):
                raise UserError("A layer has a whole number of neurons.")
            return lambda project: edits.resize_layer(project, layer, int(count), editor.starts)

        return f"Layer {name}", [
            Entry("name", name, "What the layer is called", rename, first=True),
            Entry("neurons", str(size), "How many neurons it has; the last ones go first", resize),
        ]

    # ---- the form

    def _fill(self, entries: list[Entry]) -> None:
        while self._form.rowCount() > 2:
            self._form.removeRow(1)
        self._entries = []
        for number, entry in enumerate(entries, start=1):
            box = QLineEdit(entry.text)
            box.setToolTip(entry.tip)
            box.setAccessibleName(entry.caption)
            caption = QLabel(entry.caption)
            caption.setProperty("role", "muted")
            caption.setBuddy(box)
            self._form.insertRow(number, caption, box)
            self._entries.append((entry, box))

    def _fit(self) -> None:
        """Become as high as what is written needs in this width."""
        self._form.activate()
        # Only with a sentence in it does the height depend on the width.
        wraps = self._form.hasHeightForWidth()
        height = self._form.totalHeightForWidth(WIDTH_PX) if wraps else self._form.totalSizeHint().height()
        self.resize(WIDTH_PX, height)

    def _place(self, beside: QRectF) -> None:
        canvas, self._beside = self._canvas, beside
        self._fit()
        x = beside.center().x() - self.width() / 2
        y = beside.bottom() + GAP_PX
        if y + self.height() > canvas.height() - GAP_PX:
            y = beside.top() - self.height() - GAP_PX
        self.move(
            round(max(GAP_PX, min(x, canvas.width() - self.width() - GAP_PX))),
            round(max(GAP_PX, min(y, canvas.height() - self.height() - GAP_PX))),
        )

    def finish(self) -> bool:
        """Take what was typed, as one step, and close; stay open, with a sentence, if it is not possible."""
        if not self._open:
            return True
        typed = [(entry, box) for entry, box in self._entries if box.text() != entry.text]
        problem = self._take(typed) if typed else None
        if problem is not None:
            self._refuse(*problem)
            return False
        self._close()
        return True

    def _take(self, typed: Sequence[tuple[Entry, QLineEdit]]) -> tuple[str, QLineEdit] | None:
        """Make the edit that what was typed stands for; return what is wrong with it, and in which box."""
        problem: tuple[str, QLineEdit] | None = None

        def checked(entry: Entry, box: QLineEdit, project: Project) -> Edit:
            nonlocal problem
            try:
                return entry.edit(box.text())(project)
            except UserError as error:
                problem = str(error), box
                raise

        makes = [partial(checked, entry, box) for entry, box in typed]
        done = self._editor.attempt(lambda project: edits.together(project, makes))
        # What the document refuses is wrong with all of it.
        return problem or (None if done else (self._said, typed[0][1]))

    def _note_refusal(self, sentence: str) -> None:
        self._said = sentence

    def _refuse(self, sentence: str, box: QLineEdit) -> None:
        self._message.say(sentence)
        self._place(self._beside)
        box.setFocus()
        box.selectAll()

    def keep(self, network: Network) -> None:
        """Close if what is changed here is no longer in the drawing."""
        key, layer = self._subject
        if not (key in network.neuron_of or key in network.edge_of or layer in network.layer_of):
            self.close_form()

    def close_form(self) -> None:
        """Close and take nothing."""
        if self._open:
            self._close()

    def _close(self) -> None:
        self._open = False
        focus = QApplication.focusWidget()
        held = focus is not None and self.isAncestorOf(focus)
        self.hide()
        if held:
            self.closed.emit()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        # Another window in front is no reason to close what is being typed.
        if self._open and new is not None and new is not self and not self.isAncestorOf(new):
            self.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        else:
            super().keyPressEvent(event)


NUMBERS = "A number such as 0.5, 1/3 or −2e-3; Enter takes it, Escape takes it back"

__all__ = ["InPlace"]
