"""The operation that the microscope looks at, on the picture: what is lit there, and what a chip says of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.microscope import Microscope
from backprop_gui.ui.selection import Key


class OperationOnPicture(QObject):
    """Lights what is read and written, and says which operation it is where the microscope is not there to say so."""

    def __init__(self, scope: Microscope, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._scope, self._canvas = scope, canvas
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

    def _light(self) -> None:
        self._canvas.lighting.show(self._scope.lights(), self._scope.signal_ms)
        self._tell()

    def _tell(self) -> None:
        operation, worked, words = self._scope.operation, self._scope.worked, ""
        if operation is not None and worked is not None and not self._is_read:
            words = f"operation {operation.number + 1:,} of {len(worked.operations):,}"
        self._canvas.set_operation_text(words)

    def _point(self, keys: frozenset[Key]) -> None:
        # What the pointer is over on the picture itself needs no light.
        here = self._canvas.graphics.underMouse()
        self._canvas.lighting.point_at(frozenset() if here else keys)


__all__ = ["OperationOnPicture"]
