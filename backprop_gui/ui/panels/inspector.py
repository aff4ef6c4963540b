"""The panel "Inspector": every number of the selected neuron or edge, as the model has it, and what can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backprop_gui.engine.conventions import USUAL
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.plan import Plan
from backprop_gui.engine.reading import as_read
from backprop_gui.network import Kind
from backprop_gui.project import Project
from backprop_gui.ui import theme
from backprop_gui.ui.inspection import Fact, Sheet, TableSheet, sheet_of
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.probe_words import probe_name
from backprop_gui.ui.selection import Key
from backprop_gui.ui.widgets.column import Column, muted
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.number_chip import NumberChip
from backprop_gui.ui.widgets.number_table import NumberTable
from backprop_gui.ui.widgets.part_editor import PartEditor

WAITING = "Its numbers come with the next frame."
NOT_WHOLE = "There are no numbers yet, because the network cannot be trained as it is drawn."
_NOTHING: Key = -1


class Inspector(PanelWidget):
    """Shows only numbers of neurons and edges that the frame's own plan has."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._plan: Plan | None = None
        self._key: Key | None = _NOTHING
        self._conventions = USUAL
        self._sheet: Sheet | None = None
        self._name = ""
        self.title = ElidedLabel("heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.parts = PartEditor(lab.editor, self.title)
        self.whose = ElidedLabel("heading")
        self.whose.setTextFormat(Qt.TextFormat.PlainText)
        self.chips = (NumberChip(), NumberChip(), NumberChip(signed=True))
        self.tables = (
            NumberTable("Incoming connections", ("from", "w", "∂L/∂w", "step")),
            NumberTable("Outgoing connections", ("to", "w", "δ", "w · δ")),
        )
        self._titles = (muted(), muted())
        self.facts = _Facts()
        self._source = muted(role="caption")
        self._hint = muted(role="caption")
        self._arrange()
        lab.selection.changed.connect(self._select)

    def _arrange(self) -> None:
        column = self._column = Column()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(column)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for chip in self.chips:
            chips.addWidget(chip, 1)
        body = column.body
        body.addWidget(self.parts)
        body.addWidget(self.whose)
        body.addLayout(chips)
        for title, table in zip(self._titles, self.tables, strict=True):
            body.addWidget(title)
            body.addWidget(table)
        body.addWidget(self.facts)
        body.addWidget(self._source)
        body.addWidget(self._hint)
        body.addStretch(1)

    # ---- being told

    def sync(self, old: Project | None, new: Project) -> None:
        """Forget what is no longer there; numbers of what is new come with the next frame."""
        if old is None or new.network is not old.network:
            self._select()
        elif new.conventions != old.conventions:
            self._refresh()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of ``frame``."""
        if self.isVisible():
            self._show(frame)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._select()

    def _select(self) -> None:
        if self.isVisible():
            self.parts.refresh()
            self._refresh()
            self._entitle()

    def _refresh(self) -> None:
        frame = self.lab.player.frame
        if not self.isVisible():
            return
        if frame is not None:
            self._show(frame)
        elif self.lab.document.obstacle is not None:
            self._plan, self._key = None, self.lab.selection.current
            self._lay_out(None)

    def _show(self, frame: Frame) -> None:
        key = self.lab.selection.current
        self.parts.show_value()
        conventions = self.lab.document.project.conventions
        if key != self._key:
            # Where one has scrolled to in the one says nothing about the other, whose heading is to be seen.
            self._column.verticalScrollBar().setValue(0)
        if frame.plan is not self._plan or key != self._key or conventions != self._conventions:
            self._plan, self._key, self._conventions = frame.plan, key, conventions
            self._lay_out(sheet_of(frame.plan, key, conventions))
        sheet = self._sheet
        if sheet is None:
            return
        prepared = made_with(frame, self.lab.document).prepared
        reading = sheet.read(as_read(frame, conventions), prepared)
        for chip, value in zip(self.chips, reading.chips, strict=False):
            chip.show_number(value)
        for table, layout, values in zip(self.tables, sheet.tables, reading.tables, strict=False):
            table.numbers.show_rows(layout.names, values)
        self.facts.show_facts(reading.facts)
        _say(self._source, self._about(frame))

    def _about(self, frame: Frame) -> str:
        size = frame.batch[1]
        return (
            f"Of {probe_name(frame)}, at step {frame.step:,}; the next step is of "
            f"{f'a batch of {size:,}' if size > 1 else 'one'} example{'s' * (size != 1)}."
        )

    # ---- what is shown of what

    def _entitle(self) -> None:
        """Say what is selected, and, if that is several parts, below their controls whose numbers are shown."""
        subject = self.parts.subject
        _say(self.title, subject or self._name)
        _say(self.whose, self._name if subject else "")
        self.whose.setVisible(bool(subject))

    def _lay_out(self, sheet: Sheet | None) -> None:
        self._sheet = sheet
        if sheet is None:
            self._lay_out_nothing()
            return
        self._name = f"{sheet.kind.upper()}  {sheet.name}"
        self._entitle()
        for index, chip in enumerate(self.chips):
            chip.setVisible(index < len(sheet.chips))
            if index < len(sheet.chips):
                chip.describe(*sheet.chips[index])
        layouts: list[TableSheet | None] = [*sheet.tables, None, None]
        for title, table, layout in zip(self._titles, self.tables, layouts, strict=False):
            table.setVisible(layout is not None)
            title.setVisible(layout is not None and bool(layout.title))
            if layout is not None:
                _say(title, layout.title)
                table.numbers.set_headers(layout.headers, layout.tips)
        self.facts.setVisible(True)
        self._source.setVisible(True)
        self._hint.setVisible(bool(sheet.hint))
        _say(self._hint, sheet.hint)

    def _lay_out_nothing(self) -> None:
        """Say what is selected, although the frame is from before it was there."""
        network, key = self.lab.document.project.network, self._key
        if key is None:
            self._name = f"NETWORK  {network.shape}"
        elif isinstance(key, tuple):
            self._name = f"WEIGHT  {network.edge_name(*key)}" if key in network.edge_of else ""
        elif key in network.neuron_of:
            neuron = network.neuron_of[key]
            kind = "NEURON" if neuron.kind is Kind.HIDDEN else neuron.kind.value.upper()
            self._name = f"{kind}  {display_name(neuron.name)}"
        self._entitle()
        for widget in (*self.chips, *self._titles, *self.tables, self.facts, self._source):
            widget.setVisible(False)
        _say(self._hint, NOT_WHOLE if self.lab.document.obstacle else WAITING)
        self._hint.setVisible(True)


class _Facts(QWidget):
    """Captions on the left, numbers on the right, a pair a line."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 0, 4, 0)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self._pairs: list[tuple[ElidedLabel, QLabel]] = []

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show ``facts``; labels are made once and kept."""
        for row in range(len(self._pairs), len(facts)):
            caption, label = ElidedLabel(), QLabel()
            label.setFont(theme.digits(label.font()))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(caption, row, 0)
            self._grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignRight)
            self._pairs.append((caption, label))
        for (caption, label), (name, value) in zip(self._pairs, facts, strict=False):
            _say(caption, name)
            if isinstance(value, str):
                _say(label, value)
                label.setToolTip(value)
            else:
                _say(label, format_number(value, 5))
                label.setToolTip(format_exact(value))
        for index, pair in enumerate(self._pairs):
            for widget in pair:
                if widget.isVisibleTo(self) != (index < len(facts)):
                    widget.setVisible(index < len(facts))

    def texts(self) -> dict[str, str]:
        """Return what is shown, by caption."""
        return {caption.text(): value.text() for caption, value in self._pairs if caption.isVisibleTo(self)}


def _say(label: QLabel, text: str) -> None:
    # Setting the same text again would lay out and paint again.
    if text != label.text():
        label.setText(text)


add_panel(
    Panel("inspector", "Inspector", Inspector, Qt.DockWidgetArea.RightDockWidgetArea, 0, pace=Pace.NUMBERS)
)

__all__ = ["Inspector"]
