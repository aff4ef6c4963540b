"""A widget that shows equations; pointing at a term tells which neuron or edge it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from backprop_gui.engine.operations.latex import display_latex
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.text import equation_text
from backprop_gui.network import Key
from backprop_gui.ui import theme
from backprop_gui.ui.names import symbol_name
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.typeset.box import Mark
from backprop_gui.ui.typeset.page import Page, lay_out, one_line_page
from backprop_gui.ui.typeset.type import Style, ink

FEWER_DIGITS = (8, 7, 6, 5, 4)
"""With how many digits numbers are written instead where equations would be wider than their place."""


class EquationView(QWidget):
    """Equations, below each other as wide as the widget, or on a single line in its middle.

    Signals
    -------
    pointed(frozenset of keys)
        The mouse or the keyboard is on a term of this neuron or edge; empty: no longer on one.
    """

    pointed = Signal(object)

    def __init__(self, style: Style, *, single: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.equations: tuple[Equation, ...] = ()
        self._style, self._single = style, single
        self._pages: dict[int, Page] = {}
        """The equations as they are laid out at the widths that were asked for."""
        self._form = 0
        self._lit: frozenset[Key] = frozenset()
        self._over: Key | None = None
        self._place = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(
            QSizePolicy.Policy.Ignored if single else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Preferred,
        )
        self.setAccessibleName("Equation")
        theme.notifier.changed.connect(self._dress)

    def show_equations(self, equations: Sequence[Equation], *, anew: bool = True) -> None:
        """Show ``equations``.

        Parameters
        ----------
        anew : bool
            Whether they are about something else than before; the same with other numbers does not unfold again,
            so that a number that is now and then a digit longer does not make it jump.
        """
        self.equations = tuple(equations)
        if anew:
            self._form, self._place = 0, -1
        self._pages.clear()
        if not self._single:
            self.updateGeometry()
        if self.hasFocus():
            self.setAccessibleDescription(self.text())
        self.update()

    def set_digits(self, digits: int) -> None:
        """Show numbers with other significant digits."""
        self.set_style(replace(self._style, digits=digits))

    def set_px(self, px: int) -> None:
        """Set formulas in another size."""
        self.set_style(replace(self._style, px=px))

    def set_style(self, style: Style) -> None:
        """Set formulas in another way."""
        if style != self._style:
            self._style = style
            self.show_equations(self.equations)

    def set_lit(self, keys: frozenset[Key]) -> None:
        """Mark the terms of neurons and edges."""
        if keys != self._lit:
            self._lit = keys
            self.update()

    def text(self) -> str:
        """Return all equations as plain text."""
        digits = self._style.digits
        return "\n".join(equation_text(equation, digits) for equation in self.equations)

    def latex(self) -> str:
        """Return all equations as LaTeX for one display."""
        return display_latex(self.equations, self._style.digits)

    # ---- layout

    @property
    def page(self) -> Page:
        """The equations as they are laid out."""
        return self._page_at(self.width())

    def _page_at(self, width: int) -> Page:
        page = self._pages.get(width)
        if page is None:
            if self._single and self.equations:
                page, self._form = one_line_page(
                    self.equations, width, self._style, self._form, self.height()
                )
            else:
                page = self._whole_page(width)
            self._pages[width] = page
        return page

    def _whole_page(self, width: int) -> Page:
        """Return a page that is no wider than ``width`` if there is one: rather fewer digits than a number cut off."""
        style = self._style
        page = lay_out(self.equations, width, style)
        for digits in FEWER_DIGITS:
            if page.width <= width:
                break
            if digits < style.digits:
                page = lay_out(self.equations, width, replace(style, digits=digits))
        return page

    def hasHeightForWidth(self) -> bool:
        return not self._single

    def heightForWidth(self, width: int) -> int:
        return round(self._page_at(width).height) + 6

    def sizeHint(self) -> QSize:
        if self._single:
            return QSize(300, 3 * self._style.px)
        page = self.page
        return QSize(round(page.width), round(page.height) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 2 * self._style.px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size() != event.oldSize() and self.equations:
            self._form = 0
            self._pages.clear()

    def _corner(self) -> QPointF:
        page = self.page
        if not self._single:
            return QPointF(0.0, 3.0)
        return QPointF(
            max(0.0, round((self.width() - page.width) / 2)), round((self.height() - page.height) / 2)
        )

    # ---- looks

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.equations:
            return
        corner, mark = self._corner(), self._current() if self.hasFocus() else None
        lit = self._lit if self._over is None else frozenset({self._over})
        with QPainter(self) as painter:
            self.page.draw(painter, corner.x(), corner.y(), ink(), lit, mark)

    def _dress(self) -> None:
        self._pages.clear()
        self.update()

    # ---- the mouse

    def _mark_at(self, point: QPointF) -> Mark | None:
        if not self.equations:
            return None
        corner = self._corner()
        return self.page.mark_at(point.x() - corner.x(), point.y() - corner.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position())
        self._point(None if mark is None else mark.quantity.key)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, key: Key | None) -> None:
        if key != self._over:
            self._over = key
            self.update()
            self.pointed.emit(frozenset() if key is None else frozenset({key}))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self._mark_at(QPointF(event.pos()))
            if mark is None:
                QToolTip.hideText()
            else:
                corner = self._corner()
                place = mark.rect.translated(corner).toAlignedRect().adjusted(-3, -3, 3, 3)
                QToolTip.showText(event.globalPos(), _spoken(mark), self, QRect(place))
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.equations:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy as text\tCtrl+C", self.copy_text)
        menu.addAction("Copy as LaTeX", self.copy_latex)
        menu.popup(event.globalPos())

    def copy_text(self) -> None:
        """Put the equations into the clipboard as plain text."""
        QGuiApplication.clipboard().setText(self.text())

    def copy_latex(self) -> None:
        """Put the equations into the clipboard as LaTeX."""
        QGuiApplication.clipboard().setText(self.latex())

    # ---- the keyboard

    def _current(self) -> Mark | None:
        marks = self.page.marks
        return marks[self._place] if 0 <= self._place < len(marks) else None

    def _go(self, place: int) -> None:
        self._place = place
        mark = self._current()
        self.setAccessibleDescription(self.text() if mark is None else f"{_spoken(mark)}. {self.text()}")
        self._point(None if mark is None else mark.quantity.key)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._go(0)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._go(len(self.page.marks) - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)
        self.update()

    def focusNextPrevChild(self, forward: bool) -> bool:
        place = self._place + (1 if forward else -1)
        if self.equations and 0 <= place < len(self.page.marks):
            self._go(place)
            return True
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_text()
        elif steps is not None and self.equations and self.page.marks:
            self._go(max(0, min(len(self.page.marks) - 1, self._place + steps)))
        else:
            super().keyPressEvent(event)


def _spoken(mark: Mark) -> str:
    quantity = mark.quantity
    return f"{symbol_name(quantity.symbol)} = {format_exact(quantity.value)}"


__all__ = ["EquationView"]
