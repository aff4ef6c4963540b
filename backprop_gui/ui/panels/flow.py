"""The panel "Gradient flow": how large deltas, gradients and steps are in each layer, now and over time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from backprop_gui.engine.examples import evenly_chosen
from backprop_gui.engine.findings.rate import USUAL
from backprop_gui.engine.findings.verdict import verdict
from backprop_gui.engine.flow import MOST_EXAMPLES, Flow, Measure, flow_of
from backprop_gui.engine.flow_record import FlowRecord
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.reading import deltas_of, names
from backprop_gui.numerals import counted
from backprop_gui.project import Project
from backprop_gui.ui.computing import ComputingPanel
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.numbers import MINUS, format_number
from backprop_gui.ui.panel import Lab, Pace, Panel, add_panel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.plots.flow_picture import FlowPicture
from backprop_gui.ui.plots.flow_plot import FlowPlot
from backprop_gui.ui.segmented import Segmented
from backprop_gui.ui.widgets.wrapped import Wrapped

UNSEEN_SHARE = 0.02
"""Of the wall time that recording may take while only its tab is seen."""
EVERY_SECONDS = 0.25
"""While training runs, the flow is computed no more often."""
LEGEND = "each layer in its colour: median, 10 to 90 %, extremes of "
GUIDE = (USUAL, "rule of thumb")


class FlowPanel(ComputingPanel):
    """Computes the gradient flow of each frame that it has time for, and keeps the medians."""

    every_seconds = EVERY_SECONDS

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Gradient flow")
        self.flow: Flow | None = None
        self.record = FlowRecord()
        self.measure = Segmented(
            [
                (Measure.DELTA, "|δ|", "Show ∂L/∂z of every neuron for every example"),
                (Measure.GRADIENT, "|gradient|", "Show the gradient of every weight and bias into the layer"),
                (
                    Measure.STEP,
                    "|step| / |w|",
                    "Show the next step of every weight, as a share of the weight",
                ),
            ],
            "Measure",
        )
        self.measure.chosen.connect(self._draw)
        self.words = Wrapped()
        self.words.setProperty("role", "muted")
        self.plot = FlowPlot()
        self.plot.reading.connect(self._say)
        self.plot.picked.connect(self._pick)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.measure)
        head.addWidget(self.words, 1)
        body = QVBoxLayout(self)
        body.setContentsMargins(14, 4, 12, 4)
        body.setSpacing(2)
        body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        body.addLayout(head)
        body.addWidget(self.plot, 1)
        self.setMinimumSize(210, 100)

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        renamed = old is not None and old.conventions.delta is not new.conventions.delta
        if old is None or renamed:  # another file, or other deltas
            self.record.clear()
            called = names(new.conventions)
            self.measure.button(Measure.DELTA).setText(f"|{called.delta}|")
            by = called.delta_meaning.removeprefix(MINUS)
            self.measure.button(Measure.DELTA).setToolTip(f"Show {by} of every neuron for every example")
        if old is None or renamed or self.lab.document.obstacle is not None:
            # Nothing that was computed before is true of it.
            self.forget()
            self.flow = None
            self._draw()
        if renamed and self.lab.player.frame is not None:
            self.show_frame(self.lab.player.frame)

    def show_frame(self, frame: Frame) -> None:
        # Also while nobody sees it: a moment of the past that is looked at leaves the record as it is, and what
        # begins anew or goes on from there does not.
        if not frame.past:
            self.record.follow(frame.branch, frame.epoch)
        super().show_frame(frame)

    def wants(self, frame: Frame) -> bool:
        # Behind another tab it goes on recording, for who looks later wants to see how it came to this.
        return self.isVisible() or self.has_tab

    def has_time(self) -> bool:
        return self.plot.budget.allows()

    def showEvent(self, event: QShowEvent) -> None:
        self.share = 1.0
        self._draw()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.share = UNSEEN_SHARE
        super().hideEvent(event)

    def work_on(self, frame: Frame) -> Callable[[], Flow]:
        prepared = made_with(frame, self.lab.document).prepared
        conventions = self.lab.document.project.conventions
        chosen = evenly_chosen(len(prepared.x_train), MOST_EXAMPLES)

        def work() -> Flow:
            x, t = prepared.x_train[chosen], prepared.t_train[chosen]
            return flow_of(
                frame.plan,
                frame.theta,
                frame.update,
                x,
                t,
                frame.loss,
                lambda seen: deltas_of(frame, seen, conventions),
            )

        return work

    def take(self, frame: Frame, result: Flow) -> None:
        self.flow = result
        # Of what was computed meanwhile, training may be on another way already.
        if not frame.past and frame.branch is self.record.branch:
            self.record.add(frame.epoch, self.flow)
        if self.isVisible():
            self._draw()

    def fail(self, text: str) -> None:
        self.flow = None
        self._draw()
        self.words.setText(text)

    # ---- inside

    def _draw(self) -> None:
        measure = self.measure.value
        guide = GUIDE if measure is Measure.STEP else None
        epoch = 0.0 if self.computed is None else self.computed.epoch
        words = f"epoch {epoch:,.0f}" if epoch == int(epoch) else f"epoch {epoch:,.2f}"
        series = self.record.series(measure)
        picture = None
        if self.flow is not None:
            with self.plot.budget.spend():
                picture = FlowPicture.of(self.flow, measure, series, (epoch, words), guide)
        self.plot.show_picture(picture)
        self._say(self.plot.index)

    def _say(self, index: int) -> None:
        """Say what the layer that is pointed at has, or else what the picture shows."""
        flow, measure = self.flow, self.measure.value
        if flow is None:
            self.words.setText("")
            return
        network = self.lab.document.project.network
        if 0 <= index < len(flow.layers):
            layer, spread = flow.layers[index], flow.layers[index].spread(measure)
            low, median, high = (format_number(spread.quantiles[at]) for at in (1, 2, 3))
            text = f"{layer.name}: median {median}, 10 to 90 % from {low} to {high}"
            if spread.zeros:
                text += f", {100 * spread.zeros:.3g} % are 0"
        else:
            text = f"{verdict(flow, measure)}  ·  {LEGEND}{self._examples()}"
        self.words.setText(as_drawn(text, network))

    def _examples(self) -> str:
        assert self.computed is not None  # whose flow is shown
        count = len(made_with(self.computed, self.lab.document).prepared.x_train)
        chosen = len(evenly_chosen(count, MOST_EXAMPLES))
        return counted(count, "example") if chosen == count else f"{chosen:,} of {count:,} examples"

    def _pick(self, index: int) -> None:
        assert self.flow is not None
        layer, network = self.flow.layers[index].layer, self.lab.document.project.network
        if layer in network.layer_of:
            self.lab.selection.set(frozenset(neuron.id for neuron in network.members[layer]))


add_panel(
    Panel(
        "flow",
        "Gradient flow",
        FlowPanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        1,
        pace=Pace.NUMBERS,
        tab_with="loss",
    )
)
