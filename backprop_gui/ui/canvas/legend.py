"""The legend: what the colours and widths of the moment mean, in numbers; a click chooses the scale."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QActionGroup,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QWidget

from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.views import PASSING_SHARE, SMALLEST_ERROR
from backprop_gui.ui.colors import SYMLOG_DECADES, rgb_of, scaled
from backprop_gui.ui.numbers import MINUS, format_number, power_of_ten
from backprop_gui.ui.theme import Theme, digits

BAR = QSize(200, 9)
WEDGE = QSize(72, 9)
PAD = 7
CHEVRON_ROOM = 16
SCALE_TIP = (
    "Orange is positive, blue is negative; the nearer to the background, the nearer to 0.\n"
    "Dashed edges and small locks mark what is frozen. Hatched is what is not a finite number.\n"
    "Click to choose the scale."
)
ERRORS_TIP = (
    "Blue is an error that is only rounding, orange with a cross is a derivative that is wrong.\n"
    "The number in a neuron is the power of ten of its bias’s error. Grey is what has not been checked as it is now."
)
NOT_CHECKED = "not checked yet: Ctrl+G"
ENTRIES: dict[Form | Reach, str] = {
    Form.LINEAR: "Scale: linear",
    Form.SYMLOG: "Scale: symmetric logarithm",
    Reach.NETWORK: "Scale common to the network",
    Reach.LAYER: "Scale of each layer",
}
"""What the menu calls each choice; every entry is complete, as a stylesheet leaves headings of menus out."""


@dataclass(frozen=True)
class Content:
    """What a legend says.

    Attributes
    ----------
    title : str
    limit : float
        The end of the scale; 0 where there is no number yet.
    form, reach : Form, Reach
    edge_title : str
        What widths of edges are; empty where edges share the scale of the neurons.
    edge_limit : float
    tolerance : float, optional
        For a scale of errors, the largest one that passes; 0 where nothing has been checked. None for other scales.
    """

    title: str
    limit: float
    form: Form
    reach: Reach
    edge_title: str
    edge_limit: float
    tolerance: float | None = None


class Legend(QWidget):
    """A colour bar with numbers.

    Signals
    -------
    chosen(Form, Reach)
        The scale that a person chose from the menu.
    """

    chosen = Signal(object, object)

    def __init__(self, content: Content, parent: QWidget) -> None:
        super().__init__(parent)
        self._content = content
        self._plate = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName("Legend")
        self._speak()

    @property
    def content(self) -> Content:
        """What it says."""
        return self._content

    def set_content(self, content: Content) -> None:
        """Say something else."""
        if content != self._content:
            taller = bool(content.edge_title) != bool(self._content.edge_title)
            self._content = content
            if taller:
                self.updateGeometry()
            self._speak()
            self.update()

    def set_plate(self, plate: bool) -> None:
        """Stand on a ground of its own, or on the picture's."""
        if plate != self._plate:
            self._plate = plate
            self.update()

    def _speak(self) -> None:
        content = self._content
        self.setToolTip(SCALE_TIP if content.tolerance is None else ERRORS_TIP)
        if content.tolerance is not None:
            allowed = format_number(content.tolerance, 1)
            self.setAccessibleDescription(
                f"{content.title}, logarithmic, from {format_number(SMALLEST_ERROR, 1)} to 1: up to {allowed} passes."
                if content.tolerance
                else f"{content.title}: {NOT_CHECKED}."
            )
            return
        limit = format_number(content.limit, 2) if content.limit else "not known yet"
        edge_limit = format_number(content.edge_limit, 2)
        self.setAccessibleDescription(
            f"{content.title}: {content.form.value} scale for {content.reach.value}, limit {limit}. "
            + (f"Width of edges: {content.edge_title}, limit {edge_limit}." if content.edge_title else "")
        )

    # ---- choosing

    def menu(self) -> QMenu:
        """Return the menu that chooses the scale."""
        menu = QMenu(self)
        menu.setAccessibleName("Scale")
        for choices, chosen in ((tuple(Form), self._content.form), (tuple(Reach), self._content.reach)):
            if not menu.isEmpty():
                menu.addSeparator()
            group = QActionGroup(menu)
            for choice in choices:
                action = group.addAction(ENTRIES[choice])
                action.setCheckable(True)
                action.setChecked(choice is chosen)
                action.triggered.connect(lambda _=False, choice=choice: self._choose(choice))
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _choose(self, choice: Form | Reach) -> None:
        form, reach = self._content.form, self._content.reach
        if isinstance(choice, Form):
            self.chosen.emit(choice, reach)
        else:
            self.chosen.emit(form, choice)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_menu()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def open_menu(self) -> None:
        """Show the menu above the legend; the scale of errors is always the same."""
        if self._content.tolerance is not None:
            return
        menu = self.menu()
        menu.popup(self.mapToGlobal(self.rect().topLeft()) - QPointF(0, menu.sizeHint().height()).toPoint())

    # ---- painting

    def _fonts(self) -> tuple[QFont, QFont]:
        title = QFont(self.font())
        title.setPixelSize(max(11, title.pixelSize() - 1))
        return title, digits(self.font(), pixel_size=max(10, self.font().pixelSize() - 2))

    def sizeHint(self) -> QSize:
        title, number = (QFontMetricsF(font) for font in self._fonts())
        height = title.height() + 5 + BAR.height() + 4 + number.height()
        if self._content.edge_title:
            height += 6 + number.height()
        widest = max(
            BAR.width(), title.horizontalAdvance("δ = ∂L/∂z, one example, log, per layer") + CHEVRON_ROOM
        )
        return QSize(round(widest) + 2 * PAD, round(height) + 2 * PAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, content = themes.current(), self._content
        title_font, number_font = self._fonts()
        title, number = QFontMetricsF(title_font), QFontMetricsF(number_font)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._plate:
                paint_plate(painter, theme, QRectF(self.rect()))
            if self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.tile)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 1.5))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
            y = PAD + title.ascent()
            painter.setPen(theme.muted)
            painter.setFont(title_font)
            words = content.title + self._remark()
            painter.drawText(QPointF(PAD, y), words)
            if content.tolerance is None:
                ink = theme.text if self.underMouse() else theme.muted
                end = QPointF(PAD + title.horizontalAdvance(words) + 11, y - title.xHeight() / 2)
                _paint_chevron(painter, ink, end)
            bar = QRectF(PAD, y + title.descent() + 5, BAR.width(), BAR.height())
            painter.setPen(QPen(theme.border, 1))
            table = theme.diverging_table[::10]
            if content.tolerance is not None:
                first = round((1 - PASSING_SHARE) / 2 * len(table))
                table = table[first:] if content.tolerance else table[len(table) // 2 :][:1].repeat(2, axis=0)
            painter.setBrush(_gradient(bar, table.tolist()))
            painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
            painter.setFont(number_font)
            painter.setPen(theme.muted)
            y = bar.bottom() + 4 + number.ascent()
            for place, text in self._ticks():
                width = number.horizontalAdvance(text)
                x = bar.left() + (place + 1) / 2 * bar.width() - width * (place + 1) / 2
                painter.drawText(QPointF(x, y), text)
            if content.edge_title:
                self._paint_wedge(painter, theme, y + number.descent() + 6, number)

    def _remark(self) -> str:
        log = ", log" if self._content.form is Form.SYMLOG else ""
        return log + (", per layer" if self._content.reach is Reach.LAYER else "")

    def _ticks(self) -> list[tuple[float, str]]:
        """Return the places of numbers on the bar, from -1 to 1, and the numbers."""
        content = self._content
        if content.tolerance == 0:
            return [(-1, NOT_CHECKED)]
        if content.tolerance is not None:
            middle = 2 * PASSING_SHARE / (1 + PASSING_SHARE) - 1
            ends = (-1, power_of_ten(SMALLEST_ERROR)), (1, "1 ✗")
            return [*ends, (middle, f"{power_of_ten(content.tolerance)} ✓")]
        if content.reach is Reach.LAYER:
            return [(-1, f"{MINUS}largest"), (0, "0"), (1, "+largest")]
        if not content.limit:
            return [(0, "0")]
        ticks = [(0.0, "0"), (1.0, format_number(content.limit, 2, sign=True))]
        if content.form is Form.SYMLOG:
            small = content.limit * 10 ** (-SYMLOG_DECADES / 2)
            ticks.append((float(scaled(small, content.limit, True)), format_number(small, 1, sign=True)))
        return ticks + [(-place, text.replace("+", MINUS)) for place, text in ticks if place]

    def _paint_wedge(self, painter: QPainter, theme: Theme, top: float, number: QFontMetricsF) -> None:
        middle = top + number.height() / 2
        wedge = QRectF(PAD, middle - WEDGE.height() / 2, WEDGE.width(), WEDGE.height())
        waist = wedge.center()
        shape = QPolygonF(
            [wedge.topLeft(), waist, wedge.topRight(), wedge.bottomRight(), waist, wedge.bottomLeft()]
        )
        table = theme.weight_table.copy()
        table[len(table) // 2] = rgb_of(theme.border)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_gradient(wedge, table[::10].tolist()))
        painter.drawPolygon(shape)
        painter.setPen(theme.muted)
        limit = f"±{format_number(self._content.edge_limit, 2)}" if self._content.edge_limit else "0"
        if self._content.reach is Reach.LAYER:
            limit = "± largest"
        text = f"{self._content.edge_title}, {limit}"
        painter.drawText(QPointF(wedge.right() + 9, top + number.ascent()), text)


def paint_plate(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    """Paint the ground of something that floats over the network."""
    painter.setPen(QPen(theme.border, 1))
    painter.setBrush(theme.surface)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


def _paint_chevron(painter: QPainter, ink: QColor, middle: QPointF) -> None:
    """Paint the small arrow that says that there is something to choose."""
    painter.setPen(QPen(ink, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    steps = ((-3.5, -1.5), (0.0, 2.0), (3.5, -1.5))
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in steps]))


def _gradient(bar: QRectF, colors: list[list[int]]) -> QLinearGradient:
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for index, rgb in enumerate(colors):
        gradient.setColorAt(index / (len(colors) - 1), QColor(*rgb))
    return gradient


__all__ = ["Content", "Legend", "paint_plate"]
