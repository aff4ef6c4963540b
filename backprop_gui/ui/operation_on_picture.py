"""The operation that the microscope looks at, on the picture: what is lit there, and what stands beside it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.microscope import Microscope
from backprop_gui.ui.selection import Key

LOW_PX = 780
"""In a window that is lower, the picture needs the room of an equation that the microscope shows as well."""


class OperationOnPicture(QObject):
    """Lights what is read and written, and says which operation it is where the microscope is not there to say so."""

    def __init__(self, scope: Microscope, canvas: Canvas, equation: QWidget) -> None:
        """Take the room of ``equation`` for the picture where there is little and the microscope shows it too."""
        super().__init__(canvas)
        self._scope, self._canvas, self._equation = scope, canvas, equation
        self._is_read = False
        scope.moved.connect(self._light)
        scope.view_wanted.connect(canvas.set_view)
        scope.pointed.connect(self._point)
        canvas.lighting.pointed.connect(scope.point)
        canvas.operation_left.connect(scope.leave)

    def set_read(self, is_read: bool) -> None:
        """Say whether somebody sees the microscope."""
        self._is_read = is_read
        self._tell()

    def fit(self) -> None:
        """Suit the height of the window."""
        is_low = self._canvas.window().height() < LOW_PX
        self._equation.setHidden(is_low and self._is_read and self._scope.operation is not None)

    def _light(self) -> None:
        self._canvas.lighting.show(self._scope.lights(), self._scope.signal_ms)
        self._tell()

    def _tell(self) -> None:
        operation, words = self._scope.operation, ""
        worked = None if operation is None else self._scope.worked
        if operation is not None and worked is not None and not self._is_read:
            words = f"operation {operation.number + 1:,} of {len(worked.operations):,}"
        self._canvas.set_operation_text(words)
        self.fit()

    def _point(self, keys: frozenset[Key]) -> None:
        # What the pointer is over on the picture itself needs no light.
        here = self._canvas.graphics.underMouse()
        self._canvas.lighting.point_at(frozenset() if here else keys)


__all__ = ["OperationOnPicture"]
