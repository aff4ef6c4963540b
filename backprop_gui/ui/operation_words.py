"""What the number is called that an operation makes."""

from __future__ import annotations

from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.operations.operation import Kind, Operation
from backprop_gui.engine.reading import names


def letter_of(operation: Operation, conventions: Conventions) -> str:
    """Return what the number is called that an operation makes, without an index."""
    called, by = names(conventions), "w" if isinstance(operation.subject, tuple) else "b"
    match operation.kind:
        case Kind.WEIGHTED_SUM:
            return "z"
        case Kind.ACTIVATION:
            return "a"
        case Kind.LOSS:
            return "L"
        case Kind.GRADIENT:
            return called.gradient_by(by)
        case Kind.UPDATE:
            return f"new {by}"
    return called.delta


__all__ = ["letter_of"]
