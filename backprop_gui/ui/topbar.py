"""The top bar: transport, step size, speed, and the three numbers that everybody looks at."""

from __future__ import annotations

import html
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from backprop_gui.engine.frame import Frame
from backprop_gui.numerals import counted
from backprop_gui.paths import resource
from backprop_gui.project import Project
from backprop_gui.ui import theme
from backprop_gui.ui.names import one_line
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.player import State, Unit
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.speed_slider import SpeedSlider

NAME_PX, WIDEST_NAME_PX = 160, 290
"""Room for the name and the shape of the project: the more, the wider the window."""
NOT_WHOLE = "The network cannot be trained as it is drawn."
ROOMY = 1390
"""Width in pixels from which on everything has room; below, the sign steps back, and the speed is a bare figure."""
SPACING, NARROW_SPACING = 10, 5
LEAST_NAME_PX = 60
"""A name for which there is less room is left to the window's title."""


class TopBar(QWidget):
    """Transport on the left, readings on the right.

    Signals
    -------
    unit_chosen(Unit)

    Attributes
    ----------
    speed : SpeedSlider
    """

    unit_chosen = Signal(object)

    def __init__(
        self, play: QAction, back: QAction, step: QAction, reset: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._play = play
        self._logo = QLabel()
        self._logo.setPixmap(QIcon(str(resource("icons/app.svg"))).pixmap(QSize(28, 28)))
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.RichText)
        # Of a width that only the window gives, so that the controls beside it stand still whatever it is called.
        self._name.setFixedWidth(NAME_PX)
        self._title = self._shape = ""
        self.speed = SpeedSlider()
        self.speed.valueChanged.connect(self._show_speed)
        self._rate = QLabel()
        self._rate.setProperty("role", "muted")
        self._rate.setFont(theme.digits(self._rate.font()))
        self._measured, self._readings = 0.0, 0
        self._batch = (0, 0)
        self._units = Segmented(
            [
                (
                    Unit.OPERATION,
                    "op",
                    "Step one operation: one weighted sum, activation, delta, gradient or update of this example",
                ),
                (
                    Unit.EXAMPLE,
                    "example",
                    "Step one example: look at it; the last one of a batch is followed by its update",
                ),
                (Unit.BATCH, "batch", "Step one batch: one update of all weights"),
                (Unit.EPOCH, "epoch", "Step one epoch: once through all training examples"),
            ],
            "Size of a step",
        )
        self._units.set_value(Unit.EPOCH)
        self._units.chosen.connect(self._choose_unit)
        self._epoch = _Reading("epoch", "Passes over the training data")
        self._train = _Reading("training loss", "Mean loss over the training data, without penalties")
        self._test = _Reading("test loss", "Mean loss over the test data")
        self._right = _Reading(
            "accuracy", "Share of right answers: test data if there are any, else training data"
        )

        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 16, 7)
        row.setSpacing(SPACING)
        row.addWidget(self._logo)
        row.addWidget(self._name)
        for action, role in ((reset, "flat"), (back, "flat"), (play, "primary"), (step, "flat")):
            row.addWidget(_button(action, role))
        row.addSpacing(4)
        row.addWidget(self._units)
        row.addWidget(self.speed)
        row.addWidget(self._rate)
        row.addStretch(1)
        for reading in (self._epoch, self._train, self._test, self._right):
            row.addSpacing(8)
            row.addWidget(reading)
        self._roomy = False
        self.set_state(State.PAUSED)
        # Until it has a width it must not ask for the larger one: the window would not fit a small screen.
        self._share_room(roomy=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room(roomy=self.width() >= ROOMY)

    def _share_room(self, *, roomy: bool) -> None:
        """Give each part its room; on a narrow bar what is left goes to the speed first, and then to the name."""
        self._roomy = roomy
        self._logo.setVisible(roomy)
        self._units.set_tight(not roomy)
        self.speed.setFixedWidth(120 if roomy else 46)
        self._row.setSpacing(SPACING if roomy else NARROW_SPACING)
        widest = QFontMetrics(self._rate.font()).horizontalAdvance(f"100,000{self._unit}") + 6
        self._rate.setFixedWidth(widest)
        self._write_rate()
        room = NAME_PX + max(0, min(self.width() - ROOMY, WIDEST_NAME_PX - NAME_PX))
        if not roomy:
            self._name.hide()
            self._rate.hide()
            free, gap = self.width() - self._row.sizeHint().width(), self._row.spacing()
            self._rate.setVisible(free >= widest + gap)
            room = min(NAME_PX, free - widest - 2 * gap)
        else:
            self._rate.show()
            self._name.hide()
            # The name gives way to the readings, of which there are more with test data.
            room = min(room, self.width() - self._row.sizeHint().width() - self._row.spacing())
        self._name.setVisible(room >= LEAST_NAME_PX)
        if room >= LEAST_NAME_PX:
            self._name.setFixedWidth(room)
            self._write_name()

    @property
    def _unit(self) -> str:
        return " updates/s" if self._roomy else "/s"

    def sync(self, project: Project, path: Path | None = None) -> None:
        """Show the name and the shape of the project, and where its file is."""
        title = one_line(project.name)
        self._title, self._shape = title, project.network.shape or "nothing drawn"
        self._write_name()
        self._name.setToolTip(
            f"{title}: {project.network.shape}, {counted(project.network.parameter_count, 'parameter')}\n"
            + (
                f"in {one_line(str(path.absolute().parent), 300)}"
                if path is not None
                else "not in a file yet"
            )
        )

    def _write_name(self) -> None:
        """Write the name and, where it leaves room, the shape; either has half of it at least."""
        metrics, room = QFontMetrics(self._name.font()), self._name.width()
        bold = QFont(self._name.font())
        bold.setBold(True)
        broad, right, shape = QFontMetrics(bold), Qt.TextElideMode.ElideRight, f" · {self._shape}"
        needed = metrics.horizontalAdvance(shape) + 2
        name = broad.elidedText(self._title, right, max(room - needed, room // 2) if self._roomy else room)
        left = room - broad.horizontalAdvance(name) - 2
        shape = metrics.elidedText(shape, right, left) if self._roomy or left >= needed else ""
        muted = theme.current().muted.name()
        self._name.setText(
            f"<b>{html.escape(name)}</b><span style='color:{muted}'>{html.escape(shape)}</span>"
        )

    def show_frame(self, frame: Frame) -> None:
        """Show the readings of ``frame``."""
        epoch = f"{int(frame.epoch):,}" if frame.epoch == int(frame.epoch) else f"{frame.epoch:,.2f}"
        self._epoch.show_text(epoch, f"epoch {frame.epoch!r}, {counted(frame.step, 'update')}")
        self._epoch.set_caption("past epoch" if frame.past else "epoch", "warning" if frame.past else "")
        at = f" at epoch {frame.scored_at:g}"
        penalty = (
            f"; the penalty on weights, {format_exact(frame.penalty)}, is not in it" if frame.penalty else ""
        )
        self._train.show_text(
            format_number(frame.train.loss, 4), f"training loss {format_exact(frame.train.loss)}{at}{penalty}"
        )
        if frame.test is None:
            self._test.show_text("–", "All examples are used for training: there is no test part.")
        else:
            self._test.show_text(
                format_number(frame.test.loss, 4), f"test loss {format_exact(frame.test.loss)}{at}"
            )
        score, part = (frame.test, "test") if frame.test else (frame.train, "training")
        self._right.setVisible(score.accuracy is not None)
        if score.accuracy is not None:
            self._right.show_text(
                f"{100 * score.accuracy:.1f} %", f"{part} accuracy {format_exact(score.accuracy)}{at}"
            )
        self._measured, self._batch = frame.rate, frame.batch
        self._write_rate()
        room = self._readings_px()
        if room != self._readings:
            self._readings = room
            self._share_room(roomy=self._roomy)
        if self._batch[0]:
            self._rate.setToolTip("Seen so far in this batch; the weights move after its last example.")
        else:
            self._rate.setToolTip("Updates of all weights a second")

    def _readings_px(self) -> int:
        """Return how much room the readings need."""
        readings = (self._epoch, self._train, self._test, self._right)
        return sum(one.minimumWidth() for one in readings if not one.isHidden())

    def _write_rate(self) -> None:
        """Write how far the batch is, or how fast it goes, or shall go."""
        if self._batch[0]:
            seen = f"{self._batch[0]} of {self._batch[1]}"
            self._rate.setText(f"example {seen}" if self._roomy else seen)
        else:
            self._rate.setText(f"{self._measured:,.0f}{self._unit}" if self._measured else self._speed_text())

    def clear(self, *, begun: bool) -> None:
        """Show no readings: there is nothing that they could be of; the epoch only if training has ``begun``."""
        if not begun:
            self._epoch.show_text("0", NOT_WHOLE)
        for reading in (self._train, self._test, self._right):
            reading.show_text("–", NOT_WHOLE)

    def set_state(self, state: State) -> None:
        """Show whether training runs."""
        running = state is State.RUNNING
        self._play.setText("Pause\tSpace" if running else "Play\tSpace")
        self._play.setIcon(theme.icon("pause" if running else "play", "accent_text"))
        if self._play.isEnabled():
            # Else it says why it is not.
            self._play.setToolTip("Pause (Space)" if running else "Play: train until paused (Space)")
        if not running:
            self._rate.setText(self._speed_text())

    def set_operations_a_second(self, speed: float) -> None:
        """Show how fast operations are played, which was chosen elsewhere."""
        self.speed.set_operations(speed)
        self._show_speed()

    def _choose_unit(self, unit: Unit) -> None:
        self.speed.set_by_operation(unit is Unit.OPERATION)
        self._show_speed()
        self.unit_chosen.emit(unit)

    def _show_speed(self) -> None:
        self._rate.setText(self._speed_text())

    def _speed_text(self) -> str:
        return self.speed.words if self._roomy else self.speed.short_words


class _Reading(QWidget):
    """A caption over a large number that keeps its place while it changes."""

    def __init__(self, caption: str, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self._caption = QLabel(caption)
        self._number = QLabel("–")
        self._caption.setProperty("role", "caption")
        self._number.setProperty("role", "number")
        for label in (self._caption, self._number):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._number.setFont(theme.digits(self._number.font(), bold=True))
        self._widest = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._caption)
        column.addWidget(self._number)

    def set_caption(self, text: str, tone: str) -> None:
        """Write another caption, in the colour of a tone."""
        if text != self._caption.text():
            self._caption.setText(text)
            self._caption.setProperty("tone", tone)
            self._caption.style().polish(self._caption)

    def show_text(self, text: str, exact: str) -> None:
        """Show ``text``, and ``exact`` in the tooltip."""
        if text != self._number.text():
            self._number.setText(text)
            width = QFontMetrics(self._number.font()).horizontalAdvance(text)
            if width > self._widest:
                # Only ever wider, so that the numbers beside it stand still.
                self._widest = width
                self.setMinimumWidth(max(70, width + 4))
        self.setToolTip(f"{exact}\n{self._tip}")
        self.setAccessibleName(exact)


def _button(action: QAction, role: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setProperty("role", role)
    button.setIconSize(QSize(18, 18))
    button.setFixedSize(38, 34)
    # A click leaves the keyboard where it was, so that Space keeps meaning play.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
