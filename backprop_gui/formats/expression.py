"""ONNX expressions: the text by which an activation or a loss says itself in operators.

``"Mul(z, Sigmoid(z))"`` is read as Python's syntax reads it. A call is an operator, its positional arguments are
tensors (the argument's name, a number, or another call), and keywords are the operator's attributes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

Attribute = int | float | str
Emit = Callable[[str, list[str], Mapping[str, Attribute]], str]
"""``emit(operator, inputs, attributes)`` adds a node and returns the name of its output."""


def emit_expression(
    text: str, argument: str, value: str, constant: Callable[[float], str], emit: Emit
) -> str:
    """Turn an expression into nodes and return the name of the tensor that is its value.

    Parameters
    ----------
    text : str
        Such as ``"Mul(z, Sigmoid(z))"``.
    argument : str
        What the expression calls its argument, such as ``z``.
    value : str
        The name of the tensor that takes its place.
    constant : callable
        ``constant(number)`` returns the name of a tensor that holds it.
    emit : callable

    Raises
    ------
    ValueError
        If the text is no such expression: a mistake in the registry it comes from.
    """

    def tensor(node: ast.expr) -> str:
        if isinstance(node, ast.Name) and node.id == argument:
            return value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inputs = [tensor(part) for part in node.args]
            return emit(node.func.id, inputs, {str(k.arg): _literal(k.value, text) for k in node.keywords})
        number = _literal(node, text)
        if isinstance(number, str):
            raise ValueError(f"a text cannot be a tensor in {text!r}")
        return constant(float(number))

    return tensor(ast.parse(text, mode="eval").body)


def _literal(node: ast.expr, text: str) -> Attribute:
    try:
        found = ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)!r} means nothing in {text!r}") from None
    if not isinstance(found, (int, float, str)):
        raise ValueError(f"{ast.unparse(node)!r} is no number in {text!r}")
    return found
