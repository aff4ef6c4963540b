"""“Check this edge”: one weight or bias is nudged, and the two losses and their slope stand beside the delta rule."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.nudge import STEPS, USUAL_STEP, Nudge, nudge
from backprop_gui.network import Key
from backprop_gui.ui import theme
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.names import display_name
from backprop_gui.ui.nudge_picture import NudgePicture
from backprop_gui.ui.numbers import MINUS, format_exact, format_number, power_of_ten
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.column import muted

HINT = "Select an edge, or a neuron with a bias, to check its derivative by hand."
ROWS = (
    ("above", "L(w + h)"),
    ("below", f"L(w {MINUS} h)"),
    ("slope", "slope"),
    ("product", "δ · a"),
    ("error", "relative error"),
)
SIGNED = ("slope", "product")
"""Those with the sign of a gradient, or of an error."""


class NudgeView(QWidget):
    """Shows the nudge of one parameter of a frame; it computes only while it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._subject: tuple[Frame, Key] | None = None
        self._asked: tuple[Frame, Key, float] | None = None
        self._waiting = Waiting(self)
        self._conventions = USUAL
        self._of: Frame | None = None
        self.nudge: Nudge | None = None
        self.title = QLabel()
        self.title.setProperty("role", "value")
        self.step = Choice(
            [(step, f"h = {power_of_ten(step)}", "") for step in STEPS],
            "Size of the nudge",
            "How far the parameter is moved: with a large h the secant is not yet the tangent, "
            "with a tiny one rounding is all that is left of the difference",
        )
        self.step.setMinimumContentsLength(len("h = 10⁻⁵") + 1)
        self.step.set_value(USUAL_STEP)
        self.step.chosen.connect(self._ask)
        self.hint = muted(HINT, "caption")
        self.picture = NudgePicture()
        self.numbers: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        for line, (name, caption) in enumerate(ROWS):
            self._captions[name] = muted(caption)
            number = self.numbers[name] = QLabel()
            number.setFont(theme.digits(number.font()))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            number.setAccessibleName(caption)
            if name == "slope":
                self._captions[name].setToolTip(
                    f"The slope of the secant: (L(w + h) {MINUS} L(w {MINUS} h)) / 2h"
                )
            grid.addWidget(self._captions[name], line, 0)
            grid.addWidget(number, line, 1)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.step)
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addLayout(head)
        left.addWidget(self._grid)
        left.addWidget(self.hint)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addLayout(left)
        row.addWidget(self.picture, 1)
        self._show(None)

    def follow(self, frame: Frame | None, key: Key | None, conventions: Conventions = USUAL) -> None:
        """Nudge ``key`` at the moment of ``frame``, written as ``conventions`` say; None shows what to do."""
        if conventions != self._conventions:
            self._conventions = conventions
            self._show(self.nudge, self._of)
        if frame is None or key is None or key not in frame.plan.slot:
            self._subject = self._asked = None
            self._waiting.forget()
            self._show(None)
        elif self._subject is None or self._subject != (frame, key):
            self._subject = frame, key
            self._ask()

    def _ask(self) -> None:
        if self._subject is None:
            return
        frame, key = self._subject
        step = self.step.value
        if (frame, key, step) == self._asked or self._waiting.busy:
            return
        asked = self._asked = frame, key, step

        def work() -> Nudge:
            return nudge(
                frame.plan, frame.theta, frame.rows or frame.trace, frame.loss, key, step, mean=frame.mean
            )

        self._waiting.for_(in_background(work), lambda future: self._done(asked, future))

    def _done(self, asked: tuple[Frame, Key, float], future: Future[Nudge]) -> None:
        error = future.exception()
        if error is not None:
            self._show(None)
            self.hint.setText(unexpected(error))
            return
        self._show(future.result(), asked[0])
        # What is shown may have gone on meanwhile.
        self._ask()

    def _show(self, found: Nudge | None, frame: Frame | None = None) -> None:
        self.nudge, self._of = found, frame
        there = found is not None
        for part in (self.step, self._grid, self.picture):
            part.setVisible(there)
        self.picture.show_nudge(found)
        if found is None or frame is None:
            self.title.setText("Check this edge")
            self.hint.setText(HINT)
            return
        network, key = frame.plan.network, found.key
        sign = self._conventions.factor
        # The rule multiplies ∂L/∂z: where another number is called δ, it goes by its own name.
        delta = "δ" if self._conventions.delta is Delta.BY_Z else MINUS * (sign < 0) + "∂L/∂z"
        if isinstance(key, tuple):
            source, target = (display_name(network.neuron_of[end].name) for end in key)
            name, rule = f"w  {source} → {target}", f"{delta} · a"
            factors = [(f"{delta} of {target}", sign * found.delta), (f"a of {source}", found.source)]
        else:
            target = display_name(network.neuron_of[key].name)
            name, rule = f"b  {target}", delta
            factors = [(f"{delta} of {target}", sign * found.delta)]
        count = len(found.delta)
        reduction = "" if count == 1 else "mean of " if frame.mean else "sum of "
        self.title.setText(f"{name} = {format_number(found.value, 4)}")
        self._captions["product"].setText(reduction + rule)
        self._captions["slope"].setText(f"{MINUS} slope" if sign < 0 else "slope")
        how = ", ".join(f"{what} {format_number(values[0], 4)}" for what, values in factors)
        of = f"{how}; one example." if count == 1 else f"Of a batch of {count:,} examples."
        self.title.setToolTip(format_exact(found.value))
        for name, number in self.numbers.items():
            value = float(getattr(found, name)) * (sign if name in SIGNED else 1)
            number.setText(format_number(value, 2) if name == "error" else format_exact(value))
            number.setToolTip(format_exact(value))
        exact = [f"{what} = {format_exact(values[0])}" for what, values in factors] if count == 1 else []
        self.numbers["product"].setToolTip("\n".join([format_exact(sign * found.product), *exact]))
        kink = (
            " A kink lies between the two points: the secant’s slope is that of neither side."
            if found.kink
            else ""
        )
        self.hint.setText(of + kink)


__all__ = ["NudgeView"]
