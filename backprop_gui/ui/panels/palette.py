"""The panel "Palette": what can be drawn, to be dragged into the network."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout

from backprop_gui.project import templates
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.pieces import PIECES, Piece
from backprop_gui.ui.widgets.column import MARGIN, muted
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.piece_tile import PieceTile
from backprop_gui.ui.widgets.stepper import TypedStepper

EMPTY = "empty"
"""The template that has nothing to be added."""
FIRST_SIZE, LARGEST_SIZE = 3, 512
STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, LARGEST_SIZE)
"""Sizes of a new layer that the stepper goes through."""
SIZE_TIP = "How many neurons a new layer has: type it, or turn the wheel"
KEEP_TIP = (
    "What you add to a trained network begins so that the network computes what it did before: new neurons with "
    "outgoing weights of 0, inserted layers as a copy of what comes in. Without this, new weights are drawn at random."
)


class PalettePanel(PanelWidget):
    """Tiles to drag, and how large a new layer is.

    Signals
    -------
    carried(Piece, QPoint)
        A piece is dragged; the pointer on the screen.
    dropped(), given_up()
        It was let go of, or Escape was pressed.
    added(Piece)
        A piece was clicked, to be added where it fits.
    """

    carried = Signal(object, QPoint)
    dropped = Signal()
    given_up = Signal()
    added = Signal(object)

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.layer_size = FIRST_SIZE
        self.tiles: dict[str, PieceTile] = {}
        tiles = QHBoxLayout()
        tiles.setSpacing(5)
        for piece in PIECES.values():
            tile = PieceTile(piece)
            tile.carried.connect(lambda where, piece=piece: self.carried.emit(self.piece(piece), where))
            tile.dropped.connect(self.dropped)
            tile.given_up.connect(self.given_up)
            tile.clicked.connect(partial(self._add, piece))
            self.tiles[piece.name] = tile
            tiles.addWidget(tile, 1)
        self.stepper = TypedStepper(
            "neurons in a new layer", "A smaller layer", "A larger layer", SIZE_TIP, STEPS[0], LARGEST_SIZE
        )
        self.stepper.stepped.connect(self._step_size)
        self.stepper.field.entered.connect(lambda size: self._set_size(int(size)))
        self._problem = Message()
        self.stepper.field.problem.connect(self._problem.say)
        self._template = PIECES["template"].template
        self.keep = QCheckBox("keep function")
        self.keep.setToolTip(f"<p>{KEEP_TIP}</p>")
        self.keep.setChecked(lab.editor.keep)
        self.keep.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keep.toggled.connect(self._set_keep)
        sizes = QHBoxLayout()
        sizes.setSpacing(6)
        sizes.addWidget(muted("layer of"))
        sizes.addWidget(self.stepper)
        sizes.addStretch(1)
        sizes.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 6, MARGIN, 8)
        column.setSpacing(7)
        column.addLayout(tiles)
        column.addLayout(sizes)
        column.addWidget(self._problem)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._set_size(FIRST_SIZE)

    def piece(self, piece: Piece) -> Piece:
        """Return ``piece`` as the palette is set: a layer of so many neurons, the network that was chosen."""
        if piece.template:
            return replace(piece, template=self._template)
        return replace(piece, size=piece.size or self.layer_size)

    def _add(self, piece: Piece) -> None:
        if piece.template:
            self._choose_template(piece)
        else:
            self.added.emit(self.piece(piece))

    def _choose_template(self, piece: Piece) -> None:
        """Ask which network; it is added, and is from now on what the tile is."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for template in templates.templates().values():
            if template.name != EMPTY:
                action = menu.addAction(template.title)
                action.setToolTip(template.about)
                action.triggered.connect(partial(self._add_template, piece, template.name))
        tile = self.tiles[piece.name]
        menu.popup(tile.mapToGlobal(tile.rect().bottomLeft()))

    def _add_template(self, piece: Piece, name: str) -> None:
        self._template = name
        self.added.emit(self.piece(piece))

    def _step_size(self, by: int) -> None:
        # A size that was typed may lie between two of the steps.
        place = bisect_right(STEPS, self.layer_size) if by > 0 else bisect_left(STEPS, self.layer_size) - 1
        self._set_size(STEPS[min(len(STEPS) - 1, max(0, place))])

    def _set_size(self, size: int) -> None:
        self.layer_size = size
        self.stepper.show_count(size)

    def _set_keep(self, keep: bool) -> None:
        self.lab.editor.keep = keep


add_panel(Panel("palette", "Palette", PalettePanel, Qt.DockWidgetArea.LeftDockWidgetArea, -1))

__all__ = ["PalettePanel"]
