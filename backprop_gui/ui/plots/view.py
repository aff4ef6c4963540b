"""A picture of what the network has learned: what all kinds of it have in common."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from backprop_gui.data import Dataset, Prepared
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.ui import theme
from backprop_gui.ui.plots.budget import Budget

SHARE = 0.035
"""Of the wall time, while training runs."""


class View(QWidget):
    """One kind of picture. What stays from frame to frame is painted once, into a backdrop.

    Attributes
    ----------
    prepared : Prepared or None
        The data shown.
    probe : Probe or None
        The example looked at, once a frame has said so.
    part : Part
        Which part of the data is shown, where only one is.
    output : int
        Which output is shown, where only one is.
    by_part, by_output : bool
        Whether the picture is of one part, or of one output of several.

    Signals
    -------
    picked(Probe)
        The example that a person chose in the picture.
    stepped(int)
        How many examples further a person went with the arrow keys.
    """

    picked = Signal(object)
    stepped = Signal(int)
    by_part = False
    by_output = False

    def __init__(self) -> None:
        super().__init__()
        self.prepared: Prepared | None = None
        self.probe: Probe | None = None
        self.part = Part.TRAIN
        self.output = 0
        self.budget = Budget(SHARE)
        self._backdrop: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(190, 170)
        theme.notifier.changed.connect(self.redraw)

    # ---- what a kind of picture says

    @staticmethod
    @abstractmethod
    def suits(dataset: Dataset) -> bool:
        """Return whether this is the picture for ``dataset``."""

    @abstractmethod
    def take_data(self, prepared: Prepared) -> None:
        """Show other data, without any prediction yet."""

    @abstractmethod
    def predict(self, frame: Frame, running: bool) -> None:
        """Calculate what the network of ``frame`` answers; coarser while ``running``."""

    def forget(self) -> None:
        """Drop the predictions."""

    def lay_out(self) -> None:
        """Place everything for the present size."""

    def paint_under(self, painter: QPainter) -> None:
        """Paint what changes with every frame and lies under the backdrop."""

    def paint_backdrop(self, painter: QPainter) -> None:
        """Paint what stays: axes, dots, legend."""

    def paint_over(self, painter: QPainter) -> None:
        """Paint what changes with every frame and lies over the backdrop."""

    def probe_at(self, point: QPointF) -> Probe | None:
        """Return the example at a pixel."""
        return None

    def words_at(self, point: QPointF) -> str:
        """Return what there is to say about a pixel, with all digits."""
        return ""

    # ---- for the panel

    def set_data(self, prepared: Prepared) -> None:
        """Show other data; the predictions come with the next frame."""
        self.prepared, self.probe = prepared, None
        if self.part is Part.TEST and not len(prepared.x_test):
            self.part = Part.TRAIN
        self.output = min(self.output, len(prepared.dataset.target_names) - 1)
        self.forget()
        self.take_data(prepared)
        self.redraw()

    def show_frame(self, frame: Frame) -> None:
        """Show what the network of ``frame`` answers, unless training needs the time."""
        running = frame.rate > 0
        if running and not self.budget.allows():
            return
        with self.budget.spend():
            self.predict(frame, running)
        self.probe = frame.probe
        self.update()

    def redraw(self) -> None:
        """Paint everything anew, as after a change of size, data or theme."""
        self.lay_out()
        self._backdrop = None
        self.update()

    # ---- Qt

    def sizeHint(self) -> QSize:
        return QSize(290, 350)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.budget.spend():
            ratio = self.devicePixelRatioF()
            if self._backdrop is None or self._backdrop.devicePixelRatio() != ratio:
                self._backdrop = self._painted_backdrop(ratio)
            # A painter that an error leaves open would take the whole program down with it.
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.paint_under(painter)
                painter.drawPixmap(0, 0, self._backdrop)
                self.paint_over(painter)

    def _painted_backdrop(self, ratio: float) -> QPixmap:
        backdrop = QPixmap(self.size() * ratio)
        backdrop.setDevicePixelRatio(ratio)
        backdrop.fill(Qt.GlobalColor.transparent)
        if self.prepared is not None:
            with QPainter(backdrop) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setFont(self.font())
                self.paint_backdrop(painter)
        return backdrop

    def mousePressEvent(self, event: QMouseEvent) -> None:
        probe = self.probe_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if probe is None:
            super().mousePressEvent(event)
        else:
            self.picked.emit(probe)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.probe_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(steps)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(QPointF(event.pos())) if self.prepared is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)


__all__ = ["View"]
