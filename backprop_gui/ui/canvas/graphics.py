"""The view onto the scene: zoom, pan, clicks and keys, told as signals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QToolTip, QWidget

from backprop_gui.ui import theme as themes

SMALLEST_ZOOM, LARGEST_ZOOM = 0.05, 24.0
LARGEST_FIT = 1.12
"""A small network is not blown up beyond this."""
WHEEL_ZOOM = 1.0016
"""Factor for each eighth of a degree of the wheel."""
PAN_PX = 4
REACH = 30_000.0
"""How far one can pan, in scene units."""
SMOOTHING = 0.2
STEPS = {
    getattr(Qt.Key, f"Key_{name}") for name in ("Left", "Right", "Up", "Down", "Return", "Enter", "Escape")
}


class NetworkView(QGraphicsView):
    """Shows the scene.

    Attributes
    ----------
    chooses : callable
        Says whether keys choose a target: letters are no commands then.
    paint_seconds : float
        How long painting takes without new pictures of the edges, smoothed.

    Signals
    -------
    pressed(QPointF, modifiers), dragged(QPointF, modifiers), released(QPointF)
        The left button, in the scene; not while the person pans.
    hovered(QPointF)
        The pointer moved with no button down.
    left()
        The pointer left the picture.
    interrupted()
        The keyboard went elsewhere: what was begun here cannot be given up here any more.
    opened(QPointF)
        A double click.
    menu_wanted(QPointF, QPoint)
        A right click: in the scene and on the screen.
    menu_key()
        The menu key: what can be done with what is selected?
    moved()
        The person zoomed or panned.
    tapped_space()
        Space was pressed and released without a drag.
    stepped(Qt.Key, modifiers)
        An arrow key, Return or Escape.
    """

    pressed = Signal(QPointF, object)
    dragged = Signal(QPointF, object)
    released = Signal(QPointF)
    hovered = Signal(QPointF)
    left = Signal()
    interrupted = Signal()
    opened = Signal(QPointF)
    menu_wanted = Signal(QPointF, QPoint)
    menu_key = Signal()
    moved = Signal()
    tapped_space = Signal()
    stepped = Signal(object, object)

    def __init__(
        self,
        scene: QGraphicsScene,
        walk: Callable[[bool], bool],
        tooltip_at: Callable[[QPointF], str],
        edge_seconds: Callable[[], float],
        covered: Callable[[QTransform, QRectF], bool],
        parent: QWidget,
    ) -> None:
        """Show ``scene``.

        Parameters
        ----------
        walk : callable
            ``walk(forward)`` goes to the next part of the network and says whether there was one: else Tab leads on
            to the next widget.
        covered : callable
            ``covered(view, rect)`` says whether an item fills ``rect`` of the scene under that transform.
        """
        super().__init__(scene, parent)
        self._walk, self._tooltip_at = walk, tooltip_at
        self._edge_seconds, self._covered = edge_seconds, covered
        self._region, self._region_key = QRegion(), (0, 0.0, 0.0, 0.0)
        self.paint_seconds = 0.0
        self.chooses: Callable[[], bool] = lambda: False
        self._pan_from: QPoint | None = None
        self._panned = False
        self._space = False
        self._space_used = False
        self._ring = False
        self._tip_at: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        # ``repaint_later`` knows better than Qt what has to be painted.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        # It paints every pixel itself: nothing has to be filled in before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        flags = QGraphicsView.OptimizationFlag
        self.setOptimizationFlags(flags.DontAdjustForAntialiasing | flags.DontSavePainterState)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSceneRect(-REACH, -REACH, 2 * REACH, 2 * REACH)

    # ---- zoom and pan

    @property
    def zoom(self) -> float:
        """Pixels a scene unit."""
        return self.transform().m11()

    def middle(self) -> QPointF:
        """Return the point of the scene in the middle of what is seen."""
        return self.mapToScene(self.viewport().rect().center())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom so that the scene's point under ``at`` (in the viewport; by default its middle) stays there."""
        spot = QPointF(self.viewport().rect().center()) if at is None else at
        fixed = self.viewportTransform().inverted()[0].map(spot)
        self.show_at(min(LARGEST_ZOOM, max(SMALLEST_ZOOM, self.zoom * factor)), fixed, spot)
        self.viewport().update()
        self.moved.emit()

    def show_rect(self, rect: QRectF, room: QRectF) -> None:
        """Show ``rect`` of the scene in the middle of ``room``, a part of the viewport."""
        zoom = min(
            room.width() / max(1.0, rect.width()), room.height() / max(1.0, rect.height()), LARGEST_FIT
        )
        self.show_at(max(SMALLEST_ZOOM, zoom), rect.center(), room.center())
        self.viewport().update()

    def show_at(self, zoom: float, point: QPointF, spot: QPointF) -> None:
        """Show a ``point`` of the scene at a ``spot`` of the viewport."""
        self.setTransform(QTransform.fromScale(zoom, zoom))
        middle = QPointF(self.viewport().rect().center())
        self.centerOn(point - (spot - middle) / zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(WHEEL_ZOOM ** event.angleDelta().y(), event.position())
        event.accept()

    # ---- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        spot = event.position().toPoint()
        if event.buttons() != event.button():
            # A second button neither begins anything nor ends what the first one began.
            pass
        elif event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self._begin_pan(spot)
        elif left:
            self._tip_at = None
            QToolTip.hideText()
            self.pressed.emit(self._in_scene(event), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is None:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self.dragged.emit(self._in_scene(event), event.modifiers())
            else:
                self.hovered.emit(self._in_scene(event))
            return
        spot = event.position().toPoint()
        way = spot - self._pan_from
        if not self._panned and way.manhattanLength() < PAN_PX:
            return
        self._panned, self._pan_from = True, spot
        self._space_used = self._space
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        for bar, step in ((self.horizontalScrollBar(), way.x()), (self.verticalScrollBar(), way.y())):
            bar.setValue(bar.value() - step)
        self.viewport().update()
        self.moved.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is None:
            if event.button() == Qt.MouseButton.LeftButton:
                self.released.emit(self._in_scene(event))
            return
        if not event.buttons():
            self._pan_from, self._panned = None, False
            self.viewport().unsetCursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_key.emit()
        else:
            self.menu_wanted.emit(self.mapToScene(event.pos()), event.globalPos())
        event.accept()

    def _in_scene(self, event: QMouseEvent) -> QPointF:
        """Return where the pointer is, with the fraction of a unit that whole pixels would lose."""
        return self.viewportTransform().inverted()[0].map(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.mapToScene(event.position().toPoint()))

    def _begin_pan(self, spot: QPoint) -> None:
        self._pan_from, self._panned = spot, False

    # ---- keys

    def event(self, event: QEvent) -> bool:
        # While the pointer is over the picture, Space may be the beginning of a pan, so it comes here first.
        if event.type() == QEvent.Type.ShortcutOverride:
            space = _is_space(event) and self.viewport().underMouse()
            if space or (_is_letter(event) and self.chooses()):
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._walk(forward) or super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_space(event):
            if not event.isAutoRepeat():
                self._space, self._space_used = True, False
        elif event.key() in STEPS:
            key = Qt.Key(event.key())
            self.stepped.emit(Qt.Key.Key_Return if key == Qt.Key.Key_Enter else key, event.modifiers())
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not _is_space(event):
            event.ignore()
        elif not event.isAutoRepeat() and self._space:
            self._space = False
            if not self._space_used:
                self.tapped_space.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = self._space = False
        super().focusOutEvent(event)
        self.viewport().update()
        self.interrupted.emit()

    # ---- tooltips and painting

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tip_at = event.globalPos()
            self._show_tip(event.pos())
            return True
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().viewportEvent(event)

    def refresh_tooltip(self) -> None:
        """Bring the numbers of a tooltip that is being read up to date."""
        if self._tip_at is not None and QToolTip.isVisible():
            self._show_tip(self.viewport().mapFromGlobal(self._tip_at))

    def _show_tip(self, spot: QPoint) -> None:
        text = self._tooltip_at(self.mapToScene(spot))
        if text and self._tip_at is not None:
            QToolTip.showText(self._tip_at, text, self.viewport())
        else:
            self._tip_at = None
            QToolTip.hideText()

    def region_of(self, rects: Sequence[QRectF]) -> QRegion:
        """Return the pixels of the viewport that ``rects`` of the scene touch."""
        view = self.viewportTransform()
        key = (id(rects), view.m11(), view.dx(), view.dy())
        if key != self._region_key:
            self._region = QRegion()
            for rect in rects:
                self._region += view.mapRect(rect).toAlignedRect()
            # The rects are kept with their region, so that their id stays theirs.
            self._region_key, self._region_rects = key, rects
        return self._region

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if not self._covered(painter.worldTransform(), QRectF(rect)):
            super().drawBackground(painter, rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        super().paintEvent(event)
        spent = time.perf_counter() - began - self._edge_seconds()
        self.paint_seconds += SMOOTHING * (spent - self.paint_seconds)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._ring:
            painter.resetTransform()
            painter.setPen(QPen(themes.current().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))


def _is_letter(event: QEvent) -> bool:
    plain = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    return isinstance(event, QKeyEvent) and event.text().isalnum() and event.modifiers() in plain


def _is_space(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.modifiers()


__all__ = ["NetworkView"]
