"""A sum as rows with bars left and right of zero: what a delta or a gradient is made of, and which part decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from backprop_gui.engine.operations.expression import Product, Quantity
from backprop_gui.engine.operations.text import write_value
from backprop_gui.network import Key
from backprop_gui.ui import theme
from backprop_gui.ui.names import symbol_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.typeset.box import Box
from backprop_gui.ui.typeset.setting import Setter
from backprop_gui.ui.typeset.type import Role, Style, ink

ROW_PX, HEAD_PX, RULE_PX = 26, 22, 7
GAP_PX = 12
FEWER_DIGITS = (5, 4, 3)
WIDEST_NAME_PX = 190
NARROWEST_BAR_PX, LEAST_BAR_PX, WIDEST_BAR_PX = 20.0, 44.0, 320.0


@dataclass(frozen=True, slots=True)
class Line:
    """One term of a sum.

    Attributes
    ----------
    name : str
        What it comes from, such as ``→ o₁``.
    factors : tuple of Quantity
        What it is the product of; empty where that is not to be written.
    value : float
    share : float or None
        Its part of all terms by size; None for what is no term, such as the sum, and NaN where they are infinite.
    keys : frozenset of keys
        What it belongs to.
    """

    name: str
    factors: tuple[Quantity, ...]
    value: float
    share: float | None = None
    keys: frozenset[Key] = frozenset()


class LedgerView(QWidget):
    """Shows lines of a sum, and below a rule what they add up to; the arrow keys go from line to line.

    Signals
    -------
    pointed(frozenset of keys)
        The mouse or the keyboard is on a line that belongs to these; empty: no longer on one.
    reached(QRect)
        The keyboard has come to the line that is painted there, which is to be brought into sight.
    """

    pointed = Signal(object)
    reached = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()
        self.ends: tuple[Line, ...] = ()
        self._heads = ("", "")
        self._style = Style(14)
        self._lit: frozenset[Key] = frozenset()
        self._over: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.notifier.changed.connect(self._recolor)

    def show_lines(
        self, lines: Sequence[Line], ends: Sequence[Line], heads: tuple[str, str], digits: int
    ) -> None:
        """Show the terms ``lines`` and, below them, ``ends``.

        Parameters
        ----------
        heads : (name, factors)
            What stands above the first two columns.
        """
        over, after = self._over, (*lines, *ends)
        if over is not None and (over >= len(after) or after[over].keys != self._every[over].keys):
            # The line that is pointed at is gone: what it lights elsewhere would stay lit.
            self._point(None)
        self.lines, self.ends, self._heads = tuple(lines), tuple(ends), heads
        self._style = Style(14, digits)
        self.setVisible(bool(lines or ends))
        self._describe()
        self.updateGeometry()
        self.update()

    def set_lit(self, keys: frozenset[Key]) -> None:
        """Mark the lines of neurons and edges."""
        if keys != self._lit:
            self._lit = keys
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEAD_PX + ROW_PX * (len(self.lines) + len(self.ends)) + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # ---- painting

    def _recolor(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        look, colors = theme.current(), ink()
        small = QFont(self.font())
        small.setPixelSize(max(10, small.pixelSize() - 2))
        numbers, metrics = theme.digits(self.font(), bold=True), QFontMetricsF(self.font())
        every = self._every
        bold = QFontMetricsF(numbers)
        heads = [QFontMetricsF(small).horizontalAdvance(head) for head in self._heads]
        named = min(
            WIDEST_NAME_PX, max([heads[0], *(metrics.horizontalAdvance(line.name) for line in self.lines)])
        )
        # What stands below the rule has no factors, so its names may reach into their column.
        ends_px = min(
            WIDEST_NAME_PX, max((bold.horizontalAdvance(line.name) for line in self.ends), default=0.0)
        )
        values = [write_value(line.value, self._style.digits) for line in every]
        value_px = max((QFontMetricsF(numbers).horizontalAdvance(text) for text in values), default=0.0)
        share_px = metrics.horizontalAdvance("100 %") if len(self.lines) > 1 else 0.0
        spare = self.width() - value_px - share_px - 4 * GAP_PX
        # Rather factors with fewer digits, whose tooltips have all, than a sum of products without them.
        for digits in (self._style.digits, *FEWER_DIGITS, 0):
            boxes = self._factors(every, digits)
            factor_px = max((max(heads[1], box.width) for box in boxes if box is not None), default=0.0)
            name_px = max(named, ends_px - GAP_PX - factor_px if factor_px else ends_px)
            if factor_px <= spare - name_px - LEAST_BAR_PX:
                break
        shares = spare - name_px - factor_px >= NARROWEST_BAR_PX
        if not shares:
            # A share is said by the bars as well, so it is the first to go.
            spare, share_px = spare + share_px, 0.0
        bar_px = max(NARROWEST_BAR_PX, min(WIDEST_BAR_PX, spare - name_px - factor_px))
        x_factors = name_px + GAP_PX
        x_bar = x_factors + factor_px + (GAP_PX if factor_px else 0)
        x_value = x_bar + bar_px + GAP_PX
        middle, half = x_bar + bar_px / 2, bar_px / 2
        largest = max((abs(line.value) for line in every), default=0.0)

        painter.setFont(small)
        painter.setPen(look.muted)
        head = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, x_factors, HEAD_PX), head, self._heads[0])
        if factor_px:
            painter.drawText(QRectF(x_factors, 0, factor_px + GAP_PX, HEAD_PX), head, self._heads[1])
        centred = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(x_bar, 0, bar_px, HEAD_PX), centred, "−   0   +")

        y = float(HEAD_PX)
        rule = HEAD_PX + ROW_PX * len(self.lines) + 3
        for place, (line, box, value) in enumerate(zip(every, boxes, values, strict=True)):
            if place == len(self.lines):
                y += RULE_PX
                painter.fillRect(QRectF(0, rule, x_value + value_px + share_px + GAP_PX, 1), look.border)
            is_end = place >= len(self.lines)
            if place == self._over or (line.keys and line.keys & self._lit and not is_end):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colors.lit)
                painter.drawRoundedRect(
                    QRectF(-2, y + 1, x_value + value_px + share_px + GAP_PX + 4, ROW_PX - 2), 5, 5
                )
            painter.setFont(self.font() if not is_end else numbers)
            painter.setPen(look.text)
            room = x_factors + factor_px if is_end and factor_px else name_px
            name = (bold if is_end else metrics).elidedText(line.name, Qt.TextElideMode.ElideMiddle, room + 1)
            painter.drawText(QRectF(0, y, room + 2, ROW_PX), head, name)
            if box is not None:
                box.draw(painter, x_factors, y + ROW_PX / 2 + 0.33 * self._style.px, colors)
            role = Role.NEGATIVE if line.value < 0 else Role.POSITIVE if line.value > 0 else Role.TEXT
            end = look.negative if line.value < 0 else look.positive
            length = half * abs(line.value) / largest if largest and largest < float("inf") else 0.0
            if length == length and line.value:
                left = middle - length if line.value < 0 else middle
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(end)
                height = 12 if is_end else 9
                painter.drawRoundedRect(
                    QRectF(left, y + (ROW_PX - height) / 2, max(1.5, length), height), 2, 2
                )
            painter.setFont(numbers)
            painter.setPen(colors.colors[role])
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(x_value, y, value_px + 2, ROW_PX), right, value)
            if shares and line.share is not None and math.isfinite(line.share) and len(self.lines) > 1:
                painter.setFont(small)
                painter.setPen(look.muted)
                share = QRectF(x_value + value_px + GAP_PX, y, share_px, ROW_PX)
                painter.drawText(share, right, f"{100 * line.share:.0f} %")
            y += ROW_PX
        painter.fillRect(QRectF(middle - 0.5, HEAD_PX, 1, y - HEAD_PX), look.outline)

    def _describe(self) -> None:
        """Say all lines to a screen reader, that which is pointed at first."""
        rows = [f"{line.name}: {write_value(line.value, self._style.digits)}" for line in self._every]
        here = [] if self._over is None else [f"{rows[self._over]}."]
        self.setAccessibleDescription(" ".join([*here, "; ".join(rows)]))

    def _factors(self, lines: Sequence[Line], digits: int) -> list[Box | None]:
        """Return the factors of each line that has any, none of them with 0 digits."""
        setter = Setter(Style(self._style.px, digits))
        return [
            setter.set(Product(line.factors), numbers=True) if line.factors and digits else None
            for line in lines
        ]

    # ---- the mouse

    def _row_at(self, point: QPointF) -> int | None:
        y = point.y() - HEAD_PX
        if y >= ROW_PX * len(self.lines):
            y -= RULE_PX
            if y < ROW_PX * len(self.lines):
                return None
        row = int(y // ROW_PX)
        return row if 0 <= row < len(self.lines) + len(self.ends) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._row_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, row: int | None) -> None:
        if row != self._over:
            self._over = row
            self._describe()
            self.update()
            self.pointed.emit(frozenset() if row is None else self._every[row].keys)

    @property
    def _every(self) -> tuple[Line, ...]:
        return (*self.lines, *self.ends)

    # ---- the keyboard

    def _go(self, row: int) -> None:
        if self._every:
            row = max(0, min(len(self._every) - 1, row))
            self._point(row)
            top = HEAD_PX + ROW_PX * row + (RULE_PX if row >= len(self.lines) else 0)
            # With the first line, what stands above it is seen as well.
            self.reached.emit(QRect(0, top, 1, ROW_PX) if row else QRect(0, 0, 1, HEAD_PX + ROW_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = -1 if self._over is None else self._over
        rows = {
            Qt.Key.Key_Up: row - 1,
            Qt.Key.Key_Down: row + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._every) - 1,
        }
        wanted = rows.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self._go(wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._go(0)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._go(len(self._every) - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(QPointF(event.pos()))
            text = "" if row is None else _exactly(self._every[row])
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _exactly(line: Line) -> str:
    rows = [f"{symbol_name(factor.symbol)} = {format_exact(factor.value)}" for factor in line.factors]
    return "\n".join([*rows, f"{line.name}: {format_exact(line.value)}"])


__all__ = ["LedgerView", "Line"]
