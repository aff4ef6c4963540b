"""The loss curve: training and test data over epochs, and the accuracy where there are classes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Curve, Frame
from backprop_gui.project import Project
from backprop_gui.project.kept import Kept
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.plots.kept_curves import KeptCurve
from backprop_gui.ui.plots.keys import LineKey, Yielding
from backprop_gui.ui.plots.value_axis import Scale, left_out
from backprop_gui.ui.segmented import Segmented

if TYPE_CHECKING:
    from backprop_gui.ui.plots.timeline import TimelinePlot

ONE_ROW_PX, TIGHT_PX, TWO_ROWS_PX = 760, 430, 300
"""Widths from which the controls stand beside the key, from which they do where the panel is low, and from which
they stand beside each other."""
LOW_PX = 160
LINES = (("training", "train", False), ("test", "test", True))


class LossPanel(PanelWidget):
    """The loss, or the accuracy, of both parts of the data over epochs, with a crosshair that reads it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Loss curve")
        self._curve: Curve | None = None
        self._kept: tuple[Kept, bool] = ((), False)
        self.plot: TimelinePlot | None = None
        self.key = LineKey(LINES)
        self.words = Yielding()
        self.words.setProperty("role", "muted")
        self.measure = Segmented(
            [
                (False, "Loss", "Show the data loss, without penalties"),
                (True, "Accuracy", "Show the share of right answers"),
            ],
            "Measure",
        )
        self.scale = Segmented(
            [
                (Scale.LOG, "Log", "Logarithmic axis: equal factors are equally high"),
                (Scale.LINEAR, "Linear", "Linear axis, from 0"),
            ],
            "Axis",
        )
        self.measure.chosen.connect(self._choose)
        self.scale.chosen.connect(self._choose)
        self._head = QGridLayout()
        self._head.setHorizontalSpacing(12)
        self._head.setVerticalSpacing(4)
        self._head.setColumnStretch(1, 1)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(14, 4, 12, 4)
        self._body.setSpacing(2)
        # The layout would not let the panel become narrow enough to be arranged in another way.
        self._body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(210, 100)
        self._body.addLayout(self._head)
        self._body.addStretch(0)
        self._arrangement = -1
        self._arrange()
        self.measure.setVisible(self._has_classes(lab.document.project))

    def _has_classes(self, project: Project) -> bool:
        return bool(self.lab.document.prepared.dataset.class_names)

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        if old is None and self.plot is not None:  # another file: its first frame brings its own curve
            self._curve = None
            self.plot.clear()
        if old is None or new.kept is not old.kept:
            self._draw()
        classes = self._has_classes(new)
        self.measure.setVisible(classes)
        if not classes and self.measure.value:
            self.measure.set_value(False)
            self._choose()

    def show_frame(self, frame: Frame) -> None:
        if not self.isVisible():
            return
        plot, running = self._plot(), frame.rate > 0
        if running and not plot.budget.allows():
            return
        curve = self._curve_of(frame)
        if self._curve is None or not _same(self._curve, curve):
            self._curve = curve
            with plot.budget.spend():
                self._draw()
        plot.show_span(frame.span, frame.epoch if frame.past else None)
        plot.show_now(
            int(frame.epoch) if running else frame.epoch, f"epoch {_epoch_text(frame.epoch, running)}"
        )

    def _seek(self, epoch: float) -> None:
        self.lab.player.past.look_at_time(epoch)

    def _step(self, ahead: bool) -> None:
        self.lab.player.past.go_beside(ahead=ahead)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # pyqtgraph takes a third of a second to import: the window comes first.
        QTimer.singleShot(0, self, self._show_newest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # ---- inside

    def _show_newest(self) -> None:
        if self.lab.player.frame is not None:
            self.show_frame(self.lab.player.frame)
        else:
            self._plot()

    def _plot(self) -> TimelinePlot:
        """Return the plot, which is made when it is first needed."""
        if self.plot is None:
            from backprop_gui.ui.plots.timeline import KEYS, TimelinePlot

            plot = self.plot = TimelinePlot([(color, dashed) for _, color, dashed in LINES])
            plot.setAccessibleName("Curves over epochs")
            plot.setAccessibleDescription(
                "The left and right arrow keys move a crosshair from record to record; Esc removes it, Enter looks at "
                f"the moment there. {KEYS}"
            )
            plot.reading.connect(self._say)
            plot.sought.connect(self._seek)
            plot.stepped.connect(self._step)
            self._body.takeAt(1)
            self._body.addWidget(plot, 1)
        return self.plot

    def _curve_of(self, frame: Frame) -> Curve:
        """Return the records up to the present, also for a moment of the past."""
        if not frame.past:
            return _up_to_now(frame)
        last = self.lab.player.last
        # Where the present itself was not seen yet, the records are all that is known of it.
        is_present = last is not None and (last.branch, last.step) == (frame.branch, frame.span.last_step)
        return _up_to_now(last) if last is not None and is_present else frame.curve

    def _choose(self) -> None:
        self.scale.setEnabled(not self.measure.value)
        self._draw()

    def _values(self) -> tuple[Array, Array]:
        """Return what is drawn of training and test data: losses, or accuracies."""
        curve = self._curve
        if curve is None:
            return np.empty(0), np.empty(0)
        if self.measure.value:
            return curve.train_accuracy, curve.test_accuracy
        return curve.train, curve.test

    def _scale(self) -> Scale:
        return Scale.SHARE if self.measure.value else self.scale.value

    def _draw(self) -> None:
        if self.plot is None:
            return
        self._draw_kept(self.plot)
        if self._curve is None:
            return
        series = self._values()
        tested = not np.isnan(self._curve.test).all()
        self.key.set_entries(LINES if tested else LINES[:1])
        self.plot.show_curves(self._curve.epochs, series, self._scale())
        self._say(self.plot.index)

    def _draw_kept(self, plot: TimelinePlot) -> None:
        """Draw the kept runs that are to be seen, if they or what is drawn of them have changed."""
        kept, accuracy = self.lab.document.project.kept, self.measure.value
        if self._kept == (kept, accuracy):
            return
        self._kept = kept, accuracy
        curves = []
        for run in kept:
            curve = run.run.curve
            if run.shown and curve is not None:
                both = (curve.train_accuracy, curve.test_accuracy) if accuracy else (curve.train, curve.test)
                curves.append(KeptCurve(run.name, run.number, curve.epochs, both))
        plot.show_kept(curves, self._scale())

    def _say(self, index: int) -> None:
        """Say what the crosshair reads, or else what there is to know about the axis."""
        curve = self._curve
        if curve is not None and 0 <= index < len(curve.epochs):
            train, test = (float(values[index]) for values in self._values())
            parts = [
                f"epoch {_epoch_text(float(curve.epochs[index]), False)}",
                f"training {self._reading(train)}",
            ]
            if not np.isnan(curve.test).all():
                parts.append("no test data" if np.isnan(curve.test[index]) else f"test {self._reading(test)}")
        else:
            parts = [{Scale.LOG: "log scale", Scale.LINEAR: "linear scale", Scale.SHARE: ""}[self._scale()]]
            parts.append(left_out(*self._values(), self._scale()))
        self.words.set_text("".join(f"·  {part}  " for part in parts if part).rstrip())

    def _reading(self, value: float) -> str:
        return f"{100 * value:.2f} %" if self.measure.value else format_exact(value)

    def _arrange(self) -> None:
        """Put the controls where there is room for them."""
        width = self.width()
        one_row = TIGHT_PX if self.height() < LOW_PX else ONE_ROW_PX
        arrangement = 0 if width >= one_row else 1 if width >= TWO_ROWS_PX else 2
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        head = self._head
        for widget in (self.key, self.words, self.measure, self.scale):
            head.removeWidget(widget)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        head.addWidget(self.key, 0, 0, left)
        head.addWidget(self.words, 0, 1)
        if arrangement == 0:
            head.addWidget(self.measure, 0, 2)
            head.addWidget(self.scale, 0, 3)
        elif arrangement == 1:
            head.addWidget(self.measure, 1, 0, left)
            head.addWidget(self.scale, 1, 1, left)
        else:
            head.addWidget(self.measure, 1, 0, 1, 2, left)
            head.addWidget(self.scale, 2, 0, 1, 2, left)


def _up_to_now(frame: Frame) -> Curve:
    """Return the records with the scores of ``frame`` as their end.

    Other data, or another loss, change the scores at once, and no record is made before training goes on.
    """
    curve, tested = frame.curve, frame.test
    now = (
        frame.scored_at,
        frame.train.loss,
        math.nan if tested is None else tested.loss,
        math.nan if frame.train.accuracy is None else frame.train.accuracy,
        math.nan if tested is None or tested.accuracy is None else tested.accuracy,
    )
    records = (curve.epochs, curve.train, curve.test, curve.train_accuracy, curve.test_accuracy)
    count = len(curve.epochs)
    if count and (
        curve.epochs[-1] > frame.scored_at
        or np.array_equal([record[-1] for record in records], now, equal_nan=True)
    ):
        return curve
    keep = count - bool(count and curve.epochs[-1] == frame.scored_at)
    return Curve(*(np.append(record[:keep], value) for record, value in zip(records, now, strict=True)))


def _same(first: Curve, second: Curve) -> bool:
    """Return whether two curves hold the same records; they are short, and drawing them is what costs."""
    return first is second or (
        len(first.epochs) == len(second.epochs)
        and np.array_equal(first.epochs, second.epochs)
        and np.array_equal(first.train, second.train, equal_nan=True)
        and np.array_equal(first.test, second.test, equal_nan=True)
        and np.array_equal(first.train_accuracy, second.train_accuracy, equal_nan=True)
        and np.array_equal(first.test_accuracy, second.test_accuracy, equal_nan=True)
    )


def _epoch_text(epoch: float, running: bool) -> str:
    if running or epoch == int(epoch):
        return f"{int(epoch):,}"
    return f"{epoch:,.2f}"


add_panel(
    Panel(
        "loss",
        "Loss",
        LossPanel,
        area=Qt.DockWidgetArea.BottomDockWidgetArea,
        order=0,
        pace=Pace.CURVES,
    )
)
