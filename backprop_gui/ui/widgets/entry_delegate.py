"""How a row of the command palette looks: the name with the letters found, where it stands, and its keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from backprop_gui.ui import theme
from backprop_gui.ui.colors import blended

HEIGHT = 34
PADDING = 12.0
CAP_PADDING = 7.0
CAP_RADIUS = 5.0

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as it is drawn.

    Attributes
    ----------
    marked : tuple of int
        Places of the letters in ``text`` that were found.
    ends : bool
        Whether a line below it parts it from the next one.
    """

    text: str
    where: str
    shortcut: str
    enabled: bool
    marked: tuple[int, ...]
    ends: bool = False


class EntryDelegate(QStyledItemDelegate):
    """Paints a :class:`Row`, which the model gives for ``UserRole``."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        now, font = theme.current(), self._list.font()
        room = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = now.window
        if option.state & QStyle.StateFlag.State_Selected:
            ground = blended(now.accent, now.window, 0.14)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            ground = now.tile
        if ground != now.window:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(room.adjusted(0, 1, 0, -1), 7, 7)
        if row.ends:
            painter.setPen(QPen(now.border, 1))
            painter.drawLine(
                room.bottomLeft() + QPointF(PADDING, -0.5), room.bottomRight() - QPointF(PADDING, 0.5)
            )
        inside = room.adjusted(PADDING, 0, -PADDING, 0)
        inside.setRight(self._draw_keys(painter, inside, row, font))
        # Grey that can still be read, also on the ground of the row that is marked.
        faint = blended(now.muted, ground, 0.62)
        self._draw_name(painter, inside, row, font, faint)
        painter.restore()

    def _draw_keys(self, painter: QPainter, room: QRectF, row: Row, font: QFont) -> float:
        """Draw the shortcut as a key at the right, and return where the room to the left of it ends."""
        if not row.shortcut:
            return room.right()
        now, small = theme.current(), smaller(font)
        metrics = QFontMetricsF(small)
        width = metrics.horizontalAdvance(row.shortcut) + 2 * CAP_PADDING
        cap = QRectF(room.right() - width, room.center().y() - 10, width, 20)
        painter.setPen(QPen(now.border, 1))
        painter.setBrush(now.surface)
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), CAP_RADIUS, CAP_RADIUS)
        painter.setFont(small)
        painter.setPen(now.muted)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, row.shortcut)
        return cap.left() - PADDING

    def _draw_name(self, painter: QPainter, room: QRectF, row: Row, font: QFont, faint: QColor) -> None:
        now = theme.current()
        strong = QFont(font)
        strong.setWeight(QFont.Weight.Bold)
        center = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        x = room.left()
        for text, found in runs(row.text, row.marked):
            face = strong if found else font
            painter.setFont(face)
            painter.setPen(faint if not row.enabled else now.accent if found else now.text)
            width = QFontMetricsF(face).horizontalAdvance(text)
            painter.drawText(QRectF(x, room.top(), room.right() - x, room.height()), center, text)
            x += width
        left = x + PADDING
        if left < room.right():
            small = smaller(font)
            where = QFontMetricsF(small).elidedText(
                row.where, Qt.TextElideMode.ElideRight, room.right() - left
            )
            painter.setFont(small)
            painter.setPen(now.muted if row.enabled else faint)
            painter.drawText(QRectF(left, room.top(), room.right() - left, room.height()), center, where)


def runs(text: str, marked: tuple[int, ...]) -> list[tuple[str, bool]]:
    """Divide ``text`` into runs of letters that are all marked or all not."""
    result: list[tuple[str, bool]] = []
    places = set(marked)
    for place, letter in enumerate(text):
        found = place in places
        if result and result[-1][1] == found:
            result[-1] = (result[-1][0] + letter, found)
        else:
            result.append((letter, found))
    return result


def smaller(font: QFont) -> QFont:
    """Return the font of what stands beside the name."""
    result = QFont(font)
    result.setPixelSize(max(9, QFontInfo(font).pixelSize() - 2))
    return result


__all__ = ["EntryDelegate", "Row", "runs"]
