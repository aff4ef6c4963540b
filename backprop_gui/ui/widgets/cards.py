"""Cards: a grid of pictures with a title and a sentence, walked through with the arrow keys or by typing a title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended

LEAST_WIDTH = 212
"""Of a card with the gap beside it; as many stand side by side as there is room for."""
PICTURE_HEIGHT = 112
GAP, PADDING = 12, 10
LINES = 3
"""Of the sentence."""
RADIUS = 9.0

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Card:
    """One card; ``name`` is what it is chosen by."""

    name: str
    title: str
    about: str


class _Model(QAbstractListModel):
    def __init__(self, cards: Sequence[Card], parent: QListView) -> None:
        super().__init__(parent)
        self.cards = list(cards)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        card = self.cards[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return card.title
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return card.about
        return None


class Cards(QListView):
    """A scrolling grid of cards. Pictures are drawn one after the other, once they are in sight.

    Signals
    -------
    chosen(str)
        The name of the card that was double clicked, or opened with Enter.
    """

    chosen = Signal(str)

    def __init__(self, cards: Sequence[Card], draw: Callable[[str, QSize, float], QPixmap]) -> None:
        """Show ``cards``; ``draw(name, size, ratio)`` draws the picture of one."""
        super().__init__()
        self._draw = draw
        self._pictures: dict[tuple[str, int, int], QPixmap] = {}
        self._wanted: list[int] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._draw_next)
        self.setProperty("role", "cards")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the cards do not change their width when it comes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)
        self.setModel(_Model(cards, self))
        self.setItemDelegate(_Delegate(self))
        self.activated.connect(lambda index: self.chosen.emit(self._card(index.row()).name))
        theme.notifier.changed.connect(self._forget)

    @property
    def current(self) -> str:
        """The name of the card that is marked; empty if none is."""
        index = self.currentIndex()
        return self._card(index.row()).name if index.isValid() else ""

    def mark(self, name: str) -> None:
        """Mark the card called ``name``."""
        row = next(row for row, card in enumerate(self._model().cards) if card.name == name)
        self.setCurrentIndex(self.model().index(row, 0))

    def picture(self, row: int, size: QSize) -> QPixmap | None:
        """Return the picture of a card, or None and draw it as soon as there is nothing else to do."""
        found = self._pictures.get((self._card(row).name, size.width(), size.height()))
        if found is None and row not in self._wanted:
            self._wanted.append(row)
            self._next.start()
        return found

    def _draw_next(self) -> None:
        row = self._wanted.pop(0)
        size, name = picture_size(self.gridSize()), self._card(row).name
        self._pictures[name, size.width(), size.height()] = self._draw(name, size, self.devicePixelRatioF())
        self.update(self.model().index(row, 0))
        if self._wanted:
            self._next.start()

    def _forget(self) -> None:
        self._pictures.clear()
        self.viewport().update()

    def _card(self, row: int) -> Card:
        return self._model().cards[row]

    def _model(self) -> _Model:
        model = self.model()
        assert isinstance(model, _Model)
        return model

    # ---- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        # One pixel less than there is, or the last card of each row would be wrapped.
        room = self.viewport().width() - 1
        across = max(1, room // LEAST_WIDTH)
        self.setGridSize(QSize(room // across, card_height(self.font()) + GAP))
        super().resizeEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.HoverLeave:
            self.viewport().update()
        return super().viewportEvent(event)


def small(font: QFont) -> QFont:
    """Return the font of the sentence."""
    result = QFont(font)
    result.setPixelSize(max(9, QFontInfo(font).pixelSize() - 2))
    return result


def bold(font: QFont) -> QFont:
    """Return the font of the title."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result


def card_height(font: QFont) -> int:
    """Return the height of a card in the list's font."""
    lines = LINES * QFontMetrics(small(font)).lineSpacing()
    return PICTURE_HEIGHT + QFontMetrics(bold(font)).height() + lines + 2 * PADDING + 12


def picture_size(grid: QSize) -> QSize:
    """Return the size of the pictures in cards of a grid."""
    return QSize(grid.width() - GAP - 2, PICTURE_HEIGHT)


class _Delegate(QStyledItemDelegate):
    """Paints a card: its picture on the canvas's ground, and below it what it is."""

    def __init__(self, cards: Cards) -> None:
        super().__init__(cards)
        self._cards = cards

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._cards.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now, cards = theme.current(), self._cards
        rect = QRect(option.rect.topLeft(), cards.gridSize() - QSize(GAP, GAP))
        card = QRectF(rect).adjusted(1, 1, -1, -1)
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blended(now.accent, now.window, 0.08) if marked else now.tile)
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        picture = QRectF(card.left() + 1, card.top() + 1, card.width() - 2, PICTURE_HEIGHT)
        painter.setBrush(now.surface)
        # Round at the top only: the lower half is drawn over with square corners.
        painter.drawRoundedRect(picture, RADIUS - 1, RADIUS - 1)
        painter.drawRect(picture.adjusted(0, RADIUS, 0, 0))
        pixmap = cards.picture(index.row(), picture_size(cards.gridSize()))
        if pixmap is not None:
            painter.drawPixmap(QPointF(picture.left(), picture.top()), pixmap)
        self._draw_words(painter, index, rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if marked:
            painter.setPen(QPen(now.accent, 2))
        else:
            painter.setPen(QPen(now.outline if hovered else now.border, 1))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        painter.restore()

    def _draw_words(self, painter: QPainter, index: Index, rect: QRect) -> None:
        now, font = theme.current(), self._cards.font()
        card = self._cards.model().cards[index.row()]  # type: ignore[attr-defined]
        title, about = bold(font), small(font)
        text = rect.adjusted(PADDING + 2, PICTURE_HEIGHT + PADDING, -PADDING - 2, -PADDING)
        painter.setFont(title)
        painter.setPen(now.text)
        metrics = QFontMetrics(title)
        shown = metrics.elidedText(card.title, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        painter.setFont(about)
        painter.setPen(now.muted)
        painter.drawText(
            text.adjusted(0, metrics.height() + 4, 0, 2),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap),
            card.about,
        )


__all__ = ["Card", "Cards"]
