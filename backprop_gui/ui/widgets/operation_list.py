"""The operations of one training step as a list: grouped by phase and layer, each made only when it is seen."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from backprop_gui.engine.operations.operation import Phase
from backprop_gui.engine.operations.order import PHASE_OF, Pace
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.network import Network
from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended
from backprop_gui.ui.names import as_drawn, display_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.operation_words import letter_of

ROW_PX, HEAD_PX = 24, 25
INDENT_PX, GAP_PX, RIM_PX = 12, 9, 9
PHASES = {
    Phase.FORWARD: "Forward",
    Phase.LOSS: "Loss",
    Phase.BACKWARD: "Backward",
    Phase.UPDATE: "Update",
}
LEAST_DIGITS = 4
"""With so few digits numbers are written before names are shortened; tooltips have all digits."""

Index = QModelIndex | QPersistentModelIndex


class OperationModel(QAbstractListModel):
    """Rows of operations, with a heading before the first one of each layer of each phase."""

    def __init__(self) -> None:
        super().__init__()
        self._worked: WorkedExample | None = None
        self._network: Network | None = None
        self._heads: list[tuple[int, str]] = []
        """The row of each heading, and what it says."""
        self._at: list[int] = []
        self._count = 0
        self.place: int | None = None
        """The operation that is looked at; those before it are done."""
        self.digits = LEAST_DIGITS
        """How many digits a number has where there is room for them."""

    def take(self, worked: WorkedExample | None) -> None:
        """Show another worked example; None shows nothing. The view is to be painted again."""
        network = None if worked is None else worked.frame.plan.network
        same = network is self._network and worked is not None
        self._worked = worked
        if same:
            return
        self.beginResetModel()
        self._network = network
        self._heads, self._count = ([], 0) if worked is None else _headings(worked)
        self._at = [row for row, _ in self._heads]
        self.endResetModel()

    def row_of(self, place: int) -> int:
        """Return the row of an operation."""
        # The k-th heading stands in row at[k], so k rows before it are headings: its operation is at[k] - k.
        low, high = 0, len(self._at)
        while low < high:
            middle = (low + high) // 2
            if self._at[middle] - middle <= place:
                low = middle + 1
            else:
                high = middle
        return place + low

    def place_at(self, row: int) -> int | None:
        """Return the operation in a row; None for a heading."""
        before = bisect_right(self._at, row)
        return None if before and self._at[before - 1] == row else row - before

    def heading(self, row: int) -> str:
        """Return what the heading in a row says; empty if it is none."""
        before = bisect_right(self._at, row)
        return self._heads[before - 1][1] if before and self._at[before - 1] == row else ""

    def value(self, place: int) -> float:
        """Return the number that an operation makes."""
        assert self._worked is not None
        return self._worked.value(self._worked.operations[place])

    def title(self, place: int) -> str:
        """Return what an operation does, with names as the picture shows them."""
        assert self._worked is not None
        return as_drawn(self._worked.operations[place].title, self._worked.frame.plan.network)

    def letter(self, place: int) -> tuple[str, str]:
        """Return the letter of the number that an operation makes, and of which neuron or edge."""
        worked = self._worked
        assert worked is not None
        operation = worked.operations[place]
        key, network = operation.subject, worked.frame.plan.network
        ends = key if isinstance(key, tuple) else () if key is None else (key,)
        name = " → ".join(display_name(network.neuron_of[id].name) for id in ends)
        return letter_of(operation, worked.conventions), name

    # ---- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.place_at(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = self.place_at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(index.row()) if place is None else self.title(place)
        if place is None:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self.title(place)}: {format_exact(self.value(place))}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.title(place)}, {write_value(self.value(place), self.digits)}"
        return None


def _headings(worked: WorkedExample) -> tuple[list[tuple[int, str]], int]:
    """Return the headings of the operations of ``worked`` with their rows, and how many rows there are in all."""
    network, order = worked.frame.plan.network, worked.operations.order
    heads: list[tuple[int, str]] = []
    before: tuple[Phase, int | None] | None = None
    first = 0
    # Of one neuron, all operations of a phase stand under one heading: what one of them says is true of all.
    for last in order.stops(Pace.NEURON):
        entry = order.entries[last]
        phase = PHASE_OF[entry.kind]
        layer = None if entry.neuron is None else network.neuron_of[entry.neuron].layer
        if (phase, layer) != before:
            before = phase, layer
            name = "" if layer is None else f"  ·  {network.layer_of[layer].name}"
            heads.append((first + len(heads), f"{PHASES[phase]}{name}"))
        first = last + 1
    return heads, first + len(heads)


class _Rows(QStyledItemDelegate):
    """Paints a heading, or an operation with its number."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, model = theme.current(), index.model()
        assert isinstance(model, OperationModel)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        font = QFont(option.font)  # type: ignore[attr-defined]
        place = model.place_at(index.row())
        left, right = (side | Qt.AlignmentFlag.AlignVCenter for side in _SIDES)
        if place is None:
            font.setWeight(QFont.Weight.DemiBold)
            font.setPixelSize(max(10, font.pixelSize() - 1))
            painter.setFont(font)
            painter.setPen(look.muted)
            painter.drawText(rect.adjusted(6, 2, -6, 0), left, model.heading(index.row()))
            return
        current, done = place == model.place, model.place is not None and place <= model.place
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 6, 6)
        pale = blended(look.muted, look.window, 0.75)
        ink = look.accent_text if current else look.text if done or model.place is None else pale
        letter, name = model.letter(place)
        metrics, bold = QFontMetrics(font), QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        words = QFontMetrics(bold).horizontalAdvance(letter) + 8 + metrics.horizontalAdvance(name)
        digits = theme.digits(font, bold=current)
        value, room = "", 0
        if done or model.place is None:
            spare = rect.width() - INDENT_PX - words - GAP_PX - RIM_PX
            value, room = written(model.value(place), model.digits, QFontMetrics(digits), spare)
        painter.setFont(digits)
        painter.setPen(ink)
        painter.drawText(rect.adjusted(0, 0, -RIM_PX, 0), right, value)
        title = rect.adjusted(INDENT_PX, 0, -room - GAP_PX - RIM_PX, 0)
        painter.setFont(bold)
        painter.drawText(title, left, letter)
        title.setLeft(title.left() + QFontMetrics(bold).horizontalAdvance(letter) + 8)
        painter.setFont(font)
        painter.setPen(ink if current or not done else look.muted)
        painter.drawText(title, left, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, title.width()))


