"""One tile of the palette: a small picture of a piece, to be dragged into the network or clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontInfo, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy

from backprop_gui.ui import theme
from backprop_gui.ui.pieces import Piece

HEIGHT, RADIUS = 58, 7.0


class PieceTile(QAbstractButton):
    """A press that becomes a drag carries the piece along; one that does not is a click.

    Signals
    -------
    carried(QPoint)
        The pointer, on the screen, while the piece is dragged.
    dropped()
        The piece was let go of.
    given_up()
        Escape was pressed meanwhile, or the window is no longer in front.
    """

    carried = Signal(QPoint)
    dropped = Signal()
    given_up = Signal()

    def __init__(self, piece: Piece) -> None:
        super().__init__()
        self.piece = piece
        self._pressed: QPoint | None = None
        self._dragging = False
        self.setText(piece.title)
        self.setAccessibleName(f"Add {piece.title}")
        keys = f" ({piece.key})" if piece.key else ""
        self.setToolTip(f"<p><b>Drag into the network, or click{keys}</b><br>{piece.tip}</p>")
        self.setAccessibleDescription(piece.tip)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        font = self.font()
        font.setPixelSize(max(9, QFontInfo(font).pixelSize() - 2))
        self.setFont(font)
        theme.notifier.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(50, HEIGHT)

    # ---- dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position().toPoint(), False
            self.setDown(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        way = event.position().toPoint() - self._pressed
        if not self._dragging and way.manhattanLength() < QApplication.startDragDistance():
            return
        if not self._dragging:
            self._dragging = True
            self.setDown(False)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            # Escape has to be heard wherever the keyboard is; not every system lets it be grabbed.
            _application().installEventFilter(self)
        self.carried.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        dragged = self._dragging
        self._end()
        if dragged:
            self.dropped.emit()
        elif self.rect().contains(event.position().toPoint()):
            self.click()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() == QEvent.Type.KeyPress:
            self._give_up()
        return True

    def event(self, event: QEvent) -> bool:
        # Where the button is released then, nobody here hears of it.
        if event.type() in (QEvent.Type.Hide, QEvent.Type.WindowDeactivate) and self._dragging:
            self._give_up()
        return super().event(event)

    def _give_up(self) -> None:
        self._end()
        self.given_up.emit()

    def _end(self) -> None:
        if self._dragging:
            _application().removeEventFilter(self)
        self._pressed, self._dragging = None, False
        self.setDown(False)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    # ---- painting

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rect = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
            painter.setBrush(look.tile if self.isDown() else look.window)
            strong = self.hasFocus()
            edge = look.accent if strong else look.outline if self.underMouse() else look.border
            painter.setPen(QPen(edge, 1.5 if strong else 1))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
            middle = QPointF(rect.center().x(), rect.top() + 21)
            outline = QPen(look.outline, 1.2)
            painter.setPen(outline)
            self.piece.draw(painter, middle, look)
            painter.setPen(look.text if self.underMouse() else look.muted)
            words = QRectF(rect.left(), rect.bottom() - 20, rect.width(), 16)
            font = painter.font()
            while (
                QFontMetricsF(font).horizontalAdvance(self.text()) > rect.width() - 3 and font.pixelSize() > 7
            ):
                font.setPixelSize(font.pixelSize() - 1)
            painter.setFont(font)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


__all__ = ["PieceTile"]
