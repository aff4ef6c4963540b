"""The chip that checks the gradient: one click, and what was found, for as long as it is still true."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from backprop_gui.engine.frame import Frame
from backprop_gui.engine.gradient_check import GradientCheck, check_gradient
from backprop_gui.ui import theme
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.inspection import probe_name
from backprop_gui.ui.numbers import format_number
from backprop_gui.ui.selection import Key

HEIGHT, PADDING = 24, 11
ASK = "check gradient"
TIP = (
    "Check every derivative on the screen against one found without backpropagation, "
    "from the loss alone, for the example that is shown"
)


class GradientChip(QAbstractButton):
    """Checks the very numbers of a frame in a thread of its own, so that neither window nor training waits."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: Frame | None = None
        self._key: Key | None = None
        self._checked: Frame | None = None
        self._check: GradientCheck | None = None
        self._cancel = threading.Event()
        self._waiting = Waiting(self)
        self.tone = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._say(ASK, "", TIP)
        self.clicked.connect(self._clicked)
        self.destroyed.connect(self._cancel.set)
        theme.notifier.changed.connect(self.update)

    @property
    def check(self) -> GradientCheck | None:
        """The last check, whether it is still of the frame shown or not."""
        return self._check

    def follow(self, frame: Frame, key: Key | None) -> None:
        """Take note of what is shown: a check of another moment no longer holds."""
        if frame is self._frame and key == self._key:
            return
        self._frame, self._key = frame, key
        if self._check is not None:
            self._report()

    def forget(self) -> None:
        """Check nothing: there is nothing to be checked."""
        self._cancel.set()
        self._waiting.forget()
        self._frame = self._key = self._check = self._checked = None
        self._say(ASK, "", TIP)

    # ---- checking

    def _clicked(self) -> None:
        if self._waiting.busy:
            self._cancel.set()
            self._waiting.forget()
            self._check = None
            self._say(ASK, "", TIP)
            return
        frame = self._frame
        if frame is None:
            return
        trace = frame.trace
        # In single precision the numbers shown differ from the true ones by rounding; then the way is checked.
        claimed = trace.grad if frame.theta.dtype == np.float64 else None
        cancel = self._cancel = threading.Event()
        self.destroyed.connect(cancel.set)

        def work() -> GradientCheck | None:
            return check_gradient(
                frame.plan,
                frame.theta,
                trace.x,
                trace.t,
                frame.loss,
                claimed=claimed,
                cancelled=cancel.is_set,
            )

        self._say("checking …", "", "Click to give up")
        self._waiting.for_(in_background(work), lambda future: self._done(frame, future))

    def _done(self, frame: Frame, future: Future[GradientCheck | None]) -> None:
        error = future.exception()
        if error is not None:
            self._check = None
            self._say("✗ check failed", "bad", unexpected(error))
            return
        self._checked, self._check = frame, future.result()
        self._report()

    # ---- saying

    def _report(self) -> None:
        check, checked, now = self._check, self._checked, self._frame
        if check is None or checked is None or now is None or self._waiting.busy:
            return
        if _is_other_run(now, checked):
            self._check = self._checked = None
            self._say(ASK, "", TIP)
            return
        error = format_number(check.max_relative_error, 1)
        if _same_numbers(now, checked):
            verdict = f"✓ checked, {error}" if check.passed else f"✗ wrong by {error}"
            self._say(verdict, "good" if check.passed else "bad", self._details())
        elif now.step == checked.step or now.probe != checked.probe:
            self._say(ASK, "", TIP)
        else:
            tip = f"{self._details()}\nSince then the numbers have changed: click to check those that are shown."
            self._say(f"{'✓' if check.passed else '✗'} checked at step {checked.step:,}", "", tip)

    def _details(self) -> str:
        check, frame = self._check, self._checked
        assert check is not None
        assert frame is not None
        count = len(check.errors)
        what = f"{count:,} derivative{'s' * (count != 1)} of {probe_name(frame)} at step {frame.step:,}"
        error, allowed = format_number(check.max_relative_error, 3), format_number(check.method.tolerance, 1)
        lines = [
            f"{what}, checked by {check.method.label}.",
            f"Largest relative error {error}, allowed {allowed}; the worst is {check.worst}.",
        ]
        slot = check.plan.slot.get(self._key) if self._key is not None else None
        if slot is not None:
            at = int(np.flatnonzero(check.plan.slots == slot)[0])
            lines.append(
                f"{check.plan.parameter_name(slot).capitalize()}: {format_number(check.claimed[at], 9)} by "
                f"backpropagation, {format_number(check.measured[at], 9)} by {check.method.label}."
            )
        return "\n".join(lines)

    def _say(self, text: str, tone: str, tip: str) -> None:
        if text != self.text() or tone != self.tone:
            self.tone = tone
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()
        self.setToolTip(tip)

    # ---- Qt

    def _font(self) -> QFont:
        small = QFontInfo(self.font()).pixelSize() - 2
        return theme.digits(self.font(), pixel_size=small, bold=bool(self.tone))

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self._font()).horizontalAdvance(self.text()) + 2 * PADDING, HEIGHT)

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        grounds = {"good": look.good_tint, "bad": look.bad_tint, "": look.tile}
        inks = {"good": look.good, "bad": look.bad, "": look.muted}
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(grounds[self.tone])
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(look.accent if self.hasFocus() else look.outline, 1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        painter.setPen(look.text if self.underMouse() and not self.tone else inks[self.tone])
        painter.setFont(self._font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


def _is_other_run(now: Frame, checked: Frame) -> bool:
    """Return whether what was checked is gone for good: another network, loss or data, or training begun anew."""
    return (
        now.step < checked.step
        or (now.plan is not checked.plan and now.plan.network != checked.plan.network)
        or now.loss != checked.loss
        or (
            now.probe == checked.probe
            and not (
                np.array_equal(now.trace.x, checked.trace.x) and np.array_equal(now.trace.t, checked.trace.t)
            )
        )
    )


def _same_numbers(first: Frame, second: Frame) -> bool:
    """Return whether a check of one frame is a check of the other.

    The number of steps says too little: training may have begun anew in between, or the loss may be another one.
    """
    if first is second:
        return True
    return (
        (first.plan, first.loss, first.probe) == (second.plan, second.loss, second.probe)
        and np.array_equal(first.theta, second.theta)
        and np.array_equal(first.trace.grad, second.trace.grad)
        and np.array_equal(first.trace.x, second.trace.x)
        and np.array_equal(first.trace.t, second.trace.t)
    )


__all__ = ["GradientChip"]