def written(value: float, most: int, metrics: QFontMetrics, room: int) -> tuple[str, int]:
    """Return a number with as many digits as there is room for, and how wide it is."""
    for digits in range(max(most, LEAST_DIGITS), LEAST_DIGITS - 1, -1):
        text = write_value(value, min(digits, most))
        width = metrics.horizontalAdvance(text)
        if width <= room:
            break
    return text, width


_SIDES = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)


class OperationList(QListView):
    """Shows the operations; a click looks at one.

    Signals
    -------
    wanted(int)
        The number of the operation that a person wants to look at.
    """

    wanted = Signal(int)

    def __init__(self) -> None:
        # Qt asks for the current row while it is being made.
        self._silent = True
        super().__init__()
        self.operations = OperationModel()
        self.operations.setParent(self)
        self.setModel(self.operations)
        self.setItemDelegate(_Rows(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("role", "moments")
        self.setAccessibleName("Operations of one training step")
        self._silent = False

    def show_place(self, place: int | None) -> None:
        """Mark the operation that is looked at, and bring it into sight."""
        # Told of changed data, Qt would go through all rows.
        self.operations.place = place
        self.viewport().update()
        self._silent = True
        if place is None:
            self.setCurrentIndex(QModelIndex())
        else:
            index = self.operations.index(self.operations.row_of(place), 0)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._silent = False

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        # By the arrow keys, or by a click.
        if not self._silent and current.isValid():
            place = self.operations.place_at(current.row())
            if place is not None:
                self.wanted.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.operations.place is None:
            place = self.operations.place_at(index.row())
            if place is not None:
                self.wanted.emit(place)


__all__ = ["OperationList", "OperationModel", "written"]
