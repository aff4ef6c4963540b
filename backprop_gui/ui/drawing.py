"""Drawing by hand: connects the picture, the palette, the clipboard and the form in place with the editor."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication

from backprop_gui.errors import UserError
from backprop_gui.project import edits
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.canvas.gestures.spots import in_drawing
from backprop_gui.ui.canvas.inplace import InPlace
from backprop_gui.ui.editor import Editor
from backprop_gui.ui.panels.palette import PalettePanel
from backprop_gui.ui.pieces import PIECES, Piece
from backprop_gui.ui.selection import Key
from backprop_gui.ui.speech import say


class Drawing(QObject):
    """What people do in the picture beyond looking.

    Attributes
    ----------
    editor : Editor
    in_place : InPlace

    Signals
    -------
    carried()
        A piece of the palette is being dragged.
    """

    carried = Signal()

    def __init__(self, editor: Editor, canvas: Canvas, palette: PalettePanel, parent: QObject) -> None:
        super().__init__(parent)
        self.editor, self._canvas, self._palette = editor, canvas, palette
        self.in_place = InPlace(editor, canvas)
        canvas.hands.editor = editor
        canvas.edit_wanted.connect(self.edit_in_place)
        canvas.rename_wanted.connect(self.rename_in_place)
        canvas.nudged.connect(editor.nudge)
        # What changes in the picture is seen at once; whoever cannot see it has to be told.
        editor.made.connect(lambda text: say(canvas.graphics, text))
        editor.noted.connect(canvas.hint.set_note)
        editor.refused.connect(lambda text: canvas.hint.set_note(text, "bad"))
        self.in_place.closed.connect(canvas.setFocus)
        palette.carried.connect(self._carry)
        palette.dropped.connect(canvas.hands.drop)
        palette.given_up.connect(canvas.hands.cancel)
        palette.added.connect(self.add)

    def piece(self, piece: Piece) -> Piece:
        """Return a piece as the palette is set."""
        return self._palette.piece(piece)

    def insert_behind(self, layer: int | None = None) -> None:
        """Insert a layer, as large as the palette is set, behind one or that of what is selected."""
        self.editor.insert_behind(self.piece(PIECES["layer"]).size, layer)

    def add(self, piece: Piece) -> None:
        """Add a piece where it fits, without a mouse."""
        self._canvas.hands.add(piece)
        self._canvas.setFocus()

    def _carry(self, piece: Piece, where: QPoint) -> None:
        self.carried.emit()
        self._canvas.hands.carry(piece, self._canvas.graphics.viewport().mapFromGlobal(where))

    def edit_in_place(self, key: Key | None, layer: int) -> None:
        """Change a neuron, an edge, or, where ``key`` is None, a layer where it is drawn."""
        if not self.editor.refuses():
            self.in_place.edit(key, layer, self._canvas.place_of(key, layer))

    def rename_in_place(self, id: int) -> None:
        """Change the name of a neuron where it is drawn."""
        if not self.editor.refuses():
            self.in_place.edit(id, 0, self._canvas.place_of(id), naming=True)

    def tidy(self) -> None:
        """Lay the network out in ranks, and show all of it."""
        self.editor.tidy()
        self._canvas.fit_if_hidden()

    def edit_current(self) -> None:
        """Change what is selected where it is drawn."""
        current, layer = self.editor.selection.current, self.editor.layer
        if layer is not None:
            self.edit_in_place(None, layer)
        elif current is not None:
            self.edit_in_place(current, 0)

    def copy(self, *, cut: bool = False) -> None:
        """Put what is selected on the clipboard, as text; with ``cut``, remove it."""
        text = self.editor.cut() if cut else self.editor.copy()
        if text is not None:
            QApplication.clipboard().setText(text)

    def paste(self, at: tuple[float, float] | None = None) -> None:
        """Draw what is on the clipboard at a point of the picture, or where there is room near its middle."""
        try:
            part = edits.from_text(QApplication.clipboard().text())
        except UserError as error:
            self._canvas.hint.set_note(str(error), "bad")
            return
        if part is None:
            self._canvas.hint.set_note("There is no network on the clipboard: copy neurons first.", "bad")
            return
        middle = self._canvas.middle()
        spot = in_drawing(self._canvas.scene, *(at or (middle.x(), middle.y())))
        self.editor.attempt(lambda project: edits.paste(project, part, at=spot, free=at is None))


__all__ = ["Drawing"]
