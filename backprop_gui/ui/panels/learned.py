"""What the network has learned, as the picture that suits the data."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from backprop_gui.data import Prepared
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.project import Project
from backprop_gui.ui.names import display_name
from backprop_gui.ui.panel import Lab, Pace, Panel, PanelWidget, add_panel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.plots.agreement import Agreement
from backprop_gui.ui.plots.confusion import Confusion
from backprop_gui.ui.plots.fit import Fit
from backprop_gui.ui.plots.predictor import fits
from backprop_gui.ui.plots.regions import Regions
from backprop_gui.ui.plots.surface import Surface
from backprop_gui.ui.plots.view import View
from backprop_gui.ui.segmented import Segmented

VIEWS: tuple[type[View], ...] = (Surface, Regions, Fit, Confusion, Agreement)
"""Every kind of picture; the first that suits the data is shown, and the last suits all there are."""


class LearnedPanel(PanelWidget):
    """Shows the predictions of the network for the data, and lets people pick an example in them."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("What it has learned")
        self.view: View | None = None
        self.part = Segmented(
            [
                (Part.TEST, "Test", "Show the test data, which the network is not trained on"),
                (Part.TRAIN, "Training", "Show the training data"),
            ],
            "Part of the data",
        )
        self.part.chosen.connect(self._choose_part)
        self.output = QComboBox()
        self.output.setToolTip("Which of the network's outputs is shown")
        self.output.setAccessibleName("Output shown")
        self.output.activated.connect(self._choose_output)
        controls = QHBoxLayout()
        controls.addWidget(self.part)
        controls.addWidget(self.output, 1)
        controls.addStretch(0)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(14, 6, 14, 8)
        self._body.setSpacing(8)
        self._body.addLayout(controls)
        self._body.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(220, 220)
        self._follow(lab.document.prepared)

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        prepared = self.lab.document.prepared
        shown = None if self.view is None else self.view.prepared
        # Other data of the same kind wait for the frame that belongs to them, so that nothing flickers meanwhile.
        whole = self.lab.document.obstacle is None
        if old is None or shown is None or not whole or not _alike(shown, prepared):
            self._follow(prepared)

    def show_frame(self, frame: Frame) -> None:
        prepared = made_with(frame, self.lab.document).prepared
        if self.view is None or not self.isVisible() or not fits(frame, prepared):
            return
        drawn = self.view.prepared
        if drawn is not None and not _alike(drawn, prepared):
            self._follow(prepared)  # looking at the past, or back, may lead to data of another kind
        elif drawn is not prepared:
            self.view.set_data(prepared)
            self._offer(prepared)
        self.view.show_frame(frame)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_again()

    # ---- inside

    def _show_again(self) -> None:
        if self.lab.player.frame is not None:
            self.show_frame(self.lab.player.frame)

    def _follow(self, prepared: Prepared) -> None:
        """Show ``prepared`` in the picture that suits it, without predictions until a frame brings them."""
        kind = next(view for view in VIEWS if view.suits(prepared.dataset))
        if not isinstance(self.view, kind):
            if self.view is not None:
                self._body.removeWidget(self.view)
                self.view.hide()  # it lives until Qt has time for it, and must not be seen meanwhile
                self.view.deleteLater()
            self.view = kind()
            self.view.picked.connect(self.lab.player.look_at)
            self.view.stepped.connect(self.lab.player.move_probe)
            self._body.addWidget(self.view, 1)
            self.view.show()
            self.view.part = Part.TEST
        self.view.set_data(prepared)
        self._offer(prepared)

    def _offer(self, prepared: Prepared) -> None:
        """Offer the choices that there are."""
        view, names = self.view, prepared.dataset.target_names
        assert view is not None
        self.part.setVisible(view.by_part and len(prepared.x_test) > 0)
        self.part.set_value(view.part)
        self.output.setVisible(view.by_output and len(names) > 1)
        self.output.clear()
        self.output.addItems([display_name(name) for name in names])
        self.output.setCurrentIndex(view.output)

    def _choose_part(self, part: Part) -> None:
        assert self.view is not None
        self.view.part = part
        self._take_choice()

    def _choose_output(self, output: int) -> None:
        assert self.view is not None
        self.view.output = output
        self._take_choice()

    def _take_choice(self) -> None:
        assert self.view is not None
        assert self.view.prepared is not None
        self.view.set_data(self.view.prepared)
        self._show_again()


def _alike(first: Prepared, second: Prepared) -> bool:
    """Return whether the same picture with the same axes can show both."""
    one, other = first.dataset, second.dataset
    return (one.task, one.input_names, one.target_names, one.class_names) == (
        other.task,
        other.input_names,
        other.target_names,
        other.class_names,
    )


add_panel(
    Panel(
        "learned",
        "What it has learned",
        LearnedPanel,
        area=Qt.DockWidgetArea.RightDockWidgetArea,
        order=1,
        pace=Pace.CURVES,
    )
)
